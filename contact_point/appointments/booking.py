"""Holding, booking, moving and cancelling: each one transaction, each safe to repeat.

No two appointments of a caseworker or an interpreter can overlap, because both would insert the
same claimed cell (see `claims`). Whoever comes second is told so, and is offered other times. What
somebody must be told is written down in the same transaction (see `deliveries`).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from contact_point.appointments import claims, deliveries, figures
from contact_point.appointments.calendar import Calendar
from contact_point.appointments.codes import make_code
from contact_point.appointments.contacts import Contact
from contact_point.appointments.kinds import Kind, kind_of
from contact_point.appointments.offers import Offer, Wishes, candidates, full_days, nearest
from contact_point.appointments.tables import (
    AGREED,
    ATTENDED,
    BOOKED,
    CANCELLED,
    HELD,
    MISSED,
    PENDING,
    Appointment,
    Resource,
    Waiting,
)
from contact_point.clock import Clock

HOLD = timedelta(minutes=5)
"""How long a chosen time is kept while the newcomer writes who they are."""


@dataclass(frozen=True)
class Request:
    """What a newcomer wants to book."""

    subject: str
    starts_at: datetime
    name: str
    contact: Contact
    language: str
    conversation_id: str | None
    """None where staff book for a visitor."""
    idempotency_key: str
    """Names the message that asked for it; the same key never books twice."""
    wishes: Wishes = field(default_factory=Wishes)
    note: str | None = None


@dataclass(frozen=True)
class SlotTaken:
    """The time can't be had (any more). Nothing was changed."""

    alternatives: list[Offer]
    """The nearest times that can be booked now, earliest first."""


class NotUpcoming(Exception):  # noqa: N818 - names a state, not a fault of the program
    """The appointment is cancelled or over, so it can't be moved or cancelled."""


class NotBegun(Exception):  # noqa: N818 - names a state, not a fault of the program
    """The appointment has not begun, or was cancelled: nobody can have come or missed it."""


def hold_key(conversation_id: str) -> str:
    """Names what a conversation holds: one time at most."""
    return f"hold/{conversation_id}"


def hold(
    session: Session,
    calendar: Calendar,
    subject: str,
    starts_at: datetime,
    language: str,
    holder: str,
    clock: Clock,
    wishes: Wishes | None = None,
    keep: timedelta = HOLD,
) -> Appointment | SlotTaken:
    """Keep a time for somebody for a while; what they held before is given up.

    Args:
        holder: names what it is held for, see `hold_key`; the same holder holds one time.
    """
    now = clock()
    claims.release_expired(session, now)
    search = Wishes(**{**(wishes or {}), "holder": holder})
    kind = kind_of(session, subject, calendar)
    held = _held_by(session, holder)
    if held:
        same = (held.subject, held.language, held.starts_at) == (subject, language, starts_at)
        if same and _suits(held, search):
            held.expires_at = now + keep
            return held
        claims.drop(session, held.id)
        session.expunge(held)
    blank = {
        "subject": subject,
        "language": language,
        "name": "",
        "conversation_id": None,
        "state": HELD,
        "expires_at": now + keep,
        "idempotency_key": holder,
    }
    found = _claim_best(session, calendar, kind, starts_at, now, search, blank)
    return found or _taken(session, calendar, subject, language, now, starts_at, None, search)


def release(session: Session, holder: str) -> None:
    """Give up what somebody holds."""
    held = _held_by(session, holder)
    if held:
        claims.drop(session, held.id)


