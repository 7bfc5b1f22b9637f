"""What staff see of some days."""

from datetime import date, datetime, time, timedelta

import pytest

from contact_point.appointments import blocks, booking, deliveries
from contact_point.appointments.agenda import agenda, look_at
from contact_point.appointments.calendar import Calendar
from contact_point.appointments.rules import Rules
from contact_point.appointments.tables import (
    CANCELLED,
    HELD,
    PENDING,
    Absence,
    Appointment,
    Caseworker,
    Delivery,
    Office,
    OtherHours,
    WorkingInterval,
)
from contact_point.database import Database
from tests.contact_point.appointments.sample import (
    NOW,
    at,
    calendar,
    caseworker,
    clock,
    request,
)

THURSDAY = date(2026, 11, 26)


@pytest.fixture(autouse=True)
def caseworkers(database: Database) -> None:
    """Two caseworkers for housing."""
    with database.transaction() as session:
        session.add(caseworker())
        session.add(caseworker("erik", absences=((date(2026, 11, 27), date(2026, 11, 27)),)))


def _book(database: Database, starts_at: datetime, who: str = "amina", **changes: object) -> int:
    with database.transaction() as session:
        wanted = request(starts_at, f"{who}/{starts_at}", wishes={"caseworker_id": who}, **changes)
        booked = booking.book(session, calendar(), wanted, clock)
        assert isinstance(booked, Appointment)
        return booked.id


def test_a_day_by_caseworker(database: Database, calendar: Calendar) -> None:
    kept, cancelled = _book(database, at(26, 13)), _book(database, at(26, 9))
    _book(database, at(25, 9))
    with database.transaction() as session:
        booking.cancel(session, calendar, cancelled, clock)
        blocks.block(session, "erik", at(26, 10), at(26, 11), blocks.DESK)
    with database.reading() as session:
        amina, erik = agenda(session, calendar, (THURSDAY, THURSDAY), NOW)
    assert (amina.caseworker.id, erik.caseworker.id) == ("amina", "erik")
    assert [(one.id, one.state) for one in amina.appointments] == [
        (cancelled, CANCELLED),
        (kept, "booked"),
    ]
    assert [(one.starts_at, one.ends_at) for one in amina.working] == [
        (at(26, 9), at(26, 12)),
        (at(26, 13), at(26, 16)),
    ]
    assert (amina.blocks, erik.appointments) == ([], [])
    assert [one.starts_at for one in erik.blocks] == [at(26, 10)]


def test_days_of_one_caseworker(database: Database, calendar: Calendar) -> None:
    with database.transaction() as session:
        saturday = {"day": date(2026, 11, 28), "opens": time(9), "closes": time(10)}
        session.add(OtherHours(resource_id="erik", **saturday))
    with database.reading() as session:
        days = agenda(session, calendar, (THURSDAY, date(2026, 11, 29)), NOW, "erik")
    assert [(one.day.day, one.is_absent, len(one.working)) for one in days] == [
        (26, False, 2),
        (27, True, 0),
        (28, False, 1),
        (29, False, 0),
    ]


def test_held_times_while_they_are_held(database: Database, calendar: Calendar) -> None:
    with database.transaction() as session:
        booking.hold(session, calendar, "housing", at(26, 9), "sv", "hold/x", clock)
    with database.reading() as session:
        now_and_later = (NOW, NOW + booking.HOLD)
        shown = [
            [one.state for each in agenda(session, calendar, (THURSDAY, THURSDAY), now)
             for one in each.appointments]
            for now in now_and_later
        ]  # fmt: skip
    assert shown == [[HELD], []]


def test_one_office(database: Database, calendar: Calendar) -> None:
    with database.transaction() as session:
        for key in ("north", "south"):
            session.add(Office(id=key, name=key.title(), address="Street 1", active=True))
        session.flush()
        amina = session.get_one(Caseworker, "amina")
        amina.working_intervals = [
            WorkingInterval(weekday=3, opens=time(9), closes=time(12), office_id="north"),
            WorkingInterval(weekday=3, opens=time(13), closes=time(16), office_id="south"),
        ]
        amina.places = ["office", "phone"]
    morning, afternoon = _book(database, at(26, 9)), _book(database, at(26, 13))
    with database.transaction() as session:
        wanted = request(at(26, 14), "call", wishes={"place": "phone", "caseworker_id": "amina"})
        call = booking.book(session, calendar, wanted, clock)
        assert isinstance(call, Appointment)
    with database.reading() as session:
        (north,) = agenda(session, calendar, (THURSDAY, THURSDAY), NOW, office_id="north")
        (south,) = agenda(session, calendar, (THURSDAY, THURSDAY), NOW, office_id="south")
    assert [one.id for one in north.appointments] == [morning, call.id]
    assert [one.id for one in south.appointments] == [afternoon, call.id]
    assert [one.starts_at for one in north.working] == [at(26, 9)]


def test_who_left_stays_while_there_are_appointments(
    database: Database, calendar: Calendar
) -> None:
    left_behind = _book(database, at(26, 9), "erik")
    with database.transaction() as session:
        session.get_one(Caseworker, "erik").active = False
    with database.reading() as session:
        amina, erik = agenda(session, calendar, (THURSDAY, THURSDAY), NOW)
        alone = agenda(session, calendar, (date(2026, 11, 25),) * 2, NOW)
        found = look_at(session, calendar, NOW)
    assert (erik.caseworker.id, erik.working) == ("erik", [])
    assert [one.caseworker.id for one in alone] == [amina.caseworker.id]
    assert [one.id for one in found.stranded] == [left_behind]


def test_nothing_to_look_at(database: Database, calendar: Calendar) -> None:
    _book(database, at(26, 9))
    with database.reading() as session:
        assert not look_at(session, calendar, NOW)


def test_what_to_look_at(database: Database) -> None:
    strict = calendar(rules=Rules(needs_confirmation=True))
    with database.transaction() as session:
        pending = booking.book(session, strict, request(at(26, 9)), clock)
        assert isinstance(pending, Appointment)
        assert pending.state == PENDING
    away, late, tomorrow = (
        _book(database, at(27, 9)),
        _book(database, at(24, 13)),
        _book(database, at(25, 13)),
    )
    with database.transaction() as session:
        booking.be_late(session, late, clock)
        booking.be_late(session, tomorrow, clock)
        amina = session.get_one(Caseworker, "amina")
        amina.absences.append(Absence(first_day=date(2026, 11, 27), last_day=date(2026, 11, 27)))
        amina.busy_problem = "no answer"
        message = session.get_one(Delivery, deliveries.due(session, NOW)[0])
        deliveries.failed(session, message.id, "no such mailbox")
    with database.reading() as session:
        found = look_at(session, strict, NOW)
        afterwards = look_at(session, strict, at(26, 9) + timedelta(minutes=1))
    assert [one.id for one in found.pending] == [pending.id]
    assert [one.id for one in found.stranded] == [away]
    assert [one.id for one in found.late] == [late]
    assert [(one.problem, about.id) for one, about in found.troubled] == [
        ("no such mailbox", message.appointment_id)
    ]
    assert [one.id for one in found.unread] == ["amina"]
    assert (afterwards.pending, afterwards.late) == ([], [])
