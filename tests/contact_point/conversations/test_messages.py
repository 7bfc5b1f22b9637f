"""Newcomers' messages: stored once, in order, and buttons only of the own conversation."""

from dataclasses import replace

import pytest
from sqlalchemy import func, select

from contact_point.conversations import hand_over, leases, messages
from contact_point.conversations.messages import InboundMessage, UnknownButton, UnknownConversation
from contact_point.conversations.tables import Conversation, Message
from contact_point.database import Database
from tests.contact_point.conversations.sample import (
    MORNING,
    RIVALS,
    FakeClock,
    municipality,
    race,
    texts,
    web,
    write,
)

CLOCK = FakeClock()
TELEGRAM = InboundMessage(
    "telegram", "17", "Hej", account="exempelbot", contact="4711", language="ar"
)


def test_a_message_that_comes_twice_is_stored_once(database: Database) -> None:
    with database.transaction() as session:
        key, message, is_new = messages.receive(session, TELEGRAM, CLOCK)
    assert is_new
    with database.transaction() as session:
        again = messages.receive(session, replace(TELEGRAM, text="something else"), CLOCK)
        assert again == (key, message, False)
        assert texts(session, key) == [("newcomer", "Hej")]


def test_a_message_that_comes_twenty_times_at_once_is_stored_once(database: Database) -> None:
    with database.transaction() as session:
        key = web(session, CLOCK)
    inbound = InboundMessage(messages.WEB, "one", "Hej", conversation_id=key)

    def receive(_number: int) -> bool:
        with database.transaction() as session:
            return messages.receive(session, inbound, CLOCK)[2]

    assert sum(race(receive)) == 1
    with database.reading() as session:
        assert texts(session, key) == [("newcomer", "Hej")]


def test_twenty_first_messages_at_once_are_one_conversation(database: Database) -> None:
    def receive(number: int) -> str:
        with database.transaction() as session:
            inbound = replace(TELEGRAM, external_id=str(number), text=str(number))
            return messages.receive(session, inbound, CLOCK)[0]

    assert len(set(race(receive))) == 1
    with database.reading() as session:
        assert session.scalar(select(func.count()).select_from(Conversation)) == 1
        said = session.scalars(select(Message.text)).all()
    assert sorted(map(int, said)) == list(range(20))


def test_an_external_id_counts_within_its_channel_and_account(database: Database) -> None:
    with database.transaction() as session:
        first = messages.receive(session, TELEGRAM, CLOCK)
        other_bot = messages.receive(session, replace(TELEGRAM, account="otherbot"), CLOCK)
        key = web(session, CLOCK)
        page = messages.receive(session, InboundMessage("web", "17", conversation_id=key), CLOCK)
    assert (first[2], other_bot[2], page[2]) == (True, True, True)
    assert len({first[0], other_bot[0], page[0]}) == 3


def test_a_contact_keeps_the_conversation_and_its_language(database: Database) -> None:
    with database.transaction() as session:
        key, _, _ = messages.receive(session, TELEGRAM, CLOCK)
        later = replace(TELEGRAM, external_id="18", language="en")
        assert messages.receive(session, later, CLOCK)[0] == key
        stored = messages.conversation(session, key)
        assert (stored.language, stored.chosen_language, stored.contact) == ("ar", None, "4711")


def test_messages_come_in_order_after_a_cursor(database: Database) -> None:
    with database.transaction() as session:
        key, other = web(session, CLOCK), web(session, CLOCK)
        first = write(session, key, "one", CLOCK)
        write(session, other, "elsewhere", CLOCK)
        messages.say(session, key, "bot", [{"text": "two"}, {"text": "three"}], MORNING)
        write(session, key, "four", CLOCK)
    with database.reading() as session:
        assert [text for _, text in texts(session, key)] == ["one", "two", "three", "four"]
        after = messages.messages_after(session, key, first)
        assert [message.text for message in after] == ["two", "three", "four"]
        assert messages.messages_after(session, key, after[-1].id) == []


def test_a_message_waits_for_the_bot(database: Database) -> None:
    with database.transaction() as session:
        key = web(session, CLOCK)
        message = write(session, key, "Hej", CLOCK)
        assert session.get_one(Message, message).answered_at is None
        assert session.get_one(Conversation, key).pending


