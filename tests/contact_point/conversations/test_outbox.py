"""Messages to messaging apps: in order, tried again with growing pauses, by one sender."""

from datetime import datetime, timedelta

import pytest

from contact_point.conversations import messages, outbox
from contact_point.conversations.tables import Message
from contact_point.database import Database
from tests.contact_point.conversations.sample import MORNING, FakeClock, race, web

APP = "telegram"
SECOND = timedelta(seconds=1)


def _say(database: Database, contact: str, *said: str) -> list[int]:
    """Messages to a contact's conversation, which is made when there is none."""
    inbound = messages.InboundMessage(APP, f"hello from {contact}", "Hej", contact=contact)
    with database.transaction() as session:
        key = messages.receive(session, inbound, FakeClock())[0]
        return messages.say(session, key, "bot", [{"text": text} for text in said], MORNING)


def _due(database: Database, now: datetime = MORNING) -> list[int]:
    with database.reading() as session:
        return outbox.due(session, APP, now)


def _claim(database: Database, message: int, now: datetime = MORNING) -> bool:
    with database.transaction() as session:
        return outbox.claim(session, message, now) is not None


def _sent(database: Database, message: int) -> None:
    with database.transaction() as session:
        outbox.sent(session, message)


def _fails(database: Database, message: int, now: datetime, retry_after: float | None) -> None:
    with database.transaction() as session:
        outbox.try_again(session, session.get_one(Message, message), now, retry_after)


def _stored(database: Database, message: int) -> Message:
    with database.reading() as session:
        return session.get_one(Message, message)


def test_one_message_a_conversation_in_order(database: Database) -> None:
    one, two, three = _say(database, "4711", "one", "two", "three")
    (other,) = _say(database, "4712", "other")
    assert _due(database) == [one, other]
    assert _claim(database, one)
    assert _due(database) == [other]
    _sent(database, one)
    _sent(database, other)
    assert _due(database) == [two]
    _sent(database, two)
    assert _due(database) == [three]
    _sent(database, three)
    assert _due(database) == []


def test_only_what_goes_to_this_app(database: Database) -> None:
    (message,) = _say(database, "4711", "Hej!")
    with database.transaction() as session:
        key = web(session, FakeClock())
        messages.say(session, key, "bot", [{"text": "on the page"}], MORNING)
    assert _due(database) == [message]
    with database.reading() as session:
        assert outbox.due(session, "web", MORNING) == []
        assert outbox.due(session, "whatsapp", MORNING) == []


def test_a_limit(database: Database) -> None:
    ids = [_say(database, str(contact), "Hej!")[0] for contact in range(3)]
    with database.reading() as session:
        assert outbox.due(session, APP, MORNING, limit=2) == ids[:2]


def test_of_twenty_senders_one_gets_the_message(database: Database) -> None:
    (message,) = _say(database, "4711", "Hej!")
    assert race(lambda _number: _claim(database, message)).count(True) == 1
    assert _stored(database, message).delivery_attempts == 1


def test_a_claim_gives_the_conversation_and_the_message(database: Database) -> None:
    (message,) = _say(database, "4711", "Hej!")
    with database.transaction() as session:
        claimed = outbox.claim(session, message, MORNING)
        assert claimed is not None
        conversation, stored = claimed
        assert (conversation.contact, stored.id, stored.text) == ("4711", message, "Hej!")
        assert stored.delivery_attempts == 1


def test_a_sender_that_dies_gives_its_message_free(database: Database) -> None:
    (message,) = _say(database, "4711", "Hej!")
    assert _claim(database, message)
    assert not _claim(database, message, MORNING + 59 * SECOND)
    assert _due(database, MORNING + 59 * SECOND) == []
    assert _due(database, MORNING + 60 * SECOND) == [message]
    assert _claim(database, message, MORNING + 60 * SECOND)
    assert _stored(database, message).delivery_attempts == 2


def test_pauses_double_up_to_half_an_hour_and_then_it_is_given_up(database: Database) -> None:
    (message,) = _say(database, "4711", "Hej!")
    now, pauses = MORNING, []
    while _stored(database, message).delivery == "waiting":
        assert _claim(database, message, now)
        _fails(database, message, now, None)
        deliver_at = _stored(database, message).deliver_at
        if deliver_at:
            pauses.append((deliver_at - now).total_seconds())
            assert _due(database, deliver_at - SECOND) == []
            now = deliver_at
    assert pauses == [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024]
    assert len(pauses) == outbox.MAX_ATTEMPTS - 1
    assert _stored(database, message).delivery == "failed"
    assert not _claim(database, message, now + timedelta(days=1))


@pytest.mark.parametrize("seconds", [0.5, 30, 3600])
def test_the_app_says_when_to_try_again(database: Database, seconds: float) -> None:
    (message,) = _say(database, "4711", "Hej!")
    assert _claim(database, message)
    _fails(database, message, MORNING, seconds)
    assert _stored(database, message).deliver_at == MORNING + timedelta(seconds=seconds)


def test_what_waits_for_another_try_holds_back_what_follows(database: Database) -> None:
    one, _two = _say(database, "4711", "one", "two")
    assert _claim(database, one)
    _fails(database, one, MORNING, 30)
    assert _due(database, MORNING + 29 * SECOND) == []
    assert _due(database, MORNING + 30 * SECOND) == [one]


def test_what_can_not_be_delivered_stays_and_lets_the_next_pass(database: Database) -> None:
    one, two = _say(database, "4711", "one", "two")
    assert _claim(database, one)
    with database.transaction() as session:
        outbox.failed(session, one)
    assert _due(database) == [two]
    stored = _stored(database, one)
    assert (stored.delivery, stored.deliver_at, stored.text) == ("failed", None, "one")
