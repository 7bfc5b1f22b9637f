"""Blocked time, beside appointments and other blocks."""

import threading
from datetime import datetime

import pytest
from sqlalchemy import select
from sqlalchemy.exc import NoResultFound
from sqlalchemy.orm import Session

from contact_point.appointments import blocks, booking
from contact_point.appointments.blocks import CALENDAR, DESK, InTheWay
from contact_point.appointments.booking import SlotTaken
from contact_point.appointments.calendar import Calendar
from contact_point.appointments.offers import offers
from contact_point.appointments.tables import Appointment, Block, ClaimedCell
from contact_point.database import Database
from tests.contact_point.appointments.sample import NOW, at, caseworker, clock, request


@pytest.fixture(autouse=True)
def amina(database: Database) -> None:
    """Somebody whose time can be blocked."""
    with database.transaction() as session:
        session.add(caseworker())


def _block(database: Database, begins: datetime, ends: datetime, source: str = DESK) -> int:
    with database.transaction() as session:
        found = blocks.block(session, "amina", begins, ends, source, only_free=source == CALENDAR)
        assert isinstance(found, Block)
        return found.id


def _cells(database: Database) -> list[datetime]:
    with database.reading() as session:
        return list(session.scalars(select(ClaimedCell.starts_at).order_by(ClaimedCell.starts_at)))


def test_blocked_time_is_not_offered_and_not_booked(database: Database, calendar: Calendar) -> None:
    _block(database, at(26, 10), at(26, 12))
    with database.transaction() as session:
        found = {one.starts_at for one in offers(session, calendar, "housing", "sv", NOW)}
        assert at(26, 9, 30) in found
        assert not found & {at(26, 10), at(26, 10, 30), at(26, 11), at(26, 11, 30)}
        taken = booking.book(session, calendar, request(at(26, 11)), clock)
    assert isinstance(taken, SlotTaken)


def test_every_quarter_that_it_touches(database: Database) -> None:
    _block(database, at(26, 10, 10), at(26, 10, 20))
    assert _cells(database) == [at(26, 10), at(26, 10, 15)]


def test_an_appointment_is_in_the_way(database: Database, calendar: Calendar) -> None:
    with database.transaction() as session:
        booked = booking.book(session, calendar, request(at(26, 10)), clock)
        assert isinstance(booked, Appointment)
    with database.transaction() as session:
        refused = blocks.block(session, "amina", at(26, 9), at(26, 12), DESK)
    assert isinstance(refused, InTheWay)
    assert [one.id for one in refused.appointments] == [booked.id]
    assert _cells(database) == [at(26, 10), at(26, 10, 15)]
    with database.reading() as session:
        assert session.scalars(select(Block)).all() == []


def test_only_what_is_free(database: Database, calendar: Calendar) -> None:
    with database.transaction() as session:
        booking.book(session, calendar, request(at(26, 10)), clock)
    found = _block(database, at(26, 9, 30), at(26, 11), CALENDAR)
    with database.reading() as session:
        own = session.scalars(
            select(ClaimedCell.starts_at)
            .where(ClaimedCell.block_id == found)
            .order_by(ClaimedCell.starts_at)
        ).all()
    assert own == [at(26, 9, 30), at(26, 9, 45), at(26, 10, 30), at(26, 10, 45)]


def test_unblocked_time_is_free_again(database: Database, calendar: Calendar) -> None:
    found = _block(database, at(26, 10), at(26, 12))
    for _ in range(2):  # again changes nothing
        with database.transaction() as session:
            blocks.unblock(session, found)
    assert _cells(database) == []
    with database.transaction() as session:
        booked = booking.book(session, calendar, request(at(26, 11)), clock)
    assert isinstance(booked, Appointment)


def test_what_another_block_covers_stays_blocked(database: Database) -> None:
    first = _block(database, at(26, 10), at(26, 11), CALENDAR)
    _block(database, at(26, 10, 30), at(26, 11, 30))
    with database.transaction() as session:
        blocks.unblock(session, first)
    assert _cells(database) == [at(26, 10, 30), at(26, 10, 45), at(26, 11), at(26, 11, 15)]


def test_nonsense_is_refused(database: Database) -> None:
    with database.transaction() as session:
        with pytest.raises(ValueError, match="is not before"):
            blocks.block(session, "amina", at(26, 11), at(26, 11), DESK)
        with pytest.raises(NoResultFound):
            blocks.block(session, "nobody", at(26, 10), at(26, 11), DESK)


def test_a_block_and_a_booking_at_once(database: Database, calendar: Calendar) -> None:
    """One of them wins; there is never both."""
    together, results = threading.Barrier(2), {}

    def run(name: str, work: object) -> None:
        together.wait()
        with database.transaction() as session:
            results[name] = work(session)  # type: ignore[operator]

    def put_block(session: Session) -> object:
        return blocks.block(session, "amina", at(26, 10), at(26, 11), DESK)

    def book(session: Session) -> object:
        return booking.book(session, calendar, request(at(26, 10)), clock)

    threads = [
        threading.Thread(target=run, args=each) for each in (("block", put_block), ("book", book))
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    won = isinstance(results["block"], Block), isinstance(results["book"], Appointment)
    assert sorted(won) == [False, True]
