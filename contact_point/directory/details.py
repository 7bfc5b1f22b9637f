"""Answers about services that were found: their numbers, the way there, side by side, as files."""

from collections.abc import Iterator, Sequence

from sqlalchemy.orm import Session

from contact_point.appointments.subjects import subject_of_office
from contact_point.directory.categorising import ServiceCategory
from contact_point.directory.presentation import (
    Card,
    Reader,
    address_of,
    booking_page,
    card,
    file_links,
    phones_of,
    route,
)
from contact_point.directory.search import places_by_id
from contact_point.directory.tables import ServiceAtLocation
from contact_point.settings import Municipality
from contact_point.spelling import normalise
from contact_point.translations import translate
from contact_point.variables import phone_link


def cards(session: Session, ids: Sequence[str], reader: Reader) -> list[Card]:
    """Cards of services at places."""
    return [card(session, place, reader) for place in places_by_id(session, ids)]


def numbers(session: Session, ids: Sequence[str], reader: Reader) -> str:
    """All phone numbers, each called with one tap."""
    parts = []
    for place, name in _named(session, ids, reader):
        numbers = [phone_link(phone.number) for phone in phones_of(place)]
        said = ", ".join(numbers) or translate("No phone number is known.", reader.language)
        parts.append(f"{name}\n{said}")
    return "\n\n".join(parts)


def directions(session: Session, ids: Sequence[str], reader: Reader) -> str:
    """Addresses, and a page with the way there."""
    parts = []
    for place, name in _named(session, ids, reader):
        lines = [name, address_of(place) or _no_address(place, reader.language)]
        way = route(place, reader.near)
        if way and address_of(place):
            lines.append(f"[{translate('The way there', reader.language)}]({way})")
        parts.append("\n".join(lines))
    return "\n\n".join(parts)


def comparison(session: Session, ids: Sequence[str], reader: Reader) -> str:
    """What is known of each, without descriptions."""
    return "\n\n".join(
        "\n".join((each.title, "", *(f"- {line}" for line in each.lines)))
        for each in cards(session, ids, reader)
    )


def saving(session: Session, ids: Sequence[str], reader: Reader) -> str:
    """Links to save each as a contact, and its next opening in the calendar."""
    parts = []
    for place, name in _named(session, ids, reader):
        links = file_links(place, reader)
        parts.append("\n".join((name, *(f"[{title}]({address})" for title, address in links))))
    return "\n\n".join(parts)


def subject_booked_here(
    session: Session, ids: Sequence[str], municipality: Municipality
) -> str | None:
    """The subject of a time at the contact point, where one of the services is at its address."""
    for place in places_by_id(session, ids):
        address = address_of(place)
        if address and normalise(address) == normalise(municipality.contact.address):
            categories = session.query(ServiceCategory.category).filter_by(
                service_id=place.service_id
            )
            subjects = filter(None, (subject_of_office(each) for (each,) in categories))
            return next(subjects, "settling_in")
    return None


def booking(session: Session, ids: Sequence[str], reader: Reader) -> str:
    """How a time is booked with each that takes no bookings here."""
    parts = []
    for place, name in _named(session, ids, reader):
        page, phones = booking_page(place), phones_of(place)
        if page:
            how = f"[{translate('Book a time', reader.language)}]({page})"
        elif phones:
            how = translate(
                "I can't book there. Call: {number}",
                reader.language,
                number=phone_link(phones[0].number),
            )
        else:
            how = translate("I can't book there. Go there when it is open.", reader.language)
        parts.append(f"{name}\n{how}")
    return "\n\n".join(parts)


def _named(
    session: Session, ids: Sequence[str], reader: Reader
) -> Iterator[tuple[ServiceAtLocation, str]]:
    for place in places_by_id(session, ids):
        yield place, card(session, place, reader).title


def _no_address(place: ServiceAtLocation, language: str) -> str:
    if place.location.location_type == "virtual":
        return translate("On the phone or on the internet.", language)
    return translate("The address is secret, for safety. Call first.", language)
