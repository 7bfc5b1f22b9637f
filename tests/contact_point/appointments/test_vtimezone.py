"""The rules of time zones in calendar objects, as a program without zones of its own uses them."""

import io
from datetime import datetime, timezone
from zoneinfo import ZoneInfo

import icalendar
import pytest
from dateutil.tz import tzical

from contact_point.appointments.vtimezone import add_time_zones, vtimezone
from tests.contact_point.appointments.sample import ZONE
from tests.contact_point.appointments.wall_clock import QUARTER, clock_changes

ZONES = (
    "Europe/Stockholm",
    "Europe/Dublin",
    "America/New_York",
    "Australia/Lord_Howe",
    "Pacific/Apia",
    "Asia/Kolkata",
    "Africa/Casablanca",
    "UTC",
)


def _as_read(zone: ZoneInfo, first: int) -> object:
    """What another library makes of the rules."""
    calendar = icalendar.Calendar()
    calendar.add_component(vtimezone(zone, first))
    return tzical(io.StringIO(calendar.to_ical().decode().replace("\r\n", "\n"))).get(zone.key)


def test_the_rules_of_sweden_are_the_two_yearly_ones() -> None:
    lines = vtimezone(ZONE, 2025).to_ical().decode().splitlines()
    assert lines == [
        "BEGIN:VTIMEZONE",
        "TZID:Europe/Stockholm",
        "BEGIN:DAYLIGHT",
        "DTSTART:20250330T020000",
        "RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=3",
        "TZOFFSETFROM:+0100",
        "TZOFFSETTO:+0200",
        "END:DAYLIGHT",
        "BEGIN:STANDARD",
        "DTSTART:20251026T030000",
        "RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=10",
        "TZOFFSETFROM:+0200",
        "TZOFFSETTO:+0100",
        "END:STANDARD",
        "END:VTIMEZONE",
    ]


@pytest.mark.parametrize("name", ZONES)
@pytest.mark.parametrize("year", range(2026, 2036))
def test_another_library_reckons_the_same(name: str, year: int) -> None:
    zone = ZoneInfo(name)
    read = _as_read(zone, year - 1)
    moments = [datetime(year, month, 15, 10, tzinfo=timezone.utc) for month in range(1, 13)]
    for change in clock_changes(zone, year, year):
        moments += [change + number * QUARTER for number in range(-12, 13)]
    for moment in moments:
        local = moment.astimezone(zone)
        if not local.fold:  # what comes for the second time is written in UTC
            assert local.replace(tzinfo=read).utcoffset() == local.utcoffset(), moment


@pytest.mark.parametrize("name", ["Europe/Stockholm", "America/New_York", "Australia/Lord_Howe"])
def test_there_are_no_lists_of_dates(name: str) -> None:
    text = vtimezone(ZoneInfo(name), 2025).to_ical().decode()
    assert text.count("RRULE:FREQ=YEARLY") == 2
    assert "RDATE" not in text


def test_only_zones_that_are_named_are_added() -> None:
    calendar = icalendar.Calendar()
    event = icalendar.Event()
    event.add("dtstart", datetime(2026, 10, 25, 1, 30, tzinfo=timezone.utc))
    calendar.add_component(event)
    add_time_zones(calendar)
    assert not calendar.walk("VTIMEZONE")
    event["dtstart"] = icalendar.vDDDTypes(datetime(2026, 7, 1, 9, tzinfo=ZONE))
    event["dtstart"].params["TZID"] = ZONE.key
    add_time_zones(calendar)
    assert [str(each["tzid"]) for each in calendar.walk("VTIMEZONE")] == [ZONE.key]
