"""Cancelling, in the conversation or by the code."""

import pytest
from sqlalchemy import select

from contact_point.appointments.tables import ClaimedCell
from contact_point.database import Database
from tests.actions.appointments.steps import PROOF, THURSDAY, booked, stored, take
from tests.actions.dialogue import Dialogue
from tests.contact_point.appointments.sample import at


async def test_the_only_time_is_cancelled_after_one_question(
    newcomer: Dialogue, database: Database
) -> None:
    code = await booked(newcomer)
    text = await newcomer.write("I can not come", "cancel_appointment")
    assert code in text
    assert "Shall I cancel" in text
    assert "Your time is cancelled" in await newcomer.press("Yes, cancel it")
    assert stored(database)[0].state == "cancelled"
    with database.reading() as session:
        assert list(session.scalars(select(ClaimedCell))) == []
    assert await newcomer.slot("appointment_code") is None


@pytest.mark.parametrize("intent", ["deny", "stop"])
async def test_a_time_is_kept_when_the_newcomer_changes_their_mind(
    newcomer: Dialogue, database: Database, intent: str
) -> None:
    await booked(newcomer)
    await newcomer.write("cancel", "cancel_appointment")
    await newcomer.write("no", intent)
    assert "othing was" in newcomer.text
    assert stored(database)[0].state == "booked"
    assert await newcomer.active_form() is None


async def test_one_of_several_is_chosen(newcomer: Dialogue, database: Database) -> None:
    await booked(newcomer)
    await newcomer.send('/book_appointment{"subject": "housing"}')
    await newcomer.press("Wed 25 Nov, 09:00")
    await newcomer.write("Sara")
    await newcomer.write("sara@example.org", email="sara@example.org")
    await newcomer.press("Yes, book it")
    assert "Which time do you mean" in await newcomer.write("cancel", "cancel_appointment")
    assert newcomer.titles == ["Wed 25 Nov, 09:00", THURSDAY, "Stop"]
    assert "Wednesday, 25 November" in await newcomer.press("Wed 25 Nov, 09:00")
    await newcomer.press("Yes, cancel it")
    assert [one.state for one in stored(database)] == ["booked", "cancelled"]


async def test_code_and_contact_cancel_from_elsewhere(
    newcomer: Dialogue, database: Database
) -> None:
    other = take(database, at(26, 9))
    assert "Write the code" in await newcomer.write("cancel", "cancel_appointment")
    assert "That is not a code" in await newcomer.write("I forgot")
    assert "Write the code" in newcomer.text
    assert await newcomer.write(other.code, reference_code=other.code) == PROOF
    text = await newcomer.write("sara@example.org", email="sara@example.org")
    assert "Shall I cancel" in text
    assert "Sara" not in text
    await newcomer.write("yes", "affirm")
    assert stored(database)[0].state == "cancelled"
    await newcomer.write("cancel", "cancel_appointment", reference_code=other.code)
    text = await newcomer.write("sara@example.org", email="sara@example.org")
    assert "over or already cancelled" in text


async def test_cancelling_can_be_interrupted(newcomer: Dialogue, database: Database) -> None:
    await booked(newcomer)
    await newcomer.write("cancel", "cancel_appointment")
    await newcomer.write("what does a doctor cost?", "care_costs")
    assert "Shall I cancel" in newcomer.replies[-1]["text"]
    assert "Shall I cancel" in await newcomer.write("cancel!", "cancel_appointment")
    await newcomer.write("yes", "affirm")
    assert stored(database)[0].state == "cancelled"
