"""Runs migrations on the product's database, or prints their SQL."""

from typing import Any, Literal

from alembic import context

from contact_point.database import Base, Database, UtcDateTime
from contact_point.settings import settings
from contact_point.tables import ALL_TABLES

assert ALL_TABLES  # importing it fills the metadata


def render_item(kind: str, item: Any, _context: Any) -> str | Literal[False]:
    """A migration stands alone: it names SQLAlchemy's type, not the product's."""
    if kind == "type" and isinstance(item, UtcDateTime):
        return "sa.DateTime(timezone=True)"
    return False


def run() -> None:
    database = Database(settings().database_url)
    with database.engine.connect() as connection:
        context.configure(
            connection=connection,
            target_metadata=Base.metadata,
            render_as_batch=database.is_sqlite,
            render_item=render_item,
        )
        with context.begin_transaction():
            context.run_migrations()
        connection.commit()
    database.close()


run()
