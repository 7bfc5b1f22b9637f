"""One worker answers a conversation at a time, and nothing is lost when it dies."""

from functools import partial

import pytest
from sqlalchemy.orm import Session

from contact_point.conversations import hand_over, leases, messages
from contact_point.conversations.leases import LEASE, LeaseLost, Work
from contact_point.conversations.messages import InboundMessage
from contact_point.conversations.tables import Conversation, Message
from contact_point.database import Database
from tests.contact_point.conversations.sample import (
    FakeClock,
    municipality,
    race,
    texts,
    web,
    write,
)


@pytest.fixture
def clock() -> FakeClock:
    """A clock for one test."""
    return FakeClock()


def _conversation(database: Database, clock: FakeClock, *said: str, language: str = "sv") -> str:
    with database.transaction() as session:
        key = web(session, clock, language)
        for text in said:
            write(session, key, text, clock)
    return key


def _lease(database: Database, key: str, owner: str, clock: FakeClock) -> Work | None:
    with database.transaction() as session:
        return leases.lease(session, key, owner, clock)


def _taken(database: Database, key: str, owner: str, clock: FakeClock) -> Work:
    work = _lease(database, key, owner, clock)
    assert work is not None
    return work


def _answered(session: Session, key: str) -> list[str]:
    stored = messages.messages_after(session, key, 0)
    return [each.text for each in stored if each.author == "newcomer" and each.answered_at]


def test_of_twenty_workers_one_gets_the_conversation(database: Database, clock: FakeClock) -> None:
    key = _conversation(database, clock, "Hej")
    won = [work for work in race(lambda n: _lease(database, key, str(n), clock)) if work]
    assert len(won) == 1
    assert (won[0].text, won[0].repeated, won[0].language) == ("Hej", False, "sv")
    with database.reading() as session:
        assert session.get_one(Conversation, key).lease_owner == won[0].owner


def test_a_conversation_without_messages_is_not_leased(
    database: Database, clock: FakeClock
) -> None:
    key = _conversation(database, clock)
    assert _lease(database, key, "a", clock) is None


def test_messages_are_answered_in_order_under_one_lease(
    database: Database, clock: FakeClock
) -> None:
    key = _conversation(database, clock, "one", "two", "three")
    work: Work | None = _taken(database, key, "a", clock)
    order = []
    while work:
        order.append(work.text)
        assert _lease(database, key, "b", clock) is None
        with database.transaction() as session:
            work = leases.finish(session, work, [{"text": f"to {work.text}"}], clock)
    assert order == ["one", "two", "three"]
    with database.reading() as session:
        conversation = session.get_one(Conversation, key)
        assert (conversation.pending, conversation.lease_owner) == (False, None)
        said = [text for author, text in texts(session, key) if author == "bot"]
    assert said == ["to one", "to two", "to three"]


def test_an_expired_lease_is_taken_over_as_repeated(database: Database, clock: FakeClock) -> None:
    key = _conversation(database, clock, "Hej")
    _taken(database, key, "dead", clock)
    clock.forward(LEASE / 2)
    assert _lease(database, key, "b", clock) is None
    with database.reading() as session:
        assert leases.free_conversations(session, clock) == []
    clock.forward(LEASE / 2)
    with database.reading() as session:
        assert leases.free_conversations(session, clock) == [key]
    work = _taken(database, key, "b", clock)
    assert (work.owner, work.text, work.repeated) == ("b", "Hej", True)


def test_a_renewed_lease_holds(database: Database, clock: FakeClock) -> None:
    key = _conversation(database, clock, "Hej")
    other = _conversation(database, clock, "Hallå")
    _taken(database, key, "a", clock)
    _taken(database, other, "dead", clock)
    clock.forward(LEASE / 2)
    with database.transaction() as session:
        leases.renew(session, "a", clock)
    clock.forward(LEASE / 2)
    assert _lease(database, key, "b", clock) is None
    assert _lease(database, other, "b", clock) is not None


