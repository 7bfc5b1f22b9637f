"""The calendars of caseworkers, as Exchange and Google publish them, over real HTTP."""

import gzip
import threading
import time as seconds
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.orm import Session

from contact_point.appointments import blocks, busy_times
from contact_point.appointments.booking import book, cancel
from contact_point.appointments.busy_times import (
    NO_ADDRESS,
    NO_CALENDAR,
    REFUSED,
    SERVER_FAULT,
    TOO_LARGE,
    TOO_SLOW,
    UNREACHABLE,
    CalendarReader,
    Turn,
    UnreadableCalendar,
    busy_stretches,
)
from contact_point.appointments.calendar import CELL, Calendar, cells_between
from contact_point.appointments.feeds import feed
from contact_point.appointments.offers import offers
from contact_point.appointments.tables import Appointment, Block, ClaimedCell, Resource
from contact_point.database import Base, Database
from contact_point.settings import load_settings
from tests.contact_point.appointments.sample import (
    NOW,
    appointment_type,
    at,
    caseworker,
    clock,
    request,
)
from tests.contact_point.appointments.sample import calendar as sample_calendar

MUNICIPALITY = load_settings().municipality
SPRING = at(26, 8, month=3, year=2027)
"""Two days before the clocks go forward."""

Answer = tuple[int, dict[str, str], bytes]


def _calendar(*events: str, head: str = "") -> bytes:
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//test//", *head.split()]
    for number, event in enumerate(events):
        name = "VFREEBUSY" if "FREEBUSY" in event else "VEVENT"
        own = [] if "UID:" in event else [f"UID:{number}"]
        body = [line.strip() for line in event.strip().splitlines()]
        lines += [f"BEGIN:{name}", *own, "DTSTAMP:20261101T000000Z", *body, f"END:{name}"]
    return "\r\n".join([*lines, "END:VCALENDAR", ""]).encode()


def _busy(*events: str, now: datetime = NOW, head: str = "") -> list[tuple[datetime, datetime]]:
    return busy_stretches(_calendar(*events, head=head), MUNICIPALITY, now)


@dataclass
class Site:
    """A web server that publishes calendars."""

    base: str
    answers: dict[str, Answer] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)

    def publish(self, content: bytes, status: int = 200, **headers: str) -> str:
        """The address of it."""
        self.answers["/amina.ics?secret=abc"] = status, headers, content
        return f"{self.base}/amina.ics?secret=abc"


