"""Letters about appointments, read as a mail program reads them."""

import re
from dataclasses import replace
from datetime import datetime, timedelta
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from typing import Any

import icalendar
import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from msgspec.structs import replace as with_changes

from contact_point.appointments import deliveries
from contact_point.appointments.booking import be_late, book, cancel, confirm, move
from contact_point.appointments.calendar import Calendar
from contact_point.appointments.contacts import Contact
from contact_point.appointments.errands import Errand, errand
from contact_point.appointments.letters import letter
from contact_point.appointments.links import manage_link
from contact_point.appointments.reasons import REASONS
from contact_point.appointments.short_messages import chat_messages, text_message
from contact_point.appointments.tables import (
    BOOKED,
    CANCELLED,
    HELD,
    PENDING,
    PHONE,
    VIDEO,
    Appointment,
    Caseworker,
    Delivery,
    Interpreter,
    Office,
)
from contact_point.database import Database
from contact_point.mail import MailRefused
from contact_point.settings import load_settings
from contact_point.tables import ALL_TABLES
from tests.contact_point.appointments.sample import (
    NOW,
    appointment_type,
    at,
    caseworker,
    clock,
    interpreter,
    request,
)

assert ALL_TABLES
SETTINGS = with_changes(load_settings(), secret_key="s" * 40)
MUNICIPALITY = SETTINGS.municipality
TEN = at(26, 10)
TO_NEWCOMER = ("booked", "pending", "moved", "cancelled", "two_days", "two_hours", "earlier")
WITH_CALENDAR = ("booked", "pending", "moved", "cancelled")
CODE = "KABC-2345"
_ISOLATED = "\u2066{}\u2069"


def _errand(event: str = "booked", **changes: Any) -> Errand:
    """Nothing of it is stored."""
    states = {"cancelled": CANCELLED, "pending": PENDING}
    known: dict[str, Any] = {
        "id": 7,
        "code": "KABC2345",
        "subject": "housing",
        "caseworker": Caseworker(id="amina", first_name="Amina"),
        "starts_at": TEN,
        "ends_at": TEN + timedelta(minutes=30),
        "zone": "Europe/Stockholm",
        "place": "office",
        "office": Office(id="town", name="Town Hall", address="Torget 2, 999 01 Exempelby"),
        "name": "Maryam Ali",
        "email": "maryam@example.org",
        "language": "en",
        "interpreter": False,
        "state": states.get(event, BOOKED),
        "sequence": 0,
        "created_at": NOW,
    }
    appointment = Appointment(**known | changes)
    offer = Appointment(
        **known
        | {
            "id": 8,
            "state": HELD,
            "starts_at": at(24, 14),
            "ends_at": at(24, 14, 30),
            "expires_at": at(24, 11),
        }
    )
    return Errand(
        3,
        event,
        appointment.sequence,
        appointment.starts_at,
        appointment.ends_at,
        appointment,
        bring=("identity_document", "rent_contract"),
        offer=offer if event == "earlier" else None,
    )


def _order(event: str = "booked", **changes: Any) -> Errand:
    tolk = Interpreter(id="tolk", first_name="Tolk", email="orders@agency.example")
    made = _errand(event, language="ti", interpreter=True, phone="+46701740605", **changes)
    return replace(made, person=tolk)


def _received(message: EmailMessage) -> EmailMessage:
    """As it arrives at the other end."""
    parsed = message_from_bytes(message.as_bytes(), policy=default)
    assert isinstance(parsed, EmailMessage)
    return parsed


def _part(message: EmailMessage, kind: str) -> EmailMessage:
    (part,) = (each for each in message.walk() if each.get_content_type() == kind)
    assert isinstance(part, EmailMessage)
    return part


def _plain(message: EmailMessage) -> str:
    return "\n".join(str(_part(message, "text/plain").get_content()).splitlines())


def _html(message: EmailMessage) -> str:
    return str(_part(message, "text/html").get_content())


def _words(made: Errand) -> str:
    """Everything that can be read in a letter and its calendar object."""
    message = _received(letter(made, SETTINGS, NOW))
    parts = [
        str(each.get_content()) for each in message.walk() if each.get_content_maintype() == "text"
    ]
    return "\n".join([*(str(value) for value in message.values()), *parts])


