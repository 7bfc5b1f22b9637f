"""Finding appointments: those of a conversation, or one by its reference code."""

from datetime import datetime, timedelta
from enum import Enum

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from contact_point.appointments.calendar import Calendar, cells_between
from contact_point.appointments.codes import is_mistyped, read_code
from contact_point.appointments.tables import BOOKED, Appointment, CodeAttempt

MAX_ATTEMPTS = 5
"""Wrong codes that a conversation may give in `ATTEMPT_SPAN`."""
ATTEMPT_SPAN = timedelta(hours=1)


class NotFound(Enum):
    """Why a code led to nothing."""

    NO_CODE = "no_code"
    """The text isn't written as a code, or is one with a typing mistake."""
    UNKNOWN = "unknown"
    TOO_MANY_ATTEMPTS = "too_many_attempts"


def upcoming(
    session: Session, now: datetime, conversation_id: str | None = None
) -> list[Appointment]:
    """Booked appointments still to come, earliest first; of one conversation or of all."""
    query = select(Appointment).where(Appointment.state == BOOKED, Appointment.starts_at > now)
    if conversation_id is not None:
        query = query.where(Appointment.conversation_id == conversation_id)
    return list(session.scalars(query.order_by(Appointment.starts_at, Appointment.id)))


def find_by_code(
    session: Session, text: str, conversation_id: str, now: datetime
) -> Appointment | NotFound:
    """The appointment of a reference code, in any state; needs a writing transaction.

    A conversation's own appointments are always found. Otherwise wrong codes are counted, and
    after `MAX_ATTEMPTS` no code is looked up until an hour has passed since they were given.
    """
    code = read_code(text)
    if code is None:
        return NotFound.NO_CODE
    appointment = session.scalar(select(Appointment).where(Appointment.code == code))
    if appointment and appointment.conversation_id == conversation_id:
        return appointment
    if appointment is None and is_mistyped(code):
        return NotFound.NO_CODE  # no guess: such codes are never made
    if _attempts(session, conversation_id, now) >= MAX_ATTEMPTS:
        return NotFound.TOO_MANY_ATTEMPTS
    if appointment is None:
        session.add(CodeAttempt(conversation_id=conversation_id, at=now))
        session.flush()
        return NotFound.UNKNOWN
    return appointment


def stranded(session: Session, calendar: Calendar, now: datetime) -> list[Appointment]:
    """Upcoming appointments at a time when their caseworker doesn't work (any more)."""
    return [one for one in upcoming(session, now) if not _is_kept(one, calendar)]


def _is_kept(appointment: Appointment, calendar: Calendar) -> bool:
    caseworker = appointment.caseworker
    first, last = (
        calendar.local_day(instant) for instant in (appointment.starts_at, appointment.ends_at)
    )
    working = calendar.working_cells(caseworker, first, last)
    cells = cells_between(appointment.starts_at, appointment.ends_at)
    return caseworker.active and working.issuperset(cells)


def _attempts(session: Session, conversation_id: str, now: datetime) -> int:
    session.execute(delete(CodeAttempt).where(CodeAttempt.at <= now - ATTEMPT_SPAN))
    counted = session.scalar(
        select(func.count())
        .select_from(CodeAttempt)
        .where(CodeAttempt.conversation_id == conversation_id)
    )
    return counted or 0
