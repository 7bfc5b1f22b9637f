"""Services from HSDS JSON: each whole or not at all, faults told exactly, and repeatable."""

import json
from pathlib import Path
from typing import Any
from uuid import NAMESPACE_URL, uuid5

import pytest
from sqlalchemy import func, select

from contact_point.database import Database
from contact_point.directory.importer import (
    DirectoryFileError,
    ImportResult,
    faults_in_file,
    import_file,
    read_services,
)
from contact_point.directory.tables import ENTITIES, Location, Schedule, Service
from contact_point.settings import ROOT

SAMPLE = ROOT / "data" / "directory" / "sample.json"


def _id(name: str) -> str:
    return str(uuid5(NAMESPACE_URL, name))


def _service(name: str) -> dict[str, Any]:
    return {
        "id": _id(name),
        "name": name,
        "status": "active",
        "languages": [{"id": _id(f"{name} sv"), "code": "sv"}],
        "phones": [{"id": _id(f"{name} phone"), "number": "0500-00 20 00"}],
        "service_at_locations": [
            {
                "id": _id(f"{name} there"),
                "location": {
                    "id": _id(f"{name} place"),
                    "location_type": "physical",
                    "latitude": 58.3,
                    "longitude": 13.8,
                    "addresses": [
                        {
                            "id": _id(f"{name} address"),
                            "address_1": "Storgatan 1",
                            "city": "Exempelby",
                            "state_province": "Västra Götalands län",
                            "postal_code": "999 01",
                            "country": "SE",
                            "address_type": "physical",
                        }
                    ],
                },
                "schedules": [
                    {
                        "id": _id(f"{name} hours"),
                        "freq": "WEEKLY",
                        "byday": "MO",
                        "opens_at": "09:00",
                        "closes_at": "16:00",
                    }
                ],
            }
        ],
    }


def _write(folder: Path, content: object) -> Path:
    path = folder / "services.json"
    path.write_text(json.dumps(content), encoding="utf-8")
    return path


def _import(database: Database, path: Path) -> ImportResult:
    with database.transaction() as session:
        return import_file(session, path)


def _names(database: Database) -> list[str]:
    with database.reading() as session:
        return list(session.scalars(select(Service.name).order_by(Service.name)))


def test_the_sample_is_without_fault_and_goes_in_once(database: Database) -> None:
    first = _import(database, SAMPLE)
    assert (first.faults, first.rejected, first.changed, first.unchanged) == ([], 0, 0, 0)
    assert first.accepted == len(read_services(SAMPLE)) >= 40
    with database.reading() as session:
        assert session.scalar(select(func.count()).select_from(Service)) == first.accepted
        assert (session.scalar(select(func.count()).select_from(Location)) or 0) >= 25
        rows = [
            session.scalar(select(func.count()).select_from(table)) for table in ENTITIES.values()
        ]
    assert first.added == sum(filter(None, rows))
    again = _import(database, SAMPLE)
    assert (again.added, again.changed, again.unchanged) == (0, 0, first.added)


def test_a_changed_value_changes_one_row(database: Database, tmp_path: Path) -> None:
    service = _service("Biblioteket")
    first = _import(database, _write(tmp_path, [service]))
    service["service_at_locations"][0]["schedules"][0]["closes_at"] = "18:00"
    second = _import(database, _write(tmp_path, [service]))
    assert (second.added, second.changed, second.unchanged) == (0, 1, first.added - 1)
    with database.reading() as session:
        assert session.scalars(select(Schedule.closes_at)).all() == ["18:00"]


