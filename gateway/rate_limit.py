"""How often somebody may do something: a sliding window in memory, a window a key."""

import time
from collections import defaultdict, deque
from collections.abc import Callable

_MAX_KEYS = 20_000


class RateLimit:
    """At most `count` in `seconds` for each key."""

    def __init__(
        self, count: int, seconds: float, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._count, self._seconds, self._clock = count, seconds, clock
        self._times: defaultdict[str, deque[float]] = defaultdict(deque)

    def allow(self, key: str) -> bool:
        """Count one more, or say no."""
        now = self._clock()
        if len(self._times) > _MAX_KEYS:
            self._forget(now)
        times = self._times[key]
        while times and times[0] <= now - self._seconds:
            times.popleft()
        if len(times) >= self._count:
            return False
        times.append(now)
        return True

    def _forget(self, now: float) -> None:
        for key in [key for key, times in self._times.items() if times[-1] <= now - self._seconds]:
            del self._times[key]
