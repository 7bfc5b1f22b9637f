"""What staff are told to look at."""

from datetime import date

import pytest
from sqlalchemy import select

from contact_point.clock import system_clock
from contact_point.database import Database
from contact_point.directory.finding import note_showings
from contact_point.directory.hsds_json import read_content
from contact_point.directory.importer import import_feed
from contact_point.directory.quality import Listed, duplicates, services_to_look_at
from contact_point.directory.tables import Service
from tests.contact_point.directory.feeds import identifier, service

TODAY = date(2026, 11, 26)


def _at(name: str, phone: str, street: str) -> dict[str, object]:
    return {
        "id": identifier(f"{name} at"),
        "location": {
            "id": identifier(f"{name} place"),
            "location_type": "physical",
            "addresses": [
                {
                    "id": identifier(f"{name} address"),
                    "address_1": street,
                    "city": "Exempelby",
                    "state_province": "Västra Götalands län",
                    "postal_code": "999 01",
                    "country": "SE",
                    "address_type": "physical",
                }
            ],
        },
        "phones": [{"id": identifier(f"{name} phone"), "number": phone}],
    }


SERVICES = [
    ("Språkkafé Tallen", "0500-00 31 60", "Tallvägen 1", "2026-11-01"),
    ("Språkkaféet på Tallens mötesplats", "0500 003160", "Granvägen 9", "2026-11-01"),
    ("Folktandvården", "0500-00 31 60", "Ekvägen 1", "2026-05-01"),
    ("Läxhjälpen", "0500-00 40 00", "Tallvägen 1", None),
    ("Språkkaféet Tallen", "0500-00 99 99", "TALLVÄGEN 1", "2026-05-30"),
]


def _fill(database: Database) -> dict[str, Listed]:
    content = [
        service(name)
        | {"phones": [], "service_at_locations": [_at(name, phone, street)]}
        | ({"assured_date": checked} if checked else {})
        for name, phone, street, checked in SERVICES
    ]
    with database.transaction() as session:
        assert import_feed(session, read_content(content, "x.json", "x")).faults == []
    with database.reading() as session:
        return {each.name: each for each in services_to_look_at(session, TODAY)}


def test_probable_duplicates_share_a_number_or_an_address_and_most_of_the_name(
    database: Database,
) -> None:
    listed = _fill(database)
    assert listed["Språkkafé Tallen"].alike == (
        "Språkkaféet Tallen",
        "Språkkaféet på Tallens mötesplats",
    )
    assert listed["Folktandvården"].alike == ()
    assert listed["Läxhjälpen"].alike == ()
    with database.reading() as session:
        assert len(duplicates(session)) == 2
        assert len(session.scalars(select(Service)).all()) == len(SERVICES)  # never merged


@pytest.mark.parametrize(
    ("name", "stale"),
    [
        ("Språkkafé Tallen", False),
        ("Folktandvården", True),
        ("Läxhjälpen", True),
        ("Språkkaféet Tallen", False),  # 180 days
    ],
)
def test_not_checked_for_half_a_year(database: Database, name: str, stale: bool) -> None:
    assert _fill(database)[name].is_stale == stale


def test_never_found_until_it_is_shown(database: Database) -> None:
    listed = _fill(database)
    assert all(each.is_never_found for each in listed.values())
    shown = listed["Läxhjälpen"].id
    for _ in range(2):
        with database.transaction() as session:
            note_showings(session, (shown,), system_clock())
    with database.reading() as session:
        after = {each.id: each for each in services_to_look_at(session, TODAY)}
    assert [each.name for each in after.values() if not each.is_never_found] == ["Läxhjälpen"]
