"""Reads caseworkers and their working time from a TOML file into the database."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from pathlib import Path

import msgspec
import tomli
from sqlalchemy import select
from sqlalchemy.orm import Session

from contact_point.appointments.rules import CELL_MINUTES
from contact_point.appointments.subjects import SUBJECTS
from contact_point.appointments.tables import Absence, Caseworker, WorkingInterval
from contact_point.languages import LANGUAGES
from contact_point.settings import WEEKDAYS, Interval, parse_intervals


class ImportFault(Exception):  # noqa: N818 - what is faulty is the file
    """The file can't be imported; the text names the place and the mend. Nothing was changed."""


class AbsenceRecord(
    msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename={"first": "from", "last": "to"}
):
    """Whole days away; both belong to it."""

    first: date
    last: date


class CaseworkerRecord(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A caseworker as the file has them."""

    id: str
    first_name: str
    subjects: list[str]
    languages: list[str]
    hours: dict[str, str]
    """Weekday to "08:30-12:00, 13:00-16:30"."""
    absences: list[AbsenceRecord] = []


class _File(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    caseworkers: list[CaseworkerRecord]


@dataclass(frozen=True)
class Report:
    """What an import did, in numbers of caseworkers."""

    added: int
    changed: int
    unchanged: int
    retired: int
    """No longer in the file: they get no new appointments, those booked stay."""


def import_file(session: Session, path: Path) -> Report:
    """Make the database's caseworkers those of the file; the file is always the whole staff.

    Raises:
        ImportFault: when the file is missing or wrong; then nothing is changed.
    """
    records = read_file(path)
    known = {caseworker.id: caseworker for caseworker in session.scalars(select(Caseworker))}
    before = {key: _content(caseworker) for key, caseworker in known.items()}
    for record in records:
        caseworker = known.get(record.id)
        if caseworker is None:
            session.add(_filled(Caseworker(id=record.id), record))
        elif before[record.id] != _content_of_record(record):
            _filled(caseworker, record)
    listed = {record.id for record in records}
    retired = [one for key, one in known.items() if key not in listed and one.active]
    for caseworker in retired:
        caseworker.active = False
    session.flush()
    unchanged = sum(before.get(record.id) == _content_of_record(record) for record in records)
    added = len(listed - known.keys())
    return Report(added, len(records) - added - unchanged, unchanged, len(retired))


def read_file(path: Path) -> list[CaseworkerRecord]:
    """The caseworkers of a file, checked.

    Raises:
        ImportFault: when the file is missing or wrong.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        raise ImportFault(f"{path}: can not be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise ImportFault(f"{path}: is not text in UTF-8") from error
    try:
        records = msgspec.convert(tomli.loads(text), _File).caseworkers
    except tomli.TOMLDecodeError as error:
        raise ImportFault(f"{path}: not valid TOML: {error}") from error
    except msgspec.ValidationError as error:
        raise ImportFault(f"{path}: {error}") from error
    seen: set[str] = set()
    for record in records:
        place = f"{path}: caseworker {record.id!r}"
        if record.id in seen:
            raise ImportFault(f"{place} stands there twice; give each an id of their own")
        seen.add(record.id)
        _check(record, place)
    return records


def _check(record: CaseworkerRecord, place: str) -> None:
    if not 0 < len(record.id) <= 40:
        raise ImportFault(f"{place}: id: write 1 to 40 characters, for example a first name")
    if not 0 < len(record.first_name.strip()) <= 80:
        raise ImportFault(f"{place}: first_name: write 1 to 80 characters")
    _check_known(place, "subjects", record.subjects, tuple(SUBJECTS))
    _check_known(place, "languages", record.languages, tuple(LANGUAGES))
    for weekday, text in record.hours.items():
        _check_hours(place, weekday, text)
    for absence in record.absences:
        if absence.first > absence.last:
            raise ImportFault(f"{place}: absences: {absence.first} is after {absence.last}")


def _check_known(place: str, field: str, values: Sequence[str], known: tuple[str, ...]) -> None:
    if not values:
        raise ImportFault(f"{place}: {field}: name at least one of {', '.join(known)}")
    for value in values:
        if value not in known:
            raise ImportFault(
                f"{place}: {field}: {value!r} is not known; use some of {', '.join(known)}"
            )


def _check_hours(place: str, weekday: str, text: str) -> None:
    if weekday not in WEEKDAYS:
        raise ImportFault(f"{place}: hours: {weekday!r} is not one of {', '.join(WEEKDAYS)}")
    try:
        intervals = parse_intervals(text)
    except ValueError as error:
        raise ImportFault(
            f'{place}: hours.{weekday}: {error}; write for example "08:30-12:00, 13:00-16:30"'
        ) from error
    for interval in intervals:
        for wall in interval:
            if wall.minute % CELL_MINUTES or wall.second:
                raise ImportFault(
                    f"{place}: hours.{weekday}: {wall:%H:%M} is not a quarter of an hour"
                )
    for (_, closes), (opens, _) in pairwise(intervals):
        if opens < closes:
            raise ImportFault(f"{place}: hours.{weekday}: {text!r} overlaps or is out of order")


def _filled(caseworker: Caseworker, record: CaseworkerRecord) -> Caseworker:
    caseworker.first_name = record.first_name
    caseworker.subjects = list(record.subjects)
    caseworker.languages = list(record.languages)
    caseworker.active = True
    caseworker.working_intervals = [
        WorkingInterval(weekday=weekday, opens=opens, closes=closes)
        for weekday, (opens, closes) in _intervals(record)
    ]
    caseworker.absences = [
        Absence(first_day=absence.first, last_day=absence.last) for absence in record.absences
    ]
    return caseworker


def _intervals(record: CaseworkerRecord) -> list[tuple[int, Interval]]:
    return sorted(
        (WEEKDAYS.index(weekday), interval)
        for weekday, text in record.hours.items()
        for interval in parse_intervals(text)
    )


def _content(caseworker: Caseworker) -> tuple[object, ...]:
    return (
        caseworker.first_name,
        tuple(caseworker.subjects),
        tuple(caseworker.languages),
        caseworker.active,
        sorted((one.weekday, one.opens, one.closes) for one in caseworker.working_intervals),
        sorted((one.first_day, one.last_day) for one in caseworker.absences),
    )


def _content_of_record(record: CaseworkerRecord) -> tuple[object, ...]:
    return (
        record.first_name,
        tuple(record.subjects),
        tuple(record.languages),
        True,
        [(weekday, opens, closes) for weekday, (opens, closes) in _intervals(record)],
        sorted((one.first, one.last) for one in record.absences),
    )
