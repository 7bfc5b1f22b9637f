"""Finding services: by words in any language, category, language, place and hours."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import Session, joinedload, selectinload
from sqlalchemy.orm.interfaces import ORMOption

from contact_point.database import in_chunks
from contact_point.directory.categorising import ServiceCategory
from contact_point.directory.distance import Point, metres_between, point
from contact_point.directory.naming import SHOWN
from contact_point.directory.opening_hours import intervals, opening_hours, status
from contact_point.directory.places import is_in, serves
from contact_point.directory.relevance import Relevance
from contact_point.directory.spoken import is_spoken, language_codes, spoken_at
from contact_point.directory.tables import (
    Location,
    Organization,
    Phone,
    Service,
    ServiceAtLocation,
    Translation,
)

_MOST_BY_WORDS = 12
"""Services that are shown for words alone."""
_STILL_FITTING = 0.5
"""The least share of the best service's score for another to be shown with it."""
_LOOKED_AT = 60
"""Hits whose hours are looked up to put those open first."""
_OPEN, _SPOKEN, _NEAR, _NARROW = 0.3, 0.15, 0.15, 0.1
"""What counts beside the words: open now, staff who speak the language, near, for few kinds."""
_BESIDE_WORDS = 0.3
"""How much of that counts where there are words: the right service comes before an open one."""
_NEAR_METRES = 2_000
"""At this distance a place is half as near as next door."""

WITH_HOURS: tuple[ORMOption, ...] = (
    selectinload(ServiceAtLocation.schedules),
    selectinload(ServiceAtLocation.holiday_schedules),
    joinedload(ServiceAtLocation.service).options(
        selectinload(Service.schedules),
        selectinload(Service.holiday_schedules),
        joinedload(Service.organization).selectinload(Organization.holiday_schedules),
    ),
    joinedload(ServiceAtLocation.location).options(
        selectinload(Location.schedules), selectinload(Location.holiday_schedules)
    ),
)
"""Loads all that opening hours are made of."""
_WITH_EVERYTHING: tuple[ORMOption, ...] = (
    *WITH_HOURS,
    selectinload(ServiceAtLocation.phones).selectinload(Phone.languages),
    selectinload(ServiceAtLocation.service_areas),
    joinedload(ServiceAtLocation.service).options(
        selectinload(Service.phones).selectinload(Phone.languages),
        selectinload(Service.languages),
        selectinload(Service.cost_options),
        selectinload(Service.required_documents),
        selectinload(Service.service_areas),
    ),
    joinedload(ServiceAtLocation.location).options(
        selectinload(Location.addresses),
        selectinload(Location.phones),
        selectinload(Location.languages),
        selectinload(Location.accessibility),
    ),
)


@dataclass(frozen=True)
class Wish:
    """What is looked for; what is None doesn't matter. `words` are the newcomer's own.

    Attributes:
        near: where the newcomer is.
        nearest: nearest first, whatever else fits better.
        open_on: a day on which it has to be open at some time.
    """

    category: str | None = None
    language: str | None = None
    place: str | None = None
    open_now: bool = False
    words: str | None = None
    near: Point | None = None
    nearest: bool = False
    open_on: date | None = None


@dataclass(frozen=True)
class Found:
    """A page of results, and how many there are in all."""

    hits: list[ServiceAtLocation]
    total: int


@dataclass
class _Hit:
    """A service at a place while it is ranked.

    `fit`: how well the words fit; `beside`: what else counts.
    """

    place: ServiceAtLocation
    metres: float | None
    fit: float = 0.0
    beside: float = 0.0
    is_open: bool = False
    by_words: bool = False

    @property
    def key(self) -> tuple[float, str, str]:
        """What hits are sorted by."""
        beside = self.beside + _OPEN * self.is_open
        score = self.fit + (_BESIDE_WORDS if self.by_words else 1) * beside
        return -score, self.place.service.name, self.place.id

    @property
    def key_of_distance(self) -> tuple[float, float, str, str]:
        """The same where the nearest come first; unknown places come last."""
        return (float("inf") if self.metres is None else self.metres, *self.key)


