"""The adapter: what the sentence embedder has learned from the product's own messages.

Low-rank additions (LoRA, Hu et al. 2021) to the weights of the upper layers, made once by
`kontaktpunkt adapt` and kept with the training messages. Converting the model adds them to the
weights, so that they cost nothing in use.
"""

import hashlib
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float32]

FILE = Path(__file__).parents[2] / "data" / "adapter.npz"
UNSEEN_SHARE = 8
"""One message in so many is kept from the adapter, and calibrates the confidence later."""


class Adapter:
    """Additions by the name of the matrix that they belong to; without a file there are none."""

    def __init__(self, path: Path = FILE) -> None:
        self._arrays: dict[str, npt.NDArray[Any]] = dict(np.load(path)) if path.exists() else {}
        content = path.read_bytes() if path.exists() else b""
        self.fingerprint = hashlib.sha256(content).hexdigest()[:8]

    def added_to(self, matrix: Array, name: str) -> Array:
        """A weight matrix (inputs × outputs) with its addition, if there is one."""
        if f"{name}.down" not in self._arrays:
            return matrix
        down, up = (self._arrays[f"{name}.{part}"].astype(np.float32) for part in ("down", "up"))
        adapted: Array = matrix + down @ up
        return adapted


def is_unseen(text: str) -> bool:
    """Whether the adapter's training leaves a normalised message out: by its hash, so that it is
    the same ones each time."""
    return hashlib.sha256(text.encode()).digest()[0] % UNSEEN_SHARE == 0
