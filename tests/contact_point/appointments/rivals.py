"""A process that books one time the moment all its rivals are ready."""

from datetime import datetime
from multiprocessing.synchronize import Barrier
from typing import Any

from sqlalchemy.orm import configure_mappers

from contact_point.appointments.booking import book, move
from contact_point.appointments.tables import Appointment
from contact_point.database import Database
from tests.contact_point.appointments.sample import NOW, calendar, clock, request

WAIT_SECONDS = 60

# Done once, before the processes part: they would each do it again.
configure_mappers()
calendar().is_closed(NOW.date())


def book_once(
    url: str, starts_at: datetime, key: str, language: str, start: Barrier, results: Any
) -> None:
    """Book, and put (key, "booked" or "taken" or the error) into the queue."""
    database = Database(url)
    with database.reading() as session:
        session.connection()
    start.wait(WAIT_SECONDS)
    try:
        with database.transaction() as session:
            result = book(session, calendar(), request(starts_at, key, language=language), clock)
        results.put((key, "booked" if isinstance(result, Appointment) else "taken"))
    except Exception as error:
        results.put((key, repr(error)))
    database.close()


def move_once(
    url: str, appointment_id: int, starts_at: datetime, start: Barrier, results: Any
) -> None:
    """Move an appointment, and put (its id, "moved" or "taken" or the error) into the queue."""
    database = Database(url)
    with database.reading() as session:
        session.connection()
    start.wait(WAIT_SECONDS)
    try:
        with database.transaction() as session:
            result = move(session, calendar(), appointment_id, starts_at, clock)
        results.put((appointment_id, "moved" if isinstance(result, Appointment) else "taken"))
    except Exception as error:
        results.put((appointment_id, repr(error)))
    database.close()