@pytest.fixture
def site() -> Iterator[Site]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            found.asked.append(self.path)
            status, headers, content = found.answers.get(self.path, (404, {}, b""))
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name.replace("_", "-"), value)
            self.end_headers()
            if content == b"drip":
                for _ in range(40):
                    self.wfile.write(b" ")
                    self.wfile.flush()
                    seconds.sleep(0.1)
            self.wfile.write(content)

        def log_message(self, *_arguments: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    found = Site(f"http://127.0.0.1:{server.server_port}")
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield found
    server.shutdown()
    server.server_close()


@pytest.mark.parametrize(
    ("event", "expected"),
    [
        ("DTSTART:20261124T090000Z\nDTEND:20261124T100000Z", (at(24, 10), at(24, 11))),
        ("DTSTART:20261124T090500Z\nDURATION:PT5M", (at(24, 10), at(24, 10, 15))),
        ("DTSTART:20261124T130000\nDTEND:20261124T140000", (at(24, 13), at(24, 14))),
        (
            "DTSTART;TZID=W. Europe Standard Time:20261124T130000\n"
            "DTEND;TZID=W. Europe Standard Time:20261124T140000",
            (at(24, 13), at(24, 14)),
        ),
        (
            "DTSTART;TZID=America/New_York:20261124T080000\nDURATION:PT1H",
            (at(24, 14), at(24, 15)),
        ),
        (
            "DTSTART;VALUE=DATE:20261125\nDTEND;VALUE=DATE:20261127",
            (at(25, 0), at(27, 0)),
        ),
        ("DTSTART;VALUE=DATE:20261125", (at(25, 0), at(26, 0))),
        ("DTSTART;VALUE=DATE:20261125\nDTEND;VALUE=DATE:20261125", (at(25, 0), at(26, 0))),
        ("DTSTART:20261124T100000Z\nDTEND:20261124T090000Z", (at(24, 10), at(24, 11))),
        ("DTSTART:20261001T000000Z\nDTEND:20261125T000000Z", (at(24, 0), at(25, 1))),
    ],
    ids=[
        "utc", "quarters", "floating", "windows", "abroad", "days", "day", "same-day", "backwards",
        "running",
    ],
)  # fmt: skip
def test_one_event(event: str, expected: tuple[datetime, datetime]) -> None:
    assert _busy(event) == [expected]


@pytest.mark.parametrize(
    "event",
    [
        "DTSTART:20261124T090000Z\nDTEND:20261124T100000Z\nTRANSP:TRANSPARENT",
        "DTSTART:20261124T090000Z\nDTEND:20261124T100000Z\nSTATUS:CANCELLED",
        "DTSTART:20261124T090000Z\nDTEND:20261124T090000Z",
        "DTSTART:20261123T090000Z\nDTEND:20261123T100000Z",
        "DTSTART:20270124T090000Z\nDTEND:20270124T100000Z",
        "DTSTART:20201124T100000Z\nDURATION:PT1M\nRRULE:FREQ=SECONDLY",
        "FREEBUSY;FBTYPE=FREE:20261124T090000Z/20261124T100000Z",
    ],
    ids=["transparent", "cancelled", "empty", "past", "far", "each-second", "free"],
)
def test_what_does_not_count(event: str) -> None:
    assert _busy(event, "DTSTART:20261126T090000Z\nDURATION:PT1H") == [(at(26, 10), at(26, 11))]


def test_free_busy_of_exchange() -> None:
    found = _busy(
        """FREEBUSY;FBTYPE=BUSY:20261124T090000Z/20261124T100000Z,20261125T090000Z/PT1H
        FREEBUSY;FBTYPE=BUSY-TENTATIVE:20261126T090000Z/20261126T093000Z
        FREEBUSY;FBTYPE=FREE:20261127T090000Z/PT1H""",
        "FREEBUSY:20261130T090000Z/PT1H",
    )
    assert found == [
        (at(24, 10), at(24, 11)),
        (at(25, 10), at(25, 11)),
        (at(26, 10), at(26, 10, 30)),
        (at(30, 10), at(30, 11)),
    ]


def test_a_weekly_meeting_keeps_its_wall_time_when_the_clocks_change() -> None:
    found = _busy(
        "DTSTART;TZID=Europe/Stockholm:20270108T100000\nDURATION:PT1H\nRRULE:FREQ=WEEKLY;COUNT=14",
        now=SPRING,
    )
    assert [begins for begins, _ in found] == [
        at(26, 10, month=3, year=2027),
        at(2, 10, month=4, year=2027),
        at(9, 10, month=4, year=2027),
    ]
    assert found[0][0].hour == found[1][0].hour + 1, "other instants of UTC"


def test_whole_days_when_the_clocks_change() -> None:
    found = _busy("DTSTART;VALUE=DATE:20270327\nRRULE:FREQ=DAILY;COUNT=2", now=SPRING)
    assert found == [(at(27, 0, month=3, year=2027), at(29, 0, month=3, year=2027))]
    assert found[0][1] - found[0][0] == timedelta(hours=47)


def test_exceptions_of_a_series() -> None:
    found = _busy(
        """UID:series
        DTSTART;TZID=Europe/Stockholm:20261123T100000
        DURATION:PT1H
        RRULE:FREQ=DAILY;COUNT=6
        EXDATE;TZID=Europe/Stockholm:20261125T100000""",
        """UID:series
        RECURRENCE-ID;TZID=Europe/Stockholm:20261126T100000
        DTSTART;TZID=Europe/Stockholm:20261126T140000
        DURATION:PT1H""",
        """UID:series
        RECURRENCE-ID;TZID=Europe/Stockholm:20261127T100000
        DTSTART;TZID=Europe/Stockholm:20261127T100000
        DURATION:PT1H
        STATUS:CANCELLED""",
    )
    assert [begins for begins, _ in found] == [at(24, 10), at(26, 14), at(28, 10)]


def test_floating_times_of_a_calendar_with_its_own_zone() -> None:
    event = "DTSTART:20261124T080000\nDURATION:PT1H"
    assert _busy(event, head="X-WR-TIMEZONE:Europe/Helsinki") == [(at(24, 7), at(24, 8))]


def test_stretches_that_touch_are_one() -> None:
    found = _busy(
        "DTSTART:20261124T090000Z\nDURATION:PT40M",
        "DTSTART:20261124T094000Z\nDURATION:PT1H",
        "DTSTART:20261124T091000Z\nDURATION:PT5M",
        "DTSTART:20261124T104500Z\nDURATION:PT15M",
    )
    assert found == [(at(24, 10), at(24, 12))]


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"<html><body>Sign in</body></html>",
        b"\xff\xfe\x00",
        b"BEGIN:VCARD\r\nEND:VCARD\r\n",
        _calendar("DTSTART:20261124T090000Z")[:-30],
    ],
    ids=["nothing", "page", "bytes", "card", "cut"],
)
def test_no_calendar(content: bytes) -> None:
    with pytest.raises(UnreadableCalendar, match=NO_CALENDAR):
        busy_stretches(content, MUNICIPALITY, NOW)


