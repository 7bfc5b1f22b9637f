"""How well services fit a newcomer's words: by meaning, by words and by name together."""

import re
from collections.abc import Iterable
from itertools import takewhile

import numpy as np
from sqlalchemy.orm import Session

from contact_point.directory import full_text
from contact_point.directory.meaning import meanings, vector_of
from contact_point.directory.naming import NamedService, named_services
from contact_point.directory.needs import needs
from contact_point.spelling import normalise, without_marks

_BY_TEXT = 60
"""Services that full text is asked for."""
_TEXT, _NAME, _SPELT = 1.0, 1.5, 6.0
"""What full text, names and their spelling count beside the meaning, whose best is about 8
(bench/service_search)."""
_MOSTLY = 0.6
"""Least share of a word's parts in a name for the word to be one of the name, misspelt or not."""
_MIN_NAME_WORD = 4
"""Letters of a word that can name a service."""
_FUNCTION_WORDS = frozenset({"for", "och", "med", "hos", "vid", "det", "den", "the", "and", "pour"})
"""Short words, without diacritics, that name nothing."""
_MAX_ENDING = 3
"""Letters at the end in which two forms of a word may differ."""


class Relevance:
    """How well services fit some words, from 1 for the best; by service id.

    `in_full`: the services whose full name stands in the words.
    """

    def __init__(self, session: Session, words: str) -> None:
        by_text = full_text.find(session, words, _BY_TEXT)
        candidates = named_services(session, by_text)
        shares, spelt = _named(candidates, words), _spelt(candidates, words)
        known = meanings(session)
        scores = {
            service.id: float(fit)
            + _TEXT * by_text.get(service.id, 0.0)
            + _NAME * shares.get(service.id, 0.0)
            + _SPELT * spelt.get(service.id, 0.0)
            for service, fit in zip(known.services, known.fit(vector_of(words)), strict=True)
        }
        best = max(scores.values(), default=0.0)
        self.scores = {key: score / best if best > 0 else 0.0 for key, score in scores.items()}
        self.in_full = frozenset(key for key, share in shares.items() if share == 1)

    def best(self, count: int) -> list[str]:
        """The services that fit best, the best first."""
        ids = list(self.scores)
        order = np.argsort([-score for score in self.scores.values()], kind="stable")
        return [ids[index] for index in order[:count]]


def is_named(session: Session, words: str) -> bool:
    """Whether the newcomer's words have the full name of a service."""
    found = named_services(session, full_text.find(session, words, _BY_TEXT))
    return 1 in _named(found, words).values()


def is_stated(session: Session, words: str) -> bool:
    """Whether words say which kind of office is meant, or name one."""
    return is_named(session, words) or needs().is_stated(vector_of(words))


def _named(services: Iterable[NamedService], words: str) -> dict[str, float]:
    """Service id → how much of its name, in any language, stands in the words: above 0, to 1 for
    the full name. Endings don't count, nor do words like "för"."""
    said = full_text.words(words)
    found: dict[str, float] = {}
    for service in services:
        for name in (service.name, *service.names.values()):
            of_name = [word for word in full_text.words(name) if _names(word)]
            fitting = sum(any(_same_word(word, other) for other in said) for word in of_name)
            if fitting:
                share = fitting / len(of_name)
                found[service.id] = max(found.get(service.id, 0.0), share)
    return found


def _names(word: str) -> bool:
    return len(word) >= _MIN_NAME_WORD or (len(word) > 2 and word not in _FUNCTION_WORDS)


def _same_word(word: str, other: str) -> bool:
    return word == other or (len(word) >= _MIN_NAME_WORD and _same_stem(word, other))


def _spelt(services: Iterable[NamedService], words: str) -> dict[str, float]:
    """Service id → how much of the words is spelt as in its name, also in the middle of a compound
    or with a mistake; above 0, to 1."""
    said = {word: full_text.parts(word) for word in _long_words(words)}
    letters = sum(map(len, said))
    found = {}
    for service in services:
        of_name = {
            part
            for name in (service.name, *service.names.values())
            for word in _long_words(name)
            for part in full_text.parts(word)
        }
        shares = {word: len(parts & of_name) / len(parts) for word, parts in said.items()}
        spelt = sum(len(word) * share for word, share in shares.items() if share >= _MOSTLY)
        if spelt:
            found[service.id] = spelt / letters
    return found


def _long_words(text: str) -> list[str]:
    found = re.findall(r"\w+", without_marks(normalise(text)))
    return [word for word in found if len(word) >= _MIN_NAME_WORD]


def _same_stem(word: str, other: str) -> bool:
    pairs = zip(word, other, strict=False)
    common = sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], pairs))
    return common >= max(_MIN_NAME_WORD, max(len(word), len(other)) - _MAX_ENDING)
