"""Delivers a messaging app's waiting messages."""

import asyncio
import logging

from contact_point.clock import Clock
from contact_point.conversations import outbox
from contact_point.database import Database
from gateway.channels.protocol import Channel, DeliveryFailed
from gateway.wakeups import Wakeups

logger = logging.getLogger(__name__)
_POLL_SECONDS = 1.0


class Sender:
    """One channel's sender; several gateways may run one each."""

    def __init__(
        self, channel: Channel, database: Database, wakeups: Wakeups, clock: Clock
    ) -> None:
        self._channel, self._database = channel, database
        self._wakeups, self._clock = wakeups, clock

    async def run(self) -> None:
        """Send until cancelled."""
        with self._wakeups.listen_to_all() as changes:
            while True:
                due = await self._database.read(outbox.due, self._channel.name, self._clock())
                await asyncio.gather(*(self._send(message_id) for message_id in due))
                if due:
                    continue  # the next message of each conversation may be due now
                try:
                    await asyncio.wait_for(changes.get(), _POLL_SECONDS)
                except asyncio.TimeoutError:
                    continue
                while not changes.empty():
                    changes.get_nowait()

    async def _send(self, message_id: int) -> None:
        claimed = await self._database.write(outbox.claim, message_id, self._clock())
        if claimed is None:
            return
        conversation, message = claimed
        try:
            await self._channel.deliver(conversation, message)
        except DeliveryFailed as problem:
            logger.warning("Message %s was not delivered: %s", message_id, problem)
            if problem.permanent:
                await self._database.write(outbox.failed, message_id)
            else:
                await self._database.write(
                    outbox.try_again, message, self._clock(), problem.retry_after
                )
        else:
            await self._database.write(outbox.sent, message_id)
