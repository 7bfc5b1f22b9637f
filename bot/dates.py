"""Dates and times as people write them: "on Thursday after 14", "26/11", "tomorrow morning"."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from dateutil.relativedelta import relativedelta

_ISO = re.compile(r"\b(20\d\d)-(\d\d?)-(\d\d?)\b")
_NUMERIC = re.compile(r"\b(\d{1,2})/(\d{1,2})(?:[/-](20\d\d))?\b")
_CLOCK = re.compile(r"\b([01]?\d|2[0-3]):([0-5]\d)\b")
_MERIDIEM = re.compile(r"\b(1[0-2]|0?[1-9])\s*(am|pm)\b")
_HOUR = r"([01]?\d|2[0-3])(?:\.([0-5]\d))?"
_DAY_OF_MONTH = r"(\d{1,2})(?:\.|:e|st|nd|rd|th)?"
_OFFICE_HOURS_BEGIN = 7
"""An hour below this without "am" means the afternoon: nobody books a time at two at night."""


@dataclass(frozen=True)
class DateWords:
    """One language's words, normalised and folded."""

    weekdays: Sequence[Sequence[str]]
    today: Sequence[str]
    tomorrow: Sequence[str]
    day_after_tomorrow: Sequence[str]
    next_week: Sequence[str]
    months: Sequence[str]
    before_hours: Sequence[str]
    """Words that stand before an hour: at, after, before."""


def find_date(text: str, words: DateWords, today: date) -> date | None:
    """The first date that a text names, today or later."""
    return next(_dates(text, words, today), None)


def find_time(text: str, words: DateWords) -> str | None:
    """The first time of day that a text names, as HH:MM."""
    meridiem = _MERIDIEM.search(text)
    if meridiem:
        hour = int(meridiem[1]) % 12 + (12 if meridiem[2] == "pm" else 0)
        return f"{hour:02}:00"
    clock = _CLOCK.search(text)
    if clock:
        return f"{_office_hour(int(clock[1])):02}:{clock[2]}"
    for word in words.before_hours:
        hour_match = re.search(
            rf"(?<!\w){re.escape(word)}\s+([01]?\d|2[0-3])(?:\.([0-5]\d))?(?![\w:/])", text
        )
        if hour_match:
            return f"{_office_hour(int(hour_match[1])):02}:{hour_match[2] or '00'}"
    return None


def _dates(text: str, words: DateWords, today: date) -> Iterator[date]:
    for year, month, day in _ISO.findall(text):
        yield from _valid(int(year), int(month), int(day))
    for day, month, year in _NUMERIC.findall(text):
        yield from _coming(int(day), int(month), int(year) if year else None, today)
    for number, month_name in enumerate(words.months, 1):
        named = re.search(
            rf"(?<!\w)(\d{{1,2}})(?:\.|:e|st|nd|rd|th)?\s+(?:of\s+)?{month_name}", text
        )
        turned = re.search(rf"(?<!\w){month_name}\s+(\d{{1,2}})(?!\d)", text)
        for match in filter(None, (named, turned)):
            yield from _coming(int(match[1]), number, None, today)
    start = today
    if _has(text, words.next_week):
        start = today + timedelta(days=7 - today.weekday())
    for weekday, names in enumerate(words.weekdays):
        if _has(text, names):
            yield start + timedelta(days=(weekday - start.weekday()) % 7)
    if start != today:
        yield start
    if _has(text, words.day_after_tomorrow):
        yield today + timedelta(days=2)
    elif _has(text, words.tomorrow):
        yield today + timedelta(days=1)
    elif _has(text, words.today):
        yield today


def _valid(year: int, month: int, day: int) -> Iterator[date]:
    try:
        yield date(year, month, day)
    except ValueError:
        return


def _coming(day: int, month: int, year: int | None, today: date) -> Iterator[date]:
    for found in _valid(year or today.year, month, day):
        yield found if year or found >= today else found + relativedelta(years=1)


def _office_hour(hour: int) -> int:
    return hour + 12 if 0 < hour < _OFFICE_HOURS_BEGIN else hour


def _has(text: str, names: Sequence[str]) -> bool:
    return any(re.search(rf"(?<!\w){re.escape(name)}(?!\w)", text) for name in names)
