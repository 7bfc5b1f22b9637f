"""Towns, postal codes and borders."""

import json

import pytest

from contact_point.database import Database
from contact_point.directory.places import POSTCODE, centre, is_in, serves, towns
from contact_point.directory.tables import (
    Address,
    Location,
    Service,
    ServiceArea,
    ServiceAtLocation,
)

PLACES = [
    ("Biblioteket", "Exempelby", "999 01", 58.39, 13.84),
    ("Badet", "Exempelby", "999 03", 58.41, 13.86),
    ("Sjöstads bibliotek", "Sjöstad", "999 20", 58.45, 13.90),
    ("Skogsby", "Skogsby", "999 40", None, None),
]


@pytest.fixture
def filled(database: Database) -> Database:
    """Four places."""
    with database.transaction() as session:
        for number, (name, city, code, latitude, longitude) in enumerate(PLACES):
            session.add(
                Location(
                    id=f"place {number}",
                    location_type="physical",
                    name=name,
                    latitude=latitude,
                    longitude=longitude,
                )
            )
            session.flush()
            session.add(
                Address(
                    id=f"address {number}",
                    location_id=f"place {number}",
                    address_1="Storgatan 1",
                    city=city,
                    state_province="-",
                    postal_code=code,
                    country="SE",
                    address_type="physical",
                )
            )
    return database


@pytest.mark.parametrize(
    ("place", "expected"),
    [
        ("Exempelby", (58.40, 13.85)),
        ("exempelby", (58.40, 13.85)),
        ("SJOSTAD", (58.45, 13.90)),
        ("Badet", (58.41, 13.86)),
        ("999 20", (58.45, 13.90)),
        ("99903", (58.41, 13.86)),
        ("999 39", (58.4167, 13.8667)),  # its neighbours: 999 xx
        ("123 45", None),
        ("Skogsby", None),
        ("Lund", None),
    ],
)
def test_the_middle_of_a_place(
    filled: Database, place: str, expected: tuple[float, float] | None
) -> None:
    with filled.reading() as session:
        found = centre(session, place)
        assert towns(session) == ["Exempelby", "Sjöstad", "Skogsby"]
    if expected is None or found is None:
        assert found == expected
        return
    assert found == pytest.approx(expected, abs=1e-4)


SQUARE = {
    "type": "Polygon",
    "coordinates": [[[13.8, 58.3], [13.9, 58.3], [13.9, 58.4], [13.8, 58.4], [13.8, 58.3]]],
}


def _served(*areas: ServiceArea, location_type: str = "physical") -> ServiceAtLocation:
    return ServiceAtLocation(
        service_areas=list(areas),
        service=Service(service_areas=[]),
        location=Location(location_type=location_type, name="Huset", addresses=[]),
    )


@pytest.mark.parametrize(
    ("extent", "inside", "outside"),
    [
        (json.dumps(SQUARE), True, False),
        (json.dumps({"type": "Feature", "geometry": SQUARE}), True, False),
        ("Exempelby", True, True),
        ("{broken", True, True),
        ('{"type": "Polygon"}', True, True),
        (None, True, True),
    ],
)
def test_who_is_served(extent: str | None, inside: bool, outside: bool) -> None:
    place = _served(ServiceArea(extent=extent, extent_type="geojson"))
    assert serves(place, (58.35, 13.85)) == inside
    assert serves(place, (58.45, 13.85)) == outside


def test_what_is_on_the_phone_is_where_it_serves() -> None:
    area = ServiceArea(name="Exempelby")
    assert is_in(_served(area, location_type="virtual"), "exempelby")
    assert not is_in(_served(area, location_type="virtual"), "Sjöstad")
    assert not is_in(_served(area), "Exempelby")
    assert is_in(_served(area), "huset")


@pytest.mark.parametrize(
    ("text", "found"),
    [("999 01", True), ("jag bor på 99901", True), ("0500-00 20 00", False), ("1234567", False)],
)
def test_postal_codes_in_a_text(text: str, found: bool) -> None:
    assert bool(POSTCODE.search(text)) == found
