"""Articles: complete in every offered language, front matter, length, steps, variables, links,
readability, and the same names for the same things."""

import re
import string
from collections.abc import Iterator
from pathlib import Path

from contact_point.answers.articles import (
    SHELVES,
    SOURCE_LANGUAGE,
    ArticleError,
    FrontMatter,
    Shelf,
    Text,
    article_keys,
    article_path,
    paragraphs,
    read_file,
    steps,
)
from contact_point.answers.glossary import GlossaryError, glossary_path, inconsistencies
from contact_point.answers.readability import lix, words
from contact_point.answers.review import expected_keys
from contact_point.appointments.subjects import SUBJECTS
from contact_point.directory.categories import CATEGORIES
from contact_point.settings import ROOT, settings
from contact_point.topics import TOPICS
from contact_point.variables import VARIABLES

MAX_WORDS: dict[Shelf, int] = {"answers": 180, "rumours": 140, "passages": 130}
MAX_FIRST_WORDS = 60
MAX_SIMPLE_WORDS = 60
MAX_SIMPLE_LIX = 30
MAX_STEPS = 6
RUMOUR_PARAGRAPHS = 4
"""Fact, warning, why the claim is wrong, fact again: S. Lewandowsky and others, The Debunking
Handbook 2020."""
MIN_ASKED = 4
_LINK = re.compile(r"\[[^\]]*\]\(([^)]*)\)")
_BARE_ADDRESS = re.compile(r"https?://|www\.")


def faults() -> Iterator[str]:
    """Faults in `locales/*/{answers,rumours,passages}/*.md` and in the glossaries."""
    for language in settings().municipality.languages:
        for shelf in SHELVES:
            expected = expected_keys(shelf)
            for key in expected:
                path = article_path(shelf, key, language)
                if path.exists():
                    yield from _article_faults(shelf, path, language)
                else:
                    yield f"{_place(path)}:1: not written yet"
            for key in sorted({*article_keys(shelf, language)} - {*expected}):
                path = article_path(shelf, key, language)
                yield f"{_place(path)}:1: there is no Swedish article of this name"


def _article_faults(shelf: Shelf, path: Path, language: str) -> Iterator[str]:
    place = _place(path)
    if shelf == "answers" and path.stem not in TOPICS:
        yield f"{place}:1: {path.stem!r} is not a topic of the catalogue"
        return
    try:
        text = read_file(path)
    except ArticleError as error:
        yield str(error)
        return
    source = text if language == SOURCE_LANGUAGE else _source(shelf, path.stem)
    first_line = path.read_text(encoding="utf-8").split("\n---\n")[0].count("\n") + 3
    yield from (f"{place}:2: {fault}" for fault in _front_faults(shelf, text.front, source, text))
    yield from (f"{place}:{first_line}: {fault}" for fault in _text_faults(shelf, text, language))
    if source and source is not text:
        yield from (f"{place}:{first_line}: {fault}" for fault in _drift(source, text, language))


def _source(shelf: Shelf, key: str) -> Text | None:
    """The Swedish text, where it can be read; its own faults are told where it is checked."""
    try:
        return read_file(article_path(shelf, key, SOURCE_LANGUAGE))
    except (ArticleError, FileNotFoundError):
        return None


def _front_faults(
    shelf: Shelf, front: FrontMatter, source: Text | None, text: Text
) -> Iterator[str]:
    if source is text:
        if not front.sources:
            yield "sources: name at least one"
        if not front.checked:
            yield "checked: say when the facts were checked"
    elif source and front.source_hash != source.hash:
        yield (
            f"source_hash: the Swedish text has changed; "
            f"compare, then write source_hash: {source.hash}"
        )
    if front.status == "reviewed" and not (front.reviewer and front.reviewed):
        yield "reviewer, reviewed: say who has reviewed it, and when"
    if shelf != "answers" and len(front.asked) < MIN_ASKED:
        yield f"asked: write at least {MIN_ASKED} ways in which people ask for it"
    for article in front.sources:
        if not article.url.startswith("https://"):
            yield f"sources: {article.url!r} is not an https address"
    for step in front.next:
        if step.office is not None and step.office not in CATEGORIES:
            yield f"next: office: {step.office!r} is not a category of the directory"
        if step.book is not None and step.book not in SUBJECTS:
            yield f"next: book: {step.book!r} is not an appointment subject"
        if step.topic is not None and step.topic not in TOPICS:
            yield f"next: topic: {step.topic!r} is not a topic"


def _text_faults(shelf: Shelf, text: Text, language: str) -> Iterator[str]:
    try:
        unknown = (_variables(text.body) | _variables(text.simple)) - set(VARIABLES)
    except ValueError as error:
        yield f"braces: {error}"
        return
    for name in sorted(unknown):
        yield f"{{{name}}} is not a known variable; use one of {', '.join(VARIABLES)}"
    parts = paragraphs(text.body)
    yield from _too_many("the text", "words", len(words(text.body)), MAX_WORDS[shelf])
    if parts:
        yield from _too_many("the first paragraph", "words", len(words(parts[0])), MAX_FIRST_WORDS)
    yield from _too_many("the text", "steps", len(steps(text.body)), MAX_STEPS)
    if re.search(r"^#|<[a-zA-Z/]", f"{text.body}\n{text.simple}", re.MULTILINE):
        yield "no headings and no HTML: a phone and a messaging app show them badly"
    for address in _LINK.findall(text.body + text.simple):
        if not re.match(r"https://[^\s]+$|tel:|mailto:", address):
            yield f"the link ({address}) is not an https address"
    if _BARE_ADDRESS.search(_LINK.sub("", text.body + text.simple)):
        yield "write addresses as [name](https://…)"
    if shelf == "answers":
        yield from _simple_faults(text.simple, language)
    if shelf == "rumours" and len(parts) != RUMOUR_PARAGRAPHS:
        yield (
            f"{len(parts)} paragraphs; a claim is answered in {RUMOUR_PARAGRAPHS}: "
            "fact, warning, why it is wrong, fact again"
        )


def _simple_faults(simple: str, language: str) -> Iterator[str]:
    if not simple:
        yield "after a line of ---, write the same in simple words"
        return
    yield from _too_many("the simple text", "words", len(words(simple)), MAX_SIMPLE_WORDS)
    if language == SOURCE_LANGUAGE and (found := lix(simple)) > MAX_SIMPLE_LIX:
        yield f"the simple text has LIX {found:.0f}; at most {MAX_SIMPLE_LIX}"


def _too_many(what: str, unit: str, count: int, most: int) -> Iterator[str]:
    if count > most:
        yield f"{what} has {count} {unit}; at most {most}"


def _drift(source: Text, text: Text, language: str) -> Iterator[str]:
    """Where a translation says less than its original, or names things otherwise."""
    for name in sorted(_variables(source.body) - _variables(text.body)):
        yield f"{{{name}}} of the Swedish text is missing"
    try:
        yield from inconsistencies(source.body, f"{text.body}\n{text.simple}", language)
    except GlossaryError:
        yield f"see {_place(glossary_path(language))}: it can't be read"


def _variables(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}


def _place(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()
