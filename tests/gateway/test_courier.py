"""The courier with a real mail server: everything arrives, nothing arrives twice."""

import asyncio
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import pytest
from msgspec.structs import replace
from sqlalchemy import select

from contact_point.appointments import deliveries, waiting_list
from contact_point.appointments.booking import book, cancel, move
from contact_point.appointments.calendar import Calendar
from contact_point.appointments.contacts import Contact
from contact_point.appointments.tables import Appointment, Delivery
from contact_point.conversations import messages
from contact_point.conversations.messages import InboundMessage
from contact_point.database import Database
from contact_point.settings import Settings, load_settings
from gateway import courier as courier_module
from gateway.courier import Courier
from gateway.wakeups import Wakeups
from tests.contact_point.appointments.sample import NOW, appointment_type, at, caseworker, request
from tests.contact_point.conftest import database, postgresql_url  # noqa: F401
from tests.contact_point.mail_server import MailServer
from tests.contact_point.sms_service import SmsService

TEN = at(26, 10)
SARA = "sara@example.org"
PHONE = Contact(phone="+46701740605")


@dataclass
class House:
    """A municipality's database with Amina in it, its clock, and its couriers."""

    database: Database
    mail_server: MailServer
    sms_service: SmsService
    now: datetime = NOW
    settings: Settings = field(
        default_factory=lambda: replace(load_settings(), secret_key="s" * 40)
    )
    opened: list[Database] = field(default_factory=list)

    def clock(self) -> datetime:
        return self.now

    @property
    def calendar(self) -> Calendar:
        return Calendar.of(self.settings.municipality)

    def courier(self, mail: bool = True, sms: bool = False) -> Courier:
        """A courier as in a process of its own: with connections of its own."""
        own = Database(self.database.url.render_as_string(hide_password=False))
        self.opened.append(own)
        settings = replace(
            self.settings,
            smtp_url=self.mail_server.url if mail else None,
            sms_url=self.sms_service.url if sms else None,
        )
        return Courier(own, Wakeups(own), settings, self.clock)

    def book(self, starts_at: datetime = TEN, key: str = "1", **changes: Any) -> int:
        changes.setdefault("conversation_id", None)
        with self.database.transaction() as session:
            wanted = request(starts_at, key, **{"language": "en"} | changes)
            booked = book(session, self.calendar, wanted, self.clock)
        assert isinstance(booked, Appointment)
        return booked.id

    def move(self, appointment_id: int, starts_at: datetime) -> None:
        with self.database.transaction() as session:
            move(session, self.calendar, appointment_id, starts_at, self.clock)

    def cancel(self, appointment_id: int, reason: str | None = None) -> None:
        with self.database.transaction() as session:
            cancel(session, self.calendar, appointment_id, self.clock, reason)

    def chat(self) -> str:
        with self.database.transaction() as session:
            return messages.start(session, messages.WEB, "en", self.clock)

    def said(self, conversation_id: str) -> list[messages.StoredMessage]:
        with self.database.reading() as session:
            return messages.messages_after(session, conversation_id, 0)

    def rows(self) -> dict[str, str]:
        """The state of each message, by its event."""
        with self.database.reading() as session:
            return {row.event: row.state for row in session.scalars(select(Delivery))}

    def in_trouble(self) -> list[str | None]:
        with self.database.reading() as session:
            return [row.problem for row in deliveries.in_trouble(session)]


@pytest.fixture
def house(database: Database) -> Iterator[House]:  # noqa: F811
    with database.transaction() as session:
        session.add(caseworker())
    made = House(database, MailServer().start(), SmsService())
    yield made
    for each in made.opened:
        each.close()
    made.mail_server.stop()
    made.sms_service.stop()


async def _until(what: Callable[[], bool]) -> None:
    for _ in range(200):
        if what():
            return
        await asyncio.sleep(0.05)
    raise AssertionError("it did not happen within ten seconds")


async def _send_all(*couriers: Courier) -> None:
    """Until none of them finds anything that is due."""
    while any(await asyncio.gather(*(each.send_due() for each in couriers))):
        pass


# Mail


