"""Notices a second need in one message, so that it can be offered after the first is answered."""

from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.constants import ENTITIES, INTENT, TEXT
from rasa.shared.nlu.training_data.message import Message

from bot.afterword import ALSO_ABOUT
from bot.intent_classifier import SENTENCE_RANKINGS, Ranking
from bot.safety_net import SAFETY_TOPICS
from contact_point.topics import TOPICS


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=False)
class SecondNeed(GraphComponent):
    """Emits the entity `also_about` where two sentences are surely about two topics."""

    def __init__(self, config: dict[str, Any]) -> None:
        self._sure = float(config["sure"])

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """`sure`: probability from which a sentence stands for a need of its own."""
        return {"sure": 0.6}

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> "SecondNeed":
        """Rasa's constructor."""
        return cls(config)

    def process(self, messages: list[Message]) -> list[Message]:
        """Look at messages of several sentences."""
        for message in messages:
            first, second = self.needs(
                message.get(INTENT) or {}, message.get(SENTENCE_RANKINGS) or []
            )
            if second is None:
                continue
            message.set(INTENT, first, add_to_output=True)
            entity = {
                "entity": ALSO_ABOUT,
                "value": second,
                "start": 0,
                "end": len(message.get(TEXT) or ""),
                "extractor": type(self).__name__,
            }
            message.set(ENTITIES, [*(message.get(ENTITIES) or []), entity], add_to_output=True)
        return messages

    def needs(
        self, intent: dict[str, Any], rankings: list[Ranking]
    ) -> tuple[dict[str, Any], str | None]:
        """The intent to act on, and a second topic if there is one."""
        sure = {
            ranking[0]["name"]: ranking[0]
            for ranking in rankings
            if ranking and ranking[0]["confidence"] >= self._sure and _is_need(ranking[0]["name"])
        }
        if len(sure) < 2:
            return intent, None
        if intent.get("name") in SAFETY_TOPICS:
            return intent, next(name for name in sure if name != intent["name"])
        first, second, *_ = sure.values()
        return first, second["name"]


def _is_need(topic: str) -> bool:
    return TOPICS[topic].kind != "talk"
