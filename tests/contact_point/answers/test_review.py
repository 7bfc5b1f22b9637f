"""States of articles."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from contact_point.answers.articles import Article, find_answer
from contact_point.answers.review import expected_keys, state, table
from contact_point.topics import TOPICS

INTERVAL = timedelta(days=180)
CHECKED = date(2026, 1, 1)


@pytest.fixture
def article() -> Article:
    found = find_answer("taxes", "sv")
    assert found is not None
    return replace(found, checked=CHECKED, is_stale=False, is_reviewed=False)


def test_the_worst_state_is_told(article: Article) -> None:
    soon, late = CHECKED + INTERVAL, CHECKED + INTERVAL + timedelta(days=1)
    assert state(None, soon, INTERVAL) == "missing"
    assert state(article, soon, INTERVAL) == "draft"
    assert state(replace(article, is_reviewed=True), soon, INTERVAL) == "reviewed"
    assert state(replace(article, is_reviewed=True), late, INTERVAL) == "overdue"
    assert state(replace(article, is_stale=True), late, INTERVAL) == "stale"


def test_every_topic_that_is_answered_has_a_row() -> None:
    expected = {key for key, topic in TOPICS.items() if topic.kind in ("answer", "safety")}
    assert expected <= set(expected_keys("answers"))
    rows = table(["sv", "xx"], CHECKED, INTERVAL)
    assert {row.key for row in rows if row.shelf == "answers"} >= expected
    taxes = next(row for row in rows if row.key == "taxes")
    assert taxes.states == {"sv": "draft", "xx": "missing"}
