"""The outbox: who is told what, when, and how often it is tried."""

from dataclasses import replace
from datetime import date, datetime, time, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from contact_point.appointments import deliveries
from contact_point.appointments.booking import be_late, book, cancel, confirm, move
from contact_point.appointments.calendar import Calendar
from contact_point.appointments.deliveries import MAX_ATTEMPTS, NEWCOMER, reminder_at
from contact_point.appointments.tables import Appointment, Delivery
from contact_point.database import Database
from contact_point.tables import ALL_TABLES
from tests.contact_point.appointments.sample import (
    NOW,
    ZONE,
    appointment_type,
    at,
    caseworker,
    clock,
    interpreter,
    request,
)
from tests.contact_point.appointments.sample import (
    calendar as sample_calendar,
)

assert ALL_TABLES
TEN = at(26, 10)
TWO_DAYS, TWO_HOURS = deliveries.REMINDERS["two_days"], deliveries.REMINDERS["two_hours"]
REMINDED = {("two_days", "waiting"), ("two_hours", "waiting")}


@pytest.fixture
def staffed(database: Database) -> Database:
    """Amina, an interpreter on Thursdays, and another one on other days."""
    with database.transaction() as session:
        session.add_all(
            [
                caseworker(),
                interpreter("anna", weekdays=(3,), notice_days=0),
                interpreter("berhane", weekdays=(0, 1, 2, 4), notice_days=0),
            ]
        )
    return database


def _book(database: Database, calendar: Calendar, **changes: Any) -> Appointment:
    starts_at = changes.pop("starts_at", TEN)
    with database.transaction() as session:
        booked = book(session, calendar, request(starts_at, **changes), clock)
    assert isinstance(booked, Appointment)
    return booked


def _rows(database: Database, recipient: str = NEWCOMER) -> set[tuple[str, str]]:
    """(event, state) of what somebody is told; reminders of an earlier time are left out."""
    with database.reading() as session:
        rows = session.scalars(
            select(Delivery).where(Delivery.recipient == recipient).order_by(Delivery.id)
        ).all()
    latest = max((row.sequence for row in rows), default=0)
    return {
        (row.event, row.state)
        for row in rows
        if row.sequence == latest or row.event not in deliveries.REMINDERS
    }


def _due(database: Database, now: datetime = NOW) -> list[tuple[str, str]]:
    with database.reading() as session:
        rows = [session.get_one(Delivery, key) for key in deliveries.due(session, now)]
        return [(row.recipient, row.event) for row in rows]


def _send_all(database: Database, now: datetime = NOW) -> None:
    with database.transaction() as session:
        for key in deliveries.due(session, now):
            assert deliveries.claim(session, key, now)
            deliveries.sent(session, key, now)


# What is written


def test_a_booking_is_confirmed_and_reminded_of(staffed: Database, calendar: Calendar) -> None:
    far = at(3, 10, month=12)
    _book(staffed, calendar, starts_at=far)
    assert _rows(staffed) == {("booked", "waiting"), *REMINDED}
    assert _due(staffed) == [(NEWCOMER, "booked")]
    _send_all(staffed)
    assert _due(staffed, far - TWO_DAYS - timedelta(seconds=1)) == []
    assert _due(staffed, far - TWO_DAYS) == [(NEWCOMER, "two_days")]
    _send_all(staffed, far - TWO_DAYS)
    assert _due(staffed, far - TWO_HOURS) == [(NEWCOMER, "two_hours")]


def test_a_reminder_that_would_be_late_already_is_not_written(
    staffed: Database, calendar: Calendar
) -> None:
    tomorrow = at(25, 10)
    with staffed.transaction() as session:
        session.add(appointment_type("housing", notice_hours=0))
    _book(staffed, calendar, starts_at=tomorrow)
    assert _rows(staffed) == {("booked", "waiting"), ("two_hours", "waiting")}


def test_an_interpreter_is_ordered(staffed: Database, calendar: Calendar) -> None:
    _book(staffed, calendar, language="ti")
    assert _rows(staffed, "anna") == {("booked", "waiting")}
    assert _rows(staffed, "berhane") == set()


def test_moving_makes_everything_earlier_void(staffed: Database, calendar: Calendar) -> None:
    booked = _book(staffed, calendar)
    with staffed.transaction() as session:
        move(session, calendar, booked.id, at(27, 14), clock)
    assert _rows(staffed) == {("booked", "void"), ("moved", "waiting"), *REMINDED}
    with staffed.reading() as session:
        reminders = session.scalars(
            select(Delivery).where(Delivery.event.in_(deliveries.REMINDERS))
        ).all()
    assert {(row.sequence, row.state) for row in reminders} == {(0, "void"), (1, "waiting")}
    waiting = {row.event: row.due_at for row in reminders if row.state == "waiting"}
    assert waiting == {"two_days": at(25, 14), "two_hours": at(27, 12)}


