"""What fits no topic well is looked up by meaning: a checked claim, or passages that may help."""

from typing import Any

import numpy as np
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.constants import ENTITIES, INTENT, INTENT_RANKING_KEY
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.claims import ClaimModel
from bot.fallback import NOT_SURE, NOT_SURE_AGAIN
from bot.intent_classifier import VECTOR, Ranking
from bot.language_identifier import LANGUAGE_ENTITY
from bot.passages import Hit, passages
from bot.services import services
from bot.text_normaliser import NORMALISED
from bot.topic_model import TopicModel
from contact_point.embedding.embedding_model import Array
from contact_point.settings import settings
from contact_point.topics import TOPICS

_CLAIMS = "claims.npz"
_FIND_SERVICE = "find_service"
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

    def __init__(
        self, config: dict[str, Any], resource: Resource, claims: ClaimModel | None = None
    ) -> None:
        self._resource, self._claims = resource, claims
        self._storage: ModelStorage | None = None
        self._score = float(config["score"])
        self._out_of_scope = float(config["out_of_scope"])
        self._service = float(config["service"])
        self._sure_topic = float(config["sure_topic"])
        self._claim, self._claim_asked = float(config["claim"]), float(config["claim_asked"])

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """`score`: least score of what may help; `out_of_scope`: probability from which a text is
        out of scope, whatever it resembles; `service`: least likeness (cosine) of a service;
        `claim`: least probability that a message makes a checked claim; `claim_asked`: the same
        where it asks whether something is true, or is about no certain topic; `sure_topic`:
        probability from which another topic is answered, and the claim is a button."""
        return {
            "score": 0.55,
            "out_of_scope": 0.2,
            "service": 0.65,
            "claim": 0.5,
            "claim_asked": 0.2,
            "sure_topic": 0.95,
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
        component = cls(config, resource)
        component._storage = model_storage
        return component

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
        claims = None
        with model_storage.read_from(resource) as folder:
            if (folder / _CLAIMS).exists():
                claims = ClaimModel(TopicModel(dict(np.load(folder / _CLAIMS))))
        return cls(config, resource, claims)

    def train(self, training_data: TrainingData) -> Resource:
        """Learn the claims, and read the passages into the embedder's cache for a quick start."""
        passages()
        others = [
            str(message.get(NORMALISED))
            for message in training_data.intent_examples
            if message.get(NORMALISED) and message.get(INTENT) != RUMOUR_CHECK
        ]
        claims = ClaimModel.fit(settings().municipality.languages, others)
        if self._storage is None:
            raise ValueError("Only a component that was made for training can be trained")
        with self._storage.write_to(self._resource) as folder:
            if claims:
                np.savez_compressed(folder / _CLAIMS, **claims.model.arrays)
        return self._resource

    def process(self, messages: list[Message]) -> list[Message]:
        """Look at messages that are about nothing certain, and for claims in the others."""
        for message in messages:
            intent, vector = message.get(INTENT) or {}, message.get(VECTOR)
            if vector is None or not _may_be_looked_up(intent.get("name")):
                continue
            claim = self.claim(intent["name"], message.get(NORMALISED) or "", vector)
            if claim:
                topic = intent["name"] if self._is_kept(intent) else RUMOUR_CHECK
                _act(message, topic, [(CLAIM, claim)], intent)
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

    def _is_kept(self, intent: dict[str, Any]) -> bool:
        """Whether a message that resembles a claim keeps its topic, and gets a button to the claim:
        a cry for help, or a question about something that is surely understood."""
        topic = TOPICS.get(intent["name"])
        if topic is None or topic.key in (RUMOUR_CHECK, OUT_OF_SCOPE):
            return False
        return topic.kind == "safety" or float(intent["confidence"]) >= self._sure_topic

    def claim(self, topic: str, text: str, vector: Array) -> str | None:
        """The checked claim that a message makes, if it surely is one."""
        if self._claims is None:
            return None
        key, probability = self._claims.claim(text, vector)
        is_open = topic in (RUMOUR_CHECK, NOT_SURE, NOT_SURE_AGAIN)
        least = self._claim_asked if is_open else self._claim
        return key if probability >= least else None

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
    return topic is not None and (topic.kind in ("answer", "safety") or topic.key == _FIND_SERVICE)


def _language(message: Message) -> str:
    entities = message.get(ENTITIES) or []
    return next(
        (str(each["value"]) for each in entities if each["entity"] == LANGUAGE_ENTITY), "sv"
    )


def _act(
    message: Message,
    topic: str,
    found: list[tuple[str, str]],
    understood: dict[str, Any] | None = None,
) -> None:
    """Set the topic, unless it is the one understood already, and emit what was found."""
    entities = [
        {"entity": name, "value": value, "start": 0, "end": 0, "extractor": LongTail.__name__}
        for name, value in found
    ]
    if understood is None or topic != understood["name"]:
        message.set(INTENT, {"name": topic, "confidence": 1.0}, add_to_output=True)
    message.set(ENTITIES, [*(message.get(ENTITIES) or []), *entities], add_to_output=True)
