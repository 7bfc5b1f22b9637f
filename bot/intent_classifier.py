"""Which of the topics a message is about.

Two linear models vote: one on the sentence vector (meaning, in any language), one on character
n-grams (spelling, names of authorities, scripts that the vectors know less of). Their mixture and
its temperature are fitted on examples that the models have not seen, so that the confidence is a
probability.
"""

from typing import Any

import numpy as np
import numpy.typing as npt
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.constants import INTENT, INTENT_RANKING_KEY
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData
from scipy.sparse import csr_matrix
from sklearn.feature_extraction.text import HashingVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedKFold
from sklearn.svm import LinearSVC

from bot.sentence_embedder import sentence_embedder, training_embedder
from bot.stopwatch import measured
from bot.text_normaliser import NORMALISED

Floats = npt.NDArray[np.float32]

NGRAM_FEATURES = 2**16
FOLDS = 3
RANKED = 17
"""How many topics of the ranking are kept: whatever comes first, three that can be offered are
among them, beside small talk (10) and safety (4)."""
_MEANING_C, _SPELLING_C = 0.5, 0.5  # inverse regularisation
_MIXTURES = (0.0, 0.1, 0.2, 0.3, 0.4)
_TEMPERATURES = (0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0, 1.15, 1.3, 1.6)


class TopicModel:
    """The two linear models and how they are mixed; plain arrays, no pickles."""

    def __init__(self, arrays: dict[str, npt.NDArray[Any]]) -> None:
        self.arrays = arrays
        self.topics = [str(topic) for topic in arrays["topics"]]
        self._meaning, self._meaning_bias = arrays["meaning"], arrays["meaning_bias"]
        # Transposed, so that the few n-grams of a message are a few rows.
        self._spelling = np.ascontiguousarray(arrays["spelling"].T).astype(np.float32)
        self._spelling_bias = arrays["spelling_bias"]
        self._mixture, self._temperature = (float(value) for value in arrays["calibration"])

    def probabilities(self, vector: Floats, ngrams: csr_matrix) -> Floats:
        """Calibrated probability of each topic, in the order of `topics`."""
        meaning = _log_softmax(self._meaning @ vector + self._meaning_bias)
        spelling = _log_softmax(ngrams.data @ self._spelling[ngrams.indices] + self._spelling_bias)
        return _mix(meaning, spelling, self._mixture, self._temperature)

    @classmethod
    def fit(cls, vectors: Floats, ngrams: csr_matrix, topics: npt.NDArray[np.str_]) -> "TopicModel":
        """Train on examples; calibrate on folds that were left out in turn."""
        names = np.unique(topics)
        # e5's vectors lie close together: without scaling, differences hardly count.
        centre, scale = vectors.mean(axis=0), vectors.std(axis=0) + 1e-6
        scaled = (vectors - centre) / scale
        truth = np.searchsorted(names, topics)
        meaning, spelling = (np.zeros((len(topics), len(names))) for _ in range(2))
        folds = StratifiedKFold(FOLDS, shuffle=True, random_state=0)
        for kept, left_out in folds.split(vectors, topics):
            dense, sparse = _fit_pair(scaled[kept], ngrams[kept], topics[kept])
            meaning[left_out] = _log_softmax(dense.decision_function(scaled[left_out]))
            spelling[left_out] = _log_softmax(sparse.decision_function(ngrams[left_out]))
        _, mixture, temperature = min(
            (
                -float(
                    np.log(
                        _mix(meaning, spelling, mixture, temperature)[range(len(truth)), truth]
                        + 1e-9
                    ).mean()
                ),
                mixture,
                temperature,
            )
            for mixture in _MIXTURES
            for temperature in _TEMPERATURES
        )
        dense, sparse = _fit_pair(scaled, ngrams, topics)
        meaning_weights = dense.coef_ / scale
        return cls(
            {
                "topics": names,
                "meaning": meaning_weights.astype(np.float32),
                "meaning_bias": (dense.intercept_ - meaning_weights @ centre).astype(np.float32),
                "spelling": sparse.coef_.astype(np.float16),
                "spelling_bias": sparse.intercept_.astype(np.float32),
                "calibration": np.array([mixture, temperature]),
            }
        )


def ngram_vectoriser() -> HashingVectorizer:
    """Character n-grams within words, hashed: no vocabulary to store."""
    return HashingVectorizer(
        analyzer="char_wb", ngram_range=(2, 5), n_features=NGRAM_FEATURES, alternate_sign=False
    )


def _fit_pair(
    vectors: Floats, ngrams: csr_matrix, topics: npt.NDArray[np.str_]
) -> tuple[LogisticRegression, LinearSVC]:
    dense = LogisticRegression(C=_MEANING_C, max_iter=500)
    sparse = LinearSVC(C=_SPELLING_C, random_state=0)
    return dense.fit(vectors, topics), sparse.fit(ngrams, topics)


def _log_softmax(scores: npt.NDArray[Any]) -> npt.NDArray[Any]:
    shifted = scores - scores.max(axis=-1, keepdims=True)
    normalised: npt.NDArray[Any] = shifted - np.log(np.exp(shifted).sum(axis=-1, keepdims=True))
    return normalised


def _mix(
    meaning: npt.NDArray[Any], spelling: npt.NDArray[Any], mixture: float, temperature: float
) -> Floats:
    scores = ((1 - mixture) * meaning + mixture * spelling) / temperature
    probabilities: Floats = np.exp(_log_softmax(scores)).astype(np.float32)
    return probabilities


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class IntentClassifier(GraphComponent):
    """Sets the intent and the ranking of a message."""

    def __init__(self, storage: ModelStorage, resource: Resource) -> None:
        self._storage, self._resource = storage, resource
        self._ngrams = ngram_vectoriser()
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
            training_embedder().embed(texts),
            self._ngrams.transform(texts),
            np.array([topic for _, topic in examples]),
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
            with measured("embedding"):
                vector = sentence_embedder().embed(text)
            with measured("classifier"):
                ranking = self._ranking(self._model, vector, text)
            message.set(INTENT, ranking[0], add_to_output=True)
            message.set(INTENT_RANKING_KEY, ranking, add_to_output=True)
        return messages

    def _ranking(self, model: TopicModel, vector: Floats, text: str) -> list[dict[str, Any]]:
        probabilities = model.probabilities(vector, self._ngrams.transform([text]))
        best = np.argsort(-probabilities)
        kept = set(best[:RANKED]) | {
            index for index in best if model.topics[index] in _ALWAYS_RANKED
        }
        return [
            {"name": model.topics[index], "confidence": float(probabilities[index])}
            for index in best
            if index in kept
        ]


_ALWAYS_RANKED = {"emergency", "crisis_self_harm", "violence_at_home", "exploitation"}
"""The safety net weighs these however unlikely they are."""
