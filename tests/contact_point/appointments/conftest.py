"""Databases with caseworkers, on SQLite and on a real PostgreSQL."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from contact_point.appointments.calendar import Calendar
from contact_point.database import Base, Database
from tests.contact_point.appointments.postgresql import postgresql
from tests.contact_point.appointments.sample import ZONE, calendar


@pytest.fixture(scope="session")
def postgresql_url() -> Iterator[str]:
    """A PostgreSQL of our own, ended with the test run."""
    with postgresql() as url:
        yield url


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    """An empty database with the product's tables; each test runs on both kinds."""
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


@pytest.fixture(name="calendar")
def sample_calendar() -> Calendar:
    """The calendar of the sample municipality, without closed dates of its own."""
    assert ZONE.key == "Europe/Stockholm"
    return calendar()
