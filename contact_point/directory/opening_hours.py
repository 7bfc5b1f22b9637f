"""Opening hours right to the minute: HSDS schedules (RRULE) in the municipality's wall time,
with holidays, the days before them, and times of other hours."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, timezone, tzinfo
from functools import lru_cache
from typing import Literal
from zoneinfo import ZoneInfo

from dateutil import rrule

from contact_point.directory.tables import HolidaySchedule, Schedule, ServiceAtLocation
from contact_point.public_holidays import is_day_before_holiday, is_holiday

_FREQUENCIES: dict[str, Literal[1, 2]] = {"WEEKLY": rrule.WEEKLY, "MONTHLY": rrule.MONTHLY}
_WEEKDAYS = {
    "MO": rrule.MO, "TU": rrule.TU, "WE": rrule.WE, "TH": rrule.TH,
    "FR": rrule.FR, "SA": rrule.SA, "SU": rrule.SU,
}  # fmt: skip
_LOOK_AHEAD_DAYS = 62
_AROUND_THE_CLOCK_DAYS = 7
_EPOCH = date(2024, 1, 1)
"""A Monday: where a rule without a start of its own begins to count."""
_LAST_MINUTE = time(23, 59)
"""How the data writes that it is open until midnight."""
_NOT_AT_THE_DOOR = frozenset({"phone", "telephone", "virtual", "online"})
"""Values of `attending_type` whose hours are not those of the place."""

Interval = tuple[datetime, datetime]
Reason = Literal["public_holiday", "day_before_public_holiday", "other_hours"]


@dataclass(frozen=True)
class OpeningHours:
    """When a service at a place is open.

    `exceptions`: other hours than usual, a list by owner, the most specific owner first.
    """

    regular: Sequence[Schedule]
    exceptions: Sequence[Sequence[HolidaySchedule]] = ()


@dataclass(frozen=True)
class OpenStatus:
    """Whether it is open at a moment, until when, and when it opens next.

    `until` is None where it is open around the clock. `reason`: why today's hours are not the
    usual ones.
    """

    is_open: bool
    until: datetime | None = None
    opens: datetime | None = None
    reason: Reason | None = None


def opening_hours(place: ServiceAtLocation) -> OpeningHours:
    """The most specific hours: of the service at the place, of the service, of the place."""
    service, location = place.service, place.location
    regular = place.schedules or service.schedules or location.schedules
    if location.location_type == "physical":
        at_the_door = [each for each in regular if not _is_remote(each)]
        regular = at_the_door or regular
    organization = service.organization
    return OpeningHours(
        [each for each in regular if each.opens_at and each.closes_at],
        [
            place.holiday_schedules,
            service.holiday_schedules,
            location.holiday_schedules,
            organization.holiday_schedules if organization else [],
        ],
    )


def status(hours: OpeningHours, at: datetime, zone: ZoneInfo) -> OpenStatus | None:
    """The state at an instant, or None when nothing is known of the hours."""
    if not hours.regular:
        return None
    local = at.astimezone(zone)
    today = local.date()
    reason = _reason(hours, today, zone)
    for opens, closes in intervals(hours, today, zone):
        if opens <= local < closes:
            return OpenStatus(True, until=_end(hours, closes, zone), reason=reason)
    following = next_interval(hours, local, zone)
    return OpenStatus(False, opens=following[0] if following else None, reason=reason)


def intervals(hours: OpeningHours, day: date, zone: ZoneInfo) -> list[Interval]:
    """When it is open on a day, in order; hours that overlap are joined."""
    joined: list[Interval] = []
    for opens, closes in sorted(_hours_of(hours, day, zone)):
        if joined and opens <= joined[-1][1]:
            joined[-1] = joined[-1][0], max(joined[-1][1], closes)
        else:
            joined.append((opens, closes))
    return joined


def _hours_of(hours: OpeningHours, day: date, zone: ZoneInfo) -> Iterator[Interval]:
    exceptions = _exceptions(hours, day)
    if exceptions is None:
        if not is_holiday(day):
            yield from _usual(hours, day, zone)
        return
    for exception in exceptions:
        if not exception.closed:
            yield from _changed(exception, list(_usual(hours, day, zone)), day, zone)


def _exceptions(hours: OpeningHours, day: date) -> list[HolidaySchedule] | None:
    """What counts on a day: of the most specific owner that says something, first what it says of
    the date, then what it says of such days."""
    for of_owner in hours.exceptions:
        fitting = [each for each in of_owner if _falls_on(each, day)]
        dated = [each for each in fitting if each.start_date]
        if fitting:
            return dated or fitting
    return None


def _falls_on(exception: HolidaySchedule, day: date) -> bool:
    if exception.start_date:
        first = date.fromisoformat(exception.start_date)
        last = date.fromisoformat(exception.end_date) if exception.end_date else first
        if not first <= day <= last:
            return False
    if exception.day == "public_holiday":
        return is_holiday(day)
    if exception.day == "day_before_public_holiday":
        return is_day_before_holiday(day)
    return exception.start_date is not None


def _changed(
    exception: HolidaySchedule, usual: list[Interval], day: date, zone: ZoneInfo
) -> Iterator[Interval]:
    opens = _moment(day, exception.opens_at, zone) if exception.opens_at else None
    closes = _moment(day, exception.closes_at, zone) if exception.closes_at else None
    if opens and closes:
        yield opens, closes
        return
    for usually_opens, usually_closes in usual:
        begin, end = max(usually_opens, opens or usually_opens), usually_closes
        end = min(end, closes or end)
        if begin < end:
            yield begin, end


def _reason(hours: OpeningHours, day: date, zone: ZoneInfo) -> Reason | None:
    """Why the hours of a day differ from the usual ones; None where they don't."""
    usual = sorted(_usual(hours, day, zone))
    if sorted(_hours_of(hours, day, zone)) == usual:
        return None
    exceptions = _exceptions(hours, day)
    if exceptions and exceptions[0].start_date and not exceptions[0].day:
        return "other_hours"
    return "public_holiday" if is_holiday(day) else "day_before_public_holiday"


