"""Values and buttons of the bot's sentences about appointments."""

import msgspec
from rasa_sdk import Tracker
from sqlalchemy.orm import Session

from actions.appointments.slots import appointment_language
from actions.context import context
from actions.newcomer import language_of
from contact_point.appointments import presentation
from contact_point.appointments.bring import to_bring
from contact_point.appointments.calendar import Calendar
from contact_point.appointments.codes import show_code
from contact_point.appointments.kinds import kind_of
from contact_point.appointments.links import calendar_link, manage_link
from contact_point.appointments.meeting_places import place_line
from contact_point.appointments.offers import Offer
from contact_point.appointments.subjects import subject_name
from contact_point.appointments.tables import Appointment, Office
from contact_point.appointments.venues import place_for_newcomer
from contact_point.languages import LANGUAGES

Button = dict[str, str]


async def offer_values(offer: Offer, tracker: Tracker, subject: str) -> dict[str, str]:
    """When, where and with whom an appointment would be, and what to bring."""
    language, municipality = language_of(tracker), context().settings.municipality
    office = await context().database.read(_office, offer.office_id)
    return {
        "when": presentation.full_time(offer.starts_at, offer.ends_at, municipality.zone, language),
        "caseworker": offer.caseworker_name,
        "place": place_line(offer, office, municipality, language),
        "spoken": LANGUAGES[appointment_language(tracker)].own_name,
        "interpreter": presentation.interpreter_note(offer, language),
        "bring": await _to_bring(subject, language),
    }


async def appointment_values(appointment: Appointment, tracker: Tracker) -> dict[str, str]:
    """All that is said about an appointment: neither name nor contact."""
    language = language_of(tracker)
    return {
        "code": show_code(appointment.code),
        "subject": subject_name(appointment.subject, language),
        "when": presentation.appointment_time(appointment, language),
        "caseworker": appointment.caseworker.first_name,
        "place": place_of(appointment, tracker),
        "spoken": LANGUAGES[appointment.language].own_name,
        "interpreter": presentation.interpreter_note(appointment, language),
        "bring": await _to_bring(appointment.subject, language),
        "calendar": calendar_markdown(appointment, tracker),
        "manage": manage_markdown(appointment, tracker),
    }


def place_of(appointment: Appointment, tracker: Tracker) -> str:
    """Where an appointment is."""
    municipality = context().settings.municipality
    return place_for_newcomer(appointment, municipality, language_of(tracker))


def manage_markdown(appointment: Appointment, tracker: Tracker) -> str:
    """A link to the page where the appointment is moved or cancelled."""
    settings = context().settings.with_secrets()
    url = manage_link(settings.municipality.web_base_url, settings.secret_key, appointment)
    return f"[{presentation.manage_title(language_of(tracker))}]({url})"


def calendar_markdown(appointment: Appointment, tracker: Tracker) -> str:
    """A link to the appointment's calendar object."""
    settings = context().settings.with_secrets()
    url = calendar_link(settings.municipality.web_base_url, settings.secret_key, appointment)
    return f"[{presentation.calendar_title(appointment, language_of(tracker))}]({url})"


def answer_button(title: str, **entities: str) -> Button:
    """A button that answers a form's question."""
    return {"title": title, "payload": f"/inform{msgspec.json.encode(entities).decode()}"}


async def _to_bring(subject: str, language: str) -> str:
    kind = await context().database.read(
        kind_of, subject, Calendar.of(context().settings.municipality)
    )
    return to_bring(kind.bring, language)


def _office(session: Session, office_id: str | None) -> Office | None:
    return session.get(Office, office_id) if office_id else None


def stop_button(tracker: Tracker) -> Button:
    """A button that ends the form."""
    return {"title": presentation.stop(language_of(tracker)), "payload": "/stop"}
