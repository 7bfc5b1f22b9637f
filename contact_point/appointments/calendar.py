"""Working time in quarters of an hour, right on every day of the year.

Wall time is turned into instants one quarter at a time. So a day of 23 or 25 hours needs no rule
of its own: a quarter that the clocks skip doesn't exist, and one that they repeat exists twice.
"""

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
        cells: set[datetime] = set()
        for day in _days(first, last):
            if self.is_closed(day) or _is_absent(caseworker, day):
                continue
            for interval in caseworker.working_intervals:
                if interval.weekday == day.weekday():
                    for wall in _quarters(interval.opens, interval.closes):
                        cells.update(instants(day, wall, self.zone))
        return cells


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
