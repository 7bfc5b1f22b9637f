"""What staff should look at: services not checked for long, probable duplicates, never found."""

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from itertools import combinations

from sqlalchemy import select
from sqlalchemy.orm import Session

from contact_point.directory.changes import ServiceShowing
from contact_point.directory.full_text import parts, words
from contact_point.directory.naming import SHOWN
from contact_point.directory.presentation import ASSURED_DAYS, days_unchecked
from contact_point.directory.tables import Address, Phone, Service, ServiceAtLocation

_ALIKE = 0.6
"""Least share of the letters' threes that two names have in common (Dice) to be alike."""
_SHARED_BY_FEW = 6
"""A number or address of more services than this says nothing about any two of them."""


@dataclass(frozen=True)
class Listed:
    """A service in the staff's list, and what there is to look at."""

    id: str
    name: str
    status: str
    assured_date: str | None
    has_alert: bool
    is_stale: bool
    is_never_found: bool
    alike: tuple[str, ...]
    """Names of services that are probably the same."""


def services_to_look_at(session: Session, today: date) -> list[Listed]:
    """Every service that is not defunct, with its flags, by name."""
    services = session.scalars(select(Service).where(Service.status != "defunct")).all()
    names = {service.id: service.name for service in services}
    found = set(session.scalars(select(ServiceShowing.service_id)))
    twins: dict[str, list[str]] = defaultdict(list)
    for first, second in duplicates(session):
        twins[first].append(names[second])
        twins[second].append(names[first])
    listed = [
        Listed(
            service.id,
            service.name,
            service.status,
            service.assured_date,
            bool(service.alert),
            is_stale(service, today),
            service.status in SHOWN and service.id not in found,
            tuple(sorted(twins[service.id])),
        )
        for service in services
    ]
    return sorted(listed, key=lambda each: (each.name.casefold(), each.id))


def is_stale(service: Service, today: date) -> bool:
    """Whether a service that is shown was not checked for half a year, or nobody knows when."""
    days = days_unchecked(service.assured_date, today)
    return service.status in SHOWN and (days is None or days > ASSURED_DAYS)


def duplicates(session: Session) -> list[tuple[str, str]]:
    """Pairs of services that are probably one: alike in name, and with a phone number or an
    address in common."""
    names = dict(
        session.execute(select(Service.id, Service.name).where(Service.status != "defunct"))
        .tuples()
        .all()
    )
    pairs = {
        pair
        for group in (*_by_phone(session), *_by_address(session))
        for pair in combinations(sorted(group & names.keys()), 2)
        if _are_alike(names[pair[0]], names[pair[1]])
    }
    return sorted(pairs)


def _by_phone(session: Session) -> list[set[str]]:
    rows = session.execute(
        select(Phone.number, Phone.service_id, ServiceAtLocation.service_id).outerjoin(
            ServiceAtLocation, ServiceAtLocation.id == Phone.service_at_location_id
        )
    ).tuples()
    return _groups(
        (re.sub(r"\D", "", number), str(own or at_place))
        for number, own, at_place in rows
        if own or at_place
    )


def _by_address(session: Session) -> list[set[str]]:
    rows = session.execute(
        select(Address.address_1, Address.city, ServiceAtLocation.service_id).join(
            ServiceAtLocation, ServiceAtLocation.location_id == Address.location_id
        )
    ).tuples()
    return _groups((" ".join(words(street, city)), service_id) for street, city, service_id in rows)


def _groups(pairs: Iterable[tuple[str, str]]) -> list[set[str]]:
    """Services that share a number or an address with a few others, of (what, service id)."""
    groups: dict[str, set[str]] = defaultdict(set)
    for shared, service_id in pairs:
        groups[shared].add(service_id)
    return [group for group in groups.values() if 1 < len(group) <= _SHARED_BY_FEW]


def _are_alike(first: str, second: str) -> bool:
    one, other = (
        {part for word in words(name) for part in parts(word)} for name in (first, second)
    )
    return 2 * len(one & other) >= _ALIKE * (len(one) + len(other))
