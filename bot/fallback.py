"""When not sure, ask: the likeliest topics stay in the ranking, for buttons."""

from typing import Any

from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.shared.nlu.constants import INTENT, INTENT_RANKING_KEY
from rasa.shared.nlu.training_data.message import Message

from bot.untrained_component import UntrainedComponent
from contact_point.topics import SAFETY_TOPICS, TOPICS

NOT_SURE = "nlu_fallback"
NOT_SURE_AGAIN = "not_understood"


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=False)
class Fallback(UntrainedComponent):
    """Replaces an unsure intent by `nlu_fallback`, the second time in a row by
    `not_understood`, which leads to a person."""

    def __init__(self, config: dict[str, Any]) -> None:
        self._threshold = float(config["threshold"])
        self._talk_threshold = float(config["talk_threshold"])
        self._lead = float(config["lead"])

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """`threshold`: least probability of the first topic; `talk_threshold`: the same for small
        talk, where nonsense tends to land; `lead`: least distance to the second where the first
        has less than half."""
        return {"threshold": 0.35, "talk_threshold": 0.6, "lead": 0.1}

    def process(
        self, messages: list[Message], tracker: DialogueStateTracker | None = None
    ) -> list[Message]:
        """Check every message."""
        for message in messages:
            intent = message.get(INTENT) or {}
            if intent.get("name") in SAFETY_TOPICS:
                continue  # in doubt it is answered with a careful question of its own
            if intent.get("name") and self.is_sure(intent, message.get(INTENT_RANKING_KEY) or []):
                continue
            name = NOT_SURE_AGAIN if _was_unsure(tracker) else NOT_SURE
            message.set(INTENT, {"name": name, "confidence": 1.0}, add_to_output=True)
        return messages

    def is_sure(self, intent: dict[str, Any], ranking: list[dict[str, Any]]) -> bool:
        """Whether the intent is likely enough to be acted on."""
        confidence = intent["confidence"]
        topic = TOPICS.get(intent["name"])
        is_talk = topic is not None and topic.kind == "talk"
        if confidence < (self._talk_threshold if is_talk else self._threshold):
            return False
        others = [place["confidence"] for place in ranking if place["name"] != intent["name"]]
        return confidence >= 0.5 or not others or confidence - others[0] >= self._lead


def _was_unsure(tracker: DialogueStateTracker | None) -> bool:
    latest = tracker.latest_message if tracker else None
    return bool(latest and latest.intent and latest.intent.get("name") == NOT_SURE)
