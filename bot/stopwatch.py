"""Where a turn's time goes, for the benchmark: milliseconds by part, gathered a turn."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

_parts: ContextVar[dict[str, float] | None] = ContextVar("parts", default=None)


def start() -> dict[str, float]:
    """Begin a turn; the dictionary returned fills up as the turn goes on."""
    parts: dict[str, float] = {}
    _parts.set(parts)
    return parts


@contextmanager
def measured(part: str) -> Iterator[None]:
    """Add the time of the block to a part of the present turn, if there is one."""
    parts = _parts.get()
    if parts is None:
        yield
        return
    started = time.perf_counter()
    try:
        yield
    finally:
        parts[part] = parts.get(part, 0.0) + (time.perf_counter() - started) * 1000
