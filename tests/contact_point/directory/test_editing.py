"""Staff edit services: only what differs is written, with who and what, and imports leave it."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timezone

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from contact_point import staff
from contact_point.clock import system_clock
from contact_point.database import Database
from contact_point.directory import editing
from contact_point.directory.categorising import ServiceCategory
from contact_point.directory.changes import DirectoryChange
from contact_point.directory.editing import (
    EditedMeanwhile,
    PhoneRow,
    ServiceEdit,
    TranslationRow,
)
from contact_point.directory.hours_rows import ExceptionRow, HoursRow, hours_row, hours_values
from contact_point.directory.hsds_json import read_content
from contact_point.directory.importer import ImportResult, import_feed
from contact_point.directory.tables import Schedule, Service
from tests.contact_point.directory.feeds import identifier, service

NOW = datetime(2026, 11, 26, 10, 0, tzinfo=timezone.utc)
LANGUAGES = ("en", "ar")


def _feed() -> dict[str, object]:
    place = {
        "id": identifier("at"),
        "location": {
            "id": identifier("place"),
            "location_type": "physical",
            "name": "Huset",
            "schedules": [
                {
                    "id": identifier("odd"),
                    "freq": "MONTHLY",
                    "bymonthday": "15",
                    "opens_at": "10:00",
                    "closes_at": "11:00",
                }
            ],
        },
        "schedules": [
            {
                "id": identifier("hours"),
                "freq": "WEEKLY",
                "byday": "MO,TU",
                "opens_at": "09:00",
                "closes_at": "16:00",
            }
        ],
        "phones": [{"id": identifier("phone"), "number": "0500-00 10 00"}],
    }
    own = {"service_at_locations": [place], "description": "Böcker.", "phones": []}
    return service("Biblioteket") | own


def _import(session: Session, content: dict[str, object]) -> ImportResult:
    result = import_feed(session, read_content([content], "x.json", "x"))
    assert result.faults == []
    session.expire_all()
    return result


@pytest.fixture
def session(database: Database) -> Iterator[Session]:
    """A service, and somebody to edit it."""
    with database.transaction() as session:
        _import(session, _feed())
        staff.add_account(session, "a@exempelby.example", "Noor", "a long enough one", NOW)
        session.flush()
        yield session


def _service(session: Session) -> Service:
    session.expire_all()
    return session.scalars(select(Service)).one()


def _stored(session: Session) -> ServiceEdit:
    return editing.stored(session, _service(session), LANGUAGES)


def _save(session: Session, edit: ServiceEdit) -> int:
    found = _service(session)
    opened = editing.latest_change(session, found.id)
    return editing.save(session, found, edit, opened, 1, lambda: NOW)


def _history(session: Session) -> list[tuple[str, str | None, str | None]]:
    rows = session.scalars(select(DirectoryChange).where(DirectoryChange.account_id == 1))
    return [(row.field, row.before, row.after) for row in rows]


def _at_the_place(edit: ServiceEdit, **changes: object) -> ServiceEdit:
    sections = tuple(
        replace(each, **changes) if each.entity == "service_at_location" else each
        for each in edit.sections
    )
    return replace(edit, sections=sections)


def test_saving_without_a_change_changes_nothing(session: Session) -> None:
    assert _save(session, _stored(session)) == 0
    assert _history(session) == []


def test_texts_categories_and_languages(session: Session) -> None:
    edit = _stored(session)
    edit = replace(
        edit,
        texts=edit.texts | {"description": "Böcker och datorer."},
        categories=frozenset({"community", "education"}),
        languages=("sv", "so"),
    )
    assert _save(session, edit) == 3
    assert _service(session).description == "Böcker och datorer."
    assert _service(session).last_modified == NOW.isoformat(timespec="seconds")
    assert list(
        session.scalars(select(ServiceCategory.category).order_by(ServiceCategory.category))
    ) == ["community", "education"]
    assert [each.code for each in _service(session).languages] == ["sv", "so"]
    assert ("description", "Böcker.", "Böcker och datorer.") in _history(session)
    assert _stored(session) == edit


def test_hours_are_changed_added_and_removed(session: Session) -> None:
    edit = _stored(session)
    place = next(each for each in edit.sections if each.entity == "service_at_location")
    changed = replace(place.hours[0], closes="17:00")
    added = HoursRow(None, ("SA",), "10:00", "13:00", "second_week", "2026-11-28")
    _save(session, _at_the_place(edit, hours=(changed, added)))
    rows = session.scalars(
        select(Schedule).where(Schedule.service_at_location_id == place.id)
    ).all()
    assert {(row.byday, row.closes_at, row.interval, row.dtstart) for row in rows} == {
        ("MO,TU", "17:00", None, None),
        ("SA", "13:00", 2, "2026-11-28"),
    }
    assert identifier("hours") in {row.id for row in rows}
    _save(session, _at_the_place(_stored(session), hours=()))
    assert not session.scalars(
        select(Schedule).where(Schedule.service_at_location_id == place.id)
    ).all()
    assert _history(session)[0] == (
        "schedules",
        "MO,TU 09:00–16:00 weekly",
        "MO,TU 09:00–17:00 weekly; SA 10:00–13:00 second_week (2026-11-28–)",
    )


def test_what_the_form_cannot_show_stays(session: Session) -> None:
    house = next(each for each in _stored(session).sections if each.entity == "location")
    assert house.hours == ()
    assert house.kept == ("freq MONTHLY, bymonthday 15 10:00–11:00",)
    _save(session, replace(_stored(session), languages=("so",)))
    assert session.get(Schedule, identifier("odd")) is not None


def test_exceptions_and_phones(session: Session) -> None:
    closed = ExceptionRow(None, "", "2026-12-07", "2026-12-11", True, reason="Flytt")
    phone = PhoneRow(None, "0500-00 10 01", "Kvällar")
    _save(session, _at_the_place(_stored(session), exceptions=(closed,), phones=(phone,)))
    place = next(each for each in _stored(session).sections if each.entity == "service_at_location")
    assert [replace(row, id=None) for row in place.exceptions] == [closed]
    assert [replace(row, id=None) for row in place.phones] == [phone]


def test_a_changed_text_makes_its_translations_stale(session: Session) -> None:
    english = TranslationRow({"name": "The library", "description": "Books.", "alert": ""}, True)
    edit = _stored(session)
    _save(session, replace(edit, translations=edit.translations | {"en": english}))
    assert _stored(session).translations["en"] == english
    edit = _stored(session)
    _save(session, replace(edit, texts=edit.texts | {"description": "Böcker och film."}))
    assert _stored(session).translations["en"].is_stale
    newer = replace(english, texts=english.texts | {"description": "Books and films."})
    _save(session, replace(_stored(session), translations=edit.translations | {"en": newer}))
    assert not _stored(session).translations["en"].is_stale


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"texts": {"name": " "}}, "name"),
        ({"texts": {"email": "nobody"}}, "email"),
        ({"texts": {"url": "www.exempelby.example"}}, "url"),
        ({"hours": HoursRow(None, (), "09:00", "16:00")}, "days"),
        ({"hours": HoursRow(None, ("MO",), "16:00", "09:00")}, "times"),
        ({"hours": HoursRow(None, ("MO",), "", "09:00")}, "times"),
        ({"hours": HoursRow(None, ("MO",), "09:00", "16:00", "second_week")}, "first"),
        ({"hours": HoursRow(None, (), "09:00", "16:00", "once")}, "first"),
        ({"hours": HoursRow(None, ("MO",), "09:00", "16:00", "daily")}, "repeat"),
        (
            {
                "hours": HoursRow(
                    None, ("MO",), "09:00", "16:00", "weekly", "2026-12-02", "2026-12-01"
                )
            },
            "dates",
        ),
        ({"exceptions": ExceptionRow(None, "", "", "2026-12-01", True)}, "first"),
        ({"exceptions": ExceptionRow(None, "sundays", "", "", True)}, "repeat"),
        (
            {"exceptions": ExceptionRow(None, "", "2026-12-01", "", False, "12:00", "11:00")},
            "times",
        ),
        ({"phones": PhoneRow(None, "ring")}, "phone"),
    ],
)
def test_problems_are_told_where_they_are(
    session: Session, change: dict[str, object], reason: str
) -> None:
    edit = _stored(session)
    if "texts" in change:
        edit = replace(edit, texts=edit.texts | change["texts"])  # type: ignore[operator]
    else:
        edit = _at_the_place(edit, **{name: (row,) for name, row in change.items()})
    assert [problem.reason for problem in editing.problems(edit)] == [reason]
    assert editing.problems(_stored(session)) == []


def test_two_who_edit_at_once(session: Session) -> None:
    found = _service(session)
    opened = editing.latest_change(session, found.id)
    edit = _stored(session)
    _save(session, replace(edit, languages=("sv", "so")))
    with pytest.raises(EditedMeanwhile):
        editing.save(session, _service(session), edit, opened, 1, system_clock)


def test_an_import_leaves_what_staff_have_changed(session: Session) -> None:
    edit = _stored(session)
    changed = edit.texts | {"description": "Böcker och datorer."}
    _save(session, _at_the_place(replace(edit, texts=changed), hours=()))
    result = _import(session, _feed() | {"email": "bibliotek@exempelby.example"})
    assert _service(session).description == "Böcker och datorer."
    assert _service(session).email == "bibliotek@exempelby.example"
    assert [(entity, field) for entity, _, field in result.kept] == [
        ("service", "description"),
        ("service_at_location", "schedules"),
    ]
    place = next(each for each in _stored(session).sections if each.entity == "service_at_location")
    assert place.hours == ()
    assert _import(session, _feed() | {"email": "bibliotek@exempelby.example"}).changes == []


def test_marked_as_checked_stays_so(session: Session) -> None:
    editing.mark_checked(session, _service(session), NOW.date(), 1, lambda: NOW)
    assert _service(session).assured_date == "2026-11-26"
    _import(session, _feed() | {"assured_date": "2026-01-01"})
    assert _service(session).assured_date == "2026-11-26"
    _import(session, _feed() | {"assured_date": "2026-12-01"})
    assert _service(session).assured_date == "2026-12-01"


def test_alerts_begin_and_end(session: Session) -> None:
    editing.set_alert(session, _service(session), " Flyttat till Storgatan 2. ", 1, lambda: NOW)
    assert _service(session).alert == "Flyttat till Storgatan 2."
    editing.set_alert(session, _service(session), "", 1, lambda: NOW)
    assert _service(session).alert is None
    assert [field for field, _, _ in _history(session)] == ["alert", "alert"]


@pytest.mark.parametrize(
    "row",
    [
        HoursRow("x", ("MO", "FR"), "09:00", "16:00"),
        HoursRow("x", ("MO",), "09:00", "16:00", "weekly", "2026-01-01", "2026-06-30"),
        HoursRow("x", ("WE",), "18:00", "20:00", "second_week", "2026-11-25"),
        HoursRow("x", ("FR",), "14:00", "16:00", "1"),
        HoursRow("x", ("TU", "TH"), "14:00", "16:00", "-1"),
        HoursRow("x", (), "10:00", "14:00", "once", "2026-11-28"),
    ],
)
def test_a_row_is_a_schedule_and_back(row: HoursRow) -> None:
    assert hours_row(Schedule(id="x", **hours_values(row))) == row
