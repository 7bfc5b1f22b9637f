"""The slots that the forms share, and what they and the latest message say."""

from typing import Any

from rasa_sdk import Tracker
from rasa_sdk.events import SlotSet

from actions.context import context
from actions.newcomer import language_of

Events = list[dict[str, Any]]
Slots = dict[str, Any]
Domain = dict[str, Any]

REQUESTED = "requested_slot"
SUBJECT = "appointment_subject"
TIME = "appointment_time"
WISH = "appointment_wish"
NAME = "appointment_name"
CONTACT = "appointment_contact"
CODE = "appointment_code"
PROOF = "appointment_proof"
CONFIRMED = "appointment_confirmed"
PLACE = "appointment_place"
LANGUAGE = "appointment_language"
NOTE = "appointment_note"
SHARED = (SUBJECT, TIME, WISH, NAME, CONTACT, CODE, PROOF, CONFIRMED, PLACE, LANGUAGE, NOTE)

BOOKING_FORM = "booking_form"
MOVING_FORM = "moving_form"
LOOKUP_FORM = "lookup_form"
ANY_PLACE = "any"
"""The newcomer hasn't said where to meet."""
OWN = "own"
"""The appointment was made in this conversation: nothing else must be known of it."""
NO_NAME = "–"
"""Stands for the name of somebody who has given none."""


def forget() -> Events:
    """Empty every slot: the appointment is made, or is not to be."""
    return [SlotSet(slot, None) for slot in SHARED]


def end_form() -> Events:
    """End the form that asks now."""
    return [SlotSet(REQUESTED, None)]


def is_asked(tracker: Tracker, slot: str) -> bool:
    """Whether the latest message answers the question for a slot."""
    return bool(tracker.get_slot(REQUESTED) == slot)


def is_payload(value: object) -> bool:
    """Whether a slot caught a button's payload as text; typed texts never begin with a slash."""
    return str(value).startswith("/")


def appointment_language(tracker: Tracker) -> str:
    """The language to speak at the appointment: the one asked for, else the conversation's."""
    asked_for = tracker.get_slot(LANGUAGE)
    offered = context().settings.municipality.languages
    return str(asked_for) if asked_for in offered else language_of(tracker)


def ranked_topics(tracker: Tracker, least: float = 0.0) -> list[str]:
    """The topics that the latest message is about with at least a probability, the likeliest
    first."""
    ranking = tracker.latest_message.get("intent_ranking") or []
    return [place["name"] for place in ranking if float(place["confidence"]) >= least]


def message_id(tracker: Tracker) -> str:
    """The id of the message that is being answered."""
    latest = tracker.get_last_event_for("user") or {}
    return str(latest["message_id"])
