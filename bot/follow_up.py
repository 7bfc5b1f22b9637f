"""Short questions after an answer ("how much does it cost?") are about that answer's topic."""

from functools import lru_cache
from typing import Any

import numpy as np
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.shared.core.events import UserUttered
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.shared.nlu.constants import ENTITIES, INTENT
from rasa.shared.nlu.training_data.message import Message

from bot import vocabulary
from bot.intent_classifier import VECTOR
from bot.text_normaliser import NORMALISED
from bot.untrained_component import UntrainedComponent
from contact_point.embedding.embedding_model import Array
from contact_point.embedding.sentence_embedder import cached_embedder
from contact_point.settings import settings
from contact_point.topics import SAFETY_TOPICS, TOPICS

FOLLOW_UP = "follow_up"
"""The intent of such a question, other than where something is."""
ABOUT = "follow_up_about"
"""Entity: what is asked, a key of `follow_up` in understanding.yml."""
_WHERE = "where"
_ABOUT_THE_ANSWER = {FOLLOW_UP, "simple_language", "find_service"}
"""Intents after which the conversation still is about the answer."""
_RECENT_TURNS = 3


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=False)
class FollowUp(UntrainedComponent):
    """Sets the intent `follow_up`, or `find_service` with the category of the topic's office."""

    def __init__(self, config: dict[str, Any]) -> None:
        self._likeness = float(config["likeness"])
        self._words = int(config["words"])

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """`likeness`: least cosine to one of the known questions, at which three of 1,576 short
        messages of the development set would be taken for one; `words`: longest question."""
        return {"likeness": 0.75, "words": 6}

    def process(
        self, messages: list[Message], tracker: DialogueStateTracker | None = None
    ) -> list[Message]:
        """Look at short messages after an answer, outside of forms."""
        topic = answered_topic(tracker) if tracker and not tracker.active_loop_name else None
        for message in messages:
            intent = (message.get(INTENT) or {}).get("name")
            if not topic or intent in SAFETY_TOPICS or message.get(VECTOR) is None:
                continue
            about = self.about(message.get(NORMALISED) or "", message.get(VECTOR))
            if about is None:
                continue
            office = TOPICS[topic].office
            entity, value = (ABOUT, about) if about != _WHERE else ("service_category", office)
            if value is None:
                continue
            name = FOLLOW_UP if about != _WHERE else "find_service"
            message.set(INTENT, {"name": name, "confidence": 1.0}, add_to_output=True)
            found = {
                "entity": entity,
                "value": value,
                "start": 0,
                "end": 0,
                "extractor": type(self).__name__,
            }
            message.set(ENTITIES, [*(message.get(ENTITIES) or []), found], add_to_output=True)
        return messages

    def about(self, text: str, vector: Array) -> str | None:
        """What a short question asks, or None."""
        if len(text.split()) > self._words:
            return None
        kinds, questions = _questions(tuple(settings().municipality.languages))
        likeness = questions @ vector
        nearest = int(np.argmax(likeness))
        return kinds[nearest] if likeness[nearest] >= self._likeness else None


def answered_topic(tracker: DialogueStateTracker) -> str | None:
    """The topic of the latest answer, unless the newcomer has turned to other things since."""
    turns = 0
    for event in reversed(tracker.events):
        if isinstance(event, UserUttered):
            topic = TOPICS.get(event.intent.get("name") or "")
            if topic and topic.kind in ("answer", "safety"):
                return topic.key
            turns += event.intent.get("name") not in _ABOUT_THE_ANSWER
            if turns == _RECENT_TURNS:
                return None
    return None


@lru_cache(maxsize=1)
def _questions(offered: tuple[str, ...]) -> tuple[list[str], Array]:
    """The kind and the vector of every known question."""
    known = vocabulary.follow_up_questions(offered)
    return [kind for kind, _ in known], cached_embedder().embed([text for _, text in known])
