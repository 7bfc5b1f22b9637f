"""Where an appointment can be: at an office, by phone, by video."""

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from contact_point.appointments.offers import Offer, Wishes
from contact_point.appointments.tables import (
    OFFICE,
    PHONE,
    PLACES,
    VIDEO,
    Appointment,
    Caseworker,
    Office,
)
from contact_point.directory.distance import Point, metres_between, point
from contact_point.settings import Municipality
from contact_point.translations import translate


@dataclass(frozen=True)
class MeetingPlace:
    """A place that can be chosen."""

    key: str
    """"phone", "video", or "office/" and the office's id."""
    office: Office | None = None
    kilometres: float | None = None
    """From where the newcomer is, as the crow flies."""


def wishes_of(key: str | None) -> Wishes:
    """What a place's key asks for of a search."""
    place, _, office_id = (key or "").partition("/")
    if place not in PLACES:
        return Wishes()
    return Wishes(place=place, office_id=office_id) if office_id else Wishes(place=place)


def meeting_places(
    session: Session, subject: str, position: Point | None = None
) -> list[MeetingPlace]:
    """Where appointments about a subject can be; the nearest office first."""
    active = session.scalars(select(Caseworker).where(Caseworker.active))
    caseworkers = [each for each in active if subject in (each.subjects or ())]
    office_ids = {
        interval.office_id
        for each in caseworkers
        if OFFICE in (each.places or [OFFICE])
        for hours in (each.working_intervals, each.other_hours)
        for interval in hours
    }
    offices = session.scalars(
        select(Office).where(Office.active, Office.id.in_(filter(None, office_ids)))
    )
    found = [MeetingPlace(f"{OFFICE}/{one.id}", one, _distance(one, position)) for one in offices]
    found.sort(key=lambda one: (one.kilometres or 0, one.key))
    remote = {place for each in caseworkers for place in (each.places or ())}
    return [*found, *(MeetingPlace(place) for place in (PHONE, VIDEO) if place in remote)]


def place_title(place: MeetingPlace, language: str) -> str:
    """A place for a button."""
    if place.office is None:
        return _REMOTE[place.key](language)
    if place.kilometres is None:
        return place.office.name
    return translate(
        "{office}, {kilometres} km", language, office=place.office.name,
        kilometres=f"{place.kilometres:.0f}",
    )  # fmt: skip


def place_line(
    place: Offer | Appointment, office: Office | None, municipality: Municipality, language: str
) -> str:
    """Where to be, in one line."""
    if place.place == PHONE:
        return translate("by phone: your caseworker calls you", language)
    if place.place == VIDEO:
        return translate("by video: you get the link with the confirmation", language)
    if office is None:
        return municipality.contact.address
    return f"{office.name}, {office.address}"


_REMOTE = {
    PHONE: lambda language: translate("By phone", language),
    VIDEO: lambda language: translate("By video", language),
}


def _distance(office: Office, position: Point | None) -> float | None:
    there = point(office.latitude, office.longitude)
    return metres_between(position, there) / 1000 if position and there else None
