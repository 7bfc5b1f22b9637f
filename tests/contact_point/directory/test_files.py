"""Services as files for a phone."""

from datetime import datetime
from zoneinfo import ZoneInfo

import icalendar
import pytest
import vobject

from contact_point.directory.files import vcard, visit
from contact_point.directory.tables import (
    Address,
    Location,
    Organization,
    Phone,
    Schedule,
    Service,
    ServiceAtLocation,
)

ZONE = ZoneInfo("Europe/Stockholm")


def _place(**schedule: str) -> ServiceAtLocation:
    """Nothing of it is stored."""
    address = Address(
        address_1="Storgatan 1; port B", city="Exempelby", postal_code="999 01", country="SE"
    )
    schedules = [Schedule(freq="WEEKLY", byday="MO,WE", **schedule)] if schedule else []
    return ServiceAtLocation(
        id="6b1f3c0e-0000-4000-8000-000000000001",
        schedules=schedules,
        holiday_schedules=[],
        phones=[Phone(number="0500-00 10 00")],
        service=Service(
            name="Språkkafé, måndagar",
            email="kafe@exempelby.example",
            url="https://exempelby.example/kafe",
            organization=Organization(name="Exempelby kommun", holiday_schedules=[]),
            schedules=[],
            holiday_schedules=[],
            phones=[],
        ),
        location=Location(
            location_type="physical",
            addresses=[address],
            schedules=[],
            holiday_schedules=[],
            phones=[],
        ),
    )


def test_a_contact_is_read_back_as_it_was() -> None:
    contact = vobject.readOne(vcard(_place()))
    assert contact.fn.value == "Språkkafé, måndagar"
    assert contact.org.value == ["Exempelby kommun"]
    assert contact.tel.value == "0500-00 10 00"
    assert contact.adr.value.street == "Storgatan 1; port B"
    assert (contact.adr.value.code, contact.adr.value.city) == ("999 01", "Exempelby")
    assert contact.email.value == "kafe@exempelby.example"
    assert contact.version.value == "3.0"


@pytest.mark.parametrize(
    ("at", "starts", "ends"),
    [
        ("2026-11-26T10:00+01:00", "2026-11-30T09:00+01:00", "2026-11-30T16:00+01:00"),
        ("2026-11-30T10:00+01:00", "2026-12-02T09:00+01:00", "2026-12-02T16:00+01:00"),
        ("2026-03-27T10:00+01:00", "2026-03-30T09:00+02:00", "2026-03-30T16:00+02:00"),
        ("2026-12-22T10:00+01:00", "2026-12-23T09:00+01:00", "2026-12-23T16:00+01:00"),
    ],
)
def test_the_next_opening_as_an_event(at: str, starts: str, ends: str) -> None:
    content = visit(_place(opens_at="09:00", closes_at="16:00"), datetime.fromisoformat(at), ZONE)
    assert content
    event = icalendar.Calendar.from_ical(content).walk("VEVENT")[0]
    assert event.decoded("dtstart") == datetime.fromisoformat(starts)
    assert event.decoded("dtend") == datetime.fromisoformat(ends)
    assert event["summary"] == "Språkkafé, måndagar"
    assert event["location"] == "Storgatan 1; port B, 999 01 Exempelby"


def test_no_event_where_hours_are_not_known() -> None:
    assert visit(_place(), datetime(2026, 11, 26, 10, tzinfo=ZONE), ZONE) is None
