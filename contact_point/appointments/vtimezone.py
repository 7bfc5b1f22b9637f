"""The rules of a time zone inside a calendar object (RFC 5545, 3.6.5), as every program reads them.

Outlook and Exchange understand yearly rules only, one into summer time and one out of it. They
pass over lists of dates and then show half of the year an hour wrong ([MS-OXCICAL],
2.1.3.1.1.19). So the rules are found from how the zone's clocks change.
"""

from calendar import monthrange
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from functools import lru_cache
from zoneinfo import ZoneInfo

import icalendar
from dateutil import rrule

_YEARS = 4
"""How long clocks must have changed by a rule for it to be one."""
_WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
_DAY = timedelta(days=1)
_SECOND = timedelta(seconds=1)


@dataclass(frozen=True)
class _Change:
    """Clocks that are put forward or back."""

    onset: datetime
    """What they showed until then."""
    before: timedelta
    after: timedelta

    @property
    def ordinals(self) -> tuple[int, int]:
        """Which of its weekday it is in its month, from the end and from the beginning."""
        days = monthrange(self.onset.year, self.onset.month)[1]
        return -((days - self.onset.day) // 7 + 1), (self.onset.day - 1) // 7 + 1


def add_time_zones(calendar: icalendar.Calendar) -> None:
    """Add the zones that a calendar's events name, from the year before the first event on."""
    starts = [event.decoded("dtstart") for event in calendar.walk("VEVENT")]
    for name in sorted(calendar.get_missing_tzids()):
        first = min(start.year for start in starts) - 1
        calendar.subcomponents.insert(0, vtimezone(ZoneInfo(name), first))


@lru_cache(maxsize=64)
def vtimezone(zone: ZoneInfo, first: int) -> icalendar.Timezone:
    """A zone from a year on: by yearly rules where its clocks follow some, else change by change
    for that year and the two after it."""
    found = icalendar.Timezone()
    found.add("tzid", zone.key)
    changes = _changes(zone, first)
    rules = [_rule(change, zone) for change in changes]
    if not changes:
        found.add_component(_observance(_unchanged(zone, first)))
    elif all(rules):
        for change, rule in zip(changes, rules, strict=True):
            found.add_component(_observance(change, rule))
    else:
        found.add_component(_observance(_unchanged(zone, first)))
        for year in range(first, first + 3):
            for change in _changes(zone, year):
                found.add_component(_observance(change))
    return found


def _observance(change: _Change, rule: dict[str, object] | None = None) -> icalendar.Component:
    summer = change.after > change.before
    found = icalendar.TimezoneDaylight() if summer else icalendar.TimezoneStandard()
    found.add("dtstart", change.onset)
    if rule:
        found.add("rrule", rule)
    found.add("tzoffsetfrom", change.before)
    found.add("tzoffsetto", change.after)
    return found


def _rule(change: _Change, zone: ZoneInfo) -> dict[str, object] | None:
    """How a change comes again every year, or None where it doesn't."""
    onset = change.onset
    later = [
        each.onset
        for year in range(onset.year, onset.year + _YEARS)
        for each in _changes(zone, year)
        if (each.before, each.after) == (change.before, change.after)
    ]
    for ordinal in change.ordinals:
        weekday = rrule.weekday(onset.weekday(), ordinal)
        expected = rrule.rrule(
            rrule.YEARLY, onset, bymonth=onset.month, byweekday=weekday, count=_YEARS
        )
        if list(expected) == later:
            day = f"{ordinal}{_WEEKDAYS[onset.weekday()]}"
            return {"freq": "yearly", "bymonth": onset.month, "byday": day}
    return None


@lru_cache(maxsize=512)
def _changes(zone: ZoneInfo, year: int) -> tuple[_Change, ...]:
    """What happens to the clocks in a year, in order."""
    midnight = datetime(year, 1, 1, tzinfo=timezone.utc)
    days = [midnight + number * _DAY for number in range(366)]
    return tuple(
        _between(day, day + _DAY, zone)
        for day in days
        if day.year == year and _ahead(day, zone) != _ahead(day + _DAY, zone)
    )


def _between(early: datetime, late: datetime, zone: ZoneInfo) -> _Change:
    """The change between two instants."""
    before, after = _ahead(early, zone), _ahead(late, zone)
    while late - early > _SECOND:
        middle = early + (late - early) // 2 // _SECOND * _SECOND
        early, late = (middle, late) if _ahead(middle, zone) == before else (early, middle)
    return _Change((late + before).replace(tzinfo=None), before, after)


def _unchanged(zone: ZoneInfo, year: int) -> _Change:
    """What a zone's clocks show at the beginning of a year."""
    midnight = datetime(year, 1, 1)  # noqa: DTZ001 - by the clock on the wall
    ahead = _ahead(midnight.replace(tzinfo=timezone.utc), zone)
    return _Change(midnight, ahead, ahead)


def _ahead(instant: datetime, zone: ZoneInfo) -> timedelta:
    return instant.astimezone(zone).utcoffset() or timedelta()