def _end(hours: OpeningHours, closes: datetime, zone: ZoneInfo) -> datetime | None:
    """When it closes in truth: hours that go on after midnight are one with the next day's."""
    for _ in range(_AROUND_THE_CLOCK_DAYS):
        if closes.time() != time():
            return closes
        tomorrow = intervals(hours, closes.date(), zone)
        if not tomorrow or tomorrow[0][0] != closes:
            return closes
        closes = tomorrow[0][1]
    return None


def next_interval(hours: OpeningHours, at: datetime, zone: ZoneInfo) -> Interval | None:
    """The next time that it opens and closes again, within two months."""
    local = at.astimezone(zone)
    for offset in range(_LOOK_AHEAD_DAYS):
        for opens, closes in intervals(hours, local.date() + timedelta(days=offset), zone):
            if opens > local:
                return opens, closes
    return None


def _usual(hours: OpeningHours, day: date, zone: ZoneInfo) -> Iterator[Interval]:
    for schedule in hours.regular:
        if _applies(schedule, day):
            own = _own_zone(schedule, day, zone)
            opens = _moment(day, schedule.opens_at, own)
            yield opens.astimezone(zone), _moment(day, schedule.closes_at, own).astimezone(zone)


def _is_remote(schedule: Schedule) -> bool:
    return (schedule.attending_type or "").casefold() in _NOT_AT_THE_DOOR


def _own_zone(schedule: Schedule, day: date, zone: ZoneInfo) -> tzinfo:
    """HSDS writes a time zone as a UTC offset (hours). One that the municipality's clocks have at
    some time of the year means those clocks, for an offset alone knows no summer time."""
    if schedule.timezone is None:
        return zone
    offset = timedelta(hours=schedule.timezone)
    seasons = (datetime(day.year, month, 1, tzinfo=zone).utcoffset() for month in (1, 7))
    return zone if offset in seasons else timezone(offset)


def _moment(day: date, clock: str | None, zone: tzinfo) -> datetime:
    wall = time.fromisoformat(str(clock)[:5])
    if wall == _LAST_MINUTE:
        return datetime.combine(day + timedelta(days=1), time(), zone)
    return datetime.combine(day, wall, zone)


def _applies(schedule: Schedule, day: date) -> bool:
    first = date.fromisoformat(schedule.valid_from) if schedule.valid_from else None
    last = date.fromisoformat(schedule.valid_to) if schedule.valid_to else None
    if (first and day < first) or (last and day > last):
        return False
    start = date.fromisoformat(schedule.dtstart) if schedule.dtstart else first or _EPOCH
    if not schedule.freq:
        return day == start if schedule.dtstart else True
    if day < start:
        return False
    midnight = datetime.combine(day, time())
    return bool(_rule(_fields(schedule, start)).between(midnight, midnight, inc=True))


def _fields(schedule: Schedule, start: date) -> tuple[object, ...]:
    return (
        schedule.freq,
        start,
        schedule.interval or 1,
        schedule.wkst,
        schedule.byday,
        schedule.bymonthday,
        schedule.byweekno,
        schedule.byyearday,
        schedule.until,
        schedule.count,
    )


@lru_cache(maxsize=16_384)
def _rule(fields: tuple[object, ...]) -> rrule.rrule:
    freq, start, interval, wkst, byday, bymonthday, byweekno, byyearday, until, count = fields
    assert isinstance(start, date)
    return rrule.rrule(
        _FREQUENCIES[str(freq)],
        dtstart=datetime.combine(start, time()),
        interval=int(str(interval)),
        wkst=_WEEKDAYS[str(wkst)] if wkst else None,
        byweekday=[_weekday(day) for day in str(byday).split(",")] if byday else None,
        bymonthday=_numbers(bymonthday),
        byweekno=_numbers(byweekno),
        byyearday=_numbers(byyearday),
        until=datetime.fromisoformat(str(until)) if until else None,
        count=int(str(count)) if count else None,
        cache=True,
    )


def _numbers(text: object) -> list[int] | None:
    return [int(number) for number in str(text).split(",")] if text else None


def _weekday(text: str) -> rrule.weekday:
    number, day = text[:-2], _WEEKDAYS[text[-2:]]
    return day(int(number)) if number not in ("", "+", "-") else day
