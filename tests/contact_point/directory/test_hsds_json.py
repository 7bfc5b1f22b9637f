"""HSDS JSON: every shape of a file, the standard's examples there and back unchanged."""

import json
from pathlib import Path
from typing import Any

import pytest

from contact_point.database import Database
from contact_point.directory import nested
from contact_point.directory.feed import SourceError
from contact_point.directory.hsds_json import kind_of, read_json
from contact_point.directory.tabular import read_package, write_package
from tests.contact_point.directory.feeds import (
    EXAMPLES,
    identifier,
    needs_standard,
    service,
    take_in,
    write,
)

_EXAMPLES = {
    "service_full": "service",
    "service_list": "service",
    "organization_full": "organization",
    "organization_list": "organization",
    "service_at_location_full": "service_at_location",
    "service_at_location_list": "service_at_location",
    "location": "location",
    "taxonomy": "taxonomy",
    "taxonomy_list": "taxonomy",
    "taxonomy_term": "taxonomy_term",
    "taxonomy_term_list": "taxonomy_term",
}


@pytest.mark.parametrize(("name", "entity"), _EXAMPLES.items())
def test_the_standards_examples_come_out_as_they_went_in(
    database: Database, name: str, entity: str
) -> None:
    needs_standard()
    path = EXAMPLES / f"{name}.json"
    example = json.loads(path.read_text(encoding="utf-8"))
    entities = example["contents"] if name.endswith("_list") else [example]
    assert [kind_of(each) for each in entities] == [entity] * len(entities)
    result = take_in(database, read_json(path))
    assert (result.accepted, result.faults) == (len(entities), [])
    assert take_in(database, read_json(path)).changes == []
    with database.reading() as session:
        show = nested.brief if name.endswith("_list") else nested.full
        assert show(session, entity, [each["id"] for each in entities]) == entities


@pytest.mark.parametrize(
    "wrap",
    [
        lambda each: each,
        lambda each: [each],
        lambda each: {"contents": [each], "page_number": 1},
        lambda each: {"services": [each]},
    ],
    ids=["one", "a list", "a page", "a package"],
)
def test_shapes_of_a_file(sqlite: Database, tmp_path: Path, wrap: Any) -> None:
    feed = read_json(write(tmp_path, wrap(service("Badet"))))
    assert take_in(sqlite, feed).accepted == 1
    with sqlite.reading() as session:
        (there,) = nested.full(session, "service", [service("Badet")["id"]])
    assert there == service("Badet")


def _with_holidays() -> dict[str, Any]:
    """A service whose parts all have other hours than usual."""
    whole = service("Badet")
    place = whole["service_at_locations"][0]
    whole["organization"] = {"id": identifier("o"), "name": "Kommunen", "description": "-"}
    for number, owner in enumerate((whole["organization"], whole, place, place["location"])):
        owner["holiday_schedules"] = [
            {"id": identifier(f"a {number}"), "day": "public_holiday", "closed": False},
            {
                "id": identifier(f"b {number}"),
                "start_date": "2026-12-07",
                "end_date": "2026-12-11",
                "closed": True,
                "description": "Flytt",
            },
        ]
    return whole


def test_other_hours_than_usual_come_out_as_they_went_in(
    database: Database, tmp_path: Path
) -> None:
    content = _with_holidays()
    assert take_in(database, read_json(write(tmp_path, content))).faults == []
    with database.reading() as session:
        assert nested.full(session, "service", [content["id"]]) == [content]
        write_package(session, tmp_path / "package.zip")
    again = take_in(database, read_package(tmp_path / "package.zip"))
    assert (again.faults, again.changes) == ([], [])


@pytest.mark.parametrize(
    ("row", "column"),
    [
        ({"closed": True}, "start_date"),
        ({"closed": "yes", "day": "public_holiday"}, "closed"),
        ({"day": "public_holiday"}, "closed"),
        ({"closed": True, "day": "sunday"}, "day"),
        ({"closed": True, "day": "public_holiday", "opens_at": "09:00"}, "closed"),
        ({"closed": False, "start_date": "2026-12-11", "end_date": "2026-12-07"}, "end_date"),
        ({"closed": False, "start_date": "2026-12-11", "opens_at": "16:00", "closes_at": "9:00"},
         "closes_at"),
    ],
)  # fmt: skip
def test_faults_of_other_hours_are_told(
    sqlite: Database, tmp_path: Path, row: dict[str, Any], column: str
) -> None:
    content = service("Badet") | {"holiday_schedules": [{"id": identifier("h")} | row]}
    result = take_in(sqlite, read_json(write(tmp_path, content)))
    assert (result.accepted, result.rejected) == (0, 1)
    assert [fault.column for fault in result.faults] == [column]


@pytest.mark.parametrize("page", [{"contents": []}, []])
def test_an_empty_page_has_nothing_and_no_fault(tmp_path: Path, page: object) -> None:
    feed = read_json(write(tmp_path, page))
    assert (feed.records, feed.rows, feed.faults) == (0, [], [])


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("name,status\nBadet,active", "not JSON"),
        ('[{"id": ', "not JSON"),
        ('"Badet"', "write one HSDS entity"),
        ("[1, 2]", "write one HSDS entity"),
    ],
)
def test_a_file_that_is_no_hsds(tmp_path: Path, text: str, problem: str) -> None:
    path = tmp_path / "services.json"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(SourceError, match=problem):
        read_json(path)


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="no such file"):
        read_json(tmp_path / "nowhere.json")


@pytest.mark.parametrize(
    ("key", "value", "place", "mend"),
    [
        ("phones", 5, "#/0/phones", "write [ ] around it"),
        ("service_at_locations", "here", "#/0/service_at_locations", "write [ ] around it"),
        ("languages", ["sv"], "#/0/languages/0", "write the language in { }"),
        ("organization", "Kommunen", "#/0/organization", "write the organization in { }"),
    ],
)
def test_what_is_not_nested_right_is_told(
    tmp_path: Path, key: str, value: object, place: str, mend: str
) -> None:
    feed = read_json(write(tmp_path, [service("Badet") | {key: value}]))
    (told,) = feed.faults
    assert (told[1].where, told[1].mend) == (f"services.json{place}", mend)


@pytest.mark.parametrize("number", ["NaN", "Infinity"])
def test_what_json_does_not_have(tmp_path: Path, number: str) -> None:
    path = tmp_path / "places.json"
    path.write_text(f'[{{"location_type": "physical", "latitude": {number}}}]', encoding="utf-8")
    with pytest.raises(SourceError, match=f"{number} is not a number"):
        read_json(path)
