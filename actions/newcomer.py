"""What the tracker says about the newcomer."""

from rasa_sdk import Tracker

from actions.context import context


def language_of(tracker: Tracker) -> str:
    """The language to answer in (BCP 47): the conversation's, else the municipality's first."""
    return tracker.get_slot("language") or context().settings.municipality.languages[0]


def entity(tracker: Tracker, name: str) -> str | None:
    """The first value of an entity in the latest message."""
    return next(tracker.get_latest_entity_values(name), None)
