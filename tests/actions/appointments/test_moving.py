"""Moving a time; the old one stays until the new one is had."""

import pytest

from contact_point.appointments.codes import show_code
from contact_point.database import Database
from tests.actions.appointments.steps import THURSDAY, booked, stored, take
from tests.actions.dialogue import Dialogue
from tests.contact_point.appointments.sample import at


async def test_a_time_is_moved_and_keeps_its_code(newcomer: Dialogue, database: Database) -> None:
    code = await booked(newcomer)
    assert "Choose a time" in await newcomer.write("another time", "change_appointment")
    assert THURSDAY not in newcomer.titles
    text = await newcomer.press("Wed 25 Nov, 13:00")
    assert "Now you have: Thursday, 26 November 2026, 09:00–09:30." in text
    assert "Wednesday, 25 November 2026, 13:00–13:30" in text
    assert stored(database)[0].starts_at == at(26, 9)
    text = await newcomer.press("Yes, move it")
    assert "Your time is moved" in text
    assert code in text
    (appointment,) = stored(database)
    assert appointment.starts_at == at(25, 13)
    assert await newcomer.slot("appointment_time") is None


async def test_a_wish_may_come_with_the_request_to_move(newcomer: Dialogue) -> None:
    await booked(newcomer)
    await newcomer.write("move it to friday", "change_appointment", date="2026-11-27")
    assert all(title.startswith("Fri 27 Nov") for title in newcomer.titles[:6])


async def test_the_code_is_asked_for_before_the_new_time(
    newcomer: Dialogue, database: Database
) -> None:
    other = take(database, at(26, 9))
    await newcomer.write("move my time to friday", "change_appointment", date="2026-11-27")
    assert "Write the code" in newcomer.text
    await newcomer.write(show_code(other.code), reference_code=other.code)
    await newcomer.write("sara@example.org", email="sara@example.org")
    assert newcomer.titles[0].startswith("Fri 27 Nov")
    await newcomer.press("Fri 27 Nov, 09:00")
    assert "Sara" not in newcomer.text
    await newcomer.press("Yes, move it")
    assert stored(database)[0].starts_at == at(27, 9)


@pytest.mark.parametrize(
    ("press", "form"), [("No, keep the old", None), ("Another time", "moving_form")]
)
async def test_a_move_can_be_refused_or_changed(
    newcomer: Dialogue, database: Database, press: str, form: str | None
) -> None:
    await booked(newcomer)
    await newcomer.write("another time", "change_appointment")
    await newcomer.press("Wed 25 Nov, 13:00")
    await newcomer.press(press)
    assert await newcomer.active_form() == form
    assert stored(database)[0].starts_at == at(26, 9)


async def test_moving_can_be_interrupted(newcomer: Dialogue) -> None:
    code = await booked(newcomer)
    await newcomer.write("another time", "change_appointment")
    await newcomer.press("Wed 25 Nov, 13:00")
    await newcomer.write("when is my time?", "my_appointments")
    shown, question = newcomer.replies[-2]["text"], newcomer.replies[-1]["text"]
    assert code in shown
    assert "Shall I move" in question


async def test_a_move_to_a_time_that_is_gone_keeps_the_old_time(
    newcomer: Dialogue, database: Database
) -> None:
    await booked(newcomer)
    await newcomer.write("another time", "change_appointment")
    await newcomer.press("Wed 25 Nov, 13:00")
    take(database, at(25, 13))
    text = await newcomer.press("Yes, move it")
    assert "has just been taken. You keep the time that you have" in text
    assert stored(database)[0].starts_at == at(26, 9)
    assert "Shall I move" in await newcomer.press("Wed 25 Nov, 13:30")
    await newcomer.press("Yes, move it")
    assert stored(database)[0].starts_at == at(25, 13, 30)


async def test_a_booking_may_begin_while_moving(newcomer: Dialogue) -> None:
    await booked(newcomer)
    await newcomer.write("another time", "change_appointment")
    assert "talk about" in await newcomer.write("book a time", "book_appointment")
    assert await newcomer.active_form() == "booking_form"
