"""What a record must be to go in: the standard's rules, and those that its schemas miss."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, time
from typing import Any
from uuid import UUID

import phonenumbers
from babel import Locale, UnknownLocaleError

from contact_point.directory.tables import ENTITIES

_REQUIRED = {
    "organization": ("id", "name", "description"),
    "service": ("id", "name", "status"),
    "location": ("id", "location_type"),
    "service_at_location": ("id", "location_id"),
    "phone": ("id", "number"),
    "address": (
        "id", "address_1", "city", "state_province", "postal_code", "country", "address_type",
    ),
    "taxonomy": ("id", "name", "description"),
    "taxonomy_term": ("id", "name", "description"),
    "attribute": ("id", "link_id", "link_entity"),
    "translation": ("id", "field", "language", "text", "status"),
}  # fmt: skip
_ENUMERATIONS = {
    ("service", "status"): ("active", "inactive", "defunct", "temporarily closed"),
    ("location", "location_type"): ("physical", "postal", "virtual"),
    ("address", "address_type"): ("physical", "postal", "virtual"),
    ("schedule", "freq"): ("WEEKLY", "MONTHLY"),
    ("translation", "status"): ("draft", "reviewed"),
}
_WEEKDAY = re.compile(r"([+-]?[1-9]\d?|[+-])?(MO|TU|WE|TH|FR|SA|SU)")
_TYPES: dict[type, tuple[type, ...]] = {str: (str,), int: (int,), float: (int, float)}
_TYPE_NAMES = {str: "text", int: "a whole number", float: "a number"}
_REGION = "SE"


@dataclass(frozen=True)
class Fault:
    """Where (JSON pointer), what stands there, what is wrong, how to mend it."""

    pointer: str
    value: str
    problem: str
    mend: str

    def __str__(self) -> str:
        return f"{self.pointer}: {self.value!r} {self.problem}; {self.mend}"


def record_faults(entity: str, row: dict[str, Any], pointer: str) -> Iterator[Fault]:
    """Faults of one record."""
    for name in _REQUIRED.get(entity, ("id",)):
        if row.get(name) in (None, ""):
            yield Fault(f"{pointer}/{name}", "", "is missing", f"every {entity} needs it")
    for name, value in row.items():
        if value is None:
            continue
        mend = _value_mend(entity, name, value)
        if mend:
            problem = "is not allowed" if (entity, name) in _ENUMERATIONS else "is not valid"
            yield Fault(f"{pointer}/{name}", str(value), problem, mend)
    yield from _order_faults(entity, row, pointer)


def _value_mend(entity: str, name: str, value: Any) -> str | None:
    """What to write instead of a value, or None when it can stay."""
    kind = ENTITIES[entity].__table__.columns[name].type
    if not isinstance(value, _TYPES[kind.python_type]) or isinstance(value, bool):
        return f"write {_TYPE_NAMES[kind.python_type]}"
    allowed = _ENUMERATIONS.get((entity, name))
    if allowed and value not in allowed:
        return f"use one of {allowed}"
    for columns, holds, mend in _RULES:
        if (entity, name) in columns and not _holds(holds, value):
            return mend
    length = getattr(kind, "length", None)
    too_long = isinstance(value, str) and length and len(value) > length
    return f"write at most {length} characters" if too_long else None


def _order_faults(entity: str, row: dict[str, Any], pointer: str) -> Iterator[Fault]:
    opens, closes = row.get("opens_at"), row.get("closes_at")
    if entity == "schedule" and _is_time(opens) and _is_time(closes) and str(closes) <= str(opens):
        yield Fault(f"{pointer}/closes_at", str(closes), f"is not after {opens}", "swap them")
    if entity == "schedule" and (row.get("byday") or row.get("bymonthday")) and not row.get("freq"):
        yield Fault(f"{pointer}/freq", "", "is missing", "write WEEKLY or MONTHLY")


def _holds(rule: Callable[[Any], bool], value: Any) -> bool:
    try:
        return rule(value)
    except (ValueError, TypeError, AttributeError, phonenumbers.NumberParseException):
        return False


def _is_uuid(value: Any) -> bool:
    return str(UUID(value)) == str(value).lower()


def _is_time(value: Any) -> bool:
    try:
        time.fromisoformat(value)
    except (ValueError, TypeError):
        return False
    return True


def _is_date(value: Any) -> bool:
    date.fromisoformat(value)
    return True


def _is_language(value: Any) -> bool:
    try:
        return bool(Locale.parse(str(value).replace("-", "_")).english_name)
    except UnknownLocaleError:
        return False


def _is_phone(value: Any) -> bool:
    digits = re.sub(r"\D", "", str(value))
    # Short numbers (112, 1177, 114 14) are real, but not what phonenumbers calls valid.
    return 3 <= len(digits) <= 6 or phonenumbers.is_possible_number(
        phonenumbers.parse(str(value), _REGION)
    )


_RULES: tuple[tuple[set[tuple[str, str]], Callable[[Any], bool], str], ...] = (
    (
        {
            (entity, "id")
            for entity in (
                "organization", "service", "location", "service_at_location", "schedule",
                "phone", "contact", "language", "address", "accessibility", "cost_option",
                "required_document", "service_area", "taxonomy", "taxonomy_term", "attribute",
                "translation",
            )
        },
        _is_uuid,
        "write a UUID",
    ),
    (
        {("schedule", "byday")},
        lambda value: all(_WEEKDAY.fullmatch(day) for day in value.split(",")),
        "write MO, TU, WE, TH, FR, SA or SU, with commas",
    ),
    (
        {("schedule", "wkst")},
        lambda value: value in ("MO", "TU", "WE", "TH", "FR", "SA", "SU"),
        "write MO, TU, WE, TH, FR, SA or SU",
    ),
    (
        {("schedule", "bymonthday")},
        lambda value: all(1 <= abs(int(day)) <= 31 for day in value.split(",")),
        "write days of the month, 1 to 31, with commas",
    ),
    (
        {("schedule", "interval"), ("schedule", "count")},
        lambda value: value >= 1,
        "write 1 or more",
    ),
    (
        {("schedule", "opens_at"), ("schedule", "closes_at")},
        _is_time,
        "write HH:MM",
    ),
    (
        {("schedule", name) for name in ("valid_from", "valid_to", "dtstart", "until")},
        _is_date,
        "write YYYY-MM-DD",
    ),
    (
        {("language", "code"), ("translation", "language")},
        _is_language,
        "write an ISO 639 code, for example sv",
    ),
    ({("location", "latitude")}, lambda value: -90 <= value <= 90, "write degrees, -90 to 90"),
    ({("location", "longitude")}, lambda value: -180 <= value <= 180, "write degrees, -180 to 180"),
    (
        {("address", "country")},
        lambda value: bool(re.fullmatch("[A-Z]{2}", value)),
        "write an ISO 3166 code, for example SE",
    ),
    ({("phone", "number")}, _is_phone, "write a phone number"),
)  # fmt: skip
