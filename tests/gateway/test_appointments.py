"""An appointment's page and its calendar object, by the link that the newcomer gets."""

import re
import urllib.error
import urllib.request
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from html import unescape
from pathlib import Path

import icalendar
import pytest
from aiohttp import ClientResponse

from contact_point.appointments import waiting_list
from contact_point.appointments.booking import book, cancel, hold
from contact_point.appointments.codes import show_code
from contact_point.appointments.links import calendar_link, manage_link
from contact_point.appointments.tables import (
    ATTENDED,
    BOOKED,
    CANCELLED,
    PENDING,
    PHONE,
    VIDEO,
    Appointment,
    AppointmentType,
    Office,
)
from gateway.appointments import page
from tests.contact_point.appointments.sample import at, caseworker, interpreter, request
from tests.gateway.alone import Gateway, gateway_alone
from tests.newcomer import Newcomer
from tests.stack import Stack


def _object(link: str) -> icalendar.Calendar:
    with urllib.request.urlopen(link, timeout=20) as response:
        assert response.headers.get_content_type() == "text/calendar"
        assert response.headers["Cache-Control"] == "no-store"
        return icalendar.Calendar.from_ical(response.read())


def _link(text: str) -> str:
    found = re.search(r"\((http[^)]+/appointments/[^)]+\.ics)\)", text)
    assert found, text
    return found[1]


def test_booked_and_cancelled_in_the_chat(stack: Stack) -> None:
    newcomer = Newcomer(stack.base, "en")
    times = newcomer.write("I want to book an appointment about housing")[-1]
    newcomer.press(times["buttons"][1])
    newcomer.write("Maryam Ali")
    newcomer.write("maryam@example.org")
    booked = newcomer.press("Yes, book it")[-1]["text"]
    assert "[Put it in your calendar]" in booked
    link = _link(booked)
    calendar = _object(link)
    (event,) = calendar.walk("VEVENT")
    assert (calendar["method"], int(event["sequence"])) == ("PUBLISH", 0)
    assert "Maryam" not in str(event), "who has the link learns nobody's name"
    newcomer.write("cancel my appointment")
    buttons = newcomer.everything()[-1]["buttons"]
    cancelled = newcomer.press(next(each for each in buttons if each.startswith("Yes")))[-1]["text"]
    assert "[Take it out of your calendar]" in cancelled
    assert _link(cancelled) == link
    calendar = _object(link)
    (event,) = calendar.walk("VEVENT")
    assert (calendar["method"], int(event["sequence"])) == ("CANCEL", 1)


@pytest.mark.parametrize(
    "path", ["1/" + "0" * 32, "999999/" + "a" * 32, "1/short", "x/" + "0" * 32]
)
def test_a_number_alone_opens_nothing(stack: Stack, path: str) -> None:
    with pytest.raises(urllib.error.HTTPError, match="404"):
        urllib.request.urlopen(f"{stack.base}/appointments/{path}.ics", timeout=20)


@dataclass
class Link:
    """An appointment's page, as a newcomer uses it."""

    gateway: Gateway
    path: str
    number: int

    async def read(self, below: str = "", status: int = 200) -> str:
        """The text of a page."""
        answer = await self.gateway.get(self.path + below)
        assert answer.status == status
        assert answer.headers["Cache-Control"] == "no-store"
        assert answer.headers["Referrer-Policy"] == "no-referrer"
        assert answer.headers["X-Robots-Tag"] == "noindex"
        assert "script-src 'self'" in answer.headers["Content-Security-Policy"]
        text = await answer.text()
        assert "<script" not in text
        assert " style=" not in text
        return unescape(text).replace("\u2060", "")

    async def press(self, below: str, **fields: str) -> str:
        """Send a form; the text of the page that it leads to."""
        answer = await self.gateway.post(self.path + below, **fields)
        assert answer.status == 303
        assert answer.headers["Referrer-Policy"] == "no-referrer"
        location = answer.headers["Location"]
        assert location.startswith(self.path), "never elsewhere"
        return await self.read(location.removeprefix(self.path))

    @property
    def appointment(self) -> Appointment:
        with self.gateway.database.reading() as session:
            found = session.get_one(Appointment, self.number)
            session.expunge_all()
            return found


@pytest.fixture
async def gateway(tmp_path: Path) -> AsyncIterator[Gateway]:
    """Amina gives appointments about housing at the office, in Swedish and English."""
    async with gateway_alone(tmp_path) as found:
        with found.database.transaction() as session:
            session.add(Office(id="big", name="Stora huset", address="Storgatan 1, Exempelby"))
            session.add(_kind())
            amina = caseworker()
            for each in amina.working_intervals:
                each.office_id = "big"
            session.add_all([amina, interpreter(languages=("ar", "ti"))])
        yield found


