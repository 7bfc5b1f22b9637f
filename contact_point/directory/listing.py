"""What the lists of the public API hold: ids of rows that fit every filter, in a fixed order."""

from dataclasses import dataclass
from datetime import datetime, timezone
from typing import Any
from zoneinfo import ZoneInfo

from dateutil.parser import isoparse
from sqlalchemy import Select, exists, func, or_, select
from sqlalchemy.orm import Session, aliased

from contact_point.database import in_chunks
from contact_point.directory.distance import Point, metres_between, point
from contact_point.directory.opening_hours import opening_hours, status
from contact_point.directory.places import centre_of_postcode
from contact_point.directory.relevance import Relevance
from contact_point.directory.search import WITH_HOURS
from contact_point.directory.spoken import language_codes, spoken_at
from contact_point.directory.tables import (
    ENTITIES,
    Attribute,
    HsdsTable,
    Location,
    Organization,
    Service,
    ServiceAtLocation,
    Taxonomy,
    TaxonomyTerm,
    Translation,
)

_MOST_FITTING = 50
"""Services that a query finds."""


@dataclass(frozen=True)
class Filters:
    """Filters of HSDS's API and of this one's Profile; None lets all through. All combine by AND.

    `query`: words in any language; what fits best comes first, unless a point is given.
    `proximity`: metres around `near`, or around the places of a `postcode`.
    """

    search: str | None = None
    taxonomy_term_id: str | None = None
    taxonomy_id: str | None = None
    organization_id: str | None = None
    modified_after: datetime | None = None
    postcode: str | None = None
    proximity: float | None = None
    top_only: bool = False
    parent_id: str | None = None
    language: str | None = None
    open_at: datetime | None = None
    near: Point | None = None
    query: str | None = None


def listed(session: Session, entity: str, filters: Filters, zone: ZoneInfo) -> list[str]:
    """The ids that fit. Nearest first where a point is given, best first where there is a query,
    else as they were imported."""
    table = ENTITIES[entity]
    statement = select(table.id).order_by(table.position, table.id)
    for word in (filters.search or "").split():
        statement = statement.where(_says(entity, word))
    statement = _of_taxonomy(statement, entity, filters)
    if filters.organization_id:
        statement = _of_organization(statement, entity, filters.organization_id)
    if entity == "taxonomy_term":
        statement = _of_tree(statement, filters)
    if filters.language:
        statement = statement.where(_spoken(entity, language_codes(filters.language)))
    ids = list(session.scalars(statement))
    if filters.query:
        ids = _fitting(session, entity, ids, filters.query)
    if filters.modified_after:
        ids = _modified(session, entity, ids, filters.modified_after)
    if filters.open_at:
        ids = _open(session, entity, ids, filters.open_at, zone)
    centre = filters.near or (
        centre_of_postcode(session, filters.postcode) if filters.postcode else None
    )
    if centre or filters.postcode:
        ids = _near(session, entity, ids, centre, filters.proximity)
    return ids


def _says(entity: str, word: str) -> Any:
    """Whether name, description or a translation has the word."""
    table: Any = ENTITIES[entity]
    if entity == "service_at_location":
        there = exists().where(Location.id == table.location_id, _has(Location.name, word))
        service = aliased(Service)
        named = exists().where(service.id == table.service_id, _any_has(service, word))
        return or_(_has(table.description, word), there, named)
    return _any_has(table, word)


def _any_has(table: Any, word: str) -> Any:
    columns = [
        getattr(table, name)
        for name in ("name", "alternate_name", "description")
        if hasattr(table, name)
    ]
    translated = exists().where(Translation.entity_id == table.id, _has(Translation.text, word))
    return or_(*(_has(column, word) for column in columns), translated)


def _has(column: Any, word: str) -> Any:
    return func.lower(column).contains(word.lower(), autoescape=True)


def _of_taxonomy(statement: Select[Any], entity: str, filters: Filters) -> Select[Any]:
    table: Any = ENTITIES[entity]
    if entity == "taxonomy_term":
        if filters.taxonomy_id:
            statement = statement.where(table.taxonomy_id == filters.taxonomy_id)
        return statement
    if not (filters.taxonomy_term_id or filters.taxonomy_id):
        return statement
    term = select(Attribute.link_id).join(
        TaxonomyTerm, TaxonomyTerm.id == Attribute.taxonomy_term_id
    )
    if filters.taxonomy_term_id:
        term = term.where(TaxonomyTerm.id == filters.taxonomy_term_id)
    if filters.taxonomy_id:
        term = term.where(TaxonomyTerm.taxonomy_id == filters.taxonomy_id)
    own = table.id.in_(term)
    if entity == "service_at_location":
        return statement.where(or_(own, table.service_id.in_(term)))
    if entity == "organization":
        of_services = select(Service.organization_id).where(Service.id.in_(term))
        return statement.where(or_(own, table.id.in_(of_services)))
    return statement.where(own)