async def test_a_confirmation_arrives_by_itself(house: House) -> None:
    courier = house.courier()
    running = asyncio.create_task(courier.run())
    house.book()
    await _until(lambda: house.rows().get("booked") == "sent")
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    await courier.stop()
    (received,) = house.mail_server.received
    assert received["To"].addresses[0].addr_spec == SARA
    assert received["Subject"] == "Your appointment is booked"
    assert received["Date"].datetime == NOW


async def test_a_mail_server_that_is_away_gets_it_once_when_it_is_back(house: House) -> None:
    house.book()
    house.mail_server.stop()
    courier = house.courier()
    for pause in (10, 20, 40):
        assert await courier.send_due()
        assert house.in_trouble() == ["The mail server can not be reached."]
        house.now += timedelta(seconds=pause - 1)
        assert not await courier.send_due()
        house.now += timedelta(seconds=1)
    house.mail_server.start()
    await _send_all(courier)
    assert house.mail_server.recipients == [SARA]
    assert house.in_trouble() == []
    house.now += timedelta(hours=1)
    await _send_all(courier)
    assert house.mail_server.recipients == [SARA]


async def test_staff_see_a_refused_address(house: House) -> None:
    house.mail_server.refuse(SARA, "550 no such user")
    house.book()
    courier = house.courier()
    await _send_all(courier)
    assert house.in_trouble() == ["The mail server does not take mail for this address."]
    assert house.rows()["booked"] == "failed"
    house.now += timedelta(hours=1)
    assert not await courier.send_due()


async def test_one_bad_message_keeps_no_other_from_going(house: House) -> None:
    bad = house.book(at(26, 9), "bad", contact=Contact(email="bad@example.org"))
    house.book()
    with house.database.transaction() as session:
        session.get_one(Appointment, bad).subject = "unheard of"
    courier = house.courier()
    await courier.send_due()
    assert house.mail_server.recipients == [SARA]
    assert house.in_trouble() == ["The message could not be made. The log says why."]


async def test_without_a_mail_server_staff_are_told(house: House) -> None:
    house.book()
    house.book(at(26, 11), "2", contact=PHONE)
    await _send_all(house.courier(mail=False))
    assert sorted(filter(None, house.in_trouble())) == [
        "No SMS service is set up.",
        "No mail server is set up.",
    ]


