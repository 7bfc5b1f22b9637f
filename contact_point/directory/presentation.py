"""A service for a newcomer: a card in their language, in restricted Markdown."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from babel import Locale
from babel.dates import format_date
from babel.lists import format_list
from babel.numbers import format_currency
from babel.units import format_unit
from sqlalchemy.orm import Session

from contact_point.directory import hours_in_words
from contact_point.directory.distance import Point, metres_between, point
from contact_point.directory.opening_hours import opening_hours
from contact_point.directory.search import translated
from contact_point.directory.tables import CostOption, Phone, ServiceAtLocation
from contact_point.translations import translate
from contact_point.variables import phone_link

ASSURED_DAYS = 180
"""After so many days without a check, newcomers are told."""

_MAP = "https://www.openstreetmap.org/?mlat={lat}&mlon={lon}#map=17/{lat}/{lon}"
_ROUTE = "https://www.openstreetmap.org/directions?to={lat}%2C{lon}"
_ROUTE_FROM = (
    "https://www.openstreetmap.org/directions?route={from_lat}%2C{from_lon}%3B{lat}%2C{lon}"
)
_ROUND_METRES = 50

Link = tuple[str, str]
"""(title, address)"""


@dataclass(frozen=True)
class Card:
    """A service at a place.

    Attributes:
        id: of the service at the place.
        name: in the newcomer's language.
        sign: the Swedish name, as it stands on the sign, where it is another.
        lines: what is known, in the order in which it is needed.
        brief: the lines that a messaging app shows in a list.
        links: the way there, a page for bookings, files for a phone.
    """

    id: str
    name: str
    sign: str
    description: str
    lines: tuple[str, ...]
    brief: tuple[str, ...]
    links: tuple[Link, ...] = ()

    @property
    def title(self) -> str:
        """Both names."""
        return f"**{self.name}** ({self.sign})" if self.sign else f"**{self.name}**"

    @property
    def markdown(self) -> str:
        """Everything."""
        parts = [self.title, self.description, "\n".join(f"- {line}" for line in self.lines)]
        return "\n\n".join(part for part in parts if part)

    def short(self, number: int) -> str:
        """A few lines, with the number by which it can be asked for."""
        return "\n".join((f"**{number}.** {self.title}", *self.brief))


@dataclass(frozen=True)
class Reader:
    """Whom a card is for: when, in which language, where they are, and which day they ask for.

    `base_url`: where the product is reached, for links to files.
    """

    at: datetime
    zone: ZoneInfo
    language: str
    near: Point | None = None
    day: date | None = None
    base_url: str = ""


def card(session: Session, place: ServiceAtLocation, reader: Reader) -> Card:
    """Name, alert, hours, address, distance, phone, languages, cost, and how fresh it is."""
    service, language = place.service, reader.language
    name = translated(session, service.id, "name", language) or service.name
    description = translated(session, service.id, "description", language) or service.description
    alert = _alert(session, place, language)
    hours, address, phone = _hours(place, reader), _address(place, reader), _phone(place, language)
    lines = (
        alert,
        hours,
        address,
        phone,
        _languages(place, language),
        _cost(place, language),
        _documents(place, language),
        _accessibility(place, language),
        _freshness(place, reader),
    )
    return Card(
        place.id,
        name,
        service.name if name != service.name else "",
        description or "",
        tuple(filter(None, lines)),
        tuple(filter(None, (alert, hours, address, phone))),
        tuple(_links(place, reader)),
    )


def days_unchecked(assured: str | None, today: date) -> int | None:
    """How many days ago a service was checked; None where nobody knows."""
    return (today - date.fromisoformat(assured)).days if assured else None


def phones_of(place: ServiceAtLocation) -> list[Phone]:
    """The most specific phone numbers."""
    return place.phones or place.service.phones or place.location.phones


def address_of(place: ServiceAtLocation) -> str | None:
    """Street, postal code and town; None where it has no address, or a secret one."""
    if not place.location.addresses or place.location.location_type == "virtual":
        return None
    address = place.location.addresses[0]
    return f"{address.address_1}, {address.postal_code} {address.city}"


def route(place: ServiceAtLocation, near: Point | None) -> str | None:
    """A page with the way there, from where the newcomer is if that is known."""
    where = point(place.location.latitude, place.location.longitude)
    if where is None:
        return None
    if near is None:
        return _ROUTE.format(lat=where[0], lon=where[1])
    return _ROUTE_FROM.format(from_lat=near[0], from_lon=near[1], lat=where[0], lon=where[1])


def file_links(place: ServiceAtLocation, reader: Reader) -> list[Link]:
    """Where the files of a service are."""
    address = f"{reader.base_url.rstrip('/')}/directory/{place.id}"
    return [
        (translate("Save the contact", reader.language), f"{address}.vcf"),
        (translate("Next opening in your calendar", reader.language), f"{address}.ics"),
    ]


def booking_page(place: ServiceAtLocation) -> str | None:
    """The page on which a service itself takes bookings."""
    schedules = [*place.schedules, *place.service.schedules, *place.location.schedules]
    return next((each.schedule_link for each in schedules if each.schedule_link), None)


def _links(place: ServiceAtLocation, reader: Reader) -> Iterator[Link]:
    way = route(place, reader.near) if address_of(place) else None
    if way:
        yield translate("The way there", reader.language), way
    page = booking_page(place)
    if page:
        yield translate("Book a time", reader.language), page
    yield from file_links(place, reader)


def _alert(session: Session, place: ServiceAtLocation, language: str) -> str | None:
    service = place.service
    if service.status == "temporarily closed":
        return translate("Temporarily closed. Call before you go.", language)
    if not service.alert:
        return None
    text = translated(session, service.id, "alert", language)
    if text or language == "sv":
        return translate("Note: {text}", language, text=text or service.alert)
    return translate("Note (in Swedish): {text}", language, text=service.alert)


def _hours(place: ServiceAtLocation, reader: Reader) -> str | None:
    if place.service.status != "active":
        return None
    hours = opening_hours(place)
    state = hours_in_words.state(hours, reader.at, reader.zone, reader.language)
    if reader.day and reader.day != reader.at.astimezone(reader.zone).date():
        return f"{state} {hours_in_words.on(hours, reader.day, reader.zone, reader.language)}"
    today = hours_in_words.today(hours, reader.at, reader.zone, reader.language)
    return f"{state} {today}." if today else state


def _address(place: ServiceAtLocation, reader: Reader) -> str | None:
    location, language = place.location, reader.language
    if location.location_type == "virtual":
        return translate("On the phone or on the internet.", language)
    text = address_of(place)
    if text is None:
        return translate("The address is secret, for safety. Call first.", language)
    where = point(location.latitude, location.longitude)
    if where is None:
        return text
    name = translate("Map", language)
    text = f"{text} – [{name}]({_MAP.format(lat=where[0], lon=where[1])})"
    if reader.near is None:
        return text
    return f"{text} – {_distance(metres_between(reader.near, where), language)}"


def _distance(metres: float, language: str) -> str:
    """As the crow flies, so it is rounded: "350 m away", "1.2 km away"."""
    if metres < 1000:
        rounded = max(_ROUND_METRES, round(metres / _ROUND_METRES) * _ROUND_METRES)
        length = format_unit(rounded, "length-meter", "short", locale=language)
    else:
        length = format_unit(round(metres / 1000, 1), "length-kilometer", "short", locale=language)
    return translate("{distance} away", language, distance=length)


def _phone(place: ServiceAtLocation, language: str) -> str | None:
    phones = phones_of(place)
    if not phones:
        return None
    return translate("Phone: {number}", language, number=phone_link(phones[0].number))


def _languages(place: ServiceAtLocation, language: str) -> str | None:
    spoken = [*place.service.languages, *place.location.languages]
    codes = dict.fromkeys(each.code for each in spoken if each.code)
    names = [Locale.parse(code).get_display_name(language) or code for code in codes]
    by_staff = (
        translate(
            "Staff speak: {languages}.", language, languages=format_list(names, locale=language)
        )
        if names
        else ""
    )
    interpreter = (
        translate("An interpreter can be booked.", language)
        if place.service.interpretation_services
        else ""
    )
    return f"{by_staff} {interpreter}".strip() or None


def _cost(place: ServiceAtLocation, language: str) -> str | None:
    options = place.service.cost_options
    if not options:
        return None
    cheapest: CostOption = min(options, key=lambda option: option.amount or 0)
    if not cheapest.amount:
        return translate("Free of charge.", language)
    amount = format_currency(cheapest.amount, cheapest.currency or "SEK", locale=language)
    return translate("Costs from {amount}.", language, amount=amount)


def _documents(place: ServiceAtLocation, language: str) -> str | None:
    names = [each.document for each in place.service.required_documents if each.document]
    if not names:
        return None
    listed = format_list(names, locale=language)
    if language == "sv":
        return translate("Bring: {documents}", language, documents=listed)
    return translate("Bring (in Swedish): {documents}", language, documents=listed)


def _accessibility(place: ServiceAtLocation, language: str) -> str | None:
    if not place.location.accessibility:
        return None
    return translate("The entrance has no steps.", language)


def _freshness(place: ServiceAtLocation, reader: Reader) -> str | None:
    assured = place.service.assured_date
    today = reader.at.astimezone(reader.zone).date()
    days = days_unchecked(assured, today)
    if days is None or days <= ASSURED_DAYS:
        return None
    checked = format_date(today - timedelta(days=days), "long", locale=reader.language)
    return translate("Last checked on {date}: call before you go.", reader.language, date=checked)
