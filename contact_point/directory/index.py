"""What is derived from the directory for finding services: full text, categories, meanings."""

from collections import defaultdict
from collections.abc import Iterable

from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from contact_point.database import in_chunks
from contact_point.directory import full_text
from contact_point.directory.categorising import categorise
from contact_point.directory.full_text import ServiceText
from contact_point.directory.meaning import read_in
from contact_point.directory.naming import NamedService, named_services
from contact_point.directory.tables import (
    Attribute,
    Location,
    Organization,
    Service,
    ServiceAtLocation,
    TaxonomyTerm,
    Translation,
)


def index_services(session: Session, ids: Iterable[str] | None = None) -> None:
    """Make the index anew: of all services, or of those that have changed."""
    services = named_services(session, ids)
    if ids is None:
        session.execute(text(f"DELETE FROM {full_text.NAME}"))  # noqa: S608 - a constant
    full_text.write(session, _texts(session, services))
    categorise(session, services)
    read_in(services)


def ensure_index(session: Session) -> None:
    """Make the index where there are services and no index yet, as after an update."""
    indexed = session.scalar(text(f"SELECT count(*) FROM {full_text.NAME}"))  # noqa: S608
    if not indexed and session.scalar(select(func.count()).select_from(Service)):
        index_services(session)


def _texts(session: Session, services: list[NamedService]) -> Iterable[ServiceText]:
    others: dict[str, list[str]] = defaultdict(list)
    names: dict[str, list[str]] = defaultdict(list)
    for chunk in in_chunks(service.id for service in services):
        for service_id, *texts in session.execute(
            select(
                Service.id,
                Service.description,
                Service.eligibility_description,
                Organization.name,
            )
            .outerjoin(Organization, Organization.id == Service.organization_id)
            .where(Service.id.in_(chunk))
        ).tuples():
            others[service_id] += filter(None, texts)
        for service_id, name in session.execute(
            select(Service.id, Service.alternate_name).where(
                Service.id.in_(chunk), Service.alternate_name.is_not(None)
            )
        ).tuples():
            names[service_id].append(str(name))
        for service_id, name in session.execute(
            select(ServiceAtLocation.service_id, Location.name)
            .join(Location, Location.id == ServiceAtLocation.location_id)
            .where(ServiceAtLocation.service_id.in_(chunk), Location.name.is_not(None))
        ).tuples():
            others[service_id].append(str(name))
        for service_id, name in session.execute(
            select(Attribute.link_id, TaxonomyTerm.name)
            .join(TaxonomyTerm, TaxonomyTerm.id == Attribute.taxonomy_term_id)
            .where(Attribute.link_id.in_(chunk))
        ).tuples():
            others[service_id].append(name)
        for service_id, text_ in session.execute(
            select(Translation.entity_id, Translation.text).where(
                Translation.entity_id.in_(chunk), Translation.field == "description"
            )
        ).tuples():
            others[service_id].append(text_)
    for service in services:
        called = (service.name, *service.names.values(), *names[service.id])
        yield ServiceText(service.id, tuple(dict.fromkeys(called)), tuple(others[service.id]))
