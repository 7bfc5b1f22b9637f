"""Offices, appointment types, caseworkers and interpreters as staff write them, and what is wrong
with them. The file (see `importer`) and the desk's forms (see `editing`) use the same."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import pairwise
from typing import Any
from urllib.parse import urlsplit

import msgspec
from typing_extensions import Self

from contact_point.appointments.bring import THINGS
from contact_point.appointments.contacts import read_contact
from contact_point.appointments.hours import Stretch, read_hours, show_hours
from contact_point.appointments.rules import CELL_MINUTES, Rules
from contact_point.appointments.subjects import SUBJECTS
from contact_point.appointments.tables import OFFICE, PLACES, VIDEO
from contact_point.languages import LANGUAGES
from contact_point.settings import WEEKDAYS

RANGES = {
    "minutes": range(CELL_MINUTES, 8 * 60 + 1, CELL_MINUTES),
    "minutes_with_interpreter": range(CELL_MINUTES, 8 * 60 + 1, CELL_MINUTES),
    "buffer_before": range(0, 2 * 60 + 1, CELL_MINUTES),
    "buffer_after": range(0, 2 * 60 + 1, CELL_MINUTES),
    "notice_hours": range(30 * 24 + 1),
    "horizon_days": range(1, 366),
    "daily_maximum": range(1, 101),
    "notice_days": range(31),
}
"""Numbers that a field may have."""
RESERVED_IDS = ("newcomer",)
"""Somebody else's, where it is written down who gets a message."""
_LENGTHS = {"id": 40, "first_name": 80, "name": 80, "address": 200}
_URL_LENGTH = 500
_ID = re.compile(r"\w[\w.-]*")
_RULES = Rules()


@dataclass(frozen=True)
class Problem:
    """What is wrong with a record."""

    field: str
    """For example "hours.monday", or "absences.0" for the first."""
    reason: str
    """Key of what the desk says about it."""
    mend: str
    """What is wrong and how to mend it, for who writes the file."""


@dataclass(frozen=True)
class Around:
    """What stands beside a record, and belongs to its check."""

    offices: frozenset[str] = frozenset()
    """Ids of the offices in use."""
    types: Mapping[str, str] = field(default_factory=dict)
    """Subject to the id of the type that has it."""

    @property
    def only_office(self) -> str | None:
        """Where hours are that name no office."""
        return next(iter(self.offices)) if len(self.offices) == 1 else None


