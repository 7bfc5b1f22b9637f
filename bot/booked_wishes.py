"""Words about a time that is booked: "I will be late", "I want to come earlier"."""

from typing import Any

from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.shared.nlu.constants import ENTITIES, INTENT
from rasa.shared.nlu.training_data.message import Message

from bot.entity_extractor import BOOKED_WISH
from bot.fallback import NOT_SURE, NOT_SURE_AGAIN
from bot.text_normaliser import NORMALISED
from bot.untrained_component import UntrainedComponent
from contact_point.topics import SAFETY_TOPICS

_APPOINTMENTS = {
    "book_appointment", "change_appointment", "cancel_appointment", "my_appointments",
    "running_late", "earlier_time",
}  # fmt: skip
_OPEN = {NOT_SURE, NOT_SURE_AGAIN, "out_of_scope", "inform"}
"""Understood as nothing certain."""
_WORD_FOR_WORD = 1.0
"""The probability of a danger that was named in known words."""


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=False)
class BookedWishes(UntrainedComponent):
    """Sets the intent that the words of `booked_wishes` stand for, such as `running_late`."""

    def __init__(self, config: dict[str, Any]) -> None:
        self._words, self._brief = int(config["words"]), int(config["brief"])
        self._sure = float(config["sure"])

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """`words`: longest message; `sure`: probability from which another topic stays, unless the
        message has no more words than `brief`: then it says little else."""
        return {"words": 14, "brief": 5, "sure": 0.7}

    def process(
        self, messages: list[Message], tracker: DialogueStateTracker | None = None
    ) -> list[Message]:
        """Look at short messages outside of forms."""
        if tracker is not None and tracker.active_loop_name:
            return messages
        for message in messages:
            wish = _wish(message)
            if wish and self._is_about_it(message):
                message.set(INTENT, {"name": wish, "confidence": 1.0}, add_to_output=True)
        return messages

    def _is_about_it(self, message: Message) -> bool:
        intent = message.get(INTENT) or {}
        name, probability = intent.get("name"), float(intent.get("confidence", 0.0))
        words = len((message.get(NORMALISED) or "").split())
        if words <= self._brief:
            # The known words leave no room for a danger that is only guessed.
            return not (name in SAFETY_TOPICS and probability >= _WORD_FOR_WORD)
        if words > self._words or name in SAFETY_TOPICS:
            return False
        return name in _APPOINTMENTS | _OPEN or probability < self._sure


def _wish(message: Message) -> str | None:
    found = message.get(ENTITIES) or []
    return next((each["value"] for each in found if each["entity"] == BOOKED_WISH), None)
