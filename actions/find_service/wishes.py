"""What a message or a button wishes of an office."""

from datetime import date

from rasa_sdk import Tracker
from sqlalchemy.orm import Session

from actions.context import context
from actions.newcomer import entity
from contact_point.directory.categories import CATEGORIES
from contact_point.directory.distance import Point
from contact_point.directory.places import centre, centre_of_postcode
from contact_point.directory.search import Wish

_DEGREES_SHOWN = 3
"""Decimals of a shared position that are kept: about 100 metres."""


async def wish_of(tracker: Tracker) -> Wish:
    """Everything that the latest message says, and where the newcomer has said that they are."""
    category = entity(tracker, "service_category")
    postcode = entity(tracker, "postal_code")
    near = shared_position(tracker)
    if near is None and postcode:
        near = await context().database.read(centre_of_postcode, postcode)
    day = entity(tracker, "date")
    return Wish(
        category=category if category in CATEGORIES else None,
        language=entity(tracker, "spoken_language"),
        place=entity(tracker, "place"),
        open_now=entity(tracker, "open_now") == "true",
        words=entity(tracker, "words") or _written(tracker),
        near=near,
        nearest=bool(postcode) or entity(tracker, "nearest") == "true",
        open_on=date.fromisoformat(day) if day else None,
    )


def shared_position(tracker: Tracker) -> Point | None:
    """Where the newcomer's phone said that it is, in this message or before."""
    written = entity(tracker, "position") or tracker.get_slot("position")
    if not written:
        return None
    latitude, _, longitude = written.partition(",")
    return round(float(latitude), _DEGREES_SHOWN), round(float(longitude), _DEGREES_SHOWN)


def centre_of(session: Session, place: str | None) -> Point | None:
    """The middle of a place that was named."""
    return centre(session, place) if place else None


def _written(tracker: Tracker) -> str | None:
    """What the newcomer wrote, if it was no button."""
    text = tracker.latest_message.get("text") or ""
    return None if text.startswith("/") else text
