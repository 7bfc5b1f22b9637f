"""Booking, moving and cancelling, on both kinds of database."""

from concurrent.futures import ThreadPoolExecutor
from concurrent.futures import TimeoutError as FutureTimeout
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from contact_point.appointments.booking import (
    HOLD,
    NotBegun,
    NotUpcoming,
    SlotTaken,
    be_late,
    book,
    cancel,
    confirm,
    hold,
    hold_key,
    mark,
    move,
    release,
)
from contact_point.appointments.calendar import CELL, Calendar, cells_between
from contact_point.appointments.contacts import Contact
from contact_point.appointments.figures import figures
from contact_point.appointments.tables import Appointment, ClaimedCell, Delivery, Interpreter
from contact_point.database import Database
from tests.contact_point.appointments.ledger import check_ledger
from tests.contact_point.appointments.sample import (
    NOW,
    appointment_type,
    at,
    caseworker,
    clock,
    interpreter,
    request,
)

TEN = at(26, 10)


@pytest.fixture
def staffed(database: Database) -> Database:
    """A database with one caseworker, Amina, and an interpreter of Tigrinya."""
    with database.transaction() as session:
        session.add_all([caseworker(), interpreter()])
    return database


def _book(database: Database, calendar: Calendar, *args: object, **kwargs: object) -> Appointment:
    with database.transaction() as session:
        result = book(session, calendar, request(*args, **kwargs), clock)  # type: ignore[arg-type]
    assert isinstance(result, Appointment)
    return result


def _cells(database: Database, resource: str | None = None) -> list[datetime]:
    """The claimed quarters of one person, or of all."""
    query = select(ClaimedCell.starts_at).order_by(ClaimedCell.starts_at)
    if resource:
        query = query.where(ClaimedCell.resource == resource)
    with database.reading() as session:
        return list(session.scalars(query))


def test_a_booking_keeps_everything_that_was_asked_for(
    staffed: Database, calendar: Calendar
) -> None:
    booked = _book(staffed, calendar, TEN, contact=Contact(phone="+46701740605"), language="ti")
    with staffed.reading() as session:
        stored = session.get_one(Appointment, booked.id)
    assert (stored.starts_at, stored.ends_at) == (TEN, TEN + timedelta(minutes=45))
    assert (stored.name, stored.email, stored.phone) == ("Sara", None, "+46701740605")
    assert (stored.caseworker.first_name, stored.interpreter) == ("Amina", True)
    assert (stored.state, stored.zone) == ("booked", "Europe/Stockholm")
    assert (stored.interpreter_id, stored.wall_time.isoformat()) == ("tolk", "2026-11-26T10:00:00")
    for person in ("amina", "tolk"):
        assert _cells(staffed, person) == [TEN, TEN + CELL, TEN + 2 * CELL]


def test_a_taken_time_is_refused_with_the_nearest_free_ones(
    staffed: Database, calendar: Calendar
) -> None:
    _book(staffed, calendar, TEN)
    with staffed.transaction() as session:
        refusal = book(session, calendar, request(TEN, "b"), clock)
    assert isinstance(refusal, SlotTaken)
    starts = [offer.starts_at for offer in refusal.alternatives]
    assert TEN not in starts
    assert at(26, 9, 30) in starts
    assert at(26, 10, 30) in starts
    assert len(_cells(staffed)) == 2


@pytest.mark.parametrize(
    "never",
    [at(26, 12), at(26, 10, 5), at(24, 9), at(28, 10), at(24, 10, month=12), at(26, 10, year=2027)],
)
def test_a_time_that_is_not_offered_can_not_be_booked(
    staffed: Database, calendar: Calendar, never: datetime
) -> None:
    with staffed.transaction() as session:
        assert isinstance(book(session, calendar, request(never), clock), SlotTaken)
    assert _cells(staffed) == []


def test_a_longer_appointment_does_not_run_into_the_next(
    staffed: Database, calendar: Calendar
) -> None:
    _book(staffed, calendar, at(26, 10, 30))
    with staffed.transaction() as session:
        longer = book(session, calendar, request(TEN, "b", language="ti"), clock)
    assert isinstance(longer, SlotTaken)
    _book(staffed, calendar, at(26, 11), "c", language="ti")
    with staffed.transaction() as session:
        assert isinstance(book(session, calendar, request(at(26, 11, 30), "d"), clock), SlotTaken)


def test_the_same_message_books_once(staffed: Database, calendar: Calendar) -> None:
    first = _book(staffed, calendar, TEN, "conversation/7")
    again = _book(staffed, calendar, TEN, "conversation/7")
    assert (again.id, again.code) == (first.id, first.code)
    assert len(_cells(staffed)) == 2


