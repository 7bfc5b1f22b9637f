"""Real processes that want the same time at the same instant, on both kinds of database."""

import multiprocessing
from collections import Counter
from collections.abc import Callable
from typing import Any

from sqlalchemy import select

from contact_point.appointments.booking import book
from contact_point.appointments.calendar import cells_between
from contact_point.appointments.tables import Appointment, ClaimedCell
from contact_point.database import Database
from tests.contact_point.appointments import rivals
from tests.contact_point.appointments.sample import at, calendar, caseworker, clock, request

TEN = at(26, 10)


def _race(work: Callable[..., None], arguments: list[tuple[Any, ...]]) -> list[tuple[Any, str]]:
    """Run a process for each tuple of arguments, all let go at once; gives what they report."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["pytest", rivals.__name__])  # each child would import them
    start, results = context.Barrier(len(arguments)), context.Queue()
    processes = [context.Process(target=work, args=(*each, start, results)) for each in arguments]
    for process in processes:
        process.start()
    reported = [results.get(timeout=rivals.WAIT_SECONDS) for _ in processes]
    for process in processes:
        process.join()
    return reported


def _url(database: Database) -> str:
    return database.url.render_as_string(hide_password=False)


def _check_no_overlap(database: Database) -> None:
    with database.reading() as session:
        booked = list(session.scalars(select(Appointment).where(Appointment.state == "booked")))
        claimed = len(list(session.scalars(select(ClaimedCell))))
    cells = [
        (one.caseworker_id, cell)
        for one in booked
        for cell in cells_between(one.starts_at, one.ends_at)
    ]
    assert len(cells) == len(set(cells)) == claimed


def test_of_fifty_who_want_one_time_one_gets_it(database: Database) -> None:
    with database.transaction() as session:
        session.add(caseworker())
    reported = _race(
        rivals.book_once, [(_url(database), TEN, str(number), "sv") for number in range(50)]
    )
    assert Counter(outcome for _, outcome in reported) == {"booked": 1, "taken": 49}
    _check_no_overlap(database)


def test_overlapping_times_of_different_length_never_both_succeed(database: Database) -> None:
    with database.transaction() as session:
        session.add_all([caseworker("amina"), caseworker("erik")])
    wanted = [
        (_url(database), starts_at, f"{language}{minute}{number}", language)
        for number in range(3)
        for minute, starts_at in ((0, TEN), (30, at(26, 10, 30)), (60, at(26, 11)))
        for language in ("sv", "ti")
    ]
    outcomes = Counter(outcome for _, outcome in _race(rivals.book_once, wanted))
    assert set(outcomes) == {"booked", "taken"}
    # Each caseworker has room for two long ones or up to three short ones between ten and
    # half past eleven.
    assert 4 <= outcomes["booked"] <= 6
    _check_no_overlap(database)


def test_one_message_that_comes_twenty_times_books_once(database: Database) -> None:
    with database.transaction() as session:
        session.add_all([caseworker("amina"), caseworker("erik"), caseworker("yonas")])
    reported = _race(rivals.book_once, [(_url(database), TEN, "same", "sv")] * 20)
    assert Counter(outcome for _, outcome in reported) == {"booked": 20}
    with database.reading() as session:
        assert len(list(session.scalars(select(Appointment)))) == 1
    _check_no_overlap(database)


def test_appointments_that_change_places_at_once_stay_whole(database: Database) -> None:
    with database.transaction() as session:
        session.add(caseworker())
    starts = [at(26, 9), at(26, 9, 30), TEN, at(26, 10, 30)]
    with database.transaction() as session:
        booked = [
            book(session, calendar(), request(starts_at, str(number)), clock)
            for number, starts_at in enumerate(starts)
        ]
    targets = [*starts[1:], at(26, 11)]
    moves = [
        (_url(database), one.id, target)  # type: ignore[union-attr]
        for one, target in zip(booked, targets, strict=True)
        for _ in range(3)
    ]
    outcomes = {outcome for _, outcome in _race(rivals.move_once, moves)}
    assert "moved" in outcomes
    assert outcomes <= {"moved", "taken"}
    _check_no_overlap(database)
    with database.reading() as session:
        assert len(list(session.scalars(select(Appointment)))) == 4
