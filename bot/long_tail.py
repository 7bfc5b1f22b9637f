"""What fits no topic well is looked up by meaning: a checked claim, or passages that may help."""

from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.constants import ENTITIES, INTENT, INTENT_RANKING_KEY
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.embedding_model import Array
from bot.fallback import NOT_SURE, NOT_SURE_AGAIN
from bot.intent_classifier import VECTOR, Ranking
from bot.language_identifier import LANGUAGE_ENTITY
from bot.passages import Hit, passages
from bot.services import services
from contact_point.topics import TOPICS

MAY_HELP, RUMOUR_CHECK, OUT_OF_SCOPE = "may_help", "rumour_check", "out_of_scope"
PASSAGE = "passage"
"""Entity: "shelf/key/paragraph" of what may help."""
SERVICE = "service"
"""Entity: the name of a service that may help."""
CLAIM = "claim"
"""Entity: the key of a checked claim."""


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class LongTail(GraphComponent):
    """Sets the intent `may_help` with what was found, or `rumour_check` with the claim."""

    def __init__(self, config: dict[str, Any], resource: Resource) -> None:
        self._resource = resource
        self._score = float(config["score"])
        self._out_of_scope = float(config["out_of_scope"])
        self._service = float(config["service"])
        self._claim, self._claim_asked = float(config["claim"]), float(config["claim_asked"])

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """`score`: least score of what may help; `out_of_scope`: probability from which a message
        is out of scope, whatever it resembles; `service`: least likeness (cosine) of a service;
        `claim`: least likeness to a checked claim; `claim_asked`: the same where the message asks
        whether something is true."""
        return {
            "score": 0.55,
            "out_of_scope": 0.2,
            "service": 0.65,
            "claim": 0.85,
            "claim_asked": 0.7,
        }

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> "LongTail":
        """Rasa's constructor for training."""
        return cls(config, resource)

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> "LongTail":
        """Rasa's constructor for use."""
        passages()
        return cls(config, resource)

    def train(self, training_data: TrainingData) -> Resource:
        """Read the passages into the embedder's cache, so that a start need not."""
        passages()
        return self._resource

    def process(self, messages: list[Message]) -> list[Message]:
        """Look at messages that are about nothing certain, and for claims in the others."""
        for message in messages:
            intent, vector = message.get(INTENT) or {}, message.get(VECTOR)
            if vector is None or not _may_be_looked_up(intent.get("name")):
                continue
            claim = self.claim(intent["name"], vector)
            if claim:
                _act(message, RUMOUR_CHECK, [(CLAIM, claim)])
                continue
            if intent["name"] not in (NOT_SURE, NOT_SURE_AGAIN, OUT_OF_SCOPE):
                continue
            ranking, language = message.get(INTENT_RANKING_KEY) or [], _language(message)
            hits = self.hits(vector, ranking, language)
            found = [(PASSAGE, f"{hit.shelf}/{hit.key}/{hit.paragraph}") for hit in hits]
            service = self.service(vector, ranking, language)
            if service:
                found.append((SERVICE, service))
            if found:
                _act(message, MAY_HELP, found)
        return messages

    def claim(self, topic: str, vector: Array) -> str | None:
        """The checked claim that a message makes, if it surely is one."""
        key, likeness = passages().claim(vector)
        least = self._claim_asked if topic == RUMOUR_CHECK else self._claim
        return key if key and likeness >= least else None

    def hits(self, vector: Array, ranking: Ranking, language: str) -> list[Hit]:
        """What may help, nearest first; empty where nothing is near enough."""
        topics = {place["name"]: place["confidence"] for place in ranking}
        if self._is_outside(ranking):
            return []
        found = passages().nearest(vector, topics, language)
        return found if found and found[0].score >= self._score else []

    def service(self, vector: Array, ranking: Ranking, language: str) -> str | None:
        """The name, in a language if there is one, of a service that may help."""
        found = None if self._is_outside(ranking) else services().nearest(vector)
        if found is None or found[1] < self._service:
            return None
        return found[0].names.get(language, found[0].name)

    def _is_outside(self, ranking: Ranking) -> bool:
        outside = sum(place["confidence"] for place in ranking if place["name"] == OUT_OF_SCOPE)
        return bool(outside >= self._out_of_scope)


def _may_be_looked_up(intent: str | None) -> bool:
    if intent in (NOT_SURE, NOT_SURE_AGAIN, OUT_OF_SCOPE):
        return True
    topic = TOPICS.get(intent or "")
    return topic is not None and topic.kind == "answer"


def _language(message: Message) -> str:
    entities = message.get(ENTITIES) or []
    return next(
        (str(each["value"]) for each in entities if each["entity"] == LANGUAGE_ENTITY), "sv"
    )


def _act(message: Message, intent: str, found: list[tuple[str, str]]) -> None:
    entities = [
        {"entity": name, "value": value, "start": 0, "end": 0, "extractor": LongTail.__name__}
        for name, value in found
    ]
    message.set(INTENT, {"name": intent, "confidence": 1.0}, add_to_output=True)
    message.set(ENTITIES, [*(message.get(ENTITIES) or []), *entities], add_to_output=True)