def test_as_many_are_booked_as_there_are_caseworkers(
    database: Database, calendar: Calendar
) -> None:
    with database.transaction() as session:
        session.add_all([caseworker("amina"), caseworker("erik"), caseworker("yonas")])
    taken_by = {_book(database, calendar, TEN, str(number)).caseworker_id for number in range(3)}
    assert taken_by == {"amina", "erik", "yonas"}
    with database.transaction() as session:
        assert isinstance(book(session, calendar, request(TEN, "4"), clock), SlotTaken)


def test_cancelling_frees_the_time_and_may_be_repeated(
    staffed: Database, calendar: Calendar
) -> None:
    booked = _book(staffed, calendar, TEN)
    for _ in range(2):
        with staffed.transaction() as session:
            cancelled = cancel(session, calendar, booked.id, clock)
        assert (cancelled.state, cancelled.cancelled_at) == ("cancelled", NOW)
    assert _cells(staffed) == []
    assert _book(staffed, calendar, TEN, "b").id != booked.id


def test_what_is_over_can_not_be_cancelled_or_moved(staffed: Database, calendar: Calendar) -> None:
    booked = _book(staffed, calendar, TEN)
    with staffed.transaction() as session, pytest.raises(NotUpcoming):
        cancel(session, calendar, booked.id, lambda: TEN)
    with staffed.transaction() as session, pytest.raises(NotUpcoming):
        move(session, calendar, booked.id, at(27, 10), lambda: TEN)


def test_a_cancelled_appointment_can_not_be_moved(staffed: Database, calendar: Calendar) -> None:
    booked = _book(staffed, calendar, TEN)
    with staffed.transaction() as session:
        cancel(session, calendar, booked.id, clock)
    with staffed.transaction() as session, pytest.raises(NotUpcoming):
        move(session, calendar, booked.id, at(27, 10), clock)
    assert _cells(staffed) == []


def test_moving_keeps_the_code_and_frees_the_old_time(
    staffed: Database, calendar: Calendar
) -> None:
    booked = _book(staffed, calendar, TEN)
    with staffed.transaction() as session:
        moved = move(session, calendar, booked.id, at(27, 9), clock)
    assert isinstance(moved, Appointment)
    assert (moved.code, moved.starts_at) == (booked.code, at(27, 9))
    assert moved.ends_at == at(27, 9, 30)
    assert _cells(staffed) == [at(27, 9), at(27, 9, 15)]


def test_moving_by_less_than_its_length_works(staffed: Database, calendar: Calendar) -> None:
    booked = _book(staffed, calendar, TEN, language="ti")
    with staffed.transaction() as session:
        moved = move(session, calendar, booked.id, at(26, 10, 30), clock)
    assert isinstance(moved, Appointment)
    for person in ("amina", "tolk"):
        assert _cells(staffed, person) == cells_between(at(26, 10, 30), at(26, 11, 15))


def test_moving_to_a_taken_time_changes_nothing(staffed: Database, calendar: Calendar) -> None:
    booked = _book(staffed, calendar, TEN)
    _book(staffed, calendar, at(27, 9), "b")
    before = _cells(staffed)
    with staffed.transaction() as session:
        refusal = move(session, calendar, booked.id, at(27, 9), clock)
    assert isinstance(refusal, SlotTaken)
    assert refusal.alternatives
    assert _cells(staffed) == before


def test_moving_again_to_the_same_time_changes_nothing(
    staffed: Database, calendar: Calendar
) -> None:
    booked = _book(staffed, calendar, TEN)
    for _ in range(2):
        with staffed.transaction() as session:
            moved = move(session, calendar, booked.id, at(27, 9), clock)
        assert isinstance(moved, Appointment)
    assert len(_cells(staffed)) == 2


def test_a_move_stays_with_the_caseworker_when_that_is_possible(
    database: Database, calendar: Calendar
) -> None:
    with database.transaction() as session:
        session.add_all([caseworker("amina"), caseworker("erik"), caseworker("yonas")])
    booked = [_book(database, calendar, TEN, str(number)) for number in range(3)]
    yonas = next(one for one in booked if one.caseworker_id == "yonas")
    with database.transaction() as session:
        moved = move(session, calendar, yonas.id, at(27, 9), clock)
    assert isinstance(moved, Appointment)
    assert moved.caseworker_id == "yonas"


