"""Sentence vectors: the same meaning lies close together across languages."""

from pathlib import Path

import numpy as np

from contact_point.embedding.sentence_embedder import WIDTH, CachedEmbedder, sentence_embedder

GROUPS = (
    (
        "jag är sjuk och behöver en läkare",
        "I am ill and need a doctor",
        "أنا مريض وأحتاج إلى طبيب",
    ),
    ("hur hittar jag en lägenhet?", "how do I find a flat?", "كيف أجد شقة؟"),
    ("när går bussen?", "when does the bus leave?", "متى يذهب الباص؟"),
)


def test_meaning_counts_and_language_does_not() -> None:
    vectors = np.stack([sentence_embedder().embed(text) for group in GROUPS for text in group])
    assert vectors.shape == (9, WIDTH)
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-3)
    likeness = vectors @ vectors.T
    for row in range(9):
        same = [column for column in range(9) if column // 3 == row // 3 and column != row]
        other = [column for column in range(9) if column // 3 != row // 3]
        assert likeness[row, same].min() > likeness[row, other].max()


def test_long_and_empty_texts() -> None:
    assert sentence_embedder().embed("").shape == (WIDTH,)
    assert sentence_embedder().embed("ord " * 5000).shape == (WIDTH,)


def test_parts_are_read_in_one_run() -> None:
    embedder = sentence_embedder()
    parts = ["hur betalar jag skatt?", "och jag behöver tolk hos läkaren."]
    whole, within = embedder.embed_parts(parts)
    assert np.allclose(whole, embedder.embed(" ".join(parts)), atol=1e-6)
    for part, vector in zip(parts, within, strict=True):
        assert vector is not None
        others = [embedder.embed(other) @ vector for other in parts if other != part]
        assert embedder.embed(part) @ vector > max(others)
    _, (kept, cut_off) = embedder.embed_parts(["ord " * 20, "ord " * 5000])
    assert kept is not None
    assert cut_off is None


def test_cached_vectors_are_the_same(tmp_path: Path) -> None:
    cached = CachedEmbedder(sentence_embedder(), tmp_path / "vectors.sqlite3")
    first = cached.embed(["hej", "hello"])
    assert np.array_equal(first, cached.embed(["hej", "hello"]))
    assert np.array_equal(first[0], sentence_embedder().embed("hej"))
