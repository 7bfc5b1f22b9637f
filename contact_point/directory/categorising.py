"""Which of the contact point's categories each service belongs to, with any municipality's data.

Terms of the contact point's own taxonomy count as they are. Terms of other taxonomies are taken by
their code or name, else by their meaning; a service without a term that says something is taken by
the meaning of its own text. So the result is derived, and made anew with the index.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from typing import Literal

import numpy as np
from sqlalchemy import ForeignKey, String, delete, insert, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from contact_point.database import Base, in_chunks
from contact_point.directory.categories import CATEGORIES, TAXONOMY
from contact_point.directory.naming import NamedService
from contact_point.directory.tables import Attribute, Taxonomy, TaxonomyTerm
from contact_point.embedding.embedding_model import Array
from contact_point.embedding.sentence_embedder import cached_embedder
from contact_point.languages import LANGUAGES
from contact_point.spelling import normalise
from contact_point.topics import TOPICS
from contact_point.translations import translate

Basis = Literal["own", "name", "meaning"]

_CLEAR_TERM, _CLEAR_TEXT = 0.4, 0.3
"""Least likeness (cosine) of a term's name, and of a service's text, to a category. Of the sample's
services, whose categories are known, nine in ten are so taken, 86 % of them right."""
_CLOSE = 0.04
"""A second category within so much of the first counts too."""


class ServiceCategory(Base):
    """A category of a service. `basis`: own term, name of a foreign term, or meaning."""

    __tablename__ = "service_category"

    service_id: Mapped[str] = mapped_column(
        ForeignKey("service.id", ondelete="CASCADE"), primary_key=True
    )
    category: Mapped[str] = mapped_column(String(40), primary_key=True, index=True)
    basis: Mapped[str] = mapped_column(String(10))


@dataclass(frozen=True)
class Term:
    """A taxonomy term as the data has it."""

    id: str
    code: str | None
    name: str
    is_own: bool


def categorise(session: Session, services: Iterable[NamedService]) -> None:
    """Find the categories of services anew."""
    by_id = {service.id: service for service in services}
    terms = _terms(session, by_id)
    for chunk in in_chunks(by_id):
        session.execute(delete(ServiceCategory).where(ServiceCategory.service_id.in_(chunk)))
    rows = [
        {"service_id": service.id, "category": category, "basis": basis}
        for service in by_id.values()
        for category, basis in _categories(service, terms.get(service.id, []))
    ]
    if rows:
        session.execute(insert(ServiceCategory), rows)


def category_of_term(term: Term) -> tuple[str, Basis] | None:
    """The category that a term stands for, if it clearly stands for one."""
    if term.is_own:
        return (term.code, "own") if term.code in CATEGORIES else None
    for written in (term.code, term.name):
        named = _names().get(normalise(written or ""))
        if named:
            return named, "name"
    nearest = by_meaning(term.name, _CLEAR_TERM)
    return (nearest[0], "meaning") if nearest else None


def by_meaning(text: str, least: float = _CLEAR_TEXT) -> list[str]:
    """The categories that a text is clearly about, the nearest first."""
    categories, prototypes = _prototypes()
    likeness = prototypes @ cached_embedder().embed([normalise(text)])[0]
    order = np.argsort(-likeness)
    best = likeness[order[0]]
    if best < least:
        return []
    return [categories[index] for index in order[:2] if likeness[index] >= best - _CLOSE]


def _categories(service: NamedService, terms: list[Term]) -> Iterator[tuple[str, Basis]]:
    own = [term for term in terms if term.is_own]
    found = [category_of_term(term) for term in own or terms]
    known = dict(each for each in found if each)
    if known:
        yield from known.items()
        return
    for category in by_meaning(service.texts[min(1, len(service.texts) - 1)]):
        yield category, "meaning"


def _terms(session: Session, ids: Iterable[str]) -> dict[str, list[Term]]:
    terms: dict[str, list[Term]] = defaultdict(list)
    statement = (
        select(
            Attribute.link_id,
            TaxonomyTerm.id,
            TaxonomyTerm.code,
            TaxonomyTerm.name,
            Taxonomy.name,
        )
        .join(TaxonomyTerm, TaxonomyTerm.id == Attribute.taxonomy_term_id)
        .outerjoin(Taxonomy, Taxonomy.id == TaxonomyTerm.taxonomy_id)
        .order_by(Attribute.position, Attribute.id)
    )
    for chunk in in_chunks(ids):
        rows = session.execute(statement.where(Attribute.link_id.in_(chunk))).tuples()
        for service_id, term_id, code, name, taxonomy in rows:
            terms[service_id].append(Term(term_id, code, name, taxonomy == TAXONOMY))
    return terms


@cache
def _names() -> dict[str, str]:
    """What a category is called, in every language, and its code → the category."""
    names = {normalise(code): code for code in CATEGORIES}
    for tag in LANGUAGES:
        names |= {normalise(translate(name, tag)): code for code, name in CATEGORIES.items()}
    return names


@cache
def _prototypes() -> tuple[list[str], Array]:
    """Each category and the middle of what is said of it: its names and those of its topics."""
    vectors = []
    for code, name in CATEGORIES.items():
        texts = [name, *(topic.name for topic in TOPICS.values() if topic.office == code)]
        said = [normalise(translate(text, tag)) for text in texts for tag in ("sv", "en")]
        middle = cached_embedder().embed(said).mean(axis=0)
        vectors.append(middle / np.linalg.norm(middle))
    return list(CATEGORIES), np.stack(vectors)