def book(
    session: Session, calendar: Calendar, request: Request, clock: Clock
) -> Appointment | SlotTaken:
    """Book a time with the best free caseworker; needs a writing transaction."""
    now = clock()
    earlier = _by_idempotency_key(session, request.idempotency_key)
    if earlier:
        return earlier
    claims.release_expired(session, now)
    kind = kind_of(session, request.subject, calendar)
    values = {
        "subject": request.subject,
        "language": request.language,
        "name": request.name,
        "email": request.contact.email,
        "phone": request.contact.phone,
        "note": request.note,
        "conversation_id": request.conversation_id,
        "state": PENDING if kind.rules.needs_confirmation else BOOKED,
        "idempotency_key": request.idempotency_key,
    }
    holder = hold_key(request.conversation_id) if request.conversation_id else None
    search = Wishes(**{**request.wishes, "holder": holder})
    appointment = _use_hold(session, request, search, values)
    if appointment is None:
        if holder:
            release(session, holder)
        appointment = _claim_best(session, calendar, kind, request.starts_at, now, search, values)
    if appointment is None:
        # The same message may have been booked by another process in this instant.
        earlier = _by_idempotency_key(session, request.idempotency_key)
        return earlier or _taken(
            session, calendar, request.subject, request.language, now, request.starts_at,
            None, search,
        )  # fmt: skip
    appointment.created_at = now
    session.flush()
    event = "booked" if appointment.state == BOOKED else "pending"
    deliveries.plan(session, appointment, event, calendar, now)
    figures.note(session, "booked", appointment, now)
    return appointment


def move(
    session: Session,
    calendar: Calendar,
    appointment_id: int,
    starts_at: datetime,
    clock: Clock,
    wishes: Wishes | None = None,
) -> Appointment | SlotTaken:
    """Give an appointment another time; its own is freed only once the new one is claimed.

    Moving to the time that it has changes nothing, so a repeated request is harmless.

    Raises:
        NotUpcoming: when it is cancelled or over.
    """
    now = clock()
    appointment = _locked(session, appointment_id)
    search = wishes or Wishes()
    is_same = appointment.state in AGREED and appointment.starts_at == starts_at
    if is_same and _suits(appointment, search) and not has_lost_interpreter(appointment):
        return appointment
    _check_upcoming(appointment, now)
    claims.release_expired(session, now)
    if search.get("holder"):
        release(session, str(search["holder"]))
    kind = kind_of(session, appointment.subject, calendar)
    before = appointment.interpreter_id
    while offer := _best(
        session, calendar, appointment.subject, appointment.language, now, starts_at, search,
        appointment,
    ):  # fmt: skip
        if not _try_to_move(session, calendar, appointment, offer, kind, now):
            continue
        parted = [before] if before and before != appointment.interpreter_id else []
        deliveries.plan(session, appointment, "moved", calendar, now, parted)
        figures.note(session, "moved", appointment, now)
        _leave_waiting_list(session, appointment.id)
        return appointment
    return _taken(
        session, calendar, appointment.subject, appointment.language, now, starts_at, appointment,
        search,
    )  # fmt: skip


def cancel(
    session: Session,
    calendar: Calendar,
    appointment_id: int,
    clock: Clock,
    reason: str | None = None,
) -> Appointment:
    """Cancel an appointment and free its time. Cancelling again changes nothing.

    Args:
        reason: why staff cancel, a key of `reasons.REASONS`; the newcomer is told.

    Raises:
        NotUpcoming: when it is over.
    """
    now = clock()
    appointment = _locked(session, appointment_id)
    if appointment.state == CANCELLED:
        return appointment
    _check_upcoming(appointment, now)
    appointment.state, appointment.cancelled_at, appointment.reason = CANCELLED, now, reason
    appointment.sequence += 1
    claims.give_up(session, appointment.id)
    release(session, earlier_key(appointment.id))
    _leave_waiting_list(session, appointment.id)
    deliveries.plan(session, appointment, "cancelled", calendar, now)
    figures.note(session, "cancelled", appointment, now)
    return appointment


def confirm(session: Session, calendar: Calendar, appointment_id: int, clock: Clock) -> Appointment:
    """Staff say yes to a pending appointment. Saying it again changes nothing.

    Raises:
        NotUpcoming: when it is cancelled or over.
    """
    now = clock()
    appointment = _locked(session, appointment_id)
    if appointment.state == BOOKED:
        return appointment
    _check_upcoming(appointment, now)
    appointment.state = BOOKED
    appointment.sequence += 1
    deliveries.plan(session, appointment, "booked", calendar, now)
    return appointment


