"""Processes that are killed in the middle of their work: some book, one carries the mail.

What they do is fixed by the numbers of the newcomers and by the clock that they are given, so that
one that starts again tries the same again.
"""

import asyncio
import multiprocessing
import random
import signal
import threading
import traceback
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from multiprocessing.connection import Connection
from time import sleep
from typing import Any

from msgspec.structs import replace

from contact_point.appointments import booking
from contact_point.appointments.booking import SlotTaken
from contact_point.appointments.contacts import Contact
from contact_point.appointments.rules import Rules
from contact_point.appointments.tables import Appointment, Caseworker, Interpreter
from contact_point.database import Database
from contact_point.settings import load_settings
from gateway.courier import Courier
from gateway.wakeups import Wakeups
from tests.contact_point.appointments.sample import (
    NOW,
    ZONE,
    calendar,
    caseworker,
    clock,
    interpreter,
    request,
)

_HOURS = ((time(8), time(18)),)
_CALENDAR = calendar(rules=Rules(horizon_days=60))
_DATES = [NOW.date() + timedelta(days=days) for days in range(6, 56)]
"""So far ahead that no reminder is due while people book."""
_DAYS = [day for day in _DATES if day.weekday() < 5 and not _CALENDAR.is_closed(day)]
_WALLS = [time(hour, minute) for hour in range(8, 18) for minute in (0, 30)]
_PAUSE_SECONDS = 0.02
_THINK_SECONDS = 0.1
"""Between two newcomers: SQLite's one writer is to be free now and then."""
FIRST = range(1, 16)
"""Newcomers who come before anybody is killed."""

Answer = tuple[int, int]
"""A newcomer's number, and the id of their appointment."""


@dataclass(frozen=True)
class Plan:
    """What one newcomer does."""

    language: str
    starts_at: datetime
    holds: bool
    """Keeps the time before booking it."""
    moves_to: datetime | None
    cancels: bool
    leaves: datetime | None
    """A time that is held at the end, and never booked."""


def plan_of(number: int) -> Plan:
    """The same for a number each time."""
    chance = random.Random(number)

    def some_time() -> datetime:
        return datetime.combine(chance.choice(_DAYS), chance.choice(_WALLS), ZONE)

    fate = chance.random()
    return Plan(
        "ti" if chance.random() < 0.05 else "sv",
        some_time(),
        chance.random() < 0.1,
        some_time() if fate < 0.1 else None,
        fate > 0.9,
        some_time() if chance.random() < 0.05 else None,
    )


def people() -> list[Caseworker | Interpreter]:
    """Caseworkers with room for all, not for all at the time that they want, and interpreters."""
    interpreters = [interpreter(f"tolk{number}") for number in range(3)]
    for each in interpreters:
        each.email = f"{each.id}@example.org"
    return [*(caseworker(key, intervals=_HOURS) for key in ("amina", "bo", "erik")), *interpreters]


def email_of(number: int) -> str:
    """A newcomer's address."""
    return f"u{number}@example.org"


def serve_newcomers(reports: Connection, database: Database, numbers: Iterable[int]) -> None:
    """Do what each newcomer wants, one after the other, and answer each."""
    for number in numbers:
        answer: Answer = number, _serve(database, number)
        reports.send(answer)
        sleep(_THINK_SECONDS)


def carry(reports: Connection, database: Database, smtp_url: str, now: datetime) -> None:
    """Send what is due and keep house, for ever, at a clock that stands still."""
    asyncio.run(_carry(database, smtp_url, now))


def courier(database: Database, smtp_url: str, now: datetime) -> Courier:
    """A courier at a clock that stands still."""
    settings = replace(load_settings(), secret_key="s" * 40, smtp_url=smtp_url)
    return Courier(database, Wakeups(database), settings, lambda: now)