def test_our_own_feed_blocks_nothing(sqlite: Database, calendar: Calendar) -> None:
    with sqlite.transaction() as session:
        amina = caseworker()
        session.add(amina)
        assert isinstance(book(session, calendar, request(at(26, 10)), clock), Appointment)
        content = feed(session, amina, MUNICIPALITY, NOW)
    assert b"appointment-1@" in content
    assert busy_stretches(content, MUNICIPALITY, NOW) == []
    others = content.replace(b"appointment-1@", b"appointment-1@somewhere.")
    assert busy_stretches(others, MUNICIPALITY, NOW) == [(at(26, 10), at(26, 10, 30))]


def _subscribed(database: Database, url: str) -> Turn:
    with database.transaction() as session:
        session.add(caseworker())
        session.flush()
        busy_times.subscribe(session, session.get_one(Resource, "amina"), url)
        (turn,) = busy_times.claim_turns(session, NOW)
    return turn


def _read(database: Database, turn: Turn) -> str | None:
    return CalendarReader(database, MUNICIPALITY, clock).read(turn)


def _blocked(session: Session) -> list[tuple[datetime, datetime]]:
    found = session.scalars(select(Block).where(Block.source == blocks.CALENDAR))
    return sorted((each.starts_at, each.ends_at) for each in found)


def _offered(session: Session, calendar: Calendar) -> set[datetime]:
    return {each.starts_at for each in offers(session, calendar, "housing", "sv", NOW)}


def test_busy_times_are_not_offered(database: Database, calendar: Calendar, site: Site) -> None:
    url = site.publish(_calendar("DTSTART:20261126T090000Z\nDURATION:PT1H"))
    turn = _subscribed(database, url)
    with database.reading() as session:
        before = _offered(session, calendar)
    assert _read(database, turn) is None
    with database.reading() as session:
        assert before - _offered(session, calendar) == {at(26, 10), at(26, 10, 30)}
        assert _blocked(session) == [(at(26, 10), at(26, 11))]
        ids = set(session.scalars(select(Block.id)))
    _read(database, turn)
    with database.reading() as session:
        assert set(session.scalars(select(Block.id))) == ids, "nothing new, nothing written"
    site.publish(_calendar("DTSTART:20261126T130000Z\nDURATION:PT30M"))
    _read(database, turn)
    with database.reading() as session:
        assert before - _offered(session, calendar) == {at(26, 14)}
        assert _blocked(session) == [(at(26, 14), at(26, 14, 30))]


def test_appointments_stay_and_what_they_free_is_blocked(
    database: Database, calendar: Calendar, site: Site
) -> None:
    turn = _subscribed(database, site.publish(_calendar("DTSTART:20261126T080000Z\nDURATION:PT3H")))
    with database.transaction() as session:
        appointment = book(session, calendar, request(at(26, 10)), clock)
        assert isinstance(appointment, Appointment)
    assert _read(database, turn) is None
    with database.transaction() as session:
        kept = session.get_one(Appointment, appointment.id)
        assert (kept.state, kept.starts_at) == ("booked", at(26, 10))
        cancel(session, calendar, appointment.id, clock)
        assert at(26, 10) not in _offered(session, calendar)
        assert _blocked(session) == [(at(26, 9), at(26, 12))]
        assert len(session.scalars(select(ClaimedCell)).all()) == 3 * 4


def test_it_is_read_as_far_ahead_as_times_are_offered(database: Database, site: Site) -> None:
    far = "DTSTART:20270301T090000Z\nDURATION:PT1H"  # 95 days
    turn = _subscribed(database, site.publish(_calendar(far)))
    _read(database, turn)
    with database.transaction() as session:
        assert _blocked(session) == []
        session.add(appointment_type("housing", horizon_days=100))
    _read(database, turn)
    nine = datetime(2027, 3, 1, 9, tzinfo=timezone.utc)
    with database.reading() as session:
        assert _blocked(session) == [(nine, nine + timedelta(hours=1))]