def test_cancelling_leaves_no_reminder(staffed: Database, calendar: Calendar) -> None:
    booked = _book(staffed, calendar)
    with staffed.transaction() as session:
        cancel(session, calendar, booked.id, clock)
        cancel(session, calendar, booked.id, clock)
    assert _rows(staffed) == {("booked", "void"), ("cancelled", "waiting")}
    assert _due(staffed, TEN) == [(NEWCOMER, "cancelled")]


def test_who_has_parted_learns_of_it_whatever_comes_next(
    staffed: Database, calendar: Calendar
) -> None:
    booked = _book(staffed, calendar, language="ti")
    _send_all(staffed)
    with staffed.transaction() as session:
        move(session, calendar, booked.id, at(27, 14), clock)
        cancel(session, calendar, booked.id, clock)
    assert _rows(staffed, "anna") == {("booked", "sent"), ("cancelled", "waiting")}
    assert _rows(staffed, "berhane") == {("moved", "void"), ("cancelled", "waiting")}
    with staffed.reading() as session:
        rows = session.scalars(select(Delivery).where(Delivery.event == "cancelled")).all()
        told = {row.recipient: row.starts_at for row in rows}
    assert told == {NEWCOMER: at(27, 14), "anna": TEN, "berhane": at(27, 14)}


def test_pending_then_confirmed(staffed: Database, calendar: Calendar) -> None:
    with staffed.transaction() as session:
        session.add(appointment_type("housing", needs_confirmation=True))
    booked = _book(staffed, calendar)
    assert _rows(staffed) == {("pending", "waiting"), *REMINDED}
    _send_all(staffed)
    with staffed.transaction() as session:
        confirm(session, calendar, booked.id, clock)
    assert _rows(staffed) == {("pending", "sent"), ("booked", "waiting"), *REMINDED}


def test_being_late_is_told_once(staffed: Database, calendar: Calendar) -> None:
    booked = _book(staffed, calendar, language="ti")
    with staffed.transaction() as session:
        be_late(session, booked.id, clock)
        be_late(session, booked.id, clock)
    assert _rows(staffed, "amina") == {("late", "waiting")}
    assert _rows(staffed, "anna") == {("booked", "waiting"), ("late", "waiting")}


# Sending


def test_only_one_sender_gets_a_message(staffed: Database, calendar: Calendar) -> None:
    _book(staffed, calendar)
    with staffed.transaction() as session:
        (key,) = deliveries.due(session, NOW)
        assert deliveries.claim(session, key, NOW)
    with staffed.transaction() as session:
        assert deliveries.claim(session, key, NOW) is None
        assert deliveries.due(session, NOW + timedelta(seconds=119)) == []
        assert deliveries.due(session, NOW + timedelta(seconds=120)) == [key]


def test_what_has_become_void_is_not_sent(staffed: Database, calendar: Calendar) -> None:
    booked = _book(staffed, calendar)
    with staffed.transaction() as session:
        (key,) = deliveries.due(session, NOW)
        cancel(session, calendar, booked.id, clock)
    with staffed.transaction() as session:
        assert deliveries.claim(session, key, NOW) is None
        deliveries.sent(session, key, NOW)
        assert session.get_one(Delivery, key).state == "void"


def test_pauses_double_and_end(staffed: Database, calendar: Calendar) -> None:
    _book(staffed, calendar)
    now, pauses = NOW, []
    with staffed.transaction() as session:
        (key,) = deliveries.due(session, now)
        while session.get_one(Delivery, key, populate_existing=True).state == "waiting":
            row = deliveries.claim(session, key, now)
            assert row
            deliveries.try_again(session, row, "away", now)
            due_at = session.get_one(Delivery, key, populate_existing=True).due_at
            pauses.append(due_at - now)
            now = due_at
        assert session.get_one(Delivery, key).state == "failed"
        assert [row.problem for row in deliveries.in_trouble(session)] == ["away"]
    assert [pause.total_seconds() for pause in pauses[:4]] == [10, 20, 40, 80]
    assert max(pauses[:-1]) == timedelta(hours=2)
    assert len(pauses) == MAX_ATTEMPTS
    assert timedelta(days=2) < now - NOW < timedelta(days=4)


