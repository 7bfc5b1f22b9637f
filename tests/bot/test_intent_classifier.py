"""Sentences of a message: which of them are read once more by themselves."""

import numpy as np
import pytest

from bot import intent_classifier
from bot.intent_classifier import IntentClassifier
from contact_point.embedding.embedding_model import Array

VECTOR = np.zeros(384, np.float32)


class Model:
    """Knows the topics of the texts it is given, however the vector looks."""

    topics = ("emergency", "interpreter", "taxes")

    def __init__(self, probabilities: dict[str, list[float]]) -> None:
        self._probabilities = probabilities

    def probabilities(self, text: str, vector: object) -> Array:
        """In the order of `topics`."""
        return np.array(self._probabilities[text], np.float32)


class Embedder:
    """Counts what is read by itself."""

    def __init__(self) -> None:
        self.alone: list[str] = []

    def embed(self, text: str) -> Array:
        """A sentence by itself."""
        self.alone.append(text)
        return VECTOR

    def embed_parts(self, parts: list[str]) -> tuple[Array, list[Array | None]]:
        """A whole message; its last part was cut off."""
        return VECTOR, [*(VECTOR for _ in parts[:-1]), None]


@pytest.mark.parametrize(
    ("first", "reads_again"),
    [
        ([0.0, 0.05, 0.95], False),  # says what the whole says
        ([0.0, 0.35, 0.65], True),  # hardly
        ([0.0, 0.9, 0.1], True),  # something else
        ([0.1, 0.0, 0.9], True),  # perhaps danger
    ],
)
def test_a_sentence_is_read_again_unless_it_surely_agrees(
    monkeypatch: pytest.MonkeyPatch, first: list[float], reads_again: bool
) -> None:
    embedder = Embedder()
    monkeypatch.setattr(intent_classifier, "sentence_embedder", lambda: embedder)
    model = Model(
        {
            "en två. tre fyra.": [0.0, 0.1, 0.9],
            "en två.": first,
            "tre fyra.": [0.0, 0.0, 1.0],
        }
    )
    classifier = IntentClassifier(None, None)  # type: ignore[arg-type]
    _, whole, each = classifier._rankings(model, "en två. tre fyra.")  # type: ignore[arg-type]
    assert whole[0]["name"] == "taxes"
    assert len(each) == 2
    assert embedder.alone == [*(["en två."] if reads_again else []), "tre fyra."]
