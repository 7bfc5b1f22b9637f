"""Calendar objects, read as a mail program or a calendar reads them."""

from datetime import date, datetime, time, timedelta, timezone
from email.utils import parseaddr

import icalendar
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from contact_point.appointments.booking import book, cancel, move
from contact_point.appointments.calendar import Calendar
from contact_point.appointments.calendar_object import calendar_object
from contact_point.appointments.links import calendar_link, is_own
from contact_point.appointments.subjects import SUBJECTS
from contact_point.appointments.tables import BOOKED, CANCELLED, Appointment, Caseworker
from contact_point.database import Database
from contact_point.settings import load_settings
from tests.contact_point.appointments.sample import NOW, ZONE, at, caseworker, clock, request

MUNICIPALITY = load_settings().municipality
TEN = at(26, 10)


class MailProgram:
    """Takes in calendar objects one after the other, by RFC 5546: the highest SEQUENCE of a UID
    counts; CANCEL takes it out."""

    def __init__(self) -> None:
        self.events: dict[str, icalendar.Event] = {}
        self._sequences: dict[str, int] = {}

    def receive(self, content: bytes) -> None:
        """One object."""
        calendar = icalendar.Calendar.from_ical(content)
        (event,) = calendar.walk("VEVENT")
        uid, sequence = str(event["uid"]), int(event["sequence"])
        if sequence < self._sequences.get(uid, 0):
            return
        self._sequences[uid] = sequence
        if calendar["method"] == "CANCEL":
            assert event["status"] == "CANCELLED"
            self.events.pop(uid, None)
        else:
            self.events[uid] = event


def _appointment(starts_at: datetime, **fields: object) -> Appointment:
    """Nothing of it is stored."""
    known: dict[str, object] = {
        "id": 7,
        "code": "KABC2345",
        "subject": "housing",
        "caseworker": Caseworker(id="amina", first_name="Amina"),
        "starts_at": starts_at,
        "ends_at": starts_at + timedelta(minutes=30),
        "zone": "Europe/Stockholm",
        "name": "Sara",
        "email": "sara@example.org",
        "language": "sv",
        "interpreter": False,
        "state": BOOKED,
        "sequence": 0,
    }
    return Appointment(**known | fields)


def _event(appointment: Appointment, by_email: bool = True) -> icalendar.Event:
    content, _ = calendar_object(appointment, MUNICIPALITY, NOW, by_email)
    (event,) = icalendar.Calendar.from_ical(content).walk("VEVENT")
    return event


def test_booked_moved_and_cancelled_ends_with_an_empty_calendar(
    database: Database, calendar: Calendar
) -> None:
    program = MailProgram()
    contents = []

    def send(appointment: Appointment) -> None:
        contents.append(calendar_object(appointment, MUNICIPALITY, NOW, by_email=True)[0])
        program.receive(contents[-1])

    with database.transaction() as session:
        session.add(caseworker())
        session.flush()
        booked = book(session, calendar, request(TEN), clock)
        assert isinstance(booked, Appointment)
        send(booked)
        assert [event.decoded("dtstart") for event in program.events.values()] == [TEN]
        moved = move(session, calendar, booked.id, at(27, 14), clock)
        assert isinstance(moved, Appointment)
        send(moved)
        assert [event.decoded("dtstart") for event in program.events.values()] == [at(27, 14)]
        send(cancel(session, calendar, booked.id, clock))
    assert program.events == {}
    for late in contents[:2]:  # a mail that was held up brings nothing back
        program.receive(late)
    assert program.events == {}


def test_moving_to_the_same_time_is_no_change(database: Database, calendar: Calendar) -> None:
    with database.transaction() as session:
        session.add(caseworker())
        session.flush()
        booked = book(session, calendar, request(TEN), clock)
        assert isinstance(booked, Appointment)
        move(session, calendar, booked.id, TEN, clock)
        assert booked.sequence == 0
        cancel(session, calendar, booked.id, clock)
        cancel(session, calendar, booked.id, clock)
        assert booked.sequence == 1


