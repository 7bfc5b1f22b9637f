"""A private calendar to subscribe to: the appointments of a caseworker or an interpreter.

It will lie with other companies' calendars, so it says when, about what, in which language and
where, never who: no name, no contact, no note of a newcomer.
"""

import hmac
import secrets
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import icalendar
from babel import Locale
from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from contact_point.appointments.calendar_object import in_zone, uid
from contact_point.appointments.codes import show_code
from contact_point.appointments.subjects import subject_name
from contact_point.appointments.tables import (
    CANCELLED,
    HELD,
    PENDING,
    PHONE,
    VIDEO,
    Appointment,
    Resource,
)
from contact_point.appointments.vtimezone import add_time_zones
from contact_point.settings import Municipality
from contact_point.translations import translate

REFRESH = timedelta(minutes=15)
"""How often calendars are asked to look again."""
_KEPT = timedelta(days=30)
"""How long past appointments stay in it."""
_TOKEN_BYTES = 32
_PRODUCT = "-//Kontaktpunkt//Appointments//"


def renew_token(session: Session, resource: Resource) -> str:
    """Give somebody's calendar a new address; the old one opens nothing any more."""
    resource.feed_token = secrets.token_urlsafe(_TOKEN_BYTES)
    session.flush()
    return resource.feed_token


def feed_link(base_url: str, resource: Resource) -> str | None:
    """The address to subscribe to, or None before `renew_token`."""
    if resource.feed_token is None:
        return None
    return f"{base_url.rstrip('/')}/calendars/{resource.feed_token}.ics"


def resource_of(session: Session, token: str) -> Resource | None:
    """Whose calendar a token opens; None for an unknown one and for who has left.

    Every token is compared with all that there are, so that the time it takes tells nothing.
    """
    active = session.scalars(select(Resource).where(Resource.active).order_by(Resource.id)).all()
    matches = [
        each
        for each in active
        if hmac.compare_digest((each.feed_token or "").encode(), token.encode())
    ]
    return matches[0] if matches and token else None


def feed(session: Session, resource: Resource, municipality: Municipality, now: datetime) -> bytes:
    """Somebody's appointments from 30 days ago on as one calendar (RFC 5545, RFC 7986), in the
    municipality's first language. It is the same, byte for byte, until something changes."""
    title = translate(
        "Appointments of {name}",
        municipality.languages[0],
        name=resource.first_name,
    )
    calendar = icalendar.Calendar()
    calendar.add("version", "2.0")
    calendar.add("prodid", _PRODUCT)
    calendar.add("method", "PUBLISH")
    for name in ("name", "x-wr-calname"):
        calendar.add(name, f"{title} – {municipality.name}")
    calendar.add("x-wr-timezone", municipality.time_zone)
    calendar.add("refresh-interval", REFRESH, {"VALUE": "DURATION"})
    calendar.add("x-published-ttl", icalendar.vDuration(REFRESH))
    for appointment in _appointments(session, resource, now):
        calendar.add_component(_event(appointment, municipality))
    add_time_zones(calendar)
    return bytes(calendar.to_ical())


def _appointments(session: Session, resource: Resource, now: datetime) -> list[Appointment]:
    return list(
        session.scalars(
            select(Appointment)
            .where(
                or_(
                    Appointment.caseworker_id == resource.id,
                    Appointment.interpreter_id == resource.id,
                ),
                Appointment.state.not_in((HELD, CANCELLED)),
                Appointment.ends_at > now - _KEPT,
            )
            .order_by(Appointment.starts_at, Appointment.id)
        )
    )


def _event(appointment: Appointment, municipality: Municipality) -> icalendar.Event:
    language, zone = municipality.languages[0], ZoneInfo(appointment.zone)
    spoken = Locale.parse(appointment.language, sep="-").get_display_name(language)
    subject = subject_name(appointment.subject, language)
    event = icalendar.Event()
    event.add("uid", uid(appointment, municipality))
    event.add("sequence", appointment.sequence)
    event.add("dtstamp", appointment.moved_at or appointment.created_at)
    event.add("dtstart", in_zone(appointment.starts_at, zone))
    event.add("dtend", in_zone(appointment.ends_at, zone))
    event.add("status", "TENTATIVE" if appointment.state == PENDING else "CONFIRMED")
    event.add("class", "PRIVATE")
    event.add("summary", f"{subject} – {spoken}", {"LANGUAGE": language})
    lines = [
        translate("Language: {language}", language, language=spoken),
        translate("With an interpreter", language)
        if appointment.interpreter
        else translate("Without an interpreter", language),
        translate("Code: {code}", language, code=show_code(appointment.code)),
    ]
    event.add("description", "\n".join(lines), {"LANGUAGE": language})
    event.add("location", _place(appointment, municipality, language))
    return event


def _place(appointment: Appointment, municipality: Municipality, language: str) -> str:
    """For staff: where they have to be."""
    if appointment.place == PHONE:
        return translate("By phone", language)
    if appointment.place == VIDEO:
        return appointment.caseworker.video_url or translate("By video", language)
    if appointment.office is None:
        return municipality.contact.address
    return f"{appointment.office.name}, {appointment.office.address}"
