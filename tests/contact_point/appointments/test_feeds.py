"""The calendar to subscribe to, read as a calendar reads it."""

from datetime import timedelta

import icalendar
import msgspec
import pytest
from sqlalchemy.orm import Session

from contact_point.appointments import feeds
from contact_point.appointments.booking import book, cancel, confirm, hold, mark, move
from contact_point.appointments.calendar import Calendar
from contact_point.appointments.calendar_object import uid
from contact_point.appointments.codes import show_code
from contact_point.appointments.tables import (
    ATTENDED,
    PENDING,
    PHONE,
    VIDEO,
    Appointment,
    Office,
    Resource,
)
from contact_point.database import Database
from contact_point.settings import load_settings
from tests.contact_point.appointments.sample import (
    NOW,
    at,
    caseworker,
    clock,
    interpreter,
    request,
)

MUNICIPALITY = load_settings().municipality
ENGLISH = msgspec.structs.replace(MUNICIPALITY, languages=["en"])


def _read(session: Session, key: str = "amina") -> icalendar.Calendar:
    person = session.get_one(Resource, key)
    content = feeds.feed(session, person, MUNICIPALITY, NOW)
    assert content == feeds.feed(session, person, MUNICIPALITY, NOW + timedelta(hours=1)), (
        "the same until something changes"
    )
    return icalendar.Calendar.from_ical(content)


def _booked(session: Session, calendar: Calendar, **changes: object) -> Appointment:
    values: dict[str, object] = {"name": "Saranna", "note": "About my sister"}
    key = str(changes.pop("key", "conversation/1"))
    starts_at = changes.pop("starts_at", at(26, 10))
    found = book(session, calendar, request(starts_at, key, **(values | changes)), clock)  # type: ignore[arg-type]
    assert isinstance(found, Appointment)
    return found


def test_what_stands_in_it_and_what_never_does(database: Database, calendar: Calendar) -> None:
    with database.transaction() as session:
        session.add_all([caseworker(), interpreter()])
        appointment = _booked(session, calendar, starts_at=at(30, 10), language="ti")
        feed = _read(session)
        (event,) = feed.walk("VEVENT")
        text = feed.to_ical().decode()
        of_interpreter = _read(session, "tolk")
    assert "Amina" in str(feed["x-wr-calname"])
    assert str(feed["x-wr-calname"]).endswith("– Exempelby kommun")
    assert feed["refresh-interval"].dt == timedelta(minutes=15)
    assert "REFRESH-INTERVAL;VALUE=DURATION:PT15M" in text
    assert "X-PUBLISHED-TTL:PT15M" in text
    assert [str(each["tzid"]) for each in feed.walk("VTIMEZONE")] == ["Europe/Stockholm"]
    assert event["uid"] == uid(appointment, MUNICIPALITY)
    assert event["dtstart"].dt == at(30, 10)
    assert event.DTSTART.tzinfo.key == "Europe/Stockholm"
    assert event["dtend"].dt - event["dtstart"].dt == timedelta(minutes=45)
    assert str(event["summary"]) == "Boende – tigrinja"
    assert str(event["location"]) == MUNICIPALITY.contact.address
    description = str(event["description"])
    assert show_code(appointment.code) in description
    assert "tigrinja" in description
    assert (str(event["status"]), int(event["sequence"])) == ("CONFIRMED", 0)
    for secret in ("Saranna", "sara@example.org", "sister"):
        assert secret not in text
    assert [each["uid"] for each in of_interpreter.walk("VEVENT")] == [event["uid"]]


@pytest.mark.parametrize(
    ("place", "video_url", "location"),
    [
        (PHONE, None, "By phone"),
        (VIDEO, None, "By video"),
        (VIDEO, "https://video.example/amina", "https://video.example/amina"),
        ("office", None, "Stora huset, Storgatan 1"),
    ],
)
def test_where(
    sqlite: Database, calendar: Calendar, place: str, video_url: str | None, location: str
) -> None:
    with sqlite.transaction() as session:
        session.add(Office(id="big", name="Stora huset", address="Storgatan 1"))
        amina = caseworker()
        amina.places, amina.video_url = [place], video_url
        for each in amina.working_intervals:
            each.office_id = "big"
        session.add(amina)
        _booked(session, calendar)
        (event,) = icalendar.Calendar.from_ical(feeds.feed(session, amina, ENGLISH, NOW)).walk(
            "VEVENT"
        )
    assert str(event["location"]) == location


def test_follows_every_change(database: Database, calendar: Calendar) -> None:
    with database.transaction() as session:
        session.add(caseworker())
        appointment = _booked(session, calendar)
        move(session, calendar, appointment.id, at(27, 9), clock)
        (event,) = _read(session).walk("VEVENT")
        assert (event.DTSTART, int(event["sequence"])) == (at(27, 9), 1)
        cancel(session, calendar, appointment.id, clock)
        assert not _read(session).walk("VEVENT")


def test_pending_is_tentative_and_held_is_nobodys(database: Database, calendar: Calendar) -> None:
    with database.transaction() as session:
        session.add(caseworker())
        appointment = _booked(session, calendar)
        appointment.state = PENDING
        hold(session, calendar, "housing", at(26, 14), "sv", "somebody", clock)
        (event,) = _read(session).walk("VEVENT")
        assert str(event["status"]) == "TENTATIVE"
        confirm(session, calendar, appointment.id, clock)
        (event,) = _read(session).walk("VEVENT")
        assert (str(event["status"]), int(event["sequence"])) == ("CONFIRMED", 1)


def test_the_past_stays_for_thirty_days(database: Database, calendar: Calendar) -> None:
    with database.transaction() as session:
        amina = caseworker()
        session.add(amina)
        appointment = _booked(session, calendar)
        mark(session, appointment.id, ATTENDED, lambda: at(26, 12))
        ends = appointment.ends_at
        for later, count in ((timedelta(days=30, seconds=-1), 1), (timedelta(days=30), 0)):
            content = feeds.feed(session, amina, MUNICIPALITY, ends + later)
            assert len(icalendar.Calendar.from_ical(content).walk("VEVENT")) == count


def test_a_new_address_closes_the_old_one(database: Database) -> None:
    with database.transaction() as session:
        amina, nils = caseworker(), caseworker("nils")
        session.add_all([amina, nils])
        session.flush()
        assert feeds.feed_link("https://x.example/", amina) is None
        old = feeds.renew_token(session, amina)
        new = feeds.renew_token(session, amina)
        assert len(new) >= 43
        assert old != new
        assert (
            feeds.feed_link("https://x.example/", amina) == f"https://x.example/calendars/{new}.ics"
        )
        assert feeds.resource_of(session, new) is amina
        assert feeds.resource_of(session, old) is None
        assert feeds.resource_of(session, "") is None, "nobody without an address"
        amina.active = False
        session.flush()
        assert feeds.resource_of(session, new) is None, "who has left sees no more"
