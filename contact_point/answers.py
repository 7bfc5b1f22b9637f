"""Answers: one article a topic a language, Markdown with front matter.

Swedish is the source language. Its file carries what holds in every language (sources, date
checked, next steps); a translation carries its title, its state and the hash of the Swedish text
that it was written from, so that a changed original marks it stale.
"""

import hashlib
import re
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Literal

import msgspec
import yaml

from contact_point.translations import LOCALES

SOURCE_LANGUAGE = "sv"
MAX_WORDS = 180
MAX_FIRST_WORDS = 60
MAX_STEPS = 6

State = Literal["draft", "reviewed", "stale"]


class AnswerError(ValueError):
    """An article's file can't be used; the text says file, line or field, and the mend."""


class Source(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Where a claim comes from."""

    authority: str
    title: str
    url: str
    level: Literal["municipal", "regional", "national", "eu"]
    law: str | None = None


class Next(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A next useful thing: an office of a category, a time about a subject, or a topic."""

    office: str | None = None
    book: str | None = None
    topic: str | None = None


class FrontMatter(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What stands between the `---` lines."""

    title: str
    status: Literal["draft", "reviewed"]
    checked: date | None = None
    sources: tuple[Source, ...] = ()
    next: tuple[Next, ...] = ()
    source_hash: str | None = None


@dataclass(frozen=True)
class Answer:
    """An article ready to be shown. `body` is Markdown with {variables} still in it."""

    topic: str
    language: str
    title: str
    body: str
    state: State
    checked: date
    sources: tuple[Source, ...]
    next: tuple[Next, ...]


def read_file(path: Path) -> tuple[FrontMatter, str]:
    """Front matter and body of an article's file.

    Raises:
        AnswerError: when the front matter is missing or wrong.
    """
    match = re.match(r"\A---\n(.*?)\n---\n(.*)\Z", path.read_text(encoding="utf-8"), re.DOTALL)
    if not match:
        raise AnswerError(f"{path}:1: begin with front matter between two lines of ---")
    try:
        front = msgspec.convert(yaml.safe_load(match[1]), FrontMatter, strict=False)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 2 if error.problem_mark else 1
        raise AnswerError(f"{path}:{line}: {error.problem}") from error
    except msgspec.ValidationError as error:
        raise AnswerError(f"{path}:2: front matter: {error}") from error
    return front, match[2].strip()


def text_hash(body: str) -> str:
    """A short hash of a source text; white space doesn't count."""
    return hashlib.sha256(" ".join(body.split()).encode()).hexdigest()[:12]


def article_path(topic: str, language: str) -> Path:
    """Where an article lives."""
    return LOCALES / language / "answers" / f"{topic}.md"


@cache
def find_answer(topic: str, language: str) -> Answer | None:
    """The article of a topic in a language, or None where it isn't written yet.

    Raises:
        AnswerError: when a file can't be used.
    """
    path, source_path = article_path(topic, language), article_path(topic, SOURCE_LANGUAGE)
    if not path.exists() or not source_path.exists():
        return None
    source, source_body = read_file(source_path)
    if source.checked is None:
        raise AnswerError(f"{source_path}:2: front matter: checked: say when it was checked")
    front, body = (source, source_body) if path == source_path else read_file(path)
    stale = path != source_path and front.source_hash != text_hash(source_body)
    return Answer(
        topic,
        language,
        front.title,
        body,
        "stale" if stale else front.status,
        source.checked,
        source.sources,
        source.next,
    )