def _kind(**changes: object) -> AppointmentType:
    values: dict[str, object] = {
        "id": "housing",
        "subjects": ["housing"],
        "minutes": 30,
        "minutes_with_interpreter": 45,
        "notice_hours": 2,
        "horizon_days": 21,
        "bring": ["identity_document", "rent_contract"],
        "walk_in": {},
    }
    return AppointmentType(**(values | changes))


def _booked(gateway: Gateway, starts_at: datetime, **changes: object) -> Link:
    values: dict[str, object] = {"language": "en", "note": "A secret note"} | changes
    key = f"{starts_at}/{values['language']}"
    with gateway.database.transaction() as session:
        found = book(
            session,
            gateway.calendar,
            request(starts_at, key, conversation_id=key, **values),
            gateway.clock,
        )
        assert isinstance(found, Appointment)
        link = manage_link("", gateway.settings.secret_key, found)
        assert calendar_link("", gateway.settings.secret_key, found) == f"{link}.ics"
    return Link(gateway, link, found.id)


async def test_shows_everything_about_the_appointment(gateway: Gateway) -> None:
    link = _booked(gateway, at(3, 10, month=12))
    text = await link.read()
    for shown in (
        "Thursday, 3 December 2026, 10:00–10:30",
        "30 minutes",
        "Stora huset, Storgatan 1, Exempelby",
        "Amina",
        "Housing",
        show_code(link.appointment.code),
        "your passport or another identity document",
        "your rental contract, if you have one",
        f'href="{link.path}.ics"',
        "not needed, your caseworker speaks your language",
    ):
        assert shown in text
    for secret in ("Sara", "sara@example.org", "A secret note"):
        assert secret not in text, "who has the link learns nobody's name"
    assert '<html lang="en" dir="ltr">' in text
    assert "I will be late" not in text, "it is not today"


async def test_in_the_newcomers_language_and_direction(gateway: Gateway) -> None:
    link = _booked(gateway, at(3, 10, month=12), language="ar")
    for below in ("", "/move", "/cancel"):
        text = await link.read(below)
        assert '<html lang="ar" dir="rtl">' in text
        assert "ديسمبر" in text
    assert "السكن" in await link.read()
    assert "45 دقيقة" in await link.read(), "with an interpreter it is longer"


@pytest.mark.parametrize(
    ("place", "video_url", "shown"),
    [
        (PHONE, None, "by phone: your caseworker calls you"),
        (
            VIDEO,
            "https://video.example/amina?a=1&b=2",
            'href="https://video.example/amina?a=1&b=2"',
        ),
        (VIDEO, "javascript:alert(1)", "by video"),
    ],
)
async def test_by_phone_and_by_video(
    gateway: Gateway, place: str, video_url: str | None, shown: str
) -> None:
    link = _booked(gateway, at(3, 10, month=12))
    with gateway.database.transaction() as session:
        appointment = session.get_one(Appointment, link.number)
        appointment.place, appointment.office_id = place, None
        appointment.caseworker.video_url = video_url
    text = await link.read()
    assert shown in text
    assert "javascript" not in text
    assert "passport" not in text, "nobody looks at papers there"


async def test_moving(gateway: Gateway) -> None:
    link = _booked(gateway, at(3, 10, month=12))
    text = await link.read("/move")
    assert "Thursday, 3 December 2026, 10:00–10:30" in text, "the time that they have"
    assert "Tuesday, 24 November 2026" in text
    assert 'value="2026-11-24T10:00Z"' in text, "eleven o'clock"
    assert 'value="2026-12-03T09:00Z"' not in text
    assert "Monday, 30 November 2026" not in text, "another week"
    assert f'href="{link.path}/move?week=2026-11-30"' in text
    text = await link.read("/move?week=2026-11-30")
    assert "Monday, 30 November 2026" in text
    assert 'value="2026-12-03T09:00Z"' not in text, "their own time is no other time"
    assert "?week=2026-11-23" in text
    assert "?week=2026-12-07" in text
    text = await link.press("/move", time="2026-12-01T13:30Z")
    assert "Your time is moved." in text
    assert "Tuesday, 1 December 2026, 14:30–15:00" in text
    assert (link.appointment.starts_at, link.appointment.sequence) == (
        at(1, 14, 30, month=12),
        1,
    )
    await link.press("/move", time="2026-12-01T13:30Z")
    assert link.appointment.sequence == 1, "sent twice, moved once"


