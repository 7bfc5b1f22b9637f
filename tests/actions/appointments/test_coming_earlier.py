"""Waiting for an earlier time, and taking it."""

from contact_point.appointments import booking, waiting_list
from contact_point.database import Database
from tests.actions.appointments.steps import Time, booked, held, stored, take
from tests.actions.dialogue import Dialogue
from tests.contact_point.appointments import sample
from tests.contact_point.appointments.sample import at


async def test_an_earlier_time_is_waited_for_and_taken_with_one_tap(
    newcomer: Dialogue, database: Database, clock: Time
) -> None:
    rival = take(database, at(24, 10))
    await booked(newcomer)
    assert "You are on the list" in await newcomer.send("/earlier_time")
    with database.transaction() as session:
        booking.cancel(session, sample.calendar(), rival.id, clock)
        (asked,) = waiting_list.ask_next(session, sample.calendar(), clock)
    (mine,) = [one for one in stored(database) if one.conversation_id != "rival"]
    button = f'/take_earlier_time{{"reference_code": "{mine.code}"}}'
    assert "Your time is moved" in await newcomer.send(button)
    (mine,) = [one for one in stored(database) if one.conversation_id != "rival"]
    assert mine.starts_at == asked.offer.starts_at
    assert held(database) == []
    assert "earlier time is gone" in await newcomer.send(button)


async def test_nobody_takes_an_earlier_time_for_somebody_else(
    newcomer: Dialogue, database: Database
) -> None:
    other = take(database, at(26, 9))
    with database.transaction() as session:
        waiting_list.join(session, other.id, sample.clock)
        assert waiting_list.ask_next(session, sample.calendar(), sample.clock)
    button = f'/take_earlier_time{{"reference_code": "{other.code}"}}'
    assert "earlier time is gone" in await newcomer.send(button)
    assert stored(database)[0].starts_at == at(26, 9)
