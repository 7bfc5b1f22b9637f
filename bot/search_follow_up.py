"""Short messages after offices were shown go on from them: nearer, on Saturday, the second one."""

from functools import lru_cache
from typing import Any

import numpy as np
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.shared.core.events import ActionExecuted, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.shared.nlu.constants import ENTITIES, INTENT
from rasa.shared.nlu.training_data.message import Message

from bot import vocabulary
from bot.fallback import NOT_SURE, NOT_SURE_AGAIN
from bot.intent_classifier import VECTOR
from bot.text_normaliser import NORMALISED
from bot.untrained_component import UntrainedComponent
from contact_point.embedding.embedding_model import Array
from contact_point.embedding.sentence_embedder import cached_embedder
from contact_point.settings import settings
from contact_point.topics import SAFETY_TOPICS

REFINEMENT = "refinement"
"""Entity: how to go on, a key of `refinements` in understanding.yml, or "narrow"."""
_OUT_OF_SCOPE = "out_of_scope"
_INTENT, _ACTION = "find_service", "action_find_service"
_NARROWING = {"spoken_language", "place", "postal_code", "date", "open_now"}
_RECENT_TURNS = 3


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=False)
class SearchFollowUp(UntrainedComponent):
    """Sets the intent `find_service` with the entity `refinement`."""

    def __init__(self, config: dict[str, Any]) -> None:
        self._likeness = float(config["likeness"])
        self._sure_topic = float(config["sure_topic"])
        self._surely_alike = float(config["surely_alike"])
        self._words = int(config["words"])

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """`likeness`: least cosine to one of the known phrases, at which four in a hundred other
        short messages would be taken for one; `surely_alike`: the same where a message is
        understood as another topic with at least the probability `sure_topic`; `words`: longest
        message."""
        return {"likeness": 0.6, "surely_alike": 0.75, "sure_topic": 0.7, "words": 6}

    def process(
        self, messages: list[Message], tracker: DialogueStateTracker | None = None
    ) -> list[Message]:
        """Look at short messages after results, outside of forms."""
        if tracker is None or tracker.active_loop_name or not has_shown_offices(tracker):
            return messages
        for message in messages:
            intent = (message.get(INTENT) or {}).get("name")
            if message.get(VECTOR) is None:
                continue
            # Words that are known stand for nothing dangerous; others may.
            is_danger = intent in SAFETY_TOPICS
            kind = known_kind(message) if is_danger else self.kind(message)
            if kind is None:
                continue
            message.set(INTENT, {"name": _INTENT, "confidence": 1.0}, add_to_output=True)
            found = {
                "entity": REFINEMENT,
                "value": kind,
                "start": 0,
                "end": 0,
                "extractor": type(self).__name__,
            }
            message.set(ENTITIES, [*(message.get(ENTITIES) or []), found], add_to_output=True)
        return messages

    def kind(self, message: Message) -> str | None:
        """How a short message goes on, or None where it says something else."""
        if len((message.get(NORMALISED) or "").split()) > self._words:
            return None
        known = known_kind(message)
        if known:
            return known
        kinds, _, vectors = _phrases(tuple(settings().municipality.languages))
        entities = {each["entity"] for each in message.get(ENTITIES) or []}
        if "service_category" in entities:
            return None
        if entities & _NARROWING:
            return "narrow"
        likeness = vectors @ message.get(VECTOR)
        nearest = int(np.argmax(likeness))
        return kinds[nearest] if likeness[nearest] >= self._least(message) else None

    def _least(self, message: Message) -> float:
        intent = message.get(INTENT) or {}
        is_open = intent.get("name") in (_INTENT, NOT_SURE, NOT_SURE_AGAIN, _OUT_OF_SCOPE)
        is_other = not is_open and intent.get("confidence", 0) >= self._sure_topic
        return self._surely_alike if is_other else self._likeness


def known_kind(message: Message) -> str | None:
    """How a message goes on that is word for word one of the known phrases."""
    kinds, phrases, _ = _phrases(tuple(settings().municipality.languages))
    text = message.get(NORMALISED) or ""
    return kinds[phrases.index(text)] if text in phrases else None


def has_shown_offices(tracker: DialogueStateTracker) -> bool:
    """Whether offices were shown within the last few messages."""
    turns = 0
    for event in reversed(tracker.events):
        if isinstance(event, ActionExecuted) and event.action_name == _ACTION:
            return bool(tracker.get_slot("last_search"))
        turns += isinstance(event, UserUttered)
        if turns > _RECENT_TURNS:
            return False
    return False


@lru_cache(maxsize=1)
def _phrases(offered: tuple[str, ...]) -> tuple[list[str], list[str], Array]:
    """The kind, the text and the vector of every known phrase."""
    known = vocabulary.refinement_phrases(offered)
    texts = [text for _, text in known]
    return [kind for kind, _ in known], texts, cached_embedder().embed(texts)