def test_an_interpreter_is_claimed_moved_and_freed_with_the_caseworker(
    database: Database, calendar: Calendar
) -> None:
    with database.transaction() as session:
        session.add_all([caseworker("amina"), caseworker("erik"), interpreter("tolk")])
    booked = _book(database, calendar, TEN, language="ti")
    assert booked.interpreter_id == "tolk"
    with database.transaction() as session:
        # Erik is free, but nobody could interpret.
        assert isinstance(
            book(session, calendar, request(at(26, 10, 30), "b", language="ti"), clock), SlotTaken
        )
    with database.transaction() as session:
        moved = move(session, calendar, booked.id, at(27, 9), clock)
    assert isinstance(moved, Appointment)
    other = _book(database, calendar, TEN, "c", language="ti")
    assert (other.caseworker_id, other.interpreter_id) == ("amina", "tolk")
    for one in (booked, other):
        with database.transaction() as session:
            cancel(session, calendar, one.id, clock)
    assert _cells(database) == []


def test_an_interpreter_who_has_left_is_replaced_at_the_same_time(
    database: Database, calendar: Calendar
) -> None:
    with database.transaction() as session:
        session.add_all([caseworker(), interpreter("tolk"), interpreter("zahra")])
    booked = _book(database, calendar, TEN, language="ti")
    with database.transaction() as session:
        session.get_one(Interpreter, "tolk").active = False
    with database.transaction() as session:
        moved = move(session, calendar, booked.id, TEN, clock)
    assert isinstance(moved, Appointment)
    assert (moved.starts_at, moved.interpreter_id, moved.sequence) == (TEN, "zahra", 1)
    with database.reading() as session:
        told = session.execute(
            select(Delivery.recipient, Delivery.event).where(Delivery.sequence == 1)
        ).tuples()
        assert {("tolk", "cancelled"), ("zahra", "moved")} <= set(told)


def test_staff_may_book_within_the_notice(staffed: Database, calendar: Calendar) -> None:
    soon = at(24, 9)
    with staffed.transaction() as session:
        assert isinstance(book(session, calendar, request(soon), clock), SlotTaken)
    booked = _book(staffed, calendar, soon, "desk", language="ti", wishes={"by_staff": True})
    assert (booked.starts_at, booked.interpreter_id) == (soon, "tolk")


def _hold(
    database: Database,
    calendar: Calendar,
    starts_at: datetime,
    conversation: str = "conversation",
    now: datetime = NOW,
) -> Appointment | SlotTaken:
    with database.transaction() as session:
        return hold(
            session, calendar, "housing", starts_at, "sv", hold_key(conversation), lambda: now
        )  # fmt: skip


def test_a_held_time_is_kept_from_others_until_it_is_booked(
    staffed: Database, calendar: Calendar
) -> None:
    held = _hold(staffed, calendar, TEN)
    assert isinstance(held, Appointment)
    assert (held.state, held.expires_at) == ("held", NOW + HOLD)
    assert isinstance(_hold(staffed, calendar, TEN, "other"), SlotTaken)
    with staffed.transaction() as session:
        other = request(TEN, "b", conversation_id="other")
        assert isinstance(book(session, calendar, other, clock), SlotTaken)
    booked = _book(staffed, calendar, TEN)
    assert (booked.id, booked.state, booked.expires_at) == (held.id, "booked", None)
    check_ledger(staffed, calendar)


def test_who_holds_another_time_gives_up_the_first(staffed: Database, calendar: Calendar) -> None:
    _hold(staffed, calendar, TEN)
    again = _hold(staffed, calendar, TEN, now=NOW + timedelta(minutes=3))
    assert isinstance(again, Appointment)
    assert again.expires_at == NOW + timedelta(minutes=3) + HOLD
    _hold(staffed, calendar, at(27, 9))
    assert _cells(staffed) == cells_between(at(27, 9), at(27, 9, 30))
    _book(staffed, calendar, at(27, 14))
    assert _cells(staffed) == cells_between(at(27, 14), at(27, 14, 30))
    _hold(staffed, calendar, TEN, "other")
    with staffed.transaction() as session:
        release(session, hold_key("other"))
    assert _cells(staffed) == cells_between(at(27, 14), at(27, 14, 30))


def test_what_was_held_too_long_is_free_for_others(staffed: Database, calendar: Calendar) -> None:
    _hold(staffed, calendar, TEN, "other", NOW - HOLD)
    _book(staffed, calendar, TEN)
    check_ledger(staffed, calendar)


def test_the_holder_comes_too_late_only_where_somebody_else_was_there(
    staffed: Database, calendar: Calendar
) -> None:
    _hold(staffed, calendar, TEN, now=NOW - HOLD)
    assert _book(staffed, calendar, TEN).state == "booked"
    check_ledger(staffed, calendar)


