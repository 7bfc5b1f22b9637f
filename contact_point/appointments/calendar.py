"""Working time in quarters of an hour, right on every day of the year.

Wall time is turned into instants one quarter at a time. So a day of 23 or 25 hours needs no rule
of its own: a quarter that the clocks skip doesn't exist, and one that they repeat exists twice.
"""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, timezone
from functools import lru_cache
from zoneinfo import ZoneInfo

from contact_point.appointments.rules import CELL_MINUTES, Rules
from contact_point.appointments.tables import Caseworker
from contact_point.public_holidays import is_holiday
from contact_point.settings import Municipality

CELL = timedelta(minutes=CELL_MINUTES)
Cells = frozenset[datetime]
Hours = tuple[time, time]
"""From when to when, by the clock on the wall."""


@dataclass(frozen=True)
class Calendar:
    """When a municipality gives appointments."""

    zone: ZoneInfo
    closed_dates: frozenset[date]
    rules: Rules

    @classmethod
    def of(cls, municipality: Municipality) -> "Calendar":
        """The calendar of a municipality."""
        return cls(municipality.zone, frozenset(municipality.closed.dates), Rules())

    def is_closed(self, day: date) -> bool:
        """Whether no appointment is given on a day: a holiday, or the municipality's own."""
        return day in self.closed_dates or is_holiday(day)

    def local_day(self, instant: datetime) -> date:
        """The date on the wall when something happens."""
        return instant.astimezone(self.zone).date()

    def working_cells(self, caseworker: Caseworker, first: date, last: date) -> set[datetime]:
        """The starts (UTC) of the quarters that a caseworker works from one day to another."""
        return set().union(*(cells for _, cells in self.working_days(caseworker, first, last)))

    def working_days(
        self, caseworker: Caseworker, first: date, last: date
    ) -> Iterator[tuple[date, Cells]]:
        """The days that a caseworker works, with the starts (UTC) of each day's quarters."""
        by_weekday: dict[int, list[Hours]] = defaultdict(list)
        for interval in caseworker.working_intervals:
            by_weekday[interval.weekday].append((interval.opens, interval.closes))
        for day in _days(first, last):
            hours = by_weekday.get(day.weekday())
            if hours and not self.is_closed(day) and not _is_absent(caseworker, day):
                yield day, _cells(tuple(hours), day, self.zone)


def cells_between(starts_at: datetime, ends_at: datetime) -> list[datetime]:
    """The starts of the quarters that an appointment takes, in order."""
    count = -(-(ends_at - starts_at) // CELL)
    return [starts_at + number * CELL for number in range(count)]


@lru_cache(maxsize=20_000)
def instants(day: date, wall: time, zone: ZoneInfo) -> tuple[datetime, ...]:
    """When the clocks of a zone show a wall time: once, never (spring) or twice (autumn)."""
    local = datetime.combine(day, wall)
    found = []
    for fold in (0, 1):
        instant = local.replace(tzinfo=zone, fold=fold).astimezone(timezone.utc)
        shows = instant.astimezone(zone).replace(tzinfo=None, fold=0)
        if shows == local and instant not in found:
            found.append(instant)
    return tuple(found)


@lru_cache(maxsize=20_000)
def _cells(hours: tuple[Hours, ...], day: date, zone: ZoneInfo) -> Cells:
    """The quarters of a day's hours; colleagues and later searches share them."""
    return frozenset(
        instant
        for opens, closes in hours
        for wall in _quarters(opens, closes)
        for instant in instants(day, wall, zone)
    )


def _is_absent(caseworker: Caseworker, day: date) -> bool:
    return any(absence.first_day <= day <= absence.last_day for absence in caseworker.absences)


def _days(first: date, last: date) -> Iterator[date]:
    for number in range((last - first).days + 1):
        yield first + timedelta(days=number)


def _quarters(opens: time, closes: time) -> Iterator[time]:
    for minutes in range(_minutes(opens), _minutes(closes), CELL_MINUTES):
        yield time(*divmod(minutes, 60))


def _minutes(wall: time) -> int:
    return wall.hour * 60 + wall.minute
