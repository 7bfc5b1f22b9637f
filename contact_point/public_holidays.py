"""Swedish public holidays (Act 1989:253). Sundays as such are left to each one's own hours."""

from datetime import date
from functools import lru_cache

import holidays


def is_public_holiday(day: date) -> bool:
    """Whether offices are closed on a day whatever their hours say."""
    return day in _holidays()


@lru_cache(maxsize=1)
def _holidays() -> holidays.HolidayBase:
    return holidays.Sweden(include_sundays=False)
