"""A service as a file for a phone: a contact (vCard 3.0), and its next opening (iCalendar)."""

from datetime import datetime, timezone
from zoneinfo import ZoneInfo

import icalendar
import vobject

from contact_point.directory.opening_hours import next_interval, opening_hours
from contact_point.directory.presentation import address_of, phones_of
from contact_point.directory.tables import ServiceAtLocation


def vcard(place: ServiceAtLocation) -> str:
    """Name, organization, address, phone, e-mail and website (RFC 2426)."""
    service, location = place.service, place.location
    contact = vobject.vCard()
    contact.add("uid").value = f"urn:uuid:{place.id}"
    contact.add("fn").value = service.name
    contact.add("n").value = vobject.vcard.Name(family=service.name)
    if service.organization:
        contact.add("org").value = [service.organization.name]
    if location.addresses and address_of(place):
        address = location.addresses[0]
        entry = contact.add("adr")
        entry.value = vobject.vcard.Address(
            street=address.address_1,
            city=address.city,
            code=address.postal_code,
            country=address.country,
        )
        entry.type_param = "WORK"
    for phone in phones_of(place):
        number = contact.add("tel")
        number.value, number.type_param = phone.number, "WORK"
    for name, value in (("email", service.email), ("url", service.url)):
        if value:
            contact.add(name).value = value
    return str(contact.serialize())


def visit(place: ServiceAtLocation, at: datetime, zone: ZoneInfo) -> bytes | None:
    """The next time that it is open, as an event (RFC 5545); None where that is not known."""
    interval = next_interval(opening_hours(place), at, zone)
    if interval is None:
        return None
    opens, closes = (moment.astimezone(timezone.utc) for moment in interval)
    event = icalendar.Event()
    event.add("uid", f"{place.id}-{opens:%Y%m%dT%H%M}")
    event.add("dtstamp", at.astimezone(timezone.utc))
    event.add("dtstart", opens)
    event.add("dtend", closes)
    event.add("summary", place.service.name)
    event.add("transp", "TRANSPARENT")
    where = address_of(place)
    if where:
        event.add("location", where)
    calendar = icalendar.Calendar()
    calendar.add("version", "2.0")
    calendar.add("prodid", "-//Kontaktpunkt//Service directory//")
    calendar.add("method", "PUBLISH")
    calendar.add_component(event)
    return bytes(calendar.to_ical())
