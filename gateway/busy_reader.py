"""Reads the calendars of caseworkers and interpreters again and again (see `busy_times`)."""

import asyncio
import logging

from contact_point.appointments.busy_times import CalendarReader, Turn, claim_turns
from contact_point.clock import Clock
from contact_point.database import Database
from contact_point.settings import Municipality

logger = logging.getLogger(__name__)

_PAUSE_SECONDS = 60
_AT_ONCE = 4


class BusyReader:
    """Any number of gateways may run one: each calendar is read by one of them at a time."""

    def __init__(self, database: Database, municipality: Municipality, clock: Clock) -> None:
        self._database, self._clock = database, clock
        self._reader = CalendarReader(database, municipality, clock)
        self._places = asyncio.Semaphore(_AT_ONCE)

    async def run(self) -> None:
        """Until cancelled."""
        while True:
            try:
                await self.read_due()
            except Exception:
                logger.exception("The calendars of staff could not be read")
            await asyncio.sleep(_PAUSE_SECONDS)

    async def read_due(self) -> None:
        """Every calendar whose turn it is."""
        turns = await self._database.write(claim_turns, self._clock())
        await asyncio.gather(*map(self._read, turns))

    async def _read(self, turn: Turn) -> None:
        async with self._places:
            problem = await asyncio.to_thread(self._reader.read, turn)
        if problem:
            logger.warning("The calendar of %s could not be read: %s", turn.resource_id, problem)
