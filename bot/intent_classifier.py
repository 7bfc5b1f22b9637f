"""Sets the topic of a message: the likeliest as its intent, and the ranking.

A message of several sentences is also looked at sentence by sentence: a cry for help must not
drown in a story, and a second need must not be lost.
"""

import re
from typing import Any

import numpy as np
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.constants import INTENT, INTENT_RANKING_KEY
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.stopwatch import measured
from bot.text_normaliser import NORMALISED
from bot.topic_model import TopicModel
from contact_point.embedding.adapter import is_unseen
from contact_point.embedding.embedding_model import Array
from contact_point.embedding.sentence_embedder import cached_embedder, sentence_embedder

VECTOR = "vector"
"""Message attribute: the sentence vector of the whole message."""
SENTENCE_RANKINGS = "sentence_rankings"
"""Message attribute: a ranking for each sentence, where there are several."""
RANKED = 17
"""How many topics of the ranking are kept: whatever comes first, three that can be offered are
among them, beside small talk (10) and safety (4)."""
MAX_SENTENCES = 4
_MIN_SENTENCE_WORDS = 2
_SENTENCE_END = re.compile(r"(?<=[.!?؟፧።;؛])\s+|(?<=[؟፧።])")
_AGREES, _HARMLESS = 0.7, 0.05
"""Probability of the whole's topic from which a sentence surely says the same, and of all dangers
below which it says nothing of danger. Found on pairs of messages of the development set: 757 of
776 second needs are still noticed, every cry for help, and one sentence in four is read again."""
_ALWAYS_RANKED = {"emergency", "crisis_self_harm", "violence_at_home", "exploitation"}
"""The safety net weighs these however unlikely they are."""

Ranking = list[dict[str, Any]]


def sentences(text: str) -> list[str]:
    """The sentences of a normalised text, those of one word left out; empty for a single one."""
    found = [part for part in _parts(text) if len(part.split()) >= _MIN_SENTENCE_WORDS]
    return found[:MAX_SENTENCES] if len(found) > 1 else []


def _parts(text: str) -> list[str]:
    return [part for part in map(str.strip, _SENTENCE_END.split(text)) if part]


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class IntentClassifier(GraphComponent):
    """Ranks the topics of a message."""

    def __init__(self, storage: ModelStorage, resource: Resource) -> None:
        self._storage, self._resource = storage, resource
        self._model: TopicModel | None = None

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> "IntentClassifier":
        """Rasa's constructor for training."""
        return cls(model_storage, resource)

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> "IntentClassifier":
        """Rasa's constructor for use."""
        classifier = cls(model_storage, resource)
        with model_storage.read_from(resource) as folder:
            classifier._model = TopicModel(dict(np.load(folder / "topics.npz")))
        sentence_embedder().embed("warm up")
        return classifier

    def train(self, training_data: TrainingData) -> Resource:
        """Embed the examples and fit the model."""
        examples = [
            (str(message.get(NORMALISED)), str(message.get(INTENT)))
            for message in training_data.intent_examples
            if message.get(NORMALISED)
        ]
        texts = [text for text, _ in examples]
        model = TopicModel.fit(
            texts,
            cached_embedder().embed(texts),
            np.array([topic for _, topic in examples]),
            np.array([is_unseen(text) for text in texts]),
        )
        with self._storage.write_to(self._resource) as folder:
            np.savez_compressed(folder / "topics.npz", **model.arrays)
        return self._resource

    def process(self, messages: list[Message]) -> list[Message]:
        """Rank the topics of messages in use."""
        for message in messages:
            text = message.get(NORMALISED)
            if not text or self._model is None:
                continue
            vector, whole, each = self._rankings(self._model, text)
            message.set(VECTOR, vector, add_to_output=False)
            message.set(INTENT, whole[0], add_to_output=True)
            message.set(INTENT_RANKING_KEY, whole, add_to_output=True)
            message.set(SENTENCE_RANKINGS, each, add_to_output=False)
        return messages

    def _rankings(self, model: TopicModel, text: str) -> tuple[Array, Ranking, list[Ranking]]:
        """The vector and the ranking of the whole text, and the ranking of each sentence."""
        parts = _parts(text)
        with measured("embedding"):
            vector, within = sentence_embedder().embed_parts(parts)
        whole = self._ranking(model, text, vector)
        coloured = dict(zip(parts, within, strict=True))
        each = [
            self._sentence_ranking(model, sentence, coloured[sentence], whole)
            for sentence in sentences(text)
        ]
        return vector, whole, each

    def _sentence_ranking(
        self, model: TopicModel, text: str, coloured: Array | None, whole: Ranking
    ) -> Ranking:
        """Read once more by itself, which takes time, unless it surely says what the whole does."""
        if coloured is not None:
            ranking = self._ranking(model, text, coloured)
            if _agrees(ranking, whole):
                return ranking
        with measured("embedding"):
            vector = sentence_embedder().embed(text)
        return self._ranking(model, text, vector)

    def _ranking(self, model: TopicModel, text: str, vector: Array) -> Ranking:
        with measured("classifier"):
            probabilities = model.probabilities(text, vector)
            best = np.argsort(-probabilities)
            kept = set(best[:RANKED]) | {
                index for index in best if model.topics[index] in _ALWAYS_RANKED
            }
            return [
                {"name": model.topics[index], "confidence": float(probabilities[index])}
                for index in best
                if index in kept
            ]


def _agrees(sentence: Ranking, whole: Ranking) -> bool:
    likeliest = sentence[0]
    danger = sum(place["confidence"] for place in sentence if place["name"] in _ALWAYS_RANKED)
    is_same = bool(likeliest["name"] == whole[0]["name"])
    return is_same and likeliest["confidence"] >= _AGREES and danger < _HARMLESS
