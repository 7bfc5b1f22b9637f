"""Feeds into the directory: each record whole or not at all, faults told exactly, repeatable."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from contact_point.database import Database
from contact_point.directory.hsds_json import read_content, read_json
from contact_point.directory.importer import import_feed
from contact_point.directory.tables import (
    ENTITIES,
    Location,
    Phone,
    Schedule,
    Service,
    ServiceAtLocation,
)
from contact_point.settings import ROOT
from tests.contact_point.directory.feeds import identifier, service, take_in, write

SAMPLE = ROOT / "data" / "directory" / "sample.json"


def _import(database: Database, content: object) -> Any:
    return take_in(database, read_content(content, "services.json", "services"))


def _names(database: Database) -> list[str]:
    with database.reading() as session:
        return list(session.scalars(select(Service.name).order_by(Service.name)))


def _statuses(database: Database) -> dict[str, str]:
    with database.reading() as session:
        return dict(session.execute(select(Service.name, Service.status)).tuples().all())


def _ids(database: Database) -> Iterator[str]:
    with database.reading() as session:
        for table in ENTITIES.values():
            yield from session.scalars(select(table.id))


def test_the_sample_is_without_fault_and_goes_in_once(database: Database) -> None:
    feed = read_json(SAMPLE)
    first = take_in(database, feed)
    assert (first.faults, first.doubts, first.rejected, first.unchanged) == ([], [], 0, 0)
    assert first.accepted == feed.records >= 40
    with database.reading() as session:
        assert session.scalar(select(func.count()).select_from(Service)) == first.accepted
        assert (session.scalar(select(func.count()).select_from(Location)) or 0) >= 25
    added = len(list(_ids(database)))
    assert first.count("added") == added
    again = take_in(database, read_json(SAMPLE))
    assert (again.changes, again.unchanged) == ([], added)


def test_a_changed_value_changes_one_row(database: Database) -> None:
    library = service("Biblioteket")
    first = _import(database, [library])
    library["service_at_locations"][0]["schedules"][0]["closes_at"] = "18:00"
    second = _import(database, [library])
    (change,) = second.changes
    assert (change.kind, change.entity, change.columns) == ("changed", "schedule", ("closes_at",))
    assert second.unchanged == first.count("added") - 1
    with database.reading() as session:
        assert session.scalars(select(Schedule.closes_at)).all() == ["18:00"]


def test_what_is_no_longer_said_of_a_service_goes(sqlite: Database) -> None:
    library = service("Biblioteket") | {"alert": "Stängt i dag"}
    _import(sqlite, [library])
    del library["alert"], library["phones"]
    library["languages"] = []
    library["service_at_locations"][0]["schedules"] = []
    result = _import(sqlite, [library])
    assert {(change.kind, change.entity) for change in result.changes} == {
        ("changed", "service"), ("removed", "language"), ("removed", "schedule"),
    }  # fmt: skip
    with sqlite.reading() as session:
        # A list that is not there says nothing; one that is empty does.
        assert session.scalars(select(Phone.number)).all() == ["0500-00 20 00"]
        assert session.scalars(select(Service.alert)).all() == [None]


def test_a_place_that_is_no_longer_used_stays_without_its_service(sqlite: Database) -> None:
    library = service("Biblioteket")
    _import(sqlite, [library])
    library["service_at_locations"] = []
    _import(sqlite, [library])
    with sqlite.reading() as session:
        assert session.scalars(select(ServiceAtLocation.id)).all() == []
        assert session.scalars(select(Schedule.id)).all() == []
        assert len(session.scalars(select(Location.id)).all()) == 1


def test_a_part_of_two_owners_stays_with_the_other(sqlite: Database) -> None:
    library = service("Biblioteket")
    library["service_at_locations"][0]["phones"] = library["phones"]
    assert _import(sqlite, [library]).faults == []
    library["service_at_locations"][0]["phones"] = []
    _import(sqlite, [library])
    with sqlite.reading() as session:
        phone = session.scalars(select(Phone)).one()
        assert (phone.service_id, phone.service_at_location_id) == (library["id"], None)


def test_what_vanished_from_its_source_is_defunct(database: Database) -> None:
    _import(database, [service("Badet"), service("Parken")])
    take_in(database, read_content([service("Hallen")], "other.json", "other"))
    result = _import(database, [service("Badet")])
    assert [(change.kind, change.name) for change in result.changes] == [("defunct", "Parken")]
    assert _statuses(database) == {"Badet": "active", "Parken": "defunct", "Hallen": "active"}
    assert _import(database, [service("Badet")]).changes == []
    back = _import(database, [service("Badet"), service("Parken")])
    assert [(change.kind, change.name) for change in back.changes] == [("changed", "Parken")]


@pytest.mark.parametrize("content", [service("Badet"), []], ids=["a single service", "nothing"])
def test_a_file_that_lists_not_all_makes_nothing_defunct(sqlite: Database, content: object) -> None:
    _import(sqlite, [service("Badet"), service("Parken")])
    assert _import(sqlite, content).changes == []


def test_a_known_service_with_a_fault_stays_as_it_was(sqlite: Database) -> None:
    _import(sqlite, [service("Badet"), service("Parken")])
    wrong = service("Parken") | {"name": "Parken i stan"}
    wrong["languages"][0]["code"] = "zzzz"
    result = _import(sqlite, [service("Badet"), wrong])
    assert (result.accepted, result.rejected, result.changes) == (1, 1, [])
    assert _statuses(sqlite) == {"Badet": "active", "Parken": "active"}


def test_strict_refuses_all(sqlite: Database) -> None:
    wrong = service("Parken") | {"status": "open"}
    feed = read_content([service("Badet"), wrong], "services.json", "services")
    result = take_in(sqlite, feed, strict=True)
    assert len(result.faults) == 1
    assert _names(sqlite) == []


def test_a_dry_run_tells_all_and_keeps_nothing(database: Database) -> None:
    with database.reading() as session:
        feed = read_content([service("Badet")], "services.json", "services")
        assert import_feed(session, feed).count("added") == 7
    assert _names(database) == []


PLACE = "service_at_locations/0/location"
HOURS = "service_at_locations/0/schedules/0"
FAULTS = [
    (f"{HOURS}/byday", "MONDAY", "write MO, TU, WE, TH, FR, SA or SU, with commas"),
    (f"{HOURS}/byday", "MO,XX", "write MO, TU, WE, TH, FR, SA or SU, with commas"),
    (f"{HOURS}/opens_at", "9:00am", "write HH:MM"),
    (
        f"{HOURS}/closes_at",
        "08:00",
        "swap them, or give two schedules where it closes after midnight",
    ),
    (
        f"{HOURS}/closes_at",
        "09:00",
        "swap them, or give two schedules where it closes after midnight",
    ),
    (f"{HOURS}/freq", "DAILY", "write one of: WEEKLY, MONTHLY"),
    (f"{HOURS}/byweekno", "54", "write numbers of weeks, 1 to 53, with commas"),
    (f"{HOURS}/valid_from", "24/11/2026", "write YYYY-MM-DD"),
    ("languages/0/code", "zzzz", "write an ISO 639 code, for example sv"),
    (f"{PLACE}/latitude", 999, "write 180 or less"),
    (f"{PLACE}/longitude", -999, "write -180 or more"),
    (f"{PLACE}/latitude", "north", "write a number"),
    (f"{PLACE}/latitude", True, "write a number"),
    (f"{HOURS}/byday", "0MO", "write MO, TU, WE, TH, FR, SA or SU, with commas"),
    (f"{HOURS}/wkst", "XX", "write one of: MO, TU, WE, TH, FR, SA, SU"),
    (f"{HOURS}/wkst", "MON", "write one of: MO, TU, WE, TH, FR, SA, SU"),
    (f"{HOURS}/bymonthday", "32", "write days of the month, 1 to 31, with commas"),
    (f"{HOURS}/interval", 0, "write 1 or more"),
    (f"{HOURS}/count", "3", "write a whole number"),
    (f"{HOURS}/freq", None, "write WEEKLY or MONTHLY"),
    ("name", 5, "write text"),
    ("last_modified", "yesterday", "write YYYY-MM-DDTHH:MM:SS and the time zone"),
    (f"{PLACE}/url", "www.exempelby.example", "write the whole address, with https://"),
    ("minimum_age", -1, "write 0 or more"),
    (f"{PLACE}/addresses/0/country", "Sverige", "write an ISO 3166 code, for example SE"),
    (f"{PLACE}/addresses/0/city", None, "every address needs it"),
    ("service_at_locations/0/id", None, "every service_at_location needs it"),
    ("phones/0/number", "1", "write a phone number"),
    ("phones/0/number", "ring oss", "write a phone number"),
    ("id", None, "every service needs it"),
    ("id", "42", "write a UUID"),
    ("name", "", "every service needs it"),
    (
        "status",
        "open",
        "write one of: active, inactive, defunct, temporarily closed",
    ),
]


def _set(record: Any, pointer: str, value: object) -> None:
    *way, last = [int(each) if each.isdigit() else each for each in pointer.split("/")]
    for step in way:
        record = record[step]
    if value is None:
        del record[last]
    else:
        record[last] = value


@pytest.mark.parametrize(("pointer", "value", "mend"), FAULTS)
def test_a_service_with_a_fault_is_left_out_whole(
    sqlite: Database, pointer: str, value: object, mend: str
) -> None:
    good, bad, other = (service(name) for name in ("Badet", "Hallen", "Parken"))
    _set(bad, pointer, value)
    result = _import(sqlite, [good, bad, other])
    assert (result.accepted, result.rejected) == (2, 1)
    shown = "" if value is None else str(value)
    assert [(fault.where, fault.value, fault.mend) for fault in result.faults] == [
        (f"services.json#/1/{pointer}", shown, mend)
    ]
    assert _names(sqlite) == ["Badet", "Parken"]
    assert not any(each in json.dumps(bad) for each in _ids(sqlite))


def _faults_of(database: Database, *changes: tuple[str, object]) -> list[Any]:
    bath = service("Badet")
    for pointer, value in changes:
        _set(bath, pointer, value)
    return list(_import(database, [bath]).faults)


def test_a_fault_is_told_in_one_line(sqlite: Database) -> None:
    (fault,) = _faults_of(sqlite, ("languages/0/code", "zzzz"))
    assert str(fault) == (
        "services.json#/0/languages/0/code: 'zzzz' is not valid; "
        "write an ISO 639 code, for example sv"
    )


def test_every_fault_of_a_service_is_told(sqlite: Database) -> None:
    faults = _faults_of(sqlite, ("languages/0/code", "zzzz"), (f"{HOURS}/byday", "MONDAY"))
    assert {fault.value for fault in faults} == {"zzzz", "MONDAY"}


def test_an_id_given_to_two_services_is_told_of_the_second(sqlite: Database) -> None:
    twin = service("Hallen") | {"id": identifier("Badet")}
    result = _import(sqlite, [service("Badet"), twin])
    (fault,) = result.faults
    assert (fault.where, fault.problem) == ("services.json#/1/id", "is used twice")
    assert "services.json#/0" in fault.mend
    assert _names(sqlite) == ["Badet"]


def test_a_part_that_two_services_claim_is_told(sqlite: Database) -> None:
    other = service("Hallen")
    other["phones"] = service("Badet")["phones"]
    result = _import(sqlite, [service("Badet"), other])
    (fault,) = result.faults
    assert (fault.where, fault.problem) == ("services.json#/1/phones/0/id", "is used twice")


def test_an_organization_told_in_two_ways_is_kept_as_first_told(sqlite: Database) -> None:
    services = [service("Badet"), service("Hallen")]
    for each, name in zip(services, ("Kommunen", "Exempelby kommun"), strict=True):
        each["organization"] = {"id": identifier("org"), "name": name, "description": "-"}
    result = _import(sqlite, services)
    assert (result.accepted, result.faults) == (2, [])
    (doubt,) = result.doubts
    assert (doubt.where, doubt.value) == (
        "services.json#/1/organization/name",
        "Exempelby kommun",
    )


@pytest.mark.parametrize("column", ["organization_id", "program_id"])
def test_a_service_of_nobody_is_told(sqlite: Database, column: str) -> None:
    (fault,) = _faults_of(sqlite, ("status", "active"), (column, identifier("nobody")))
    assert fault.where == f"services.json#/0/{column}"
    assert "of this file or of the directory" in fault.problem


def test_coordinates_that_changed_places_are_doubted_and_kept(sqlite: Database) -> None:
    bath = service("Badet")
    bath["service_at_locations"][0]["location"] |= {"latitude": 100}
    result = _import(sqlite, [bath])
    assert (result.accepted, result.rejected) == (1, 0)
    assert [(doubt.value, doubt.mend) for doubt in result.doubts] == [
        ("100", "perhaps latitude and longitude have changed places")
    ]


def test_what_hsds_does_not_know_is_told(sqlite: Database) -> None:
    result = _import(sqlite, [service("Badet") | {"colour": "red"}])
    assert [(doubt.where, result.accepted) for doubt in result.doubts] == [
        ("services.json#/0/colour", 1)
    ]


def test_progress_is_told(sqlite: Database, tmp_path: Path) -> None:
    feed = read_json(write(tmp_path, [service("Badet"), service("Parken")]))
    told: list[tuple[int, int]] = []
    with sqlite.transaction() as session:
        import_feed(session, feed, progress=lambda done, of: told.append((done, of)))
    assert told[-1] == (len(feed.rows), len(feed.rows))


def test_one_page_of_several_makes_nothing_defunct(sqlite: Database) -> None:
    _import(sqlite, [service("Badet"), service("Parken")])
    page = {"total_pages": 2, "page_number": 1, "contents": [service("Badet")]}
    assert _import(sqlite, page).changes == []


def test_a_list_without_services_makes_none_defunct(sqlite: Database) -> None:
    _import(sqlite, [service("Badet")])
    organization = {"id": identifier("org"), "name": "Kommunen", "description": "-"}
    assert _import(sqlite, [organization]).count("defunct") == 0


def test_a_service_belongs_to_the_source_that_named_it_last(sqlite: Database) -> None:
    _import(sqlite, [service("Badet"), service("Parken")])
    both = [service("Badet"), service("Parken")]
    assert take_in(sqlite, read_content(both, "new.json", "new")).changes == []
    result = take_in(sqlite, read_content([service("Badet")], "new.json", "new"))
    assert [(change.kind, change.name) for change in result.changes] == [("defunct", "Parken")]


def test_what_hung_on_a_removed_row_goes_with_it(sqlite: Database) -> None:
    library = service("Biblioteket")
    there = library["service_at_locations"][0]
    number = {"id": identifier("number"), "number": "0500-00 20 01"}
    number["languages"] = [{"id": identifier("number so"), "code": "so"}]
    number["translations"] = [
        {"id": identifier("t"), "field": "description", "language": "en", "text": "Desk",
         "status": "draft"}
    ]  # fmt: skip
    there["contacts"] = [{"id": identifier("desk"), "name": "Disken", "phones": [number]}]
    _import(sqlite, [library])
    library["service_at_locations"] = []
    _import(sqlite, [library])
    gone = {identifier(name) for name in ("desk", "number", "number so", "t")}
    assert not gone & set(_ids(sqlite))
