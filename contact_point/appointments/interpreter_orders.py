"""An interpreter's order as a calendar object of its own (RFC 5546), without the newcomer."""

from datetime import datetime
from zoneinfo import ZoneInfo

import icalendar

from contact_point.appointments.calendar_object import (
    Method,
    in_calendar,
    in_zone,
    order_uid,
    organizer,
)
from contact_point.appointments.codes import show_code
from contact_point.appointments.errands import Errand
from contact_point.appointments.letter_texts import language_name
from contact_point.appointments.tables import PENDING, Resource
from contact_point.appointments.venues import place_for_staff
from contact_point.settings import Municipality
from contact_point.translations import translate


def order_object(
    errand: Errand, person: Resource, municipality: Municipality, now: datetime
) -> tuple[bytes, Method]:
    """The order as it is now, in the municipality's first language, and its method.

    It has a UID of its own for each interpreter, so that one who has parted is rid of it while
    another one has it.
    """
    method: Method = "CANCEL" if errand.event == "cancelled" else "REQUEST"
    return in_calendar(_event(errand, person, municipality, now, method), method), method


def _event(
    errand: Errand, person: Resource, municipality: Municipality, now: datetime, method: Method
) -> icalendar.Event:
    language, appointment = municipality.languages[0], errand.appointment
    zone, parameters = ZoneInfo(appointment.zone), {"LANGUAGE": language}
    event = icalendar.Event()
    event.add("uid", order_uid(appointment, person, municipality))
    event.add("sequence", errand.sequence)
    event.add("dtstamp", now)
    event.add("dtstart", in_zone(errand.starts_at, zone))
    event.add("dtend", in_zone(errand.ends_at, zone))
    is_tentative = appointment.state == PENDING
    agreed = "TENTATIVE" if is_tentative else "CONFIRMED"
    event.add("status", "CANCELLED" if method == "CANCEL" else agreed)
    spoken = language_name(appointment.language, language)
    summary = translate("Interpreter: {language}", language, language=spoken)
    event.add("summary", f"{summary} – {municipality.name}", parameters)
    lines = (
        translate("Caseworker: {name}", language, name=appointment.caseworker.first_name),
        translate("Code: {code}", language, code=show_code(appointment.code)),
        municipality.contact.phone,
    )
    event.add("description", "\n".join(lines), parameters)
    event.add("location", place_for_staff(appointment, municipality, language), parameters)
    event.add("organizer", organizer(municipality))
    attendee = icalendar.vCalAddress(f"mailto:{person.email}")
    attendee.params.update({"RSVP": "FALSE", "PARTSTAT": "ACCEPTED"})
    event.add("attendee", attendee)
    return event
