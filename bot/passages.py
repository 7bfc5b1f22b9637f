"""Finds by meaning: paragraphs of articles, checked claims and services, in any language.

Vectors lie in the embedder's disk cache, so that only new texts are read when a process starts.
"""

import string
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice

import numpy as np

from bot.embedding_model import Array
from bot.sentence_embedder import training_embedder
from bot.text_normaliser import normalise
from contact_point.answers.articles import SHELVES, Shelf, article_keys, find_article, paragraphs
from contact_point.settings import settings

_CLAIM_VOTES = 3
"""How many wordings of a claim, in any language, must resemble the message together."""


@dataclass(frozen=True)
class Place:
    """Where a passage stands: the paragraph of an article, or None for its title and for the
    ways in which people ask for it."""

    shelf: Shelf
    key: str
    language: str
    paragraph: int | None


@dataclass(frozen=True)
class Hit:
    """An article that may help, the likeness (cosine) of what was found in it, and which of its
    paragraphs, in the newcomer's language, is nearest."""

    shelf: Shelf
    key: str
    likeness: float
    paragraph: int


class Passages:
    """Every passage of the offered languages with its vector."""

    def __init__(self, languages: Sequence[str]) -> None:
        entries = [entry for tag in languages for entry in _entries(tag)]
        self.places = [place for place, _ in entries]
        self._vectors = training_embedder().embed([text for _, text in entries])
        self._articles = np.array([f"{place.shelf}/{place.key}" for place in self.places])
        self._is_claim = np.array(
            [place.shelf == "rumours" and place.paragraph is None for place in self.places], bool
        )
        self._rumours = sorted({place.key for place in self.places if place.shelf == "rumours"})

    def nearest(self, vector: Array, language: str, most: int = 3) -> list[Hit]:
        """The articles nearest to a message's vector, nearest first."""
        likeness = self._vectors @ vector
        order = np.argsort(-likeness)
        first: dict[str, int] = {}
        for index in order:
            first.setdefault(str(self._articles[index]), int(index))
            if len(first) == most:
                break
        return [self._hit(index, likeness, language) for index in islice(first.values(), most)]

    def claim(self, vector: Array) -> tuple[str, float]:
        """The checked claim that a message resembles most, and how much: the mean likeness of the
        nearest of its wordings. An empty key where no claim is written yet."""
        wordings = self._vectors[self._is_claim] @ vector
        keys = self._articles[self._is_claim]
        best = ("", 0.0)
        for key in self._rumours:
            nearest = np.sort(wordings[keys == f"rumours/{key}"])[-_CLAIM_VOTES:]
            if len(nearest) and nearest.mean() > best[1]:
                best = (key, float(nearest.mean()))
        return best

    def _hit(self, index: int, likeness: Array, language: str) -> Hit:
        place = self.places[index]
        theirs = [
            (float(likeness[other]), found.paragraph)
            for other, found in enumerate(self.places)
            if (found.shelf, found.key, found.language) == (place.shelf, place.key, language)
            and found.paragraph is not None
        ]
        return Hit(place.shelf, place.key, float(likeness[index]), max(theirs, default=(0.0, 0))[1])


@lru_cache(maxsize=1)
def passages() -> Passages:
    """The passages of this process, read on first use."""
    return Passages(settings().municipality.languages)


def _entries(language: str) -> list[tuple[Place, str]]:
    entries = []
    for shelf in SHELVES:
        for key in article_keys(shelf, language):
            article = find_article(shelf, key, language)
            if article is None:
                continue
            for text in (article.title, *article.asked):
                entries.append((Place(shelf, key, language, None), _read(text)))
            for number, text in enumerate(paragraphs(article.body)):
                # By itself a paragraph often leaves out what it is about.
                place = Place(shelf, key, language, number)
                entries.append((place, _read(f"{article.title}. {text}")))
    return entries


def _read(text: str) -> str:
    """A text as messages are read: without marks and variables, normalised."""
    plain = "".join(literal for literal, *_ in string.Formatter().parse(text))
    return normalise(plain.replace("**", ""))
