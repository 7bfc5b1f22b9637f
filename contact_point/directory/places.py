"""Places that newcomers name: towns, postal codes, houses; where they are, and whom they serve."""

import json
import re
from collections.abc import Iterable
from functools import lru_cache

from shapely import Point as ShapelyPoint
from shapely import prepare
from shapely.errors import ShapelyError
from shapely.geometry import shape
from shapely.geometry.base import BaseGeometry
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from contact_point.directory.distance import Point, point
from contact_point.directory.tables import Address, Location, ServiceArea, ServiceAtLocation
from contact_point.spelling import normalise, without_marks

POSTCODE = re.compile(r"(?<!\d)(\d{3})\s?(\d{2})(?!\d)")
"""A Swedish postal code."""
_REGION_DIGITS = 3
"""Digits of a postal code that neighbouring ones share."""


def towns(session: Session) -> list[str]:
    """The towns of the directory."""
    return list(session.scalars(select(Address.city).distinct().order_by(Address.city)))


def centre(session: Session, place: str) -> Point | None:
    """The middle of what the directory knows in a town, at a postal code or of a house's name;
    None where it knows nothing there."""
    if POSTCODE.fullmatch(place.strip()):
        return centre_of_postcode(session, place)
    rows = session.execute(
        select(Location.latitude, Location.longitude, Location.name, Address.city).outerjoin(
            Address, Address.location_id == Location.id
        )
    ).tuples()
    wanted = plain(place)
    return _middle(
        (latitude, longitude)
        for latitude, longitude, *names in rows
        if any(plain(name or "") == wanted for name in names)
    )


def centre_of_postcode(session: Session, postcode: str) -> Point | None:
    """The middle of the places that have a postal code, else of those whose code begins with the
    same three digits."""
    digits = re.sub(r"\D", "", postcode)
    written = func.replace(Address.postal_code, " ", "")
    statement = select(Location.latitude, Location.longitude).join(
        Address, Address.location_id == Location.id
    )
    for condition in (written == digits, written.startswith(digits[:_REGION_DIGITS])):
        middle = _middle(session.execute(statement.where(condition)).tuples())
        if middle:
            return middle
    return None


def is_in(hit: ServiceAtLocation, place: str) -> bool:
    """Whether a service is in a place, by town or by the name of the house, or says that it is for
    the people there."""
    wanted = plain(place)
    names = [hit.location.name or "", *(address.city for address in hit.location.addresses)]
    areas = [area.name or "" for area in _areas(hit)]
    return any(wanted in plain(name) for name in names) or (
        hit.location.location_type == "virtual" and any(wanted == plain(name) for name in areas)
    )


def serves(hit: ServiceAtLocation, where: Point) -> bool:
    """Whether a service is for the people at a point. Areas without a drawn border say nothing."""
    borders = [border for area in _areas(hit) if (border := _border(area.extent))]
    latitude, longitude = where
    return not borders or any(
        border.covers(ShapelyPoint(longitude, latitude)) for border in borders
    )


def plain(text: str) -> str:
    """A name as it is compared."""
    return without_marks(normalise(text))


def _areas(hit: ServiceAtLocation) -> Iterable[ServiceArea]:
    return hit.service_areas or hit.service.service_areas


@lru_cache(maxsize=1024)
def _border(extent: str | None) -> BaseGeometry | None:
    """The geometry of a service area whose extent is GeoJSON (RFC 7946)."""
    if not extent or not extent.lstrip().startswith("{"):
        return None
    try:
        described = json.loads(extent)
        border = shape(described.get("geometry", described))
    except (ValueError, TypeError, AttributeError, KeyError, ShapelyError):
        return None
    prepare(border)
    return border


def _middle(degrees: Iterable[tuple[float | None, float | None]]) -> Point | None:
    known = [found for each in degrees if (found := point(*each))]
    if not known:
        return None
    return sum(lat for lat, _ in known) / len(known), sum(lon for _, lon in known) / len(known)
