"""Offices, types and people as the desk changes them, one at a time."""

import threading
from datetime import date

import msgspec
import pytest

from contact_point.appointments import booking, editing
from contact_point.appointments.editing import Refused, new_id, version
from contact_point.appointments.records import (
    AbsenceRecord,
    CaseworkerRecord,
    InterpreterRecord,
    OfficeRecord,
    Problem,
    Record,
    TypeRecord,
)
from contact_point.appointments.stored_records import stored
from contact_point.appointments.tables import (
    Appointment,
    AppointmentType,
    Caseworker,
    Interpreter,
    Office,
)
from contact_point.database import Database
from tests.contact_point.appointments.sample import NOW, at, calendar, clock, request

CENTRUM = OfficeRecord("centrum", "Centrum", "Storgatan 1")
NORR = OfficeRecord("norr", "Norra", "Skolvägen 12", 58.4, 13.8)
AMINA = CaseworkerRecord(
    id="amina",
    first_name="Amina",
    subjects=["housing"],
    languages=["sv"],
    hours={"thursday": "09:00-12:00", "friday": "09:00-12:00"},
)
SABA = InterpreterRecord(id="saba", first_name="Saba", languages=["ti"], hours={})
HOUSING = TypeRecord("housing", ["housing"], minutes=60)


def _save(
    database: Database, record: Record, *, active: bool = True, opened: str | None = None
) -> list[Appointment]:
    with database.transaction() as session:
        now = version(editing.find(session, type(record), record.id))
        return editing.save(
            session,
            record,
            active=active,
            opened_version=now if opened is None else opened,
            calendar=calendar(),
            now=NOW,
        )


def _problems(database: Database, record: Record, *, active: bool = True) -> set[tuple[str, str]]:
    with pytest.raises(Refused) as refused:
        _save(database, record, active=active)
    return {(each.field, each.reason) for each in refused.value.problems}


def _changed(record: CaseworkerRecord, **changes: object) -> CaseworkerRecord:
    return msgspec.structs.replace(record, **changes)


@pytest.mark.parametrize("record", [CENTRUM, NORR, AMINA, SABA, HOUSING])
def test_what_is_saved_is_stored(database: Database, record: Record) -> None:
    assert _save(database, record) == []
    with database.reading() as session:
        kept = stored(session)
    assert [*kept.offices, *kept.types, *kept.caseworkers, *kept.interpreters] == [record]


def test_all_that_is_wrong_is_told_and_nothing_changed(sqlite: Database) -> None:
    _save(sqlite, CENTRUM)
    _save(sqlite, NORR)
    faulty = _changed(
        AMINA,
        first_name=" ",
        languages=[],
        email="amina",
        places=["video"],
        hours={"monday": "09:00-12:00", "friday": "09:05-12:00@norr, 11:00-13:00@norr"},
        absences=[AbsenceRecord(date(2026, 12, 2), date(2026, 12, 1))],
    )
    assert _problems(sqlite, faulty) == {
        ("first_name", "first_name"),
        ("languages", "choose"),
        ("email", "email"),
        ("video_url", "video_url"),
        ("hours.monday", "office"),
        ("hours.friday", "quarter"),
        ("hours.friday", "overlap"),
        ("absences.0", "dates"),
    }
    with sqlite.reading() as session:
        assert session.get(Caseworker, "amina") is None


def test_a_subject_has_one_type(sqlite: Database) -> None:
    _save(sqlite, HOUSING)
    second = TypeRecord("second", ["economy", "housing"])
    assert _problems(sqlite, second) == {("subjects", "subject_taken")}
    _save(sqlite, msgspec.structs.replace(HOUSING, subjects=["healthcare"]))
    _save(sqlite, second)


def test_changed_hours_leave_appointments_and_tell_which(database: Database) -> None:
    _save(database, AMINA)
    with database.transaction() as session:
        kept = booking.book(session, calendar(), request(at(26, 10), "1"), clock)
        lost = booking.book(session, calendar(), request(at(27, 10), "2"), clock)
    assert isinstance(kept, Appointment)
    assert isinstance(lost, Appointment)
    stranded = _save(database, _changed(AMINA, hours={"thursday": "09:00-12:00"}))
    assert [each.id for each in stranded] == [lost.id]
    with database.reading() as session:
        assert session.get_one(Appointment, lost.id).state == "booked"


