"""An appointment in a few words: for a text message, and for the chat."""

from collections.abc import Sequence
from typing import Any
from zoneinfo import ZoneInfo

from contact_point.appointments.codes import show_code
from contact_point.appointments.errands import Errand
from contact_point.appointments.letter_texts import deadline, reason, title
from contact_point.appointments.presentation import appointment_line, isolated, short_time
from contact_point.appointments.tables import Appointment
from contact_point.appointments.venues import place_for_newcomer
from contact_point.settings import Municipality
from contact_point.translations import translate


def text_message(errand: Errand, municipality: Municipality, link: str) -> str:
    """What a newcomer gets by SMS, in their language; who sends it stands beside it."""
    appointment, language = errand.appointment, errand.appointment.language
    code = isolated(show_code(appointment.code), language)
    parts = [f"{title(errand, language)}: {_time(errand.offer or appointment, language)}"]
    if errand.event == "cancelled":
        parts.append(reason(appointment, language))
        link = municipality.web_base_url
    elif errand.offer:
        parts.append(_kept_until(errand.offer, language))
    else:
        parts.append(f"{place_for_newcomer(appointment, municipality, language)}.")
    parts.append(translate("Code: {code}", language, code=code))
    return "\n".join([" ".join(filter(None, parts)), link])


def chat_messages(
    errand: Errand, municipality: Municipality, language: str
) -> Sequence[dict[str, Any]]:
    """What is said in the chat, as replies with their buttons."""
    appointment = errand.appointment
    if errand.offer:
        when = _time(errand.offer, language)
        text = f"{title(errand, language)}: **{when}** {_kept_until(errand.offer, language)}"
        return [{"text": text, "buttons": _choice(appointment.code, language)}]
    lines = [f"{title(errand, language)}.", appointment_line(appointment, language)]
    if errand.event == "cancelled":
        lines.append(reason(appointment, language))
    else:
        lines.append(place_for_newcomer(appointment, municipality, language))
    return [{"text": "\n\n".join(filter(None, lines))}]


def _time(place: Appointment, language: str) -> str:
    when = short_time(place.starts_at, ZoneInfo(place.zone), language)
    return when if when.endswith(".") else f"{when}."


def _kept_until(offer: Appointment, language: str) -> str:
    return translate(
        "We keep it for you until {deadline}. If you do nothing, you keep your time.",
        language,
        deadline=deadline(offer, language),
    )


def _choice(code: str, language: str) -> list[dict[str, str]]:
    return [
        {
            "title": translate("Take the earlier time", language),
            "payload": f'/take_earlier_time{{"reference_code": "{code}"}}',
        },
        {
            "title": translate("Keep my time", language),
            "payload": f'/take_earlier_time{{"change": "no", "reference_code": "{code}"}}',
        },
    ]