def test_a_message_to_an_adviser_does_not_wait_for_the_bot(database: Database) -> None:
    with database.transaction() as session:
        key = web(session, CLOCK)
        hand_over.request_by_newcomer(session, key, municipality(), CLOCK)
        message = write(session, key, "Är du där?", CLOCK)
        assert session.get_one(Message, message).answered_at == MORNING
        assert not session.get_one(Conversation, key).pending


def test_a_button_sends_its_payload(database: Database) -> None:
    buttons = [{"title": "Ja", "payload": "/affirm"}, {"title": "Nej", "payload": "/deny"}]
    with database.transaction() as session:
        key = web(session, CLOCK)
        (shown,) = messages.say(
            session, key, "bot", [{"text": "Vill du?", "buttons": buttons}], MORNING
        )
        pressed = InboundMessage("web", "press", conversation_id=key, button=(shown, 1))
        _, message, _ = messages.receive(session, pressed, CLOCK)
        stored = session.get_one(Message, message)
        assert (stored.text, stored.payload) == ("Nej", "/deny")


@pytest.mark.parametrize("place", [-1, 1, 99])
def test_a_button_that_was_not_shown_is_refused(database: Database, place: int) -> None:
    button = {"title": "Ja", "payload": "/affirm"}
    with database.transaction() as session:
        key = web(session, CLOCK)
        (shown,) = messages.say(
            session, key, "bot", [{"text": "Vill du?", "buttons": [button]}], MORNING
        )
    pressed = InboundMessage("web", "press", conversation_id=key, button=(shown, place))
    with pytest.raises(UnknownButton), database.transaction() as session:
        messages.receive(session, pressed, CLOCK)
    with database.reading() as session:
        assert texts(session, key) == [("bot", "Vill du?")]


def test_a_button_of_someone_else_is_refused(database: Database) -> None:
    button = {"title": "Avboka", "payload": "/cancel_appointment"}
    with database.transaction() as session:
        key, mine = web(session, CLOCK), web(session, CLOCK)
        (shown,) = messages.say(
            session, key, "bot", [{"text": "Din tid", "buttons": [button]}], MORNING
        )
    pressed = InboundMessage("web", "press", conversation_id=mine, button=(shown, 0))
    with pytest.raises(UnknownButton), database.transaction() as session:
        messages.receive(session, pressed, CLOCK)
    with database.reading() as session:
        assert texts(session, mine) == []


def test_the_chosen_language_is_kept(database: Database) -> None:
    with database.transaction() as session:
        key = web(session, CLOCK)
        messages.choose_language(session, key, "ar", CLOCK)
    with database.reading() as session:
        stored = session.get_one(Conversation, key)
        assert (stored.language, stored.chosen_language) == ("ar", "ar")


def test_a_conversation_that_is_not_there(database: Database) -> None:
    nowhere = "0" * 32
    with database.transaction() as session:
        with pytest.raises(UnknownConversation):
            messages.conversation(session, nowhere)
        with pytest.raises(UnknownConversation):
            write(session, nowhere, "Hej", CLOCK)


@pytest.mark.parametrize("leased", [False, True])
def test_a_hand_over_at_the_moment_of_a_message_is_kept(database: Database, leased: bool) -> None:
    """Whoever asks for a person and goes on writing stays in the queue."""
    for _ in range(5):
        with database.transaction() as session:
            keys = [web(session, CLOCK) for _ in range(RIVALS // 2)]

        def work(number: int, keys: list[str] = keys) -> None:
            key = keys[number // 2]
            inbound = InboundMessage("web", f"{key} one", "Hallå?", conversation_id=key)
            with database.transaction() as session:
                if number % 2:
                    hand_over.request(session, key, municipality(), CLOCK)
                elif leased:
                    leases.receive_and_lease(session, inbound, str(number), CLOCK)
                else:
                    messages.receive(session, inbound, CLOCK)

        race(work)
    with database.reading() as session:
        states = set(session.scalars(select(Conversation.state)))
    assert states == {"waiting"}
