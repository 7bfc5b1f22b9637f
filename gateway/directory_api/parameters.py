"""The parameters of the directory API: one table for reading requests and for OpenAPI."""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timezone
from typing import Any

import langcodes
from dateutil.parser import isoparse

from contact_point.directory.distance import POLE, Point
from contact_point.directory.listing import LISTS

_MOST_A_PAGE = 500
_LISTS = frozenset(LISTS)
_SERVICES = frozenset({"services", "service_at_locations"})
_FULL = _SERVICES | {"organizations"}


class BadParameter(ValueError):  # noqa: N818 - what it is
    """A parameter that can't be read; the text says what to write."""

    def __init__(self, name: str, mend: str) -> None:
        super().__init__(f"{name}: {mend}")
        self.name = name


@dataclass(frozen=True)
class Parameter:
    """One parameter: on which lists, how it is read, how OpenAPI describes it."""

    lists: frozenset[str]
    read: Callable[[str], Any]
    schema: dict[str, Any]
    mend: str
    description: str
    of_profile: bool = False
    one: bool = False
    """Whether also a single entity takes it."""


def _boolean(text: str) -> bool:
    return {"true": True, "1": True, "false": False, "0": False}[text.lower()]


def _text(text: str) -> str:
    if "\0" in text or len(text) > 200:
        raise ValueError
    return text


def _page(text: str) -> int:
    number = int(text)
    if not 1 <= number <= 1_000_000:
        raise ValueError
    return number


def _page_size(text: str) -> int:
    number = int(text)
    if not 1 <= number <= _MOST_A_PAGE:
        raise ValueError
    return number


def _format(text: str) -> str:
    return {"json": "json", "ndjson": "ndjson"}[text]


def _instant(text: str) -> datetime:
    # A "+" that was not escaped arrives as a space.
    moment = isoparse(text.replace(" ", "+") if "T" in text else text)
    moment = moment if moment.tzinfo else moment.replace(tzinfo=timezone.utc)
    if not 1900 <= moment.year <= 9000:
        raise ValueError
    return moment


def _opening_time(text: str) -> datetime:
    """An instant whose opening hours mean something; counting rules to a far year takes long."""
    moment = _instant(text)
    if not 2020 <= moment.year <= 2040:
        raise ValueError
    return moment


def _metres(text: str) -> float:
    number = float(text)
    if not (math.isfinite(number) and number >= 0):
        raise ValueError
    return number


def _point(text: str) -> Point:
    latitude, longitude = (float(part) for part in text.split(","))
    if not (abs(latitude) <= POLE and abs(longitude) <= 180):
        raise ValueError
    return latitude, longitude


def _language(text: str) -> str:
    if not langcodes.tag_is_valid(text):
        raise ValueError
    return text


_STRING, _BOOLEAN = {"type": "string", "maxLength": 200}, {"type": "boolean"}
_INSTANT = {"type": "string", "format": "date-time"}

PARAMETERS: dict[str, Parameter] = {
    "search": Parameter(
        _LISTS, _text, _STRING, "write at most 200 characters",
        "Words that the name, the description or a translation must have.",
    ),
    "page": Parameter(
        _LISTS, _page, {"type": "integer", "minimum": 1, "default": 1},
        "write a number from 1", "Which page.",
    ),
    "per_page": Parameter(
        _LISTS, _page_size,
        {"type": "integer", "minimum": 1, "maximum": _MOST_A_PAGE, "default": 50},
        f"write a number from 1 to {_MOST_A_PAGE}", "How many entities a page has.",
    ),
    "format": Parameter(
        _LISTS, _format, {"type": "string", "enum": ["json", "ndjson"], "default": "json"},
        "write json or ndjson", "ndjson streams all, one entity a line, without pages.",
    ),
    "taxonomy_term_id": Parameter(
        _FULL, _text, _STRING, "write an id", "Only what has this taxonomy term.",
    ),
    "taxonomy_id": Parameter(
        _FULL | {"taxonomy_terms"}, _text, _STRING, "write an id",
        "Only what has a term of this taxonomy.",
    ),
    "organization_id": Parameter(
        _SERVICES, _text, _STRING, "write an id", "Only of this organization.",
    ),
    "modified_after": Parameter(
        _SERVICES, _instant, _INSTANT, "write a time: 2026-11-26T08:00:00Z",
        "Only what changed after this time.",
    ),
    "minimal": Parameter(
        frozenset({"services"}), _boolean, _BOOLEAN, "write true or false",
        "Only id and last_modified.",
    ),
    "full": Parameter(
        _FULL, _boolean, _BOOLEAN, "write true or false", "With everything nested.",
    ),
    "full_service": Parameter(
        frozenset({"organizations"}), _boolean, _BOOLEAN, "write true or false",
        "With all services of the organization.", one=True,
    ),
    "postcode": Parameter(
        frozenset({"service_at_locations"}), _text, _STRING, "write a postal code",
        "The place from which distance is counted.",
    ),
    "proximity": Parameter(
        _SERVICES, _metres, {"type": "number", "minimum": 0}, "write metres",
        "At most so far away.",
    ),
    "top_only": Parameter(
        frozenset({"taxonomy_terms"}), _boolean, _BOOLEAN, "write true or false",
        "Only terms without a parent.",
    ),
    "parent_id": Parameter(
        frozenset({"taxonomy_terms"}), _text, _STRING, "write an id",
        "Only terms right below this one.",
    ),
    "language": Parameter(
        _SERVICES, _language, {"type": "string", "examples": ["so"]},
        "write an ISO 639 code", "Only where staff speak it.", of_profile=True,
    ),
    "open_at": Parameter(
        _SERVICES, _opening_time, _INSTANT,
        "write a time from 2020 to 2040: 2026-11-26T08:00:00Z", "Only what is open then.",
        of_profile=True,
    ),
    "query": Parameter(
        _SERVICES, _text, _STRING, "write at most 200 characters",
        "Words in any language; the services that fit best come first.", of_profile=True,
    ),
    "near": Parameter(
        _SERVICES, _point, {"type": "string", "examples": ["58.39,13.84"]},
        "write latitude,longitude in degrees", "Nearest to this point first.", of_profile=True,
    ),
}  # fmt: skip


def read(path: str, query: Mapping[str, str], one: bool = False) -> dict[str, Any]:
    """The parameters of a request for a list, or for one entity; unknown ones are passed over.

    Raises:
        BadParameter: for the first that can't be read.
    """
    values = {}
    for name, parameter in PARAMETERS.items():
        if path not in parameter.lists or (one and not parameter.one) or name not in query:
            continue
        try:
            values[name] = parameter.read(query[name])
        except (ValueError, KeyError, OverflowError) as error:
            raise BadParameter(name, parameter.mend) from error
    return values
