"""Booking with few messages, and what one says about a booked time, in every language."""

from pathlib import Path
from typing import Any

import pytest
import yaml
from sqlalchemy import select

from contact_point.appointments.tables import Appointment
from contact_point.settings import ROOT, settings
from contact_point.translations import translate
from tests.conversations.test_conversations import understood
from tests.newcomer import Newcomer
from tests.stack import Stack

WRITTEN: dict[str, dict[str, str]] = yaml.safe_load(
    (Path(__file__).parent / "phrases" / "booking.yml").read_text(encoding="utf-8")
)
"""What a newcomer writes, by language."""
SPOKEN_ON_THURSDAYS = {"sv", "en", "ar", "so", "fi"}
"""By Amina or Erik, who take housing."""
TAGS = settings().municipality.languages


def _first_line(message: str, tag: str) -> str:
    """The beginning of a text, up to its first value."""
    return translate(message, tag).partition("{")[0].partition("\n")[0]


def _message(name: str) -> str:
    """The English text of a response."""
    domain: Any = yaml.safe_load((ROOT / "domain.yml").read_text(encoding="utf-8"))
    return str(domain["responses"][name][0]["text"])


def _says(reply: list[dict[str, Any]], name: str, tag: str) -> bool:
    return any(_first_line(_message(name), tag) in str(each["text"]) for each in reply)


@pytest.mark.parametrize("tag", TAGS)
def test_one_message_and_a_tap_book_a_time(stack: Stack, tag: str) -> None:
    newcomer, written = Newcomer(stack.base, tag), WRITTEN[tag]
    summary = newcomer.write(written["book_at_once"])
    made = understood(stack, newcomer)
    assert made["topic"] == "book_appointment"
    assert made["entities"]["part_of_day"] == "afternoon"
    if made["entities"]["date"] == "2026-11-26" and tag not in SPOKEN_ON_THURSDAYS:
        # No interpreter can be ordered for the same day: the nearest times are offered.
        assert _says(summary, "utter_offer_nearest_times", tag)
        button = summary[0]["cursor"]
        summary = newcomer.send({"button": {"message": button, "index": 0}})
    assert _says(summary, "utter_booking_summary", tag)
    assert "46 70 174 06 05" in summary[0]["text"]
    booked = newcomer.press(translate("Yes, book it", tag))
    assert _says(booked, "utter_booked", tag)
    with stack.database.reading() as session:
        (appointment,) = session.scalars(
            select(Appointment)
            .where(Appointment.language == tag, Appointment.state == "booked")
            .order_by(Appointment.id.desc())
            .limit(1)
        )
    assert (appointment.subject, appointment.phone) == ("housing", "+46701740605")
    assert appointment.wall_time.hour >= 12
    assert appointment.interpreter == (appointment.interpreter_id is not None)

    assert _says(newcomer.write(written["late"]), "utter_late_noted", tag)
    assert understood(stack, newcomer)["topic"] == "running_late"
    assert _says(newcomer.write(written["earlier"]), "utter_on_waiting_list", tag)
    assert understood(stack, newcomer)["topic"] == "earlier_time"
    newcomer.press(translate("My booked times", tag))
    newcomer.press(translate("Cancel a time", tag))
    cancelled = newcomer.press(translate("Yes, cancel it", tag))
    assert _says(cancelled, "utter_cancelled", tag)


@pytest.mark.parametrize("tag", TAGS)
def test_where_and_when_else_are_said_in_words(stack: Stack, tag: str) -> None:
    newcomer, written = Newcomer(stack.base, tag), WRITTEN[tag]
    newcomer.write(translate("Book a time", tag))
    first = newcomer.press(translate("Housing", tag))[0]
    other = newcomer.write(written["another_week"])[0]
    assert _says([other], "utter_offer_times", tag)
    assert other["buttons"][0] != first["buttons"][0]
    newcomer.write(written["phone"])
    newcomer.send({"button": {"message": newcomer.everything()[-1]["cursor"], "index": 0}})
    newcomer.write("Maryam Ali")
    summary = newcomer.write("maryam@example.org")
    assert translate("by phone: your caseworker calls you", tag) in summary[0]["text"]
