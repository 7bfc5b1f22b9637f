"""The time, passed in wherever a rule depends on it, so that tests can set it."""

import os
import time
from collections.abc import Callable
from datetime import datetime, timedelta, timezone

Clock = Callable[[], datetime]
"""Gives the present instant as an aware datetime in UTC."""


def system_clock() -> datetime:
    """The machine's clock, in UTC."""
    return datetime.now(timezone.utc)


def process_clock() -> Clock:
    """The clock of a process: the machine's, or one that begins at KONTAKTPUNKT_CLOCK.

    With the environment variable (ISO 8601 with an offset) a demonstration or a test can be
    held at any moment: on a Thursday at ten, on a holiday, in the night of a clock change.

    Raises:
        ValueError: when the variable is no instant.
    """
    beginning = os.environ.get("KONTAKTPUNKT_CLOCK")
    if not beginning:
        return system_clock
    start = datetime.fromisoformat(beginning)
    if start.tzinfo is None:
        raise ValueError(f"KONTAKTPUNKT_CLOCK needs an offset from UTC: {beginning!r}")
    started = time.monotonic()

    def clock() -> datetime:
        elapsed = timedelta(seconds=time.monotonic() - started)
        return (start + elapsed).astimezone(timezone.utc)

    return clock
