"""Booking, moving and cancelling: each one transaction, each safe to repeat.

No two appointments of a caseworker can overlap, because both would insert the same claimed cell
(see `tables.ClaimedCell`). Whoever comes second is told so, and is offered other times.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, insert, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from contact_point.appointments.calendar import Calendar, cells_between
from contact_point.appointments.codes import make_code
from contact_point.appointments.contacts import Contact
from contact_point.appointments.offers import Offer, candidates, nearest, resource_of
from contact_point.appointments.tables import BOOKED, CANCELLED, Appointment, ClaimedCell
from contact_point.clock import Clock


@dataclass(frozen=True)
class Request:
    """What a newcomer wants to book."""

    subject: str
    starts_at: datetime
    name: str
    contact: Contact
    language: str
    conversation_id: str
    idempotency_key: str
    """Names the message that asked for it; the same key never books twice."""


@dataclass(frozen=True)
class SlotTaken:
    """The time can't be had (any more). Nothing was changed."""

    alternatives: list[Offer]
    """The nearest times that can be booked now, earliest first."""


class NotUpcoming(Exception):  # noqa: N818 - names a state, not a fault of the program
    """The appointment is cancelled or over, so it can't be moved or cancelled."""


def book(
    session: Session, calendar: Calendar, request: Request, clock: Clock
) -> Appointment | SlotTaken:
    """Book a time with the best free caseworker; needs a writing transaction."""
    now = clock()
    earlier = _by_idempotency_key(session, request.idempotency_key)
    if earlier:
        return earlier
    found = candidates(
        session, calendar, request.subject, request.language, now, wanted=request.starts_at
    )
    for offer in found.get(request.starts_at, []):
        appointment = _try_to_book(session, calendar, request, offer, now)
        if appointment:
            return appointment
    # The same message may have been booked by another process in this instant.
    earlier = _by_idempotency_key(session, request.idempotency_key)
    if earlier:
        return earlier
    return _taken(session, calendar, request.subject, request.language, now, request.starts_at)


def move(
    session: Session, calendar: Calendar, appointment_id: int, starts_at: datetime, clock: Clock
) -> Appointment | SlotTaken:
    """Give an appointment another time; its own is freed only once the new one is claimed.

    Moving to the time that it has changes nothing, so a repeated request is harmless.

    Raises:
        NotUpcoming: when it is cancelled or over.
    """
    now = clock()
    appointment = _locked(session, appointment_id)
    if appointment.state == BOOKED and appointment.starts_at == starts_at:
        return appointment
    _check_upcoming(appointment, now)
    found = candidates(
        session, calendar, appointment.subject, appointment.language, now, appointment, starts_at
    )
    for offer in found.get(starts_at, []):
        if _try_to_move(session, appointment, offer, now):
            return appointment
    return _taken(
        session, calendar, appointment.subject, appointment.language, now, starts_at, appointment
    )


def cancel(session: Session, appointment_id: int, clock: Clock) -> Appointment:
    """Cancel an appointment and free its time. Cancelling again changes nothing.

    Raises:
        NotUpcoming: when it is over.
    """
    now = clock()
    appointment = _locked(session, appointment_id)
    if appointment.state == CANCELLED:
        return appointment
    _check_upcoming(appointment, now)
    appointment.state = CANCELLED
    appointment.sequence += 1
    appointment.cancelled_at = now
    session.execute(delete(ClaimedCell).where(ClaimedCell.appointment_id == appointment.id))
    return appointment


def is_upcoming(appointment: Appointment, now: datetime) -> bool:
    """Whether an appointment is booked and hasn't begun."""
    return appointment.state == BOOKED and appointment.starts_at > now


def _try_to_book(
    session: Session, calendar: Calendar, request: Request, offer: Offer, now: datetime
) -> Appointment | None:
    appointment = Appointment(
        code=_unused_code(session),
        subject=request.subject,
        caseworker_id=offer.caseworker_id,
        starts_at=offer.starts_at,
        ends_at=offer.ends_at,
        zone=calendar.zone.key,
        name=request.name,
        email=request.contact.email,
        phone=request.contact.phone,
        language=request.language,
        interpreter=offer.interpreter,
        conversation_id=request.conversation_id,
        state=BOOKED,
        created_at=now,
        idempotency_key=request.idempotency_key,
    )
    try:
        with session.begin_nested():
            session.add(appointment)
            session.flush()
            _claim(session, appointment.id, offer, set())
    except IntegrityError:
        return None
    session.refresh(appointment)
    return appointment


def _try_to_move(session: Session, appointment: Appointment, offer: Offer, now: datetime) -> bool:
    old = set(
        session.execute(
            select(ClaimedCell.resource, ClaimedCell.starts_at).where(
                ClaimedCell.appointment_id == appointment.id
            )
        ).tuples()
    )
    try:
        with session.begin_nested():
            new = _claim(session, appointment.id, offer, old)
    except IntegrityError:
        return False
    for resource, starts_at in old - new:
        session.execute(
            delete(ClaimedCell).where(
                ClaimedCell.resource == resource, ClaimedCell.starts_at == starts_at
            )
        )
    appointment.caseworker_id = offer.caseworker_id
    appointment.starts_at = offer.starts_at
    appointment.ends_at = offer.ends_at
    appointment.interpreter = offer.interpreter
    appointment.moved_at = now
    appointment.sequence += 1
    session.flush()
    session.refresh(appointment)
    return True


def _claim(
    session: Session, appointment_id: int, offer: Offer, own: set[tuple[str, datetime]]
) -> set[tuple[str, datetime]]:
    """Insert the cells of an offer that the appointment doesn't have yet; gives all of them.

    Raises:
        IntegrityError: when one of them is someone else's.
    """
    resource = resource_of(offer.caseworker_id)
    wanted = [(resource, cell) for cell in cells_between(offer.starts_at, offer.ends_at)]
    missing = [
        {"resource": resource, "starts_at": cell, "appointment_id": appointment_id}
        for resource, cell in wanted  # earliest first: two claims can't wait for each other
        if (resource, cell) not in own
    ]
    if missing:
        session.execute(insert(ClaimedCell), missing)
    return set(wanted)


def _taken(
    session: Session,
    calendar: Calendar,
    subject: str,
    language: str,
    now: datetime,
    wanted: datetime,
    moving: Appointment | None = None,
) -> SlotTaken:
    found = candidates(session, calendar, subject, language, now, moving)
    return SlotTaken(nearest((offers[0] for offers in found.values()), wanted))


def _by_idempotency_key(session: Session, key: str) -> Appointment | None:
    return session.scalar(select(Appointment).where(Appointment.idempotency_key == key))


def _locked(session: Session, appointment_id: int) -> Appointment:
    """The appointment, held against other writers until the transaction ends."""
    return session.scalars(
        select(Appointment)
        .where(Appointment.id == appointment_id)
        .with_for_update(of=Appointment)
        .execution_options(populate_existing=True)
    ).one()


def _check_upcoming(appointment: Appointment, now: datetime) -> None:
    if not is_upcoming(appointment, now):
        raise NotUpcoming(f"Appointment {appointment.id} is {appointment.state} or over")


def _unused_code(session: Session) -> str:
    while True:
        code = make_code()
        if not session.scalar(select(Appointment.id).where(Appointment.code == code)):
            return code
