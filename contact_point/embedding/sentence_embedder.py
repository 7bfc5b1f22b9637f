"""Sentence vectors: what a message means, whatever its language."""

import hashlib
import os
import sqlite3
import unicodedata
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache
from itertools import accumulate, chain, pairwise
from pathlib import Path

import numpy as np
import onnxruntime
from rich.progress import track
from sentencepiece import SentencePieceProcessor

from contact_point.embedding import embedding_model
from contact_point.embedding.embedding_model import BLOCK, BLOCK_BYTES, Array
from contact_point.settings import ROOT

WIDTH = 384
MAX_TOKENS = 128
"""Longer messages are cut: a whole story fits, and time stays bounded."""
_PREFIX = "query:"  # e5 wants it on both sides of a symmetric task
_BEGIN, _END = 0, 2
_QUERY_KEYS = 900
"""Fewer than SQLite's least number of parameters (999)."""
_MANY = 100
"""From so many new texts on there is a bar."""
MODELS = ROOT / "models"
VECTORS = MODELS / "vectors.sqlite3"
"""The cache of vectors."""


class SentenceEmbedder:
    """multilingual-e5-small with its adapter on onnxruntime, one thread."""

    def __init__(self, folder: Path) -> None:
        self.name = folder.name
        options = onnxruntime.SessionOptions()
        # Processors without VNNI add 8-bit products in 16 bits, which overflow: then sentences had
        # other vectors than on newer ones. This way the sums are exact on all of them.
        options.add_session_config_entry("session.x64quantprecision", "1")
        options.intra_op_num_threads = 1
        options.inter_op_num_threads = 1
        self._session = onnxruntime.InferenceSession(
            str(folder / embedding_model.GRAPH), options, providers=["CPUExecutionProvider"]
        )
        self._pieces = SentencePieceProcessor(model_file=str(folder / embedding_model.PIECES))
        self._prefix = self._pieces.encode(_PREFIX)
        row = WIDTH // BLOCK * BLOCK_BYTES
        self._words = np.memmap(folder / embedding_model.WORDS, np.uint8, "r").reshape(-1, row)
        self._positions: Array = np.load(folder / embedding_model.POSITIONS, mmap_mode="r")

    def embed(self, text: str) -> Array:
        """The vector of a text, shape (384,), length 1."""
        whole, _ = self.embed_parts([text])
        return whole

    def embed_parts(self, parts: Sequence[str]) -> tuple[Array, list[Array | None]]:
        """The vector of a text that was cut into parts, and that of each part as the whole
        colours it, from one run of the model; None for a part that was cut off."""
        pieces = [self._pieces.encode(unicodedata.normalize("NFKC", part)) for part in parts]
        kept = list(chain(self._prefix, *pieces))[: MAX_TOKENS - 2]
        ids = [_BEGIN, *kept, _END]
        vectors = embedding_model.dequantise(self._words[ids], len(ids), WIDTH)
        vectors += self._positions[: len(ids)]
        tokens: Array = self._session.run(None, {"vectors": vectors})[0]
        ends = list(accumulate(map(len, pieces), initial=1 + len(self._prefix)))
        within = [
            _pooled(tokens[begin:end]) if begin < end < len(ids) else None
            for begin, end in pairwise(ends)
        ]
        return _pooled(tokens), within


def _pooled(tokens: Array) -> Array:
    mean = tokens.mean(axis=0)
    vector: Array = mean / np.linalg.norm(mean)
    return vector


class CachedEmbedder:
    """Vectors of training texts, kept on disk so that a second training takes seconds."""

    def __init__(self, embedder: SentenceEmbedder, path: Path) -> None:
        self._embedder = embedder
        path.parent.mkdir(parents=True, exist_ok=True)
        self._cache = sqlite3.connect(path, isolation_level=None)
        self._cache.execute("CREATE TABLE IF NOT EXISTS vector (key TEXT PRIMARY KEY, value BLOB)")

    def embed(self, texts: Sequence[str]) -> Array:
        """The vectors of texts, shape (n, 384), with a bar where many are new."""
        keys = {text: self._key(text) for text in texts}
        stored = self._stored(list(keys.values()))
        new = [text for text, key in keys.items() if key not in stored]
        # onnxruntime lets go of the interpreter's lock: a thread a core.
        with ThreadPoolExecutor(os.cpu_count()) as threads:
            made = threads.map(self._embedder.embed, new)
            bar = track(made, "Reading texts", len(new), disable=len(new) < _MANY)
            for text, vector in zip(new, bar, strict=True):
                stored[keys[text]] = vector.tobytes()
        self._cache.execute("BEGIN")
        self._cache.executemany(
            "INSERT OR REPLACE INTO vector VALUES (?, ?)",
            [(keys[text], stored[keys[text]]) for text in new],
        )
        self._cache.execute("COMMIT")
        vectors = [np.frombuffer(stored[keys[text]], np.float32) for text in texts]
        return np.stack(vectors) if vectors else np.zeros((0, WIDTH), np.float32)

    def _stored(self, keys: Sequence[str]) -> dict[str, bytes]:
        stored: dict[str, bytes] = {}
        for start in range(0, len(keys), _QUERY_KEYS):
            some = keys[start : start + _QUERY_KEYS]
            marks = ",".join("?" * len(some))
            query = f"SELECT key, value FROM vector WHERE key IN ({marks})"  # noqa: S608
            stored.update(self._cache.execute(query, some))
        return stored

    def _key(self, text: str) -> str:
        return hashlib.sha256(f"{self._embedder.name}\n{text}".encode()).hexdigest()


@lru_cache(maxsize=1)
def sentence_embedder() -> SentenceEmbedder:
    """The one embedder of this process; its model is converted on first use."""
    return SentenceEmbedder(embedding_model.embedding_folder(MODELS))


def cached_embedder() -> CachedEmbedder:
    """The embedder with its disk cache."""
    return CachedEmbedder(sentence_embedder(), VECTORS)