def mark(session: Session, appointment_id: int, state: str, clock: Clock) -> Appointment:
    """Say whether the newcomer came: `attended` or `missed`; staff may change their mind.

    Raises:
        NotBegun: when it lies ahead or was cancelled.
        ValueError: for another state.
    """
    if state not in (ATTENDED, MISSED):
        raise ValueError(f"{state!r} is not attended or missed")
    now = clock()
    appointment = _locked(session, appointment_id)
    if appointment.state == state:
        return appointment
    if appointment.state in (CANCELLED, HELD) or appointment.starts_at > now:
        raise NotBegun(f"Appointment {appointment.id} is {appointment.state} or lies ahead")
    if appointment.state in (ATTENDED, MISSED):
        figures.take_back(session, appointment.state, appointment)
    appointment.state = state
    figures.note(session, state, appointment, now)
    return appointment


def be_late(session: Session, appointment_id: int, clock: Clock) -> Appointment:
    """The newcomer will be late: it shows on the desk, and the caseworker gets a mail.

    Raises:
        NotUpcoming: when it is cancelled or over.
    """
    now = clock()
    appointment = _locked(session, appointment_id)
    if not may_be_late(appointment, now):
        raise NotUpcoming(f"Appointment {appointment.id} is {appointment.state} or over")
    if appointment.late_at is None:
        appointment.late_at = now
        for person in filter(None, (appointment.caseworker_id, appointment.interpreter_id)):
            deliveries.tell(session, appointment, person, "late", now)
    return appointment


def is_upcoming(appointment: Appointment, now: datetime) -> bool:
    """Whether an appointment is agreed and hasn't begun."""
    return appointment.state in AGREED and appointment.starts_at > now


def may_be_late(appointment: Appointment, now: datetime) -> bool:
    """Whether one can still come late: it is agreed, and not over."""
    return appointment.state in AGREED and appointment.ends_at > now


def has_lost_interpreter(appointment: Appointment) -> bool:
    """Whether the interpreter of an appointment has left: then moving it, even to the same time,
    gives it another one."""
    person = appointment.interpreter_person
    return person is not None and not person.active


def earlier_key(appointment_id: int) -> str:
    """Names the earlier time that is held for an appointment on the waiting list."""
    return f"earlier/{appointment_id}"


def _use_hold(
    session: Session, request: Request, search: Wishes, values: Mapping[str, object]
) -> Appointment | None:
    """The conversation's held time as the booking; None where it holds another one or none."""
    if not search.get("holder"):
        return None
    held = _held_by(session, str(search["holder"]))
    wanted = (request.subject, request.language, request.starts_at)
    if held is None or (held.subject, held.language, held.starts_at) != wanted:
        return None
    if not _suits(held, search):
        return None
    try:
        with session.begin_nested():
            for name, value in {**values, "expires_at": None}.items():
                setattr(held, name, value)
            session.flush()
    except IntegrityError:  # the same message was booked in this instant
        session.refresh(held)
        return None
    return held


def _suits(appointment: Appointment, search: Wishes) -> bool:
    """Whether an appointment is as wished."""
    return all(
        search.get(name) in (None, value)
        for name, value in (
            ("place", appointment.place),
            ("office_id", appointment.office_id),
            ("caseworker_id", appointment.caseworker_id),
        )
    )


def _claim_best(
    session: Session,
    calendar: Calendar,
    kind: Kind,
    starts_at: datetime,
    now: datetime,
    search: Wishes,
    values: Mapping[str, object],
) -> Appointment | None:
    """A new row for the best offer that can be claimed. Each loss means that somebody else has
    won, so that it ends."""
    subject, language = str(values["subject"]), str(values["language"])
    while offer := _best(session, calendar, subject, language, now, starts_at, search):
        appointment = Appointment(
            **values,
            **_of_offer(offer, calendar.zone),
            zone=calendar.zone.key,
            code=_unused_code(session),
            created_at=now,
        )
        try:
            with session.begin_nested() as attempt:
                if _is_full(session, calendar, offer, kind, set()):
                    attempt.rollback()
                    continue
                session.add(appointment)
                session.flush()
                claims.claim(session, appointment.id, claims.cells_of(offer, kind.rules), set())
        except IntegrityError:
            if _by_idempotency_key(session, str(values["idempotency_key"])):
                return None
            continue
        session.refresh(appointment)
        return appointment
    return None


