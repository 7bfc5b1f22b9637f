"""Opening hours right to the minute: HSDS schedules (RRULE) in the municipality's wall time."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from typing import Literal
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_time
from babel.lists import format_list
from dateutil import rrule

from contact_point.directory.tables import Schedule
from contact_point.public_holidays import is_public_holiday
from contact_point.translations import translate

_FREQUENCIES: dict[str, Literal[1, 2]] = {"WEEKLY": rrule.WEEKLY, "MONTHLY": rrule.MONTHLY}
_WEEKDAYS = {
    "MO": rrule.MO, "TU": rrule.TU, "WE": rrule.WE, "TH": rrule.TH,
    "FR": rrule.FR, "SA": rrule.SA, "SU": rrule.SU,
}  # fmt: skip
_LOOK_AHEAD_DAYS = 14
_EPOCH = date(2024, 1, 1)
"""A Monday: where a rule without a start of its own begins to count."""

Interval = tuple[datetime, datetime]


@dataclass(frozen=True)
class OpenStatus:
    """Whether it is open at a moment, until when, and when it opens next.

    `holiday`: closed today only because it is a public holiday.
    """

    is_open: bool
    until: datetime | None = None
    opens: datetime | None = None
    holiday: bool = False


def status(schedules: Sequence[Schedule], at: datetime, zone: ZoneInfo) -> OpenStatus | None:
    """The state at an instant, or None when nothing is known of the hours."""
    known = [schedule for schedule in schedules if schedule.opens_at and schedule.closes_at]
    if not known:
        return None
    local = at.astimezone(zone)
    for opens, closes in intervals(known, local.date(), zone):
        if opens <= local < closes:
            return OpenStatus(True, until=closes)
    holiday = is_public_holiday(local.date()) and any(_regular(known, local.date(), zone))
    return OpenStatus(False, opens=_next_opening(known, local, zone), holiday=holiday)


def intervals(schedules: Iterable[Schedule], day: date, zone: ZoneInfo) -> list[Interval]:
    """When it is open on a day, in order; overlapping hours are joined. Public holidays are
    closed."""
    if is_public_holiday(day):
        return []
    joined: list[Interval] = []
    for opens, closes in sorted(_regular(schedules, day, zone)):
        if joined and opens <= joined[-1][1]:
            joined[-1] = joined[-1][0], max(joined[-1][1], closes)
        else:
            joined.append((opens, closes))
    return joined


def in_words(schedules: Sequence[Schedule], at: datetime, zone: ZoneInfo, language: str) -> str:
    """The state for a newcomer: open until five, opens tomorrow at nine, closed for a holiday."""
    now = status(schedules, at, zone)
    if now is None:
        return translate("Opening hours are not known. Call before you go.", language)
    if now.is_open and now.until:
        return translate("Open now, until {time}.", language, time=_clock(now.until, language))
    closed = (
        translate("Closed today (public holiday).", language)
        if now.holiday
        else translate("Closed now.", language)
    )
    if now.opens is None:
        return closed
    return f"{closed} {_opens(now.opens, at.astimezone(zone).date(), language)}"


def today_in_words(
    schedules: Sequence[Schedule], at: datetime, zone: ZoneInfo, language: str
) -> str | None:
    """Today's hours, for example "Today 09:00–12:00 and 13:00–16:00"; None when closed today."""
    today = intervals(
        [each for each in schedules if each.opens_at and each.closes_at],
        at.astimezone(zone).date(),
        zone,
    )
    if not today:
        return None
    hours = [f"{_clock(opens, language)}–{_clock(closes, language)}" for opens, closes in today]
    return translate("Today {hours}", language, hours=format_list(hours, locale=language))


def _regular(schedules: Iterable[Schedule], day: date, zone: ZoneInfo) -> Iterator[Interval]:
    for schedule in schedules:
        if _applies(schedule, day):
            opens, closes = (
                datetime.combine(day, time.fromisoformat(str(clock)[:5]), zone)
                for clock in (schedule.opens_at, schedule.closes_at)
            )
            yield opens, closes


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
        schedule.until,
        schedule.count,
    )


@lru_cache(maxsize=4096)
def _rule(fields: tuple[object, ...]) -> rrule.rrule:
    freq, start, interval, wkst, byday, bymonthday, until, count = fields
    assert isinstance(start, date)
    return rrule.rrule(
        _FREQUENCIES[str(freq)],
        dtstart=datetime.combine(start, time()),
        interval=int(str(interval)),
        wkst=_WEEKDAYS[str(wkst)] if wkst else None,
        byweekday=[_weekday(day) for day in str(byday).split(",")] if byday else None,
        bymonthday=[int(day) for day in str(bymonthday).split(",")] if bymonthday else None,
        until=datetime.fromisoformat(str(until)) if until else None,
        count=int(str(count)) if count else None,
        cache=True,
    )


def _weekday(text: str) -> rrule.weekday:
    number, day = text[:-2], _WEEKDAYS[text[-2:]]
    return day(int(number)) if number not in ("", "+", "-") else day


def _next_opening(
    schedules: Sequence[Schedule], local: datetime, zone: ZoneInfo
) -> datetime | None:
    for offset in range(_LOOK_AHEAD_DAYS):
        for opens, _ in intervals(schedules, local.date() + timedelta(days=offset), zone):
            if opens > local:
                return opens
    return None


def _opens(opens: datetime, today: date, language: str) -> str:
    clock = _clock(opens, language)
    days = (opens.date() - today).days
    if days == 0:
        return translate("Opens today at {time}.", language, time=clock)
    if days == 1:
        return translate("Opens tomorrow at {time}.", language, time=clock)
    day = format_date(opens.date(), "EEEE d MMMM", locale=language)
    return translate("Opens {day} at {time}.", language, day=day, time=clock)


def _clock(moment: datetime, language: str) -> str:
    return format_time(moment.timetz(), "HH:mm", locale=language)
