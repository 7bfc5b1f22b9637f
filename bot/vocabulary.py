"""The words of each language that rules look for: `locales/<language>/understanding.yml`.

All words are written as people type them and normalised here, as messages are.
"""

import re
from functools import cache
from typing import Any

import yaml

from bot.text_normaliser import normalise
from contact_point.translations import LOCALES

Phrases = tuple[str, ...]


@cache
def words(language: str) -> dict[str, Any]:
    """The file of one language; empty where there is none."""
    path = LOCALES / language / "understanding.yml"
    return dict(yaml.safe_load(path.read_text(encoding="utf-8"))) if path.exists() else {}


@cache
def danger_phrases(offered: Phrases) -> dict[str, tuple[re.Pattern[str], ...]]:
    """Safety topic → patterns. A phrase's "…" stands for up to four words in between."""
    topics = ("crisis_self_harm", "emergency", "violence_at_home", "exploitation")
    return {
        topic: tuple(
            _pattern(phrase)
            for language in offered
            for phrase in words(language).get("danger", {}).get(topic, [])
        )
        for topic in topics
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


def _pattern(phrase: str) -> re.Pattern[str]:
    parts = [re.escape(normalise(part)) for part in phrase.split("…")]
    return re.compile(r"(?<!\w)" + r"(?:\s+\S+){0,4}?\s*".join(parts) + r"(?!\w)")