def _try_to_move(
    session: Session,
    calendar: Calendar,
    appointment: Appointment,
    offer: Offer,
    kind: Kind,
    now: datetime,
) -> bool:
    old, new = claims.claimed_by(session, appointment.id), claims.cells_of(offer, kind.rules)
    try:
        with session.begin_nested() as attempt:
            if _is_full(session, calendar, offer, kind, {appointment.id}):
                attempt.rollback()
                return False
            claims.claim(session, appointment.id, new, old)
    except IntegrityError:
        return False
    claims.give_up(session, appointment.id, old - set(new))
    for name, value in _of_offer(offer, ZoneInfo(appointment.zone)).items():
        setattr(appointment, name, value)
    appointment.moved_at = now
    appointment.late_at = None
    appointment.sequence += 1
    session.flush()
    session.refresh(appointment)
    return True


def _best(
    session: Session,
    calendar: Calendar,
    subject: str,
    language: str,
    now: datetime,
    starts_at: datetime,
    search: Wishes,
    moving: Appointment | None = None,
) -> Offer | None:
    found = candidates(
        session, calendar, subject, language, now, moving, wanted=starts_at, **search
    )
    return next(iter(found.get(starts_at, ())), None)


def _is_full(session: Session, calendar: Calendar, offer: Offer, kind: Kind, own: set[int]) -> bool:
    """Whether the caseworker's day is full by now. Whoever counts has the caseworker's row: no two
    processes take the last place at once. In a savepoint that is rolled back when the attempt
    fails: who kept the rows of several caseworkers could wait for someone who waits for them."""
    if kind.rules.daily_maximum is None:
        return False
    # With key_share those who only refer to the row, in other bookings, don't wait for it.
    row = select(Resource.id).where(Resource.id == offer.caseworker_id)
    session.execute(row.with_for_update(key_share=True))
    day = calendar.local_day(offer.starts_at)
    full = full_days(session, calendar, kind, [offer.caseworker_id], (day, day), own)
    return (offer.caseworker_id, day) in full


def _of_offer(offer: Offer, zone: ZoneInfo) -> dict[str, object]:
    return {
        "caseworker_id": offer.caseworker_id,
        "interpreter_id": offer.interpreter_id,
        "interpreter": offer.interpreter,
        "starts_at": offer.starts_at,
        "ends_at": offer.ends_at,
        "wall_time": _wall_time(offer, zone),
        "place": offer.place,
        "office_id": offer.office_id,
    }


def _wall_time(offer: Offer, zone: ZoneInfo) -> datetime:
    return offer.starts_at.astimezone(zone).replace(tzinfo=None)


def _taken(
    session: Session,
    calendar: Calendar,
    subject: str,
    language: str,
    now: datetime,
    wanted: datetime,
    moving: Appointment | None,
    search: Wishes,
) -> SlotTaken:
    found = candidates(session, calendar, subject, language, now, moving, **search)
    return SlotTaken(nearest((offers[0] for offers in found.values()), wanted))


def _by_idempotency_key(session: Session, key: str) -> Appointment | None:
    return session.scalar(select(Appointment).where(Appointment.idempotency_key == key))


def _held_by(session: Session, holder: str) -> Appointment | None:
    """What somebody holds, kept from other writers until the transaction ends."""
    row = select(Appointment.id).where(
        Appointment.idempotency_key == holder, Appointment.state == HELD
    )
    held_id = session.scalar(row.with_for_update())
    return _locked(session, held_id) if held_id else None


def _leave_waiting_list(session: Session, appointment_id: int) -> None:
    waiting = session.get(Waiting, appointment_id)
    if waiting:
        session.delete(waiting)


def _locked(session: Session, appointment_id: int) -> Appointment:
    """The appointment, held against other writers until the transaction ends."""
    # First the row alone: after waiting for another process PostgreSQL would look at the new row
    # beside the caseworker that it had before, and find no pair.
    row = select(Appointment.id).where(Appointment.id == appointment_id)
    session.execute(row.with_for_update())
    return session.get_one(Appointment, appointment_id, populate_existing=True)


def _check_upcoming(appointment: Appointment, now: datetime) -> None:
    if not is_upcoming(appointment, now):
        raise NotUpcoming(f"Appointment {appointment.id} is {appointment.state} or over")


def _unused_code(session: Session) -> str:
    while True:
        code = make_code()
        if not session.scalar(select(Appointment.id).where(Appointment.code == code)):
            return code
