"""Hand-over to a person, asked for in the newcomer's own words."""

from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.context import context
from actions.newcomer import language_of
from contact_point.conversations import hand_over
from contact_point.topics import TOPICS


class ActionHandOver(Action):
    """Puts the conversation in the advisers' queue."""

    def name(self) -> str:
        """Unique identifier of this action."""
        return "action_hand_over"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[dict[str, Any]]:
        """Hand over, and say when a person answers."""
        municipality = context().settings.municipality
        hours = await context().database.write(
            hand_over.request,
            tracker.sender_id,
            municipality,
            context().clock,
            _latest_topic(tracker),
        )
        reply = hand_over.waiting_reply(municipality, hours, language_of(tracker))
        dispatcher.utter_message(text=str(reply["text"]), buttons=reply.get("buttons"))
        return []


def _latest_topic(tracker: Tracker) -> str | None:
    """What the newcomer last wrote about, besides the wish for a person."""
    for event in reversed(tracker.events):
        if event.get("event") == "user":
            name = (event.get("parse_data") or {}).get("intent", {}).get("name")
            topic = TOPICS.get(name)
            if topic and topic.kind != "talk" and name != "talk_to_human":
                return topic.key
    return None
