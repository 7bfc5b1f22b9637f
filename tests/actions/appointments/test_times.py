"""Which times are offered while booking, and how one is chosen, kept and lost."""

import pytest
from sqlalchemy import select

from contact_point.appointments import booking
from contact_point.appointments.tables import (
    AppointmentType,
    Caseworker,
    ClaimedCell,
)
from contact_point.database import Database
from tests.actions.appointments.steps import (
    FIRST,
    THURSDAY,
    Time,
    held,
    stored,
    take,
    until_summary,
)
from tests.actions.dialogue import Dialogue
from tests.contact_point.appointments.sample import at


async def test_more_times_and_no_both_show_others(newcomer: Dialogue) -> None:
    await newcomer.send('/book_appointment{"subject": "housing"}')
    first = newcomer.titles[:6]
    await newcomer.press("More times")
    second = newcomer.titles[:6]
    await newcomer.write("no", "deny")
    assert len({*first, *second, *newcomer.titles[:6]}) == 18


async def test_a_written_wish_narrows_the_offer(newcomer: Dialogue) -> None:
    await newcomer.send('/book_appointment{"subject": "housing"}')
    await newcomer.write("on thursday after two", date="2026-11-26", time="14:00")
    assert newcomer.titles == [
        "Thu 26 Nov, 14:00",
        "Thu 26 Nov, 14:30",
        "Thu 26 Nov, 15:00",
        "Thu 26 Nov, 15:30",
        "Another week",
        "Stop",
    ]
    await newcomer.write("in the morning", part_of_day="morning")
    assert newcomer.titles[0] == THURSDAY
    assert all(title.startswith("Thu") for title in newcomer.titles[:6])


async def test_a_wish_that_nothing_fits_shows_the_nearest(newcomer: Dialogue) -> None:
    await newcomer.send('/book_appointment{"subject": "housing"}')
    text = await newcomer.write("on saturday", date="2026-11-28")
    assert "no free time like that" in text
    assert newcomer.titles[0] == FIRST


async def test_a_time_is_chosen_by_its_place(newcomer: Dialogue) -> None:
    await newcomer.send('/book_appointment{"subject": "housing"}')
    second = newcomer.titles[1]
    payload = newcomer.replies[-1]["buttons"][1]["payload"]
    await newcomer.write("the second one", slot="2")
    assert "What is your name" in newcomer.text
    await newcomer.write("Sara")
    summary = await newcomer.write("sara@example.org", email="sara@example.org")
    assert str(await newcomer.slot("appointment_time")) in payload
    assert second.split(", ")[1] in summary


async def test_a_place_where_nothing_is_shown_is_no_time(newcomer: Dialogue) -> None:
    await newcomer.send('/book_appointment{"subject": "housing"}')
    assert "Choose a time" in await newcomer.write("12", slot="12")


async def test_a_contact_that_comes_while_a_time_is_asked_is_kept(newcomer: Dialogue) -> None:
    await newcomer.send('/book_appointment{"subject": "housing"}')
    text = await newcomer.write("sara@example.org", email="sara@example.org")
    assert "did not understand" not in text
    await newcomer.press(newcomer.titles[0])
    assert "sara@example.org" in await newcomer.write("Sara")


async def test_a_button_may_be_typed(newcomer: Dialogue) -> None:
    await newcomer.send('/book_appointment{"subject": "housing"}')
    text = await newcomer.write("thu 26 nov, 09:00", date="2026-11-26", time="09:00")
    assert text == "What is your name?"


async def test_a_time_that_is_not_understood_is_asked_again(newcomer: Dialogue) -> None:
    await newcomer.send('/book_appointment{"subject": "housing"}')
    text = await newcomer.write("whenever")
    assert "did not understand which time" in text
    assert "Choose a time" in text
    assert newcomer.titles[0] == FIRST


async def test_another_day_may_be_wished_at_the_summary(newcomer: Dialogue) -> None:
    await until_summary(newcomer)
    text = await newcomer.write("rather on friday", date="2026-11-27")
    assert "Choose a time" in text
    assert newcomer.titles[0] == "Fri 27 Nov, 09:00"
    assert "Please check" in await newcomer.press("Fri 27 Nov, 09:30")


async def test_the_time_can_be_changed_before_the_summary(newcomer: Dialogue) -> None:
    await newcomer.send('/book_appointment{"subject": "housing"}')
    await newcomer.press(THURSDAY)
    assert "Choose a time" in await newcomer.write("another time please", "change_appointment")


async def test_a_chosen_time_is_kept_for_five_minutes(
    newcomer: Dialogue, database: Database, clock: Time
) -> None:
    await newcomer.send('/book_appointment{"subject": "housing"}')
    await newcomer.press(THURSDAY)
    with pytest.raises(AssertionError):
        take(database, at(26, 9))
    assert held(database) == [at(26, 9)]
    clock.now += booking.HOLD
    assert take(database, at(26, 9), clock)


