"""Many who want the same at the same instant: real processes, each with many threads.

All are let go at once in every round, and each says what it got.
"""

import multiprocessing
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from multiprocessing.synchronize import Barrier
from typing import Any

from sqlalchemy.orm import Session, configure_mappers

from contact_point.appointments import booking
from contact_point.appointments.booking import SlotTaken
from contact_point.appointments.calendar import Calendar
from contact_point.appointments.tables import Appointment
from contact_point.database import Database
from tests.contact_point.appointments.sample import NOW, calendar, clock, request

THREADS = 20
"""In each process: as many as a process has connections to PostgreSQL (see `Database`)."""
WAIT_SECONDS, ROUND_SECONDS = 300, 10
"""How long their answers are waited for: in all, and more for each round."""

Result = Appointment | SlotTaken
Want = tuple[Callable[..., Result], tuple[Any, ...]]
"""What a rival does in a transaction: a function of this module, and what follows the session and
the calendar."""


@dataclass(frozen=True)
class Answer:
    """What a rival got."""

    outcome: str
    """ "got", "taken", or the error."""
    appointment_id: int | None
    alternatives: tuple[datetime, ...]
    """The starts of the times that were offered instead."""
    seconds: float


def race(
    database: Database, rounds: Sequence[Sequence[Want]], rules_of: Calendar | None = None
) -> list[list[Answer]]:
    """Let the rivals of each round go at once; every round has as many as the first. Gives what
    they got, in their order."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["pytest", __name__])  # each child would import them
    count = len(rounds[0])
    start, results = context.Barrier(count), context.Queue()
    url = database.url.render_as_string(hide_password=False)
    shares = [range(begin, min(begin + THREADS, count)) for begin in range(0, count, THREADS)]
    processes = [
        context.Process(
            target=_compete,
            args=(
                url,
                rules_of or calendar(),
                number,
                [[wants[place] for place in share] for wants in rounds],
                start,
                results,
            ),
        )
        for number, share in enumerate(shares)
    ]
    for process in processes:
        process.start()
    try:
        patience = WAIT_SECONDS + ROUND_SECONDS * len(rounds)
        told = dict(results.get(timeout=patience) for _ in processes)
    finally:
        for process in processes:
            process.join(timeout=1)
            process.kill()
    return [
        [answer for process in sorted(told) for answer in told[process][round_number]]
        for round_number in range(len(rounds))
    ]


def book(
    session: Session, calendar: Calendar, starts_at: datetime, key: str, **changes: Any
) -> Result:
    """Book a time; each key is another newcomer."""
    wanted = request(starts_at, key, **{"conversation_id": key} | changes)
    return booking.book(session, calendar, wanted, clock)


def move(session: Session, calendar: Calendar, appointment_id: int, starts_at: datetime) -> Result:
    """Move an appointment."""
    return booking.move(session, calendar, appointment_id, starts_at, clock)


def hold(
    session: Session, calendar: Calendar, starts_at: datetime, holder: str, language: str = "sv"
) -> Result:
    """Keep a time."""
    return booking.hold(session, calendar, "housing", starts_at, language, holder, clock)


def cancel(session: Session, calendar: Calendar, appointment_id: int) -> Result:
    """Cancel an appointment."""
    return booking.cancel(session, calendar, appointment_id, clock)


def _compete(
    url: str,
    calendar: Calendar,
    number: int,
    rounds: list[list[Want]],
    start: Barrier,
    results: Any,
) -> None:
    database = Database(url)

    def run(want: Want) -> Answer:
        work, arguments = want
        with database.reading() as session:
            session.connection()
        start.wait(WAIT_SECONDS)
        started = time.perf_counter()
        try:
            with database.transaction() as session:
                result = work(session, calendar, *arguments)
        except Exception as error:
            return Answer(repr(error), None, (), time.perf_counter() - started)
        seconds = time.perf_counter() - started
        if isinstance(result, SlotTaken):
            alternatives = tuple(offer.starts_at for offer in result.alternatives)
            return Answer("taken", None, alternatives, seconds)
        return Answer("got", result.id, (), seconds)

    with ThreadPoolExecutor(len(rounds[0])) as threads:
        results.put((number, [list(threads.map(run, wants)) for wants in rounds]))
    database.close()


# Done once, before the processes part: they would each do it again.
configure_mappers()
calendar().is_closed(NOW.date())
