"""Reads offices, appointment types, caseworkers and interpreters from a TOML file into the
database."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

import msgspec
import tomli
from sqlalchemy.orm import Session

from contact_point.appointments.records import CaseworkerRecord, PersonRecord, Record, Records
from contact_point.appointments.stored_records import (
    RowT,
    fill,
    is_active,
    record_of,
    retire,
    rows,
)
from contact_point.appointments.tables import (
    AppointmentType,
    Caseworker,
    Interpreter,
    Office,
    Resource,
)


class ImportFault(Exception):  # noqa: N818 - what is faulty is the file
    """The file can't be imported; the text names the place and the mend. Nothing was changed."""


@dataclass(frozen=True)
class Counts:
    """What an import did to one kind."""

    added: int = 0
    changed: int = 0
    unchanged: int = 0
    retired: int = 0
    """No longer in the file: they get no new appointments, those booked stay."""


@dataclass(frozen=True)
class Report:
    """What an import did."""

    offices: Counts
    types: Counts
    caseworkers: Counts
    interpreters: Counts


def import_file(session: Session, path: Path) -> Report:
    """Make what the database has that of the file; the file is always the whole.

    Raises:
        ImportFault: when the file is missing or wrong; then nothing is changed.
    """
    records = read_file(path)
    _check_kinds(session, records, path)
    # Offices first: hours refer to them.
    return Report(
        offices=_take_over(session, Office, records.offices),
        types=_take_over(session, AppointmentType, records.types),
        caseworkers=_take_over(session, Caseworker, records.caseworkers),
        interpreters=_take_over(session, Interpreter, records.interpreters),
    )


def read_file(path: Path) -> Records:
    """The records of a file, checked and settled.

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
        records = msgspec.convert(tomli.loads(text), Records)
    except tomli.TOMLDecodeError as error:
        raise ImportFault(f"{path}: not valid TOML: {error}") from error
    except msgspec.ValidationError as error:
        raise ImportFault(f"{path}: {error}") from error
    for fault in chain(_repeated_ids(records), _problems(records)):
        raise ImportFault(f"{path}: {fault}")
    around = records.around
    return Records(
        offices=[each.settled(around) for each in records.offices],
        types=[each.settled(around) for each in records.types],
        caseworkers=[each.settled(around) for each in records.caseworkers],
        interpreters=[each.settled(around) for each in records.interpreters],
    )


def _repeated_ids(records: Records) -> Iterator[str]:
    """Caseworkers and interpreters share their ids."""
    seen: set[tuple[str, str]] = set()
    for kind, record in _every(records):
        name = ("person" if isinstance(record, PersonRecord) else kind, record.id)
        if name in seen:
            yield f"{kind} {record.id!r} stands there twice; give each an id of their own"
        seen.add(name)


def _problems(records: Records) -> Iterator[str]:
    around = records.around
    for kind, record in _every(records):
        for problem in record.problems(around):
            yield f"{kind} {record.id!r}: {problem.field}: {problem.mend}"


def _every(records: Records) -> Iterator[tuple[str, Record]]:
    """Each record with what its kind is called."""
    for kind in Records.__struct_fields__:
        for record in getattr(records, kind):
            yield kind.removesuffix("s"), record


def _check_kinds(session: Session, records: Records, path: Path) -> None:
    """An id stays with a caseworker or with an interpreter: appointments refer to it."""
    for record in (*records.caseworkers, *records.interpreters):
        known = session.get(Resource, record.id)
        if known and isinstance(known, Caseworker) != isinstance(record, CaseworkerRecord):
            raise ImportFault(f"{path}: id {record.id!r}: is a known {known.kind}; choose another")


def _take_over(session: Session, table: type[RowT], records: Sequence[Record]) -> Counts:
    known = {row.id: row for row in rows(session, table)}
    counts: Counter[str] = Counter()
    for record in records:
        row = known.get(record.id)
        if row and is_active(row) and record_of(row) == record:
            counts["unchanged"] += 1
            continue
        counts["changed" if row else "added"] += 1
        fill(session, row or table(id=record.id), record)
    listed = {record.id for record in records}
    for key, row in known.items():
        if key not in listed and is_active(row):
            counts["retired"] += 1
            retire(session, row)
    return Counts(**counts)
