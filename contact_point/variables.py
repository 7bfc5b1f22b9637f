"""What texts may name in {braces}: facts of the municipality, in the newcomer's language."""

import re
from datetime import time
from itertools import groupby

import msgspec
from babel.dates import format_time, get_day_names
from babel.lists import format_list

from contact_point.settings import Interval, Municipality
from contact_point.translations import translate

VARIABLES = (
    "municipality",
    "region",
    "contact_phone",
    "contact_email",
    "contact_address",
    "contact_hours",
    "emergency_phone",
    "healthcare_advice_phone",
    "police_phone",
    "violence_support_phone",
    "mental_health_phone",
    "children_phone",
)


def municipality_variables(municipality: Municipality, language: str) -> dict[str, str]:
    """The value of each of `VARIABLES`; phone numbers are Markdown links that call."""
    contact = municipality.contact
    help_lines: dict[str, str] = msgspec.structs.asdict(municipality.help_lines)
    return {
        "municipality": municipality.name,
        "region": municipality.region,
        "contact_phone": phone_link(contact.phone),
        "contact_email": f"[{contact.email}](mailto:{contact.email})",
        "contact_address": contact.address,
        "contact_hours": hours_in_words(municipality, language),
        **{f"{name}_phone": phone_link(number) for name, number in help_lines.items()},
    }


def phone_link(number: str) -> str:
    """A number that is called with one tap, as a Markdown link."""
    return f"[{number}](tel:{re.sub(r'[^0-9+]', '', number)})"


def hours_in_words(municipality: Municipality, language: str) -> str:
    """When the contact point is open, days with the same hours together.

    For example "Mon–Wed 09:00–16:00, Thu 09:00–18:00".
    """
    days = get_day_names("abbreviated", locale=language)
    parts = []
    for intervals, run in groupby(range(7), key=lambda day: tuple(municipality.intervals(day))):
        weekdays = list(run)
        if not intervals:
            continue
        name = days[weekdays[0]]
        if len(weekdays) > 1:
            name = translate("{first} to {last}", language, first=name, last=days[weekdays[-1]])
        parts.append(f"{name} {_intervals(intervals, language)}")
    return format_list(parts, locale=language) if parts else ""


def _intervals(intervals: tuple[Interval, ...], language: str) -> str:
    return ", ".join(
        f"{_time(opens, language)}–{_time(closes, language)}" for opens, closes in intervals
    )


def _time(value: time, language: str) -> str:
    return format_time(value, "HH:mm", locale=language)
