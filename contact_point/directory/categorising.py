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
from contact_point.directory.needs import needs
from contact_point.directory.tables import Attribute, Service, Taxonomy, TaxonomyTerm
from contact_point.embedding.sentence_embedder import cached_embedder
from contact_point.languages import LANGUAGES
from contact_point.spelling import normalise
from contact_point.translations import translate

Basis = Literal["own", "name", "meaning"]

_CLEAR = 0.45
"""Least likeness (cosine) of a text to what services for a need are called. Of the sample's
services, whose categories are known, more than nine in ten are so taken, 96 % of them right."""
_CLOSE = 0.04
"""A second category within so much of the first counts too."""
_MOST = 2


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
    nearest = by_meaning(term.name)
    return (nearest[0], "meaning") if nearest else None


def by_meaning(text: str) -> list[str]:
    """The categories of the needs that a text is clearly about, the nearest first."""
    likeness = needs().called @ cached_embedder().embed([normalise(text)])[0]
    best = float(likeness.max())
    if best < _CLEAR:
        return []
    near = [index for index in np.argsort(-likeness) if likeness[index] >= best - _CLOSE]
    return list(dict.fromkeys(needs().categories[index] for index in near))[:_MOST]


def terms_in_use(session: Session) -> Iterator[tuple[str, str | None, str]]:
    """(name, category, basis) of every foreign term, and of every service that is sorted by its
    own text, for staff to look over."""
    rows = session.execute(
        select(TaxonomyTerm.id, TaxonomyTerm.code, TaxonomyTerm.name, Taxonomy.name)
        .outerjoin(Taxonomy, Taxonomy.id == TaxonomyTerm.taxonomy_id)
        .order_by(TaxonomyTerm.name)
    ).tuples()
    for term_id, code, name, taxonomy in rows:
        if taxonomy != TAXONOMY:
            found = category_of_term(Term(term_id, code, name, is_own=False))
            yield name, found[0] if found else None, found[1] if found else "term"
    by_text = (
        select(Service.name, ServiceCategory.category)
        .join(Service, Service.id == ServiceCategory.service_id)
        .where(
            ServiceCategory.basis == "meaning",
            Service.id.not_in(select(Attribute.link_id)),
        )
    )
    for name, category in session.execute(by_text.order_by(Service.name)).tuples():
        yield name, category, "text of the service"


def _categories(service: NamedService, terms: list[Term]) -> Iterator[tuple[str, Basis]]:
    own = [term for term in terms if term.is_own]
    found = [category_of_term(term) for term in own or terms]
    known = dict(each for each in found if each)
    if known:
        yield from known.items()
        return
    for category in by_meaning(f"{service.name}. {service.description}"):
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
