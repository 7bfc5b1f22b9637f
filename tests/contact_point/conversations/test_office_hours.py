"""When advisers answer: hours, holidays, the municipality's closed days, clock changes."""

from datetime import date, datetime, timezone

import msgspec
import pytest

from contact_point.conversations.office_hours import OfficeHours, office_hours, opens_in_words
from contact_point.settings import Closed, Municipality
from tests.contact_point.conversations.sample import municipality

OPEN = OfficeHours(True, None)


def _with(**changes: object) -> Municipality:
    return msgspec.structs.replace(municipality(), **changes)


def _hours(at: str, **changes: object) -> OfficeHours:
    """The desk's hours at a wall time of the municipality."""
    changed = _with(**changes)
    moment = datetime.fromisoformat(at)
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=changed.zone)
    return office_hours(changed, moment.astimezone(timezone.utc))


@pytest.mark.parametrize(
    ("at", "opens"),
    [
        ("2026-11-26 08:59", "2026-11-26 09:00"),
        ("2026-11-26 09:00", None),
        ("2026-11-26 17:59", None),
        ("2026-11-26 18:00", "2026-11-27 09:00"),
        ("2026-11-27 14:59", None),
        ("2026-11-27 15:00", "2026-11-30 09:00"),  # over the weekend
        ("2026-11-28 10:00", "2026-11-30 09:00"),
        ("2026-12-24 10:00", "2026-12-28 09:00"),  # closed day, Christmas, weekend
        ("2026-12-30 16:00", "2027-01-04 09:00"),  # closed day, New Year, weekend
        ("2026-04-02 18:00", "2026-04-07 09:00"),  # Easter
        ("2026-05-14 10:00", "2026-05-15 09:00"),  # Ascension Day
        ("2026-03-27 15:00", "2026-03-30 09:00"),  # the clock goes forward
        ("2026-10-23 15:00", "2026-10-26 09:00"),  # the clock goes back
    ],
)
def test_open_or_when_it_opens(at: str, opens: str | None) -> None:
    hours = _hours(at)
    if opens is None:
        assert hours == OPEN
    else:
        zone = municipality().zone
        assert hours == OfficeHours(False, datetime.fromisoformat(opens).replace(tzinfo=zone))


@pytest.mark.parametrize(
    ("at", "is_open"),
    [
        ("2026-03-27T08:00+00:00", True),  # nine o'clock is UTC+1
        ("2026-03-27T07:59+00:00", False),
        ("2026-03-30T07:00+00:00", True),  # and UTC+2 after the change
        ("2026-03-30T06:59+00:00", False),
        ("2026-10-23T07:00+00:00", True),
        ("2026-10-26T07:59+00:00", False),
        ("2026-10-26T08:00+00:00", True),
    ],
)
def test_hours_are_wall_time(at: str, is_open: bool) -> None:
    assert _hours(at).is_open == is_open


@pytest.mark.parametrize(
    "hours", ["09:00-12:00, 13:00-16:00", "13:00-16:00, 09:00-12:00"], ids=["sorted", "unsorted"]
)
@pytest.mark.parametrize(
    ("clock", "opens"),
    [("08:00", "09:00"), ("11:59", None), ("12:00", "13:00"), ("15:59", None)],
)
def test_a_lunch_break(hours: str, clock: str, opens: str | None) -> None:
    found = _hours(f"2026-11-26 {clock}", opening_hours={"thursday": hours})
    assert found.is_open == (opens is None)
    assert (found.opens and f"{found.opens:%H:%M}") == opens


def test_a_closed_day() -> None:
    closed = Closed(dates=(date(2026, 11, 26), date(2026, 11, 27)))
    found = _hours("2026-11-26 10:00", closed=closed)
    assert found.opens is not None
    assert found.opens.date() == date(2026, 11, 30)


def test_a_desk_that_never_opens() -> None:
    assert _hours("2026-11-26 10:00", opening_hours={}) == OfficeHours(False, None)


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", "Thursday 26 November 09:00"),
        ("sv", "torsdag 26 november 09:00"),
        ("ar", "الخميس 26 نوفمبر 09:00"),
    ],
)
def test_words(language: str, words: str) -> None:
    opens = datetime(2026, 11, 26, 8, tzinfo=timezone.utc)
    assert opens_in_words(municipality(), opens, language) == words
