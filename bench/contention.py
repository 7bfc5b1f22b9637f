"""What happens when two hundred want the same time at once: `python -m bench.contention`.

A hundred rounds, each for another time of one caseworker, on SQLite and on a PostgreSQL of its
own. The rivals are threads of ten processes and are let go at the same instant.
`docs/double-booking-test.md` describes the test for any booking system.
"""

import argparse
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from statistics import median, quantiles

from rich.console import Console
from rich.table import Table
from sqlalchemy import func, select

from contact_point.appointments.offers import offers
from contact_point.appointments.tables import BOOKED, Appointment
from contact_point.database import Base, Database
from contact_point.tables import ALL_TABLES
from tests.contact_point.appointments import rivals
from tests.contact_point.appointments.ledger import check_ledger
from tests.contact_point.appointments.postgresql import postgresql
from tests.contact_point.appointments.rivals import Answer, race
from tests.contact_point.appointments.sample import NOW, calendar, caseworker

ROUNDS, RIVALS = 100, 200
console = Console()


def main() -> None:
    """Print a column for each database."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    parser.add_argument("--rivals", type=int, default=RIVALS)
    options = parser.parse_args()
    table = Table("", "SQLite", "PostgreSQL")
    with tempfile.TemporaryDirectory() as folder, postgresql() as url:
        columns = [
            _figures(address, options.rounds, options.rivals)
            for address in (f"sqlite:///{folder}/contention.sqlite3", url)
        ]
    for name in columns[0]:
        table.add_row(name, *(column[name] for column in columns))
    console.print(table)


def _figures(url: str, rounds: int, count: int) -> dict[str, str]:
    with _staffed(url) as database:
        wanted = _free(database)[:rounds]
        started = time.perf_counter()
        told = race(
            database,
            [
                [(rivals.book, (starts_at, f"{number}/{each}")) for each in range(count)]
                for number, starts_at in enumerate(wanted)
            ],
        )
        seconds = time.perf_counter() - started
        check_ledger(database, calendar())
        with database.reading() as session:
            stored = session.scalar(select(func.count()).where(Appointment.state == BOOKED))
    return {
        "rounds": str(len(told)),
        "rounds with exactly one booking": str(sum(map(_is_right, told))),
        "bookings stored": str(stored),
        **_told([answer for answers in told for answer in answers]),
        "seconds": f"{seconds:.0f}",
    }


def _told(answers: list[Answer]) -> dict[str, str]:
    """What the rivals were told, and how soon."""
    outcomes = Counter(answer.outcome for answer in answers)
    milliseconds = [1000 * answer.seconds for answer in answers]
    return {
        "bookings told": str(outcomes["got"]),
        "refusals with other times": str(
            sum(answer.outcome == "taken" and bool(answer.alternatives) for answer in answers)
        ),
        "errors": str(len(answers) - outcomes["got"] - outcomes["taken"]),
        "p50 of an answer": f"{median(milliseconds):.0f} ms",
        "p95 of an answer": f"{quantiles(milliseconds, n=20)[-1]:.0f} ms",
    }


def _is_right(answers: list[Answer]) -> bool:
    outcomes = Counter(answer.outcome for answer in answers)
    return outcomes == {"got": 1, "taken": len(answers) - 1}


def _free(database: Database) -> list[datetime]:
    with database.reading() as session:
        return [one.starts_at for one in offers(session, calendar(), "housing", "sv", NOW)]


@contextmanager
def _staffed(url: str) -> Iterator[Database]:
    """A database with one caseworker."""
    assert ALL_TABLES
    database = Database(url)
    Base.metadata.create_all(database.engine)
    with database.transaction() as session:
        session.add(caseworker())
    yield database
    database.close()


if __name__ == "__main__":
    main()
