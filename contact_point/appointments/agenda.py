"""What staff see of some days: who works when, what is agreed, and what needs their eyes."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from contact_point.appointments import blocks, deliveries
from contact_point.appointments.calendar import CELL, Calendar, Cells
from contact_point.appointments.lookup import stranded
from contact_point.appointments.tables import (
    AGREED,
    HELD,
    PENDING,
    Appointment,
    Block,
    Caseworker,
    Delivery,
    Resource,
)


@dataclass(frozen=True)
class Stretch:
    """Working time without a gap, in one office."""

    starts_at: datetime
    ends_at: datetime
    office_id: str | None


@dataclass(frozen=True)
class CaseworkerDay:
    """One day of one caseworker."""

    caseworker: Caseworker
    day: date
    working: list[Stretch]
    """Empty on closed days and when they are absent."""
    is_absent: bool
    appointments: list[Appointment]
    """In every state, the cancelled ones too; of the held ones those that somebody books now."""
    blocks: list[Block]


@dataclass(frozen=True)
class LookAt:
    """What staff should look at now."""

    pending: list[Appointment]
    """They wait for a yes."""
    stranded: list[Appointment]
    """Their caseworker or interpreter has left, or does not work then any more."""
    late: list[Appointment]
    """Today's newcomers who said that they come late."""
    troubled: list[tuple[Delivery, Appointment]]
    """Messages that failed or are tried again."""
    unread: list[Resource]
    """People whose own calendar could not be read."""

    def __bool__(self) -> bool:
        return any((self.pending, self.stranded, self.late, self.troubled, self.unread))


def agenda(
    session: Session,
    calendar: Calendar,
    days: tuple[date, date],
    now: datetime,
    caseworker_id: str | None = None,
    office_id: str | None = None,
) -> list[CaseworkerDay]:
    """What is on from the first to the last day, by day and caseworker's name.

    Who has left is shown while they have appointments then. With an office, its caseworkers and
    what is there or by phone and video.
    """
    first, last = days
    begins, ends = _midnight(first, calendar), _midnight(last + timedelta(days=1), calendar)
    agreed: dict[tuple[str, date], list[Appointment]] = defaultdict(list)
    for one in _appointments(session, begins, ends, now, caseworker_id):
        agreed[one.caseworker_id, calendar.local_day(one.starts_at)].append(one)
    people = [
        each
        for each in _caseworkers(session, caseworker_id)
        if each.active or any(person == each.id for person, _ in agreed)
    ]
    found = []
    blocked = blocks.overlapping(session, [each.id for each in people], begins, ends)
    for each in people:
        is_theirs = office_id is None or _sits_in(each, office_id)
        theirs = (None, office_id) if is_theirs else (office_id,)
        working = dict(calendar.working_days(each, first, last)) if each.active else {}
        for number in range((last - first).days + 1):
            day = first + timedelta(days=number)
            appointments = [
                one for one in agreed[each.id, day] if office_id is None or one.office_id in theirs
            ]
            if is_theirs or appointments:
                found.append(
                    CaseworkerDay(
                        each,
                        day,
                        _stretches(working.get(day, {}), office_id),
                        any(away.first_day <= day <= away.last_day for away in each.absences),
                        appointments,
                        [
                            one
                            for one in blocked
                            if one.resource_id == each.id and _is_on(one, day, calendar)
                        ],
                    )
                )
    return sorted(found, key=lambda one: (one.day, one.caseworker.first_name, one.caseworker.id))


def look_at(session: Session, calendar: Calendar, now: datetime) -> LookAt:
    """What needs somebody's eyes."""
    today = calendar.local_day(now)
    begins, ends = _midnight(today, calendar), _midnight(today + timedelta(days=1), calendar)
    pending = select(Appointment).where(Appointment.state == PENDING, Appointment.starts_at > now)
    late = select(Appointment).where(
        Appointment.state.in_(AGREED),
        Appointment.late_at.is_not(None),
        Appointment.starts_at >= begins,
        Appointment.starts_at < ends,
    )
    unread = select(Resource).where(Resource.active, Resource.busy_problem.is_not(None))
    return LookAt(
        list(session.scalars(pending.order_by(Appointment.starts_at))),
        stranded(session, calendar, now),
        list(session.scalars(late.order_by(Appointment.starts_at))),
        [
            (each, session.get_one(Appointment, each.appointment_id))
            for each in deliveries.in_trouble(session)
        ],
        list(session.scalars(unread.order_by(Resource.first_name))),
    )


def _appointments(
    session: Session, begins: datetime, ends: datetime, now: datetime, caseworker_id: str | None
) -> Iterable[Appointment]:
    query = select(Appointment).where(
        Appointment.starts_at >= begins,
        Appointment.starts_at < ends,
        or_(Appointment.state != HELD, Appointment.expires_at > now),
    )
    if caseworker_id:
        query = query.where(Appointment.caseworker_id == caseworker_id)
    return session.scalars(query.order_by(Appointment.starts_at, Appointment.id))


def _caseworkers(session: Session, only: str | None) -> list[Caseworker]:
    query = select(Caseworker).order_by(Caseworker.first_name, Caseworker.id)
    return list(session.scalars(query.where(Caseworker.id == only) if only else query))


def _sits_in(caseworker: Caseworker, office_id: str) -> bool:
    weekly = (each.office_id for each in caseworker.working_intervals)
    return office_id in (*weekly, *(each.office_id for each in caseworker.other_hours))


def _stretches(places: Mapping[str | None, Cells], office_id: str | None) -> list[Stretch]:
    """A day's quarters, put together where they follow each other."""
    found: list[Stretch] = []
    for place, cells in places.items():
        if office_id not in (None, place):
            continue
        begins: datetime | None = None
        for cell in sorted(cells):
            begins = begins or cell
            if cell + CELL not in cells:
                found.append(Stretch(begins, cell + CELL, place))
                begins = None
    return sorted(found, key=lambda one: one.starts_at)


def _is_on(block: Block, day: date, calendar: Calendar) -> bool:
    begins, ends = _midnight(day, calendar), _midnight(day + timedelta(days=1), calendar)
    return block.starts_at < ends and block.ends_at > begins


def _midnight(day: date, calendar: Calendar) -> datetime:
    return datetime.combine(day, time.min, calendar.zone)