@pytest.mark.parametrize(
    ("event", "subject", "says"),
    [
        ("booked", "Your appointment is booked", "We look forward"),
        ("pending", "Your appointment is not confirmed yet", "write to you again"),
        ("moved", "Your appointment has a new time", "has been moved"),
        ("cancelled", "Your appointment is cancelled", "You need not come"),
        ("two_days", "Reminder: your appointment", "Do not forget"),
        ("two_hours", "Reminder: your appointment", "Do not forget"),
        ("earlier", "You can come earlier", "until Tue 24 Nov, 11:00"),
    ],
)
def test_what_each_letter_says(event: str, subject: str, says: str) -> None:
    message = _received(letter(_errand(event), SETTINGS, NOW))
    assert message["Subject"] == subject
    for text in (_plain(message), _html(message)):
        assert says in text
        assert "Amina" in text
        assert CODE in text
        assert "Thursday 26 November 2026, 10:00–10:30" in text.replace("Thursday,", "Thursday")


@pytest.mark.parametrize("event", sorted({*TO_NEWCOMER} - {"cancelled"}))
def test_who_where_how_long_what_to_bring_and_how_to_move_it(event: str) -> None:
    made = _errand(event)
    text = _plain(_received(letter(made, SETTINGS, NOW)))
    for told in (
        "What: Housing",
        "How long: 30 minutes",
        "With: Amina",
        "Where: Town Hall, Torget 2, 999 01 Exempelby",
        "Language: English",
        "Interpreter: not needed",
        "Bring with you: your passport or another identity document; your rental contract",
        f"\n{manage_link(MUNICIPALITY.web_base_url, SETTINGS.secret_key, made.appointment)}\n",
    ):
        assert told in text


def test_an_earlier_time_is_told_beside_the_one_that_stays() -> None:
    text = _plain(_received(letter(_errand("earlier"), SETTINGS, NOW)))
    assert re.search(r"When: Tuesday,? 24 November 2026, 14:00–14:30", text)
    assert re.search(r"you keep your time: Thursday,? 26 November 2026, 10:00–10:30", text)
    assert "Take the earlier time:\nhttp" in text


def test_by_phone_and_by_video() -> None:
    by_phone = _errand(place=PHONE, office=None, phone="+46701740605")
    assert "Where: by phone: we call you at +46 70 174 06 05" in _words(by_phone)
    amina = Caseworker(id="amina", first_name="Amina", video_url="https://video.example/amina")
    by_video = _errand(place=VIDEO, office=None, caseworker=amina)
    assert "Where: by video: https://video.example/amina" in _words(by_video)


def test_staff_say_why_they_cancel() -> None:
    text = _words(_errand("cancelled", reason="caseworker_ill"))
    assert "We are sorry" in text
    assert REASONS["caseworker_ill"] in text


def test_a_pending_time_that_moves_is_still_not_confirmed() -> None:
    assert "write to you again" in _words(_errand("moved", state=PENDING))


@pytest.mark.parametrize("event", TO_NEWCOMER)
@pytest.mark.parametrize("language", MUNICIPALITY.languages)
def test_every_language(language: str, event: str) -> None:
    message = _received(letter(_errand(event, language=language), SETTINGS, NOW))
    direction = "rtl" if language in ("ar", "fa") else "ltr"
    assert message["Content-Language"] == language
    assert f'<html lang="{language}" dir="{direction}">' in _html(message)
    for text in (_plain(message), _html(message)):
        assert CODE in text
        assert "{" not in re.sub(r"style=\"[^\"]*\"", "", text)
        assert (_ISOLATED.format(CODE) in text) == (direction == "rtl")
        assert (_ISOLATED.format(MUNICIPALITY.contact.phone) in text) == (direction == "rtl")


def test_headers() -> None:
    message = _received(letter(_errand(), SETTINGS, NOW))
    (sender,), (recipient,) = message["From"].addresses, message["To"].addresses
    assert (sender.display_name, sender.addr_spec) == (
        MUNICIPALITY.name,
        MUNICIPALITY.contact.email,
    )
    assert recipient.addr_spec == "maryam@example.org"
    assert message["Date"].datetime == NOW
    assert message["Auto-Submitted"] == "auto-generated"


