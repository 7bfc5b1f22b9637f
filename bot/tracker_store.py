"""The bot's memory of a conversation: one bounded row in the product's database.

Rasa's own SQL store writes a row an event and reads all of them each turn, so that a turn grows
slower with every message. Here a conversation is one row of recent events, and older ones are
folded into the slots that they set.
"""

from collections.abc import Iterable
from contextvars import ContextVar
from functools import lru_cache
from typing import Any

import msgspec
from rasa.core.brokers.broker import EventBroker
from rasa.core.tracker_store import TrackerStore
from rasa.shared.core.constants import ACTION_LISTEN_NAME
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import ActionExecuted, Event, SlotSet, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.shared.utils.common import all_subclasses

from bot.stopwatch import measured
from contact_point import dialogues
from contact_point.clock import system_clock
from contact_point.database import Database
from contact_point.settings import settings

MAX_EVENTS = 24
"""A longer dialogue is folded when no form is open."""
KEPT_TURNS = 3
"""Newcomer's messages that stay when a dialogue is folded."""
KEPT_RANKING = 4
"""Places of an intent ranking that are kept of a past message."""

saved_tracker: ContextVar[DialogueStateTracker] = ContextVar("saved_tracker")
"""The tracker that the present turn ended with, for the input channel."""


class ConversationTrackerStore(TrackerStore):
    """Rasa's tracker store on `contact_point.dialogues`."""

    def __init__(
        self,
        domain: Domain | None,
        event_broker: EventBroker | None = None,
        host: str | None = None,
        **kwargs: Any,
    ) -> None:
        """`host` (the URL of endpoints.yml) is unused: the address is the product's setting."""
        self._database = Database(settings().database_url, inline=True)
        super().__init__(domain, event_broker, **kwargs)

    async def create_tracker(
        self, sender_id: str, append_action_listen: bool = True
    ) -> DialogueStateTracker:
        """A new tracker; stored only with its first turn."""
        tracker = self.init_tracker(sender_id)
        if append_action_listen:
            tracker.update(ActionExecuted(ACTION_LISTEN_NAME))
        return tracker

    async def save(self, tracker: DialogueStateTracker) -> None:
        """Store the recent events, in one short transaction."""
        saved_tracker.set(tracker)
        with measured("store"):
            events = [_slim(event.as_dict()) for event in _recent(tracker)]
            await self._database.write(
                dialogues.save, tracker.sender_id, msgspec.json.encode(events), system_clock()
            )

    async def retrieve(self, sender_id: str) -> DialogueStateTracker | None:
        """The tracker as it was stored, or None for a new conversation."""
        with measured("store"):
            stored = await self._database.read(dialogues.load, sender_id)
            if stored is None:
                return None
            events = [_event(each) for each in msgspec.json.decode(stored)]
            return DialogueStateTracker.from_events(sender_id, events, self.domain.slots)

    async def keys(self) -> Iterable[str]:
        """The conversations that have a row."""
        return await self._database.read(dialogues.conversation_ids)


@lru_cache(maxsize=1)
def _event_classes() -> dict[str, type[Event]]:
    """Rasa looks through all of its classes for each event; this remembers them."""
    return {each.type_name: each for each in all_subclasses(Event) if each.type_name}


def _event(parameters: dict[str, Any]) -> Event:
    event: Event = _event_classes()[parameters["event"]]._from_parameters(parameters)
    return event


def _recent(tracker: DialogueStateTracker) -> list[Event]:
    """The tracker's events, folded when there are many: slots as set, then the last turns."""
    events = list(tracker.events)
    if len(events) <= MAX_EVENTS or tracker.active_loop_name:
        return events
    turns = [index for index, event in enumerate(events) if isinstance(event, UserUttered)]
    if len(turns) <= KEPT_TURNS:
        return events
    first_kept = turns[-KEPT_TURNS]
    before = DialogueStateTracker.from_events(
        tracker.sender_id, events[:first_kept], tracker.slots.values()
    )
    slots: list[Event] = [
        SlotSet(name, slot.value) for name, slot in before.slots.items() if slot.has_been_set
    ]
    return [*slots, ActionExecuted(ACTION_LISTEN_NAME), *events[first_kept:]]


def _slim(event: dict[str, Any]) -> dict[str, Any]:
    """An event without what no later turn reads."""
    parse_data = event.get("parse_data")
    if parse_data:
        event["parse_data"] = {
            **parse_data,
            "intent_ranking": parse_data.get("intent_ranking", [])[:KEPT_RANKING],
            "text_tokens": [],
        }
    return event
