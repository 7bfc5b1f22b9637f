"""Sheets for a municipality that has only Excel: the template, both languages, every fault."""

from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook
from sqlalchemy import select

from contact_point.database import Database
from contact_point.directory import nested
from contact_point.directory.feed import SourceError
from contact_point.directory.sheet_template import template
from contact_point.directory.spreadsheet import read_spreadsheet
from contact_point.directory.tables import Address, Phone, Schedule, Service
from tests.contact_point.directory.feeds import take_in

COUNTY = "Västra Götalands län"
ROW: dict[str, Any] = {
    "Organisation": "Exempelby kommun",
    "Tjänst": "Öppna förskolan",
    "Beskrivning": "För barn med en vuxen.",
    "Kategori": "Familj och barn; education",
    "Telefon": "0500-00 00 01",
    "Språk": "svenska; arabiska; so",
    "Tolk": "ja",
    "Avgift": "0",
    "Plats": "Familjens hus",
    "Gatuadress": "Skolgatan 2",
    "Postnummer": "99901",
    "Ort": "Exempelby",
    "Latitud": "58,39",
    "Longitud": "13,84",
    "Måndag": "9-12, 13:00–15.30",
    "Söndag": "stängt",
    "Kontrollerad": "2026-11-20",
}


def _sheet(folder: Path, *rows: dict[str, Any]) -> Path:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(list(rows[0]))
    for row in rows:
        sheet.append(list(row.values()))
    path = folder / "services.xlsx"
    book.save(path)
    return path


def _csv(folder: Path, *rows: dict[str, Any], encoding: str = "utf-8", comma: str = ";") -> Path:
    lines = [comma.join(rows[0]), *(comma.join(map(str, row.values())) for row in rows)]
    path = folder / "services.csv"
    path.write_bytes("\r\n".join(lines).encode(encoding))
    return path


def _faults(folder: Path, database: Database, **cells: Any) -> list[str]:
    path = _sheet(folder, ROW | cells)
    return [str(each) for each in take_in(database, read_spreadsheet(path, COUNTY)).faults]


def test_a_row_is_a_service_at_a_place(database: Database, tmp_path: Path) -> None:
    result = take_in(database, read_spreadsheet(_sheet(tmp_path, ROW), COUNTY))
    assert (result.accepted, result.faults, result.doubts) == (1, [], [])
    with database.reading() as session:
        (identifier,) = session.scalars(select(Service.id))
        (shown,) = nested.full(session, "service", [identifier])
    there = shown["service_at_locations"][0]
    assert shown["name"] == "Öppna förskolan"
    assert shown["organization"]["name"] == "Exempelby kommun"
    assert shown["interpretation_services"] == "Tolk kan bokas."
    assert [each["code"] for each in shown["languages"]] == ["sv", "ar", "so"]
    assert [each["amount"] for each in shown["cost_options"]] == [0]
    assert [each["taxonomy_term"]["code"] for each in shown["attributes"]] == [
        "family_and_children",
        "education",
    ]
    assert (there["location"]["latitude"], there["location"]["longitude"]) == (58.39, 13.84)
    address = there["location"]["addresses"][0]
    assert (address["postal_code"], address["state_province"]) == ("999 01", COUNTY)
    assert [
        (each["byday"], each["opens_at"], each["closes_at"]) for each in there["schedules"]
    ] == [
        ("MO", "09:00", "12:00"),
        ("MO", "13:00", "15:30"),
    ]


def test_the_same_sheet_again_changes_nothing(sqlite: Database, tmp_path: Path) -> None:
    other = ROW | {"Plats": "Biblioteket", "Gatuadress": "Torget 1"}
    first = take_in(sqlite, read_spreadsheet(_sheet(tmp_path, ROW, other), COUNTY))
    with sqlite.reading() as session:
        assert len(session.scalars(select(Service)).all()) == 1
        assert len(session.scalars(select(Address)).all()) == 2
    again = take_in(sqlite, read_spreadsheet(_sheet(tmp_path, ROW, other), COUNTY))
    assert (again.changes, again.unchanged) == ([], first.count("added"))


def test_changed_hours_replace_the_old_ones(sqlite: Database, tmp_path: Path) -> None:
    take_in(sqlite, read_spreadsheet(_sheet(tmp_path, ROW), COUNTY))
    take_in(sqlite, read_spreadsheet(_sheet(tmp_path, ROW | {"Måndag": "10-12"}), COUNTY))
    with sqlite.reading() as session:
        assert session.scalars(select(Schedule.opens_at)).all() == ["10:00"]


@pytest.mark.parametrize(
    ("encoding", "comma"), [("utf-8-sig", ";"), ("cp1252", ";"), ("utf-8", "\t")]
)
def test_csv_as_excel_writes_it(
    sqlite: Database, tmp_path: Path, encoding: str, comma: str
) -> None:
    row = ROW | {"Måndag": "9-12", "Kategori": "education", "Språk": "svenska"}
    path = _csv(tmp_path, row, encoding=encoding, comma=comma)
    assert take_in(sqlite, read_spreadsheet(path, COUNTY)).faults == []
    with sqlite.reading() as session:
        assert session.scalars(select(Service.name)).all() == ["Öppna förskolan"]
        assert session.scalars(select(Phone.number)).all() == ["0500-00 00 01"]


