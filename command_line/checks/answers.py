"""Articles: front matter, length, steps, variables, links, and that no language lacks one about
danger. Where another article is missing, newcomers are told so and led to an office or a person."""

import re
import string
from collections.abc import Iterator
from pathlib import Path

from contact_point import answers
from contact_point.appointments.subjects import SUBJECTS
from contact_point.directory.categories import CATEGORIES
from contact_point.settings import ROOT, settings
from contact_point.topics import TOPICS
from contact_point.translations import LOCALES
from contact_point.variables import VARIABLES

SAFETY_TOPICS = {key for key, topic in TOPICS.items() if topic.kind == "safety"}


def faults() -> Iterator[str]:
    """Faults in `locales/*/answers/*.md`."""
    source_topics = _topics(answers.SOURCE_LANGUAGE)
    for language in settings().municipality.languages:
        for topic in sorted((source_topics & SAFETY_TOPICS) - _topics(language)):
            yield f"{_place(answers.article_path(topic, language))}:1: not written yet"
        for topic in sorted(_topics(language)):
            yield from _article_faults(answers.article_path(topic, language), language)
    for topic in sorted(SAFETY_TOPICS - source_topics):
        yield f"{_place(answers.article_path(topic, 'sv'))}:1: a safety answer must exist"


def _topics(language: str) -> set[str]:
    return {path.stem for path in (LOCALES / language / "answers").glob("*.md")}


def _article_faults(path: Path, language: str) -> Iterator[str]:
    place = _place(path)
    if path.stem not in TOPICS:
        yield f"{place}:1: {path.stem!r} is not a topic of the catalogue"
        return
    try:
        front, body = answers.read_file(path)
    except answers.AnswerError as error:
        yield str(error)
        return
    first_line = path.read_text(encoding="utf-8").count("\n") - body.count("\n")
    yield from (f"{place}:2: {fault}" for fault in _front_faults(front, path.stem, language))
    yield from (f"{place}:{first_line}: {fault}" for fault in _body_faults(body))


def _front_faults(front: answers.FrontMatter, topic: str, language: str) -> Iterator[str]:
    if language == answers.SOURCE_LANGUAGE:
        if not front.sources:
            yield "sources: name at least one"
        if not front.checked:
            yield "checked: say when the facts were checked"
    elif source_body := _source_body(topic):
        expected = answers.text_hash(source_body)
        if front.source_hash != expected:
            yield (
                f"source_hash: the Swedish text has changed; "
                f"compare, then write source_hash: {expected}"
            )
    for source in front.sources:
        if not source.url.startswith("https://"):
            yield f"sources: {source.url!r} is not an https address"
    for step in front.next:
        if step.office is not None and step.office not in CATEGORIES:
            yield f"next: office: {step.office!r} is not a category of the directory"
        if step.book is not None and step.book not in SUBJECTS:
            yield f"next: book: {step.book!r} is not an appointment subject"
        if step.topic is not None and step.topic not in TOPICS:
            yield f"next: topic: {step.topic!r} is not a topic"


def _source_body(topic: str) -> str | None:
    """The Swedish text, where it can be read; its own faults are told where it is checked."""
    path = answers.article_path(topic, answers.SOURCE_LANGUAGE)
    try:
        return answers.read_file(path)[1] if path.exists() else None
    except answers.AnswerError:
        return None


def _body_faults(body: str) -> Iterator[str]:
    try:
        names = {name for _, name, _, _ in string.Formatter().parse(body) if name is not None}
    except ValueError as error:
        yield f"braces: {error}"
        return
    for name in sorted(names - set(VARIABLES)):
        yield f"{{{name}}} is not a known variable; use one of {', '.join(VARIABLES)}"
    words = _words(body)
    if words > answers.MAX_WORDS:
        yield f"{words} words; at most {answers.MAX_WORDS}"
    first = _words(body.split("\n\n")[0])
    if first > answers.MAX_FIRST_WORDS:
        yield f"the first paragraph has {first} words; at most {answers.MAX_FIRST_WORDS}"
    steps = len(re.findall(r"^\d+\. ", body, re.MULTILINE))
    if steps > answers.MAX_STEPS:
        yield f"{steps} steps; at most {answers.MAX_STEPS}"
    if re.search(r"^#|<[a-zA-Z/]", body, re.MULTILINE):
        yield "no headings and no HTML: a phone and a messaging app show them badly"


def _words(text: str) -> int:
    return len(re.findall(r"[^\W_]+(?:[-'’:.][^\W_]+)*", re.sub(r"\]\([^)]*\)", "]", text)))


def _place(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()