@pytest.mark.parametrize(
    ("state", "by_email", "method"),
    [
        (BOOKED, True, "REQUEST"),
        (BOOKED, False, "PUBLISH"),
        (CANCELLED, True, "CANCEL"),
        (CANCELLED, False, "CANCEL"),
    ],
)
def test_the_method(state: str, by_email: bool, method: str) -> None:
    content, told = calendar_object(_appointment(TEN, state=state), MUNICIPALITY, NOW, by_email)
    calendar = icalendar.Calendar.from_ical(content)
    assert (calendar["method"], told) == (method, method)
    assert ("attendee" in calendar.walk("VEVENT")[0]) == by_email


def test_what_it_tells() -> None:
    event = _event(_appointment(TEN, interpreter=True))
    assert event["summary"] == f"Boende – {MUNICIPALITY.name}"
    assert event["summary"].params["LANGUAGE"] == "sv"
    assert "KABC-2345" in event["description"]
    assert "Amina" in event["description"]
    assert "Tolk:" in event["description"]
    assert event["location"] == MUNICIPALITY.contact.address
    assert event["organizer"] == f"mailto:{MUNICIPALITY.contact.email}"
    assert parseaddr(str(event["attendee"]).removeprefix("mailto:"))[1] == "sara@example.org"
    assert str(event["uid"]).startswith("appointment-7@")


def test_who_gave_no_name_has_none_there() -> None:
    assert "CN" not in _event(_appointment(TEN, name=""))["attendee"].params


@pytest.mark.parametrize("language", MUNICIPALITY.languages)
@pytest.mark.parametrize("subject", SUBJECTS)
def test_every_language_survives_folding(language: str, subject: str) -> None:
    event = _event(_appointment(TEN, language=language, subject=subject, name="Мар'ям; Ali, مريم"))
    assert MUNICIPALITY.name in event["summary"]
    assert event["attendee"].params["CN"] == "Мар'ям; Ali, مريم"


def test_no_line_is_longer_than_the_standard_allows() -> None:
    content, _ = calendar_object(_appointment(TEN, language="ti"), MUNICIPALITY, NOW, True)
    assert all(len(line) <= 75 for line in content.split(b"\r\n"))


def _clock_changes() -> list[date]:
    """The days before, of and after each clock change of 2026-2035."""
    found = []
    for year in range(2026, 2036):
        for month in (3, 10):
            last = date(year, month, 31)
            sunday = last - timedelta(days=(last.weekday() + 1) % 7)
            found += [sunday + timedelta(days=offset) for offset in (-1, 0, 1)]
    return found


@pytest.mark.parametrize("day", _clock_changes())
def test_around_clock_changes_the_wall_time_is_the_one_promised(day: date) -> None:
    starts_at = datetime.combine(day, time(9, 30), ZONE).astimezone(timezone.utc)
    content, _ = calendar_object(_appointment(starts_at), MUNICIPALITY, NOW, True)
    calendar = icalendar.Calendar.from_ical(content)
    (event,) = calendar.walk("VEVENT")
    assert event["dtstart"].params["TZID"] == "Europe/Stockholm"
    assert event.decoded("dtstart").replace(tzinfo=None) == datetime.combine(day, time(9, 30))
    assert event.decoded("dtstart") == starts_at
    # A calendar without Europe/Stockholm of its own reckons with the object's own rules.
    (zone,) = calendar.walk("VTIMEZONE")
    assert zone.to_tz(lookup_tzid=False).utcoffset(datetime.combine(day, time(9, 30))) == (
        starts_at.astimezone(ZONE).utcoffset()
    )


@given(st.integers(0, 10 * 365 * 24 * 60), st.integers(0, 99))
@settings(derandomize=True, max_examples=60, deadline=None)
def test_any_instant_is_read_back(minutes: int, sequence: int) -> None:
    starts_at = datetime(2026, 1, 1, tzinfo=timezone.utc) + timedelta(minutes=minutes)
    event = _event(_appointment(starts_at, sequence=sequence))
    assert event.decoded("dtstart").astimezone(timezone.utc) == starts_at
    assert int(event["sequence"]) == sequence


def test_a_link_opens_one_appointment_alone() -> None:
    link = calendar_link("http://localhost/", "s" * 32, _appointment(TEN))
    proof = link.rsplit("/", 1)[1].removesuffix(".ics")
    assert link.startswith("http://localhost/appointments/7/")
    assert is_own("s" * 32, 7, proof)
    assert not is_own("s" * 32, 8, proof)
    assert not is_own("t" * 32, 7, proof)
    assert not is_own("s" * 32, 7, "")
