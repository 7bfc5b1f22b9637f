"""One database for the whole product: an SQLite file out of the box, PostgreSQL when it grows."""

import asyncio
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, nullcontext
from datetime import datetime, timezone
from itertools import islice
from pathlib import Path
from typing import Any, Concatenate, ParamSpec, TypeVar

from sqlalchemy import DateTime, Dialect, Engine, MetaData, create_engine, event, make_url
from sqlalchemy.orm import DeclarativeBase, Session
from sqlalchemy.types import TypeDecorator

P = ParamSpec("P")
T = TypeVar("T")

_SQLITE_BUSY_SECONDS = 15
_IDS_AT_ONCE = 500
"""SQLite takes at most 32,766 values in one query; short ones are planned faster."""


def in_chunks(values: Iterable[T]) -> Iterator[list[T]]:
    """Values in parts that one `IN (…)` may have."""
    iterator = iter(values)
    while chunk := list(islice(iterator, _IDS_AT_ONCE)):
        yield chunk


def _lower(text: Any) -> Any:
    return text.lower() if isinstance(text, str) else text


class Base(DeclarativeBase):
    """The parent of every table; constraint names are fixed so that migrations can name them."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(column_0_N_label)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )


class UtcDateTime(TypeDecorator[datetime]):
    """An instant: aware datetimes in, aware UTC datetimes out, on every database.

    Raises:
        ValueError: when a datetime without a time zone is stored.
    """

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"An instant needs a time zone: {value!r}")
        value = value.astimezone(timezone.utc)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            return value.replace(tzinfo=timezone.utc)
        return value.astimezone(timezone.utc)


class Database:
    """Short transactions on one engine, from plain code or from an event loop."""

    def __init__(self, url: str, inline: bool = False) -> None:
        """
        Args:
            url: an SQLAlchemy URL: `sqlite:///path/file.sqlite3` or `postgresql://…`.
            inline: on SQLite, `read` and `write` work in the event loop itself: short
                transactions take less time than handing them to a thread.
        """
        self.url = make_url(url)
        if self.url.drivername in ("postgres", "postgresql"):
            self.url = self.url.set(drivername="postgresql+psycopg")
        self.engine = _create_engine(self.url)
        self.is_sqlite = self.engine.dialect.name == "sqlite"
        self._inline = inline and self.is_sqlite
        # SQLite has one writer: waiting here is fair and cheap, waiting in SQLite is by sleeping.
        self._writer = threading.Lock() if self.is_sqlite else nullcontext()

    @contextmanager
    def transaction(self) -> Iterator[Session]:
        """A session that commits at the end and rolls back on any exception; may write."""
        with (
            self._writer,
            Session(self.engine, expire_on_commit=False) as session,
            session.begin(),
        ):
            if self.is_sqlite:
                # Taking the write lock at once avoids the deadlock of two readers that both
                # want to write.
                session.connection().exec_driver_sql("BEGIN IMMEDIATE")
            yield session

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """A session for reading; nothing done in it is kept."""
        with Session(self.engine, expire_on_commit=False) as session:
            if self.is_sqlite:
                session.connection().exec_driver_sql("BEGIN")
            yield session

    async def write(
        self, work: Callable[Concatenate[Session, P], T], *args: P.args, **kwargs: P.kwargs
    ) -> T:
        """Run `work(session, …)` in a transaction, on a thread unless `inline`."""

        def in_transaction() -> T:
            with self.transaction() as session:
                return work(session, *args, **kwargs)

        return in_transaction() if self._inline else await asyncio.to_thread(in_transaction)

    async def read(
        self, work: Callable[Concatenate[Session, P], T], *args: P.args, **kwargs: P.kwargs
    ) -> T:
        """Run `work(session, …)` for reading, on a thread unless `inline`."""

        def in_reading() -> T:
            with self.reading() as session:
                return work(session, *args, **kwargs)

        return in_reading() if self._inline else await asyncio.to_thread(in_reading)

    def close(self) -> None:
        """Close every pooled connection."""
        self.engine.dispose()


def _create_engine(url: Any) -> Engine:
    if url.get_backend_name() != "sqlite":
        return create_engine(url, pool_pre_ping=True, pool_size=10, max_overflow=10)
    if url.database and url.database != ":memory:":
        Path(url.database).parent.mkdir(parents=True, exist_ok=True)
    engine = create_engine(
        url, connect_args={"timeout": _SQLITE_BUSY_SECONDS, "check_same_thread": False}
    )

    @event.listens_for(engine, "connect")
    def configure(connection: Any, _record: Any) -> None:
        connection.isolation_level = None  # this module says BEGIN itself
        for pragma in ("journal_mode=WAL", "synchronous=NORMAL", "foreign_keys=ON"):
            connection.execute(f"PRAGMA {pragma}")
        # SQLite's own knows only ASCII: "Öppna" would not be found by "öppna".
        connection.create_function("lower", 1, _lower, deterministic=True)

    return engine
