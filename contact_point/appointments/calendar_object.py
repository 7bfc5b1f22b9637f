"""An appointment as a calendar object (RFC 5545, RFC 5546).

It has the same UID all its life, a SEQUENCE that rises with each change, and its time in the zone
in which it was promised.
"""

import re
from datetime import datetime, timezone
from typing import Literal
from zoneinfo import ZoneInfo

import icalendar

from contact_point.appointments.presentation import appointment_line, interpreter_note
from contact_point.appointments.subjects import subject_name
from contact_point.appointments.tables import CANCELLED, PENDING, Appointment, Resource
from contact_point.appointments.venues import place_for_newcomer
from contact_point.appointments.vtimezone import add_time_zones
from contact_point.settings import Municipality
from contact_point.translations import translate

Method = Literal["REQUEST", "PUBLISH", "CANCEL"]
"""REQUEST invites by e-mail, PUBLISH is for downloading; CANCEL ends either."""
_PRODUCT = "-//Kontaktpunkt//Appointments//"
_STATUS = {CANCELLED: "CANCELLED", PENDING: "TENTATIVE"}


def calendar_object(
    appointment: Appointment, municipality: Municipality, now: datetime, by_email: bool
) -> tuple[bytes, Method]:
    """The object as it is now, in the newcomer's language, and its method.

    A mail that carries it names the method in its Content-Type too (RFC 6047).
    """
    cancelled = appointment.state == CANCELLED
    method: Method = "CANCEL" if cancelled else "REQUEST" if by_email else "PUBLISH"
    return in_calendar(_event(appointment, municipality, now, by_email), method), method


def in_calendar(event: icalendar.Event, method: Method) -> bytes:
    """An event as a whole object, with the rules of its time zone."""
    calendar = icalendar.Calendar()
    calendar.add("version", "2.0")
    calendar.add("prodid", _PRODUCT)
    calendar.add("method", method)
    calendar.add_component(event)
    add_time_zones(calendar)
    return bytes(calendar.to_ical())


def in_zone(instant: datetime, zone: ZoneInfo) -> datetime:
    """An instant as an object writes it: by the clocks of a zone, but in UTC where they show the
    time for the second time; a local time means the first (RFC 5545, 3.3.5)."""
    local = instant.astimezone(zone)
    return instant.astimezone(timezone.utc) if local.fold else local


def uid(appointment: Appointment, municipality: Municipality) -> str:
    """What names the appointment in every calendar, whatever happens to it."""
    return f"appointment-{appointment.id}@{_host(municipality)}"


def order_uid(appointment: Appointment, person: Resource, municipality: Municipality) -> str:
    """What names an interpreter's order in their calendar."""
    return f"appointment-{appointment.id}-interpreter-{person.id}@{_host(municipality)}"


def uid_pattern(municipality: Municipality) -> re.Pattern[str]:
    """What the names of our appointments and orders look like."""
    host = re.escape(_host(municipality))
    return re.compile(rf"appointment-\d+(-interpreter-[^@]+)?@{host}")


def organizer(municipality: Municipality) -> icalendar.vCalAddress:
    """The contact point, which invites."""
    address: icalendar.vCalAddress = icalendar.vCalAddress(f"mailto:{municipality.contact.email}")
    address.params["CN"] = municipality.name
    return address


def _host(municipality: Municipality) -> str:
    return municipality.contact.email.rpartition("@")[2]


def _event(
    appointment: Appointment, municipality: Municipality, now: datetime, by_email: bool
) -> icalendar.Event:
    language, zone = appointment.language, ZoneInfo(appointment.zone)
    event = icalendar.Event()
    event.add("uid", uid(appointment, municipality))
    event.add("sequence", appointment.sequence)
    event.add("dtstamp", now)
    event.add("dtstart", in_zone(appointment.starts_at, zone))
    event.add("dtend", in_zone(appointment.ends_at, zone))
    event.add("status", _STATUS.get(appointment.state, "CONFIRMED"))
    parameters = {"LANGUAGE": language}
    subject = subject_name(appointment.subject, language)
    event.add("summary", f"{subject} – {municipality.name}", parameters)
    event.add("description", _description(appointment, municipality), parameters)
    event.add("location", place_for_newcomer(appointment, municipality, language), parameters)
    event.add("organizer", organizer(municipality))
    if by_email and appointment.email:
        attendee = icalendar.vCalAddress(f"mailto:{appointment.email}")
        attendee.params.update({"RSVP": "FALSE", "PARTSTAT": "ACCEPTED"})
        if appointment.name:
            attendee.params["CN"] = appointment.name
        event.add("attendee", attendee)
    return event


def _description(appointment: Appointment, municipality: Municipality) -> str:
    language = appointment.language
    lines = [appointment_line(appointment, language).replace("**", ""), municipality.contact.phone]
    if appointment.interpreter:
        note = interpreter_note(appointment, language)
        lines.insert(1, f"{translate('Interpreter', language)}: {note}")
    return "\n".join(lines)