class Part(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """What every record and its parts have in common."""


class OfficeRecord(Part, frozen=True):
    """A house where caseworkers receive newcomers."""

    id: str
    name: str
    address: str
    latitude: float | None = None
    longitude: float | None = None

    def problems(self, around: Around) -> Iterator[Problem]:
        """Everything that is wrong with it."""
        yield from _text_problems(self, "id", "name", "address")
        if (self.latitude is None) != (self.longitude is None):
            yield Problem("latitude", "position", "write both latitude and longitude, or neither")
        for name, most in (("latitude", 90), ("longitude", 180)):
            degrees = getattr(self, name)
            if degrees is not None and not -most <= degrees <= most:
                yield Problem(name, "position", f"{degrees} is not between -{most} and {most}")

    def settled(self, around: Around) -> Self:
        """As it is stored."""
        return self


class TypeRecord(Part, frozen=True):
    """How appointments about some subjects are given."""

    id: str
    subjects: list[str]
    minutes: int = _RULES.minutes
    minutes_with_interpreter: int = _RULES.minutes_with_interpreter
    buffer_before: int = _RULES.buffer_before
    buffer_after: int = _RULES.buffer_after
    notice_hours: int = _RULES.notice_hours
    horizon_days: int = _RULES.horizon_days
    daily_maximum: int | None = None
    needs_confirmation: bool = False
    bring: list[str] = []
    walk_in: dict[str, str] = {}
    """Weekday to "13:00-15:00"."""

    def problems(self, around: Around) -> Iterator[Problem]:
        """Everything that is wrong with it."""
        yield from _text_problems(self, "id")
        yield from _choice_problems("subjects", self.subjects, tuple(SUBJECTS))
        for subject in self.subjects:
            owner = around.types.get(subject, self.id)
            if owner != self.id:
                mend = f"{subject!r} belongs to the type {owner!r} already; leave it in one"
                yield Problem("subjects", "subject_taken", mend)
        for name in Rules.__struct_fields__:
            if name in RANGES:
                yield from _number_problems(name, getattr(self, name))
        yield from _choice_problems("bring", self.bring, tuple(THINGS), least=0)
        yield from _week_problems("walk_in", self.walk_in, None)

    def settled(self, around: Around) -> Self:
        """As it is stored, with hours in one way of writing."""
        return msgspec.structs.replace(self, walk_in=_settled_week(self.walk_in, None))


class AbsenceRecord(Part, frozen=True, rename={"first": "from", "last": "to"}):
    """Whole days away; both belong to it."""

    first: date
    last: date


class OtherHoursRecord(Part, frozen=True):
    """Working time on one date instead of that weekday's."""

    day: date
    hours: str
    """ "08:30-12:00@centrum"; never empty: whole days away are an absence."""


class PersonRecord(Part, frozen=True, kw_only=True):
    """A person whose time is claimed."""

    id: str
    first_name: str
    languages: list[str]
    email: str | None = None
    busy_url: str | None = None
    hours: dict[str, str]
    """Weekday to "08:30-12:00@centrum, 13:00-16:30@norr"."""
    other_hours: list[OtherHoursRecord] = []
    absences: list[AbsenceRecord] = []

    def problems(self, around: Around) -> Iterator[Problem]:
        """Everything that is wrong with it."""
        yield from _text_problems(self, "id", "first_name")
        if self.id in RESERVED_IDS:
            yield Problem("id", "id", f"{self.id!r} is taken; choose another")
        yield from _choice_problems("languages", self.languages, tuple(LANGUAGES))
        if self.email is not None and not _is_email(self.email):
            yield Problem("email", "email", f"{self.email!r} is not an e-mail address")
        yield from _url_problems("busy_url", self.busy_url, ("https", "http", "webcal"))
        yield from self._hours_problems(self._offices(around))
        for number, absence in enumerate(self.absences):
            if absence.first > absence.last:
                mend = f"{absence.first} is after {absence.last}"
                yield Problem(f"absences.{number}", "dates", mend)

    def settled(self, around: Around) -> Self:
        """As it is stored: in order, with hours in one way of writing and with their office."""
        offices = self._offices(around)
        only = around.only_office if offices else None
        return msgspec.structs.replace(
            self,
            hours=_settled_week(self.hours, only),
            other_hours=[
                OtherHoursRecord(each.day, _settled_hours(each.hours, only))
                for each in sorted(self.other_hours, key=lambda each: each.day)
            ],
            absences=sorted(self.absences, key=lambda each: (each.first, each.last)),
            busy_url=self.busy_url and re.sub("(?i)^webcal:", "https:", self.busy_url),
        )

    def _offices(self, around: Around) -> frozenset[str] | None:
        """The offices where they can be; None for those who have none of their own."""
        return None

    def _hours_problems(self, offices: frozenset[str] | None) -> Iterator[Problem]:
        yield from _week_problems("hours", self.hours, offices)
        days = [each.day for each in self.other_hours]
        for number, other in enumerate(self.other_hours):
            place = f"other_hours.{number}"
            if other.day in days[:number]:
                mend = f"{other.day} stands there twice; write its hours in one line"
                yield Problem(place, "day_twice", mend)
            if not other.hours.strip():
                yield Problem(place, "no_hours", f"{other.day} has no hours; write an absence")
            yield from _hours_problems(place, other.hours, offices)


class CaseworkerRecord(PersonRecord, frozen=True, kw_only=True):
    """Someone that newcomers have appointments with."""

    subjects: list[str]
    places: list[str] = msgspec.field(default_factory=lambda: [OFFICE])
    video_url: str | None = None

    def problems(self, around: Around) -> Iterator[Problem]:
        """Everything that is wrong with it."""
        yield from super().problems(around)
        yield from _choice_problems("subjects", self.subjects, tuple(SUBJECTS))
        yield from _choice_problems("places", self.places, PLACES)
        yield from _url_problems("video_url", self.video_url, ("https",))
        if VIDEO in self.places and not self.video_url:
            mend = 'write the link of their video room, or take "video" out of places'
            yield Problem("video_url", "video_url", mend)

    def _offices(self, around: Around) -> frozenset[str] | None:
        return around.offices


class InterpreterRecord(PersonRecord, frozen=True, kw_only=True):
    """Someone who says it in the other language: one person, or one line of an agency."""

    notice_days: int | None = None

    def problems(self, around: Around) -> Iterator[Problem]:
        """Everything that is wrong with it."""
        yield from super().problems(around)
        yield from _number_problems("notice_days", self.notice_days)


Record = OfficeRecord | TypeRecord | CaseworkerRecord | InterpreterRecord


class Records(Part, frozen=True, kw_only=True):
    """All of them: what the file has."""

    offices: list[OfficeRecord] = []
    types: list[TypeRecord] = []
    caseworkers: list[CaseworkerRecord]
    interpreters: list[InterpreterRecord] = []

    @property
    def around(self) -> Around:
        """What each of them is checked against."""
        types: dict[str, str] = {}
        for each in self.types:
            for subject in each.subjects:
                types.setdefault(subject, each.id)
        return Around(frozenset(each.id for each in self.offices), types)


def _text_problems(record: Any, *names: str) -> Iterator[Problem]:
    for name in names:
        text, most = getattr(record, name), _LENGTHS[name]
        if not 0 < len(text.strip()) <= most:
            example = ", for example a first name" if name == "id" else ""
            yield Problem(name, name, f"write 1 to {most} characters{example}")
        elif name == "id" and not _ID.fullmatch(text):
            yield Problem(name, name, f"{text!r}: use letters, digits, hyphens and dots only")


def _choice_problems(
    name: str, values: Sequence[str], known: tuple[str, ...], least: int = 1
) -> Iterator[Problem]:
    if len(values) < least:
        yield Problem(name, "choose", f"name at least one of {', '.join(known)}")
    for value in values:
        if value not in known:
            mend = f"{value!r} is not known; use some of {', '.join(known)}"
            yield Problem(name, "choose", mend)


def _number_problems(name: str, value: int | None) -> Iterator[Problem]:
    allowed = RANGES[name]
    if value is not None and value not in allowed:
        steps = f" in steps of {allowed.step}" if allowed.step > 1 else ""
        mend = f"{value} is not a number from {allowed.start} to {allowed[-1]}{steps}"
        yield Problem(name, "number", mend)


def _url_problems(name: str, url: str | None, schemes: tuple[str, ...]) -> Iterator[Problem]:
    if url is None:
        return
    try:
        parts = urlsplit(url)
        works = parts.scheme in schemes and bool(parts.hostname) and len(url) <= _URL_LENGTH
    except ValueError:
        works = False
    if not works or re.search(r"\s", url):
        yield Problem(name, "url", f"{url!r} is not a whole address; begin with {schemes[0]}://")


def _week_problems(
    name: str, week: Mapping[str, str], offices: frozenset[str] | None
) -> Iterator[Problem]:
    for weekday, text in week.items():
        if weekday in WEEKDAYS:
            yield from _hours_problems(f"{name}.{weekday}", text, offices)
        else:
            mend = f"{weekday!r} is not one of {', '.join(WEEKDAYS)}"
            yield Problem(name, "weekday", mend)


def _hours_problems(place: str, text: str, offices: frozenset[str] | None) -> Iterator[Problem]:
    """Args:
    offices: those that may be named; None where no office may be named.
    """
    try:
        stretches = read_hours(text)
    except ValueError as error:
        mend = f'{error}; write for example "08:30-12:00, 13:00-16:30"'
        yield Problem(place, "times", mend)
        return
    for wall in (wall for each in stretches for wall in each[:2]):
        if wall.minute % CELL_MINUTES or wall.second or wall.microsecond:
            yield Problem(place, "quarter", f"{wall:%H:%M} is not a quarter of an hour")
    for earlier, later in pairwise(stretches):
        if later.opens < earlier.closes:
            yield Problem(place, "overlap", f"{text!r} overlaps")
    for stretch in stretches:
        yield from _office_problems(place, stretch, offices)


def _office_problems(
    place: str, stretch: Stretch, offices: frozenset[str] | None
) -> Iterator[Problem]:
    written = show_hours([stretch])
    if offices is None:
        if stretch.office_id:
            yield Problem(place, "office", f"{written}: no office belongs here; leave out the @")
    elif stretch.office_id is None:
        if len(offices) > 1:
            mend = f"say where: {written}@{min(offices)}, or another of {_listed(offices)}"
            yield Problem(place, "office", mend)
    elif stretch.office_id not in offices:
        mend = f"{stretch.office_id!r} is no office; use some of {_listed(offices)}"
        yield Problem(place, "office", mend)


def _listed(offices: frozenset[str]) -> str:
    return ", ".join(sorted(offices)) or "[[offices]] that the file lists"


def _is_email(text: str) -> bool:
    found = read_contact(text)
    return bool(found and found.email and found.email.casefold() == text.casefold())


def _settled_week(week: Mapping[str, str], only_office: str | None) -> dict[str, str]:
    hours = {day: _settled_hours(week[day], only_office) for day in WEEKDAYS if day in week}
    return {day: text for day, text in hours.items() if text}


def _settled_hours(text: str, only_office: str | None) -> str:
    return show_hours(
        each._replace(office_id=each.office_id or only_office) for each in read_hours(text)
    )