def test_blocks_of_the_desk_are_left_alone(database: Database, site: Site) -> None:
    turn = _subscribed(database, site.publish(_calendar("DTSTART:20261126T090000Z\nDURATION:PT1H")))
    with database.transaction() as session:
        blocks.block(session, "amina", at(26, 10, 30), at(26, 12), blocks.DESK)
    _read(database, turn)
    site.publish(_calendar())
    _read(database, turn)
    with database.reading() as session:
        (desk,) = session.scalars(select(Block)).all()
        assert (desk.source, desk.starts_at) == (blocks.DESK, at(26, 10, 30))
        cells = session.scalars(select(ClaimedCell.starts_at).order_by(ClaimedCell.starts_at))
        assert list(cells) == cells_between(at(26, 10, 30), at(26, 12))


@pytest.mark.parametrize(
    ("status", "headers", "content", "problem"),
    [
        (404, {}, b"", REFUSED),
        (401, {}, b"", REFUSED),
        (503, {}, b"", SERVER_FAULT),
        (200, {}, b"<html></html>", NO_CALENDAR),
        (200, {}, b"x" * (5 * 1024 * 1024 + 1), TOO_LARGE),
        (200, {"Content_Encoding": "gzip"}, gzip.compress(b"x" * 6 * 1024 * 1024), TOO_LARGE),
        (200, {"Content_Encoding": "gzip"}, b"not gzip at all", UNREACHABLE),
        (302, {"Location": "/amina.ics?secret=abc"}, b"", UNREACHABLE),
        (302, {"Location": "file:///etc/passwd"}, b"", UNREACHABLE),
        (200, {"Content_Length": "1000"}, b"BEGIN:VCALENDAR", UNREACHABLE),
    ],
    ids=[
        "unknown", "locked", "fault", "page", "large", "packed", "broken", "in-circles", "file",
        "cut",
    ],
)  # fmt: skip
def test_a_failure_keeps_what_was_known(
    sqlite: Database,
    calendar: Calendar,
    site: Site,
    status: int,
    headers: dict[str, str],
    content: bytes,
    problem: str,
) -> None:
    turn = _subscribed(sqlite, site.publish(_calendar("DTSTART:20261126T090000Z\nDURATION:PT1H")))
    assert _read(sqlite, turn) is None
    site.publish(content, status, **headers)
    assert _read(sqlite, turn) == problem
    with sqlite.reading() as session:
        amina = session.get_one(Resource, "amina")
        assert amina.busy_problem == problem
        assert "abc" not in problem, "nothing of the address"
        assert amina.busy_read_at == NOW
        assert _blocked(session) == [(at(26, 10), at(26, 11))]
        assert at(26, 10) not in _offered(session, calendar)
    site.publish(_calendar())
    assert _read(sqlite, turn) is None
    with sqlite.reading() as session:
        assert session.get_one(Resource, "amina").busy_problem is None
        assert _blocked(session) == []
    assert len(site.asked) <= 6, "not redirected for ever"


