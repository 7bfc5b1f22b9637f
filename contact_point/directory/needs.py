"""What newcomers need, in their everyday words, and what Swedish services call it.

`data/directory/needs.yml` lists the needs with the Swedish words of services, and
`locales/<language>/needs.yml` the words of newcomers. A question is compared with words of its own
language, and those lead to services that are described in Swedish: that finds far more than
comparing the question with the services alone.
"""

from functools import cache
from typing import Any

import numpy as np
import yaml

from contact_point.embedding.embedding_model import Array
from contact_point.embedding.sentence_embedder import cached_embedder
from contact_point.languages import LANGUAGES
from contact_point.settings import ROOT
from contact_point.spelling import normalise
from contact_point.translations import LOCALES, translate

FILE = ROOT / "data" / "directory" / "needs.yml"
_SHARPNESS = 10.0
"""How much more the nearest need counts than the next."""
_STATED = 0.6
"""Least likeness of a question to words for a need that it surely has."""
_LEEWAY = 0.08
"""By so much it may be nearer to asking for any office."""
_ABOUT_NOTHING = (
    "Which office can help me?",
    "Only those open now",
    "Finding an office",
    "I want to book a time",
    "Book a time",
    "Help and menu",
    "Talk to a person",
)
"""Interface strings that ask for an office, but not for which."""


class Needs:
    """All needs, with the vectors of every language's words for them."""

    def __init__(self) -> None:
        self.keys = list(called())
        phrases = [
            (number, normalise(phrase, tag))
            for number, key in enumerate(self.keys)
            for tag in LANGUAGES
            for phrase in words(tag).get(key, ())
        ]
        numbers = np.array([number for number, _ in phrases])
        self._phrases = cached_embedder().embed([phrase for _, phrase in phrases])
        self._starts = np.searchsorted(numbers, np.arange(len(self.keys)))
        self._nothing = cached_embedder().embed(
            [normalise(translate(text, tag), tag) for text in _ABOUT_NOTHING for tag in LANGUAGES]
        )
        self.called = cached_embedder().embed([normalise(each) for each in called().values()])
        self.categories = [str(entry["category"]) for entry in _entries().values()]
        self.middle: Array = self._phrases.mean(axis=0)
        """What every question has in common."""

    def likeness(self, vector: Array) -> Array:
        """How near a question is to each need (cosine of the nearest words)."""
        nearest: Array = np.maximum.reduceat(self._phrases @ vector, self._starts)
        return nearest

    def shares(self, vector: Array) -> Array:
        """How much of a question each need is; together 1."""
        likeness = self.likeness(vector)
        weights = np.exp(_SHARPNESS * (likeness - likeness.max()))
        shares: Array = weights / weights.sum()
        return shares

    def is_stated(self, vector: Array) -> bool:
        """Whether a question says what is needed, and does not only ask for an office."""
        likeness = float(self.likeness(vector).max())
        return likeness >= _STATED and likeness > float((self._nothing @ vector).max()) - _LEEWAY


def called() -> dict[str, str]:
    """Need → what Swedish services call it."""
    return {key: str(entry["called"]) for key, entry in _entries().items()}


@cache
def words(language: str) -> dict[str, list[str]]:
    """Need → everyday words of a language; empty where nobody has written them."""
    path = LOCALES / language / "needs.yml"
    if not path.exists():
        return {}
    entries = _yaml(path.read_text("utf-8")).items()
    return {key: phrases for key, phrases in entries if isinstance(phrases, list)}


@cache
def needs() -> Needs:
    """The needs of this process."""
    return Needs()


@cache
def _entries() -> dict[str, Any]:
    return _yaml(FILE.read_text("utf-8"))


def _yaml(text: str) -> dict[str, Any]:
    return dict(yaml.load(text, yaml.CSafeLoader))
