"""Finds paragraphs of articles by meaning, in any language.

Vectors lie in the embedder's disk cache, so that only new texts are read when a process starts.
"""

import string
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from contact_point.answers.articles import SHELVES, Shelf, article_keys, find_article, paragraphs
from contact_point.embedding.embedding_model import Array
from contact_point.embedding.sentence_embedder import cached_embedder
from contact_point.settings import settings
from contact_point.spelling import normalise

_TOPIC_SHARE = 0.5
"""How much the topic's probability counts beside the likeness: with it, nine of ten articles come
first on the labelled questions, without it six."""


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
    """An article that may help, how much speaks for it, and which of its paragraphs, in the
    newcomer's language, is nearest. `score` is the likeness (cosine) of what was found in it, and a
    share of its topic's probability."""

    shelf: Shelf
    key: str
    score: float
    paragraph: int


class Passages:
    """Every passage of the offered languages with its vector."""

    def __init__(self, languages: Sequence[str]) -> None:
        entries = [entry for tag in languages for entry in _entries(tag)]
        self.places = [place for place, _ in entries]
        self._vectors = cached_embedder().embed([text for _, text in entries])
        articles = [(place.shelf, place.key) for place in self.places]
        self._known = list(dict.fromkeys(articles))
        numbers = {article: number for number, article in enumerate(self._known)}
        self._article_of = np.array([numbers[article] for article in articles], int)

    def nearest(
        self, vector: Array, topics: Mapping[str, float], language: str, most: int = 3
    ) -> list[Hit]:
        """The articles for which most speaks, best first: nearest to a message's vector in any
        language, and likely by its topic (`topics`: probability by topic)."""
        if not self._known:
            return []
        likeness = self._vectors @ vector
        scores = np.full(len(self._known), -1.0, np.float32)
        np.maximum.at(scores, self._article_of, likeness)
        scores += _TOPIC_SHARE * np.array(
            [topics.get(key, 0.0) if shelf == "answers" else 0.0 for shelf, key in self._known]
        )
        best = np.argsort(-scores)[:most]
        return [
            self._hit(int(number), float(scores[number]), likeness, language) for number in best
        ]

    def _hit(self, number: int, score: float, likeness: Array, language: str) -> Hit:
        shelf, key = self._known[number]
        theirs = [
            (float(likeness[index]), self.places[index].paragraph)
            for index in np.flatnonzero(self._article_of == number)
            if self.places[index].language == language
        ]
        paragraph = max(
            ((near, number) for near, number in theirs if number is not None), default=(0.0, 0)
        )[1]
        return Hit(shelf, key, score, paragraph)


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