async def test_a_time_that_somebody_else_has_taken(gateway: Gateway) -> None:
    link = _booked(gateway, at(3, 10, month=12))
    _booked(gateway, at(1, 10, month=12), language="sv")
    text = await link.press("/move", time="2026-12-01T09:00Z")
    assert page.SAID["taken"] in text
    assert 'value="2026-12-01T09:00Z"' not in text
    assert "Tuesday, 1 December 2026" in text, "the week that they were looking at"
    assert link.appointment.starts_at == at(3, 10, month=12)


@pytest.mark.parametrize("fields", [{}, {"time": ""}, {"time": "2026-12-99T09:00Z"}])
async def test_no_time_chosen(gateway: Gateway, fields: dict[str, str]) -> None:
    link = _booked(gateway, at(3, 10, month=12))
    assert page.SAID["choose"] in await link.press("/move", **fields)


@pytest.mark.parametrize("week", ["", "x", "2026-99-99", "1999-01-01", "9999-12-31"])
async def test_other_weeks(gateway: Gateway, week: str) -> None:
    link = _booked(gateway, at(3, 10, month=12))
    assert 'type="radio"' in await link.read(f"/move?week={week}")


async def test_nothing_free(gateway: Gateway) -> None:
    link = _booked(gateway, at(3, 10, month=12))
    with gateway.database.transaction() as session:
        session.get_one(Appointment, link.number).caseworker.active = False
    text = await link.read("/move")
    assert "There are no free times now." in text
    assert "Questions? Call us:" in text


async def test_cancelling_asks_first(gateway: Gateway) -> None:
    link = _booked(gateway, at(3, 10, month=12))
    text = await link.read("/cancel")
    assert "Do you want to cancel this time?" in text
    assert link.appointment.state == BOOKED, "following a link cancels nothing"
    text = await link.press("/cancel")
    assert link.appointment.state == CANCELLED
    assert "This time is cancelled." in text
    assert "Take it out of your calendar" in text
    assert 'href="/?language=en"' in text
    for gone in ("/move", "/cancel", "/waiting", "/late"):
        assert f"{link.path}{gone}" not in text
    assert "This time is cancelled." in await link.press("/cancel"), "twice is harmless"
    assert link.appointment.sequence == 1


async def test_cancelled_by_staff(gateway: Gateway) -> None:
    link = _booked(gateway, at(3, 10, month=12))
    with gateway.database.transaction() as session:
        cancel(session, gateway.calendar, link.number, gateway.clock, "caseworker_ill")
    assert "This time is cancelled. Your caseworker is ill." in await link.read()


async def test_being_late(gateway: Gateway) -> None:
    link = _booked(gateway, at(24, 14))
    text = await link.read()
    assert "I will be late" in text
    assert page.SAID["late"] in await link.press("/late")
    text = await link.read()
    assert "You have said that you will be late." in text
    assert f"{link.path}/late" not in text
    first = link.appointment.late_at
    gateway.clock.now += timedelta(minutes=5)
    await link.press("/late")
    assert link.appointment.late_at == first


async def test_not_latebefore_its_day_or_after_it_is_over(gateway: Gateway) -> None:
    link = _booked(gateway, at(25, 14))
    await link.press("/late")
    assert link.appointment.late_at is None
    gateway.clock.now = at(25, 14, 10)
    text = await link.read()
    assert "I will be late" in text, "it has begun, but is not over"
    assert f"{link.path}/move" not in text
    gateway.clock.now = at(25, 14, 30)
    assert "I will be late" not in await link.read()
    await link.press("/late")
    assert link.appointment.late_at is None


async def test_the_waiting_list(gateway: Gateway) -> None:
    link = _booked(gateway, at(3, 10, month=12))
    assert "I would come earlier" in await link.read()
    text = await link.press("/waiting")
    assert page.SAID["waiting"] in text
    assert "We look for an earlier time for you." in text
    text = await link.press("/waiting/leave")
    assert page.SAID["not_waiting"] in text
    assert "I would come earlier" in text
    soon = _booked(gateway, at(25, 9), language="sv")
    gateway.clock.now = at(24, 10)
    assert f"{soon.path}/waiting" not in await soon.read(), "it could hardly be earlier"


def _kept(gateway: Gateway, link: Link) -> datetime:
    """Put them on the list, and keep the earliest time for them."""
    gateway.clock.now = at(24, 9)
    with gateway.database.transaction() as session:
        waiting_list.join(session, link.number, gateway.clock)
        (earlier,) = waiting_list.ask_next(session, gateway.calendar, gateway.clock)
        return earlier.offer.starts_at