def test_the_same_delivery_has_the_same_message_id_at_every_attempt() -> None:
    first = letter(_errand(), SETTINGS, NOW)
    later = letter(_errand(), SETTINGS, NOW + timedelta(hours=5))
    other = letter(replace(_errand(), id=4), SETTINGS, NOW)
    assert first["Message-ID"] == later["Message-ID"]
    assert first["Message-ID"] != other["Message-ID"]


@pytest.mark.parametrize("event", TO_NEWCOMER)
def test_the_subject_line_says_nothing_about_anybody(event: str) -> None:
    subject = str(letter(_errand(event), SETTINGS, NOW)["Subject"])
    for personal in ("Maryam", "Ali", "Amina", "Housing", "KABC", "2026", "10"):
        assert personal not in subject


def test_mail_is_plain_enough_for_every_server() -> None:
    for language in ("ar", "ti", "sv"):
        content = letter(_errand(language=language), SETTINGS, NOW).as_bytes()
        assert content.isascii()
        assert all(len(line) <= 998 for line in content.split(b"\r\n"))


@given(st.text(min_size=1, max_size=80))
@hypothesis_settings(derandomize=True, max_examples=80, deadline=None)
def test_no_name_or_place_can_write_headers_or_html(name: str) -> None:
    amina = Caseworker(id="amina", first_name=f"<b>{name}\r\nBcc: x@example.org")
    message = _received(letter(_errand(caseworker=amina, name=name), SETTINGS, NOW))
    assert message["Bcc"] is None
    assert "<b>" not in _html(message)


@pytest.mark.parametrize("address", ["", "åsa@exempel.se", "a..b@example.org", "x@"])
def test_an_address_that_no_mail_can_reach_is_refused(address: str) -> None:
    with pytest.raises(MailRefused) as caught:
        letter(_errand(email=address), SETTINGS, NOW)
    assert "exam" not in str(caught.value)


def test_a_host_in_other_letters_is_written_for_mail_servers() -> None:
    assert letter(_errand(email="sara@exämple.org"), SETTINGS, NOW)["To"].endswith(
        "@xn--exmple-cua.org"
    )


@pytest.mark.parametrize("event", TO_NEWCOMER)
@pytest.mark.parametrize("make", [_errand, _order])
def test_the_method_stands_in_the_part_and_in_the_object(make: Any, event: str) -> None:
    if make is _order and event not in WITH_CALENDAR:
        return
    message = _received(letter(make(event), SETTINGS, NOW))
    calendars = [each for each in message.walk() if each.get_content_type() == "text/calendar"]
    files = [each for each in message.iter_attachments() if each.get_filename()]
    if event not in WITH_CALENDAR:
        assert not calendars
        assert not files
        return
    (part,), (file,) = calendars, files
    wanted = "CANCEL" if event == "cancelled" else "REQUEST"
    content = icalendar.Calendar.from_ical(part.get_payload(decode=True))
    assert part["Content-Type"].params["method"] == wanted == content["method"]
    assert part["Content-Type"].params["charset"] == "utf-8"
    assert file.get_filename() == "appointment.ics"
    assert file.get_payload(decode=True) == part.get_payload(decode=True)
    assert {each.get_content_type() for each in message.walk()} >= {
        "multipart/mixed",
        "multipart/alternative",
    }


# Orders for interpreters


@pytest.mark.parametrize("event", [*WITH_CALENDAR, "late"])
def test_an_order_never_says_who_the_newcomer_is(event: str) -> None:
    text = _words(_order(event, note="My flat is damp", conversation_id="abc"))
    for personal in ("Maryam", "maryam", "46701740605", "70 174", "damp", "/appointments/"):
        assert personal not in text
    for told in ("tigrinja", "Amina", CODE, "orders@agency.example"):
        assert told in text


def test_an_order_in_the_municipalitys_first_language() -> None:
    message = _received(letter(_order(), SETTINGS, NOW))
    assert message["Content-Language"] == "sv"
    (event,) = icalendar.Calendar.from_ical(
        _part(message, "text/calendar").get_payload(decode=True)
    ).walk("VEVENT")
    assert str(event["uid"]).startswith("appointment-7-interpreter-tolk@")
    assert event["location"] == "Town Hall, Torget 2, 999 01 Exempelby"
    assert event.decoded("dtstart") == TEN


