"""Who must be told what about an appointment, and when: written with each change, sent later.

A row is one message to one person. It is void once the appointment has changed again, so that
nobody gets a reminder for a time that has moved. Several processes may send: each claims a row
for a while, and a row of an appointment waits for the earlier ones to the same person.
"""

from collections.abc import Iterable
from datetime import datetime, time, timedelta

from sqlalchemy import or_, select, update
from sqlalchemy.orm import Session, aliased

from contact_point.appointments.calendar import Calendar
from contact_point.appointments.tables import AGREED, Appointment, Delivery

NEWCOMER = "newcomer"
REMINDERS = {"two_days": timedelta(days=2), "two_hours": timedelta(hours=2)}
"""How long before the start each reminder is sent."""
MAX_ATTEMPTS = 40
"""With the pauses below that is about three days: longer than a mail server is usually away."""
_FIRST_PAUSE = timedelta(seconds=10)
_LONGEST_PAUSE = timedelta(hours=2)
_CLAIM = timedelta(minutes=2)
"""A sender that dies gives its message free after this long."""
_LEAST_AHEAD = timedelta(minutes=30)
"""A reminder that would come later than this before the start comes the evening before."""


def plan(
    session: Session,
    appointment: Appointment,
    event: str,
    calendar: Calendar,
    now: datetime,
    parted_from: Iterable[str] = (),
) -> None:
    """Write down who is told that an appointment was booked, moved, cancelled…, and its reminders.

    Args:
        parted_from: people (resources) who were to come and now are not.
    """
    people = {appointment.interpreter_id} if appointment.interpreter_id else set()
    _void_earlier(session, appointment, {NEWCOMER, *people})
    _write(session, appointment, NEWCOMER, event, now)
    for person in sorted(people):
        _write(session, appointment, person, event, now)
    for person in sorted(set(parted_from) - people):
        had = _time_had(session, appointment, person)
        _write(session, appointment, person, "cancelled", now, had)
    if appointment.state in AGREED:
        for reminder, ahead in REMINDERS.items():
            due_at = reminder_at(appointment.starts_at, ahead, calendar)
            if due_at > now:
                _write(session, appointment, NEWCOMER, reminder, due_at)


def tell(
    session: Session, appointment: Appointment, recipient: str, event: str, now: datetime
) -> None:
    """Write down one more message, at once; a second one of the same kind changes nothing."""
    known = select(Delivery.id).where(
        Delivery.appointment_id == appointment.id,
        Delivery.recipient == recipient,
        Delivery.event == event,
        Delivery.sequence == appointment.sequence,
    )
    if session.scalar(known) is None:
        _write(session, appointment, recipient, event, now)


def ask(
    session: Session, appointment: Appointment, event: str, offer: Appointment, now: datetime
) -> None:
    """Write down that a newcomer is asked about another time; an older question is void."""
    session.execute(
        update(Delivery)
        .where(
            Delivery.appointment_id == appointment.id,
            Delivery.event.startswith(event),
            Delivery.state.in_(("waiting", "failed")),
        )
        .values(state="void", problem=None)
    )
    session.add(
        Delivery(
            appointment_id=appointment.id,
            recipient=NEWCOMER,
            event=f"{event} {offer.id}",
            sequence=appointment.sequence,
            starts_at=offer.starts_at,
            ends_at=offer.ends_at,
            due_at=now,
        )
    )


def reminder_at(starts_at: datetime, ahead: timedelta, calendar: Calendar) -> datetime:
    """When a reminder is sent. In quiet hours it waits for their end; where that is too close to
    the appointment, it comes just before they begin."""
    wanted = (starts_at - ahead).astimezone(calendar.zone)
    over = after_quiet(wanted, calendar)
    if over == wanted or starts_at - over >= _LEAST_AHEAD:
        return over
    begins, _ = calendar.quiet_hours
    day = wanted.date() if wanted.time() >= begins else wanted.date() - timedelta(days=1)
    return datetime.combine(day, begins, calendar.zone) - timedelta(minutes=1)


def is_quiet(now: datetime, calendar: Calendar) -> bool:
    """Whether nobody is to be disturbed now."""
    return _is_within(now.astimezone(calendar.zone).time(), *calendar.quiet_hours)


def after_quiet(instant: datetime, calendar: Calendar) -> datetime:
    """The instant itself, or the end of the quiet hours that it lies in."""
    if not is_quiet(instant, calendar):
        return instant
    _, ends = calendar.quiet_hours
    local = instant.astimezone(calendar.zone)
    days = 1 if local.time() >= ends else 0
    return datetime.combine(local.date() + timedelta(days=days), ends, calendar.zone)