@pytest.mark.parametrize("language", ["sv", "en"])
def test_the_template_is_a_sheet_that_goes_in(
    sqlite: Database, tmp_path: Path, language: str
) -> None:
    path = tmp_path / "template.xlsx"
    template(language).save(path)
    result = take_in(sqlite, read_spreadsheet(path, COUNTY))
    assert (result.accepted, result.faults, result.doubts) == (1, [], [])
    guide = template(language).worksheets[1]
    assert all(guide.cell(row, 2).value for row in range(1, guide.max_row + 1))


@pytest.mark.parametrize(
    ("column", "value", "told"),
    [
        ("Måndag", "9:00am", "Måndag: '9:00am' is not a time; write 09:00–12:00, 13:00–16:00"),
        (
            "Måndag",
            "12-9",
            "Måndag: '09:00' is not after 12:00; swap them, or give two schedules where it "
            "closes after midnight",
        ),
        ("Måndag", "25-26", "Måndag: '25:00' is not valid; write HH:MM"),
        ("Språk", "klingonska?", "Språk: 'klingonska?' is not known; write a language, for "
         "example arabiska"),
        ("Kategori", "Diverse", "Kategori: 'Diverse' is not known; write one of the guide's "
         "categories"),
        ("Telefon", 500000001, "Telefon: '500000001' is a number, so its first zero is lost; "
         "write it as text"),
        ("Telefon", "ring", "Telefon: 'ring' is not valid; write a phone number"),
        ("Avgift", "gratis", "Avgift: 'gratis' is not a number; write digits only"),
        ("Latitud", "5839", "Latitud: '5839.0' is too large; write 180 or less"),
        ("Tolk", "kanske", "Tolk: 'kanske' is neither yes nor no; write ja, nej, yes or no"),
        ("Tjänst", "", "Tjänst: is missing; every row needs it"),
        ("Ort", "", "Ort: is missing; every address needs it"),
        ("Kontrollerad", "i våras", "Kontrollerad: 'i våras' is not valid; write YYYY-MM-DD"),
    ],
)  # fmt: skip
def test_a_fault_is_told_with_row_and_header(
    sqlite: Database, tmp_path: Path, column: str, value: object, told: str
) -> None:
    faults = _faults(tmp_path, sqlite, **{column: value})
    assert f"services.xlsx, row 2, {told}" in faults
    with sqlite.reading() as session:
        assert session.scalars(select(Service.id)).all() == []


def test_a_faulty_row_leaves_the_others(sqlite: Database, tmp_path: Path) -> None:
    other = ROW | {"Tjänst": "Språkkafé", "Måndag": "sen kväll"}
    result = take_in(sqlite, read_spreadsheet(_sheet(tmp_path, ROW, other), COUNTY))
    assert (result.accepted, result.rejected) == (1, 1)
    with sqlite.reading() as session:
        assert session.scalars(select(Service.name)).all() == ["Öppna förskolan"]


def test_a_sheet_without_a_needed_column(tmp_path: Path) -> None:
    row = {name: value for name, value in ROW.items() if name != "Plats"}
    with pytest.raises(SourceError, match='row 1 has no column "Plats"'):
        read_spreadsheet(_sheet(tmp_path, row), COUNTY)


@pytest.mark.parametrize("name", ["services.xlsx", "services.csv"])
def test_a_sheet_that_is_not_there_or_empty(tmp_path: Path, name: str) -> None:
    with pytest.raises(SourceError, match="no such file"):
        read_spreadsheet(tmp_path / name, COUNTY)
    (tmp_path / name).write_bytes(b"")
    with pytest.raises(SourceError, match=r"not an \.xlsx|is empty"):
        read_spreadsheet(tmp_path / name, COUNTY)


def test_a_row_with_a_fault_keeps_its_place_as_it_was(sqlite: Database, tmp_path: Path) -> None:
    other = ROW | {"Plats": "Biblioteket", "Gatuadress": "Torget 1"}
    take_in(sqlite, read_spreadsheet(_sheet(tmp_path, ROW, other), COUNTY))
    wrong = other | {"Måndag": "sen kväll"}
    result = take_in(sqlite, read_spreadsheet(_sheet(tmp_path, ROW, wrong), COUNTY))
    assert (result.rejected, result.changes) == (1, [])


def test_a_column_that_is_not_there_says_nothing(sqlite: Database, tmp_path: Path) -> None:
    take_in(sqlite, read_spreadsheet(_sheet(tmp_path, ROW), COUNTY))
    needed = ("Organisation", "Tjänst", "Kategori", "Plats", "Gatuadress", "Postnummer", "Ort")
    short = {name: ROW[name] for name in needed}
    assert take_in(sqlite, read_spreadsheet(_sheet(tmp_path, short), COUNTY)).changes == []
    emptied = ROW | {"Telefon": "", "Beskrivning": ""}
    result = take_in(sqlite, read_spreadsheet(_sheet(tmp_path, emptied), COUNTY))
    assert {(change.kind, change.entity) for change in result.changes} == {
        ("removed", "phone"), ("changed", "service"),
    }  # fmt: skip
