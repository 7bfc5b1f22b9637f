"""Migrations: what they make is what the code says, and they can be undone."""

from collections.abc import Iterator

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import inspect

from command_line.database import alembic_config, upgrade_database
from contact_point import settings
from contact_point.database import Base, Database
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


def test_migrations_make_the_tables_of_the_code(empty: Database) -> None:
    assert ALL_TABLES
    upgrade_database()
    upgrade_database()  # again changes nothing
    with empty.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, Base.metadata) == []
    command.downgrade(alembic_config(), "base")
    assert inspect(empty.engine).get_table_names() == ["alembic_version"]
