"""The words of each language that rules look for: `locales/<language>/understanding.yml`.

All words are written as people type them and normalised here, as messages are.
"""

import re
from functools import cache
from typing import Any

import yaml

from contact_point.spelling import normalise, without_marks
from contact_point.translations import LOCALES

Phrases = tuple[str, ...]


@cache
def words(language: str) -> dict[str, Any]:
    """The file of one language; empty where there is none."""
    path = LOCALES / language / "understanding.yml"
    if not path.exists():
        return {}
    return dict(yaml.load(path.read_text(encoding="utf-8"), yaml.CSafeLoader))


@cache
def danger_phrases(offered: Phrases) -> dict[str, re.Pattern[str]]:
    """Safety topic → one pattern of all its phrases, for topics that have any; for texts
    without diacritics. A phrase's "…" stands for up to four words in between."""
    phrases: dict[str, list[str]] = {}
    for language in offered:
        for topic, some in words(language).get("danger", {}).items():
            phrases.setdefault(topic, []).extend(map(_phrase_pattern, some))
    return {
        topic: re.compile(rf"(?<!\w)(?:{'|'.join(some)})(?!\w)") for topic, some in phrases.items()
    }


@cache
def language_requests(offered: Phrases) -> tuple[tuple[str, str], ...]:
    """(phrase between spaces, language asked for), longest first: "på engelska" → en."""
    requests = [
        (f" {normalise(phrase, language)} ", tag)
        for language in offered
        for tag, phrases in words(language).get("language_requests", {}).items()
        if tag in offered
        for phrase in phrases
    ]
    return tuple(sorted(requests, key=lambda request: -len(request[0])))


def _phrase_pattern(phrase: str) -> str:
    parts = (without_marks(normalise(part)) for part in phrase.split("…"))
    return r"(?:\s+\S+){0,4}?\s*".join(map(re.escape, parts))


@cache
def follow_up_questions(offered: Phrases) -> list[tuple[str, str]]:
    """(kind, question) of the short questions that are about the answer before."""
    return [
        (kind, normalise(question, language))
        for language in offered
        for kind, entry in words(language).get("follow_up", {}).items()
        for question in entry["asked"]
    ]


@cache
def refinement_phrases(offered: Phrases) -> list[tuple[str, str]]:
    """(kind, phrase) of the ways to go on from offices that are shown."""
    return [
        (kind, normalise(phrase, language))
        for language in offered
        for kind, phrases in words(language).get("refinements", {}).items()
        for phrase in phrases
    ]


@cache
def follow_up_stems(kind: str, language: str) -> Phrases:
    """Parts of the words by which the part of an answer is found that a follow-up asks for."""
    entry = words(language).get("follow_up", {}).get(kind, {})
    return tuple(stem.casefold() for stem in entry.get("found_by", ()))
