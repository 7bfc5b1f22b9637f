"""Opening hours as rows of a form: weekdays, times, how often, from when until when."""

from dataclasses import dataclass
from datetime import date, time
from typing import Any

from contact_point.directory.tables import HolidaySchedule, Schedule

WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
WEEKLY, SECOND_WEEK, ONCE = "weekly", "second_week", "once"
OF_MONTH = ("1", "2", "3", "4", "-1")
"""The first, second … and last such weekday of a month."""
REPEATS = (WEEKLY, SECOND_WEEK, *OF_MONTH, ONCE)
DAY_KINDS = ("public_holiday", "day_before_public_holiday")
_BEYOND_THE_FORM = (
    "bymonthday", "byweekno", "byyearday", "count", "until", "wkst", "timezone",
)  # fmt: skip


@dataclass(frozen=True)
class HoursRow:
    """When it is open. `first` and `last` are days; `first` is needed where it says which week or
    which day is meant."""

    id: str | None
    days: tuple[str, ...]
    opens: str
    closes: str
    repeat: str = WEEKLY
    first: str = ""
    last: str = ""

    def problems(self) -> list[str]:
        """Reasons why it can't be saved."""
        found = []
        if self.repeat not in REPEATS or not set(self.days) <= set(WEEKDAYS):
            found.append("repeat")
        if self.repeat != ONCE and not self.days:
            found.append("days")
        if self.repeat in (SECOND_WEEK, ONCE) and not self.first:
            found.append("first")
        return [*found, *_time_problems(self.opens, self.closes), *_day_problems(self)]

    def __str__(self) -> str:
        days = f"{','.join(self.days)} " if self.days else ""
        dates = f" ({self.first}–{self.last})" if self.first or self.last else ""
        return f"{days}{self.opens}–{self.closes} {self.repeat}{dates}"


@dataclass(frozen=True)
class ExceptionRow:
    """Other hours than usual: of days of a kind, or from one day to another."""

    id: str | None
    kind: str
    first: str
    last: str
    is_closed: bool
    opens: str = ""
    closes: str = ""
    reason: str = ""

    def problems(self) -> list[str]:
        """Reasons why it can't be saved."""
        found = []
        if self.kind and self.kind not in DAY_KINDS:
            found.append("repeat")
        if not self.kind and not self.first:
            found.append("first")
        if not self.is_closed and self.opens and self.closes:
            found += _time_problems(self.opens, self.closes)
        return [*found, *_day_problems(self)]

    def __str__(self) -> str:
        hours = "closed" if self.is_closed else f"{self.opens}–{self.closes}"
        return " ".join(filter(None, (self.kind, self.first, self.last, hours, self.reason)))


def hours_row(schedule: Schedule) -> HoursRow | None:
    """A schedule as a row; None where the form can't show it."""
    if any(getattr(schedule, name) is not None for name in _BEYOND_THE_FORM):
        return None
    byday = schedule.byday.split(",") if schedule.byday else []
    interval, first = schedule.interval or 1, schedule.dtstart or schedule.valid_from or ""
    if schedule.freq == "WEEKLY" and interval in (1, 2) and set(byday) <= set(WEEKDAYS) and byday:
        repeat, days = (WEEKLY, SECOND_WEEK)[int(interval) - 1], byday
    elif schedule.freq == "MONTHLY" and interval == 1 and byday:
        numbers = {day[:-2].lstrip("+") for day in byday}
        repeat, days = numbers.pop(), [day[-2:] for day in byday]
        if numbers or repeat not in OF_MONTH:
            return None
    elif schedule.freq is None and not byday and schedule.dtstart:
        repeat, days = ONCE, []
    else:
        return None
    return HoursRow(
        schedule.id,
        tuple(day for day in WEEKDAYS if day in days),
        (schedule.opens_at or "")[:5],
        (schedule.closes_at or "")[:5],
        repeat,
        first,
        schedule.valid_to or "",
    )


def hours_values(row: HoursRow) -> dict[str, Any]:
    """The columns of a schedule."""
    byday = (
        row.days if row.repeat in (WEEKLY, SECOND_WEEK) else [f"{row.repeat}{d}" for d in row.days]
    )
    starts = row.repeat in (SECOND_WEEK, ONCE)
    return {
        "freq": None
        if row.repeat == ONCE
        else ("WEEKLY" if row.repeat not in OF_MONTH else "MONTHLY"),
        "interval": 2 if row.repeat == SECOND_WEEK else None,
        "byday": None if row.repeat == ONCE else ",".join(byday),
        "dtstart": row.first if starts else None,
        "valid_from": None if starts else row.first or None,
        "valid_to": row.last or None,
        "opens_at": row.opens,
        "closes_at": row.closes,
    }


def exception_row(exception: HolidaySchedule) -> ExceptionRow:
    """A holiday schedule as a row."""
    return ExceptionRow(
        exception.id,
        exception.day or "",
        exception.start_date or "",
        exception.end_date or "",
        exception.closed,
        (exception.opens_at or "")[:5],
        (exception.closes_at or "")[:5],
        exception.description or "",
    )


def exception_values(row: ExceptionRow) -> dict[str, Any]:
    """The columns of a holiday schedule."""
    return {
        "day": row.kind or None,
        "start_date": row.first or None,
        "end_date": row.last or None,
        "closed": row.is_closed,
        "opens_at": None if row.is_closed else row.opens or None,
        "closes_at": None if row.is_closed else row.closes or None,
        "description": row.reason or None,
    }


def _time_problems(opens: str, closes: str) -> list[str]:
    try:
        return [] if time.fromisoformat(opens) < time.fromisoformat(closes) else ["times"]
    except ValueError:
        return ["times"]


def _day_problems(row: HoursRow | ExceptionRow) -> list[str]:
    try:
        days = [date.fromisoformat(day) for day in (row.first, row.last) if day]
    except ValueError:
        return ["dates"]
    return ["dates"] if days != sorted(days) else []