def due(session: Session, now: datetime, limit: int = 20) -> list[int]:
    """Messages to send now: of each appointment and person the earliest first."""
    earlier = aliased(Delivery)
    return list(
        session.scalars(
            select(Delivery.id)
            .where(
                Delivery.state == "waiting",
                Delivery.due_at <= now,
                ~select(earlier.id)
                .where(
                    earlier.appointment_id == Delivery.appointment_id,
                    earlier.recipient == Delivery.recipient,
                    earlier.state == "waiting",
                    earlier.id < Delivery.id,
                    earlier.sequence < Delivery.sequence,
                )
                .exists(),
            )
            .order_by(Delivery.due_at, Delivery.id)
            .limit(limit)
        )
    )


def claim(session: Session, delivery_id: int, now: datetime) -> Delivery | None:
    """Take a message for sending, or None when another process has it or it has become void."""
    taken = session.execute(
        update(Delivery)
        .where(Delivery.id == delivery_id, Delivery.state == "waiting", Delivery.due_at <= now)
        .values(due_at=now + _CLAIM, attempts=Delivery.attempts + 1)
    )
    if not taken.rowcount:  # type: ignore[attr-defined]
        return None
    return session.get_one(Delivery, delivery_id, populate_existing=True)


def sent(session: Session, delivery_id: int, now: datetime) -> None:
    """It has been handed over."""
    _set(session, delivery_id, state="sent", sent_at=now, problem=None)


def void(session: Session, delivery_id: int) -> None:
    """There is nothing to tell any more."""
    _set(session, delivery_id, state="void", problem=None)


def put_off(session: Session, delivery_id: int, until: datetime) -> None:
    """It is not the time for it."""
    _set(session, delivery_id, due_at=until)


def failed(session: Session, delivery_id: int, problem: str) -> None:
    """It can't be delivered; staff see it on the desk."""
    _set(session, delivery_id, state="failed", problem=problem)


def try_again(session: Session, delivery: Delivery, problem: str, now: datetime) -> None:
    """Later, after a pause that doubles each time; staff see why."""
    if delivery.attempts >= MAX_ATTEMPTS:
        failed(session, delivery.id, problem)
        return
    pause = min(_FIRST_PAUSE * 2 ** min(delivery.attempts - 1, 20), _LONGEST_PAUSE)
    _set(session, delivery.id, due_at=now + pause, problem=problem)


def send_again(session: Session, delivery_id: int, now: datetime) -> None:
    """Staff want a failed message tried once more."""
    session.execute(
        update(Delivery)
        .where(Delivery.id == delivery_id, Delivery.state == "failed")
        .values(state="waiting", attempts=0, due_at=now)
    )


def in_trouble(session: Session) -> list[Delivery]:
    """Messages that failed or are being tried again, the newest first."""
    return list(
        session.scalars(
            select(Delivery)
            .where(Delivery.state.in_(("waiting", "failed")), Delivery.problem.is_not(None))
            .order_by(Delivery.id.desc())
        )
    )


def _void_earlier(session: Session, appointment: Appointment, told_anew: set[str]) -> None:
    """Who has parted must still learn of it, however often the appointment changes."""
    session.execute(
        update(Delivery)
        .where(
            Delivery.appointment_id == appointment.id,
            Delivery.state.in_(("waiting", "failed")),
            Delivery.sequence < appointment.sequence,
            or_(Delivery.recipient.in_(told_anew), Delivery.event != "cancelled"),
        )
        .values(state="void", problem=None)
    )


def _time_had(
    session: Session, appointment: Appointment, person: str
) -> tuple[datetime, datetime] | None:
    """The time for which somebody was wanted last."""
    row = session.execute(
        select(Delivery.starts_at, Delivery.ends_at)
        .where(Delivery.appointment_id == appointment.id, Delivery.recipient == person)
        .order_by(Delivery.sequence.desc())
        .limit(1)
    ).first()
    return (row.starts_at, row.ends_at) if row else None


def _write(
    session: Session,
    appointment: Appointment,
    recipient: str,
    event: str,
    due_at: datetime,
    when: tuple[datetime, datetime] | None = None,
) -> None:
    starts_at, ends_at = when or (appointment.starts_at, appointment.ends_at)
    session.add(
        Delivery(
            appointment_id=appointment.id,
            recipient=recipient,
            event=event,
            sequence=appointment.sequence,
            starts_at=starts_at,
            ends_at=ends_at,
            due_at=due_at,
        )
    )


def _is_within(wall: time, begins: time, ends: time) -> bool:
    if begins <= ends:
        return begins <= wall < ends
    return wall >= begins or wall < ends


def _set(session: Session, delivery_id: int, **values: object) -> None:
    session.execute(
        update(Delivery)
        .where(Delivery.id == delivery_id, Delivery.state == "waiting")
        .values(**values)
    )
