"""Real processes that want the same time at the same instant, on both kinds of database."""

import random
from collections import Counter
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from sqlalchemy import func, select

from contact_point.appointments import booking
from contact_point.appointments.offers import offers
from contact_point.appointments.tables import AGREED, Appointment
from contact_point.database import Database
from tests.contact_point.appointments import rivals
from tests.contact_point.appointments.ledger import check_ledger
from tests.contact_point.appointments.rivals import Answer, Want, race
from tests.contact_point.appointments.sample import (
    NOW,
    appointment_type,
    at,
    calendar,
    caseworker,
    interpreter,
)

TEN = at(26, 10)
ROUNDS = 3
"""`bench.contention` runs a hundred."""


def _outcomes(answers: list[Answer]) -> Counter[str]:
    return Counter(answer.outcome for answer in answers)


def _agreed(database: Database) -> list[Appointment]:
    with database.reading() as session:
        query = select(Appointment).where(Appointment.state.in_(AGREED))
        return list(session.scalars(query.order_by(Appointment.id)))


def _wish(*args: Any, **kwargs: Any) -> Want:
    """Somebody who books."""
    return partial(rivals.book, **kwargs), args


def test_of_two_hundred_who_want_one_time_one_gets_it(database: Database) -> None:
    with database.transaction() as session:
        session.add(caseworker())
    with database.reading() as session:
        free = [one.starts_at for one in offers(session, calendar(), "housing", "sv", NOW)]
    rounds = [
        [_wish(starts_at, f"{number}/{newcomer}") for newcomer in range(200)]
        for number, starts_at in enumerate(free[:ROUNDS])
    ]
    for number, answers in enumerate(race(database, rounds)):
        assert _outcomes(answers) == {"got": 1, "taken": 199}
        for answer in answers:
            if answer.outcome == "taken":  # the next free times, whoever won
                assert answer.alternatives == tuple(free[number + 1 : number + 7])
    assert [one.starts_at for one in _agreed(database)] == free[:ROUNDS]
    check_ledger(database, calendar())


@pytest.mark.parametrize("caseworkers", [2, 5])
def test_as_many_get_it_as_caseworkers_are_free(database: Database, caseworkers: int) -> None:
    with database.transaction() as session:
        session.add_all([caseworker(f"c{number}") for number in range(caseworkers)])
    (answers,) = race(database, [[_wish(TEN, str(number)) for number in range(40)]])
    assert _outcomes(answers) == {"got": caseworkers, "taken": 40 - caseworkers}
    assert len({one.caseworker_id for one in _agreed(database)}) == caseworkers
    check_ledger(database, calendar())


@pytest.mark.parametrize(("caseworkers", "interpreters"), [(4, 2), (2, 4), (3, 3)])
def test_both_a_caseworker_and_an_interpreter_must_be_free(
    database: Database, caseworkers: int, interpreters: int
) -> None:
    with database.transaction() as session:
        session.add_all([caseworker(f"c{number}") for number in range(caseworkers)])
        session.add_all([interpreter(f"a{number}") for number in range(interpreters)])
    (answers,) = race(database, [[_wish(TEN, str(n), language="ti") for n in range(40)]])
    least = min(caseworkers, interpreters)
    assert _outcomes(answers) == {"got": least, "taken": 40 - least}
    agreed = _agreed(database)
    assert len({one.caseworker_id for one in agreed}) == least
    assert len({one.interpreter_id for one in agreed}) == least
    check_ledger(database, calendar())


def test_overlapping_times_of_different_length_never_both_succeed(database: Database) -> None:
    with database.transaction() as session:
        session.add_all([caseworker("amina"), caseworker("erik")])
        session.add_all([interpreter("tolk"), interpreter("tulk")])
    wanted = [
        _wish(starts_at, f"{language}{starts_at:%H%M}{number}", language=language)
        for number in range(5)
        for starts_at in (TEN, at(26, 10, 30), at(26, 11))
        for language in ("sv", "ti")
    ]
    (answers,) = race(database, [wanted])
    outcomes = _outcomes(answers)
    assert set(outcomes) == {"got", "taken"}
    # Each caseworker has room for two long ones or up to three short ones between ten and
    # a quarter to twelve.
    assert 4 <= outcomes["got"] <= 6
    check_ledger(database, calendar())


def test_one_message_that_comes_twenty_times_books_once(database: Database) -> None:
    with database.transaction() as session:
        session.add_all([caseworker("amina"), caseworker("erik"), caseworker("yonas")])
    (answers,) = race(database, [[_wish(TEN, "same")] * 20])
    assert _outcomes(answers) == {"got": 20}
    (booked,) = _agreed(database)
    assert {answer.appointment_id for answer in answers} == {booked.id}
    check_ledger(database, calendar())


def test_of_those_who_move_into_one_time_one_gets_it(database: Database) -> None:
    with database.transaction() as session:
        session.add_all([caseworker("amina"), interpreter()])
    starts = [at(25, 9), at(25, 10), at(25, 11), at(25, 13)]
    for language, target in (("sv", TEN), ("ti", at(3, 10, month=12))):
        with database.transaction() as session:
            booked = [
                rivals.book(session, calendar(), starts_at + timedelta(days=7 * (language == "ti")),
                            f"{language}{starts_at}", language=language)
                for starts_at in starts
            ]  # fmt: skip
        moves: list[Want] = [(rivals.move, (one.id, target)) for one in booked]  # type: ignore[union-attr]
        (answers,) = race(database, [moves])
        assert _outcomes(answers) == {"got": 1, "taken": 3}
        check_ledger(database, calendar())


