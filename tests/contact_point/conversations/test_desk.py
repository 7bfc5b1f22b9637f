"""What advisers do: one has a conversation, only that one, and newcomers are told."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from contact_point import staff
from contact_point.conversations import desk, hand_over, messages
from contact_point.conversations.desk import NotYours
from contact_point.conversations.tables import Conversation
from contact_point.database import Database
from tests.contact_point.conversations.sample import (
    RIVALS,
    FakeClock,
    municipality,
    race,
    texts,
    web,
    write,
)

MINUTE = timedelta(minutes=1)


@pytest.fixture
def clock() -> FakeClock:
    """A clock for one test."""
    return FakeClock()


@pytest.fixture
def advisers(database: Database, clock: FakeClock) -> list[int]:
    """The ids of Noor and Alex."""
    with database.transaction() as session:
        return [
            staff.add_account(session, f"{name}@exempelby.example", name, "x" * 12, clock()).id
            for name in ("Noor", "Alex")
        ]


def _waiting(
    database: Database, clock: FakeClock, language: str = "sv", topic: str | None = None
) -> str:
    with database.transaction() as session:
        key = web(session, clock, language)
        hand_over.request(session, key, municipality(), clock, topic)
    return key


def _claim(database: Database, key: str, adviser: int, clock: FakeClock) -> bool:
    try:
        with database.transaction() as session:
            desk.claim(session, key, adviser, clock=clock)
    except NotYours:
        return False
    return True


def test_of_twenty_who_claim_one_wins(
    database: Database, clock: FakeClock, advisers: list[int]
) -> None:
    key = _waiting(database, clock)
    won = race(lambda number: _claim(database, key, advisers[number % 2], clock))
    assert (won.count(True), won.count(False)) == (1, RIVALS - 1)
    with database.reading() as session:
        conversation = session.get_one(Conversation, key)
        assert conversation.state == "with_adviser"
        assert conversation.adviser_id == advisers[won.index(True) % 2]
        assert len(texts(session, key)) == 1


@pytest.mark.parametrize(
    ("language", "here", "finished"),
    [
        ("en", "Noor from the contact point is here and answers you now.", "is finished"),
        ("sv", "Noor från kontaktpunkten är här och svarar dig nu.", "är avslutat"),
        ("ar", "Noor", "انتهت"),
    ],
)
def test_newcomers_are_told_in_their_language(
    database: Database,
    clock: FakeClock,
    advisers: list[int],
    language: str,
    here: str,
    finished: str,
) -> None:
    key = _waiting(database, clock, language)
    assert _claim(database, key, advisers[0], clock)
    with database.transaction() as session:
        desk.resolve(session, key, advisers[0], clock=clock)
    with database.reading() as session:
        (first, came), (second, went) = texts(session, key)
    assert (first, second) == ("notice", "notice")
    assert here in came
    assert finished in went
    if language == "ar":
        assert "contact point" not in came + went


def test_a_reply_bears_the_advisers_name(
    database: Database, clock: FakeClock, advisers: list[int]
) -> None:
    key = _waiting(database, clock)
    _claim(database, key, advisers[0], clock)
    with database.transaction() as session:
        desk.reply(session, key, advisers[0], "Hej, jag heter Noor.", clock=clock)
        found = desk.transcript(session, key)
        assert found is not None
        last = found.messages[-1]
        assert (last.author, last.adviser_name, last.text) == (
            "adviser",
            "Noor",
            "Hej, jag heter Noor.",
        )
        after = desk.transcript(session, key, after=found.messages[-2].id)
        assert after is not None
        assert [message.text for message in after.messages] == ["Hej, jag heter Noor."]


ACTIONS: dict[str, Callable[..., None]] = {
    "reply": lambda session, key, adviser, clock: desk.reply(
        session, key, adviser, "Hej", clock=clock
    ),
    "release": lambda session, key, adviser, clock: desk.release(
        session, key, adviser, clock=clock
    ),
    "resolve": lambda session, key, adviser, clock: desk.resolve(
        session, key, adviser, clock=clock
    ),
}


@pytest.mark.parametrize("action", ACTIONS)
@pytest.mark.parametrize("state", ["a colleague's", "waiting", "the bot's", "nowhere"])
def test_only_who_has_it_may(
    database: Database, clock: FakeClock, advisers: list[int], action: str, state: str
) -> None:
    noor, alex = advisers
    key = _waiting(database, clock)
    if state == "a colleague's":
        _claim(database, key, alex, clock)
    elif state == "the bot's":
        _claim(database, key, noor, clock)
        with database.transaction() as session:
            desk.resolve(session, key, noor, clock=clock)
    with database.reading() as session:
        conversation = session.get_one(Conversation, key)
        before = conversation.state, conversation.adviser_id, texts(session, key)
    target = "0" * 32 if state == "nowhere" else key
    with pytest.raises(NotYours), database.transaction() as session:
        ACTIONS[action](session, target, noor, clock)
    with database.reading() as session:
        conversation = session.get_one(Conversation, key)
        assert (conversation.state, conversation.adviser_id, texts(session, key)) == before


@pytest.mark.parametrize("action", ACTIONS)
def test_who_has_it_may(
    database: Database, clock: FakeClock, advisers: list[int], action: str
) -> None:
    key = _waiting(database, clock)
    _claim(database, key, advisers[0], clock)
    with database.transaction() as session:
        ACTIONS[action](session, key, advisers[0], clock)
        conversation = session.get_one(Conversation, key)
        session.refresh(conversation)
        assert (conversation.state, conversation.adviser_id) == {
            "reply": ("with_adviser", advisers[0]),
            "release": ("waiting", None),
            "resolve": ("bot", None),
        }[action]


def test_what_the_bot_has_cannot_be_claimed(
    database: Database, clock: FakeClock, advisers: list[int]
) -> None:
    with database.transaction() as session:
        key = web(session, clock)
    assert not _claim(database, key, advisers[0], clock)
    assert not _claim(database, "0" * 32, advisers[0], clock)


def test_the_queue_has_urgent_ones_first_then_the_longest_waiting(
    database: Database, clock: FakeClock, advisers: list[int]
) -> None:
    first = _waiting(database, clock, topic="find_housing")
    clock.forward(MINUTE)
    second = _waiting(database, clock, language="ar")
    clock.forward(MINUTE)
    urgent = _waiting(database, clock, topic="violence_at_home")
    with database.transaction() as session:
        web(session, clock)
    _claim(database, second, advisers[1], clock)
    with database.reading() as session:
        queue = desk.queue(session)
    assert [entry.id for entry in queue] == [urgent, first, second]
    assert [entry.urgent for entry in queue] == [True, False, False]
    assert [entry.topic for entry in queue] == ["violence_at_home", "find_housing", None]
    assert [entry.adviser_name for entry in queue] == [None, None, "Alex"]
    assert (queue[2].language, queue[2].state, queue[2].adviser_id) == (
        "ar",
        "with_adviser",
        advisers[1],
    )
    assert queue[2].since == clock() - MINUTE


def test_a_released_conversation_keeps_its_place(
    database: Database, clock: FakeClock, advisers: list[int]
) -> None:
    first = _waiting(database, clock)
    clock.forward(MINUTE)
    second = _waiting(database, clock)
    _claim(database, first, advisers[0], clock)
    clock.forward(MINUTE)
    with database.transaction() as session:
        desk.release(session, first, advisers[0], clock=clock)
        assert [entry.id for entry in desk.queue(session)] == [first, second]
    assert _claim(database, first, advisers[1], clock)


def test_only_what_was_handed_over_can_be_read(
    database: Database, clock: FakeClock, advisers: list[int]
) -> None:
    with database.transaction() as session:
        private = web(session, clock)
        write(session, private, "Bara till assistenten", clock)
        assert desk.transcript(session, private) is None
        assert desk.transcript(session, "0" * 32) is None
    key = _waiting(database, clock)
    _claim(database, key, advisers[0], clock)
    with database.transaction() as session:
        assert desk.transcript(session, key) is not None
        desk.resolve(session, key, advisers[0], clock=clock)
        session.expire_all()
        assert desk.transcript(session, key) is None


def test_after_it_is_finished_the_bot_answers_again(
    database: Database, clock: FakeClock, advisers: list[int]
) -> None:
    key = _waiting(database, clock, topic="violence_at_home")
    _claim(database, key, advisers[0], clock)
    with database.transaction() as session:
        desk.resolve(session, key, advisers[0], clock=clock)
        write(session, key, "Tack", clock)
    with database.reading() as session:
        row = session.get_one(Conversation, key)
        assert (row.state, row.pending, row.urgent, row.waiting_since) == ("bot", True, False, None)
        assert desk.queue(session) == []


def test_the_button_for_a_person_tells_what_happens(database: Database, clock: FakeClock) -> None:
    with database.transaction() as session:
        key = web(session, clock, "en")
        hand_over.request_by_newcomer(session, key, municipality(), clock)
        hand_over.request_by_newcomer(session, key, municipality(), clock)
        ((author, text),) = texts(session, key)
    assert author == "notice"
    assert text.startswith("A person will answer you here in the chat.")
    assert "[112](tel:112)" in text


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", "We open Friday 27 November 09:00."),
        ("sv", "fredag 27 november 09:00"),
        ("ar", "الجمعة 27 نوفمبر 09:00"),
    ],
)
def test_in_the_evening_newcomers_are_told_when_the_desk_opens(
    database: Database, clock: FakeClock, language: str, words: str
) -> None:
    clock.forward(timedelta(hours=10))
    with database.transaction() as session:
        key = web(session, clock, language)
        hand_over.request_by_newcomer(session, key, municipality(), clock)
        (message,) = messages.messages_after(session, key, 0)
    assert words in message.text
    assert message.reply is not None
    assert message.reply["buttons"][0]["payload"] == "/book_appointment"


def test_asking_twice_keeps_the_place_in_the_queue(database: Database, clock: FakeClock) -> None:
    key = _waiting(database, clock)
    since = clock()
    clock.forward(MINUTE)
    with database.transaction() as session:
        hand_over.request(session, key, municipality(), clock)
        assert [entry.since for entry in desk.queue(session)] == [since]
