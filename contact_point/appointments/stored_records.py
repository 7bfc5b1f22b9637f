"""Records as rows of the database, and back."""

from typing import Any, TypeVar

from sqlalchemy import select
from sqlalchemy.orm import Session

from contact_point.appointments import busy_times
from contact_point.appointments.hours import Stretch, read_hours, show_hours
from contact_point.appointments.records import (
    AbsenceRecord,
    Around,
    CaseworkerRecord,
    InterpreterRecord,
    OfficeRecord,
    OtherHoursRecord,
    PersonRecord,
    Record,
    Records,
    TypeRecord,
)
from contact_point.appointments.tables import (
    OFFICE,
    Absence,
    AppointmentType,
    Caseworker,
    Interpreter,
    Office,
    OtherHours,
    WorkingInterval,
)
from contact_point.settings import WEEKDAYS

Row = Office | AppointmentType | Caseworker | Interpreter
RowT = TypeVar("RowT", Office, AppointmentType, Caseworker, Interpreter)
_APART = {"hours", "other_hours", "absences", "busy_url"}
"""Fields of people that are no plain column."""


def rows(session: Session, table: type[RowT]) -> list[RowT]:
    """Everything of a kind, in use or not, by id."""
    return list(session.scalars(select(table).order_by(table.id)))


def stored(session: Session) -> Records:
    """All that is in use."""
    return Records(
        offices=[_office(row) for row in rows(session, Office) if row.active],
        types=[_type(row) for row in rows(session, AppointmentType)],
        caseworkers=[_caseworker(row) for row in rows(session, Caseworker) if row.active],
        interpreters=[_interpreter(row) for row in rows(session, Interpreter) if row.active],
    )


def record_of(row: Row) -> Record:
    """A row as a settled record."""
    if isinstance(row, Office):
        return _office(row)
    if isinstance(row, AppointmentType):
        return _type(row)
    return _caseworker(row) if isinstance(row, Caseworker) else _interpreter(row)


def is_active(row: Row) -> bool:
    """Whether it is in use; a type is as long as it exists."""
    return isinstance(row, AppointmentType) or row.active


def fill(session: Session, row: Row, record: Record) -> None:
    """Make a row, old or new, what a settled record says, and put it in use."""
    for name in record.__struct_fields__:
        if name not in _APART:
            setattr(row, name, getattr(record, name))
    if not isinstance(row, AppointmentType):
        row.active = True
    session.add(row)
    if isinstance(row, (Caseworker, Interpreter)) and isinstance(record, PersonRecord):
        row.working_intervals = [
            WorkingInterval(weekday=WEEKDAYS.index(weekday), **stretch._asdict())
            for weekday, hours in record.hours.items()
            for stretch in read_hours(hours)
        ]
        row.other_hours = [
            OtherHours(day=each.day, **stretch._asdict())
            for each in record.other_hours
            for stretch in read_hours(each.hours)
        ]
        row.absences = [
            Absence(first_day=each.first, last_day=each.last) for each in record.absences
        ]
        busy_times.subscribe(session, row, record.busy_url)
    session.flush()


def retire(session: Session, row: Row) -> None:
    """Take a row out of use. Types are deleted; all else stays, since appointments refer to it."""
    if isinstance(row, AppointmentType):
        session.delete(row)
    else:
        row.active = False
    session.flush()


def _office(row: Office) -> OfficeRecord:
    return OfficeRecord(**_values(row, OfficeRecord.__struct_fields__))


def _type(row: AppointmentType) -> TypeRecord:
    return TypeRecord(**_values(row, TypeRecord.__struct_fields__)).settled(Around())


def _caseworker(row: Caseworker) -> CaseworkerRecord:
    return CaseworkerRecord(
        **_person(row),
        subjects=list(row.subjects or ()),
        places=list(row.places or (OFFICE,)),
        video_url=row.video_url,
    ).settled(Around())


def _interpreter(row: Interpreter) -> InterpreterRecord:
    return InterpreterRecord(**_person(row), notice_days=row.notice_days).settled(Around())


def _person(row: Caseworker | Interpreter) -> dict[str, Any]:
    return {
        **_values(row, ("id", "first_name", "languages", "email", "busy_url")),
        "hours": {
            name: show_hours(
                Stretch(each.opens, each.closes, each.office_id)
                for each in row.working_intervals
                if each.weekday == number
            )
            for number, name in enumerate(WEEKDAYS)
        },
        "other_hours": [
            OtherHoursRecord(
                day,
                show_hours(
                    Stretch(each.opens, each.closes, each.office_id)
                    for each in row.other_hours
                    if each.day == day
                ),
            )
            for day in {each.day for each in row.other_hours}
        ],
        "absences": [AbsenceRecord(each.first_day, each.last_day) for each in row.absences],
    }


def _values(row: Row, names: tuple[str, ...]) -> dict[str, Any]:
    """Values of columns; lists are copied, so that a change shows."""
    found = {name: getattr(row, name) for name in names}
    return {
        name: list(value) if isinstance(value, list) else value for name, value in found.items()
    }
