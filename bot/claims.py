"""Which checked claim a message makes, if any: the topic model's method, taught with the wordings
that stand in the claims' articles, in every language, against messages about other things.
"""

import zlib
from collections.abc import Iterable, Sequence

import numpy as np

from bot.topic_model import TopicModel
from contact_point.answers.articles import article_keys, find_article
from contact_point.embedding.embedding_model import Array
from contact_point.embedding.sentence_embedder import cached_embedder
from contact_point.spelling import normalise

NO_CLAIM = "-"
_OTHERS_SHARE, _CALIBRATION_SHARE = 4, 8
"""One in so many messages is taught as no claim; one in so many wordings calibrates."""


class ClaimModel:
    """Tells claims apart, and from everything else."""

    def __init__(self, model: TopicModel) -> None:
        self.model = model

    def claim(self, text: str, vector: Array) -> tuple[str, float]:
        """The likeliest claim of a normalised text, and how probable it is that it is any."""
        found = self.model.probabilities(text, vector)
        probabilities = dict(zip(self.model.topics, found, strict=True))
        nothing = float(probabilities.pop(NO_CLAIM, 0.0))
        return max(probabilities, key=lambda key: probabilities[key]), 1 - nothing

    @classmethod
    def fit(cls, languages: Sequence[str], others: Iterable[str]) -> "ClaimModel | None":
        """Teach it; None where no claims are written. `others` are normalised messages that make
        no claim."""
        examples = [
            (normalise(wording), key)
            for language in languages
            for key in article_keys("rumours", language)
            if (article := find_article("rumours", key, language))
            for wording in (article.title, *article.asked)
        ]
        if not examples:
            return None
        examples += [(text, NO_CLAIM) for text in others if _one_in(_OTHERS_SHARE, text)]
        texts = [text for text, _ in examples]
        return cls(
            TopicModel.fit(
                texts,
                cached_embedder().embed(texts),
                np.array([key for _, key in examples]),
                np.array([_one_in(_CALIBRATION_SHARE, f"calibration {text}") for text in texts]),
            )
        )


def _one_in(share: int, text: str) -> bool:
    return zlib.crc32(text.encode()) % share == 0
