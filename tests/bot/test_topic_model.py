"""Topics from sentence vectors and letters, on a small set of its own."""

from pathlib import Path

import numpy as np
import pytest

from bot.topic_model import TopicModel
from contact_point.embedding.adapter import Adapter, is_unseen

TOPICS = ("housing", "taxes", "thanks")
WORDS = {
    "housing": ("flat", "rent", "room"),
    "taxes": ("tax", "declare", "income"),
    "thanks": ("thanks", "thank you", "cheers"),
}


@pytest.fixture(scope="module")
def model() -> TopicModel:
    """Trained on 90 made-up messages; the vectors lean towards their topic."""
    chance = np.random.default_rng(0)
    texts, vectors, topics = [], [], []
    for number in range(90):
        topic = TOPICS[number % 3]
        texts.append(f"{WORDS[topic][number // 3 % 3]} {number}")
        vector = chance.normal(size=8)
        vector[number % 3] += 3
        vectors.append(vector / np.linalg.norm(vector))
        topics.append(topic)
    unseen = np.arange(90) % 5 == 0
    return TopicModel.fit(texts, np.array(vectors, np.float32), np.array(topics), unseen)


def test_probabilities_of_all_topics(model: TopicModel) -> None:
    vector = np.zeros(8, np.float32)
    vector[1] = 1
    probabilities = model.probabilities("my tax and income", vector)
    assert model.topics == sorted(TOPICS)
    assert probabilities.sum() == pytest.approx(1, abs=1e-4)
    assert model.topics[int(probabilities.argmax())] == "taxes"


def test_what_is_stored_gives_the_same(model: TopicModel) -> None:
    vector = np.full(8, 8**-0.5, np.float32)
    again = TopicModel(dict(model.arrays))
    assert np.array_equal(model.probabilities("room", vector), again.probabilities("room", vector))


def test_a_text_without_letters_raises_nothing(model: TopicModel) -> None:
    assert model.probabilities("", np.zeros(8, np.float32)).shape == (3,)


def test_an_adapter_adds_to_the_matrices_that_it_names(tmp_path: Path) -> None:
    path = tmp_path / "adapter.npz"
    down, up = np.ones((4, 1), np.float16), np.full((1, 2), 0.5, np.float16)
    np.savez(path, **{"l0.q.w.down": down, "l0.q.w.up": up})
    matrix = np.zeros((4, 2), np.float32)
    assert (Adapter(path).added_to(matrix, "l0.q.w") == 0.5).all()
    assert Adapter(path).added_to(matrix, "l0.k.w") is matrix
    assert Adapter(path).fingerprint != Adapter(path.with_name("none")).fingerprint


def test_one_message_in_eight_is_kept_from_the_adapter() -> None:
    share = sum(is_unseen(f"message {number}") for number in range(4000)) / 4000
    assert share == pytest.approx(1 / 8, abs=0.02)
