"""What the clocks on the wall show, reckoned instant by instant from the zone's data alone."""

from collections.abc import Iterable
from datetime import date, datetime, time, timedelta, timezone
from zoneinfo import ZoneInfo

QUARTER = timedelta(minutes=15)


def clock_changes(zone: ZoneInfo, first: int, last: int) -> list[datetime]:
    """The instants (UTC) at which a zone's clocks are put forward or back, from one year to
    another."""
    found = []
    before = datetime(first, 1, 1, tzinfo=timezone.utc)
    while before.year <= last:
        after = before + timedelta(days=1)
        if _ahead(before, zone) != _ahead(after, zone):
            found.append(_between(before, after, zone))
        before = after
    return found


def quarters_of_day(day: date, zone: ZoneInfo) -> list[datetime]:
    """The quarters of an hour (UTC) at which the calendar on the wall shows a date."""
    midnight = datetime.combine(day, time(), timezone.utc)
    quarters = (midnight + number * QUARTER for number in range(-96, 2 * 96))
    return [each for each in quarters if each.astimezone(zone).date() == day]


def is_within(instant: datetime, hours: Iterable[tuple[time, time]], zone: ZoneInfo) -> bool:
    """Whether the clocks show a time between some hours."""
    wall = instant.astimezone(zone).time().replace(fold=0)
    return any(opens <= wall < closes for opens, closes in hours)


def _ahead(instant: datetime, zone: ZoneInfo) -> timedelta | None:
    return instant.astimezone(zone).utcoffset()


def _between(before: datetime, after: datetime, zone: ZoneInfo) -> datetime:
    offset = _ahead(before, zone)
    while after - before > timedelta(minutes=1):
        middle = before + (after - before) // timedelta(minutes=2) * timedelta(minutes=1)
        before, after = (middle, after) if _ahead(middle, zone) == offset else (before, middle)
    return after
