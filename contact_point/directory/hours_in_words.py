"""Opening hours as a newcomer reads them, in their language."""

from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_time
from babel.lists import format_list

from contact_point.directory.opening_hours import OpeningHours, intervals, status
from contact_point.translations import translate

_MIDNIGHT = "24:00"


def state(hours: OpeningHours, at: datetime, zone: ZoneInfo, language: str) -> str:
    """Open until five, opens tomorrow at nine, closed for a holiday."""
    now = status(hours, at, zone)
    if now is None:
        return translate("Opening hours are not known. Call before you go.", language)
    if now.is_open:
        if now.until is None:
            return translate("Open around the clock.", language)
        return _open(now.until, at.astimezone(zone).date(), language)
    closed = translate("Closed now.", language)
    if not intervals(hours, at.astimezone(zone).date(), zone):
        closed = {
            "public_holiday": translate("Closed today (public holiday).", language),
            "other_hours": translate("Closed today, other than usual.", language),
        }.get(now.reason or "", closed)
    if now.opens is None:
        return closed
    return f"{closed} {_opens(now.opens, at.astimezone(zone).date(), language)}"


def today(hours: OpeningHours, at: datetime, zone: ZoneInfo, language: str) -> str | None:
    """Today's hours, for example "Today 09:00–12:00 and 13:00–16:00", and why they are not the
    usual ones; None when closed today."""
    day = at.astimezone(zone).date()
    clocks = hours_of_day(hours, day, zone, language)
    now = status(hours, at, zone)
    if clocks is None or (now and now.is_open and now.until is None):
        return None
    words = translate("Today {hours}", language, hours=clocks)
    reason = {
        "public_holiday": translate("public holiday", language),
        "day_before_public_holiday": translate("day before a public holiday", language),
        "other_hours": translate("other hours than usual", language),
    }.get(now.reason or "" if now else "")
    return f"{words} ({reason})" if reason else words


def on(hours: OpeningHours, day: date, zone: ZoneInfo, language: str) -> str:
    """The hours of a day that was asked for, for example "Saturday 28 November: 10:00–14:00."."""
    name = format_date(day, "EEEE d MMMM", locale=language)
    clocks = hours_of_day(hours, day, zone, language) or translate("closed", language)
    return f"{name[:1].upper()}{name[1:]}: {clocks}."


def hours_of_day(hours: OpeningHours, day: date, zone: ZoneInfo, language: str) -> str | None:
    """For example "09:00–12:00 and 13:00–16:00"; None when closed."""
    clocks = [
        f"{_clock(opens, language)}–{_closing(closes, language)}"
        for opens, closes in intervals(hours, day, zone)
    ]
    return format_list(clocks, locale=language) if clocks else None


def _open(until: datetime, today: date, language: str) -> str:
    clock = _clock(until, language)
    if (until.date() - today).days <= 1 and (until.date() == today or not until.time()):
        return translate("Open now, until {time}.", language, time=clock)
    day = format_date(until.date(), "EEEE", locale=language)
    return translate("Open now, until {time}.", language, time=f"{day} {clock}")


def _opens(opens: datetime, today: date, language: str) -> str:
    clock = _clock(opens, language)
    days = (opens.date() - today).days
    if days == 0:
        return translate("Opens today at {time}.", language, time=clock)
    if days == 1:
        return translate("Opens tomorrow at {time}.", language, time=clock)
    day = format_date(opens.date(), "EEEE d MMMM", locale=language)
    return translate("Opens {day} at {time}.", language, day=day, time=clock)


def _closing(moment: datetime, language: str) -> str:
    return _clock(moment, language) if moment.time() != time() else _MIDNIGHT


def _clock(moment: datetime, language: str) -> str:
    return format_time(moment.timetz(), "HH:mm", locale=language)