def test_who_leaves_keeps_appointments_until_they_are_given_away(database: Database) -> None:
    _save(database, AMINA)
    with database.transaction() as session:
        booked = booking.book(session, calendar(), request(at(26, 10)), clock)
    assert isinstance(booked, Appointment)
    assert [each.id for each in _save(database, AMINA, active=False)] == [booked.id]
    with database.reading() as session:
        assert not session.get_one(Caseworker, "amina").active
        assert [each.id for each in editing.upcoming_of(session, "amina", NOW)] == [booked.id]
        assert editing.upcoming_of(session, "saba", NOW) == []
    assert _save(database, AMINA) == []
    with database.reading() as session:
        assert session.get_one(Caseworker, "amina").active


def test_a_type_that_is_retired_is_gone(sqlite: Database) -> None:
    _save(sqlite, HOUSING)
    _save(sqlite, HOUSING, active=False)
    with sqlite.reading() as session:
        assert session.get(AppointmentType, "housing") is None


def test_an_office_stays_while_somebody_sits_there(sqlite: Database) -> None:
    _save(sqlite, CENTRUM)
    _save(sqlite, NORR)
    there = _changed(AMINA, hours={"monday": "09:00-12:00@norr"})
    _save(sqlite, there)
    assert _problems(sqlite, NORR, active=False) == {("active", "office_in_use")}
    _save(sqlite, there, active=False)
    _save(sqlite, NORR, active=False)
    with sqlite.reading() as session:
        assert not session.get_one(Office, "norr").active
    # Their old hours stay as they were, but they can't come back to a house that is closed.
    _save(sqlite, _changed(there, email="amina@exempelby.example"), active=False)
    assert _problems(sqlite, there) == {("hours.monday", "office")}


def test_the_first_office_is_where_everybody_sat_until_now(sqlite: Database) -> None:
    _save(sqlite, AMINA)
    _save(sqlite, msgspec.structs.replace(SABA, hours={"monday": "09:00-12:00"}))
    _save(sqlite, CENTRUM)
    _save(sqlite, NORR)
    with sqlite.reading() as session:
        amina = session.get_one(Caseworker, "amina")
        assert {each.office_id for each in amina.working_intervals} == {"centrum"}
        saba = session.get_one(Interpreter, "saba")
        assert {each.office_id for each in saba.working_intervals} == {None}


def test_a_colleagues_change_is_not_overwritten(sqlite: Database) -> None:
    _save(sqlite, AMINA)
    with sqlite.reading() as session:
        opened = version(session.get_one(Caseworker, "amina"))
    _save(sqlite, _changed(AMINA, first_name="Amina B"), opened=opened)
    with pytest.raises(Refused) as refused:
        _save(sqlite, _changed(AMINA, first_name="Amina C"), opened=opened)
    assert [each.reason for each in refused.value.problems] == ["meanwhile"]
    with sqlite.reading() as session:
        assert session.get_one(Caseworker, "amina").first_name == "Amina B"


def test_of_two_at_once_one_wins(database: Database) -> None:
    _save(database, AMINA)
    with database.reading() as session:
        opened = version(session.get_one(Caseworker, "amina"))
    barrier, refused = threading.Barrier(2), []

    def save(name: str) -> None:
        barrier.wait()
        try:
            _save(database, _changed(AMINA, first_name=name), opened=opened)
        except Refused as refusal:
            refused.append((name, [each.reason for each in refusal.problems]))

    threads = [threading.Thread(target=save, args=(name,)) for name in ("Anna", "Berit")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    [(loser, reasons)] = refused
    assert reasons == ["meanwhile"]
    with database.reading() as session:
        assert session.get_one(Caseworker, "amina").first_name in {"Anna", "Berit"} - {loser}


@pytest.mark.parametrize(
    ("kind", "name", "key"),
    [
        (CaseworkerRecord, "Åsa Öberg", "asa-oberg"),
        (CaseworkerRecord, "Amina", "amina-2"),
        (InterpreterRecord, "amina", "amina-2"),
        (OfficeRecord, "Amina", "amina"),
        (InterpreterRecord, "سلمى", "new"),
        (CaseworkerRecord, "Newcomer", "newcomer-2"),
        (OfficeRecord, "x" * 60, "x" * 36),
    ],
)
def test_ids_are_made_from_names(sqlite: Database, kind: type[Record], name: str, key: str) -> None:
    _save(sqlite, AMINA)
    with sqlite.reading() as session:
        assert new_id(session, kind, name) == key


def test_problems_have_words_for_who_writes_the_file() -> None:
    refusal = Refused([Problem("email", "email", "'x' is not an e-mail address")])
    assert str(refusal) == "email: 'x' is not an e-mail address"
