"""An earlier time is offered in turn, kept for a while, and taken by the one who is asked."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from contact_point.appointments import blocks, waiting_list
from contact_point.appointments.booking import book, cancel
from contact_point.appointments.calendar import CELL, Calendar
from contact_point.appointments.tables import Appointment, ClaimedCell, Delivery
from contact_point.appointments.waiting_list import DEADLINE, NoEarlierTime
from contact_point.clock import Clock
from contact_point.database import Database
from tests.contact_point.appointments.sample import NOW, at, caseworker, clock, request

LATE = at(3, 10, month=12)
"""What those who wait have: Thursday in a week."""


@pytest.fixture
def full(database: Database, calendar: Calendar) -> list[Appointment]:
    """Two who wait for an earlier time, one who has Thursday at ten, and Amina, whose time is taken
    until Wednesday in a week but for that."""
    with database.transaction() as session:
        session.add(caseworker())
        session.flush()
        made = [
            book(session, calendar, request(starts_at, str(number)), clock)
            for number, starts_at in enumerate(
                (LATE, LATE + timedelta(minutes=30), at(26, 10), at(26, 10, 30))
            )
        ]
        assert all(isinstance(one, Appointment) for one in made)
        _take_the_rest(session, calendar)
        for number in (0, 1):
            waiting_list.join(session, made[number].id, _after(number))  # type: ignore[union-attr]
    return made  # type: ignore[return-value]


def _take_the_rest(session: Session, calendar: Calendar) -> None:
    taken = set(session.scalars(select(ClaimedCell.starts_at)))
    first = calendar.local_day(NOW)
    working = calendar.working_cells(caseworker(), first, first + timedelta(days=8))
    for cell in working - taken:
        blocks.block(session, "amina", cell, cell + CELL, blocks.DESK)


def _after(minutes: int) -> Clock:
    return lambda: NOW + timedelta(minutes=minutes)


def _ask(database: Database, calendar: Calendar, now: datetime) -> list[int]:
    with database.transaction() as session:
        asked = waiting_list.ask_next(session, calendar, lambda: now)
        return [one.appointment.id for one in asked]


def _cancel(database: Database, calendar: Calendar, appointment: Appointment) -> None:
    with database.transaction() as session:
        cancel(session, calendar, appointment.id, clock)


def test_nobody_is_asked_while_nothing_is_free(
    database: Database, calendar: Calendar, full: list[Appointment]
) -> None:
    assert _ask(database, calendar, NOW) == []


def test_who_waits_longest_is_asked_and_takes_it(
    database: Database, calendar: Calendar, full: list[Appointment]
) -> None:
    first, second, freed, _ = full
    _cancel(database, calendar, freed)
    assert _ask(database, calendar, NOW) == [first.id]
    assert _ask(database, calendar, NOW) == []  # the time is kept for the first
    with database.transaction() as session:
        with pytest.raises(NoEarlierTime):
            waiting_list.take(session, calendar, second.id, clock)
        taken = waiting_list.take(session, calendar, first.id, clock)
        assert isinstance(taken, Appointment)
        assert taken.starts_at == at(26, 10)
    with database.reading() as session:
        assert not waiting_list.is_waiting(session, first.id)
        assert waiting_list.is_waiting(session, second.id)
        events = set(session.scalars(select(Delivery.event).where(Delivery.sequence == 0)))
        assert any(event.startswith("earlier ") for event in events)


def test_after_the_deadline_it_is_the_next_ones_turn(
    database: Database, calendar: Calendar, full: list[Appointment]
) -> None:
    first, second, freed, _ = full
    _cancel(database, calendar, freed)
    assert _ask(database, calendar, NOW) == [first.id]
    later = NOW + DEADLINE
    assert _ask(database, calendar, later) == [second.id]
    with database.transaction() as session, pytest.raises(NoEarlierTime):
        waiting_list.take(session, calendar, first.id, lambda: later)
    with database.reading() as session:
        assert session.get_one(Appointment, first.id).starts_at == LATE


def test_who_refuses_keeps_their_time_and_the_next_is_asked(
    database: Database, calendar: Calendar, full: list[Appointment]
) -> None:
    first, second, freed, _ = full
    _cancel(database, calendar, freed)
    _ask(database, calendar, NOW)
    with database.transaction() as session:
        waiting_list.leave(session, first.id)
    assert _ask(database, calendar, NOW) == [second.id]


def test_in_quiet_hours_nobody_is_asked(
    database: Database, calendar: Calendar, full: list[Appointment]
) -> None:
    _cancel(database, calendar, full[2])
    assert _ask(database, calendar, at(24, 22)) == []


def test_a_time_that_leaves_no_while_to_answer_is_not_offered(
    database: Database, calendar: Calendar, full: list[Appointment]
) -> None:
    _cancel(database, calendar, full[2])
    assert _ask(database, calendar, at(26, 8)) == []


def test_cancelling_gives_up_what_was_kept(
    database: Database, calendar: Calendar, full: list[Appointment]
) -> None:
    first, second, freed, _ = full
    _cancel(database, calendar, freed)
    assert _ask(database, calendar, NOW) == [first.id]
    _cancel(database, calendar, first)
    assert _ask(database, calendar, NOW) == [second.id]