def test_worked_out_only_when_it_has_changed(
    sqlite: Database, site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    contents: list[bytes] = []

    def count(content: bytes, *arguments: Any) -> list[tuple[datetime, datetime]]:
        contents.append(content)
        return busy_stretches(content, *arguments)

    monkeypatch.setattr(busy_times, "busy_stretches", count)
    days = [NOW]
    first = _calendar("DTSTART:20261126T090000Z\nDURATION:PT1H")
    turn = _subscribed(sqlite, site.publish(first))
    reader = CalendarReader(sqlite, MUNICIPALITY, lambda: days[-1])
    reader.read(turn)
    site.publish(first.replace(b"DTSTAMP:20261101", b"DTSTAMP:20261102"))
    reader.read(turn)
    assert len(contents) == 1, "only stamped anew"
    with sqlite.transaction() as session:
        busy_times.keep(session, "amina", [])
    reader.read(turn)
    with sqlite.reading() as session:
        assert _blocked(session) == [(at(26, 10), at(26, 11))], "blocked again all the same"
    days.append(NOW + timedelta(days=1))
    reader.read(turn)
    site.publish(_calendar("DTSTART:20261126T090000Z\nDURATION:PT2H"))
    reader.read(turn)
    assert len(contents) == 3
    with sqlite.reading() as session:
        assert _blocked(session) == [(at(26, 10), at(26, 12))]


def test_a_server_that_drips(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(busy_times, "MAX_SECONDS", 1)
    begun = seconds.monotonic()
    with pytest.raises(UnreadableCalendar, match=TOO_SLOW):
        busy_times.fetch(site.publish(b"drip"))
    assert seconds.monotonic() - begun < 3


@pytest.mark.parametrize(
    ("url", "problem"),
    [
        ("file:///etc/passwd", NO_ADDRESS),
        ("ftp://example.org/a.ics", NO_ADDRESS),
        ("/a.ics", NO_ADDRESS),
        ("http://[broken", NO_ADDRESS),
        ("http://127.0.0.1:9/a.ics", UNREACHABLE),
    ],
)
def test_addresses(url: str, problem: str) -> None:
    with pytest.raises(UnreadableCalendar, match=problem):
        busy_times.fetch(url)


def test_subscribing_and_leaving(database: Database, site: Site) -> None:
    url = site.publish(_calendar("DTSTART:20261126T090000Z\nDURATION:PT1H"))
    turn = _subscribed(database, url)
    _read(database, turn)
    with database.transaction() as session:
        amina = session.get_one(Resource, "amina")
        busy_times.subscribe(session, amina, url)
        assert amina.busy_read_at == NOW, "the same address changes nothing"
        with pytest.raises(UnreadableCalendar, match=NO_ADDRESS):
            busy_times.subscribe(session, amina, "javascript:alert(1)")
        busy_times.subscribe(session, amina, " webcal://example.org/a.ics ")
        assert amina.busy_url == "https://example.org/a.ics"
        busy_times.subscribe(session, amina, "")
        assert (amina.busy_url, amina.busy_read_at) == (None, None)
        assert _blocked(session) == []
    _read(database, turn)
    with database.reading() as session:
        assert _blocked(session) == [], "what was under way when they left counts no more"


def test_each_calendar_has_one_reader_at_a_time(database: Database) -> None:
    with database.transaction() as session:
        for key, url in (("amina", "https://x.example/a"), ("nils", "https://x.example/n")):
            person = caseworker(key)
            person.busy_url = url
            session.add(person)
        gone = caseworker("gone")
        gone.busy_url, gone.active = "https://x.example/g", False
        session.add_all([gone, caseworker("without")])
    with database.transaction() as session:
        assert {each.resource_id for each in busy_times.claim_turns(session, NOW)} == {
            "amina",
            "nils",
        }
    for later, count in ((timedelta(minutes=9, seconds=59), 0), (timedelta(minutes=10), 2)):
        with database.transaction() as session:
            assert len(busy_times.claim_turns(session, NOW + later)) == count


def test_two_readers_at_once(database: Database) -> None:
    with database.transaction() as session:
        for number in range(8):
            person = caseworker(f"person{number}")
            person.busy_url = "https://x.example/a"
            session.add(person)
    found: list[Turn] = []
    start = threading.Barrier(4)

    def claim() -> None:
        start.wait()
        with database.transaction() as session:
            found.extend(busy_times.claim_turns(session, NOW))

    readers = [threading.Thread(target=claim) for _ in range(4)]
    for each in readers:
        each.start()
    for each in readers:
        each.join(20)
    assert sorted(each.resource_id for each in found) == [f"person{n}" for n in range(8)]


EVENTS = st.builds(
    lambda day, minute, length, rule: (
        f"DTSTART;TZID=Europe/Stockholm:202611{day:02}T{minute // 60:02}{minute % 60:02}00\n"
        f"DURATION:PT{length}M{rule}"
    ),
    st.integers(23, 29),
    st.integers(0, 24 * 60 - 1),
    st.integers(1, 300),
    st.sampled_from(["", "\nRRULE:FREQ=DAILY", "\nRRULE:FREQ=WEEKLY;INTERVAL=2"]),
)


@settings(
    max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.lists(EVENTS, max_size=4), st.sets(st.integers(0, 5), max_size=3))
def test_no_offered_time_overlaps_a_busy_stretch(
    sqlite: Database, events: list[str], booked: set[int]
) -> None:
    calendar = sample_calendar()
    stretches = busy_stretches(_calendar(*events), MUNICIPALITY, NOW)
    Base.metadata.drop_all(sqlite.engine)
    Base.metadata.create_all(sqlite.engine)
    with sqlite.transaction() as session:
        session.add(caseworker())
        session.flush()
        for number in booked:
            wanted = request(at(25, 9 + number), f"{number}", conversation_id=f"{number}")
            book(session, calendar, wanted, clock)
        before = _offered(session, calendar)
        busy_times.keep(session, "amina", stretches)
        found = offers(session, calendar, "housing", "sv", NOW)
        for offer in found:
            assert not any(
                offer.starts_at < ends and begins < offer.ends_at for begins, ends in stretches
            )
        lost = before - {each.starts_at for each in found}
        assert all(
            any(starts < ends and begins < starts + 2 * CELL for begins, ends in stretches)
            for starts in lost
        ), "nothing else is lost"
        busy_times.keep(session, "amina", [])
        assert _offered(session, calendar) == before
