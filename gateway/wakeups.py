"""Who must look again when a conversation changes: workers, open web chats, the desk.

Inside this process by queues; on PostgreSQL also between processes, by LISTEN and NOTIFY. A
lost wake-up costs a second, never a message: everybody also looks by themselves.
"""

import asyncio
import logging
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import chain

import psycopg

from contact_point.database import Database

logger = logging.getLogger(__name__)
_CHANNEL = "kontaktpunkt"
_EVERY_CHAT = "*"
_RECONNECT_SECONDS = 2


class Wakeups:
    """Hands conversation ids to those who listen."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._listeners: defaultdict[str, set[asyncio.Queue[str]]] = defaultdict(set)
        self._everything: set[asyncio.Queue[str]] = set()
        self._to_announce: asyncio.Queue[str] = asyncio.Queue()

    def changed(self, conversation_id: str) -> None:
        """Something happened in a conversation, here."""
        self._tell(conversation_id)
        if not self._database.is_sqlite:
            self._to_announce.put_nowait(conversation_id)

    def changed_everywhere(self) -> None:
        """Something happened that concerns every open chat."""
        self.changed(_EVERY_CHAT)

    def typing(self, conversation_id: str) -> None:
        """The bot has begun to answer."""
        for queue in self._listeners.get(conversation_id, ()):
            queue.put_nowait("typing")

    @contextmanager
    def listen_to(self, conversation_id: str) -> Iterator[asyncio.Queue[str]]:
        """A queue that gets "changed" or "typing" for one conversation."""
        queue: asyncio.Queue[str] = asyncio.Queue()
        self._listeners[conversation_id].add(queue)
        try:
            yield queue
        finally:
            self._listeners[conversation_id].discard(queue)
            if not self._listeners[conversation_id]:
                del self._listeners[conversation_id]

    @contextmanager
    def listen_to_all(self) -> Iterator[asyncio.Queue[str]]:
        """A queue that gets the id of every conversation that changes."""
        queue: asyncio.Queue[str] = asyncio.Queue()
        self._everything.add(queue)
        try:
            yield queue
        finally:
            self._everything.discard(queue)

    async def run_between_processes(self) -> None:
        """Exchange wake-ups with other gateways on the same PostgreSQL; ends only by cancelling."""
        address = self._database.url.set(drivername="postgresql").render_as_string(
            hide_password=False
        )
        while True:
            try:
                async with await psycopg.AsyncConnection.connect(
                    address, autocommit=True
                ) as connection:
                    await connection.execute(f"LISTEN {_CHANNEL}")
                    await asyncio.gather(self._hear(connection), self._announce(address))
            except psycopg.Error as error:
                logger.warning("No wake-ups between processes: %s", type(error).__name__)
                await asyncio.sleep(_RECONNECT_SECONDS)

    async def _hear(self, connection: psycopg.AsyncConnection[object]) -> None:
        async for notification in connection.notifies():
            self._tell(notification.payload)

    async def _announce(self, address: str) -> None:
        async with await psycopg.AsyncConnection.connect(address, autocommit=True) as connection:
            while True:
                conversation_id = await self._to_announce.get()
                await connection.execute("SELECT pg_notify(%s, %s)", (_CHANNEL, conversation_id))

    def _tell(self, conversation_id: str) -> None:
        for queue in self._everything:
            queue.put_nowait(conversation_id)
        listeners = (
            chain.from_iterable(self._listeners.values())
            if conversation_id == _EVERY_CHAT
            else self._listeners.get(conversation_id, ())
        )
        for queue in listeners:
            queue.put_nowait("changed")
