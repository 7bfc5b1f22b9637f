"""Notices a second need in one message, so that it can be offered after the first is answered."""

from typing import Any

from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.shared.nlu.constants import ENTITIES, INTENT, INTENT_RANKING_KEY, TEXT
from rasa.shared.nlu.training_data.message import Message

from bot.afterword import ALSO_ABOUT
from bot.intent_classifier import SENTENCE_RANKINGS, Ranking, sentences
from bot.text_normaliser import NORMALISED
from bot.untrained_component import UntrainedComponent
from contact_point.topics import SAFETY_TOPICS, TOPICS

_QUESTION_MARKS = ("?", "؟", "፧")


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=False)
class SecondNeed(UntrainedComponent):
    """Emits the entity `also_about` where two sentences are surely about two topics."""

    def __init__(self, config: dict[str, Any]) -> None:
        self._sure = float(config["sure"])
        self._share = float(config["share"])

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """`sure`: probability from which a sentence stands for a need of its own; `share`:
        probability in the whole message from which the first of them goes before the likeliest,
        even where it is no question. Without it the beginning of a story, which only tells how
        things came about, would be answered instead of the question at its end."""
        return {"sure": 0.7, "share": 0.05}

    def process(self, messages: list[Message]) -> list[Message]:
        """Look at messages of several sentences."""
        for message in messages:
            rankings = message.get(SENTENCE_RANKINGS)
            if not rankings:
                continue
            first, second = self.needs(
                message.get(INTENT) or {},
                message.get(INTENT_RANKING_KEY) or [],
                list(zip(sentences(message.get(NORMALISED)), rankings, strict=True)),
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
        self, intent: dict[str, Any], whole: Ranking, each: list[tuple[str, Ranking]]
    ) -> tuple[dict[str, Any], str | None]:
        """The intent to act on, and a second topic if there is one, from the ranking of the whole
        message and of each of its sentences."""
        sure: dict[str, tuple[str, dict[str, Any]]] = {}
        for text, (likeliest, *_) in each:
            if likeliest["confidence"] >= self._sure and _is_need(likeliest["name"]):
                sure.setdefault(likeliest["name"], (text, likeliest))
        if len(sure) < 2:
            return intent, None
        text, first = next(iter(sure.values()))
        share = {place["name"]: place["confidence"] for place in whole}.get(first["name"], 0.0)
        is_asked = text.endswith(_QUESTION_MARKS) or share >= self._share
        # Whether something is danger, the safety net has decided.
        if is_asked and not {intent.get("name"), first["name"]} & {*SAFETY_TOPICS}:
            intent = first
        return intent, next(name for name in sure if name != intent["name"])


def _is_need(topic: str) -> bool:
    return TOPICS[topic].kind != "talk"
