"""Swedish public holidays, the eves that are kept like them, and the days before.

Sundays as such are left to each one's own hours.
"""

from datetime import date, timedelta
from functools import lru_cache

import holidays

_FRIDAY = 4


def is_public_holiday(day: date) -> bool:
    """Whether a day is a public holiday by the Act on public holidays (1989:253)."""
    return day in _holidays()


def is_holiday(day: date) -> bool:
    """Whether offices are closed on a day unless they say otherwise: public holidays, and the
    eves that the Annual Leave Act (1977:480, section 3 a) treats as such: of midsummer, Christmas
    and the new year."""
    return is_public_holiday(day) or _is_kept_eve(day)


def is_day_before_holiday(day: date) -> bool:
    """Whether the next day is a public holiday, and this one is none and no eve kept like one."""
    return is_public_holiday(day + timedelta(days=1)) and not is_holiday(day)


def _is_kept_eve(day: date) -> bool:
    if (day.month, day.day) in ((12, 24), (12, 31)):
        return True
    return day.month == 6 and 19 <= day.day <= 25 and day.weekday() == _FRIDAY


@lru_cache(maxsize=1)
def _holidays() -> holidays.HolidayBase:
    return holidays.Sweden(include_sundays=False)
