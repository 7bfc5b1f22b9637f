"""Data packages of CSV files: folder and zip, there and back, every fault with its row."""

import csv
import io
import json
import zipfile
from pathlib import Path

import pytest

from contact_point.database import Database
from contact_point.directory.feed import SourceError
from contact_point.directory.hsds_json import read_content, read_json
from contact_point.directory.tabular import FILES, descriptor, read_package, write_package
from contact_point.settings import ROOT
from tests.contact_point.directory.feeds import EXAMPLES, identifier, needs_standard, take_in

SAMPLE = ROOT / "data" / "directory" / "sample.json"


def _package(folder: Path, **tables: str) -> Path:
    described = descriptor()
    described["resources"] = [each for each in described["resources"] if each["name"] in tables]
    (folder / "datapackage.json").write_text(json.dumps(described), encoding="utf-8")
    for entity, text in tables.items():
        (folder / FILES[entity]).write_text(text, encoding="utf-8")
    return folder


ORGANIZATION = identifier("Kommunen")
BATH, PARK = identifier("Badet"), identifier("Parken")
SERVICES = f"""id,organization_id,name,status,minimum_age
{BATH},{ORGANIZATION},Badet,active,7
{PARK},{ORGANIZATION},Parken,active,
"""
ORGANIZATIONS = f"id,name,description\n{ORGANIZATION},Kommunen,-\n"


@pytest.mark.parametrize("kind", ["folder", "zip"])
def test_the_standards_example_comes_out_as_it_went_in(
    database: Database, tmp_path: Path, kind: str
) -> None:
    needs_standard()
    source = EXAMPLES / "csv"
    if kind == "zip":
        source = tmp_path / "example.zip"
        with zipfile.ZipFile(source, "w") as archive:
            for file in (EXAMPLES / "csv").iterdir():
                archive.write(file, f"package/{file.name}")
    result = take_in(database, read_package(source))
    assert (result.accepted, result.rejected, result.faults) == (24, 0, [])
    assert take_in(database, read_package(source)).changes == []
    with database.reading() as session:
        write_package(session, tmp_path / "out.zip")
    with zipfile.ZipFile(tmp_path / "out.zip") as archive:
        for file in (EXAMPLES / "csv").glob("*.csv"):
            written = io.StringIO(archive.read(file.name).decode("utf-8"))
            with file.open(encoding="utf-8", newline="") as original:
                assert list(csv.DictReader(written)) == list(csv.DictReader(original))


def test_what_is_written_to_a_folder_goes_in_elsewhere_and_changes_nothing_here(
    sqlite: Database, tmp_path: Path
) -> None:
    take_in(sqlite, read_json(SAMPLE))
    with sqlite.reading() as session:
        write_package(session, tmp_path / "package")
    again = read_package(tmp_path / "package")
    again.source = "sample"
    result = take_in(sqlite, again)
    assert (result.changes, result.faults, result.doubts) == ([], [], [])


def test_numbers_and_empty_cells(sqlite: Database, tmp_path: Path) -> None:
    folder = _package(tmp_path, organization=ORGANIZATIONS, service=SERVICES)
    rows = {row.key[1]: row.values for row in read_package(folder).rows}
    assert rows[BATH]["minimum_age"] == 7
    assert rows[PARK]["minimum_age"] is None
    assert take_in(sqlite, read_package(folder)).count("added") == 3


def test_a_row_with_a_fault_takes_its_service_with_it(sqlite: Database, tmp_path: Path) -> None:
    schedules = f"""id,service_id,freq,byday,opens_at,closes_at
{identifier("1")},{BATH},WEEKLY,MO,09:00,16:00
{identifier("2")},{BATH},WEEKLY,MONDAY,09:00,16:00
{identifier("3")},{PARK},WEEKLY,MO,09:00,16:00
"""
    folder = _package(tmp_path, organization=ORGANIZATIONS, service=SERVICES, schedule=schedules)
    feed = read_package(folder)
    result = take_in(sqlite, feed)
    assert [str(fault) for fault in result.faults] == [
        "schedules.csv, row 3, byday: 'MONDAY' is not valid; "
        "write MO, TU, WE, TH, FR, SA or SU, with commas",
        f"services.csv, row 2, id: '{BATH}' has a schedule with a fault; "
        "mend schedule in schedules.csv, row 3 first",
        f"schedules.csv, row 2, service_id: '{BATH}' names a service that is left out; "
        "mend that service first",
    ]
    assert (result.accepted, result.rejected) == (3, 3)
    assert result.accepted + result.rejected == feed.records
    assert {change.id for change in result.changes} == {ORGANIZATION, PARK, identifier("3")}


