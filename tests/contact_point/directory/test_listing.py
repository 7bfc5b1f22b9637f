"""Which rows the lists of the public API hold, on both databases."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy.orm import Session

from contact_point.database import Database
from contact_point.directory.hsds_json import read_content
from contact_point.directory.importer import import_feed
from contact_point.directory.listing import Filters, listed
from contact_point.directory.spoken import language_codes
from tests.contact_point.directory.feeds import identifier, service

ZONE = ZoneInfo("Europe/Stockholm")
MONDAY_TEN = datetime(2026, 11, 23, 10, 0, tzinfo=ZONE)
TAXONOMY = {"id": identifier("taxonomy"), "name": "Ämnen", "description": "-"}


def _term(name: str, **more: Any) -> dict[str, Any]:
    term = {"id": identifier(name), "name": name, "description": "-", "taxonomy_detail": TAXONOMY}
    return term | more


def _services() -> list[dict[str, Any]]:
    bath, park, far = service("Öppna badet"), service("Parken"), service("Långt bort")
    bath["languages"] = [{"id": identifier("kmr"), "code": "kmr"}]
    bath["attributes"] = [{"id": identifier("a"), "taxonomy_term": _term("Simning")}]
    park["languages"] = [{"id": identifier("fa"), "code": "fa"}]
    park["last_modified"] = "2026-11-20T09:00:00+01:00"
    park["translations"] = [
        {"id": identifier("t"), "field": "name", "language": "ru", "text": "Городской Парк",
         "status": "draft"}
    ]  # fmt: skip
    far["languages"] = []
    there = far["service_at_locations"][0]
    there["schedules"][0]["byday"] = "TU"
    there["location"] |= {"latitude": 59.3, "longitude": 18.1}
    there["location"]["addresses"][0]["postal_code"] = "111 11"
    return [bath, park, far]


@pytest.fixture
def session(database: Database) -> Iterator[Session]:
    """Three services, and terms below one another."""
    tree = [_term("Idrott"), _term("Bollsport", parent_id=identifier("Idrott"))]
    with database.transaction() as session:
        for content in (_services(), tree):
            assert import_feed(session, read_content(content, "x.json", "x")).faults == []
        yield session


def _names(session: Session, **filters: Any) -> list[str]:
    by_id = {each["id"]: each["name"] for each in _services()}
    return [by_id[each] for each in listed(session, "service", Filters(**filters), ZONE)]


@pytest.mark.parametrize(
    ("filters", "names"),
    [
        ({}, ["Öppna badet", "Parken", "Långt bort"]),
        ({"search": "öppna"}, ["Öppna badet"]),
        ({"search": "ÖPPNA BAD"}, ["Öppna badet"]),
        ({"search": "парк"}, ["Parken"]),
        ({"search": "100%"}, []),
        ({"search": "öppna parken"}, []),
        ({"taxonomy_term_id": identifier("Simning")}, ["Öppna badet"]),
        ({"taxonomy_id": TAXONOMY["id"]}, ["Öppna badet"]),
        ({"modified_after": datetime(2026, 11, 1, tzinfo=ZONE)}, ["Parken"]),
        ({"modified_after": datetime(2026, 11, 21, tzinfo=ZONE)}, []),
        ({"language": "ku"}, ["Öppna badet"]),
        ({"language": "kmr"}, ["Öppna badet"]),
        ({"language": "ckb"}, []),
        ({"language": "prs"}, ["Parken"]),
        ({"language": "fas"}, ["Parken"]),
        ({"open_at": MONDAY_TEN}, ["Öppna badet", "Parken"]),
        ({"near": (59.3, 18.0)}, ["Långt bort", "Öppna badet", "Parken"]),
        ({"near": (59.3, 18.0), "proximity": 10_000}, ["Långt bort"]),
        ({"near": (59.3, 18.0), "proximity": 10_000, "language": "fa"}, []),
        ({"postcode": "11111", "proximity": 10_000}, ["Långt bort"]),
        ({"postcode": "222 22"}, []),
    ],
)
def test_filters(session: Session, filters: dict[str, Any], names: list[str]) -> None:
    assert _names(session, **filters) == names


def test_terms_of_a_tree(session: Session) -> None:
    top = listed(session, "taxonomy_term", Filters(top_only=True), ZONE)
    assert set(top) == {identifier("Simning"), identifier("Idrott")}
    below = Filters(parent_id=identifier("Idrott"))
    assert listed(session, "taxonomy_term", below, ZONE) == [identifier("Bollsport")]


@pytest.mark.parametrize(
    ("asked", "found"),
    [("fa", "prs"), ("prs", "fa"), ("ku", "ckb"), ("kmr", "ku"), ("so", "som"), ("som", "so")],
)
def test_a_language_by_all_its_names(asked: str, found: str) -> None:
    assert found in language_codes(asked)


def test_languages_that_are_not_the_same() -> None:
    assert "ckb" not in language_codes("kmr")
    assert "uk" not in language_codes("ru")
