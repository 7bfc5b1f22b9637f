"""`python -m gateway`: the public process."""

import logging

import uvloop
from aiohttp import web

from contact_point.settings import settings
from gateway.app import make_app


def main() -> None:
    """Serve until stopped."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    checked = settings().with_secrets()
    server = checked.municipality.server
    uvloop.install()
    # No access log: addresses and paths of newcomers are nobody's business.
    web.run_app(
        make_app(checked),
        host=server.host,
        port=server.port,
        access_log=None,
        print=None,
        shutdown_timeout=3,
    )


if __name__ == "__main__":
    main()
