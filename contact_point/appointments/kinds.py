"""Which rules a subject's appointments follow: those of its type, or the municipality's."""

from datetime import date, time, timedelta
from functools import lru_cache

import msgspec
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from contact_point.appointments.calendar import Calendar
from contact_point.appointments.rules import Rules
from contact_point.appointments.tables import AppointmentType
from contact_point.settings import WEEKDAYS, Interval, parse_intervals


class Kind(msgspec.Struct, frozen=True):
    """How appointments about a subject are given."""

    rules: Rules
    type_id: str | None = None
    bring: tuple[str, ...] = ()
    """Keys of `bring.THINGS`."""
    walk_in: tuple[tuple[str, str], ...] = ()
    """(weekday, hours): then anybody may come, and nothing is booked."""
    subjects: tuple[str, ...] = ()
    """The subjects that share the daily maximum."""

    def walk_in_hours(self, day: date) -> list[Interval]:
        """When anybody may come on a date."""
        return _intervals(dict(self.walk_in).get(WEEKDAYS[day.weekday()], ""))


def kind_of(session: Session, subject: str, calendar: Calendar) -> Kind:
    """The rules for a subject."""
    for each in session.scalars(select(AppointmentType).order_by(AppointmentType.id)):
        if subject in each.subjects:
            return Kind(
                rules_of(each),
                each.id,
                tuple(each.bring),
                tuple(sorted(each.walk_in.items(), key=lambda pair: WEEKDAYS.index(pair[0]))),
                tuple(each.subjects),
            )
    return Kind(calendar.rules, subjects=(subject,))


def longest_horizon(session: Session) -> timedelta:
    """How far ahead any appointment is offered."""
    given = session.scalar(select(func.max(AppointmentType.horizon_days))) or 0
    return timedelta(days=max(given, Rules().horizon_days))


def rules_of(kind: AppointmentType) -> Rules:
    """The rules of a type.

    Raises:
        ValueError: when they make no sense (see `Rules`).
    """
    return Rules(**{name: getattr(kind, name) for name in Rules.__struct_fields__})


@lru_cache(maxsize=200)
def _intervals(text: str) -> list[tuple[time, time]]:
    return parse_intervals(text)
