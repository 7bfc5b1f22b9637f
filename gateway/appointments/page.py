"""What the newcomer's page of an appointment shows, in their language."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from itertools import groupby
from typing import Any
from zoneinfo import ZoneInfo

from babel.units import format_unit
from sqlalchemy.orm import Session

from contact_point.appointments import waiting_list
from contact_point.appointments.booking import is_upcoming
from contact_point.appointments.bring import THINGS
from contact_point.appointments.calendar import Calendar
from contact_point.appointments.codes import show_code
from contact_point.appointments.kinds import kind_of
from contact_point.appointments.meeting_places import place_line
from contact_point.appointments.offers import Offer
from contact_point.appointments.presentation import (
    appointment_time,
    calendar_title,
    clock_time,
    full_day,
    full_time,
    interpreter_note,
    short_time,
)
from contact_point.appointments.reasons import REASONS
from contact_point.appointments.subjects import subject_name
from contact_point.appointments.tables import (
    AGREED,
    CANCELLED,
    OFFICE,
    PENDING,
    VIDEO,
    Appointment,
)
from contact_point.languages import LANGUAGES, Language
from contact_point.settings import Municipality
from contact_point.translations import mark, translate

SAID = {
    "moved": mark("Your time is moved."),
    "late": mark("Thank you. Your caseworker gets a message that you will be late."),
    "waiting": mark("We write to you when an earlier time comes free."),
    "not_waiting": mark("We no longer look for an earlier time for you. Your time stays booked."),
    "taken": mark(
        "I am sorry, that time has just been taken. You keep the time that you have until you "
        "choose another."
    ),
    "gone": mark("I am sorry, the earlier time is gone. You keep the time that you have."),
    "over": mark("That time is over or already cancelled."),
    "choose": mark("Choose one of the times."),
}
"""What is said after something was done, by the key in the address."""


def page_language(appointment: Appointment, municipality: Municipality) -> Language:
    """The newcomer's, or the municipality's first where theirs is not known (any more)."""
    return LANGUAGES.get(appointment.language, LANGUAGES[municipality.languages[0]])


def overview(
    session: Session,
    appointment: Appointment,
    municipality: Municipality,
    calendar: Calendar,
    now: datetime,
) -> dict[str, Any]:
    """The appointment and what can be done about it."""
    language = page_language(appointment, municipality).tag
    upcoming = is_upcoming(appointment, now)
    earlier = waiting_list.kept(session, appointment.id, now) if upcoming else None
    return {
        "title": translate("Your time", language),
        "state": _state(appointment, now, language),
        "is_agreed": appointment.state in AGREED and appointment.ends_at > now,
        "is_cancelled": appointment.state == CANCELLED,
        "upcoming": upcoming,
        "facts": _facts(appointment, municipality, language),
        "video_url": _video_url(appointment) if upcoming else None,
        "bring": _bring(session, appointment, calendar, language) if upcoming else [],
        "can_be_late": can_be_late(appointment, calendar, now),
        "is_late": appointment.late_at is not None,
        "is_waiting": waiting_list.is_waiting(session, appointment.id),
        "can_wait": upcoming and appointment.starts_at - now > waiting_list.WORTH_IT,
        "earlier": _earlier(earlier, language) if earlier else None,
        "texts": {
            "bring": translate("Bring with you", language),
            "calendar": calendar_title(appointment, language),
            "video": translate("Open the video call", language),
            "move": translate("Move my time", language),
            "cancel": translate("Cancel my time", language),
            "late": translate("I will be late", language),
            "is_late": translate("You have said that you will be late.", language),
            "wait": translate("I would come earlier", language),
            "wait_note": translate(
                "We write to you when an earlier time comes free. You keep this one until you "
                "take another.",
                language,
            ),
            "is_waiting": translate("We look for an earlier time for you.", language),
            "leave": translate("Stop looking for an earlier time", language),
            "take": translate("Take the earlier time", language),
            "book": translate("Book a new time", language),
        },
    }


def times(
    appointment: Appointment,
    found: Sequence[Offer],
    municipality: Municipality,
    zone: ZoneInfo,
    wished: date | None,
) -> dict[str, Any]:
    """The free times of one week, and the way to the weeks around it.

    Args:
        wished: a day of the week to show; None for the first with free times.
    """
    language = page_language(appointment, municipality).tag
    weeks = sorted({_monday(offer, zone) for offer in found})
    shown = _nearest_week(weeks, wished)
    days = groupby(
        (offer for offer in found if _monday(offer, zone) == shown),
        key=lambda offer: full_day(offer.starts_at, zone, language),
    )
    place = weeks.index(shown) if shown else 0
    return {
        "title": translate("Move my time", language),
        "week": shown,
        "earlier_week": weeks[place - 1] if place else None,
        "later_week": weeks[place + 1] if place + 1 < len(weeks) else None,
        "days": [
            (day, [(offer.key, clock_time(offer.starts_at, zone, language)) for offer in offers])
            for day, offers in days
        ],
        "texts": {
            "now": translate("The time that you have:", language),
            "when": _unbroken(appointment_time(appointment, language)),
            "choose": translate("Choose a new time", language),
            "move": translate("Move to this time", language),
            "earlier_week": translate("Earlier week", language),
            "later_week": translate("Later week", language),
            "back": translate("Back, change nothing", language),
            "none": translate("There are no free times now.", language),
        },
    }


def cancelling(appointment: Appointment, municipality: Municipality) -> dict[str, Any]:
    """The question whether to cancel."""
    language = page_language(appointment, municipality).tag
    return {
        "title": translate("Cancel my time", language),
        "texts": {
            "question": translate("Do you want to cancel this time?", language),
            "when": _unbroken(appointment_time(appointment, language)),
            "yes": translate("Yes, cancel it", language),
            "no": translate("No, keep it", language),
        },
    }


def frame(language: str) -> dict[str, str]:
    """The words around every page."""
    return {
        "questions": translate("Questions? Call us:", language),
        "fictitious": translate(
            "This is a demonstration. The municipality does not exist; national authorities "
            "and help lines are real.",
            language,
        ),
    }


def missing(language: str) -> dict[str, Any]:
    """Instead of an appointment that isn't there."""
    return {
        "title": translate("There is no appointment here", language),
        "texts": {
            "lead": translate(
                "The link is not whole, or the appointment was a long time ago.", language
            ),
            "book": translate("Book a new time", language),
        },
    }


