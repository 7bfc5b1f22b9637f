"""What one delivery is about: all that its words need, read at the moment of sending."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from contact_point.appointments import waiting_list
from contact_point.appointments.calendar import Calendar
from contact_point.appointments.deliveries import NEWCOMER
from contact_point.appointments.kinds import kind_of
from contact_point.appointments.tables import AGREED, HELD, Appointment, Delivery, Resource
from contact_point.conversations.tables import Message

_NEWS = ("booked", "pending", "moved")
"""Events that an appointment's calendar object goes with, besides its end."""
_IN_ONE_TALK = timedelta(minutes=2)


@dataclass(frozen=True)
class Errand:
    """A delivery with what belongs to it."""

    id: int
    event: str
    """booked, pending, moved, cancelled, two_days, two_hours, late or earlier."""
    sequence: int
    starts_at: datetime
    """The time that it is about: for someone who has parted, the one that they had."""
    ends_at: datetime
    appointment: Appointment
    person: Resource | None = None
    """Whom it is for; None for the newcomer."""
    bring: tuple[str, ...] = ()
    """Keys of `bring.THINGS`."""
    offer: Appointment | None = None
    """The earlier time that is kept for them."""
    was_said: bool = False
    """Whether the newcomer did it in the chat, which has told them what came of it."""

    @property
    def is_for_calendar(self) -> bool:
        """Whether it changes what stands in a calendar."""
        return self.event in (*_NEWS, "cancelled")


def errand(
    session: Session, delivery: Delivery, calendar: Calendar, now: datetime
) -> Errand | None:
    """The errand of a delivery, or None when there is nothing to tell (any more)."""
    appointment = session.get_one(Appointment, delivery.appointment_id)
    event, _, offer_id = delivery.event.partition(" ")
    offer = session.get(Appointment, int(offer_id)) if offer_id else None
    if event == waiting_list.EVENT and not _is_kept(offer, now):
        return None
    if not _is_topical(delivery, event, appointment, now):
        return None
    person = None
    if delivery.recipient != NEWCOMER:
        person = session.get(Resource, delivery.recipient)
        if person is None or not person.email:
            return None
        if event == "moved" and not _was_told(session, delivery):
            event = "booked"
    return Errand(
        delivery.id,
        event,
        delivery.sequence,
        delivery.starts_at,
        delivery.ends_at,
        appointment,
        person,
        kind_of(session, appointment.subject, calendar).bring,
        offer,
        _was_said(session, delivery, appointment),
    )


def _is_kept(offer: Appointment | None, now: datetime) -> bool:
    if offer is None or offer.expires_at is None:
        return False
    return offer.state == HELD and offer.expires_at > now


def _is_topical(delivery: Delivery, event: str, appointment: Appointment, now: datetime) -> bool:
    """Whether it still says what is true, to somebody who can use it."""
    if event == "cancelled" and delivery.recipient != NEWCOMER:
        return True  # who has parted must know, whatever became of the appointment
    if delivery.sequence != appointment.sequence:
        return False
    if event == "cancelled":
        return True
    ends = appointment.ends_at if event == "late" else appointment.starts_at
    return appointment.state in AGREED and now < ends


def _was_told(session: Session, delivery: Delivery) -> bool:
    """Whether the same person has this appointment already."""
    last = session.scalar(
        select(Delivery.event)
        .where(
            Delivery.appointment_id == delivery.appointment_id,
            Delivery.recipient == delivery.recipient,
            Delivery.sequence < delivery.sequence,
            Delivery.state == "sent",
            Delivery.event.in_((*_NEWS, "cancelled")),
        )
        .order_by(Delivery.sequence.desc())
        .limit(1)
    )
    return last in _NEWS


def _was_said(session: Session, delivery: Delivery, appointment: Appointment) -> bool:
    if delivery.event in ("booked", "pending"):
        return delivery.sequence == 0  # staff's confirmation is a change
    if delivery.event == "cancelled":
        return appointment.reason is None
    if delivery.event == "moved" and appointment.moved_at:
        return _were_writing(session, appointment, appointment.moved_at)
    return False


def _were_writing(session: Session, appointment: Appointment, then: datetime) -> bool:
    """Whether the newcomer wrote in the chat about then."""
    written = select(Message.id).where(
        Message.conversation_id == appointment.conversation_id,
        Message.author == "newcomer",
        Message.created_at.between(then - _IN_ONE_TALK, then + _IN_ONE_TALK),
    )
    return session.scalar(written.limit(1)) is not None
