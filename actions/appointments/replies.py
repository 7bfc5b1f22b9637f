"""Values and buttons of the bot's sentences about appointments."""

import msgspec
from rasa_sdk import Tracker

from actions.context import context
from actions.newcomer import language_of
from contact_point.appointments import presentation
from contact_point.appointments.codes import show_code
from contact_point.appointments.links import calendar_link
from contact_point.appointments.offers import Offer
from contact_point.appointments.subjects import subject_name
from contact_point.appointments.tables import Appointment

Button = dict[str, str]


def offer_values(offer: Offer, tracker: Tracker) -> dict[str, str]:
    """When and with whom an appointment would be."""
    language = language_of(tracker)
    zone = context().settings.municipality.zone
    return {
        "when": presentation.full_time(offer.starts_at, offer.ends_at, zone, language),
        "caseworker": offer.caseworker_name,
        "interpreter": presentation.interpreter_note(offer, language),
    }


def appointment_values(appointment: Appointment, tracker: Tracker) -> dict[str, str]:
    """All that is said about an appointment: neither name nor contact."""
    language = language_of(tracker)
    return {
        "code": show_code(appointment.code),
        "subject": subject_name(appointment.subject, language),
        "when": presentation.appointment_time(appointment, language),
        "caseworker": appointment.caseworker.first_name,
        "interpreter": presentation.interpreter_note(appointment, language),
        "calendar": calendar_markdown(appointment, tracker),
    }


def calendar_markdown(appointment: Appointment, tracker: Tracker) -> str:
    """A link to the appointment's calendar object."""
    settings = context().settings.with_secrets()
    url = calendar_link(settings.municipality.web_base_url, settings.secret_key, appointment)
    return f"[{presentation.calendar_title(appointment, language_of(tracker))}]({url})"


def answer_button(title: str, **entities: str) -> Button:
    """A button that answers a form's question."""
    return {"title": title, "payload": f"/inform{msgspec.json.encode(entities).decode()}"}


def stop_button(tracker: Tracker) -> Button:
    """A button that ends the form."""
    return {"title": presentation.stop(language_of(tracker)), "payload": "/stop"}
