"""What the pages of appointments get to see."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cached_property
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_datetime

from contact_point.appointments.agenda import CaseworkerDay
from contact_point.appointments.blocks import CALENDAR
from contact_point.appointments.calendar import Calendar
from contact_point.appointments.offers import Offer, read_key
from contact_point.appointments.presentation import visitor
from contact_point.appointments.subjects import SUBJECTS, subject_name
from contact_point.appointments.tables import (
    CANCELLED,
    HELD,
    OFFICE,
    Appointment,
    Block,
    Office,
    Resource,
)
from gateway.desk import appointment_texts

BLOCKED = "blocked"
"""The state of an entry that is a block."""
_USUAL_HOURS = (9, 16)
_FIRST_YEAR, _LAST_YEAR = 2000, 2100


@dataclass(frozen=True)
class Moment:
    """An instant for a `<time>` element."""

    text: str
    iso: str
    """With its offset, for machines."""


@dataclass(frozen=True)
class Entry:
    """An appointment or a block in the calendar."""

    starts: Moment
    ends: Moment
    hour: int
    """Of the day's clock, in whose row it stands."""
    title: str
    state: str
    words: str
    """The state in words."""
    about: str = ""
    link: str | None = None
    caseworker: str | None = None
    is_late: bool = False


@dataclass(frozen=True)
class Column:
    """A column of the calendar: a caseworker's day, or a day of one or all caseworkers."""

    heading: str
    iso: str | None
    """The date, where the heading is one."""
    hours: list[str]
    """When they work, or why they don't; in words."""
    entries: list[Entry]
    working: set[int]
    """Hours of the day in which somebody works."""
    link: str | None = None

    def at(self, hour: int, hours: Sequence[int]) -> list[Entry]:
        """What stands in an hour's row; what lies before or after all rows is in the outer ones."""
        first, last = hours[0], hours[-1]
        return [each for each in self.entries if min(max(each.hour, first), last) == hour]


@dataclass(frozen=True)
class Words:
    """How the staff read times and names."""

    language: str
    zone: ZoneInfo

    @cached_property
    def texts(self) -> dict[str, str]:
        """What the pages say."""
        return appointment_texts.page_texts(self.language)

    @cached_property
    def states(self) -> dict[str, str]:
        """The states of an appointment."""
        return appointment_texts.states(self.language)

    @cached_property
    def places(self) -> dict[str, str]:
        """Where an appointment is."""
        return appointment_texts.places(self.language)

    def clock(self, instant: datetime) -> Moment:
        """ "09:30"."""
        local = instant.astimezone(self.zone)
        return Moment(local.strftime("%H:%M"), local.isoformat(timespec="minutes"))

    def moment(self, instant: datetime | None) -> Moment | None:
        """Date and time; None stays None."""
        if instant is None:
            return None
        local = instant.astimezone(self.zone)
        text = format_datetime(local, "EEE d MMM y HH:mm", locale=self.language)
        return Moment(text, local.isoformat(timespec="minutes"))

    def day(self, day: date) -> str:
        """ "torsdag 26 november 2026"."""
        return format_date(day, "full", locale=self.language)

    def subject(self, subject: str) -> str:
        """A subject's name, or its key once it is no longer known."""
        return subject_name(subject, self.language) if subject in SUBJECTS else subject


def read_day(text: str) -> date | None:
    """A date as browsers send it, or None."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day if _FIRST_YEAR <= day.year <= _LAST_YEAR else None


def monday(day: date) -> date:
    """The first day of a date's week."""
    return day - timedelta(days=day.weekday())


def known(wanted: str | None, among: Iterable[Resource | Office]) -> str | None:
    """An id that one of them has, or None."""
    return wanted if any(each.id == wanted for each in among) else None


def link(path: str, **query: str | None) -> str:
    """An address, without what is empty."""
    given = {name: value for name, value in query.items() if value}
    return f"{path}?{urlencode(given)}" if given else path


def by_caseworker(found: Sequence[CaseworkerDay], words: Words, calendar: Calendar) -> list[Column]:
    """One day: a column for each caseworker."""
    return [
        Column(
            each.caseworker.first_name,
            None,
            _hours(each, words, calendar),
            _entries([each], words, with_name=False),
            _working([each], words),
            link(
                "/desk/appointments",
                view="week",
                date=each.day.isoformat(),
                caseworker=each.caseworker.id,
            ),
        )
        for each in found
    ]


def by_day(
    found: Sequence[CaseworkerDay], days: Sequence[date], words: Words, calendar: Calendar
) -> list[Column]:
    """Some days: a column for each, of one caseworker or of all. A weekend when nothing is on is
    left out."""
    columns = []
    alone = len({each.caseworker.id for each in found}) == 1
    for day in days:
        those = [each for each in found if each.day == day]
        entries, working = _entries(those, words, with_name=not alone), _working(those, words)
        if day.weekday() > 4 and not entries and not working:
            continue
        columns.append(
            Column(
                format_date(day, "EEE d MMM", locale=words.language),
                day.isoformat(),
                _hours(those[0], words, calendar)
                if alone and those
                else _who_is_away(those, day, words, calendar),
                entries,
                working,
                link("/desk/appointments", view="day", date=day.isoformat()),
            )
        )
    return columns


