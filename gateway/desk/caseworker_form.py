"""The forms for people, offices and appointment types: what a page shows, and what comes back."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from itertools import count
from typing import Any

from contact_point.appointments.hours import read_hours
from contact_point.appointments.records import (
    RANGES,
    AbsenceRecord,
    CaseworkerRecord,
    InterpreterRecord,
    OfficeRecord,
    OtherHoursRecord,
    PersonRecord,
    Problem,
    Record,
    TypeRecord,
)
from contact_point.settings import WEEKDAYS
from gateway.desk.service_form import Form

_DEGREES = ("latitude", "longitude")


@dataclass(frozen=True)
class Kind:
    """One of the four forms."""

    key: str
    empty: Record
    """What the form of a new one begins with."""
    texts: tuple[str, ...]
    choices: tuple[str, ...] = ()
    week: str | None = None
    """The field that has hours a weekday."""
    named_by: str = "first_name"

    @property
    def is_person(self) -> bool:
        """Whether it has hours on dates and absences, too."""
        return isinstance(self.empty, PersonRecord)


_PERSON: dict[str, Any] = {"id": "", "first_name": "", "languages": [], "hours": {}}
KINDS = {
    kind.key: kind
    for kind in (
        Kind(
            "caseworker",
            CaseworkerRecord(**_PERSON, subjects=[]),
            ("first_name", "email", "video_url", "busy_url"),
            ("subjects", "languages", "places"),
            "hours",
        ),
        Kind(
            "interpreter",
            InterpreterRecord(**_PERSON),
            ("first_name", "email", "busy_url", "notice_days"),
            ("languages",),
            "hours",
        ),
        Kind(
            "office",
            OfficeRecord("", "", ""),
            ("name", "address", "latitude", "longitude"),
            named_by="name",
        ),
        Kind(
            "type",
            TypeRecord("", []),
            tuple(name for name in RANGES if name in TypeRecord.__struct_fields__),
            ("subjects", "bring"),
            "walk_in",
            named_by="subjects",
        ),
    )
}


@dataclass(frozen=True)
class HoursRow:
    """From when to when, and the office, as they were typed."""

    opens: str = ""
    closes: str = ""
    office: str = ""

    @property
    def text(self) -> str:
        """As records have it; empty without any time."""
        if not (self.opens or self.closes):
            return ""
        return f"{self.opens}-{self.closes}" + (f"@{self.office}" if self.office else "")


@dataclass(frozen=True)
class Shown:
    """A record as its form shows it: whatever was typed, right or wrong."""

    texts: Mapping[str, str]
    choices: Mapping[str, Sequence[str]]
    week: Mapping[str, Sequence[HoursRow]] = field(default_factory=dict)
    other_hours: Sequence[tuple[str, HoursRow]] = ()
    absences: Sequence[tuple[str, str]] = ()
    needs_confirmation: bool = False
    active: bool = True

    @property
    def offices(self) -> set[str]:
        """Ids of the offices that stand in its hours."""
        weekly = (row for rows in self.week.values() for row in rows)
        return {row.office for row in (*weekly, *(row for _, row in self.other_hours))} - {""}


def show(kind: Kind, record: Record, *, active: bool = True) -> Shown:
    """A record as it is stored."""
    week: Mapping[str, str] = getattr(record, kind.week) if kind.week else {}
    shown = Shown(
        {name: _shown(getattr(record, name)) for name in kind.texts},
        {name: getattr(record, name) for name in kind.choices},
        {weekday: _rows(week.get(weekday, "")) for weekday in WEEKDAYS if kind.week},
        needs_confirmation=isinstance(record, TypeRecord) and record.needs_confirmation,
        active=active,
    )
    if not isinstance(record, PersonRecord):
        return shown
    return replace(
        shown,
        other_hours=[
            (each.day.isoformat(), row) for each in record.other_hours for row in _rows(each.hours)
        ],
        absences=[(each.first.isoformat(), each.last.isoformat()) for each in record.absences],
    )


def read(kind: Kind, form: Form, before: Shown) -> Shown:
    """A record as the form has it. Rows that were emptied are gone."""
    dates = [(_text(form, f"{row}-day"), _hours(form, row)) for row in _numbered(form, "other")]
    absences = [
        (_text(form, f"{row}-first"), _text(form, f"{row}-last"))
        for row in _numbered(form, "absence")
    ]
    return Shown(
        {name: _text(form, name) for name in kind.texts},
        {name: _chosen(form, name, before.choices[name]) for name in kind.choices},
        {
            weekday: [
                hours
                for row in _numbered(form, f"{kind.week}-{weekday}")
                if (hours := _hours(form, row)).text
            ]
            for weekday in before.week
        },
        [(day, hours) for day, hours in dates if day or hours.text],
        [(first, last) for first, last in absences if first or last],
        _text(form, "needs_confirmation") == "true",
        _text(form, "active") != "false",
    )


def to_record(kind: Kind, key: str, shown: Shown) -> tuple[Record, list[Problem]]:
    """What is shown as a record, and what could not be read (in its place in the form); the record
    has something harmless instead."""
    problems: list[Problem] = []
    values: dict[str, Any] = {name: list(chosen) for name, chosen in shown.choices.items()}
    for name, text in shown.texts.items():
        try:
            values[name] = _value(name, text, getattr(kind.empty, name))
        except ValueError:
            values[name] = getattr(kind.empty, name)
            reason = "position" if name in _DEGREES else "number"
            problems.append(Problem(name, reason, f"{text!r} is not a number"))
    if kind.week:
        values[kind.week] = {
            weekday: ", ".join(row.text for row in rows) for weekday, rows in shown.week.items()
        }
    if kind.is_person:
        values["other_hours"] = list(_other_hours(shown, problems))
        values["absences"] = list(_absences(shown, problems))
    if kind.key == "type":
        values["needs_confirmation"] = shown.needs_confirmation
    return type(kind.empty)(id=key, **values), problems


def placed(problems: Iterable[Problem], shown: Shown) -> list[Problem]:
    """Problems of a record where they belong in the form: that has other hours a row, records have
    them a date."""
    first_rows = [numbers[0] for numbers in _by_date(shown).values()]
    found = []
    for problem in problems:
        name, _, number = problem.field.partition(".")
        if name == "other_hours":
            problem = replace(problem, field=f"{name}.{first_rows[int(number)]}")
        found.append(problem)
    return found


def _other_hours(shown: Shown, problems: list[Problem]) -> Iterator[OtherHoursRecord]:
    for number, (day, _) in enumerate(shown.other_hours):
        if _date(day) is None:
            problems.append(Problem(f"other_hours.{number}", "date", f"{day!r} is no date"))
    for read_day, numbers in _by_date(shown).items():
        rows = (shown.other_hours[number][1].text for number in numbers)
        yield OtherHoursRecord(read_day, ", ".join(filter(None, rows)))


def _absences(shown: Shown, problems: list[Problem]) -> Iterator[AbsenceRecord]:
    """Without a last day it is one day."""
    for number, (first, last) in enumerate(shown.absences):
        begins, ends = _date(first), _date(last or first)
        if begins is None or ends is None:
            problems.append(Problem(f"absences.{number}", "date", f"{first!r}, {last!r}: no dates"))
        yield AbsenceRecord(begins or date.min, ends or date.max)


def _by_date(shown: Shown) -> dict[date, list[int]]:
    """The rows of each date with other hours."""
    found: dict[date, list[int]] = {}
    for number, (text, _) in enumerate(shown.other_hours):
        day = _date(text)
        if day:
            found.setdefault(day, []).append(number)
    return found


def _value(name: str, text: str, empty: object) -> object:
    """Raises:
    ValueError: when it should be a number and is none.
    """
    if not text and empty is None:
        return None
    if name in _DEGREES:
        return float(text.replace(",", "."))
    return int(text) if name in RANGES else text


def _shown(value: object) -> str:
    return "" if value is None else str(value)


def _rows(hours: str) -> list[HoursRow]:
    return [
        HoursRow(f"{each.opens:%H:%M}", f"{each.closes:%H:%M}", each.office_id or "")
        for each in read_hours(hours)
    ]


def _hours(form: Form, row: str) -> HoursRow:
    return HoursRow(*(_text(form, f"{row}-{name}") for name in ("opens", "closes", "office")))


def _numbered(form: Form, name: str) -> Iterator[str]:
    """The rows of a list that were sent, by name."""
    for number in count():
        row = f"{name}-{number}"
        if form.get(f"{row}-opens", form.get(f"{row}-first")) is None:
            return
        yield row


def _chosen(form: Form, name: str, before: Sequence[str]) -> list[str]:
    """What is ticked; what was so before stays in its order. What is chosen as the first is it."""
    ticked = list(map(str, form.getall(name, [])))
    first = _text(form, f"{name}-first")
    known = {each: number for number, each in enumerate(before)}
    return sorted(
        dict.fromkeys(ticked), key=lambda each: (each != first, known.get(each, len(known)))
    )


def _date(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _text(form: Form, name: str) -> str:
    return str(form.get(name, "")).strip()