class Mailbox:
    """Mail programs of several people: by RFC 5546 the highest SEQUENCE of a UID counts."""

    def __init__(self, calendar: Calendar, now: datetime = NOW) -> None:
        self.calendars: dict[str, dict[str, icalendar.Event]] = {}
        self.subjects: list[tuple[str, str]] = []
        self.texts: list[str] = []
        self._sequences: dict[tuple[str, str], int] = {}
        self._calendar, self._now = calendar, now

    def receive_due(self, database: Database) -> None:
        """Word and take in what is due, as a courier would."""
        with database.transaction() as session:
            for delivery_id in deliveries.due(session, self._now):
                delivery = deliveries.claim(session, delivery_id, self._now)
                assert delivery
                made = errand(session, delivery, self._calendar, self._now)
                if made is None:
                    deliveries.void(session, delivery_id)
                    continue
                self._receive(_received(letter(made, SETTINGS, self._now)))
                deliveries.sent(session, delivery_id, self._now)

    def _receive(self, message: EmailMessage) -> None:
        to = message["To"].addresses[0].addr_spec
        self.subjects.append((to, str(message["Subject"])))
        self.texts.append(_plain(message))
        events = self.calendars.setdefault(to, {})
        for part in message.walk():
            if part.get_content_type() != "text/calendar":
                continue
            content = icalendar.Calendar.from_ical(part.get_payload(decode=True))
            (event,) = content.walk("VEVENT")
            uid, sequence = str(event["uid"]), int(event["sequence"])
            assert sequence >= self._sequences.get((to, uid), 0)
            self._sequences[to, uid] = sequence
            if content["method"] == "CANCEL":
                assert event["status"] == "CANCELLED"
                events.pop(uid, None)
            else:
                events[uid] = event

    def times(self, to: str) -> list[datetime]:
        """When the appointments in somebody's calendar begin."""
        return [event.decoded("dtstart") for event in self.calendars.get(to, {}).values()]


def _tolk(key: str, **changes: Any) -> Interpreter:
    made = interpreter(key, notice_days=0, **changes)
    made.email = f"{key}@agency.example"
    return made


def _booked(database: Database, calendar: Calendar, **changes: Any) -> Appointment:
    with database.transaction() as session:
        booked = book(session, calendar, request(TEN, **changes), clock)
    assert isinstance(booked, Appointment)
    return booked


def test_booked_moved_and_cancelled_ends_with_empty_calendars(
    database: Database, calendar: Calendar
) -> None:
    with database.transaction() as session:
        session.add_all([caseworker(), _tolk("tolk")])
    everybody = ("sara@example.org", "tolk@agency.example")
    mailbox = Mailbox(calendar)
    booked = _booked(database, calendar, language="ti")
    mailbox.receive_due(database)
    assert [mailbox.times(to) for to in everybody] == [[TEN], [TEN]]
    with database.transaction() as session:
        move(session, calendar, booked.id, at(27, 14), clock)
    mailbox.receive_due(database)
    assert [mailbox.times(to) for to in everybody] == [[at(27, 14)], [at(27, 14)]]
    with database.transaction() as session:
        cancel(session, calendar, booked.id, clock)
    mailbox.receive_due(database)
    assert [mailbox.times(to) for to in everybody] == [[], []]
    assert len(mailbox.subjects) == 6


def test_who_parts_is_told_of_the_time_that_they_had_and_who_comes_gets_an_order(
    database: Database, calendar: Calendar
) -> None:
    with database.transaction() as session:
        session.add_all(
            [caseworker(), _tolk("anna", weekdays=(3,)), _tolk("berhane", weekdays=(4,))]
        )
    mailbox = Mailbox(calendar)
    booked = _booked(database, calendar, language="ti")
    mailbox.receive_due(database)
    assert mailbox.times("anna@agency.example") == [TEN]
    with database.transaction() as session:
        move(session, calendar, booked.id, at(27, 14), clock)
    before = len(mailbox.subjects)
    mailbox.receive_due(database)
    assert mailbox.times("anna@agency.example") == []
    assert mailbox.times("berhane@agency.example") == [at(27, 14)]
    told = dict(mailbox.subjects[before:])
    first = dict(mailbox.subjects[:before])
    assert told["berhane@agency.example"] == first["anna@agency.example"]
    texts = dict(zip((to for to, _ in mailbox.subjects), mailbox.texts, strict=True))
    assert "26 november 2026" in texts["anna@agency.example"]
    assert "27 november 2026" in texts["berhane@agency.example"]