def rows(columns: Iterable[Column]) -> list[int]:
    """The hours of the day that the calendar shows."""
    shown = set(_USUAL_HOURS)
    for column in columns:
        shown.update(column.working)
        shown.update(entry.hour for entry in column.entries if entry.state != BLOCKED)
    return list(range(min(shown), max(shown) + 1))


def offers_by_day(
    offers: Iterable[Offer],
    words: Words,
    offices: Mapping[str, Office],
    now_at: datetime | None = None,
) -> list[dict[str, Any]]:
    """Free times to choose from.

    Args:
        now_at: the start of the appointment that is to be moved.
    """
    days: dict[date, list[dict[str, Any]]] = defaultdict(list)
    for offer in sorted(offers, key=lambda offer: (offer.starts_at, offer.caseworker_name)):
        office = offices.get(offer.office_id or "")
        place = words.places[offer.place]
        details = [
            offer.caseworker_name,
            words.texts["with_interpreter"] if offer.interpreter else None,
            place if offer.place != OFFICE else office.name if office else None,
            words.texts["same_time"] if offer.starts_at == now_at else None,
        ]
        days[offer.starts_at.astimezone(words.zone).date()].append(
            {
                "value": f"{offer.key} {offer.caseworker_id}",
                "starts": words.clock(offer.starts_at),
                "ends": words.clock(offer.ends_at),
                "about": ", ".join(filter(None, details)),
            }
        )
    return [
        {"day": words.day(day), "iso": day.isoformat(), "offers": found}
        for day, found in days.items()
    ]


def weeks(offers: Iterable[Offer], zone: ZoneInfo) -> list[date]:
    """The Mondays of the weeks that have free times."""
    return sorted({monday(offer.starts_at.astimezone(zone).date()) for offer in offers})


def week_to_show(wished: str, offers: Sequence[Offer], zone: ZoneInfo) -> date | None:
    """The Monday of the wished week, where it has times; of the first that has some otherwise."""
    with_times = weeks(offers, zone)
    day = read_day(wished)
    return day if day in with_times else next(iter(with_times), None)


def of_week(offers: Iterable[Offer], first: date, zone: ZoneInfo) -> list[Offer]:
    """The free times of the week that begins on a Monday."""
    return [offer for offer in offers if monday(offer.starts_at.astimezone(zone).date()) == first]


def read_choice(text: str) -> tuple[datetime, str] | None:
    """The start and the caseworker of a chosen time, or None."""
    key, _, caseworker_id = text.partition(" ")
    starts_at = read_key(key)
    return (starts_at, caseworker_id) if starts_at and caseworker_id else None


def _entries(found: Iterable[CaseworkerDay], words: Words, with_name: bool) -> list[Entry]:
    entries = []
    for each in found:
        name = each.caseworker.first_name if with_name else None
        entries += [_of_appointment(one, words, name) for one in each.appointments]
        entries += [_of_block(one, each.day, words, name) for one in each.blocks]
    return sorted(entries, key=lambda entry: (entry.hour, entry.starts.iso))


def _of_appointment(one: Appointment, words: Words, caseworker: str | None) -> Entry:
    details = [
        words.subject(one.subject),
        words.texts["interpreter"] if one.interpreter else None,
        words.places[one.place] if one.place != OFFICE else None,
    ]
    is_held = one.state == HELD
    return Entry(
        words.clock(one.starts_at),
        words.clock(one.ends_at),
        one.starts_at.astimezone(words.zone).hour,
        visitor(one),
        one.state,
        words.states[one.state],
        " · ".join(filter(None, details)),
        None if is_held else f"/desk/appointments/{one.id}",
        caseworker,
        one.late_at is not None and one.state != CANCELLED,
    )


def _of_block(one: Block, day: date, words: Words, caseworker: str | None) -> Entry:
    midnight = datetime.combine(day, time.min, words.zone)
    begins = max(one.starts_at, midnight).astimezone(words.zone)
    return Entry(
        words.clock(begins),
        words.clock(min(one.ends_at, midnight + timedelta(days=1))),
        begins.hour,
        "",
        BLOCKED,
        words.texts["blocked_in_calendar"] if one.source == CALENDAR else words.texts["blocked"],
        caseworker=caseworker,
    )


def _working(found: Iterable[CaseworkerDay], words: Words) -> set[int]:
    hours: set[int] = set()
    for each in found:
        for one in each.working:
            begins = one.starts_at.astimezone(words.zone)
            last = one.ends_at.astimezone(words.zone) - timedelta(minutes=1)
            hours.update(range(begins.hour, last.hour + 1))
    return hours


def _hours(each: CaseworkerDay, words: Words, calendar: Calendar) -> list[str]:
    if calendar.is_closed(each.day):
        return [words.texts["closed"]]
    if not each.caseworker.active:
        return [words.texts["has_left"]]
    if each.is_absent:
        return [words.texts["absent"]]
    return [
        f"{words.clock(one.starts_at).text}–{words.clock(one.ends_at).text}" for one in each.working
    ] or [words.texts["not_working"]]


def _who_is_away(
    found: Iterable[CaseworkerDay], day: date, words: Words, calendar: Calendar
) -> list[str]:
    if calendar.is_closed(day):
        return [words.texts["closed"]]
    absent = words.texts["absent"]
    return [f"{each.caseworker.first_name}: {absent}" for each in found if each.is_absent]
