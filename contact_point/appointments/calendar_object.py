"""An appointment as a calendar object (RFC 5545, RFC 5546).

It has the same UID all its life, a SEQUENCE that rises with each change, and its time in the zone
in which it was promised.
"""

from datetime import datetime
from typing import Literal
from zoneinfo import ZoneInfo

import icalendar

from contact_point.appointments.presentation import appointment_line, interpreter_note
from contact_point.appointments.subjects import subject_name
from contact_point.appointments.tables import CANCELLED, Appointment
from contact_point.settings import Municipality
from contact_point.translations import translate

Method = Literal["REQUEST", "PUBLISH", "CANCEL"]
"""REQUEST invites by e-mail, PUBLISH is for downloading; CANCEL ends either."""
_PRODUCT = "-//Kontaktpunkt//Appointments//"


def calendar_object(
    appointment: Appointment, municipality: Municipality, now: datetime, by_email: bool
) -> tuple[bytes, Method]:
    """The object as it is now, in the newcomer's language, and its method.

    A mail that carries it names the method in its Content-Type too (RFC 6047).
    """
    cancelled = appointment.state == CANCELLED
    method: Method = "CANCEL" if cancelled else "REQUEST" if by_email else "PUBLISH"
    calendar = icalendar.Calendar()
    calendar.add("version", "2.0")
    calendar.add("prodid", _PRODUCT)
    calendar.add("method", method)
    calendar.add_component(_event(appointment, municipality, now, by_email))
    calendar.add_missing_timezones()
    return bytes(calendar.to_ical()), method


def uid(appointment: Appointment, municipality: Municipality) -> str:
    """What names the appointment in every calendar, whatever happens to it."""
    _, _, host = municipality.contact.email.partition("@")
    return f"appointment-{appointment.id}@{host}"


def _event(
    appointment: Appointment, municipality: Municipality, now: datetime, by_email: bool
) -> icalendar.Event:
    language, zone = appointment.language, ZoneInfo(appointment.zone)
    event = icalendar.Event()
    event.add("uid", uid(appointment, municipality))
    event.add("sequence", appointment.sequence)
    event.add("dtstamp", now)
    event.add("dtstart", appointment.starts_at.astimezone(zone))
    event.add("dtend", appointment.ends_at.astimezone(zone))
    event.add("status", "CANCELLED" if appointment.state == CANCELLED else "CONFIRMED")
    parameters = {"LANGUAGE": language}
    subject = subject_name(appointment.subject, language)
    event.add("summary", f"{subject} – {municipality.name}", parameters)
    event.add("description", _description(appointment, municipality), parameters)
    event.add("location", municipality.contact.address)
    organizer = icalendar.vCalAddress(f"mailto:{municipality.contact.email}")
    organizer.params["CN"] = municipality.name
    event.add("organizer", organizer)
    if by_email and appointment.email:
        attendee = icalendar.vCalAddress(f"mailto:{appointment.email}")
        attendee.params.update({"CN": appointment.name, "RSVP": "FALSE", "PARTSTAT": "ACCEPTED"})
        event.add("attendee", attendee)
    return event


def _description(appointment: Appointment, municipality: Municipality) -> str:
    language = appointment.language
    lines = [appointment_line(appointment, language).replace("**", ""), municipality.contact.phone]
    if appointment.interpreter:
        note = interpreter_note(appointment, language)
        lines.insert(1, f"{translate('Interpreter', language)}: {note}")
    return "\n".join(lines)
