"""Finding services: by category, language, place and open now; those that are named come first."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import takewhile
from zoneinfo import ZoneInfo

from sqlalchemy import exists, func, or_, select
from sqlalchemy.orm import Session, selectinload
from sqlalchemy.sql.elements import ColumnElement

from contact_point.directory.opening_hours import status
from contact_point.directory.tables import (
    Address,
    Attribute,
    Language,
    Location,
    Schedule,
    Service,
    ServiceAtLocation,
    TaxonomyTerm,
    Translation,
)

_MIN_NAME_WORD = 4
"""Letters of a word that can name a service."""
_MAX_ENDING = 3
"""Letters at the end in which two forms of a word may differ."""


@dataclass(frozen=True)
class Wish:
    """What is looked for; what is None doesn't matter. `words` are the newcomer's own."""

    category: str | None = None
    language: str | None = None
    place: str | None = None
    open_now: bool = False
    words: str | None = None


@dataclass(frozen=True)
class Found:
    """A page of results, and how many there are in all."""

    hits: list[ServiceAtLocation]
    total: int


def search(
    session: Session, wish: Wish, at: datetime, zone: ZoneInfo, limit: int = 3, offset: int = 0
) -> Found:
    """Services at places that fit a wish. First come those that the newcomer's words name (by their
    full name also out of another category), then those open now, then those whose own staff
    speak the language, then those for the fewest kinds of help, then by name."""
    named = _named(session, wish.words) if wish.words else {}
    statement = (
        select(ServiceAtLocation)
        .join(Service, Service.id == ServiceAtLocation.service_id)
        .join(Location, Location.id == ServiceAtLocation.location_id)
        .where(Service.status == "active", *_conditions(wish, named))
        .options(
            selectinload(ServiceAtLocation.schedules),
            selectinload(ServiceAtLocation.phones),
            selectinload(ServiceAtLocation.service).options(
                selectinload(Service.schedules),
                selectinload(Service.phones),
                selectinload(Service.languages),
                selectinload(Service.cost_options),
                selectinload(Service.required_documents),
                selectinload(Service.organization),
            ),
            selectinload(ServiceAtLocation.location).options(
                selectinload(Location.addresses),
                selectinload(Location.phones),
                selectinload(Location.schedules),
                selectinload(Location.languages),
                selectinload(Location.accessibility),
            ),
        )
    )
    hits = [hit for hit in session.scalars(statement).unique() if _in_place(hit, wish.place)]
    breadth = _breadth(session, [hit.service.id for hit in hits])
    ranked = sorted(
        (
            (
                -named.get(hit.service.id, 0.0),
                not _is_open(hit, at, zone),
                not _speaks(hit, wish.language),
                breadth.get(hit.service.id, 0),
                hit.service.name,
                hit.id,
                hit,
            )
            for hit in hits
        ),
        key=lambda entry: entry[:-1],
    )
    chosen = [entry[-1] for entry in ranked if not (wish.open_now and entry[1])]
    return Found(chosen[offset : offset + limit], len(chosen))


def schedules_of(hit: ServiceAtLocation) -> Sequence[Schedule]:
    """The most specific hours: of the service at the place, of the service, of the place."""
    return hit.schedules or hit.service.schedules or hit.location.schedules


def translated(session: Session, entity_id: str, field: str, language: str) -> str | None:
    """An entity's text in a language, where there is one."""
    return session.scalar(
        select(Translation.text).where(
            Translation.entity_id == entity_id,
            Translation.field == field,
            Translation.language == language,
        )
    )


def places(session: Session) -> list[str]:
    """The towns of the directory."""
    return list(session.scalars(select(Address.city).distinct().order_by(Address.city)))


def is_named(session: Session, words: str) -> bool:
    """Whether the newcomer's words have the full name of a service."""
    return bool(_in_full(_named(session, words)))


def _conditions(wish: Wish, named: dict[str, float]) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if wish.category:
        of_category = exists(
            select(Attribute.id)
            .join(TaxonomyTerm, TaxonomyTerm.id == Attribute.taxonomy_term_id)
            .where(Attribute.link_id == Service.id, TaxonomyTerm.code == wish.category)
        )
        conditions.append(or_(of_category, Service.id.in_(_in_full(named))))
    elif wish.words:
        conditions.append(Service.id.in_(_in_full(named)))
    if wish.language:
        spoken = select(Language.id).where(
            Language.code == wish.language,
            or_(Language.service_id == Service.id, Language.location_id == Location.id),
        )
        conditions.append(or_(exists(spoken), Service.interpretation_services.is_not(None)))
    return conditions


def _breadth(session: Session, service_ids: list[str]) -> dict[str, int]:
    """For how many kinds of help each service is: a health centre goes before a guide to all."""
    rows = session.execute(
        select(Attribute.link_id, func.count())
        .where(Attribute.link_id.in_(service_ids))
        .group_by(Attribute.link_id)
    )
    return dict(rows.tuples().all())


def _named(session: Session, words: str) -> dict[str, float]:
    """Service id → how much of its name, in any language, stands in the newcomer's words: above
    0, to 1 for the full name. Endings don't count."""
    said = _long_words(words)
    names = [
        *session.execute(select(Service.id, Service.name)).tuples(),
        *session.execute(
            select(Translation.entity_id, Translation.text).where(Translation.field == "name")
        ).tuples(),
    ]
    found: dict[str, float] = {}
    for service_id, name in names:
        long_words = _long_words(name)
        fitting = sum(any(_same_stem(word, other) for other in said) for word in long_words)
        if fitting:
            found[service_id] = max(found.get(service_id, 0.0), fitting / len(long_words))
    return found


def _in_full(named: dict[str, float]) -> list[str]:
    return [service_id for service_id, share in named.items() if share == 1]


def _long_words(text: str) -> list[str]:
    return [word for word in re.findall(r"\w+", _plain(text)) if len(word) >= _MIN_NAME_WORD]


def _same_stem(word: str, other: str) -> bool:
    pairs = zip(word, other, strict=False)
    common = sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], pairs))
    return common >= max(_MIN_NAME_WORD, max(len(word), len(other)) - _MAX_ENDING)


def _speaks(hit: ServiceAtLocation, language: str | None) -> bool:
    spoken = [*hit.service.languages, *hit.location.languages]
    return language is None or any(each.code == language for each in spoken)


def _in_place(hit: ServiceAtLocation, place: str | None) -> bool:
    if place is None:
        return True
    names = [hit.location.name or "", *(address.city for address in hit.location.addresses)]
    return any(_plain(place) in _plain(name) for name in names)


def _plain(text: str) -> str:
    decomposed = unicodedata.normalize("NFD", text.casefold())
    return "".join(each for each in decomposed if not unicodedata.combining(each))


def _is_open(hit: ServiceAtLocation, at: datetime, zone: ZoneInfo) -> bool:
    now = status(schedules_of(hit), at, zone)
    return bool(now and now.is_open)
