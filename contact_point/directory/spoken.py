"""Which languages are spoken at a service, whatever code its data writes them with."""

import langcodes
from sqlalchemy import SelectBase, select

from contact_point.directory.tables import Language, Phone, ServiceAtLocation

_MACROLANGUAGES = {"ku": ("kmr", "ckb", "sdh"), "fa": ("prs", "pes"), "ar": ("arb", "apc", "acm")}
"""Macrolanguage → languages that it takes in (ISO 639-3)."""


def language_codes(code: str) -> tuple[str, ...]:
    """A language as the data may write it: by any of its codes, or by its macrolanguage; for a
    macrolanguage also those that it takes in."""
    base = langcodes.Language.get(code).language or code
    macro = next((macro for macro, within in _MACROLANGUAGES.items() if base in within), base)
    within = _MACROLANGUAGES.get(base, ())
    spoken = (base, macro, *within)
    return tuple(dict.fromkeys((*spoken, *(_three_letters(each) for each in spoken))))


def spoken_at(codes: tuple[str, ...]) -> tuple[SelectBase, SelectBase]:
    """Ids of the services, and of the locations, whose own staff speak one of the languages."""
    services = select(Language.service_id).where(
        Language.code.in_(codes), Language.service_id.is_not(None)
    )
    on_the_phone = (
        select(Phone.service_id)
        .join(Language, Language.phone_id == Phone.id)
        .where(Language.code.in_(codes), Phone.service_id.is_not(None))
    )
    places = select(Language.location_id).where(
        Language.code.in_(codes), Language.location_id.is_not(None)
    )
    return services.union(on_the_phone), places


def is_spoken(place: ServiceAtLocation, code: str) -> bool:
    """Whether a service's own staff speak a language; an interpreter is another matter."""
    codes = language_codes(code)
    phones = [*place.phones, *place.service.phones]
    spoken = [
        *place.service.languages,
        *place.location.languages,
        *(language for phone in phones for language in phone.languages),
    ]
    return any(each.code in codes for each in spoken)


def _three_letters(code: str) -> str:
    return langcodes.Language.get(code).to_alpha3() if len(code) == 2 else code
