"""Articles: one text a key a language, Markdown with front matter, on three shelves.

`answers` holds one article for each topic, `rumours` the claims that were checked, `passages` what
no topic asks for. Swedish is the source language. Its file carries what holds in every language
(sources, date checked, next steps); a translation carries its title, its state and the hash of the
Swedish text that it was written from, so that a changed original marks it stale.
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

Shelf = Literal["answers", "rumours", "passages"]
SHELVES: tuple[Shelf, ...] = ("answers", "rumours", "passages")

_FRONT_MATTER = re.compile(r"\A---\n(.*?)\n---\n(.*)\Z", re.DOTALL)
_SIMPLE_BEGINS = re.compile(r"^---$", re.MULTILINE)
_STEP = re.compile(r"^\d+\. ")


class ArticleError(ValueError):
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
    """What stands between the first `---` lines. `asked` are ways in which people ask for it."""

    title: str
    status: Literal["draft", "reviewed"]
    reviewer: str | None = None
    reviewed: date | None = None
    checked: date | None = None
    sources: tuple[Source, ...] = ()
    next: tuple[Next, ...] = ()
    asked: tuple[str, ...] = ()
    source_hash: str | None = None


@dataclass(frozen=True)
class Text:
    """An article's file. `body` and `simple`, the same in simple words, are Markdown with
    {variables} in it; `simple` is empty where there is none."""

    front: FrontMatter
    body: str
    simple: str

    @property
    def hash(self) -> str:
        """A short hash of what is read; white space doesn't count."""
        read = " ".join(f"{self.body} --- {self.simple}".split())
        return hashlib.sha256(read.encode()).hexdigest()[:12]


@dataclass(frozen=True)
class Article:
    """An article in one language, ready to be shown."""

    shelf: Shelf
    key: str
    language: str
    title: str
    body: str
    simple: str
    asked: tuple[str, ...]
    is_reviewed: bool
    is_stale: bool
    checked: date
    sources: tuple[Source, ...]
    next: tuple[Next, ...]


def read_file(path: Path) -> Text:
    """An article's file.

    Raises:
        ArticleError: when the front matter is missing or wrong.
    """
    match = _FRONT_MATTER.match(path.read_text(encoding="utf-8"))
    if not match:
        raise ArticleError(f"{path}:1: begin with front matter between two lines of ---")
    try:
        front = msgspec.convert(yaml.load(match[1], yaml.CSafeLoader), FrontMatter, strict=False)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 2 if error.problem_mark else 1
        raise ArticleError(f"{path}:{line}: {error.problem}") from error
    except msgspec.ValidationError as error:
        raise ArticleError(f"{path}:2: front matter: {error}") from error
    body, *simple = _SIMPLE_BEGINS.split(match[2])
    if len(simple) > 1:
        raise ArticleError(f"{path}:1: only one line of --- may follow the front matter's")
    return Text(front, body.strip(), simple[0].strip() if simple else "")


def article_path(shelf: Shelf, key: str, language: str) -> Path:
    """Where an article lives."""
    return LOCALES / language / shelf / f"{key}.md"


def article_keys(shelf: Shelf, language: str = SOURCE_LANGUAGE) -> list[str]:
    """The keys of a shelf's articles in a language, sorted."""
    return sorted(path.stem for path in (LOCALES / language / shelf).glob("*.md"))


@cache
def find_article(shelf: Shelf, key: str, language: str) -> Article | None:
    """An article in a language, or None where it isn't written yet.

    Raises:
        ArticleError: when a file can't be used.
    """
    path, source_path = (article_path(shelf, key, tag) for tag in (language, SOURCE_LANGUAGE))
    if not path.exists() or not source_path.exists():
        return None
    source = read_file(source_path)
    if source.front.checked is None:
        raise ArticleError(f"{source_path}:2: front matter: checked: say when it was checked")
    text = source if path == source_path else read_file(path)
    return Article(
        shelf=shelf,
        key=key,
        language=language,
        title=text.front.title,
        body=text.body,
        simple=text.simple,
        asked=text.front.asked,
        is_reviewed=text.front.status == "reviewed",
        is_stale=path != source_path and text.front.source_hash != source.hash,
        checked=source.front.checked,
        sources=source.front.sources,
        next=source.front.next,
    )


def find_answer(topic: str, language: str) -> Article | None:
    """The article of a topic in a language, or None where it isn't written yet.

    Raises:
        ArticleError: when a file can't be used.
    """
    return find_article("answers", topic, language)


def paragraphs(body: str) -> list[str]:
    """The parts of a text that stand for themselves: its paragraphs, a list of steps as one."""
    return [part.strip() for part in re.split(r"\n\s*\n", body) if part.strip()]


def steps(body: str) -> list[str]:
    """The numbered steps of a text."""
    return [line for line in body.splitlines() if _STEP.match(line)]
