"""The gateway by itself, in the test's own event loop: real HTTP, a real database, no Rasa."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import msgspec
from aiohttp import ClientResponse
from aiohttp.test_utils import TestClient, TestServer
from sqlalchemy.orm import Session

from contact_point.appointments.calendar import Calendar
from contact_point.database import Database
from contact_point.settings import Municipality, Settings, load_settings
from contact_point.tables import ALL_TABLES, Base
from gateway.app import make_app
from tests.contact_point.appointments.sample import NOW

SECRET = "s" * 40


@dataclass
class SetClock:
    """Stands still at the moment that the test sets."""

    now: datetime = NOW

    def __call__(self) -> datetime:
        return self.now


@dataclass
class Gateway:
    """A running gateway."""

    client: TestClient
    database: Database
    settings: Settings
    clock: SetClock

    @property
    def municipality(self) -> Municipality:
        return self.settings.municipality

    @property
    def calendar(self) -> Calendar:
        return Calendar.of(self.municipality)

    async def get(self, path: str, **headers: str) -> ClientResponse:
        """Without following a redirect."""
        answer = await self.client.get(path, headers=headers, allow_redirects=False)
        await answer.read()
        return answer

    async def post(self, path: str, **fields: str) -> ClientResponse:
        """Send a form, without following the redirect."""
        answer = await self.client.post(path, data=fields, allow_redirects=False)
        await answer.read()
        return answer


@asynccontextmanager
async def gateway_alone(
    folder: Path, before: Callable[[Session], None] = lambda _session: None
) -> AsyncIterator[Gateway]:
    """A gateway with an SQLite database in a folder; `before` fills it."""
    assert ALL_TABLES
    sample = load_settings()
    settings = msgspec.structs.replace(
        sample,
        data_directory=folder,
        database_url=f"sqlite:///{folder}/gateway.sqlite3",
        secret_key=SECRET,
        internal_secret=SECRET,
    )
    database = Database(settings.database_url)
    Base.metadata.create_all(database.engine)
    with database.transaction() as session:
        before(session)
    clock = SetClock()
    server = TestServer(make_app(settings, clock))
    await server.start_server(access_log=None)  # as the product runs
    async with TestClient(server) as client:
        yield Gateway(client, database, settings, clock)
    database.close()