class Nursery:
    """A process that starts others in no time, because it has imported what they need; and kills
    them."""

    def __init__(self, url: str, smtp_url: str) -> None:
        context = multiprocessing.get_context("forkserver")
        self._orders, orders = context.Pipe()
        self.reports, reports = context.Pipe(duplex=False)
        """What the children say: whole reports only, since a pipe takes short ones at once. A
        text is an error."""
        self._process = context.Process(
            target=_raise_children, args=(orders, reports, url, smtp_url)
        )
        self._process.start()
        orders.close()
        reports.close()

    def start(self, work: Callable[..., None], *arguments: Any) -> int:
        """Run `work(reports, database, …)` in a new process; returns its id."""
        return int(self._order(work, arguments))

    def kill(self, process_id: int) -> bool:
        """End a process by SIGKILL; afterwards it is gone. Returns False where it had ended by
        itself."""
        return bool(self._order(None, process_id))

    def close(self) -> None:
        """End everything."""
        self._orders.close()
        self._process.join(timeout=10)
        self._process.kill()

    def _order(self, *order: Any) -> Any:
        self._orders.send(order)
        return self._orders.recv()


@contextmanager
def nursery(url: str, smtp_url: str) -> Iterator[Nursery]:
    """A nursery that is closed in the end."""
    made = Nursery(url, smtp_url)
    try:
        yield made
    finally:
        made.close()


def _raise_children(orders: Connection, reports: Connection, url: str, smtp_url: str) -> None:
    database = _rehearsed(reports, url, smtp_url)
    context = multiprocessing.get_context("fork")
    children: dict[int | None, Any] = {}
    while True:
        try:
            work, rest = orders.recv()
        except EOFError:
            break
        if work:
            child = context.Process(
                target=_live, args=(work, reports, database, *rest), daemon=True
            )
            child.start()
            children[child.pid] = child
            orders.send(child.pid)
        else:
            child = children.pop(rest)
            child.kill()
            child.join()
            orders.send(child.exitcode == -signal.SIGKILL)
    for child in children.values():
        child.kill()


def _rehearsed(reports: Connection, url: str, smtp_url: str) -> Database:
    """A database whose statements are compiled: the first newcomers are served here, and children
    inherit all that is slow the first time. It has no connections any more."""
    database = Database(url)
    serve_newcomers(reports, database, FIRST)
    asyncio.run(_carry_once(database, smtp_url))
    for thread in threading.enumerate():
        if thread is not threading.main_thread():
            thread.join()
    database.close()
    return database


def _live(work: Callable[..., None], reports: Connection, *arguments: Any) -> None:
    try:
        work(reports, *arguments)
    except Exception:
        reports.send(traceback.format_exc()[-3000:])


async def _carry(database: Database, smtp_url: str, now: datetime) -> None:
    own = courier(database, smtp_url, now)
    while True:
        await own.tidy()
        if not await own.send_due():
            await asyncio.sleep(_PAUSE_SECONDS)


async def _carry_once(database: Database, smtp_url: str) -> None:
    own = courier(database, smtp_url, NOW)
    await own.tidy()
    await own.send_due()
    await own.stop()


def _serve(database: Database, number: int) -> int:
    plan, conversation = plan_of(number), f"conversation {number}"
    if plan.holds:
        _hold(database, plan, plan.starts_at, booking.hold_key(conversation))
    booked = _book(database, plan, number, conversation)
    if plan.moves_to:
        with database.transaction() as session:
            booking.move(session, _CALENDAR, booked.id, plan.moves_to, clock)
    if plan.cancels:
        with database.transaction() as session:
            booking.cancel(session, _CALENDAR, booked.id, clock)
    if plan.leaves:
        _hold(database, plan, plan.leaves, booking.hold_key(f"{conversation} later"))
    return booked.id


def _book(database: Database, plan: Plan, number: int, conversation: str) -> Appointment:
    """Book the wanted time, or else one that is offered instead."""
    starts_at = plan.starts_at
    while True:
        wanted = request(
            starts_at,
            str(number),
            language=plan.language,
            contact=Contact(email=email_of(number)),
            conversation_id=conversation,
        )
        with database.transaction() as session:
            result = booking.book(session, _CALENDAR, wanted, clock)
        if isinstance(result, SlotTaken):
            starts_at = random.Random(number).choice(result.alternatives).starts_at
        else:
            return result


def _hold(database: Database, plan: Plan, starts_at: datetime, holder: str) -> None:
    with database.transaction() as session:
        booking.hold(session, _CALENDAR, "housing", starts_at, plan.language, holder, clock)
