"""Finding appointments: those of a conversation, or one by its reference code."""

from datetime import datetime, timedelta
from enum import Enum

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from contact_point.appointments.calendar import Calendar, cells_between
from contact_point.appointments.codes import is_mistyped, read_code
from contact_point.appointments.contacts import read_contact
from contact_point.appointments.tables import AGREED, HELD, Appointment, CodeAttempt, Resource

MAX_ATTEMPTS = 5
"""Wrong codes that a conversation may give in `ATTEMPT_SPAN`."""
ATTEMPT_SPAN = timedelta(hours=1)


class NotFound(Enum):
    """Why a code led to nothing."""

    NO_CODE = "no_code"
    """The text isn't written as a code, or is one with a typing mistake."""
    NEEDS_CONTACT = "needs_contact"
    """The code alone opens nothing; said of codes that don't exist too."""
    UNKNOWN = "unknown"
    """No appointment has this code and this contact."""
    TOO_MANY_ATTEMPTS = "too_many_attempts"


def upcoming(
    session: Session, now: datetime, conversation_id: str | None = None, with_begun: bool = False
) -> list[Appointment]:
    """Agreed appointments still to come, earliest first; of one conversation or of all.

    Args:
        with_begun: whether those count that have begun and are not over.
    """
    comes = Appointment.ends_at > now if with_begun else Appointment.starts_at > now
    query = select(Appointment).where(Appointment.state.in_(AGREED), comes)
    if conversation_id is not None:
        query = query.where(Appointment.conversation_id == conversation_id)
    return list(session.scalars(query.order_by(Appointment.starts_at, Appointment.id)))


def find_by_code(
    session: Session, text: str, contact: str | None, conversation_id: str, now: datetime
) -> Appointment | NotFound:
    """The appointment of a reference code and of the e-mail address or phone number that was given
    with the booking, in any state; needs a writing transaction.

    A conversation's own appointments need no contact. Otherwise wrong pairs are counted, and after
    `MAX_ATTEMPTS` none is looked up until an hour has passed since they were given.
    """
    code = read_code(text)
    if code is None:
        return NotFound.NO_CODE
    appointment = session.scalar(
        select(Appointment).where(Appointment.code == code, Appointment.state != HELD)
    )
    if appointment and appointment.conversation_id == conversation_id:
        return appointment
    if appointment is None and is_mistyped(code):
        return NotFound.NO_CODE  # no guess: such codes are never made
    if _attempts(session, conversation_id, now) >= MAX_ATTEMPTS:
        return NotFound.TOO_MANY_ATTEMPTS
    if contact is None:
        return NotFound.NEEDS_CONTACT
    if appointment is None or not is_theirs(appointment, contact):
        session.add(CodeAttempt(conversation_id=conversation_id, at=now))
        session.flush()
        return NotFound.UNKNOWN
    return appointment


def is_theirs(appointment: Appointment, contact: str) -> bool:
    """Whether a text is the contact that was given with an appointment."""
    given = read_contact(contact)
    if given is None:
        return False
    if given.email:
        return given.email.casefold() == (appointment.email or "").casefold()
    return given.phone == appointment.phone


def stranded(session: Session, calendar: Calendar, now: datetime) -> list[Appointment]:
    """Upcoming appointments at a time when their caseworker or interpreter doesn't work (any more):
    they are kept until staff give them to someone else, move or cancel them."""
    return [
        one
        for one in upcoming(session, now)
        if not all(keeps(person, one, calendar) for person in _people(one))
    ]


def keeps(person: Resource, appointment: Appointment, calendar: Calendar) -> bool:
    """Whether somebody works at the time of an appointment (still)."""
    first, last = (
        calendar.local_day(instant) for instant in (appointment.starts_at, appointment.ends_at)
    )
    cells = cells_between(appointment.starts_at, appointment.ends_at)
    return person.active and calendar.working_cells(person, first, last).issuperset(cells)


def _people(appointment: Appointment) -> list[Resource]:
    people = (appointment.caseworker, appointment.interpreter_person)
    return [person for person in people if person]


def _attempts(session: Session, conversation_id: str, now: datetime) -> int:
    session.execute(delete(CodeAttempt).where(CodeAttempt.at <= now - ATTEMPT_SPAN))
    counted = session.scalar(
        select(func.count())
        .select_from(CodeAttempt)
        .where(CodeAttempt.conversation_id == conversation_id)
    )
    return counted or 0
