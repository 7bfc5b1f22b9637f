"""Finds services by what they mean, whatever the language of the question.

The vectors of all services are kept in memory, and read anew when the directory has changed.
"""

from collections.abc import Iterable, Sequence
from functools import cached_property

import numpy as np
from sqlalchemy.orm import Session

from contact_point.directory import full_text
from contact_point.directory.changes import version
from contact_point.directory.naming import NamedService, named_services
from contact_point.directory.needs import called, needs
from contact_point.embedding.embedding_model import Array
from contact_point.embedding.sentence_embedder import WIDTH, cached_embedder, sentence_embedder
from contact_point.spelling import normalise

_NEEDS = 1.5
"""How much more a service's nearness by way of needs counts than its own (bench/service_search)."""
_BY_WORDS = 300
"""Services that full text is asked for by the words of a need."""


class ServiceMeanings:
    """Every service that is shown, with the vectors of its texts."""

    def __init__(self, services: Sequence[NamedService] = ()) -> None:
        self.services = list(services)
        entries = [
            (number, normalise(text))
            for number, service in enumerate(services)
            for text in service.texts
        ]
        self._vectors: Array = (
            cached_embedder().embed([text for _, text in entries])
            if entries
            else np.zeros((0, WIDTH), np.float32)
        )
        self._service_of = np.array([number for number, _ in entries], int)

    @cached_property
    def _own(self) -> Array:
        """Where each service lies, seen from the middle of all."""
        whole = np.zeros((len(self.services), WIDTH), np.float32)
        np.add.at(whole, self._service_of, self._vectors)
        counts = np.bincount(self._service_of, minlength=len(self.services))
        return _directions(whole / np.maximum(counts, 1)[:, None])

    @cached_property
    def _by_need(self) -> Array:
        """How near each service is to each need; only a search asks for it."""
        return _standard(_directions(needs().called) @ self._own.T)

    def add_words(self, session: Session) -> None:
        """Let full text say too which services fit a need."""
        place = {service.id: number for number, service in enumerate(self.services)}
        ranks = np.zeros_like(self._by_need)
        for number, words in enumerate(called().values()):
            for service_id, rank in full_text.find(session, words, _BY_WORDS).items():
                if service_id in place:
                    ranks[number, place[service_id]] = rank
        self._by_need = self._by_need + _standard(ranks)

    def fit(self, vector: Array) -> Array:
        """How well each service fits a question: by itself, and by way of what is needed."""
        if not self.services:
            return np.zeros(0, np.float32)
        by_need = needs().shares(vector) @ self._by_need
        return _standard(self.direct(vector)) + _NEEDS * _standard(by_need)

    def direct(self, vector: Array) -> Array:
        """How near each service itself lies to a question."""
        question = vector - needs().middle
        near: Array = self._own @ (question / np.linalg.norm(question))
        return near

    def nearest(self, vector: Array) -> tuple[NamedService, float] | None:
        """The service nearest to a message's vector, and the likeness (cosine)."""
        if not self.services:
            return None
        likeness = self._vectors @ vector
        best = int(likeness.argmax())
        return self.services[int(self._service_of[best])], float(likeness[best])


def read_in(services: Iterable[NamedService]) -> None:
    """Work the vectors of services out ahead of their first use."""
    cached_embedder().embed([normalise(text) for each in services for text in each.texts])


def meanings(session: Session) -> ServiceMeanings:
    """The services as they are now; read in anew when the directory has changed."""
    database, number = str(session.get_bind().engine.url), version(session)
    known = _latest.get(database)
    if known is None or known[0] != number:
        found = ServiceMeanings(named_services(session))
        found.add_words(session)
        _latest[database] = known = number, found
    return known[1]


def vector_of(words: str) -> Array:
    """What a newcomer's words mean."""
    return sentence_embedder().embed(normalise(words))


def _directions(vectors: Array) -> Array:
    """Vectors as seen from their middle, length 1: what all have in common says nothing."""
    if not len(vectors):
        return vectors
    from_middle = vectors - vectors.mean(axis=0)
    lengths = np.linalg.norm(from_middle, axis=1, keepdims=True)
    directions: Array = from_middle / np.maximum(lengths, 1e-6)
    return directions


def _standard(scores: Array) -> Array:
    """Scores of services (last axis) in units of their spread, above and below their mean."""
    if not scores.size:
        return scores
    spread = np.maximum(scores.std(axis=-1, keepdims=True), 1e-6)
    standard: Array = (scores - scores.mean(axis=-1, keepdims=True)) / spread
    return standard


_latest: dict[str, tuple[object, ServiceMeanings]] = {}
"""By database: the version of the directory, and its services."""