async def test_a_newcomer_holds_one_time_only_and_none_after_stopping(
    newcomer: Dialogue, database: Database
) -> None:
    await newcomer.send('/book_appointment{"subject": "housing"}')
    old = newcomer.replies
    await newcomer.press(THURSDAY)
    newcomer.replies = old
    await newcomer.press(FIRST)
    assert held(database) == [at(24, 10)]
    await newcomer.write("stop", "stop")
    assert held(database) == []
    with database.reading() as session:
        assert list(session.scalars(select(ClaimedCell))) == []


async def test_a_time_that_is_gone_at_confirmation_keeps_the_rest(
    newcomer: Dialogue, database: Database, clock: Time
) -> None:
    await until_summary(newcomer)
    clock.now += booking.HOLD
    take(database, at(26, 9), clock)
    text = await newcomer.press("Yes, book it")
    assert "has just been taken" in text
    assert "Choose a time" in text
    assert THURSDAY not in newcomer.titles
    assert "Thu 26 Nov, 09:30" in newcomer.titles
    summary = await newcomer.press("Thu 26 Nov, 09:30")
    assert "Your name: Maryam Ali" in summary
    assert "maryam@example.org" in summary
    assert "Your time is booked" in await newcomer.press("Yes, book it")
    assert [one.starts_at for one in stored(database)] == [at(26, 9), at(26, 9, 30)]


async def test_a_time_that_is_gone_when_chosen_is_offered_no_more(
    newcomer: Dialogue, database: Database
) -> None:
    await newcomer.send('/book_appointment{"subject": "housing"}')
    take(database, at(26, 9))
    text = await newcomer.press(THURSDAY)
    assert "has just been taken" in text
    assert THURSDAY not in newcomer.titles


async def test_a_time_that_is_gone_before_the_summary_is_asked_for_again(
    newcomer: Dialogue, database: Database, clock: Time
) -> None:
    await newcomer.send('/book_appointment{"subject": "housing"}')
    await newcomer.press(THURSDAY)
    await newcomer.write("Maryam")
    clock.now += booking.HOLD
    take(database, at(26, 9), clock)
    text = await newcomer.write("maryam@example.org", email="maryam@example.org")
    assert "has just been taken" in text
    assert "Please check" not in text
    assert "Please check" in await newcomer.press("Thu 26 Nov, 09:30")


async def test_without_free_times_the_form_ends_and_says_whom_to_turn_to(
    newcomer: Dialogue, database: Database
) -> None:
    with database.transaction() as session:
        session.get_one(Caseworker, "amina").working_intervals = []
    text = await newcomer.send('/book_appointment{"subject": "housing"}')
    assert "no free time to offer" in text
    assert "Talk to a person" in newcomer.titles
    assert len(newcomer.replies) == 1
    assert await newcomer.active_form() is None
    assert await newcomer.slot("appointment_subject") is None


async def test_times_of_a_week_that_is_wished(newcomer: Dialogue) -> None:
    await newcomer.write(
        "a time about housing next week",
        "book_appointment",
        subject="housing",
        date="2026-11-30",
        week="2026-11-30",
    )
    text = newcomer.text
    assert "no such free time" not in text
    assert newcomer.titles[0].startswith("Mon 30 Nov")
    assert newcomer.titles[2].startswith("Tue 1 Dec")


async def test_another_week_is_shown(newcomer: Dialogue) -> None:
    await newcomer.send('/book_appointment{"subject": "housing"}')
    await newcomer.press("Another week")
    assert newcomer.titles[0] == "Mon 30 Nov, 09:00"
    await newcomer.press("Another week")
    assert newcomer.titles[0] == "Mon 7 Dec, 09:00"
    await newcomer.press("Another week")
    await newcomer.press("Another week")
    assert newcomer.titles[0] == FIRST  # after the last one, from the beginning


async def test_hours_without_a_booked_time_are_told(newcomer: Dialogue, database: Database) -> None:
    with database.transaction() as session:
        session.add(
            AppointmentType(
                id="walk-in",
                subjects=["housing"],
                minutes=30,
                minutes_with_interpreter=45,
                notice_hours=2,
                horizon_days=21,
                bring=[],
                walk_in={"thursday": "09:00-12:00"},
            )
        )
    text = await newcomer.send('/book_appointment{"subject": "housing"}')
    assert text.endswith("You can also come without a booked time: Thursday 09:00–12:00.")
    assert THURSDAY not in newcomer.titles
    assert "booked time:" not in await newcomer.press("More times")
