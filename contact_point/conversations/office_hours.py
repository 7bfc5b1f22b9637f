"""When advisers answer: the municipality's hours, without public holidays and closed days."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from babel.dates import format_datetime, get_timezone

from contact_point.public_holidays import is_holiday
from contact_point.settings import Interval, Municipality

_LOOK_AHEAD_DAYS = 30


@dataclass(frozen=True)
class OfficeHours:
    """Whether the desk is open at a moment, and when it opens next (None: not in a month)."""

    is_open: bool
    opens: datetime | None


def office_hours(municipality: Municipality, at: datetime) -> OfficeHours:
    """The desk's hours at an instant."""
    local = at.astimezone(municipality.zone)
    for offset in range(_LOOK_AHEAD_DAYS):
        day = local.date() + timedelta(days=offset)
        for opens, closes in _intervals(municipality, day):
            start = datetime.combine(day, opens, municipality.zone)
            end = datetime.combine(day, closes, municipality.zone)
            if start <= local < end:
                return OfficeHours(True, None)
            if local < start:
                return OfficeHours(False, start)
    return OfficeHours(False, None)


def opens_in_words(municipality: Municipality, opens: datetime, language: str) -> str:
    """For example "Thursday 26 November 09:00", in the newcomer's language."""
    pattern = "EEEE d MMMM HH:mm"
    return format_datetime(
        opens, pattern, tzinfo=get_timezone(municipality.time_zone), locale=language
    )


def _intervals(municipality: Municipality, day: date) -> list[Interval]:
    if day in municipality.closed.dates or is_holiday(day):
        return []
    return municipality.intervals(day.weekday())
