"""Answers conversations that have unanswered messages: lease, ask the bot, store, wake up."""

import asyncio
import logging
import time
import uuid
from collections.abc import Sequence

from sqlalchemy.orm import Session

from contact_point import notices, unanswered
from contact_point.clock import Clock
from contact_point.conversations import leases
from contact_point.conversations.leases import LeaseLost, Work
from contact_point.database import Database
from contact_point.settings import Municipality
from contact_point.translations import translate
from contact_point.variables import municipality_variables
from gateway.rasa_client import RasaClient, RasaUnavailable, Turn, TurnFailed
from gateway.wakeups import Wakeups

logger = logging.getLogger(__name__)

_POLL_SECONDS = 1.0
_PATIENCE_SECONDS = 20.0
"""How long the bot may be away before the newcomer is told."""
_RETRY_SECONDS = (0.2, 0.5, 1.0, 2.0, 3.0)


class Worker:
    """Takes any number of conversations at once, each one in order."""

    def __init__(
        self,
        database: Database,
        rasa: RasaClient,
        wakeups: Wakeups,
        municipality: Municipality,
        clock: Clock,
        patience: float = _PATIENCE_SECONDS,
    ) -> None:
        self._database, self._rasa, self._wakeups = database, rasa, wakeups
        self._municipality, self._clock, self._patience = municipality, clock, patience
        self._owner = uuid.uuid4().hex
        self._running: dict[str, asyncio.Task[None]] = {}
        self._next: dict[str, Work] = {}

    async def run(self) -> None:
        """Look for work that nobody has begun, until cancelled.

        Whoever takes a message in begins its answer; what is found here was left by a process
        that died, or came while a lease ran out.
        """
        renew = 0.0
        while True:
            await self._look_for_work()
            if self._running and time.monotonic() >= renew:
                await self._database.write(leases.renew, self._owner, self._clock)
                renew = time.monotonic() + leases.RENEWAL_SECONDS
            await asyncio.sleep(_POLL_SECONDS)

    def begin(self, conversation_id: str, work: Work | None = None) -> None:
        """Answer a conversation's messages now, unless this process already does."""
        if conversation_id in self._running:
            if work:
                # The lease was free, so the task that runs is at its very end.
                self._next[conversation_id] = work
            return
        task = asyncio.create_task(self._answer(conversation_id, work))
        self._running[conversation_id] = task
        task.add_done_callback(lambda done: self._done(conversation_id, done))

    @property
    def owner(self) -> str:
        """The name under which this worker leases."""
        return self._owner

    async def stop(self) -> None:
        """Let the turns that run finish."""
        if self._running:
            await asyncio.wait(self._running.values(), timeout=10)

    def _done(self, conversation_id: str, task: asyncio.Task[None]) -> None:
        self._running.pop(conversation_id, None)
        work = self._next.pop(conversation_id, None)
        if work:
            self.begin(conversation_id, work)
        if not task.cancelled() and task.exception():
            logger.error(
                "A turn failed in conversation %s", conversation_id, exc_info=task.exception()
            )

    async def _look_for_work(self) -> None:
        for conversation_id in await self._database.read(leases.free_conversations, self._clock):
            self.begin(conversation_id)

    async def _answer(self, conversation_id: str, work: Work | None) -> None:
        if work is None:
            work = await self._database.write(
                leases.lease, conversation_id, self._owner, self._clock
            )
        while work:
            self._wakeups.typing(conversation_id)
            try:
                work = await self._turn(work)
            except LeaseLost:
                logger.warning("Lost the lease of conversation %s", conversation_id)
                return
            self._wakeups.changed(conversation_id)

    async def _turn(self, work: Work) -> Work | None:
        started = time.monotonic()
        for pause in (*_RETRY_SECONDS, *([3.0] * 100)):
            try:
                turn = await self._rasa.turn(work)
            except TurnFailed as problem:
                logger.error("A turn failed: %s", problem)
                return await self._finish(work, self._apology(work.language), "notice")
            except RasaUnavailable as problem:
                if time.monotonic() - started + pause > self._patience:
                    logger.error("The bot is away: %s", problem)
                    return await self._finish(work, self._apology(work.language), "notice")
                work = _again(work)
                await asyncio.sleep(pause)
            else:
                return await self._finish(work, turn.replies, "bot", turn)
        raise AssertionError("patience ends before the pauses do")

    async def _finish(
        self,
        work: Work,
        replies: Sequence[dict[str, object]],
        author: str,
        turn: Turn | None = None,
    ) -> Work | None:
        def store(session: Session) -> Work | None:
            notices.tell(session, work.conversation_id, self._municipality, self._clock)
            if turn and turn.unanswered:
                asked = turn.unanswered
                language = turn.language or work.language
                unanswered.note(session, asked.text, language, asked.vector, self._clock)
            return leases.finish(
                session,
                work,
                replies,
                self._clock,
                author,
                turn.language if turn else None,
                turn.topic if turn else None,
            )

        return await self._database.write(store)

    def _apology(self, language: str) -> list[dict[str, object]]:
        text = translate(
            "I am sorry, the automatic assistant does not work right now. Talk to a person, or "
            "call {contact_phone}. If someone is in danger, call {emergency_phone}.",
            language,
            **municipality_variables(self._municipality, language),
        )
        human = {"title": translate("Talk to a person", language), "payload": "/talk_to_human"}
        return [{"text": text, "buttons": [human]}]


def _again(work: Work) -> Work:
    """The same message, marked: the bot may have begun it."""
    return Work(**{**vars(work), "repeated": True})