async def test_taking_an_earlier_time(gateway: Gateway) -> None:
    link = _booked(gateway, at(3, 10, month=12))
    earlier = _kept(gateway, link)
    text = await link.read()
    assert "An earlier time is free" in text
    assert "We keep it for you until Tue 24 Nov, 11:00." in text
    key = re.search(r'name="time" value="([^"]+)"', text)
    assert key
    text = await link.press("/earlier", time=key[1])
    assert "Your time is moved." in text
    assert "An earlier time is free" not in text
    assert link.appointment.starts_at == earlier
    assert "Your time is moved." in await link.press("/earlier", time=key[1]), "pressed twice"
    assert link.appointment.sequence == 1


async def test_an_earlier_time_that_is_gone(gateway: Gateway) -> None:
    link = _booked(gateway, at(3, 10, month=12))
    earlier = _kept(gateway, link)
    key = earlier.strftime("%Y-%m-%dT%H:%MZ")
    assert page.SAID["gone"] in await link.press("/earlier", time="2026-11-26T09:00Z"), "another"
    gateway.clock.now += waiting_list.DEADLINE
    assert page.SAID["gone"] in await link.press("/earlier", time=key)
    assert link.appointment.starts_at == at(3, 10, month=12)
    assert "An earlier time is free" not in await link.read()


async def test_not_confirmed_yet(gateway: Gateway) -> None:
    link = _booked(gateway, at(3, 10, month=12))
    with gateway.database.transaction() as session:
        session.get_one(Appointment, link.number).state = PENDING
    text = await link.read()
    assert "It is not confirmed yet. We write to you when it is." in text
    assert f"{link.path}/cancel" in text


@pytest.mark.parametrize("state", [BOOKED, ATTENDED])
async def test_when_it_is_over(gateway: Gateway, state: str) -> None:
    link = _booked(gateway, at(24, 14))
    gateway.clock.now = at(24, 15)
    with gateway.database.transaction() as session:
        session.get_one(Appointment, link.number).state = state
    text = await link.read()
    assert "This time is over." in text
    for below in ("/move", "/cancel", "/waiting", "/earlier"):
        assert f'"{link.path}{below}"' not in text
    for below, fields in (
        ("/move", {"time": "2026-12-01T09:00Z"}),
        ("/cancel", {}),
        ("/waiting", {}),
        ("/earlier", {"time": "2026-12-01T09:00Z"}),
    ):
        text = await link.press(below, **fields)
        assert page.SAID["over"] in text or page.SAID["gone"] in text
    for below in ("/move", "/cancel"):
        answer = await gateway.get(link.path + below)
        assert answer.headers["Location"].endswith("?said=over")
    assert (link.appointment.state, link.appointment.sequence) == (state, 0)


@pytest.mark.parametrize("below", ["", "/move", "/cancel", ".ics"])
async def test_following_links_changes_nothing(gateway: Gateway, below: str) -> None:
    link = _booked(gateway, at(24, 14))
    before = link.appointment
    for method in ("GET", "HEAD", "OPTIONS", "PUT", "DELETE"):
        answer = await gateway.client.request(method, link.path + below, allow_redirects=False)
        assert answer.status in (200, 405)
    for below_only_sent in ("/late", "/waiting", "/waiting/leave", "/earlier"):
        assert (await gateway.get(link.path + below_only_sent)).status == 405
    after = link.appointment
    assert (after.state, after.sequence, after.late_at) == (before.state, 0, None)


async def test_without_the_proof(gateway: Gateway) -> None:
    link = _booked(gateway, at(3, 10, month=12))
    wrong = f"/appointments/{link.number}/{'0' * 32}"
    other = link.path.replace(f"/{link.number}/", f"/{link.number + 1}/")
    texts = set()
    for path in (wrong, other):
        for below in ("", "/move", "/cancel"):
            answer: ClientResponse = await gateway.get(path + below)
            assert answer.status == 404
            texts.add(await answer.text())
        for below in ("/move", "/cancel", "/late", "/waiting", "/waiting/leave", "/earlier"):
            assert (await gateway.post(path + below, time="2026-12-01T09:00Z")).status == 404
    assert len(texts) == 1, "nothing tells whether there is such an appointment"
    assert link.appointment.state == BOOKED


async def test_nobody_sees_what_is_only_held(gateway: Gateway) -> None:
    with gateway.database.transaction() as session:
        held = hold(session, gateway.calendar, "housing", at(26, 10), "sv", "who", gateway.clock)
        assert isinstance(held, Appointment)
        path = manage_link("", gateway.settings.secret_key, held)
    answer = await gateway.client.get(path, headers={"Accept-Language": "ar;q=0.9, sv"})
    assert answer.status == 404
    assert 'dir="rtl"' in await answer.text()


async def test_the_style_sheet(gateway: Gateway) -> None:
    text = await _booked(gateway, at(26, 10)).read()
    (path,) = re.findall(r'<link rel="stylesheet" href="([^"]+)">', text)
    assert (await gateway.get(path)).content_type == "text/css"
