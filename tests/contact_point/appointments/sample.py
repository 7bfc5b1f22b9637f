"""Small, readable data for tests of appointments."""

from datetime import date, datetime, time, timezone
from zoneinfo import ZoneInfo

import msgspec

from contact_point.appointments.booking import Request
from contact_point.appointments.calendar import Calendar
from contact_point.appointments.contacts import Contact
from contact_point.appointments.rules import Rules
from contact_point.appointments.tables import (
    Absence,
    AppointmentType,
    Caseworker,
    Interpreter,
    WorkingInterval,
)

ZONE = ZoneInfo("Europe/Stockholm")
NOW = datetime(2026, 11, 24, 7, 0, tzinfo=timezone.utc)
"""A Tuesday, eight o'clock in Stockholm."""
WORKDAY = ((time(9), time(12)), (time(13), time(16)))


def clock() -> datetime:
    """The clock of most tests stands still."""
    return NOW


def calendar(*closed: date, rules: Rules | None = None) -> Calendar:
    """A calendar with some closed dates."""
    return Calendar(ZONE, frozenset(closed), rules or Rules())


def caseworker(
    key: str = "amina",
    *,
    subjects: tuple[str, ...] = ("housing",),
    languages: tuple[str, ...] = ("sv", "en"),
    weekdays: tuple[int, ...] = (0, 1, 2, 3, 4),
    intervals: tuple[tuple[time, time], ...] = WORKDAY,
    absences: tuple[tuple[date, date], ...] = (),
) -> Caseworker:
    """A caseworker; by default Monday to Friday, 9-12 and 13-16."""
    return Caseworker(
        id=key,
        first_name=key.title(),
        subjects=list(subjects),
        languages=list(languages),
        active=True,
        working_intervals=[
            WorkingInterval(weekday=weekday, opens=opens, closes=closes)
            for weekday in weekdays
            for opens, closes in intervals
        ],
        absences=[Absence(first_day=first, last_day=last) for first, last in absences],
    )


def interpreter(
    key: str = "tolk",
    *,
    languages: tuple[str, ...] = ("ti",),
    weekdays: tuple[int, ...] = (0, 1, 2, 3, 4),
    intervals: tuple[tuple[time, time], ...] = ((time(8), time(18)),),
    notice_days: int | None = 2,
) -> Interpreter:
    """An interpreter; by default of Tigrinya, Monday to Friday, 8-18, two working days ahead."""
    return Interpreter(
        id=key,
        first_name=key.title(),
        languages=list(languages),
        active=True,
        notice_days=notice_days,
        working_intervals=[
            WorkingInterval(weekday=weekday, opens=opens, closes=closes)
            for weekday in weekdays
            for opens, closes in intervals
        ],
    )


def appointment_type(
    key: str = "housing", *, subjects: tuple[str, ...] | None = None, **rules: object
) -> AppointmentType:
    """How appointments about some subjects are given: by the usual rules but for those named."""
    return AppointmentType(
        id=key,
        subjects=list(subjects or (key,)),
        bring=[],
        walk_in={},
        **msgspec.structs.asdict(Rules(**rules)),  # type: ignore[arg-type]
    )


def at(day: int, hour: int, minute: int = 0, *, month: int = 11, year: int = 2026) -> datetime:
    """An instant by the wall clock of Stockholm, in UTC."""
    return datetime(year, month, day, hour, minute, tzinfo=ZONE).astimezone(timezone.utc)


def request(starts_at: datetime, key: str = "conversation/1", **changes: object) -> Request:
    """Someone who wants to talk about housing."""
    values: dict[str, object] = {
        "subject": "housing",
        "starts_at": starts_at,
        "name": "Sara",
        "contact": Contact(email="sara@example.org"),
        "language": "sv",
        "conversation_id": "conversation",
        "idempotency_key": key,
    }
    return Request(**(values | changes))  # type: ignore[arg-type]
