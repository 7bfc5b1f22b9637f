"""Migrations: what they make is what the code says, no row is lost, and they can be undone."""

from collections.abc import Iterator

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import inspect, text

from command_line.database import alembic_config, upgrade_database
from contact_point import settings
from contact_point.database import Base, Database
from contact_point.directory import full_text
from contact_point.tables import ALL_TABLES
from tests.contact_point.conftest import postgresql_url  # noqa: F401 - a fixture


@pytest.fixture(params=["sqlite", "postgresql"])
def empty(
    request: pytest.FixtureRequest,
    tmp_path_factory: pytest.TempPathFactory,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[Database]:
    """A database without any table, which is the product's setting."""
    url = (
        f"sqlite:///{tmp_path_factory.mktemp('database')}/test.sqlite3"
        if request.param == "sqlite"
        else request.getfixturevalue("postgresql_url")
    )
    monkeypatch.setenv("DATABASE_URL", url)
    settings.settings.cache_clear()
    yield Database(url)
    settings.settings.cache_clear()


def _is_of_the_code(name: str | None, kind: str, _parents: object) -> bool:
    """Full text is written by hand, and on SQLite keeps tables of its own."""
    return not (kind == "table" and str(name).startswith(full_text.NAME))


def test_migrations_make_the_tables_of_the_code(empty: Database) -> None:
    assert ALL_TABLES
    upgrade_database()
    upgrade_database()  # again changes nothing
    with empty.engine.connect() as connection:
        options = {"compare_type": True, "include_name": _is_of_the_code}
        context = MigrationContext.configure(connection, opts=options)
        assert compare_metadata(context, Base.metadata) == []
        assert full_text.NAME in inspect(connection).get_table_names()
    command.downgrade(alembic_config(), "base")
    assert inspect(empty.engine).get_table_names() == ["alembic_version"]


ROWS_OF_0002 = {
    "organization": {"id": "o", "name": "Exempelby", "description": "-"},
    "service": {"id": "s", "organization_id": "o", "name": "Biblioteket", "status": "active"},
    "location": {"id": "l", "location_type": "physical"},
    "service_at_location": {"id": "a", "service_id": "s", "location_id": "l"},
    "phone": {"id": "p", "service_at_location_id": "a", "number": "0500-00 00 00"},
    "schedule": {"id": "h", "service_at_location_id": "a", "freq": "WEEKLY", "count": 3},
    "cost_option": {"id": "c", "service_id": "s", "amount": 0},
}


def test_migrations_keep_every_row(empty: Database) -> None:
    command.upgrade(alembic_config(), "0002")
    with empty.engine.begin() as connection:
        for table, row in ROWS_OF_0002.items():
            columns, values = ", ".join(row), ", ".join(f":{name}" for name in row)
            connection.execute(text(f"INSERT INTO {table} ({columns}) VALUES ({values})"), row)
    upgrade_database()
    with empty.engine.connect() as connection:
        for table, row in ROWS_OF_0002.items():
            kept = connection.execute(text(f"SELECT * FROM {table}")).mappings().one()
            assert {name: kept[name] for name in row} == row
    command.downgrade(alembic_config(), "base")