def can_be_late(appointment: Appointment, calendar: Calendar, now: datetime) -> bool:
    """Only on its day, once, and until it is over."""
    return (
        appointment.state in AGREED
        and appointment.late_at is None
        and appointment.ends_at > now
        and calendar.local_day(appointment.starts_at) == calendar.local_day(now)
    )


def _state(appointment: Appointment, now: datetime, language: str) -> list[str]:
    """What is special about it, in sentences."""
    if appointment.state == CANCELLED:
        reason = [REASONS[appointment.reason]] if appointment.reason in REASONS else []
        return [translate(each, language) for each in (mark("This time is cancelled."), *reason)]
    if appointment.state not in AGREED or appointment.ends_at <= now:
        return [translate("This time is over.", language)]
    if appointment.state == PENDING:
        return [translate("It is not confirmed yet. We write to you when it is.", language)]
    return []


def _facts(
    appointment: Appointment, municipality: Municipality, language: str
) -> list[tuple[str, str]]:
    minutes = (appointment.ends_at - appointment.starts_at) // timedelta(minutes=1)
    return [
        (translate("When", language), _unbroken(appointment_time(appointment, language))),
        (
            translate("How long", language),
            format_unit(minutes, "duration-minute", locale=language),
        ),
        (translate("Where", language), _where(appointment, municipality, language)),
        (translate("About", language), subject_name(appointment.subject, language)),
        (translate("With", language), appointment.caseworker.first_name),
        (translate("Interpreter", language), interpreter_note(appointment, language)),
        (translate("Code", language), show_code(appointment.code)),
    ]


def _where(appointment: Appointment, municipality: Municipality, language: str) -> str:
    if _video_url(appointment):
        return translate("By video", language)
    return place_line(appointment, appointment.office, municipality, language)


def _video_url(appointment: Appointment) -> str | None:
    url = appointment.caseworker.video_url if appointment.place == VIDEO else None
    return url if url and url.startswith(("https://", "http://")) else None


def _bring(
    session: Session, appointment: Appointment, calendar: Calendar, language: str
) -> list[str]:
    if appointment.place != OFFICE:
        return []
    kind = kind_of(session, appointment.subject, calendar)
    return [translate(THINGS[key], language) for key in kind.bring if key in THINGS]


def _earlier(earlier: waiting_list.EarlierTime, language: str) -> dict[str, str]:
    held, zone = earlier.offer, ZoneInfo(earlier.offer.zone)
    assert held.expires_at is not None, "what is kept is kept for a while"
    return {
        "key": _key(held),
        "title": translate("An earlier time is free", language),
        "when": _unbroken(full_time(held.starts_at, held.ends_at, zone, language)),
        "until": translate(
            "We keep it for you until {time}.",
            language,
            time=short_time(held.expires_at, zone, language),
        ),
    }


def _unbroken(text: str) -> str:
    """No line ends between the two times of "10:00–10:30"."""
    return text.replace("–", "\u2060–\u2060")


def _key(held: Appointment) -> str:
    return held.starts_at.strftime("%Y-%m-%dT%H:%MZ")


def _monday(offer: Offer, zone: ZoneInfo) -> date:
    day = offer.starts_at.astimezone(zone).date()
    return day - timedelta(days=day.weekday())


def _nearest_week(weeks: Sequence[date], wished: date | None) -> date | None:
    if wished is None or not weeks:
        return weeks[0] if weeks else None
    monday = wished - timedelta(days=wished.weekday())
    return min(weeks, key=lambda week: abs(week - monday))