def test_a_confirmation_by_staff_is_a_letter_of_its_own(
    database: Database, calendar: Calendar
) -> None:
    with database.transaction() as session:
        session.add_all([caseworker(), appointment_type("housing", needs_confirmation=True)])
    mailbox = Mailbox(calendar)
    booked = _booked(database, calendar, language="en")
    mailbox.receive_due(database)
    (event,) = mailbox.calendars["sara@example.org"].values()
    assert event["status"] == "TENTATIVE"
    with database.transaction() as session:
        confirm(session, calendar, booked.id, clock)
    mailbox.receive_due(database)
    (event,) = mailbox.calendars["sara@example.org"].values()
    assert event["status"] == "CONFIRMED"
    assert [subject for _, subject in mailbox.subjects] == [
        "Your appointment is not confirmed yet",
        "Your appointment is booked",
    ]


def test_who_has_an_address_learns_that_the_newcomer_comes_late(
    database: Database, calendar: Calendar
) -> None:
    with database.transaction() as session:
        amina = caseworker()
        amina.email = "amina@exempelby.example"
        nobody = interpreter("tolk", notice_days=0)
        session.add_all([amina, nobody])
    booked = _booked(database, calendar, language="ti")
    with database.transaction() as session:
        be_late(session, booked.id, clock)
    mailbox = Mailbox(calendar)
    mailbox.receive_due(database)
    assert [to for to, _ in mailbox.subjects] == ["sara@example.org", "amina@exempelby.example"]
    with database.reading() as session:
        states = {
            (each.recipient, each.event): each.state
            for each in session.query(Delivery)
            if each.recipient == "tolk"
        }
    assert states == {("tolk", "booked"): "void", ("tolk", "late"): "void"}


# Short messages


@pytest.mark.parametrize("event", TO_NEWCOMER)
def test_a_text_message_says_when_where_code_and_link(event: str) -> None:
    made = _errand(event, email=None, phone="+46701740605", reason=None)
    text = text_message(made, MUNICIPALITY, "https://k.example/appointments/7/abc")
    when = "Tue 24 Nov, 14:00" if event == "earlier" else "Thu 26 Nov, 10:00"
    assert when in text
    assert CODE in text
    assert len(text) <= 306  # two parts
    if event == "cancelled":
        assert text.endswith(MUNICIPALITY.web_base_url)
    else:
        assert text.endswith("\nhttps://k.example/appointments/7/abc")
    assert ("Torget 2" in text) == (event not in ("cancelled", "earlier"))


def test_an_isolate_only_where_text_runs_right_to_left() -> None:
    for language, isolated in (("sv", False), ("ar", True)):
        text = text_message(_errand(language=language), MUNICIPALITY, "https://k.example")
        assert ("\u2066" in text) == isolated


def test_the_chat_offers_the_earlier_time_with_two_buttons() -> None:
    (reply,) = chat_messages(_errand("earlier"), MUNICIPALITY, "en")
    assert "Tue 24 Nov, 14:00" in reply["text"]
    assert reply["buttons"] == [
        {
            "title": "Take the earlier time",
            "payload": '/take_earlier_time{"reference_code": "KABC2345"}',
        },
        {
            "title": "Keep my time",
            "payload": '/take_earlier_time{"change": "no", "reference_code": "KABC2345"}',
        },
    ]


def test_the_chat_says_why_staff_cancel() -> None:
    (reply,) = chat_messages(_errand("cancelled", reason="office_closed"), MUNICIPALITY, "en")
    assert REASONS["office_closed"] in reply["text"]
    assert "buttons" not in reply


def test_contact_is_needed_for_a_letter() -> None:
    assert Contact(phone="+46701740605").email is None
    with pytest.raises(MailRefused):
        letter(_errand(email=None, phone="+46701740605"), SETTINGS, NOW)
