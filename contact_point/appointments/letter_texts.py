"""What a letter about an appointment says, apart from how a mail is put together."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from babel import Locale

from contact_point.appointments.bring import to_bring
from contact_point.appointments.codes import show_code
from contact_point.appointments.errands import Errand
from contact_point.appointments.presentation import (
    full_time,
    interpreter_note,
    isolated,
    manage_title,
    short_time,
)
from contact_point.appointments.reasons import REASONS
from contact_point.appointments.subjects import subject_name
from contact_point.appointments.tables import PENDING, Appointment
from contact_point.appointments.venues import place_for_newcomer, place_for_staff
from contact_point.settings import Municipality
from contact_point.translations import mark, translate

_TITLES = {
    "booked": mark("Your appointment is booked"),
    "pending": mark("Your appointment is not confirmed yet"),
    "moved": mark("Your appointment has a new time"),
    "cancelled": mark("Your appointment is cancelled"),
    "two_days": mark("Reminder: your appointment"),
    "two_hours": mark("Reminder: your appointment"),
    "earlier": mark("You can come earlier"),
}
_ORDER_TITLES = {
    "booked": mark("Order for an interpreter"),
    "pending": mark("Order for an interpreter, not confirmed yet"),
    "moved": mark("New time for an interpreter"),
    "cancelled": mark("No interpreter needed: cancelled"),
    "late": mark("The newcomer comes late"),
}
_ORDER_OPENINGS = {
    "booked": mark("We order an interpreter."),
    "pending": mark("We order an interpreter. We still have to confirm the appointment."),
    "moved": mark("The appointment that you interpret at has a new time."),
    "cancelled": mark("You need not come to this appointment: our order is cancelled."),
    "late": mark("The newcomer of this appointment has said that they will be late."),
}


@dataclass(frozen=True)
class LetterText:
    """A letter in words, without its form."""

    language: str
    title: str
    opening: tuple[str, ...]
    """Paragraphs before the facts."""
    facts: tuple[tuple[str, str], ...]
    """Pairs of a label and what it stands for."""
    closing: tuple[str, ...]
    link: tuple[str, str] | None = None
    """Its title and its address."""


def title(errand: Errand, language: str) -> str:
    """What has happened, in a few words that say nothing about anybody."""
    return translate(_TITLES[errand.event], language)


def to_newcomer(errand: Errand, municipality: Municipality, link: str) -> LetterText:
    """What a newcomer is told, in their language.

    Args:
        link: the page where they move and cancel it, and take an earlier time.
    """
    language = errand.appointment.language
    if errand.event == "cancelled":
        opening, closing, address = _cancelled(errand, municipality, language)
        facts = _cancelled_facts(errand.appointment, language)
    elif errand.offer:
        opening, closing = _earlier(errand, errand.offer, language), ()
        facts = _facts(errand, errand.offer, municipality, language)
        address = (translate("Take the earlier time", language), link)
    else:
        opening = _booked(errand, language)
        facts = _facts(errand, errand.appointment, municipality, language)
        closing = (
            translate(
                "If the time does not suit you, move or cancel it on the page below, or call "
                "{phone}. Then somebody else can have it.",
                language,
                phone=isolated(municipality.contact.phone, language),
            ),
        )
        address = (manage_title(language), link)
    return LetterText(
        language, title(errand, language), opening, tuple(facts), closing, address
    )  # fmt: skip


def to_staff(errand: Errand, municipality: Municipality) -> LetterText:
    """What an interpreter or a caseworker is told: nothing about who the newcomer is."""
    language, appointment = municipality.languages[0], errand.appointment
    spoken = language_name(appointment.language, language)
    facts = (
        (translate("Language", language), spoken),
        (translate("When", language), _when(errand, language)),
        (translate("How long", language), _length(errand.starts_at, errand.ends_at, language)),
        (translate("Where", language), place_for_staff(appointment, municipality, language)),
        (translate("Caseworker", language), appointment.caseworker.first_name),
        (translate("Code", language), show_code(appointment.code)),
    )
    return LetterText(
        language,
        translate(_ORDER_TITLES[errand.event], language),
        (translate(_ORDER_OPENINGS[errand.event], language),),
        facts,
        (),
    )


def language_name(tag: str, language: str) -> str:
    """What a language is called in another."""
    return Locale.parse(tag, sep="-").get_display_name(language) or tag


def reason(appointment: Appointment, language: str) -> str:
    """Why staff have cancelled; empty when the newcomer has."""
    return translate(REASONS[appointment.reason], language) if appointment.reason else ""


def deadline(offer: Appointment, language: str) -> str:
    """Until when an earlier time is kept.

    Raises:
        ValueError: when it is not kept.
    """
    if offer.expires_at is None:
        raise ValueError(f"appointment {offer.id} is not held")
    return short_time(offer.expires_at, ZoneInfo(offer.zone), language)


def _booked(errand: Errand, language: str) -> tuple[str, ...]:
    lines = {
        "booked": mark("We look forward to meeting you."),
        "moved": mark("Your appointment has been moved. The old time is not yours any more."),
        "two_days": mark("Do not forget your appointment with us."),
        "two_hours": mark("Do not forget your appointment with us."),
    }
    said = [lines[errand.event]] if errand.event in lines else []
    if errand.appointment.state == PENDING:
        said.append(mark("We keep this time for you. We write to you again when it is confirmed."))
    return tuple(translate(line, language) for line in said)


def _cancelled(
    errand: Errand, municipality: Municipality, language: str
) -> tuple[tuple[str, ...], tuple[str, ...], tuple[str, str]]:
    """Opening, closing and link."""
    why = reason(errand.appointment, language)
    sorry = translate("We are sorry that we have to cancel your appointment.", language)
    opening = (sorry, why) if why else (translate("You need not come to this time.", language),)
    closing = translate(
        "Do you want another time? Book it in the chat, or call {phone}.",
        language,
        phone=isolated(municipality.contact.phone, language),
    )
    return opening, (closing,), (translate("Book a time", language), municipality.web_base_url)


def _cancelled_facts(appointment: Appointment, language: str) -> Iterator[tuple[str, str]]:
    yield translate("What", language), subject_name(appointment.subject, language)
    yield translate("When", language), _when(appointment, language)
    yield translate("With", language), appointment.caseworker.first_name
    yield translate("Code", language), isolated(show_code(appointment.code), language)


def _earlier(errand: Errand, offer: Appointment, language: str) -> tuple[str, ...]:
    return (
        translate(
            "A time has come free that is earlier than yours. We keep it for you until {deadline}.",
            language,
            deadline=deadline(offer, language),
        ),
        translate(
            "If you want it, press the link below. If you do nothing, you keep your time: {when}.",
            language,
            when=_when(errand.appointment, language),
        ),
    )


def _facts(
    errand: Errand, place: Appointment, municipality: Municipality, language: str
) -> Iterator[tuple[str, str]]:
    """Of the appointment, or of the time that is offered instead."""
    appointment = errand.appointment
    where = place_for_newcomer(place, municipality, language)
    yield translate("What", language), subject_name(appointment.subject, language)
    yield translate("When", language), _when(place, language)
    yield translate("How long", language), _length(place.starts_at, place.ends_at, language)
    yield translate("With", language), place.caseworker.first_name
    yield translate("Where", language), where
    spoken = language_name(appointment.language, language)
    yield translate("Language", language), spoken
    yield translate("Interpreter", language), interpreter_note(place, language)
    yield translate("Bring with you", language), to_bring(errand.bring, language)
    yield translate("Code", language), isolated(show_code(appointment.code), language)


def _when(place: Appointment | Errand, language: str) -> str:
    appointment = place if isinstance(place, Appointment) else place.appointment
    return full_time(place.starts_at, place.ends_at, ZoneInfo(appointment.zone), language)


def _length(starts_at: datetime, ends_at: datetime, language: str) -> str:
    minutes = int((ends_at - starts_at).total_seconds()) // 60
    return translate("{minutes} minutes", language, minutes=minutes)
