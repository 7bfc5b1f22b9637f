"""What a row must be to go in: HSDS's JSON Schema, and what that schema lets pass.

The schemas of the standard accept weekday "MONDAY", "9:00am", language "zzzz", latitude 999 and
country "Sverige"; here each is a fault, told with how to mend it.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, time
from functools import cache
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

import langcodes
import phonenumbers
from babel import Locale
from dateutil.parser import isoparse
from jsonschema import Draft202012Validator, FormatChecker, ValidationError

from contact_point.directory.distance import POLE
from contact_point.directory.json_schema import row_schema

Row = dict[str, Any]

_REGION = "SE"
_LONGEST_VALUE = 60
"""Characters of a wrong value that are shown."""


@dataclass(frozen=True)
class Fault:
    """What is wrong where, and how to mend it.

    `at`: JSON pointer or row. `is_doubt`: the row goes in as it is, but somebody should look.
    """

    file: str
    at: str
    column: str
    value: str
    problem: str
    mend: str
    is_doubt: bool = False

    @property
    def where(self) -> str:
        """File and JSON pointer, or file, row and column."""
        if self.at.startswith("#"):
            return f"{self.file}{self.at}{'/' if self.column else ''}{self.column}"
        return ", ".join(filter(None, (self.file, self.at, self.column)))

    def __str__(self) -> str:
        value = f"{self.value!r} " if self.value else ""
        mend = f"; {self.mend}" if self.mend else ""
        return f"{self.where}: {value}{self.problem}{mend}"


def row_faults(entity: str, row: Row, file: str, at: str) -> Iterator[Fault]:
    """Faults of one row; values that are None count as absent."""
    row = {name: value for name, value in row.items() if value is not None}
    told = set()
    for error in _validator(entity).iter_errors(row):
        column, problem, mend = _explain(entity, error)
        if column not in told:
            told.add(column)
            yield Fault(file, at, column, _shown(row.get(column)), problem, mend)
    for column, problem, mend in _doubts(entity, row):
        yield Fault(file, at, column, _shown(row.get(column)), problem, mend, is_doubt=True)
    for column, problem, mend in _contradictions(entity, row):
        yield Fault(file, at, column, _shown(row.get(column)), problem, mend)


def is_uuid(value: str) -> bool:
    """Whether a text is a UUID as HSDS writes it."""
    return _holds(_FORMATS["uuid"][0], value)


@cache
def _validator(entity: str) -> Draft202012Validator:
    return Draft202012Validator(row_schema(entity), format_checker=_FORMAT_CHECKER)


def _explain(entity: str, error: ValidationError) -> tuple[str, str, str]:
    """(column, what is wrong, how to mend it)."""
    limit: Any = error.validator_value
    if error.validator == "required":
        return error.message.split("'")[1], "is missing", f"every {entity} needs it"
    column = str(error.path[0])
    match error.validator:
        case "minLength":
            return column, "is empty", f"every {entity} needs it"
        case "type":
            return column, "is of the wrong kind", f"write {_TYPE_NAMES[limit]}"
        case "enum":
            return column, "is not allowed", f"write one of: {', '.join(limit)}"
        case "format":
            return column, "is not valid", f"write {_FORMATS[limit][1]}"
        case "maxLength":
            return column, "is too long", f"write at most {limit} characters"
        case "minimum":
            return column, "is too small", f"write {limit} or more"
        case _:
            return column, "is too large", f"write {limit} or less"


def _doubts(entity: str, row: Row) -> Iterator[tuple[str, str, str]]:
    latitude = row.get("latitude")
    if entity == "location" and isinstance(latitude, int | float) and POLE < abs(latitude) <= 180:
        yield (
            "latitude",
            "lies beyond the pole and is not used",
            "perhaps latitude and longitude have changed places",
        )


def _contradictions(entity: str, row: Row) -> Iterator[tuple[str, str, str]]:
    if entity in ("schedule", "holiday_schedule"):
        opens, closes = row.get("opens_at"), row.get("closes_at")
        if _holds(_is_time, opens) and _holds(_is_time, closes) and _clock(closes) <= _clock(opens):
            yield (
                "closes_at",
                f"is not after {opens}",
                "swap them, or give two schedules where it closes after midnight",
            )
        if (row.get("byday") or row.get("bymonthday")) and not row.get("freq"):
            yield "freq", "is missing", "write WEEKLY or MONTHLY"
    if entity == "holiday_schedule":
        if not (row.get("day") or row.get("start_date")):
            yield "start_date", "is missing", "say which days: give day, or start_date"
        if row.get("closed") is True and (row.get("opens_at") or row.get("closes_at")):
            yield "closed", "contradicts the hours", "write closed false, or leave the hours out"
    for first, last in _IN_ORDER:
        if _later(row.get(first), row.get(last)):
            yield last, f"is before {first} ({row[first]})", "swap them"


_IN_ORDER = (
    ("valid_from", "valid_to"), ("dtstart", "until"), ("minimum_age", "maximum_age"),
    ("start_date", "end_date"),
)  # fmt: skip


def _later(first: Any, last: Any) -> bool:
    return first is not None and last is not None and type(first) is type(last) and first > last


def _shown(value: Any) -> str:
    text = "" if value is None else str(value)
    return text if len(text) <= _LONGEST_VALUE else text[:_LONGEST_VALUE] + "…"


def _holds(rule: Callable[[Any], bool], value: Any) -> bool:
    try:
        return rule(value)
    except (ValueError, TypeError, AttributeError, phonenumbers.NumberParseException):
        return False


def _clock(value: Any) -> time:
    return time.fromisoformat(str(value).removesuffix("Z"))


def _is_time(value: str) -> bool:
    return bool(re.match(r"\d\d:\d\d", value)) and bool(_clock(value) or True)


def _is_phone(value: str) -> bool:
    digits = re.sub(r"\D", "", value)
    # Short numbers (112, 1177, 114 14) are real, but not what phonenumbers calls valid.
    return 3 <= len(digits) <= 6 or phonenumbers.is_possible_number(
        phonenumbers.parse(value, _REGION)
    )


def _is_web_address(value: str) -> bool:
    parts = urlsplit(value)
    return parts.scheme in ("http", "https") and bool(parts.hostname)


def _numbers_within(limit: int) -> Callable[[str], bool]:
    return lambda value: all(1 <= abs(int(each)) <= limit for each in value.split(","))


_WEEKDAY = re.compile(r"([+-]?[1-9]\d?|[+-])?(MO|TU|WE|TH|FR|SA|SU)")
_TYPE_NAMES = {
    "string": "text", "number": "a number", "integer": "a whole number", "boolean": "true or false",
}  # fmt: skip
_FORMATS: dict[str, tuple[Callable[[Any], bool], str]] = {
    "uuid": (lambda value: str(UUID(value)) == value.lower(), "a UUID"),
    "date": (lambda value: bool(date.fromisoformat(value)), "YYYY-MM-DD"),
    "time": (_is_time, "HH:MM"),
    "date-time": (lambda value: bool(isoparse(value)), "YYYY-MM-DDTHH:MM:SS and the time zone"),
    "language": (langcodes.tag_is_valid, "an ISO 639 code, for example sv"),
    "country": (
        lambda value: value in Locale("en").territories and len(value) == 2 and value.isalpha(),
        "an ISO 3166 code, for example SE",
    ),
    "currency": (
        lambda value: value.upper() in Locale("en").currencies,
        "an ISO 4217 code, for example SEK",
    ),
    "email": (
        lambda value: bool(re.fullmatch(r"[^@\s]+@[^@\s]+\.[^@\s]+", value)),
        "an e-mail address",
    ),
    "uri": (_is_web_address, "the whole address, with https://"),
    "phone": (_is_phone, "a phone number"),
    "weekdays": (
        lambda value: all(_WEEKDAY.fullmatch(day) for day in value.split(",")),
        "MO, TU, WE, TH, FR, SA or SU, with commas",
    ),
    "week-numbers": (_numbers_within(53), "numbers of weeks, 1 to 53, with commas"),
    "month-days": (_numbers_within(31), "days of the month, 1 to 31, with commas"),
    "year-days": (_numbers_within(366), "days of the year, 1 to 366, with commas"),
}
"""Format → (whether a value is so written, what to write)."""

_FORMAT_CHECKER = FormatChecker(formats=())
for _name, (_rule, _) in _FORMATS.items():
    _FORMAT_CHECKER.checks(_name)(
        lambda value, rule=_rule: not isinstance(value, str) or _holds(rule, value)
    )
