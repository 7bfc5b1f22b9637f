"""Dates and times as people write them: "on Thursday after two", "26/11", "in three days"."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from dateutil.relativedelta import relativedelta

Words = Sequence[str]

_ISO = re.compile(r"\b(20\d\d)-(\d\d?)-(\d\d?)\b")
_NUMERIC = re.compile(r"\b(\d{1,2})[/.](\d{1,2})(?:[/.-](20\d\d)|\.(?!\d)|(?![\d.:/]))")
_CLOCK = re.compile(r"\b([01]?\d|2[0-3])(?::|\s?[hH]\s?)([0-5]\d)\b|\b([01]?\d|2[0-3])\s?h\b")
_MERIDIEM = re.compile(r"\b(1[0-2]|0?[1-9])(?:[:.]([0-5]\d))?\s*([ap])\.?m\b")
_MINUTES = r"(?:[.:]([0-5]\d))?"
_ORDINAL = r"(?:\.|:e|st|nd|rd|th|º|er|-?го|-?е|ka|da|aad)?"
_OFFICE_HOURS_BEGIN = 7
"""An hour below this without "am" means the afternoon: nobody books a time at two at night."""


@dataclass(frozen=True)
class DateWords:
    """One language's words, normalised and folded."""

    weekdays: Sequence[Words]
    today: Words
    tomorrow: Words
    day_after_tomorrow: Words
    next_week: Words
    months: Sequence[Words]
    before_hours: Words
    """Words that stand before an hour: at, after, before."""
    behind_hours: Words = ()
    """The same where they stand behind it."""
    numbers: Sequence[Words] = ()
    """Words for one to twelve."""
    half_before: Words = ()
    """Words before the coming hour that mean half an hour earlier."""
    half_after: Words = ()
    """Words behind an hour that mean half an hour later."""
    in_days: Words = ()
    """How a number of days from now is said, with "…" for the number."""
    in_weeks: Words = ()
    week_numbers: Words = ()
    """How a week is named by its number, with "…" for the number."""


def find_date(text: str, words: DateWords, today: date) -> date | None:
    """The first date that a text names, today or later."""
    return next(_dates(text, words, today), None)


def find_week(text: str, words: DateWords, today: date) -> date | None:
    """The Monday of the week that a text names without naming a day: "next week", "week 50"."""
    if next(_named_days(text, words, today), None):
        return None
    if _has(text, words.next_week):
        return _next_monday(today)
    without_hours = _MERIDIEM.sub(" ", _CLOCK.sub(" ", text))  # "this week 2 pm"
    number = _count(without_hours, words.week_numbers, words)
    return _coming_week(number, today) if number is not None else None


def find_time(text: str, words: DateWords) -> str | None:
    """The first time of day that a text names, as HH:MM."""
    meridiem = _MERIDIEM.search(text)
    if meridiem:
        hour = int(meridiem[1]) % 12 + (12 if meridiem[3] == "p" else 0)
        return f"{hour:02}:{meridiem[2] or '00'}"
    clock = _CLOCK.search(text)
    if clock:
        return _time(int(clock[1] or clock[3]), clock[2])
    for phrase in (*words.in_days, *words.in_weeks, *words.week_numbers):
        text = re.sub(_counting(phrase, words), " ", text)  # "after two days" is no hour
    hour_pattern = _number_pattern(words, r"[01]?\d|2[0-3]")
    half = _search(rf"{_any(words.half_before)}\s+({hour_pattern})", words.half_before, text)
    if half:
        return _time((_number(half[1], words) - 2) % 12 + 1, "30")
    half = _search(rf"({hour_pattern})\s+{_any(words.half_after)}", words.half_after, text)
    if half:
        return _time(_number(half[1], words), "30")
    before = _search(
        rf"{_any(words.before_hours)}\s+({hour_pattern}){_MINUTES}(?![\d:/])",
        words.before_hours,
        text,
    )
    behind = _search(
        rf"({hour_pattern}){_MINUTES}['.\s-]*{_any(words.behind_hours)}", words.behind_hours, text
    )
    found = before or behind
    return _time(_number(found[1], words), found[2]) if found else None


