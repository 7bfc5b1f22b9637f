"""`kill -9` in the midst of booking and of mailing: nothing is lost, nothing is done twice."""

import asyncio
import os
import random
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from email.message import EmailMessage
from typing import NamedTuple

import icalendar
import pytest
from sqlalchemy import select

from contact_point.appointments import deliveries
from contact_point.appointments.booking import HOLD
from contact_point.appointments.calendar_object import order_uid, uid
from contact_point.appointments.tables import CANCELLED, HELD, Appointment, Delivery, Resource
from contact_point.database import Database
from contact_point.settings import load_settings
from tests.contact_point.appointments import crashing
from tests.contact_point.appointments.crashing import Nursery
from tests.contact_point.appointments.ledger import check_ledger
from tests.contact_point.appointments.sample import NOW, calendar
from tests.contact_point.mail_server import MailServer

BOOKINGS = {"sqlite": int(os.environ.get("CRASH_BOOKINGS", "300")), "postgresql": 100}
BOOKERS = 3
KILLS_OF_BOOKERS = {"sqlite": BOOKINGS["sqlite"] // 25, "postgresql": 10}
KILLS_OF_COURIER = {"sqlite": BOOKINGS["sqlite"] // 33, "postgresql": 8}
TRIED_AGAIN = 5
"""Requests with an answer that a booker gets once more when it starts again."""
CLAIM_ENDS = timedelta(minutes=3)
"""After this long another courier may take what a dead one had claimed."""
LONGEST_SECONDS = 240


class Notice(NamedTuple):
    """What a mail tells a calendar: no two mails may say the same."""

    to: str
    uid: str
    sequence: int
    method: str


@dataclass
class House:
    """A municipality whose processes die, and what the world outside has seen of it."""

    database: Database
    mail_server: MailServer
    nursery: Nursery
    open_requests: list[set[int]]
    """Of each booker, the newcomers who have no answer yet."""
    now: datetime = NOW
    """The courier's clock."""
    bookers: dict[int, int] = field(default_factory=dict)
    """The process of each."""
    courier: int = 0
    chance: random.Random = field(default_factory=lambda: random.Random(24))
    answers: dict[int, int] = field(default_factory=dict)
    """The appointment of each newcomer."""
    kills: Counter[str] = field(default_factory=Counter)
    in_hand: Counter[int] = field(default_factory=Counter)
    """How often a courier died that had taken this delivery."""

    def start_booker(self, booker: int) -> None:
        """It tries what has no answer, and a little of what has one."""
        answered = [number for number in self.answers if number % BOOKERS == booker]
        again = self.chance.sample(answered, min(TRIED_AGAIN, len(answered)))
        numbers = [*sorted(self.open_requests[booker]), *again]
        self.bookers[booker] = self.nursery.start(crashing.serve_newcomers, numbers)

    def start_courier(self) -> None:
        """At the present clock."""
        self.courier = self.nursery.start(crashing.carry, self.mail_server.url, self.now)

    def listen(self) -> None:
        """Take the answers that have come; the same newcomer always gets the same appointment."""
        while self.nursery.reports.poll(0.002):
            report = self.nursery.reports.recv()
            assert not isinstance(report, str), report
            number, appointment_id = report
            assert self.answers.setdefault(number, appointment_id) == appointment_id
            self.open_requests[number % BOOKERS].discard(number)

    def kill_booker(self) -> bool:
        """One that has something to do; False where it was done in this instant."""
        booker = self.chance.choice([n for n in range(BOOKERS) if self.open_requests[n]])
        was_killed = self.nursery.kill(self.bookers[booker])
        self.listen()
        self.kills["bookers"] += was_killed
        lost = self._without_answer(booker)
        self.kills["bookers whose work was done without an answer"] += bool(lost)
        self.start_booker(booker)
        return was_killed

    def kill_courier(self) -> None:
        """The next one begins later than the claims of this one end."""
        assert self.nursery.kill(self.courier)
        self.kills["couriers"] += 1
        with self.database.reading() as session:
            self.in_hand.update(
                session.scalars(
                    select(Delivery.id).where(
                        Delivery.state == "waiting",
                        Delivery.attempts > 0,
                        Delivery.due_at > self.now,
                    )
                )
            )
        self.now += CLAIM_ENDS

    def _without_answer(self, booker: int) -> list[str]:
        keys = [str(number) for number in self.open_requests[booker]]
        with self.database.reading() as session:
            booked = select(Appointment.idempotency_key).where(
                Appointment.idempotency_key.in_(keys)
            )
            return list(session.scalars(booked))


@pytest.fixture
def house(database: Database) -> Iterator[House]:
    with database.transaction() as session:
        session.add_all(crashing.people())
    numbers = range(1, BOOKINGS[database.engine.dialect.name] + 1)
    requests = [{n for n in numbers if n % BOOKERS == booker} for booker in range(BOOKERS)]
    mail_server = MailServer().start()
    url = database.url.render_as_string(hide_password=False)
    with crashing.nursery(url, mail_server.url) as nursery:
        yield House(database, mail_server, nursery, requests)
    mail_server.stop()


def test_processes_that_are_killed_lose_nothing_and_do_nothing_twice(house: House) -> None:
    count = BOOKINGS[house.database.engine.dialect.name]
    started = time.monotonic()
    _book_and_kill(house, count)
    booked_seconds = time.monotonic() - started
    _finish(house)
    copies = Counter(str(each["Message-ID"]) for each in house.mail_server.received)
    repeated = copies.total() - len(copies)
    print(
        f"{count} bookings, {len(copies)} mails and {repeated} repetitions; killed: "
        f"{dict(house.kills)}, with {house.in_hand.total()} mails in hand; "
        f"{booked_seconds:.0f} of {time.monotonic() - started:.0f} seconds"
    )
    _check_bookings(house, count)
    _check_mails(house)
    _check_repetitions(house, copies)


def _book_and_kill(house: House, count: int) -> None:
    """Kills come after random numbers of answers and of mails, and then a random while."""
    chance, late = house.chance, count * 9 // 10
    kind = house.database.engine.dialect.name
    bookers, couriers = KILLS_OF_BOOKERS[kind], KILLS_OF_COURIER[kind]
    deaths = sorted(chance.sample(range(len(crashing.FIRST), late), bookers))
    deaths_of_courier = sorted(chance.sample(range(len(crashing.FIRST), late), couriers))
    deadline = time.monotonic() + LONGEST_SECONDS
    while len(house.answers) < len(crashing.FIRST):
        house.listen()
    for booker in range(BOOKERS):
        house.start_booker(booker)
    house.start_courier()
    while any(house.open_requests) or deaths_of_courier:
        assert time.monotonic() < deadline
        house.listen()
        if deaths and len(house.answers) >= deaths[0]:
            time.sleep(chance.uniform(0, 0.15))
            if house.kill_booker():
                deaths.pop(0)
        if deaths_of_courier and len(house.mail_server.received) >= deaths_of_courier[0]:
            time.sleep(chance.uniform(0, 0.1))
            house.kill_courier()
            house.start_courier()
            deaths_of_courier.pop(0)
    house.kill_courier()
    assert house.kills["bookers"] == bookers
    assert house.kills["couriers"] == couriers + 1


def _finish(house: House) -> None:
    """A courier that lives long enough."""

    for booker in house.bookers.values():
        house.nursery.kill(booker)  # who still does what was done before
    house.listen()
    house.now += HOLD  # what the dead held is given up by then

    async def drain() -> None:
        last = crashing.courier(house.database, house.mail_server.url, house.now)
        await last.tidy()
        while await last.send_due():
            pass
        await last.stop()

    asyncio.run(drain())
    house.mail_server.stop()


def _check_bookings(house: House, count: int) -> None:
    """Each newcomer has one appointment, the one that they were told of, and what is claimed is
    theirs."""
    check_ledger(house.database, calendar())
    with house.database.reading() as session:
        appointments = list(session.scalars(select(Appointment)))
    assert not [each for each in appointments if each.state == HELD]
    assert {int(each.idempotency_key): each.id for each in appointments} == house.answers
    assert sorted(house.answers) == list(range(1, count + 1))
    assert len(appointments) == count
    for each in appointments:
        number = int(each.idempotency_key)
        assert each.email == crashing.email_of(number)
        assert (each.state == CANCELLED) == crashing.plan_of(number).cancels


def _check_mails(house: House) -> None:
    """What was written down is sent, or void because of something newer that is sent."""
    notices = {_notice(each) for each in house.mail_server.received}
    municipality = load_settings().municipality
    with house.database.reading() as session:
        people = {each.id: each for each in session.scalars(select(Resource))}
        appointments = {each.id: each for each in session.scalars(select(Appointment))}
        rows = list(session.scalars(select(Delivery)))
    possible = set()
    confirmed = set()
    for row in rows:
        appointment = appointments[row.appointment_id]
        if row.event in deliveries.REMINDERS:
            assert row.attempts == 0
            continue
        if row.recipient == deliveries.NEWCOMER:
            to, name = str(appointment.email), uid(appointment, municipality)
        else:
            person = people[row.recipient]
            to, name = str(person.email), order_uid(appointment, person, municipality)
        method = "CANCEL" if row.event == "cancelled" else "REQUEST"
        notice = Notice(to, name, row.sequence, method)
        possible.add(notice)
        assert row.state in ("sent", "void")
        if row.state == "sent":
            assert notice in notices
        else:
            assert row.sequence < appointment.sequence
        if row.recipient == deliveries.NEWCOMER and row.sequence == appointment.sequence:
            assert row.state == "sent"
            confirmed.add(appointment.id)
    assert confirmed == set(appointments)
    assert notices <= possible


def _check_repetitions(house: House, copies: Counter[str]) -> None:
    """Only a courier that dies while it hands a mail over has it sent again, as the same mail."""
    told = {(_notice(each), str(each["Message-ID"])) for each in house.mail_server.received}
    assert len(told) == len(copies) == len({notice for notice, _ in told})
    for message_id, number in copies.items():
        delivery_id = int(message_id.split("-")[1])
        assert number - 1 <= house.in_hand[delivery_id]


def _notice(message: EmailMessage) -> Notice:
    part = next(each for each in message.walk() if each.get_content_type() == "text/calendar")
    whole = icalendar.Calendar.from_ical(part.get_content())
    (event,) = whole.events
    to = message["To"].addresses[0].addr_spec
    return Notice(to, str(event.uid), event.sequence, str(whole["METHOD"]))
