"""A service for a newcomer: restricted Markdown in their language."""

from datetime import datetime
from zoneinfo import ZoneInfo

from babel import Locale
from babel.lists import format_list
from babel.numbers import format_currency
from sqlalchemy.orm import Session

from contact_point.directory.opening_hours import in_words, today_in_words
from contact_point.directory.search import schedules_of, translated
from contact_point.directory.tables import CostOption, ServiceAtLocation
from contact_point.translations import translate
from contact_point.variables import phone_link

_MAP = "https://www.openstreetmap.org/?mlat={lat}&mlon={lon}#map=17/{lat}/{lon}"


def card(
    session: Session, hit: ServiceAtLocation, at: datetime, zone: ZoneInfo, language: str
) -> str:
    """Name, address, hours, phone, languages, cost and the way there."""
    service = hit.service
    name = translated(session, service.id, "name", language) or service.name
    # The Swedish name is what stands on the sign.
    title = f"**{name}**" if name == service.name else f"**{name}** ({service.name})"
    description = translated(session, service.id, "description", language) or service.description
    lines = [
        _hours(hit, at, zone, language),
        _address(hit, language),
        _phone(hit, language),
        _languages(hit, language),
        _cost(hit, language),
        _accessibility(hit, language),
    ]
    parts = [title, description or "", "\n".join(f"- {line}" for line in lines if line)]
    return "\n\n".join(part for part in parts if part)


def _hours(hit: ServiceAtLocation, at: datetime, zone: ZoneInfo, language: str) -> str:
    schedules = schedules_of(hit)
    state = in_words(schedules, at, zone, language)
    today = today_in_words(schedules, at, zone, language)
    return f"{state} {today}." if today else state


def _address(hit: ServiceAtLocation, language: str) -> str | None:
    location = hit.location
    if location.location_type == "virtual":
        return None
    if not location.addresses:
        return translate("The address is secret, for safety. Call first.", language)
    address = location.addresses[0]
    text = f"{address.address_1}, {address.postal_code} {address.city}"
    if location.latitude is None or location.longitude is None:
        return text
    url = _MAP.format(lat=location.latitude, lon=location.longitude)
    name = translate("Map", language)
    return f"{text} – [{name}]({url})"


def _phone(hit: ServiceAtLocation, language: str) -> str | None:
    phones = hit.phones or hit.service.phones or hit.location.phones
    if not phones:
        return None
    return translate("Phone: {number}", language, number=phone_link(phones[0].number))


def _languages(hit: ServiceAtLocation, language: str) -> str | None:
    codes = [each.code for each in [*hit.service.languages, *hit.location.languages] if each.code]
    names = [Locale.parse(code).get_display_name(language) or code for code in dict.fromkeys(codes)]
    spoken = (
        translate(
            "Staff speak: {languages}.", language, languages=format_list(names, locale=language)
        )
        if names
        else ""
    )
    interpreter = (
        translate("An interpreter can be booked.", language)
        if hit.service.interpretation_services
        else ""
    )
    return f"{spoken} {interpreter}".strip() or None


def _cost(hit: ServiceAtLocation, language: str) -> str | None:
    if not hit.service.cost_options:
        return None
    cheapest: CostOption = min(hit.service.cost_options, key=lambda option: option.amount or 0)
    if not cheapest.amount:
        return translate("Free of charge.", language)
    amount = format_currency(cheapest.amount, cheapest.currency or "SEK", locale=language)
    return translate("Costs from {amount}.", language, amount=amount)


def _accessibility(hit: ServiceAtLocation, language: str) -> str | None:
    if not hit.location.accessibility:
        return None
    return translate("The entrance has no steps.", language)
