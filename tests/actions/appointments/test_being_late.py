"""Saying that one will be late."""

from contact_point.database import Database
from tests.actions.appointments.steps import PROOF, Time, booked, stored, take
from tests.actions.dialogue import Dialogue
from tests.contact_point.appointments import sample
from tests.contact_point.appointments.sample import at


async def test_one_says_that_one_is_late(newcomer: Dialogue, database: Database) -> None:
    await booked(newcomer)
    text = await newcomer.send("/running_late")
    assert "Amina gets the message that you come late" in text
    assert stored(database)[0].late_at == sample.NOW
    assert await newcomer.active_form() is None


async def test_one_may_say_so_after_the_beginning_too_but_not_after_the_end(
    newcomer: Dialogue, clock: Time
) -> None:
    await booked(newcomer)
    clock.now = at(26, 9, 5)
    assert "come late" in await newcomer.send("/running_late")
    clock.now = at(26, 9, 30)
    assert "come late" not in await newcomer.send("/running_late")


async def test_from_elsewhere_code_and_contact_are_asked_before_the_message_that_one_is_late(
    newcomer: Dialogue, database: Database
) -> None:
    other = take(database, at(26, 9))
    await newcomer.write("I am late", "running_late")
    assert await newcomer.write(other.code, reference_code=other.code) == PROOF
    assert "come late" in await newcomer.write("sara@example.org", email="sara@example.org")
    assert stored(database)[0].late_at == sample.NOW
