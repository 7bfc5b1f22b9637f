"""Sentence vectors: what a message means, whatever its language."""

import hashlib
import sqlite3
import unicodedata
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path

import numpy as np
import onnxruntime
from sentencepiece import SentencePieceProcessor

from bot import embedding_model
from bot.embedding_model import BLOCK, BLOCK_BYTES, Array
from contact_point.settings import ROOT

WIDTH = 384
MAX_TOKENS = 128
"""Longer messages are cut: a whole story fits, and time stays bounded."""
_PREFIX = "query: "  # e5 wants it on both sides of a symmetric task
_BEGIN, _END = 0, 2
MODELS = ROOT / "models"


class SentenceEmbedder:
    """multilingual-e5-small on onnxruntime, one thread."""

    def __init__(self, folder: Path) -> None:
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        options.inter_op_num_threads = 1
        self._session = onnxruntime.InferenceSession(
            str(folder / embedding_model.GRAPH), options, providers=["CPUExecutionProvider"]
        )
        self._pieces = SentencePieceProcessor(model_file=str(folder / embedding_model.PIECES))
        row = WIDTH // BLOCK * BLOCK_BYTES
        self._words = np.memmap(folder / embedding_model.WORDS, np.uint8, "r").reshape(-1, row)
        self._positions: Array = np.load(folder / embedding_model.POSITIONS, mmap_mode="r")

    def embed(self, text: str) -> Array:
        """The vector of a text, shape (384,), length 1."""
        tokens = self._pieces.encode(_PREFIX + unicodedata.normalize("NFKC", text))
        ids = [_BEGIN, *tokens[: MAX_TOKENS - 2], _END]
        vectors = embedding_model.dequantise(self._words[ids], len(ids), WIDTH)
        vectors += self._positions[: len(ids)]
        sentence: Array = self._session.run(None, {"vectors": vectors})[0]
        return sentence


class CachedEmbedder:
    """Vectors of training texts, kept on disk so that a second training takes seconds."""

    def __init__(self, embedder: SentenceEmbedder, path: Path) -> None:
        self._embedder = embedder
        path.parent.mkdir(parents=True, exist_ok=True)
        self._cache = sqlite3.connect(path, isolation_level=None)
        self._cache.execute("CREATE TABLE IF NOT EXISTS vector (key TEXT PRIMARY KEY, value BLOB)")

    def embed(self, texts: Sequence[str]) -> Array:
        """The vectors of texts, shape (n, 384)."""
        self._cache.execute("BEGIN")
        vectors = [self._vector(text) for text in texts]
        self._cache.execute("COMMIT")
        return np.stack(vectors) if vectors else np.zeros((0, WIDTH), np.float32)

    def _vector(self, text: str) -> Array:
        key = hashlib.sha256(f"{embedding_model.VERSION}\n{text}".encode()).hexdigest()
        row = self._cache.execute("SELECT value FROM vector WHERE key = ?", (key,)).fetchone()
        if row:
            return np.frombuffer(row[0], np.float32)
        vector = self._embedder.embed(text)
        self._cache.execute("INSERT OR REPLACE INTO vector VALUES (?, ?)", (key, vector.tobytes()))
        return vector


@lru_cache(maxsize=1)
def sentence_embedder() -> SentenceEmbedder:
    """The one embedder of this process; its model is converted on first use."""
    return SentenceEmbedder(embedding_model.embedding_folder(MODELS))


def training_embedder() -> CachedEmbedder:
    """The embedder with its disk cache."""
    return CachedEmbedder(sentence_embedder(), MODELS / "vectors.sqlite3")
