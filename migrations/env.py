"""Runs migrations on the product's database, or prints their SQL."""

from typing import Any, Literal

from alembic import context

from contact_point.database import Base, Database, UtcDateTime
from contact_point.directory import full_text
from contact_point.directory.tables import Number
from contact_point.settings import settings
from contact_point.tables import ALL_TABLES

assert ALL_TABLES  # importing it fills the metadata


def render_item(kind: str, item: Any, _context: Any) -> str | Literal[False]:
    """A migration stands alone: it names SQLAlchemy's type, not the product's."""
    if kind == "type" and isinstance(item, UtcDateTime):
        return "sa.DateTime(timezone=True)"
    if kind == "type" and isinstance(item, Number):
        return "sa.Float()"
    return False


def include_name(name: str | None, kind: str, _parents: Any) -> bool:
    """Full-text tables are written by hand: on SQLite they are virtual, with tables of their own."""
    return not (kind == "table" and str(name).startswith(full_text.NAME))


def run() -> None:
    """Bring the database up or down, all steps or none."""
    database = Database(settings().database_url)
    with database.engine.connect() as connection:
        if database.is_sqlite:
            # SQLite alters a table by making it anew: dropping the old one would take with it
            # every row that refers to it. The switch counts only outside of a transaction.
            connection.exec_driver_sql("PRAGMA foreign_keys=OFF")
            connection.exec_driver_sql("BEGIN IMMEDIATE")
        context.configure(
            connection=connection,
            target_metadata=Base.metadata,
            render_as_batch=database.is_sqlite,
            render_item=render_item,
            include_name=include_name,
        )
        with context.begin_transaction():
            context.run_migrations()
        if database.is_sqlite:
            broken = connection.exec_driver_sql("PRAGMA foreign_key_check").first()
            assert broken is None, f"a row of {broken} refers to nothing"
        connection.commit()
    database.close()


run()
