"""Carries what somebody must be told about appointments, by mail, SMS or chat, and keeps house."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from contact_point import mail, sms
from contact_point.appointments import claims, deliveries, errands, retention, waiting_list
from contact_point.appointments.calendar import Calendar
from contact_point.appointments.errands import Errand
from contact_point.appointments.letters import letter
from contact_point.appointments.links import manage_link
from contact_point.appointments.short_messages import chat_messages, text_message
from contact_point.appointments.tables import Delivery
from contact_point.clock import Clock
from contact_point.conversations import messages
from contact_point.conversations.tables import Conversation
from contact_point.database import Database
from contact_point.mail import MailServer
from contact_point.sending import Refused, Unreachable
from contact_point.settings import Settings
from contact_point.translations import mark
from gateway.wakeups import Wakeups

logger = logging.getLogger(__name__)

_POLL_SECONDS = 1.0
_AT_ONCE = 8
"""Messages that are handed over at the same time, each on a thread of the courier's own: a mail
server that hangs keeps no other work of the gateway waiting."""
_STOP_SECONDS = 20.0
_TIDY_SECONDS = 30.0
_DELETE_SECONDS = 60 * 60.0
_NO_MAIL = mark("No mail server is set up.")
_NO_SMS = mark("No SMS service is set up.")
_FAULT = mark("The message could not be made. The log says why.")


@dataclass(frozen=True)
class _Taken:
    """A message that was claimed, and what is left to do outside of the transaction."""

    delivery: Delivery
    hand_over: Callable[[], None] | None = None
    told: str | None = None
    """The conversation in which it was said."""


class Courier:
    """Sends what is due; several gateways may run one each."""

    def __init__(
        self, database: Database, wakeups: Wakeups, settings: Settings, clock: Clock
    ) -> None:
        """
        Raises:
            SettingsError: when SMTP_URL names no mail server.
        """
        self._database, self._wakeups, self._clock = database, wakeups, clock
        self._settings, self._municipality = settings, settings.municipality
        self._calendar = Calendar.of(settings.municipality)
        self._mail_server = MailServer.of(settings.smtp_url) if settings.smtp_url else None
        self._threads = ThreadPoolExecutor(_AT_ONCE, thread_name_prefix="courier")
        self._running: set[asyncio.Task[None]] = set()

    async def run(self) -> None:
        """Send and keep house until cancelled; then call `stop`."""
        await asyncio.gather(
            self._repeat(self.send_due, _POLL_SECONDS),
            self._repeat(self.tidy, _TIDY_SECONDS),
            self._repeat(self.delete_past, _DELETE_SECONDS),
        )

    async def stop(self) -> None:
        """Let finish what is being handed over: cut short, it would be sent twice."""
        if self._running:
            await asyncio.wait(self._running, timeout=_STOP_SECONDS)
        self._threads.shutdown(wait=False)

    async def send_due(self) -> bool:
        """Send what is due, some at once; returns whether there was anything."""
        due = await self._database.read(deliveries.due, self._clock(), _AT_ONCE)
        tasks = [asyncio.create_task(self._send(delivery_id)) for delivery_id in due]
        for task in tasks:
            self._running.add(task)
            task.add_done_callback(self._running.discard)
        if tasks:
            await asyncio.wait(tasks)  # cancelled, it leaves them alone
        return bool(tasks)

    async def tidy(self) -> None:
        """Free what was held too long, and offer what has come free to those who wait for it."""

        await self._database.write(claims.release_expired, self._clock())
        while await self._database.write(waiting_list.ask_next, self._calendar, self._clock):
            pass

    async def delete_past(self) -> None:
        """Delete appointments that have been kept long enough."""
        count = await self._database.write(retention.delete_past, self._municipality, self._clock())
        if count:
            logger.info("Deleted %s past appointments", count)

    async def _repeat(self, work: Callable[[], Awaitable[bool | None]], seconds: float) -> None:
        """Again at once after work that says there may be more, else after a while."""
        while True:
            is_more = None
            try:
                is_more = await work()
            except Exception:
                logger.exception("The courier was interrupted")
            if not is_more:
                await asyncio.sleep(seconds)

    async def _send(self, delivery_id: int) -> None:
        try:
            taken = await self._database.write(self._take, delivery_id)
            if taken is None:
                return
            if taken.told:
                self._wakeups.changed(taken.told)
            if taken.hand_over:
                await self._hand_over(taken.delivery, taken.hand_over)
        except Exception:
            logger.exception("Delivery %s was interrupted", delivery_id)

    async def _hand_over(self, delivery: Delivery, work: Callable[[], None]) -> None:
        try:
            await asyncio.get_running_loop().run_in_executor(self._threads, work)
        except Refused as problem:
            logger.warning("Delivery %s was refused: %s", delivery.id, problem)
            await self._database.write(deliveries.failed, delivery.id, str(problem))
        except Unreachable as problem:
            logger.warning("Delivery %s must wait: %s", delivery.id, problem)
            await self._try_again(delivery, str(problem))
        except Exception:
            logger.exception("Delivery %s could not be made", delivery.id)
            await self._try_again(delivery, _FAULT)
        else:
            await self._database.write(deliveries.sent, delivery.id, self._clock())

    async def _try_again(self, delivery: Delivery, problem: str) -> None:
        await self._database.write(deliveries.try_again, delivery, problem, self._clock())

    def _take(self, session: Session, delivery_id: int) -> _Taken | None:
        """Claim a message. What the chat is to say is said in the same transaction: once."""
        now = self._clock()
        delivery = deliveries.claim(session, delivery_id, now)
        if delivery is None:
            return None
        try:
            with session.begin_nested():
                return self._prepare(session, delivery, now)
        except Exception:
            logger.exception("Delivery %s could not be made", delivery_id)
            deliveries.try_again(session, delivery, _FAULT, now)
            return None

    def _prepare(self, session: Session, delivery: Delivery, now: datetime) -> _Taken:
        awake = deliveries.after_quiet(now, self._calendar)
        if delivery.event in deliveries.REMINDERS and awake > now:
            deliveries.put_off(session, delivery.id, awake)
            return _Taken(delivery)
        errand = errands.errand(session, delivery, self._calendar, now)
        if errand is None:
            deliveries.void(session, delivery.id)
            return _Taken(delivery)
        hand_over = self._by_mail(errand, now) or self._by_sms(errand)
        chat = None if errand.person else self._conversation(session, errand)
        is_first_offer = errand.offer is not None and delivery.attempts == 1
        if hand_over:
            told = self._say(session, errand, chat, now) if chat and is_first_offer else None
            return _Taken(delivery, hand_over, told)
        if chat is None:
            has_mail = errand.person or errand.appointment.email
            deliveries.failed(session, delivery.id, _NO_MAIL if has_mail else _NO_SMS)
            return _Taken(delivery)
        told = None if errand.was_said else self._say(session, errand, chat, now)
        deliveries.sent(session, delivery.id, now)
        return _Taken(delivery, told=told)

    def _by_mail(self, errand: Errand, now: datetime) -> Callable[[], None] | None:
        address = errand.person.email if errand.person else errand.appointment.email
        server = self._mail_server
        if server is None or not address:
            return None
        return lambda: mail.send(letter(errand, self._settings, now), server)

    def _by_sms(self, errand: Errand) -> Callable[[], None] | None:
        phone, url = errand.appointment.phone, self._settings.sms_url
        if errand.person or not phone or url is None:
            return None
        base, key = self._municipality.web_base_url, self._settings.secret_key
        link = manage_link(base, key, errand.appointment)
        sender = sms.sender_name(self._municipality.short_name)

        def hand_over() -> None:
            sms.send(text_message(errand, self._municipality, link), phone, sender, url)

        return hand_over

    def _conversation(self, session: Session, errand: Errand) -> Conversation | None:
        conversation_id = errand.appointment.conversation_id
        return session.get(Conversation, conversation_id) if conversation_id else None

    def _say(self, session: Session, errand: Errand, chat: Conversation, now: datetime) -> str:
        replies = chat_messages(errand, self._municipality, chat.language)
        place = chat.channel, chat.account
        messages.say(session, chat.id, "notice", replies, now, place=place)
        return chat.id
