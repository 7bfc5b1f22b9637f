"""How far each article can be trusted, language by language."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from contact_point.answers.articles import (
    SHELVES,
    Article,
    Shelf,
    article_keys,
    find_article,
)
from contact_point.topics import TOPICS

State = Literal["missing", "stale", "overdue", "draft", "reviewed"]
STATES: tuple[State, ...] = ("missing", "stale", "overdue", "draft", "reviewed")
"""Worst first."""


def state(article: Article | None, today: date, interval: timedelta) -> State:
    """Missing; stale: the Swedish text has changed since; overdue: nobody has checked the facts
    for longer than the interval; draft: no native reader has read it; or reviewed."""
    if article is None:
        return "missing"
    if article.is_stale:
        return "stale"
    if is_overdue(article, today, interval):
        return "overdue"
    return "reviewed" if article.is_reviewed else "draft"


def is_overdue(article: Article, today: date, interval: timedelta) -> bool:
    """Whether the facts may be out of date."""
    return today - article.checked > interval


@dataclass(frozen=True)
class Row:
    """One article's states, by language."""

    shelf: Shelf
    key: str
    states: dict[str, State]


def table(languages: list[str], today: date, interval: timedelta) -> list[Row]:
    """The state of every article that should exist in every language.

    Raises:
        ArticleError: when a file can't be used.
    """
    return [
        Row(
            shelf,
            key,
            {tag: state(find_article(shelf, key, tag), today, interval) for tag in languages},
        )
        for shelf in SHELVES
        for key in expected_keys(shelf)
    ]


def expected_keys(shelf: Shelf) -> list[str]:
    """Each topic with an answer, and what else the source language has."""
    topics = [key for key, topic in TOPICS.items() if topic.kind in ("answer", "safety")]
    keys = topics if shelf == "answers" else []
    return keys + [key for key in article_keys(shelf) if key not in keys]
