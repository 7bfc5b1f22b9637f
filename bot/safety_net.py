"""A cry for help always wins: when in doubt between a safety topic and another, safety.

Two nets: phrases of each language that mean danger, and the classifier's probability of the
safety topics together, at a threshold far below that of other topics.
"""

from typing import Any

from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.shared.nlu.constants import INTENT, INTENT_RANKING_KEY
from rasa.shared.nlu.training_data.message import Message

from bot import vocabulary
from bot.intent_classifier import SENTENCE_RANKINGS, Ranking
from bot.text_normaliser import NORMALISED
from bot.untrained_component import UntrainedComponent
from contact_point.settings import settings
from contact_point.spelling import without_marks
from contact_point.topics import SAFETY_TOPICS


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=False)
class SafetyNet(UntrainedComponent):
    """Replaces the intent by a safety topic where there is reason to."""

    def __init__(self, config: dict[str, Any]) -> None:
        self._threshold = float(config["threshold"])
        self._sentence = float(config["sentence"])
        self._sentence_if_clear = float(config["sentence_if_clear"])
        self._clear = float(config["clear"])
        self._phrases = vocabulary.danger_phrases(tuple(settings().municipality.languages))

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """`threshold`: probability of all safety topics together from which one is chosen;
        `sentence`: the same for a sentence of a longer message; `sentence_if_clear`: where the
        whole message is about something else with the probability `clear`. Found on the
        development set: lower ones find no more, and raise more false alarms."""
        return {"threshold": 0.35, "sentence": 0.9, "sentence_if_clear": 0.99, "clear": 0.8}

    def process(self, messages: list[Message]) -> list[Message]:
        """Check every message."""
        for message in messages:
            ranking = message.get(INTENT_RANKING_KEY) or []
            rankings = [ranking, *(message.get(SENTENCE_RANKINGS) or [])]
            found = self.safety_topic(message.get(NORMALISED) or "", rankings)
            if found:
                topic, probability = found
                intent = {"name": topic, "confidence": probability}
                message.set(INTENT, intent, add_to_output=True)
        return messages

    def safety_topic(self, text: str, rankings: list[Ranking]) -> tuple[str, float] | None:
        """The safety topic of a normalised message, if it is one, and how probable any is.

        `rankings` are the topics of the whole message and of each of its sentences.
        """
        plain = without_marks(text)
        for topic in SAFETY_TOPICS:
            if topic in self._phrases and self._phrases[topic].search(plain):
                return topic, 1.0
        whole, *sentences = rankings or [[]]
        found = self._likely(whole, self._threshold)
        if found or not sentences:
            return found
        # A sentence says little by itself: it must be surer, and surest where the whole is clear.
        is_clear = whole[0]["confidence"] >= self._clear
        least = self._sentence_if_clear if is_clear else self._sentence
        likely = (self._likely(sentence, least) for sentence in sentences)
        return max(filter(None, likely), key=_probability, default=None)

    def _likely(self, ranking: Ranking, least: float) -> tuple[str, float] | None:
        likely: dict[str, float] = {
            place["name"]: place["confidence"]
            for place in ranking
            if place["name"] in SAFETY_TOPICS
        }
        together = sum(likely.values())
        if not likely or together < least:
            return None
        return max(likely, key=lambda name: likely[name]), together


def _probability(found: tuple[str, float]) -> float:
    return found[1]
