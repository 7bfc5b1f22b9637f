"""Which topic a text is about, from its sentence vector and its letters.

Two linear models vote: one on the sentence vector (meaning, in any language), one on character
n-grams (spelling, names of authorities, scripts that the vectors know less of). Their mixture and
its temperature are fitted on messages that neither they nor the sentence vectors' adapter have
seen, so that the confidence is a probability.
"""

import warnings
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
import numpy.typing as npt
from sklearn.exceptions import ConvergenceWarning
from sklearn.feature_extraction.text import HashingVectorizer, TfidfTransformer
from sklearn.linear_model import LogisticRegression
from sklearn.svm import LinearSVC

from contact_point.spelling import without_marks

Floats = npt.NDArray[np.float32]
Arrays = dict[str, npt.NDArray[Any]]

NGRAM_FEATURES = 2**16
_MEANING_C, _SPELLING_C = 0.005, 1.0  # inverse regularisation
_MEANING_STEPS, _SPELLING_TOLERANCE = 40, 0.01
"""Where solving ends: further steps take half the time of training and change no figure."""
_MIXTURES = (0.0, 0.2, 0.4, 0.5, 0.6, 0.65, 0.7, 0.75, 0.8, 0.85, 0.9, 0.95)
"""Shares of the spelling model, whose scores lie much closer together than the other's."""
_TEMPERATURES = (*(step / 25 for step in range(2, 25)), 1.0, 1.2, 1.5, 2.0)
_LETTERS = HashingVectorizer(
    analyzer="char_wb", ngram_range=(2, 5), n_features=NGRAM_FEATURES, norm=None,
    alternate_sign=False,
)  # fmt: skip


class TopicModel:
    """The two linear models and how they are mixed; plain arrays, no pickles."""

    def __init__(self, arrays: Arrays) -> None:
        self.arrays = arrays
        self.topics = [str(topic) for topic in arrays["topics"]]
        self._meaning, self._meaning_bias = arrays["meaning"], arrays["meaning_bias"]
        # Transposed, so that the few n-grams of a message are a few rows.
        self._spelling = np.ascontiguousarray(arrays["spelling"].T)
        self._spelling_bias = arrays["spelling_bias"]
        self._rarity = arrays["rarity"].astype(np.float32)
        self._mixture, self._temperature = (float(value) for value in arrays["calibration"])

    def probabilities(self, text: str, vector: Floats) -> Floats:
        """Calibrated probability of each topic, in the order of `topics`."""
        counts = _LETTERS.transform([without_marks(text)])
        weights = (1 + np.log(counts.data)) * self._rarity[counts.indices]
        weights = (weights / max(float(np.linalg.norm(weights)), 1e-9)).astype(np.float32)
        rows = self._spelling[counts.indices].astype(np.float32)
        meaning = _log_softmax(self._meaning @ vector + self._meaning_bias)
        spelling = _log_softmax(weights @ rows + self._spelling_bias)
        return _mix(meaning, spelling, self._mixture, self._temperature)

    @classmethod
    def fit(
        cls,
        texts: Sequence[str],
        vectors: Floats,
        topics: npt.NDArray[np.str_],
        unseen: npt.NDArray[np.bool_],
    ) -> "TopicModel":
        """Train on all texts, after the mixture was fitted on the `unseen` ones."""
        names = np.unique(topics)
        rarity = TfidfTransformer(sublinear_tf=True)
        # Newcomers leave diacritics out.
        ngrams = rarity.fit_transform(_LETTERS.transform([without_marks(text) for text in texts]))
        # e5's vectors lie close together: without scaling, differences hardly count.
        centre, scale = vectors.mean(axis=0), vectors.std(axis=0) + 1e-6
        scaled = (vectors - centre) / scale
        dense = LogisticRegression(C=_MEANING_C, max_iter=_MEANING_STEPS, warm_start=True)
        sparse = LinearSVC(C=_SPELLING_C, tol=_SPELLING_TOLERANCE, random_state=0)

        def fit_both(chosen: npt.NDArray[np.bool_]) -> None:
            # Both let go of the interpreter's lock: a core each.
            with ThreadPoolExecutor(2) as threads:
                other = threads.submit(sparse.fit, ngrams[chosen], topics[chosen])
                dense.fit(scaled[chosen], topics[chosen])
                other.result()

        warnings.simplefilter("ignore", ConvergenceWarning)
        fit_both(~unseen)
        mixture, temperature = _calibrate(
            _log_softmax(dense.decision_function(scaled[unseen])),
            _log_softmax(sparse.decision_function(ngrams[unseen])),
            np.searchsorted(names, topics[unseen]),
        )
        fit_both(np.ones_like(unseen))
        meaning = dense.coef_ / scale
        return cls(
            {
                "topics": names,
                "meaning": meaning.astype(np.float32),
                "meaning_bias": (dense.intercept_ - meaning @ centre).astype(np.float32),
                "spelling": sparse.coef_.astype(np.float16),
                "spelling_bias": sparse.intercept_.astype(np.float32),
                "rarity": rarity.idf_.astype(np.float16),
                "calibration": np.array([mixture, temperature]),
            }
        )


def _calibrate(
    meaning: npt.NDArray[Any], spelling: npt.NDArray[Any], truth: npt.NDArray[np.int64]
) -> tuple[float, float]:
    """The mixture and temperature under which the right topics are likeliest."""

    def surprise(mixture: float, temperature: float) -> float:
        probabilities = _mix(meaning, spelling, mixture, temperature)
        return -float(np.log(probabilities[range(len(truth)), truth] + 1e-9).mean())

    return min(
        ((mixture, temperature) for mixture in _MIXTURES for temperature in _TEMPERATURES),
        key=lambda pair: surprise(*pair),
    )


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
