"""Working time through the year: holidays, closed days, absences and both clock changes."""

from datetime import date, datetime, time, timedelta, timezone

import holidays
import pytest
from hypothesis import given
from hypothesis import strategies as st

from contact_point.appointments.calendar import CELL, cells_between, instants
from tests.contact_point.appointments.sample import ZONE, at, calendar, caseworker

SPRING = date(2027, 3, 28)
AUTUMN = date(2026, 10, 25)


def test_lunch_and_evening_are_free() -> None:
    cells = calendar().working_cells(caseworker(), date(2026, 11, 24), date(2026, 11, 24))
    assert len(cells) == 6 * 4
    assert min(cells) == at(24, 9)
    assert at(24, 11, 45) in cells
    assert at(24, 12) not in cells
    assert max(cells) == at(24, 15, 45)


@pytest.mark.parametrize(
    "day",
    [
        date(2027, 1, 1),
        date(2027, 1, 6),
        date(2027, 3, 26),  # Good Friday
        date(2027, 3, 29),  # Easter Monday
        date(2027, 5, 6),  # Ascension Day
        date(2027, 6, 25),  # Midsummer Eve
        date(2026, 12, 24),
        date(2026, 12, 25),
        date(2026, 12, 31),
    ],
)
def test_nobody_works_on_holidays(day: date) -> None:
    assert calendar().working_cells(caseworker(), day, day) == set()


@pytest.mark.parametrize("year", range(2026, 2036))
def test_ten_years_of_holidays_have_no_working_time(year: int) -> None:
    every_day = caseworker(weekdays=(0, 1, 2, 3, 4, 5, 6))
    public = set(holidays.country_holidays("SE", years=year))
    days = {
        calendar().local_day(cell)
        for cell in calendar().working_cells(every_day, date(year, 1, 1), date(year, 12, 31))
    }
    assert not {day for day in days & public if day.weekday() != 6}
    assert len(days) > 345


def test_the_days_around_a_holiday_are_worked() -> None:
    cells = calendar().working_cells(caseworker(), date(2027, 1, 4), date(2027, 1, 8))
    assert {calendar().local_day(cell).day for cell in cells} == {4, 5, 7, 8}


def test_the_municipality_may_close_on_other_days() -> None:
    day = date(2026, 11, 24)
    assert calendar(day).working_cells(caseworker(), day, day) == set()


def test_an_absence_covers_its_first_and_last_day() -> None:
    away = caseworker(absences=((date(2026, 11, 25), date(2026, 11, 26)),))
    cells = calendar().working_cells(away, date(2026, 11, 24), date(2026, 11, 27))
    assert {calendar().local_day(cell).day for cell in cells} == {24, 27}


def test_the_hour_that_spring_skips_does_not_exist() -> None:
    assert instants(SPRING, time(2, 30), ZONE) == ()
    assert instants(SPRING, time(3), ZONE) == (datetime(2027, 3, 28, 1, tzinfo=timezone.utc),)


def test_the_hour_that_autumn_repeats_comes_twice() -> None:
    assert instants(AUTUMN, time(2, 30), ZONE) == (
        datetime(2026, 10, 25, 0, 30, tzinfo=timezone.utc),
        datetime(2026, 10, 25, 1, 30, tzinfo=timezone.utc),
    )


@pytest.mark.parametrize(("day", "hours"), [(SPRING, 23), (AUTUMN, 25), (date(2026, 11, 1), 24)])
def test_a_day_has_as_many_quarters_as_it_has(day: date, hours: int) -> None:
    walls = [time(hour, minute) for hour in range(24) for minute in range(0, 60, 15)]
    cells = [instant for wall in walls for instant in instants(day, wall, ZONE)]
    assert len(set(cells)) == len(cells) == hours * 4


@given(
    st.dates(date(2026, 1, 1), date(2035, 12, 31)),
    st.times().map(
        lambda wall: wall.replace(minute=wall.minute // 15 * 15, second=0, microsecond=0)
    ),
)
def test_every_instant_shows_the_wall_time_it_was_made_from(day: date, wall: time) -> None:
    for instant in instants(day, wall, ZONE):
        local = instant.astimezone(ZONE)
        assert (local.date(), local.time()) == (day, wall)


@pytest.mark.parametrize("year", range(2026, 2036))
def test_office_hours_keep_their_wall_time_through_both_clock_changes(year: int) -> None:
    for month in (3, 10):
        sunday = max(
            day
            for day in (date(year, month, number) for number in range(25, 32))
            if day.weekday() == 6
        )
        friday, monday = sunday - timedelta(days=2), sunday + timedelta(days=1)
        cells = calendar().working_cells(caseworker(), friday, monday)
        for day in (friday, monday):
            if calendar().is_closed(day):
                continue
            first = min(cell for cell in cells if calendar().local_day(cell) == day)
            assert first.astimezone(ZONE).time() == time(9)


@given(st.integers(1, 16))
def test_an_appointment_takes_every_quarter_between_start_and_end(quarters: int) -> None:
    cells = cells_between(at(24, 9), at(24, 9) + quarters * CELL)
    assert len(cells) == quarters
    assert cells == sorted(cells)
    assert cells[-1] + CELL == at(24, 9) + quarters * CELL
