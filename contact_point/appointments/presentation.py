"""Appointments in words, in the newcomer's language and the municipality's wall time."""

from collections.abc import Iterable
from datetime import datetime
from zoneinfo import ZoneInfo

from babel import Locale
from babel.dates import format_date, format_skeleton, format_time

from contact_point.appointments.codes import show_code
from contact_point.appointments.offers import Offer
from contact_point.appointments.subjects import subject_name
from contact_point.appointments.tables import CANCELLED, HELD, Appointment
from contact_point.languages import LANGUAGES, listed
from contact_point.settings import WEEKDAYS
from contact_point.translations import translate

_LOCALES = {"en": "en_GB"}
"""Plain "en" is American: month before day, hours to twelve."""


def short_time(starts_at: datetime, zone: ZoneInfo, language: str) -> str:
    """For a button: "Thu 26 Nov, 10:30"."""
    local = starts_at.astimezone(zone)
    return translate(
        "{day}, {time}",
        language,
        day=format_skeleton("MMMEd", local, locale=_locale(language)),
        time=_clock_time(local, language),
    )


def full_time(starts_at: datetime, ends_at: datetime, zone: ZoneInfo, language: str) -> str:
    """For a sentence: "Thursday, 26 November 2026, 10:30–11:00"."""
    local = starts_at.astimezone(zone)
    return translate(
        "{day}, {start}–{end}",
        language,
        day=format_date(local, "full", locale=_locale(language)),
        start=_clock_time(local, language),
        end=_clock_time(ends_at.astimezone(zone), language),
    )


def full_day(instant: datetime, zone: ZoneInfo, language: str) -> str:
    """For a heading: "Thursday, 26 November 2026"."""
    return format_date(instant.astimezone(zone), "full", locale=_locale(language))


def clock_time(instant: datetime, zone: ZoneInfo, language: str) -> str:
    """Below such a heading: "10:30"."""
    return _clock_time(instant.astimezone(zone), language)


def appointment_time(appointment: Appointment, language: str) -> str:
    """When an appointment is, in the zone that was promised."""
    return full_time(
        appointment.starts_at, appointment.ends_at, ZoneInfo(appointment.zone), language
    )


def appointment_line(appointment: Appointment, language: str) -> str:
    """One line that says when, about what, with whom, and the code. No name, no contact."""
    return translate(
        "**{when}**: {subject}, with {caseworker}. Code: {code}",
        language,
        when=appointment_time(appointment, language),
        subject=subject_name(appointment.subject, language),
        caseworker=appointment.caseworker.first_name,
        code=show_code(appointment.code),
    )


def appointment_list(appointments: list[Appointment], language: str) -> str:
    """Several appointments as a Markdown list."""
    return "\n".join(f"- {appointment_line(one, language)}" for one in appointments)


def appointment_button(appointment: Appointment, language: str) -> str:
    """The title of a button that chooses an appointment."""
    return short_time(appointment.starts_at, ZoneInfo(appointment.zone), language)


def interpreter_note(place: Offer | Appointment, language: str) -> str:
    """Whether an interpreter takes part."""
    if place.interpreter:
        return translate("yes, one takes part, free of charge", language)
    return translate("not needed, your caseworker speaks your language", language)


def calendar_title(appointment: Appointment, language: str) -> str:
    """The title of the link to the calendar object."""
    if appointment.state == CANCELLED:
        return translate("Take it out of your calendar", language)
    return translate("Put it in your calendar", language)


def walk_in(hours: Iterable[tuple[str, str]], language: str) -> str:
    """When one may come without an appointment, as a paragraph below another text; "" where one may
    not.

    Args:
        hours: weekdays (keys of `settings.WEEKDAYS`) with "13:00-15:00, …".
    """
    names = Locale.parse(_locale(language)).days["stand-alone"]["wide"]
    days = [f"{names[WEEKDAYS.index(day)]} {times.replace('-', '–')}" for day, times in hours]
    if not days:
        return ""
    text = translate(
        "You can also come without a booked time: {hours}.", language, hours=listed(days, language)
    )
    return f"\n\n{text}"


def manage_title(language: str) -> str:
    """The title of the link to the page where an appointment is moved or cancelled."""
    return translate("Move or cancel", language)


def more_times(language: str) -> str:
    """The title of the button that shows other times."""
    return translate("More times", language)


def other_week(language: str) -> str:
    """The title of the button that shows the times of another week."""
    return translate("Another week", language)


def other_place(language: str) -> str:
    """The title of the button that shows where else one can meet."""
    return translate("Another place", language)


def visitor(appointment: Appointment) -> str:
    """What staff call somebody: by the name, or by the code where none was given; "" while the
    time is only held."""
    if appointment.state == HELD:
        return ""
    return appointment.name or show_code(appointment.code)


def no_name(language: str) -> str:
    """Stands where a name would, for somebody who has given none."""
    return translate("not given", language)


def no_note(language: str) -> str:
    """Stands where a note would, for somebody who has written none."""
    return translate("none", language)


def stop(language: str) -> str:
    """The title of the button that ends a booking."""
    return translate("Stop", language)


def ltr(text: str) -> str:
    """A number or address kept left to right inside a sentence that runs right to left."""
    return f"\u2066{text}\u2069"


def isolated(text: str, language: str) -> str:
    """A number, code or address inside a sentence of a language. Where that runs left to right no
    sign is needed: it would make a text message twice as long."""
    known = LANGUAGES.get(language)
    return ltr(text) if known and known.direction == "rtl" else text


def _clock_time(local: datetime, language: str) -> str:
    return format_time(local, "HH:mm", locale=_locale(language))


def _locale(language: str) -> str:
    return _LOCALES.get(language, language)