def test_the_buffers_are_kept_free(staffed: Database, calendar: Calendar) -> None:
    with staffed.transaction() as session:
        session.add(appointment_type(buffer_before=15, buffer_after=30))
    _book(staffed, calendar, TEN)
    assert _cells(staffed) == cells_between(at(26, 9, 45), at(26, 11))
    for near in (at(26, 9), at(26, 9, 30), at(26, 10, 30), at(26, 11), at(26, 11, 30)):
        with staffed.transaction() as session:
            refused = book(session, calendar, request(near, f"{near}"), clock)
        assert isinstance(refused, SlotTaken)
    _book(staffed, calendar, at(26, 13, 30), "afternoon")
    check_ledger(staffed, calendar)


def test_a_day_is_full_by_itself_alone(staffed: Database, calendar: Calendar) -> None:
    with staffed.transaction() as session:
        session.add(appointment_type(daily_maximum=1))
    first = _book(staffed, calendar, TEN)
    with staffed.transaction() as session:
        full = book(session, calendar, request(at(26, 14), "b"), clock)
    assert isinstance(full, SlotTaken)
    assert full.alternatives
    assert 26 not in {calendar.local_day(one.starts_at).day for one in full.alternatives}
    for day in (25, 27):
        assert _book(staffed, calendar, at(day, 10), f"{day}").starts_at == at(day, 10)
    with staffed.transaction() as session:  # within its own day it may move
        moved = move(session, calendar, first.id, at(26, 14), clock)
    assert isinstance(moved, Appointment)


def test_staff_confirm_what_is_pending(staffed: Database, calendar: Calendar) -> None:
    with staffed.transaction() as session:
        session.add(appointment_type(needs_confirmation=True))
    pending = _book(staffed, calendar, TEN)
    assert pending.state == "pending"
    for _ in range(2):
        with staffed.transaction() as session:
            confirmed = confirm(session, calendar, pending.id, clock)
        assert (confirmed.state, confirmed.sequence) == ("booked", 1)
    with staffed.transaction() as session:
        cancel(session, calendar, pending.id, clock)
    with staffed.transaction() as session, pytest.raises(NotUpcoming):
        confirm(session, calendar, pending.id, clock)


def test_who_came_is_known_only_afterwards(staffed: Database, calendar: Calendar) -> None:
    booked = _book(staffed, calendar, TEN)
    with staffed.transaction() as session, pytest.raises(NotBegun):
        mark(session, booked.id, "attended", clock)
    for state in ("missed", "attended", "attended"):
        with staffed.transaction() as session:
            assert mark(session, booked.id, state, lambda: TEN).state == state
    with staffed.transaction() as session, pytest.raises(ValueError, match="booked"):
        mark(session, booked.id, "booked", lambda: TEN)


def test_the_first_word_of_being_late_counts(staffed: Database, calendar: Calendar) -> None:
    booked = _book(staffed, calendar, TEN)
    for minutes in (10, 0):
        with staffed.transaction() as session:
            late = be_late(session, booked.id, lambda: TEN - timedelta(minutes=minutes))  # noqa: B023
        assert late.late_at == TEN - timedelta(minutes=10)
    with staffed.transaction() as session, pytest.raises(NotUpcoming):
        be_late(session, booked.id, lambda: booked.ends_at)


def test_who_waits_for_a_move_sees_what_came_of_it(database: Database, calendar: Calendar) -> None:
    """The first move gives the appointment to another caseworker while the second waits."""
    with database.transaction() as session:
        session.add_all([caseworker("amina"), caseworker("erik", weekdays=(4,))])
    booked = _book(database, calendar, TEN)

    def move_again() -> Appointment | SlotTaken:
        with database.transaction() as session:
            return move(session, calendar, booked.id, at(26, 11), clock)

    with ThreadPoolExecutor(1) as other:
        with database.transaction() as session:
            moved = move(session, calendar, booked.id, at(27, 10), clock, {"caseworker_id": "erik"})
            assert isinstance(moved, Appointment)
            assert moved.caseworker_id == "erik"
            waiting = other.submit(move_again)
            with pytest.raises(FutureTimeout):
                waiting.result(timeout=0.5)
        again = waiting.result(timeout=20)
    assert isinstance(again, Appointment)
    assert (again.caseworker_id, again.sequence) == ("amina", 2)
    check_ledger(database, calendar)


def test_who_came_is_counted_once_however_often_staff_change_their_mind(
    staffed: Database, calendar: Calendar
) -> None:
    booked = _book(staffed, calendar, TEN)
    after = TEN + timedelta(hours=1)
    for state in ("attended", "missed", "attended", "attended"):
        with staffed.transaction() as session:
            assert mark(session, booked.id, state, lambda: after).state == state
    with staffed.reading() as session:
        counts = figures(session, NOW, after + timedelta(days=1)).counts
    assert (counts["attended"], counts["missed"]) == (1, 0)
    later = _book(staffed, calendar, at(27, 10), "later")
    with staffed.transaction() as session, pytest.raises(NotBegun):
        mark(session, later.id, "missed", lambda: after)
