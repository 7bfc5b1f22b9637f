"""Notices: told once in each conversation, crises first, honestly where not translated."""

from datetime import timedelta

import pytest

from contact_point import notices
from contact_point.conversations import messages
from contact_point.database import Database
from contact_point.notices import NoticeError
from contact_point.translations import translate
from tests.contact_point.conversations.sample import (
    MORNING,
    FakeClock,
    municipality,
    race,
    texts,
    web,
)

TOMORROW = MORNING + timedelta(days=1)
MUNICIPALITY = municipality()


def publish(database: Database, clock: FakeClock, crisis: bool = False, **words: str) -> int:
    with database.transaction() as session:
        return notices.publish(session, words, TOMORROW, crisis, None, MUNICIPALITY, clock)


def told(database: Database, key: str, clock: FakeClock) -> list[str]:
    with database.transaction() as session:
        before = len(texts(session, key))
        notices.tell(session, key, MUNICIPALITY, clock)
        return [text for _, text in texts(session, key)[before:]]


def test_a_notice_is_told_once_in_the_newcomers_language(database: Database) -> None:
    clock = FakeClock()
    publish(database, clock, sv="Kontoret är stängt.", ar="المكتب مغلق.")
    with database.transaction() as session:
        swedish, arabic = web(session, clock), web(session, clock, "ar")
    (text,) = told(database, swedish, clock)
    assert text == "**Meddelande, 26 november 2026**\n\nKontoret är stängt."
    (text,) = told(database, arabic, clock)
    assert text.endswith("\n\nالمكتب مغلق.")
    assert told(database, swedish, clock) == []


def test_a_language_without_text_is_told_so(database: Database) -> None:
    clock = FakeClock()
    publish(database, clock, sv="Kontoret är stängt.")
    with database.transaction() as session:
        key = web(session, clock, "fi")
    (text,) = told(database, key, clock)
    honest = translate("This is not translated yet. In {language}:", "fi", language="Svenska")
    assert text.split("\n\n")[1:] == [honest, "Kontoret är stängt."]


def test_crises_come_first(database: Database) -> None:
    clock = FakeClock()
    publish(database, clock, crisis=True, sv="Stanna inne.")
    publish(database, clock, sv="Kontoret är stängt.")
    with database.transaction() as session:
        key = web(session, clock)
        assert notices.are_due(session, key, clock)
    first, second = told(database, key, clock)
    assert first.endswith("Stanna inne.")
    assert second.endswith("Kontoret är stängt.")
    with database.reading() as session:
        assert not notices.are_due(session, key, clock)
        kinds = [(each.reply or {})["kind"] for each in messages.messages_after(session, key, 0)]
    assert kinds == ["crisis", "notice"]


def test_only_a_crisis_is_due_in_an_open_chat(database: Database) -> None:
    clock = FakeClock()
    with database.transaction() as session:
        key = web(session, clock)
    publish(database, clock, sv="Kontoret är stängt.")
    with database.reading() as session:
        assert not notices.are_due(session, key, clock)


def test_a_notice_ends_by_itself_or_by_hand(database: Database) -> None:
    clock = FakeClock()
    first = publish(database, clock, sv="Ett.")
    publish(database, clock, sv="Två.")
    with database.transaction() as session:
        notices.end(session, first, clock)
        key = web(session, clock)
    assert [text[-4:] for text in told(database, key, clock)] == ["Två."]
    clock.forward(timedelta(days=2))
    with database.transaction() as session:
        later = web(session, clock)
        assert notices.current(session, clock) == []
    assert told(database, later, clock) == []


def test_two_streams_tell_it_once(database: Database) -> None:
    clock = FakeClock()
    publish(database, clock, crisis=True, sv="Stanna inne.")
    with database.transaction() as session:
        key = web(session, clock)

    def tell(_number: int) -> int:
        with database.transaction() as session:
            return len(notices.tell(session, key, MUNICIPALITY, clock))

    assert sum(race(tell)) == 1


@pytest.mark.parametrize(
    ("words", "end", "reason"),
    [
        ({"en": "Closed."}, TOMORROW, "text"),
        ({"sv": "  "}, TOMORROW, "text"),
        ({"sv": "x" * 601}, TOMORROW, "too_long"),
        ({"sv": "Stängt.", "de": "Zu."}, TOMORROW, "language"),
        ({"sv": "Stängt."}, MORNING, "ends"),
    ],
)
def test_what_can_not_be_published(
    database: Database, words: dict[str, str], end: object, reason: str
) -> None:
    clock = FakeClock()
    with database.transaction() as session, pytest.raises(NoticeError) as refusal:
        notices.publish(session, words, end, False, None, MUNICIPALITY, clock)  # type: ignore[arg-type]
    assert refusal.value.reason == reason
    with database.reading() as session:
        assert notices.current(session, clock) == []