def search(
    session: Session,
    wish: Wish,
    at: datetime,
    zone: ZoneInfo,
    limit: int = 3,
    offset: int = 0,
    relevance: Relevance | None = None,
) -> Found:
    """Services at places that fit a wish, the best first.

    Services whose full name is said are found in any category and come first. Else it counts how
    well the words fit, and beside that whether it is open, whether its own staff speak the
    language, how near it is, and that it is for few kinds of help.

    Args:
        relevance: of the wish's words, where the caller has it already.
    """
    if relevance is None and wish.words:
        relevance = Relevance(session, wish.words)
    hits = [
        _Hit(place, _metres(place, wish.near), by_words=relevance is not None)
        for place in _places(session, _candidates(session, wish, relevance))
        if (wish.place is None or is_in(place, wish.place))
        and (wish.near is None or serves(place, wish.near))
    ]
    breadth = _breadth(session, {hit.place.service.id for hit in hits})
    for hit in hits:
        hit.fit = _fit(hit.place.service_id, relevance)
        hit.beside = _beside(hit, wish, breadth)
    hits.sort(key=lambda hit: hit.key_of_distance if wish.nearest else hit.key)
    wanted_open = wish.open_now or wish.open_on
    for hit in hits if wanted_open else hits[:_LOOKED_AT]:
        hit.is_open = _is_open(hit.place, wish.open_on, at, zone)
    hits.sort(key=lambda hit: hit.key_of_distance if wish.nearest else hit.key)
    chosen = [hit.place for hit in hits if hit.is_open or not wanted_open]
    return Found(chosen[offset : offset + limit], len(chosen))


def places_by_id(session: Session, ids: Sequence[str]) -> list[ServiceAtLocation]:
    """Services at places with all that is shown of them, in the order of their ids."""
    found = {place.id: place for place in _places(session, ids)}
    return [found[identifier] for identifier in ids if identifier in found]


def translated(session: Session, entity_id: str, field: str, language: str) -> str | None:
    """An entity's text in a language, where there is one."""
    return session.scalar(
        select(Translation.text).where(
            Translation.entity_id == entity_id,
            Translation.field == field,
            Translation.language == language,
        )
    )


def _candidates(session: Session, wish: Wish, relevance: Relevance | None) -> list[str]:
    """The ids of the services at places that may fit."""
    statement = (
        select(ServiceAtLocation.id)
        .join(Service, Service.id == ServiceAtLocation.service_id)
        .where(Service.status.in_(SHOWN), *_conditions(wish))
    )
    if wish.category:
        of_category = select(ServiceCategory.service_id).where(
            ServiceCategory.category == wish.category
        )
        named = relevance.in_full if relevance else ()
        statement = statement.where(or_(Service.id.in_(of_category), Service.id.in_(named)))
    elif relevance:
        statement = statement.where(Service.id.in_(_fitting(relevance)))
    return list(session.scalars(statement))


def _fitting(relevance: Relevance) -> list[str]:
    """The services that words alone lead to: those that are named, else those that fit best."""
    if relevance.in_full:
        return list(relevance.in_full)
    best = relevance.best(_MOST_BY_WORDS)
    least = _STILL_FITTING * relevance.scores[best[0]] if best else 0.0
    return [service_id for service_id in best if relevance.scores[service_id] >= least]


def _conditions(wish: Wish) -> list[ColumnElement[bool]]:
    if not wish.language:
        return []
    services, places = spoken_at(language_codes(wish.language))
    return [
        or_(
            Service.id.in_(services),
            ServiceAtLocation.location_id.in_(places),
            Service.interpretation_services.is_not(None),
        )
    ]


def _places(session: Session, ids: Iterable[str]) -> list[ServiceAtLocation]:
    statement = select(ServiceAtLocation).options(*_WITH_EVERYTHING)
    return [
        place
        for chunk in in_chunks(ids)
        for place in session.scalars(statement.where(ServiceAtLocation.id.in_(chunk))).unique()
    ]


def _breadth(session: Session, service_ids: Iterable[str]) -> dict[str, int]:
    """For how many kinds of help each service is: a health centre goes before a guide to all."""
    breadth: dict[str, int] = {}
    for chunk in in_chunks(service_ids):
        rows = session.execute(
            select(ServiceCategory.service_id, func.count())
            .where(ServiceCategory.service_id.in_(chunk))
            .group_by(ServiceCategory.service_id)
        )
        breadth |= dict(rows.tuples().all())
    return breadth


def _fit(service_id: str, relevance: Relevance | None) -> float:
    if relevance is None:
        return 0.0
    return relevance.scores.get(service_id, 0.0) + (service_id in relevance.in_full)


def _beside(hit: _Hit, wish: Wish, breadth: dict[str, int]) -> float:
    score = _NARROW / max(1, breadth.get(hit.place.service_id, 1))
    if wish.language and is_spoken(hit.place, wish.language):
        score += _SPOKEN
    if hit.metres is not None:
        score += _NEAR * _NEAR_METRES / (_NEAR_METRES + hit.metres)
    return score


def _metres(place: ServiceAtLocation, near: Point | None) -> float | None:
    where = point(place.location.latitude, place.location.longitude)
    return metres_between(near, where) if near and where else None


def _is_open(place: ServiceAtLocation, day: date | None, at: datetime, zone: ZoneInfo) -> bool:
    if place.service.status != "active":
        return False
    hours = opening_hours(place)
    if day:
        return bool(intervals(hours, day, zone))
    now = status(hours, at, zone)
    return bool(now and now.is_open)
