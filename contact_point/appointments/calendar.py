"""Working time in quarters of an hour, right on every day of the year.

Wall time is turned into instants one quarter at a time. So a day of 23 or 25 hours needs no rule
of its own: a quarter that the clocks skip doesn't exist, and one that they repeat exists twice.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, timezone
from functools import lru_cache
from zoneinfo import ZoneInfo

from contact_point.appointments.rules import CELL_MINUTES, InterpreterNotice, Rules
from contact_point.appointments.tables import Resource
from contact_point.public_holidays import is_holiday
from contact_point.settings import Municipality

CELL = timedelta(minutes=CELL_MINUTES)
Cells = frozenset[datetime]
Hours = tuple[time, time]
"""From when to when, by the clock on the wall."""
_Stretch = tuple[str | None, time, time]
_SATURDAY = 5
_USUAL_NOTICE = InterpreterNotice()


@dataclass(frozen=True)
class Calendar:
    """When a municipality gives appointments."""

    zone: ZoneInfo
    closed_dates: frozenset[date]
    rules: Rules
    """For subjects without an appointment type of their own."""
    interpreter_notice: InterpreterNotice = _USUAL_NOTICE
    quiet_hours: Hours = (time(21), time(8))
    """Between them nobody is disturbed."""

    @classmethod
    def of(cls, municipality: Municipality) -> "Calendar":
        """The calendar of a municipality."""
        given = municipality.appointments
        return cls(
            municipality.zone,
            frozenset(municipality.closed.dates),
            Rules(),
            given.interpreter_notice,
            given.quiet_hours,
        )

    def is_closed(self, day: date) -> bool:
        """Whether no appointment is given on a day: a holiday, or the municipality's own."""
        return day in self.closed_dates or is_holiday(day)

    def local_day(self, instant: datetime) -> date:
        """The date on the wall when something happens."""
        return instant.astimezone(self.zone).date()

    def after_working_days(self, instant: datetime, count: int) -> datetime:
        """The instant as many working days later, at the same time by the clock on the wall;
        from a day that is none, counted from the beginning of the next."""
        local = instant.astimezone(self.zone)
        day, wall = local.date(), local.time()
        while not self._is_working_day(day):
            day, wall = day + timedelta(days=1), time.min
        for _ in range(count):
            day += timedelta(days=1)
            while not self._is_working_day(day):
                day += timedelta(days=1)
        return datetime.combine(day, wall, self.zone).astimezone(timezone.utc)

    def working_cells(self, resource: Resource, first: date, last: date) -> set[datetime]:
        """The starts (UTC) of the quarters that somebody works from one day to another."""
        return {
            cell
            for _, places in self.working_days(resource, first, last)
            for cells in places.values()
            for cell in cells
        }

    def working_days(
        self, resource: Resource, first: date, last: date
    ) -> Iterator[tuple[date, Mapping[str | None, Cells]]]:
        """The days that somebody works, with the starts (UTC) of each day's quarters, by the office
        where they sit then."""
        weekly: dict[int, list[_Stretch]] = defaultdict(list)
        for each in resource.working_intervals:
            weekly[each.weekday].append((each.office_id, each.opens, each.closes))
        dated: dict[date, list[_Stretch]] = defaultdict(list)
        for other in resource.other_hours:
            dated[other.day].append((other.office_id, other.opens, other.closes))
        for day in _days(first, last):
            stretches = dated.get(day) or weekly.get(day.weekday())
            if stretches and not self.is_closed(day) and not _is_absent(resource, day):
                yield day, _by_office(tuple(stretches), day, self.zone)

    def cells_of(self, day: date, hours: tuple[Hours, ...]) -> Cells:
        """The starts (UTC) of the quarters between some hours of a day."""
        stretches = tuple((None, *each) for each in hours)
        return _by_office(stretches, day, self.zone).get(None, frozenset())

    def _is_working_day(self, day: date) -> bool:
        return day.weekday() < _SATURDAY and not self.is_closed(day)


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
def _by_office(
    stretches: tuple[_Stretch, ...], day: date, zone: ZoneInfo
) -> Mapping[str | None, Cells]:
    """The quarters of a day's hours; colleagues and later searches share them."""
    found: dict[str | None, set[datetime]] = defaultdict(set)
    for office_id, opens, closes in stretches:
        for wall in _quarters(opens, closes):
            found[office_id].update(instants(day, wall, zone))
    return {office_id: frozenset(cells) for office_id, cells in found.items()}


def _is_absent(resource: Resource, day: date) -> bool:
    return any(absence.first_day <= day <= absence.last_day for absence in resource.absences)


def _days(first: date, last: date) -> Iterator[date]:
    for number in range((last - first).days + 1):
        yield first + timedelta(days=number)


def _quarters(opens: time, closes: time) -> Iterator[time]:
    for minutes in range(_minutes(opens), _minutes(closes), CELL_MINUTES):
        yield time(*divmod(minutes, 60))


def _minutes(wall: time) -> int:
    return wall.hour * 60 + wall.minute
