"""Newcomers who would come earlier: a time that comes free is offered to them in turn.

The offered time is held for one of them until a deadline; then the next one is asked. Nobody loses
the appointment that they have before they have taken the earlier one.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from contact_point.appointments import booking, deliveries
from contact_point.appointments.booking import SlotTaken, earlier_key
from contact_point.appointments.calendar import Calendar
from contact_point.appointments.offers import Offer, Wishes, offers
from contact_point.appointments.tables import HELD, Appointment, Waiting
from contact_point.clock import Clock

DEADLINE = timedelta(hours=2)
"""How long an earlier time is kept for the one who is asked."""
WORTH_IT = timedelta(days=1)
"""What comes less than this earlier is not worth a message."""
EVENT = "earlier"
"""The delivery that asks the newcomer."""


@dataclass(frozen=True)
class EarlierTime:
    """A time that is kept for a newcomer on the waiting list."""

    appointment: Appointment
    offer: Appointment
    """The held time."""


class NoEarlierTime(Exception):  # noqa: N818 - names a state, not a fault of the program
    """No earlier time is kept for this appointment (any more)."""


def join(session: Session, appointment_id: int, clock: Clock) -> None:
    """Put an appointment on the waiting list. Doing it again keeps its place."""
    if session.get(Waiting, appointment_id) is None:
        session.add(Waiting(appointment_id=appointment_id, since=clock()))
        session.flush()


def leave(session: Session, appointment_id: int) -> None:
    """Take an appointment off the list, and give up what was kept for it."""
    waiting = session.get(Waiting, appointment_id)
    if waiting:
        session.delete(waiting)
    booking.release(session, earlier_key(appointment_id))


def is_waiting(session: Session, appointment_id: int) -> bool:
    """Whether an appointment is on the list."""
    return session.get(Waiting, appointment_id) is not None


def kept(session: Session, appointment_id: int, now: datetime) -> EarlierTime | None:
    """The earlier time that is kept for an appointment now."""
    held = session.scalar(
        select(Appointment).where(
            Appointment.idempotency_key == earlier_key(appointment_id),
            Appointment.state == HELD,
            Appointment.expires_at > now,
        )
    )
    return EarlierTime(session.get_one(Appointment, appointment_id), held) if held else None


def ask_next(
    session: Session, calendar: Calendar, clock: Clock, at_most: int = 1
) -> list[EarlierTime]:
    """Keep times that have come free for those who have waited longest, one each, and write down
    that they are asked. In quiet hours nobody is asked. Needs a writing transaction.

    Args:
        at_most: how many are asked; with several times in one transaction two processes could wait
            for each other on PostgreSQL.
    """
    now = clock()
    if deliveries.is_quiet(now, calendar):
        return []
    asked = []
    in_turn = session.execute(
        select(Waiting, Appointment)
        .join(Appointment, Appointment.id == Waiting.appointment_id)
        .order_by(Waiting.since, Waiting.appointment_id)
        .with_for_update(of=Waiting, skip_locked=True)
    ).tuples()
    for waiting, appointment in in_turn.all():
        if kept(session, appointment.id, now):
            continue
        found = _earlier_offer(session, calendar, appointment, waiting, now)
        if not found:
            continue
        offer = booking.hold(
            session,
            calendar,
            appointment.subject,
            found.starts_at,
            appointment.language,
            earlier_key(appointment.id),
            clock,
            _wishes(appointment),
            DEADLINE,
        )
        if isinstance(offer, SlotTaken):
            continue
        waiting.passed_over = offer.starts_at
        deliveries.ask(session, appointment, EVENT, offer, now)
        asked.append(EarlierTime(appointment, offer))
        if len(asked) >= at_most:
            break
    return asked


def take(
    session: Session, calendar: Calendar, appointment_id: int, clock: Clock
) -> Appointment | SlotTaken:
    """Move an appointment to the earlier time that is kept for it.

    Raises:
        NoEarlierTime: when none is kept any more.
        NotUpcoming: when the appointment is cancelled or over.
    """
    earlier = kept(session, appointment_id, clock())
    if earlier is None:
        raise NoEarlierTime(f"nothing is kept for appointment {appointment_id}")
    wishes = Wishes(**{**_wishes(earlier.appointment), "holder": earlier_key(appointment_id)})
    starts_at = earlier.offer.starts_at
    return booking.move(session, calendar, appointment_id, starts_at, clock, wishes)


def _earlier_offer(
    session: Session,
    calendar: Calendar,
    appointment: Appointment,
    waiting: Waiting,
    now: datetime,
) -> Offer | None:
    """The earliest time that leaves them the deadline to answer; one that they have let pass is not
    offered again."""
    found = offers(
        session,
        calendar,
        appointment.subject,
        appointment.language,
        now + DEADLINE,
        **_wishes(appointment),
    )
    suits = (
        offer
        for offer in found
        if offer.starts_at <= appointment.starts_at - WORTH_IT
        and offer.starts_at != waiting.passed_over
    )
    return next(suits, None)


def _wishes(appointment: Appointment) -> Wishes:
    """They come where they would have come."""
    return Wishes(place=appointment.place, office_id=appointment.office_id)