def _dates(text: str, words: DateWords, today: date) -> Iterator[date]:
    yield from _named_days(text, words, today)
    if _has(text, words.next_week):
        yield _next_monday(today)
    if _has(text, words.day_after_tomorrow):
        yield today + timedelta(days=2)
    elif _has(text, words.tomorrow):
        yield today + timedelta(days=1)
    elif _has(text, words.today):
        yield today


def _named_days(text: str, words: DateWords, today: date) -> Iterator[date]:
    for year, month, day in _ISO.findall(text):
        yield from _valid(int(year), int(month), int(day))
    for day, month, year in _NUMERIC.findall(text):
        yield from _coming(int(day), int(month), int(year) if year else None, today)
    for number, names in enumerate(words.months, 1):
        month_name = _any(names)
        named = _search(rf"(\d{{1,2}}){_ORDINAL}\s+(?:of\s+|de\s+)?{month_name}", names, text)
        turned = _search(rf"{month_name}\s+(\d{{1,2}})(?!\d)", names, text)
        for match in filter(None, (named, turned)):
            yield from _coming(int(match[1]), number, None, today)
    for phrases, days in ((words.in_days, 1), (words.in_weeks, 7)):
        count = _count(text, phrases, words)
        if count is not None:
            yield today + timedelta(days=count * days)
    start = _next_monday(today) if _has(text, words.next_week) else today
    for weekday, names in enumerate(words.weekdays):
        if _has(text, names):
            yield start + timedelta(days=(weekday - start.weekday()) % 7)


def _coming_week(number: int, today: date) -> date | None:
    """The Monday of the week with a number (ISO 8601), this one or a later one."""
    for year in (today.year, today.year + 1):
        try:
            monday = date.fromisocalendar(year, number, 1)
        except ValueError:
            continue
        if monday + timedelta(days=6) >= today:
            return monday
    return None


def _next_monday(today: date) -> date:
    return today + timedelta(days=7 - today.weekday())


def _valid(year: int, month: int, day: int) -> Iterator[date]:
    try:
        yield date(year, month, day)
    except ValueError:
        return


def _coming(day: int, month: int, year: int | None, today: date) -> Iterator[date]:
    for found in _valid(year or today.year, month, day):
        yield found if year or found >= today else found + relativedelta(years=1)


def _count(text: str, phrases: Words, words: DateWords) -> int | None:
    """The number that stands where a phrase has "…"."""
    for phrase in phrases:
        found = re.search(_counting(phrase, words), text)
        if found:
            return _number(found[1], words)
    return None


def _counting(phrase: str, words: DateWords) -> str:
    """The pattern of a phrase, with any number instead of its "…"."""
    number = _number_pattern(words, r"\d{1,2}")
    before, _, after = (re.escape(part.strip()) for part in phrase.partition("…"))
    return rf"(?<!\w){before}\s*({number})\s*{after}(?!\w)"


def _time(hour: int, minutes: str | None) -> str:
    return f"{_office_hour(hour):02}:{minutes or '00'}"


def _office_hour(hour: int) -> int:
    return hour + 12 if 0 < hour < _OFFICE_HOURS_BEGIN else hour


def _number_pattern(words: DateWords, digits: str) -> str:
    spoken = [word for names in words.numbers for word in names]
    return "|".join([digits, *map(re.escape, sorted(spoken, key=len, reverse=True))])


def _number(written: str, words: DateWords) -> int:
    if written.isdecimal():
        return int(written)
    return next(value for value, names in enumerate(words.numbers, 1) if written in names)


def _any(names: Words) -> str:
    return f"(?:{'|'.join(map(re.escape, sorted(names, key=len, reverse=True)))})"


def _search(pattern: str, needed: Words, text: str) -> re.Match[str] | None:
    """A whole-word match; None where a language has none of the words that the pattern needs."""
    return re.search(rf"(?<!\w){pattern}(?!\w)", text) if needed else None


def _has(text: str, names: Words) -> bool:
    return _search(_any(names), names, text) is not None
