"""Which times are offered, and which of them are shown."""

from datetime import date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contact_point.appointments import booking
from contact_point.appointments.calendar import Calendar
from contact_point.appointments.offers import (
    PAGE,
    Offer,
    Wish,
    candidates,
    choose,
    nearest,
    offers,
    read_key,
    subjects_offered,
)
from contact_point.appointments.rules import Rules
from contact_point.database import Database
from tests.contact_point.appointments.sample import (
    NOW,
    ZONE,
    at,
    calendar,
    caseworker,
    clock,
    interpreter,
    request,
)


def _offers(
    database: Database, calendar: Calendar, language: str = "sv", now: datetime = NOW
) -> list[Offer]:
    with database.reading() as session:
        return offers(session, calendar, "housing", language, now)


def _wall(offer: Offer) -> tuple[int, time]:
    local = offer.starts_at.astimezone(ZONE)
    return local.day, local.time()


def test_times_start_after_the_notice_and_end_before_lunch(
    sqlite: Database, calendar: Calendar
) -> None:
    with sqlite.transaction() as session:
        session.add(caseworker())
    today = [_wall(offer)[1] for offer in _offers(sqlite, calendar) if _wall(offer)[0] == 24]
    assert today[:4] == [time(10), time(10, 30), time(11), time(11, 30)]
    assert today[4] == time(13)
    assert today[-1] == time(15, 30)


def test_the_horizon_is_the_last_day(sqlite: Database, calendar: Calendar) -> None:
    with sqlite.transaction() as session:
        session.add(caseworker())
    last = _offers(sqlite, calendar)[-1].starts_at.astimezone(ZONE)
    assert last.date() == date(2026, 12, 15)


def test_an_interpreter_needs_more_time_and_more_notice(
    sqlite: Database, calendar: Calendar
) -> None:
    with sqlite.transaction() as session:
        session.add_all([caseworker(), interpreter()])
    found = _offers(sqlite, calendar, "ti")
    assert all(offer.interpreter for offer in found)
    assert all(offer.ends_at - offer.starts_at == timedelta(minutes=45) for offer in found)
    assert found[0].starts_at == at(26, 9)
    assert time(11, 30) not in {_wall(offer)[1] for offer in found}


def test_a_caseworker_who_speaks_the_language_comes_first(
    sqlite: Database, calendar: Calendar
) -> None:
    with sqlite.transaction() as session:
        session.add(caseworker("amina", languages=("sv",)))
        session.add(caseworker("yonas", languages=("sv", "ti"), weekdays=(3,)))
        session.add(interpreter())
    with sqlite.reading() as session:
        found = candidates(session, calendar, "housing", "ti", NOW)
    assert [offer.caseworker_id for offer in found[at(26, 10)]] == ["yonas", "amina"]
    assert [offer.interpreter for offer in found[at(26, 10)]] == [False, True]
    assert [offer.caseworker_id for offer in found[at(27, 10)]] == ["amina"]


def test_among_equals_the_one_with_less_to_do_that_day_comes_first(
    sqlite: Database, calendar: Calendar
) -> None:
    with sqlite.transaction() as session:
        session.add_all([caseworker("amina"), caseworker("erik")])
    with sqlite.transaction() as session:
        first = booking.book(session, calendar, request(at(26, 9), "a"), clock)
        second = booking.book(session, calendar, request(at(26, 13), "b"), clock)
    assert (first.caseworker_id, second.caseworker_id) == ("amina", "erik")  # type: ignore[union-attr]


def test_other_subjects_and_retired_caseworkers_are_left_out(
    sqlite: Database, calendar: Calendar
) -> None:
    retired = caseworker("erik")
    retired.active = False
    with sqlite.transaction() as session:
        session.add_all([caseworker("amina", subjects=("economy",)), retired])
    assert _offers(sqlite, calendar) == []
    with sqlite.reading() as session:
        assert subjects_offered(session) == {"economy"}


def test_one_time_is_offered_once_however_many_are_free(
    sqlite: Database, calendar: Calendar
) -> None:
    with sqlite.transaction() as session:
        session.add_all([caseworker("amina"), caseworker("erik")])
    starts = [offer.starts_at for offer in _offers(sqlite, calendar)]
    assert len(starts) == len(set(starts))


@pytest.mark.parametrize(
    ("now", "first"),
    [
        # 22:00 on Saturday and 34 hours: the night of spring is an hour short.
        (at(28, 22, month=3, year=2026), at(30, 9, month=3, year=2026)),
        # The night of autumn is an hour longer.
        (at(24, 22, month=10, year=2026), at(26, 7, month=10, year=2026)),
        (at(14, 22, month=11, year=2026), at(16, 8, month=11, year=2026)),
    ],
)
def test_the_notice_counts_real_hours_over_a_clock_change(
    sqlite: Database, now: datetime, first: datetime
) -> None:
    with sqlite.transaction() as session:
        session.add(caseworker(weekdays=(0,), intervals=((time(6), time(12)),)))
    found = _offers(sqlite, calendar(rules=Rules(notice_hours=34)), now=now)
    assert found[0].starts_at == first