def test_staff_may_try_a_failed_message_again(staffed: Database, calendar: Calendar) -> None:
    _book(staffed, calendar)
    with staffed.transaction() as session:
        (key,) = deliveries.due(session, NOW)
        deliveries.claim(session, key, NOW)
        deliveries.failed(session, key, "no such address")
        assert [row.id for row in deliveries.in_trouble(session)] == [key]
        deliveries.send_again(session, key, NOW)
        assert deliveries.claim(session, key, NOW)
        deliveries.sent(session, key, NOW)
        assert deliveries.in_trouble(session) == []


def test_who_parts_and_comes_back_is_told_the_new_time_alone(
    staffed: Database, calendar: Calendar
) -> None:
    booked = _book(staffed, calendar, language="ti")
    _send_all(staffed)
    with staffed.transaction() as session:
        move(session, calendar, booked.id, at(27, 14), clock)
        move(session, calendar, booked.id, at(26, 14), clock)
    assert _rows(staffed, "anna") == {
        ("booked", "sent"),
        ("cancelled", "void"),
        ("moved", "waiting"),
    }
    assert _rows(staffed, "berhane") == {("moved", "void"), ("cancelled", "waiting")}


# When a reminder comes


@pytest.mark.parametrize(
    ("starts_at", "ahead", "wanted"),
    [
        (at(26, 14), TWO_HOURS, at(26, 12)),
        (at(26, 14), TWO_DAYS, at(24, 14)),
        (at(26, 9), TWO_HOURS, at(26, 8)),  # seven is too early
        (at(26, 8, 30), TWO_HOURS, at(26, 8)),
        (at(26, 8, 15), TWO_HOURS, at(25, 20, 59)),  # eight would be too late
        (at(26, 7), TWO_DAYS, at(24, 8)),
        (at(26, 21, 30), TWO_DAYS, at(25, 8)),
        # Around the clock changes: two days are 48 hours, not the same time on the wall.
        (at(30, 9, month=3), TWO_DAYS, at(28, 8, month=3)),
        (at(26, 9, month=10), TWO_DAYS, at(24, 10, month=10)),
        (at(29, 9, month=3), TWO_HOURS, at(29, 8, month=3)),
        (at(25, 8, 15, month=10), TWO_HOURS, at(24, 20, 59, month=10)),
    ],
)
def test_reminders_keep_the_quiet_hours(
    starts_at: datetime, ahead: timedelta, wanted: datetime, calendar: Calendar
) -> None:
    assert reminder_at(starts_at, ahead, calendar) == wanted


def test_quiet_hours_by_day(calendar: Calendar) -> None:
    at_noon = replace(calendar, quiet_hours=(time(12), time(14)))
    assert reminder_at(at(26, 15), TWO_HOURS, at_noon) == at(26, 14)
    assert reminder_at(at(26, 14, 15), TWO_HOURS, at_noon) == at(26, 11, 59)
    never = replace(calendar, quiet_hours=(time(0), time(0)))
    assert reminder_at(at(26, 4), TWO_HOURS, never) == at(26, 2)


@given(
    st.integers(0, 10 * 365 * 24 * 60),
    st.sampled_from(sorted(deliveries.REMINDERS.values())),
    st.sampled_from(
        [("21:00", "08:00"), ("22:30", "06:00"), ("00:00", "09:00"), ("12:00", "13:00")]
    ),
)
@settings(derandomize=True, max_examples=500, deadline=None)
def test_a_reminder_never_disturbs_and_is_never_late(
    minutes: int, ahead: timedelta, quiet: tuple[str, str]
) -> None:
    begins, ends = (time.fromisoformat(each) for each in quiet)
    calendar = replace(sample_calendar(), quiet_hours=(begins, ends))
    starts_at = NOW + timedelta(minutes=minutes)
    due_at = reminder_at(starts_at, ahead, calendar)
    assert not deliveries.is_quiet(due_at, calendar)
    assert starts_at - due_at >= timedelta(minutes=30)
    assert starts_at - due_at <= ahead + timedelta(hours=12)


@pytest.mark.parametrize("day", [date(2026, 3, 29), date(2026, 10, 25), date(2026, 6, 1)])
def test_every_quarter_of_days_when_clocks_change(day: date, calendar: Calendar) -> None:
    midnight = datetime.combine(day, time(), ZONE).astimezone(timezone.utc)
    for quarter in range(-96, 192):
        starts_at = midnight + quarter * timedelta(minutes=15)
        for ahead in deliveries.REMINDERS.values():
            due_at = reminder_at(starts_at, ahead, calendar)
            assert not deliveries.is_quiet(due_at, calendar)
            assert due_at < starts_at