async def test_a_slow_mail_server_keeps_no_one_else_waiting(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The threads that wait for it are the courier's own."""
    goes_on = threading.Event()
    monkeypatch.setattr(courier_module.mail, "send", lambda *_: goes_on.wait(10))
    for number in range(8):
        house.book(at(26 + number // 5, 9 + number % 3, 30 * (number % 2)), str(number))
    courier = house.courier()
    sending = asyncio.create_task(courier.send_due())
    await asyncio.wait_for(asyncio.gather(*(asyncio.to_thread(int) for _ in range(20))), 5)
    assert not sending.done()
    goes_on.set()
    await sending


# Several couriers, one database


async def test_three_couriers_send_each_reminder_once(house: House) -> None:
    starts = [at(3 + day, hour, month=12) for day in (0, 1) for hour in (9, 10, 11, 13, 14)]
    for number, starts_at in enumerate(starts):
        contact = Contact(email=f"newcomer{number}@example.org")
        house.book(starts_at, str(number), contact=contact)
    couriers = [house.courier() for _ in range(3)]
    with house.database.reading() as session:
        moments = sorted(set(session.scalars(select(Delivery.due_at))))
    for moment in moments:
        house.now = moment
        await _send_all(*couriers)
    assert Counter(house.mail_server.recipients) == {
        f"newcomer{number}@example.org": 3 for number in range(len(starts))
    }
    assert len({each["Message-ID"] for each in house.mail_server.received}) == 3 * len(starts)


async def test_none_after_a_cancellation(house: House) -> None:
    appointment_id = house.book()
    courier = house.courier()
    await _send_all(courier)
    house.cancel(appointment_id)
    for hours in range(0, 60, 2):
        house.now = NOW + timedelta(hours=hours)
        await _send_all(courier)
    subjects = [str(each["Subject"]) for each in house.mail_server.received]
    assert subjects == ["Your appointment is booked", "Your appointment is cancelled"]


async def test_no_reminder_for_the_old_time(house: House) -> None:
    appointment_id = house.book()
    house.move(appointment_id, at(27, 14))
    courier = house.courier()
    for hours in range(90):
        house.now = NOW + timedelta(hours=hours)
        await _send_all(courier)
    received = [
        (str(each["Subject"]), each["Date"].datetime) for each in house.mail_server.received
    ]
    assert received == [
        ("Your appointment has a new time", NOW),
        ("Reminder: your appointment", at(25, 14)),
        ("Reminder: your appointment", at(27, 12)),
    ]


async def test_no_reminder_once_it_has_begun(house: House) -> None:
    house.book()
    courier = house.courier()
    await _send_all(courier)
    house.now = TEN
    await _send_all(courier)
    assert len(house.mail_server.received) == 1
    assert house.rows()["two_hours"] == "void"


async def test_a_reminder_that_was_held_up_waits_for_the_morning(house: House) -> None:
    house.book(at(27, 14), key="friday")
    courier = house.courier()
    await _send_all(courier)
    house.mail_server.stop()
    house.now = at(25, 20, 58)
    await courier.send_due()
    house.mail_server.start()
    house.now = at(25, 23)
    await _send_all(courier)
    assert len(house.mail_server.received) == 1
    house.now = at(26, 8)
    await _send_all(courier)
    assert str(house.mail_server.received[-1]["Subject"]) == "Reminder: your appointment"


# Dying and stopping


async def test_what_a_dead_courier_had_taken_is_sent_by_the_next(house: House) -> None:
    house.book()
    with house.database.transaction() as session:
        (key,) = deliveries.due(session, house.now)
        deliveries.claim(session, key, house.now)  # and then its process is gone
    courier = house.courier()
    assert not await courier.send_due()
    house.now += timedelta(minutes=2)
    await _send_all(courier)
    assert house.mail_server.recipients == [SARA]


async def test_a_courier_that_stops_finishes_what_it_hands_over(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun, goes_on = threading.Event(), threading.Event()
    really_send = courier_module.mail.send

    def slowly(*args: Any) -> None:
        begun.set()
        goes_on.wait(10)
        really_send(*args)

    monkeypatch.setattr(courier_module.mail, "send", slowly)
    house.book()
    courier = house.courier()
    running = asyncio.create_task(courier.run())
    await _until(begun.is_set)
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    stopping = asyncio.create_task(courier.stop())
    goes_on.set()
    await stopping
    assert house.rows()["booked"] == "sent"
    house.now += timedelta(hours=1)
    await _send_all(house.courier())
    assert house.mail_server.recipients == [SARA]


# SMS and chat


async def test_who_has_given_a_number_gets_a_text_message(house: House) -> None:
    house.book(contact=PHONE)
    await _send_all(house.courier(sms=True))
    ((_, _, fields),) = house.sms_service.requests
    assert fields["to"] == [PHONE.phone]
    assert fields["from"] == ["Exempelby"]
    assert fields["message"][0].startswith("Your appointment is booked: Thu 26 Nov, 10:00.")
    assert house.rows()["booked"] == "sent"


async def test_a_refused_number_is_seen_and_a_service_without_credit_is_tried_again(
    house: House,
) -> None:
    house.book(contact=PHONE)
    courier = house.courier(sms=True)
    house.sms_service.status = 403
    await courier.send_due()
    assert house.rows()["booked"] == "waiting"
    house.sms_service.status = 400
    house.now += timedelta(seconds=10)
    await courier.send_due()
    assert house.rows()["booked"] == "failed"
    assert house.in_trouble() == ["The SMS service does not send to this number."]


async def test_the_chat_says_what_it_has_not_said_itself(house: House) -> None:
    chat = house.chat()
    appointment_id = house.book(contact=PHONE, conversation_id=chat)
    couriers = [house.courier(mail=False) for _ in range(3)]
    await _send_all(*couriers)
    assert house.said(chat) == []  # it was booked here
    assert house.rows()["booked"] == "sent"
    house.move(appointment_id, at(27, 14))  # by staff: the newcomer has written nothing
    await _send_all(*couriers)
    (moved,) = house.said(chat)
    assert moved.author == "notice"
    assert moved.text.startswith("Your appointment has a new time.")
    house.now = at(25, 14)
    await _send_all(*couriers)
    assert [each.text.split(".")[0] for each in house.said(chat)[1:]] == [
        "Reminder: your appointment"
    ]
    house.cancel(appointment_id, "caseworker_ill")
    await _send_all(*couriers)
    assert "Your caseworker is ill." in house.said(chat)[2].text
    assert len(house.said(chat)) == 3


async def test_what_the_newcomer_changes_in_the_chat_is_not_said_twice(house: House) -> None:
    chat = house.chat()
    appointment_id = house.book(contact=PHONE, conversation_id=chat)
    with house.database.transaction() as session:
        inbound = InboundMessage(messages.WEB, "m1", "yes, move it", conversation_id=chat)
        messages.receive(session, inbound, house.clock)
    house.now += timedelta(seconds=2)
    house.move(appointment_id, at(27, 14))
    courier = house.courier(mail=False)
    await _send_all(courier)
    house.cancel(appointment_id)
    await _send_all(courier)
    assert [each.author for each in house.said(chat)] == ["newcomer"]
    assert house.rows()["cancelled"] == house.rows()["moved"] == "sent"


async def test_a_web_chat_that_is_open_wakes_up(house: House) -> None:
    chat = house.chat()
    appointment_id = house.book(contact=PHONE, conversation_id=chat)
    house.cancel(appointment_id, "office_closed")
    wakeups = Wakeups(house.database)
    courier = Courier(house.database, wakeups, house.settings, house.clock)
    with wakeups.listen_to(chat) as queue:
        await _send_all(courier)
        assert queue.get_nowait() == "changed"


# Keeping house


def _one_who_waits(house: House, **changes: Any) -> tuple[int, str]:
    """Somebody on the waiting list; a time a week earlier has come free."""
    with house.database.transaction() as session:
        session.add(appointment_type("housing", notice_hours=0))
    chat = house.chat()
    appointment_id = house.book(at(3, 10, month=12), conversation_id=chat, **changes)
    with house.database.transaction() as session:
        waiting_list.join(session, appointment_id, house.clock)
    return appointment_id, chat


async def test_an_earlier_time_is_offered_by_mail_and_in_the_chat(house: House) -> None:
    house.now = at(24, 9)
    _, chat = _one_who_waits(house)
    courier = house.courier()
    await _send_all(courier)
    house.mail_server.stop()
    await courier.tidy()
    await courier.send_due()
    (offer,) = house.said(chat)  # the chat does not wait for the mail server
    assert [each["title"] for each in (offer.reply or {})["buttons"]] == [
        "Take the earlier time",
        "Keep my time",
    ]
    house.mail_server.start()
    house.now += timedelta(seconds=10)
    await _send_all(courier)
    assert str(house.mail_server.received[-1]["Subject"]) == "You can come earlier"
    assert len(house.said(chat)) == 1


async def test_several_couriers_ask_once(house: House) -> None:
    house.now = at(24, 9)
    _, chat = _one_who_waits(house, contact=PHONE)
    couriers = [house.courier(mail=False) for _ in range(3)]
    await asyncio.gather(*(each.tidy() for each in couriers))
    await _send_all(*couriers)
    assert len(house.said(chat)) == 1


async def test_an_offer_that_has_run_out_is_not_sent(house: House) -> None:
    house.now = at(24, 9)
    _one_who_waits(house)
    courier = house.courier()
    await _send_all(courier)
    house.mail_server.stop()
    await courier.tidy()
    await courier.send_due()
    house.mail_server.start()
    house.now += waiting_list.DEADLINE
    await _send_all(courier)
    assert [str(each["Subject"]) for each in house.mail_server.received] == [
        "Your appointment is booked"
    ]


async def test_past_appointments_are_deleted(house: House) -> None:
    appointment_id = house.book()
    courier = house.courier()
    days = house.settings.municipality.appointments.kept_days
    for kept, after in ((True, timedelta(days=days)), (False, timedelta(days=days + 1))):
        house.now = TEN + after
        await courier.delete_past()
        with house.database.reading() as session:
            assert (session.get(Appointment, appointment_id) is not None) == kept