def test_after_a_lost_lease_nothing_is_stored(database: Database, clock: FakeClock) -> None:
    key = _conversation(database, clock, "Hej")
    slow = _taken(database, key, "slow", clock)
    clock.forward(LEASE)
    quick = _taken(database, key, "quick", clock)
    with pytest.raises(LeaseLost), database.transaction() as session:
        leases.finish(session, slow, [{"text": "too late"}], clock, language="en")
    with database.reading() as session:
        assert texts(session, key) == [("newcomer", "Hej")]
        assert _answered(session, key) == []
        assert session.get_one(Conversation, key).language == "sv"
    with database.transaction() as session:
        assert leases.finish(session, quick, [{"text": "in time"}], clock) is None
    with pytest.raises(LeaseLost), database.transaction() as session:
        leases.finish(session, slow, [{"text": "too late"}], clock)
    with database.reading() as session:
        assert texts(session, key) == [("newcomer", "Hej"), ("bot", "in time")]


def test_a_late_finish_holds_when_nobody_took_over(database: Database, clock: FakeClock) -> None:
    key = _conversation(database, clock, "Hej")
    work = _taken(database, key, "a", clock)
    clock.forward(LEASE * 2)
    with database.transaction() as session:
        leases.finish(session, work, [{"text": "Hej!"}], clock)
        assert texts(session, key) == [("newcomer", "Hej"), ("bot", "Hej!")]


def test_replies_and_the_mark_are_stored_together(database: Database, clock: FakeClock) -> None:
    key = _conversation(database, clock, "Hej")
    work = _taken(database, key, "a", clock)
    with pytest.raises(KeyError), database.transaction() as session:
        leases.finish(session, work, [{"text": "one"}, {"no text": "a broken reply"}], clock)
    with database.reading() as session:
        assert texts(session, key) == [("newcomer", "Hej")]
        assert _answered(session, key) == []
    with database.transaction() as session:
        leases.finish(session, work, [{"text": "one"}, {"text": "two"}], clock)
    with database.reading() as session:
        assert texts(session, key) == [("newcomer", "Hej"), ("bot", "one"), ("bot", "two")]
        assert _answered(session, key) == ["Hej"]


def test_a_message_during_the_turn_is_next(database: Database, clock: FakeClock) -> None:
    key = _conversation(database, clock, "one")
    work = _taken(database, key, "a", clock)
    with database.transaction() as session:
        write(session, key, "two", clock)
    assert _lease(database, key, "b", clock) is None
    with database.transaction() as session:
        following = leases.finish(session, work, [], clock)
    assert following is not None
    assert (following.text, following.repeated, following.owner) == ("two", False, "a")


def test_after_a_hand_over_the_rest_is_left_to_the_adviser(
    database: Database, clock: FakeClock
) -> None:
    key = _conversation(database, clock, "Jag vill prata med en människa", "Hallå?", "Snälla")
    work = _taken(database, key, "a", clock)
    with database.transaction() as session:
        hand_over.request(session, key, municipality(), clock)
    with database.transaction() as session:
        assert leases.finish(session, work, [{"text": "En person svarar."}], clock) is None
    with database.reading() as session:
        assert len(_answered(session, key)) == 3
        assert [author for author, _ in texts(session, key)].count("bot") == 1
        assert leases.free_conversations(session, clock) == []
    assert _lease(database, key, "b", clock) is None


@pytest.mark.parametrize("topic", ["violence_at_home", "taxes"])
@pytest.mark.parametrize("is_understood_first", [True, False])
def test_who_writes_of_danger_and_calls_for_a_person_is_urgent(
    database: Database, clock: FakeClock, topic: str, is_understood_first: bool
) -> None:
    key = _conversation(database, clock, "one")
    work = _taken(database, key, "a", clock)
    finish = partial(leases.finish, work=work, replies=[], clock=clock, topic=topic)
    call = partial(
        hand_over.request_by_newcomer,
        conversation_id=key, municipality=municipality(), clock=clock,
    )  # fmt: skip
    for step in (finish, call) if is_understood_first else (call, finish):
        with database.transaction() as session:
            step(session)
    with database.reading() as session:
        row = session.get_one(Conversation, key)
        assert (row.state, row.topic, row.urgent) == ("waiting", topic, topic != "taxes")