PLACE = "service_at_locations/0/location"
HOURS = "service_at_locations/0/schedules/0"
FAULTS = [
    (f"{HOURS}/byday", "MONDAY", "write MO, TU, WE, TH, FR, SA or SU, with commas"),
    (f"{HOURS}/byday", "MO,XX", "write MO, TU, WE, TH, FR, SA or SU, with commas"),
    (f"{HOURS}/opens_at", "9:00am", "write HH:MM"),
    (f"{HOURS}/closes_at", "08:00", "swap them"),
    (f"{HOURS}/closes_at", "09:00", "swap them"),
    (f"{HOURS}/freq", "DAILY", "use one of ('WEEKLY', 'MONTHLY')"),
    (f"{HOURS}/valid_from", "24/11/2026", "write YYYY-MM-DD"),
    ("languages/0/code", "zzzz", "write an ISO 639 code, for example sv"),
    (f"{PLACE}/latitude", 999, "write degrees, -90 to 90"),
    (f"{PLACE}/longitude", -999, "write degrees, -180 to 180"),
    (f"{PLACE}/latitude", "north", "write a number"),
    (f"{PLACE}/latitude", True, "write a number"),
    (f"{HOURS}/byday", "0MO", "write MO, TU, WE, TH, FR, SA or SU, with commas"),
    (f"{HOURS}/wkst", "XX", "write MO, TU, WE, TH, FR, SA or SU"),
    (f"{HOURS}/wkst", "MON", "write MO, TU, WE, TH, FR, SA or SU"),
    (f"{HOURS}/bymonthday", "32", "write days of the month, 1 to 31, with commas"),
    (f"{HOURS}/interval", 0, "write 1 or more"),
    (f"{HOURS}/count", "3", "write a whole number"),
    (f"{HOURS}/freq", None, "write WEEKLY or MONTHLY"),
    ("name", 5, "write text"),
    (
        "last_modified",
        "the day before yesterday or even earlier on",
        "write at most 40 characters",
    ),
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
        "use one of ('active', 'inactive', 'defunct', 'temporarily closed')",
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
    sqlite: Database, tmp_path: Path, pointer: str, value: object, mend: str
) -> None:
    good, bad, other = (_service(name) for name in ("Badet", "Hallen", "Parken"))
    _set(bad, pointer, value)
    path = _write(tmp_path, [good, bad, other])
    result = _import(sqlite, path)
    assert (result.accepted, result.rejected) == (2, 1)
    assert result.accepted + result.rejected == len(read_services(path))
    shown = "" if value is None else str(value)
    assert [(fault.pointer, fault.value, fault.mend) for fault in result.faults] == [
        (f"services.json#/1/{pointer}", shown, mend)
    ]
    assert list(faults_in_file(path)) == result.faults
    assert _names(sqlite) == ["Badet", "Parken"]
    with sqlite.reading() as session:
        for table in ENTITIES.values():
            ids = session.scalars(select(table.id)).all()  # type: ignore[attr-defined]
            assert not any(str(each) in json.dumps(bad) for each in ids)


def _faults_of(folder: Path, *changes: tuple[str, object]) -> list[Any]:
    service = _service("Badet")
    for pointer, value in changes:
        _set(service, pointer, value)
    return list(faults_in_file(_write(folder, [service])))


def test_a_fault_is_told_in_one_line(tmp_path: Path) -> None:
    (fault,) = _faults_of(tmp_path, ("languages/0/code", "zzzz"))
    assert str(fault) == (
        "services.json#/0/languages/0/code: 'zzzz' is not valid; "
        "write an ISO 639 code, for example sv"
    )


def test_every_fault_of_a_service_is_told(tmp_path: Path) -> None:
    faults = _faults_of(tmp_path, ("languages/0/code", "zzzz"), (f"{HOURS}/byday", "MONDAY"))
    assert {fault.value for fault in faults} == {"zzzz", "MONDAY"}


def test_what_should_be_an_object_is_told(tmp_path: Path) -> None:
    (fault,) = _faults_of(tmp_path, ("languages/0", "sv"))
    assert (fault.pointer, fault.value, fault.mend) == (
        "services.json#/0/languages/0",
        "sv",
        "write a language",
    )


@pytest.mark.parametrize("key", ["phones", "languages", "service_at_locations"])
def test_what_should_be_a_list_is_told(tmp_path: Path, key: str) -> None:
    (fault,) = _faults_of(tmp_path, (key, 5))
    assert (fault.pointer, fault.value) == (f"services.json#/0/{key}", "5")


@pytest.mark.parametrize(
    "wrap",
    [
        lambda service: service,
        lambda service: [service],
        lambda service: {"contents": [service], "page_number": 1},
    ],
    ids=["one", "a list", "a page"],
)
def test_shapes_of_a_file(sqlite: Database, tmp_path: Path, wrap: Any) -> None:
    assert _import(sqlite, _write(tmp_path, wrap(_service("Badet")))).accepted == 1
    assert _names(sqlite) == ["Badet"]


@pytest.mark.parametrize("page", [{"contents": []}, []])
def test_an_empty_page_has_nothing_and_no_fault(
    sqlite: Database, tmp_path: Path, page: object
) -> None:
    result = _import(sqlite, _write(tmp_path, page))
    assert (result.accepted, result.rejected, result.faults) == (0, 0, [])


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("name,status\nBadet,active", "not JSON"),
        ('[{"id": ', "not JSON"),
        ('"Badet"', "expected HSDS services"),
        ("[1, 2]", "expected HSDS services"),
    ],
)
def test_a_file_that_is_no_hsds(sqlite: Database, tmp_path: Path, text: str, problem: str) -> None:
    path = tmp_path / "services.json"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(DirectoryFileError, match=problem) as refused:
        _import(sqlite, path)
    assert str(path) in str(refused.value)
    assert list(faults_in_file(path)) == [str(refused.value)]
    assert _names(sqlite) == []


def test_a_file_that_is_not_there(sqlite: Database, tmp_path: Path) -> None:
    with pytest.raises(DirectoryFileError, match="no such file"):
        _import(sqlite, tmp_path / "nowhere.json")


def test_progress_is_told(sqlite: Database, tmp_path: Path) -> None:
    path = _write(tmp_path, [_service("Badet"), _service("Parken")])
    told: list[tuple[int, int]] = []
    with sqlite.transaction() as session:
        import_file(session, path, lambda done, of: told.append((done, of)))
    assert told == [(1, 2), (2, 2)]