def test_appointments_that_change_places_at_once_stay_whole(database: Database) -> None:
    with database.transaction() as session:
        session.add(caseworker())
    starts = [at(26, 9), at(26, 9, 30), TEN, at(26, 10, 30)]
    with database.transaction() as session:
        booked = [
            rivals.book(session, calendar(), starts_at, str(number))
            for number, starts_at in enumerate(starts)
        ]
    targets = [*starts[1:], at(26, 11)]
    moves: list[Want] = [
        (rivals.move, (one.id, target))  # type: ignore[union-attr]
        for one, target in zip(booked, targets, strict=True)
        for _ in range(3)
    ]
    (answers,) = race(database, [moves])
    assert set(_outcomes(answers)) <= {"got", "taken"}
    assert _outcomes(answers)["got"] >= 3
    check_ledger(database, calendar())
    assert len(_agreed(database)) == 4


def test_of_fifty_who_hold_one_time_one_gets_it(database: Database) -> None:
    with database.transaction() as session:
        session.add(caseworker())
    holds: list[Want] = [(rivals.hold, (TEN, f"hold/{number}")) for number in range(50)]
    (answers,) = race(database, [holds])
    assert _outcomes(answers) == {"got": 1, "taken": 49}
    check_ledger(database, calendar())
    with database.transaction() as session:
        (held,) = session.scalars(select(Appointment))
        holder = held.idempotency_key.removeprefix("hold/")
    # Only who holds it can book it; the others are still told that it is taken.
    (answers,) = race(database, [[_wish(TEN, str(number)) for number in range(50)]])
    assert [n for n, answer in enumerate(answers) if answer.outcome == "got"] == [int(holder)]
    check_ledger(database, calendar())


@pytest.mark.parametrize("language", ["sv", "ti"])
def test_a_time_that_was_held_too_long_is_booked_by_one(database: Database, language: str) -> None:
    long_ago = NOW - timedelta(hours=1)
    with database.transaction() as session:
        session.add_all([caseworker(), interpreter()])
        session.flush()
        booking.hold(session, calendar(), "housing", TEN, language, "hold/x", lambda: long_ago)
    (answers,) = race(database, [[_wish(TEN, str(n), language=language) for n in range(50)]])
    assert _outcomes(answers) == {"got": 1, "taken": 49}
    (booked,) = _agreed(database)
    assert booked.idempotency_key != "hold/x"
    check_ledger(database, calendar())


@pytest.mark.parametrize("maximum", [1, 3])
def test_no_more_than_the_daily_maximum_get_a_time(database: Database, maximum: int) -> None:
    with database.transaction() as session:
        session.add_all([caseworker("amina"), caseworker("erik")])
        session.add(appointment_type(daily_maximum=maximum))
    walls = [(hour, minute) for hour in (9, 10, 11, 13, 14) for minute in (0, 30)]
    wanted = [_wish(at(26, *wall), f"{wall}{number}") for number in range(5) for wall in walls]
    (answers,) = race(database, [wanted])
    assert _outcomes(answers) == {"got": 2 * maximum, "taken": 50 - 2 * maximum}
    counted = Counter(one.caseworker_id for one in _agreed(database))
    assert counted == {"amina": maximum, "erik": maximum}
    check_ledger(database, calendar())


@pytest.mark.parametrize("seed", range(2))
def test_everything_at_once_ends_in_order(database: Database, seed: int) -> None:
    """Bookings with and without interpreter, of a type with a daily maximum and buffers and of one
    without, moves, holds, cancellations and holds that have expired: none ends in an error."""
    chance = random.Random(seed)
    hours = [(hour, minute) for hour in (9, 10, 13) for minute in (0, 30)]
    walls = [at(day, *hour) for day in (26, 27) for hour in hours]
    both = ("housing", "economy")
    with database.transaction() as session:
        for key in ("amina", "bo", "yonas", "zara"):
            session.add(caseworker(key, subjects=both))
        session.add_all([interpreter("berit"), interpreter("tolk")])
        session.add(appointment_type(daily_maximum=3, buffer_after=15))
    made = []
    with database.transaction() as session:
        for number, starts_at in enumerate(walls):
            subject, language = both[number % 2], ("sv", "ti")[number // 2 % 2]
            found = rivals.book(
                session, calendar(), starts_at, f"before {number}",
                subject=subject, language=language,
            )  # fmt: skip
            assert isinstance(found, Appointment)
            made.append(found.id)
        for number, starts_at in enumerate(walls):
            booking.hold(
                session, calendar(), both[number % 2], starts_at, ("ti", "sv")[number // 2 % 2],
                f"hold/old {number}", lambda: NOW - timedelta(hours=1),
            )  # fmt: skip

    def someone(key: str) -> Want:
        starts_at = chance.choice(walls)
        language, subject = chance.choice(("sv", "ti")), chance.choice(both)
        wants: list[Want] = [
            _wish(starts_at, key, language=language, subject=subject),
            _wish(starts_at, key, language=language, subject=subject),
            (rivals.move, (made[chance.randrange(6)], starts_at)),
            (rivals.hold, (starts_at, f"hold/{key}", language)),
            (rivals.cancel, (made[6 + chance.randrange(6)],)),
        ]
        return chance.choice(wants)

    rounds = [[someone(f"{number}/{n}") for n in range(60)] for number in range(4)]
    for answers in race(database, rounds):
        assert set(_outcomes(answers)) <= {"got", "taken"}
    check_ledger(database, calendar())
    with database.reading() as session:
        most = session.execute(
            select(func.count())
            .where(Appointment.state != "cancelled", Appointment.subject == "housing")
            .group_by(Appointment.caseworker_id, func.date(Appointment.starts_at))
        ).scalars()
        assert max(most) <= 3