@pytest.mark.parametrize(
    ("sunday", "walls"),
    [
        (date(2026, 3, 29), ["01:00", "01:30", "03:00", "03:30"]),
        (
            date(2026, 10, 25),
            ["01:00", "01:30", "02:00", "02:30", "02:00", "02:30", "03:00", "03:30"],
        ),
    ],
)
def test_night_hours_are_right_in_the_nights_of_the_clock_changes(
    sqlite: Database, sunday: date, walls: list[str]
) -> None:
    with sqlite.transaction() as session:
        session.add(caseworker(weekdays=(6,), intervals=((time(1), time(4)),)))
    friday = datetime(sunday.year, sunday.month, sunday.day - 2, tzinfo=ZONE)
    night = [
        offer
        for offer in _offers(sqlite, calendar(), now=friday)
        if offer.starts_at.astimezone(ZONE).date() == sunday
    ]
    assert [f"{offer.starts_at.astimezone(ZONE):%H:%M}" for offer in night] == walls
    assert all(offer.ends_at - offer.starts_at == timedelta(minutes=30) for offer in night)
    assert len({offer.key for offer in night}) == len(night)


def test_a_key_names_a_time(sqlite: Database, calendar: Calendar) -> None:
    with sqlite.transaction() as session:
        session.add(caseworker())
    for offer in _offers(sqlite, calendar)[:20]:
        assert read_key(offer.key) == offer.starts_at
    assert read_key("Thursday") is None


# --- pages ---


@pytest.fixture
def available(sqlite: Database, calendar: Calendar) -> list[Offer]:
    """Three weeks of one caseworker."""
    with sqlite.transaction() as session:
        session.add(caseworker())
    return _offers(sqlite, calendar)


def test_the_first_page_spreads_over_days_and_halves_of_days(
    available: list[Offer], calendar: Calendar
) -> None:
    page = choose(available, Wish(), calendar)
    assert [_wall(offer) for offer in page.offers] == [
        (24, time(10)),
        (24, time(13)),
        (25, time(9)),
        (25, time(13)),
        (26, time(9)),
        (26, time(13)),
    ]
    assert page.fits
    assert page.more


def test_more_times_shows_every_time_before_any_twice(
    available: list[Offer], calendar: Calendar
) -> None:
    wish = Wish()
    seen: list[Offer] = []
    for _ in range(-(-len(available) // PAGE)):
        seen += choose(available, wish, calendar).offers
        wish = wish.next_page()
    assert len(seen) == len(set(seen)) == len(available)
    assert choose(available, wish, calendar) == choose(available, Wish(), calendar)


def test_a_wish_narrows_the_offer(available: list[Offer], calendar: Calendar) -> None:
    page = choose(available, Wish(day=date(2026, 11, 26), earliest=time(14)), calendar)
    assert page.fits
    assert [_wall(offer) for offer in page.offers] == [
        (26, time(14)),
        (26, time(14, 30)),
        (26, time(15)),
        (26, time(15, 30)),
    ]
    assert not page.more


def test_part_of_the_day_is_kept(available: list[Offer], calendar: Calendar) -> None:
    page = choose(available, Wish(part_of_day="afternoon"), calendar)
    assert len(page.offers) == PAGE
    assert all(_wall(offer)[1] >= time(12) for offer in page.offers)
    assert len({_wall(offer)[0] for offer in page.offers}) == PAGE


@pytest.mark.parametrize(
    ("wish", "first"),
    [
        (Wish(day=date(2026, 11, 26), earliest=time(17)), (26, time(9))),  # same day, earlier
        (Wish(day=date(2026, 11, 28), earliest=time(14)), (24, time(14))),  # same time, other day
        (Wish(day=date(2027, 7, 1)), (24, time(10))),
        (Wish(part_of_day="evening"), (24, time(10))),
    ],
)
def test_the_nearest_are_shown_when_nothing_fits(
    available: list[Offer], calendar: Calendar, wish: Wish, first: tuple[int, time]
) -> None:
    page = choose(available, wish, calendar)
    assert not page.fits
    assert _wall(page.offers[0]) == first


def test_nothing_free_is_an_empty_page(calendar: Calendar) -> None:
    page = choose([], Wish(day=date(2026, 11, 26)), calendar)
    assert page.offers == []
    assert not page.more


def test_the_nearest_lie_around_the_time_wanted(available: list[Offer]) -> None:
    close = nearest(available, at(26, 10, 30))
    assert len(close) == PAGE
    assert at(26, 10, 30) in [offer.starts_at for offer in close]
    assert close == sorted(close, key=lambda offer: offer.starts_at)


wishes = st.builds(
    Wish,
    day=st.none() | st.dates(date(2026, 11, 20), date(2026, 12, 20)),
    earliest=st.none() | st.times(),
    part_of_day=st.none() | st.sampled_from(["morning", "afternoon", "evening", "night"]),
    page=st.integers(0, 50),
)


@given(wish=wishes)
def test_a_page_only_has_available_times_and_is_never_empty_without_need(wish: Wish) -> None:
    available = [
        Offer(at(day, hour), at(day, hour, 30), "amina", "Amina", False)
        for day in (24, 25, 26)
        for hour in (9, 10, 14)
    ]
    page = choose(available, wish, calendar())
    assert 0 < len(page.offers) <= PAGE
    assert set(page.offers) <= set(available)
    if page.fits and wish.day:
        assert all(offer.starts_at.astimezone(ZONE).date() == wish.day for offer in page.offers)
    if page.fits and wish.earliest:
        assert all(
            offer.starts_at.astimezone(ZONE).time() >= wish.earliest for offer in page.offers
        )