@pytest.mark.parametrize(
    ("table", "text", "fault"),
    [
        (
            "service",
            f"id,name,status\n{BATH},Badet,active\n{BATH},Parken,active\n",
            f"services.csv, row 3, id: '{BATH}' is used twice; "
            "services.csv, row 2 has it with another name: give each its own id",
        ),
        (
            "service",
            f"id,organization_id,name,status\n{BATH},{PARK},Badet,active\n",
            f"services.csv, row 2, organization_id: '{PARK}' names no organization of this file "
            "or of the directory; add that organization or mend the id",
        ),
        (
            "phone",
            f"id,number\n{BATH},ring oss\n",
            "phones.csv, row 2, number: 'ring oss' is not valid; write a phone number",
        ),
        (
            "location",
            f"id,location_type,latitude\n{BATH},physical,north\n",
            "locations.csv, row 2, latitude: 'north' is of the wrong kind; write a number",
        ),
        (
            "location",
            f"id,location_type,latitude\n{BATH},physical,nan\n",
            "locations.csv, row 2, latitude: 'nan' is of the wrong kind; write a number",
        ),
        (
            "location",
            f"id,location_type\n{BATH},physical,58.3,13.8\n",
            "locations.csv, row 2: '13.8' is one cell too many; "
            'put "…" around values with a comma',
        ),
    ],
)
def test_a_fault_is_told_with_file_row_and_column(
    sqlite: Database, tmp_path: Path, table: str, text: str, fault: str
) -> None:
    result = take_in(sqlite, read_package(_package(tmp_path, **{table: text})))
    assert [str(each) for each in result.faults] == [fault]


def test_a_table_that_is_not_given_says_nothing(sqlite: Database, tmp_path: Path) -> None:
    phones = f"id,service_id,number\n{identifier('p')},{BATH},0500-00 20 00\n"
    whole = _package(tmp_path, organization=ORGANIZATIONS, service=SERVICES, phone=phones)
    take_in(sqlite, read_package(whole))
    (tmp_path / "part").mkdir()
    part = read_package(_package(tmp_path / "part", organization=ORGANIZATIONS, service=SERVICES))
    assert take_in(sqlite, part).changes == []
    (tmp_path / "empty").mkdir()
    empty = read_package(
        _package(
            tmp_path / "empty", organization=ORGANIZATIONS, service=SERVICES,
            phone="id,service_id,number\n",
        )
    )  # fmt: skip
    (change,) = take_in(sqlite, empty).changes
    assert (change.kind, change.entity) == ("removed", "phone")


@pytest.mark.parametrize("name", ["../services.csv", "/etc/passwd", "missing.csv"])
def test_only_files_of_the_package_are_read(tmp_path: Path, name: str) -> None:
    described = {"resources": [{"name": "service", "path": name}]}
    (tmp_path / "datapackage.json").write_text(json.dumps(described), encoding="utf-8")
    with pytest.raises(SourceError, match=r"outside|missing"):
        read_package(tmp_path)


@pytest.mark.parametrize("content", [b"", b"PK", b"{}"])
def test_what_is_no_package_is_told(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "package.zip").write_bytes(content)
    with pytest.raises(SourceError, match="not a zip file"):
        read_package(tmp_path / "package.zip")


def test_an_orphan_of_the_feed_may_belong_to_the_directory(
    sqlite: Database, tmp_path: Path
) -> None:
    take_in(sqlite, read_content({"id": ORGANIZATION, "name": "K", "description": "-"}, "o", "o"))
    assert take_in(sqlite, read_package(_package(tmp_path, service=SERVICES))).faults == []