def test_language_and_topic_follow_the_turn(database: Database, clock: FakeClock) -> None:
    key = _conversation(database, clock, "one", "two", "three")
    with database.transaction() as session:
        messages.choose_language(session, key, "ar", clock)
    work: Work | None = _taken(database, key, "a", clock)
    seen = []
    for language, topic in (("ar", "find_housing"), (None, "talk_to_human"), ("en", "nonsense")):
        assert work is not None
        with database.transaction() as session:
            work = leases.finish(session, work, [], clock, language=language, topic=topic)
        with database.reading() as session:
            row = session.get_one(Conversation, key)
            seen.append((row.language, row.chosen_language, row.topic))
    assert seen == [
        ("ar", "ar", "find_housing"),
        ("ar", "ar", "find_housing"),
        ("en", None, "find_housing"),
    ]


def test_a_button_reaches_the_bot_as_its_payload(database: Database, clock: FakeClock) -> None:
    key = _conversation(database, clock)
    button = {"title": "Ja", "payload": "/affirm"}
    with database.transaction() as session:
        reply = {"text": "Vill du?", "buttons": [button]}
        (shown,) = messages.say(session, key, "bot", [reply], clock())
        pressed = InboundMessage("web", "press", conversation_id=key, button=(shown, 0))
        messages.receive(session, pressed, clock)
    assert _taken(database, key, "a", clock).text == "/affirm"


@pytest.mark.parametrize("text", ["/affirm", " / affirm", "//affirm"])
def test_nobody_types_an_intent(database: Database, clock: FakeClock, text: str) -> None:
    key = _conversation(database, clock, text)
    assert _taken(database, key, "a", clock).text == "affirm"


def test_a_message_is_taken_in_and_begun_at_once(database: Database, clock: FakeClock) -> None:
    key = _conversation(database, clock)
    with database.transaction() as session:
        inbound = InboundMessage("web", "one", "/Hej", conversation_id=key)
        _, message, work = leases.receive_and_lease(session, inbound, "a", clock)
    assert work is not None
    assert (work.message_id, work.text, work.repeated) == (message, "Hej", False)
    with database.transaction() as session:
        again = leases.receive_and_lease(session, inbound, "b", clock)
        assert again == (key, message, None)
        second = InboundMessage("web", "two", "Hallå", conversation_id=key)
        assert leases.receive_and_lease(session, second, "b", clock)[2] is None
    clock.forward(LEASE)
    taken = _taken(database, key, "b", clock)
    assert (taken.message_id, taken.repeated) == (message, True)
    with database.transaction() as session:
        following = leases.finish(session, taken, [], clock)
    assert following is not None
    assert (following.text, following.repeated) == ("Hallå", False)


def test_twenty_messages_at_once_are_begun_by_one_worker(
    database: Database, clock: FakeClock
) -> None:
    key = _conversation(database, clock)

    def receive(number: int) -> Work | None:
        inbound = InboundMessage("web", str(number), str(number), conversation_id=key)
        with database.transaction() as session:
            return leases.receive_and_lease(session, inbound, str(number), clock)[2]

    (work,) = [work for work in race(receive) if work]
    answered = []
    following: Work | None = work
    while following:
        answered.append(following.message_id)
        with database.transaction() as session:
            following = leases.finish(session, following, [], clock)
    assert answered == sorted(answered)
    assert len(answered) == 20
    with database.reading() as session:
        assert all(session.get_one(Message, each).answered_at for each in answered)


def test_a_message_to_an_adviser_is_not_begun(database: Database, clock: FakeClock) -> None:
    key = _conversation(database, clock)
    with database.transaction() as session:
        hand_over.request(session, key, municipality(), clock)
        inbound = InboundMessage("web", "one", "Hallå?", conversation_id=key)
        assert leases.receive_and_lease(session, inbound, "a", clock)[2] is None
        assert session.get_one(Conversation, key).state == "waiting"


def test_free_conversations_longest_unchanged_first(database: Database, clock: FakeClock) -> None:
    first = _conversation(database, clock, "one")
    clock.forward(LEASE)
    second = _conversation(database, clock, "two")
    clock.forward(LEASE)
    _conversation(database, clock)
    with database.reading() as session:
        assert leases.free_conversations(session, clock) == [first, second]
        assert leases.free_conversations(session, clock, limit=1) == [first]
