"""Asking for one's times, in the conversation or by their code."""

from datetime import timedelta

from contact_point.appointments.codes import show_code
from contact_point.database import Database
from tests.actions.appointments.steps import PROOF, THURSDAY, Time, booked, stored, take
from tests.actions.dialogue import Dialogue
from tests.contact_point.appointments.sample import at


async def test_ones_own_times_are_listed_without_personal_data(newcomer: Dialogue) -> None:
    code = await booked(newcomer)
    text = await newcomer.write("when is my time?", "my_appointments")
    assert f"**Thursday, 26 November 2026, 09:00–09:30**: Housing, with Amina. Code: {code}" in text
    assert "Maryam" not in text
    assert "example.org" not in text


async def test_a_time_is_found_by_its_code_from_elsewhere(
    newcomer: Dialogue, database: Database
) -> None:
    other = take(database, at(26, 9))
    assert "I find no booked time" in await newcomer.write("my times", "my_appointments")
    assert "Which e-mail address" in await newcomer.write(show_code(other.code).lower())
    text = await newcomer.write("Sara@example.org", email="Sara@example.org")
    assert show_code(other.code) in text
    assert "Sara" not in text
    assert "example.org" not in text
    assert await newcomer.active_form() is None


async def test_the_code_may_come_with_the_question(newcomer: Dialogue, database: Database) -> None:
    other = take(database, at(26, 9))
    await newcomer.write("my time?", "my_appointments", reference_code=other.code)
    text = await newcomer.write("sara@example.org", email="sara@example.org")
    assert "Thursday, 26 November 2026" in text
    assert await newcomer.slot("appointment_code") is None
    assert await newcomer.slot("appointment_proof") is None


async def test_wrong_codes_are_told_and_limited(
    newcomer: Dialogue, database: Database, clock: Time
) -> None:
    other = take(database, at(26, 9))
    await newcomer.write("my times", "my_appointments")
    assert "That is not a code" in await newcomer.write("what")
    assert "write it here" in newcomer.text
    for code in ("KZZZ-ZZZ7", show_code(other.code)) * 2 + ("KZZZ-ZZZ7",):
        # whether a code exists can't be told from what is said
        assert await newcomer.write(code) == PROOF
        text = await newcomer.write("else@example.org", email="else@example.org")
        assert "I find no booking with that code and that" in text
    text = await newcomer.write(show_code(other.code))
    assert "Too many wrong codes" in text
    assert await newcomer.active_form() is None
    text = await newcomer.write("cancel it", "cancel_appointment", reference_code=other.code)
    assert "Too many wrong codes" in text
    assert len(newcomer.replies) == 1
    assert stored(database)[0].state == "booked"
    clock.now += timedelta(hours=1)
    await newcomer.write("my time?", "my_appointments", reference_code=other.code)
    assert "Thursday" in await newcomer.write("sara@example.org", email="sara@example.org")


async def test_the_question_for_a_code_can_be_stopped_or_turned_into_a_booking(
    newcomer: Dialogue,
) -> None:
    await newcomer.write("my times", "my_appointments")
    await newcomer.press("Stop")
    assert await newcomer.active_form() is None
    await newcomer.write("my times", "my_appointments")
    assert "talk about" in await newcomer.press("Book a time")
    assert await newcomer.active_form() == "booking_form"


async def test_my_times_can_be_asked_for_while_booking(newcomer: Dialogue) -> None:
    await newcomer.send('/book_appointment{"subject": "housing"}')
    await newcomer.press(THURSDAY)
    text = await newcomer.write("do I have a time?", "my_appointments")
    assert "I find no booked time in this chat." in text
    assert newcomer.replies[-1]["text"] == "What is your name?"
    assert await newcomer.active_form() == "booking_form"
