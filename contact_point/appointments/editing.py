"""One office, appointment type, caseworker or interpreter as staff edit it: whether a change is
sound, and saving it whole."""

import hashlib
import re
import unicodedata
from collections.abc import Sequence
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from contact_point.appointments import lookup
from contact_point.appointments.calendar import Calendar
from contact_point.appointments.records import (
    RESERVED_IDS,
    Around,
    CaseworkerRecord,
    InterpreterRecord,
    OfficeRecord,
    PersonRecord,
    Problem,
    Record,
    TypeRecord,
)
from contact_point.appointments.stored_records import (
    Row,
    fill,
    is_active,
    record_of,
    retire,
    stored,
)
from contact_point.appointments.tables import (
    Appointment,
    AppointmentType,
    Caseworker,
    Interpreter,
    Office,
    OtherHours,
    Resource,
    WorkingInterval,
)

TABLES: dict[type[Record], type[Any]] = {
    OfficeRecord: Office,
    TypeRecord: AppointmentType,
    CaseworkerRecord: Caseworker,
    InterpreterRecord: Interpreter,
}
"""Where each kind of record is stored."""
_ID_LENGTH = 36
"""Leaves room for a number."""


class Refused(Exception):  # noqa: N818 - a refusal, not a fault of the program
    """A change that is not sound; nothing was changed."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__("; ".join(f"{each.field}: {each.mend}" for each in problems))
        self.problems = problems


def find(session: Session, kind: type[Record], key: str) -> Row | None:
    """The row of a record, in use or not."""
    found: Row | None = session.get(TABLES[kind], key)
    return found


def version(row: Row | None) -> str:
    """Names what is stored now, to notice that two edit it at once."""
    if row is None:
        return ""
    content = msgspec.json.encode([record_of(row), is_active(row)], order="sorted")
    return hashlib.sha256(content).hexdigest()[:16]


def new_id(session: Session, kind: type[Record], name: str) -> str:
    """An id that nobody has, made from a name."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    stem = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:_ID_LENGTH] or "new"
    table = Resource if issubclass(kind, PersonRecord) else TABLES[kind]
    taken = set(session.scalars(select(table.id)))
    number, key = 1, stem
    while key in taken or key in RESERVED_IDS:
        number += 1
        key = f"{stem}-{number}"
    return key


def save(
    session: Session,
    record: Record,
    *,
    active: bool,
    opened_version: str,
    calendar: Calendar,
    now: datetime,
) -> list[Appointment]:
    """Store a record, or take it out of use; needs a writing transaction.

    Args:
        opened_version: what `version` said when the form was opened.

    Returns:
        all upcoming appointments that nobody keeps now (see `lookup.stranded`).

    Raises:
        Refused: when it is not sound, or somebody else has changed it meanwhile.
    """
    table = TABLES[type(record)]
    row: Row | None = session.get(table, record.id, with_for_update=True)
    found = problems(session, record, active=active)
    if version(row) != opened_version:
        found.append(Problem("", "meanwhile", "it was changed meanwhile"))
    if found:
        raise Refused(found)
    row = row or table(id=record.id)
    fill(session, row, record.settled(stored(session).around))
    if not active:
        retire(session, row)
    elif isinstance(row, Office):
        _move_in(session, row)
    return lookup.stranded(session, calendar, now)


def problems(session: Session, record: Record, *, active: bool) -> list[Problem]:
    """Everything that has to be mended before a record can be saved."""
    around = stored(session).around
    if not active and isinstance(record, PersonRecord):
        # Who has left may have sat in an office that is gone.
        around = Around(frozenset(session.scalars(select(Office.id))))
    found = list(record.problems(around))
    if not active and isinstance(record, OfficeRecord) and _people_in(session, record.id):
        found.append(Problem("active", "office_in_use", "caseworkers still sit there"))
    return found


def upcoming_of(session: Session, resource_id: str, now: datetime) -> list[Appointment]:
    """The agreed appointments still to come of a caseworker or an interpreter."""
    return [
        each
        for each in lookup.upcoming(session, now)
        if resource_id in (each.caseworker_id, each.interpreter_id)
    ]


def _people_in(session: Session, office_id: str) -> bool:
    """Whether an office stands in the hours of somebody who is there still."""
    return any(
        session.scalar(
            select(table.id)
            .join(Resource, Resource.id == table.resource_id)
            .where(table.office_id == office_id, Resource.active)
            .limit(1)
        )
        for table in (WorkingInterval, OtherHours)
    )


def _move_in(session: Session, office: Office) -> None:
    """Whoever sat in no office is in the first one: a second one would leave it open where."""
    others = select(Office.id).where(Office.active, Office.id != office.id)
    if session.scalars(others).first():
        return
    caseworkers = select(Caseworker.id)
    for table in (WorkingInterval, OtherHours):
        session.execute(
            update(table)
            .where(table.office_id.is_(None), table.resource_id.in_(caseworkers))
            .values(office_id=office.id)
            .execution_options(synchronize_session="fetch")
        )
