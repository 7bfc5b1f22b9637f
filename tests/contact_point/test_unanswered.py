"""Questions without an answer, grouped by meaning and language."""

from datetime import timedelta

import numpy as np

from contact_point import unanswered
from contact_point.database import Database
from tests.contact_point.conversations.sample import MORNING, FakeClock


def vector(*numbers: int) -> bytes:
    return np.array([*numbers, *([0] * (8 - len(numbers)))], np.int8).tobytes()


DOG, ALSO_DOG, FISHING = vector(120, 5), vector(118, 20), vector(3, 0, 110)


def test_questions_that_mean_the_same_are_one_group(database: Database) -> None:
    clock = FakeClock()
    with database.transaction() as session:
        for text, language, meaning in (
            ("får jag ta hit min hund?", "sv", DOG),
            ("fiska lax?", "sv", FISHING),
            ("min hund heter så, ring 070-123 45 67", "sv", ALSO_DOG),
            ("can I bring my dog?", "en", DOG),
            ("fiska lax?", "sv", FISHING),
            ("fiska lax?", "sv", FISHING),
        ):
            unanswered.note(session, text, language, meaning, clock)
            clock.forward(timedelta(minutes=1))
    with database.reading() as session:
        groups = unanswered.groups(session)
    assert [(group.language, group.count, group.texts) for group in groups] == [
        ("sv", 3, ("fiska lax?",)),
        ("sv", 2, ("min hund heter så, ring …", "får jag ta hit min hund?")),
        ("en", 1, ("can I bring my dog?",)),
    ]
    assert groups[0].latest == MORNING + timedelta(minutes=5)


def test_old_questions_are_deleted(database: Database) -> None:
    clock = FakeClock()
    with database.transaction() as session:
        unanswered.note(session, "gammal", "sv", DOG, clock)
        clock.forward(unanswered.KEPT_FOR + timedelta(seconds=1))
        unanswered.note(session, "ny", "sv", DOG, clock)
    with database.reading() as session:
        assert [group.texts for group in unanswered.groups(session)] == [("ny",)]


def test_nothing_was_asked(database: Database) -> None:
    with database.reading() as session:
        assert unanswered.groups(session) == []