def _of_organization(statement: Select[Any], entity: str, identifier: str) -> Select[Any]:
    of_it = select(Service.id).where(Service.organization_id == identifier)
    if entity == "service":
        return statement.where(Service.organization_id == identifier)
    return statement.where(ServiceAtLocation.service_id.in_(of_it))


def _of_tree(statement: Select[Any], filters: Filters) -> Select[Any]:
    if filters.top_only:
        statement = statement.where(TaxonomyTerm.parent_id.is_(None))
    if filters.parent_id:
        statement = statement.where(TaxonomyTerm.parent_id == filters.parent_id)
    return statement


def _spoken(entity: str, codes: tuple[str, ...]) -> Any:
    """Whether staff of a service or of one of its places speak a language."""
    services, places = spoken_at(codes)
    if entity == "service":
        there = select(ServiceAtLocation.service_id).where(
            ServiceAtLocation.location_id.in_(places)
        )
        return or_(Service.id.in_(services), Service.id.in_(there))
    return or_(
        ServiceAtLocation.service_id.in_(services), ServiceAtLocation.location_id.in_(places)
    )


def _fitting(session: Session, entity: str, ids: list[str], query: str) -> list[str]:
    """The services that fit words best, or their places."""
    best = Relevance(session, query).best(_MOST_FITTING)
    order = {service_id: rank for rank, service_id in enumerate(best)}
    if entity == "service":
        ranks = {each: order[each] for each in ids if each in order}
    else:
        rows = session.execute(
            select(ServiceAtLocation.id, ServiceAtLocation.service_id).where(
                ServiceAtLocation.service_id.in_(best)
            )
        ).tuples()
        ranks = {identifier: order[service_id] for identifier, service_id in rows}
    return sorted((each for each in ids if each in ranks), key=lambda each: ranks[each])


def _modified(session: Session, entity: str, ids: list[str], after: datetime) -> list[str]:
    statement = (
        select(Service.id, Service.last_modified)
        if entity == "service"
        else select(ServiceAtLocation.id, Service.last_modified).join(
            Service, Service.id == ServiceAtLocation.service_id
        )
    )
    changed = {
        identifier
        for identifier, written in session.execute(statement).tuples()
        if written and _instant(written) > after
    }
    return [identifier for identifier in ids if identifier in changed]


def _instant(written: str) -> datetime:
    moment = isoparse(written)
    return moment if moment.tzinfo else moment.replace(tzinfo=timezone.utc)


def _open(session: Session, entity: str, ids: list[str], at: datetime, zone: ZoneInfo) -> list[str]:
    owner = ServiceAtLocation.service_id if entity == "service" else ServiceAtLocation.id
    statement = select(ServiceAtLocation, owner).options(*WITH_HOURS)
    open_ones = set()
    for chunk in in_chunks(ids):
        for place, identifier in session.execute(statement.where(owner.in_(chunk))).tuples():
            now = status(opening_hours(place), at, zone)
            if now and now.is_open:
                open_ones.add(identifier)
    return [identifier for identifier in ids if identifier in open_ones]


def _near(
    session: Session, entity: str, ids: list[str], centre: Point | None, proximity: float | None
) -> list[str]:
    """Nearest first; without a limit also those whose place is not known, at the end."""
    if centre is None:
        return []
    owner = ServiceAtLocation.service_id if entity == "service" else ServiceAtLocation.id
    rows = session.execute(
        select(owner, Location.latitude, Location.longitude).join(
            Location, Location.id == ServiceAtLocation.location_id
        )
    ).tuples()
    distances: dict[str, float] = {}
    for identifier, latitude, longitude in rows:
        place = point(latitude, longitude)
        if place:
            metres = metres_between(centre, place)
            distances[identifier] = min(metres, distances.get(identifier, metres))
    if proximity is not None:
        ids = [each for each in ids if distances.get(each, proximity + 1) <= proximity]
    return sorted(ids, key=lambda each: distances.get(each, float("inf")))


LISTS: dict[str, type[HsdsTable]] = {
    "services": Service,
    "organizations": Organization,
    "service_at_locations": ServiceAtLocation,
    "taxonomies": Taxonomy,
    "taxonomy_terms": TaxonomyTerm,
}
"""Path of each list → its table."""
