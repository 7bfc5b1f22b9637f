"""The action server: `python -m actions`. Loopback only, and only for those with the secret."""

import gc
import hmac
import logging
import threading

from rasa_sdk.endpoint import create_app
from sanic import Sanic, response
from sanic.request import Request
from sanic.response import HTTPResponse

from actions.context import context
from contact_point.directory.needs import needs

logger = logging.getLogger(__name__)
LOOPBACK = "127.0.0.1"


def make_app(internal_secret: str) -> Sanic:
    """rasa-sdk's server with two changes: it asks for the secret, and errors echo no request."""
    app = create_app("actions", cors_origins=None)
    expected = f"Bearer {internal_secret}".encode()

    async def verify(request: Request) -> HTTPResponse | None:
        given = request.headers.get("authorization", "").encode()
        if request.path == "/health" or hmac.compare_digest(given, expected):
            return None
        return response.json({"error": "unauthorised"}, status=401)

    async def failure(_request: Request, exception: Exception) -> HTTPResponse:
        logger.error("An action failed", exc_info=exception)
        return response.json({"error": type(exception).__name__}, status=500)

    app.register_middleware(verify, "request")
    app.error_handler.add(Exception, failure)
    return app


def warm_up() -> None:
    """Read in what the first newcomer would wait for. What is there by then stays: looking through
    it for garbage again and again would hold up every fifth search for times."""
    needs()
    gc.collect()
    gc.freeze()


if __name__ == "__main__":
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    settings = context().settings.with_secrets()
    threading.Thread(target=warm_up, daemon=True).start()
    make_app(settings.internal_secret).run(
        LOOPBACK, settings.municipality.server.actions_port, access_log=False, motd=False
    )
