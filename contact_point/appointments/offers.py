"""The times that can be booked, and which of them to show."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta, timezone
from itertools import zip_longest
from typing import TypedDict

import msgspec
from sqlalchemy import or_, select
from sqlalchemy.orm import Session
from typing_extensions import Unpack

from contact_point.appointments.calendar import CELL, Calendar, Cells
from contact_point.appointments.interpreters import FreeInterpreters
from contact_point.appointments.kinds import Kind, kind_of
from contact_point.appointments.rules import CELL_MINUTES
from contact_point.appointments.tables import (
    CANCELLED,
    HELD,
    OFFICE,
    Appointment,
    Caseworker,
    ClaimedCell,
    Interpreter,
)

PAGE = 6
"""Times shown at once."""
START_MINUTES = 30
"""Appointments start on the hour and the half hour of the wall clock."""
_NOON = time(12)
_EVENING = time(17)
_PARTS_OF_DAY = {
    "morning": (time.min, _NOON),
    "afternoon": (_NOON, _EVENING),
    "evening": (_EVENING, time.max),
}


class Offer(msgspec.Struct, frozen=True):
    """A time that can be booked with a caseworker."""

    starts_at: datetime
    ends_at: datetime
    caseworker_id: str
    caseworker_name: str
    interpreter: bool
    """True when an interpreter takes part."""
    interpreter_id: str | None = None
    place: str = OFFICE
    office_id: str | None = None

    @property
    def key(self) -> str:
        """Names the time in a button, whoever the caseworker is."""
        return self.starts_at.strftime("%Y-%m-%dT%H:%MZ")


class Wishes(TypedDict, total=False):
    """What narrows a search besides subject and language."""

    place: str | None
    office_id: str | None
    caseworker_id: str | None
    holder: str | None
    """Key of a held time that counts as free, because it is the newcomer's own."""
    by_staff: bool
    """Staff know whether there is time enough: no notice counts."""


@dataclass(frozen=True)
class Wish:
    """What suits the newcomer; None where they said nothing."""

    day: date | None = None
    earliest: time | None = None
    part_of_day: str | None = None
    """morning, afternoon or evening."""
    since: date | None = None
    """The first day that suits."""
    page: int = 0
    """How many pages of times were passed over."""

    def next_page(self) -> "Wish":
        """The same wish, and the times after those shown."""
        return replace(self, page=self.page + 1)

    def next_week(self, first: date) -> "Wish":
        """Times from the Monday after a day on, or after the week that was wished before."""
        week = self.since or self.day or first
        return Wish(since=week + timedelta(days=7 - week.weekday()))


@dataclass(frozen=True)
class Page:
    """A few times to choose from."""

    offers: list[Offer]
    fits: bool
    """False when nothing fits the wish; then these are the nearest."""
    more: bool
    """Whether there are more of the kind."""


def read_key(key: str) -> datetime | None:
    """The start of a time from its key, or None."""
    try:
        return datetime.strptime(key, "%Y-%m-%dT%H:%MZ").replace(tzinfo=timezone.utc)
    except ValueError:
        return None


def subjects_offered(session: Session) -> set[str]:
    """The subjects that some caseworker takes."""
    taken = session.scalars(select(Caseworker.subjects).where(Caseworker.active))
    return {subject for subjects in taken for subject in subjects or ()}


def offers(
    session: Session,
    calendar: Calendar,
    subject: str,
    language: str,
    now: datetime,
    moving: Appointment | None = None,
    **wishes: Unpack[Wishes],
) -> list[Offer]:
    """Every time that can be booked, one offer a time, earliest first (see `candidates`)."""
    found = candidates(session, calendar, subject, language, now, moving, **wishes)
    return [found[starts_at][0] for starts_at in sorted(found)]


def candidates(
    session: Session,
    calendar: Calendar,
    subject: str,
    language: str,
    now: datetime,
    moving: Appointment | None = None,
    wanted: datetime | None = None,
    **wishes: Unpack[Wishes],
) -> dict[datetime, list[Offer]]:
    """For each time that can be booked, the caseworkers who could take it, the best first.

    The best speaks the newcomer's language; then, is the one the newcomer had; then, has the
    least to do that day. With `wanted`, only the times of its day are looked at.

    Args:
        moving: an appointment whose own time counts as free, because it is given up.
    """
    kind = kind_of(session, subject, calendar)
    days = _days_to_offer(calendar, kind, now, wanted)
    caseworkers = _caseworkers(session, subject, wishes.get("caseworker_id"))
    interpreters = _interpreters(session, language, caseworkers)
    free_again = _free_again(session, now, moving, wishes.get("holder"))
    people = [each.id for each in (*caseworkers, *interpreters)]
    claimed = _claimed_cells(session, people, days, free_again)
    full = full_days(session, calendar, kind, [each.id for each in caseworkers], days, free_again)
    by_staff = wishes.get("by_staff", False)
    spoken = FreeInterpreters(interpreters, language, claimed, calendar, now, days, by_staff)
    earliest = now if by_staff else now + timedelta(hours=kind.rules.notice_hours)
    search = _Search(calendar, kind, language, earliest, wishes.get("office_id"), spoken)
    found: dict[datetime, list[tuple[tuple[bool, bool, int, str], Offer]]] = defaultdict(list)
    for caseworker in caseworkers:
        place = _place(caseworker, wishes.get("place"))
        if place is None:
            continue
        taken = claimed[caseworker.id]
        is_other = moving is None or moving.caseworker_id != caseworker.id
        for day, offices in calendar.working_days(caseworker, *days):
            if (caseworker.id, day) in full:
                continue
            load = len(frozenset().union(*offices.values()) & taken)
            rank = (language not in caseworker.languages, is_other, load, caseworker.id)
            for offer in search.offers_of(caseworker, place, day, offices, taken):
                found[offer.starts_at].append((rank, offer))
    return {
        starts_at: [offer for _, offer in sorted(ranked, key=lambda pair: pair[0])]
        for starts_at, ranked in found.items()
    }


def full_days(
    session: Session,
    calendar: Calendar,
    kind: Kind,
    caseworker_ids: Sequence[str],
    days: tuple[date, date],
    free_again: set[int],
) -> set[tuple[str, date]]:
    """(caseworker, day) where no more appointments of this type may be.

    Args:
        free_again: appointments that don't count.
    """
    if kind.rules.daily_maximum is None:
        return set()
    midnight = datetime.combine(days[0], time.min, timezone.utc)
    rows = session.execute(
        select(Appointment.id, Appointment.caseworker_id, Appointment.starts_at).where(
            Appointment.caseworker_id.in_(caseworker_ids),
            Appointment.subject.in_(kind.subjects),
            Appointment.state != CANCELLED,
            Appointment.starts_at >= midnight - timedelta(days=1),
            Appointment.starts_at < midnight + timedelta(days=(days[1] - days[0]).days + 2),
        )
    )
    counted = Counter(
        (caseworker_id, calendar.local_day(starts_at))
        for appointment_id, caseworker_id, starts_at in rows
        if appointment_id not in free_again
    )
    return {place for place, count in counted.items() if count >= kind.rules.daily_maximum}


def choose(available: Sequence[Offer], wish: Wish, calendar: Calendar) -> Page:
    """A page of times that fit a wish, spread over days; the nearest where nothing fits."""
    fitting = available
    fits = True
    for step in _relaxed(wish):
        fitting = [offer for offer in available if _suits(offer, step, calendar)]
        if fitting:
            break
        fits = False
    ordered = _spread(fitting, calendar)
    pages = max(1, -(-len(ordered) // PAGE))
    page = wish.page % pages
    shown = ordered[page * PAGE : (page + 1) * PAGE]
    return Page(sorted(shown, key=lambda offer: offer.starts_at), fits, more=pages > 1)


def first_fitting(available: Iterable[Offer], wish: Wish, calendar: Calendar) -> Offer | None:
    """The earliest time that fits a wish, or None."""
    fitting = (offer for offer in available if _suits(offer, wish, calendar))
    return min(fitting, key=lambda offer: offer.starts_at, default=None)


def nearest(available: Iterable[Offer], wanted: datetime) -> list[Offer]:
    """The page of times closest to one that can't be had, earliest first."""
    closest = sorted(available, key=lambda offer: abs(offer.starts_at - wanted))[:PAGE]
    return sorted(closest, key=lambda offer: offer.starts_at)


def _days_to_offer(
    calendar: Calendar, kind: Kind, now: datetime, wanted: datetime | None
) -> tuple[date, date]:
    first = calendar.local_day(now)
    last = first + timedelta(days=kind.rules.horizon_days)
    if wanted:
        day = calendar.local_day(wanted)
        return max(first, day), min(last, day)
    return first, last


def _caseworkers(session: Session, subject: str, only: str | None) -> list[Caseworker]:
    query = select(Caseworker.id, Caseworker.subjects).where(Caseworker.active)
    if only:
        query = query.where(Caseworker.id == only)
    # First who it is, then their hours: reading everybody's takes longer than all the rest.
    suited = [each for each, subjects in session.execute(query) if subject in (subjects or ())]
    return list(session.scalars(select(Caseworker).where(Caseworker.id.in_(suited))))


def _interpreters(
    session: Session, language: str, caseworkers: Iterable[Caseworker]
) -> list[Interpreter]:
    """Those of a language, unless every caseworker speaks it."""
    if all(language in each.languages for each in caseworkers):
        return []
    active = session.execute(
        select(Interpreter.id, Interpreter.languages).where(Interpreter.active)
    )
    suited = [each for each, languages in active if language in languages]
    return list(session.scalars(select(Interpreter).where(Interpreter.id.in_(suited))))


def _free_again(
    session: Session, now: datetime, moving: Appointment | None, holder: str | None
) -> set[int]:
    """Appointments whose time counts as free: the one that moves, what one holds oneself, and what
    was held too long."""
    held = select(Appointment.id).where(
        Appointment.state == HELD,
        or_(Appointment.expires_at <= now, Appointment.idempotency_key == holder),
    )
    return {*session.scalars(held), *([moving.id] if moving else [])}


def _claimed_cells(
    session: Session, people: Sequence[str], days: tuple[date, date], free_again: set[int]
) -> dict[str, set[datetime]]:
    """What is taken of each person's time from one day to another."""
    first, last = days
    claimed: dict[str, set[datetime]] = defaultdict(set)
    midnight = datetime.combine(first, time.min, timezone.utc)
    rows = session.execute(
        select(ClaimedCell.resource, ClaimedCell.starts_at, ClaimedCell.appointment_id).where(
            ClaimedCell.resource.in_(people),
            # A day more on both sides: local days begin at other instants than those of UTC.
            ClaimedCell.starts_at >= midnight - timedelta(days=1),
            ClaimedCell.starts_at < midnight + timedelta(days=(last - first).days + 2),
        )
    )
    for resource, starts_at, appointment_id in rows:
        if appointment_id not in free_again:
            claimed[resource].add(starts_at)
    return claimed


def _place(caseworker: Caseworker, wished: str | None) -> str | None:
    """Where to meet: as wished, or as this caseworker usually does; None where they can't."""
    places = caseworker.places or [OFFICE]
    if wished is None:
        return places[0]
    return wished if wished in places else None


@dataclass(frozen=True)
class _Search:
    """What is the same for every caseworker and day of one search."""

    calendar: Calendar
    kind: Kind
    language: str
    earliest: datetime
    office_id: str | None
    interpreters: FreeInterpreters

    def offers_of(
        self,
        caseworker: Caseworker,
        place: str,
        day: date,
        offices: Mapping[str | None, Cells],
        taken: set[datetime],
    ) -> Iterator[Offer]:
        """The times of one caseworker on one day."""
        rules, interpreter = self.kind.rules, self.language not in caseworker.languages
        minutes = rules.minutes_with_interpreter if interpreter else rules.minutes
        length = timedelta(minutes=minutes)
        cells = (
            range(-rules.buffer_before // CELL_MINUTES, 0),
            range(1, (minutes + rules.buffer_after) // CELL_MINUTES),
        )
        others = [CELL * number for part in cells for number in part]
        person, name = caseworker.id, caseworker.first_name
        walk_in = self.calendar.cells_of(day, tuple(self.kind.walk_in_hours(day)))
        for office_id, working in offices.items():
            if self.office_id and place == OFFICE and office_id != self.office_id:
                continue
            free = working - taken - walk_in
            shift = _minutes_to_the_wall(free, self.calendar)
            for starts_at in free:
                if (starts_at.minute + shift) % START_MINUTES or starts_at < self.earliest:
                    continue
                if not free.issuperset(map(starts_at.__add__, others)):
                    continue
                spoken = self.interpreters.at(day, starts_at, length) if interpreter else [None]
                if spoken:
                    yield Offer(
                        starts_at,
                        starts_at + length,
                        person,
                        name,
                        interpreter,
                        spoken[0],
                        place,
                        office_id if place == OFFICE else None,
                    )


def _minutes_to_the_wall(cells: Cells, calendar: Calendar) -> int:
    """What the zone's minutes are ahead of UTC's. Clock changes are by whole and half hours, so
    that it is the same all day where starts are concerned."""
    offset = min(cells).astimezone(calendar.zone).utcoffset() if cells else None
    return int(offset.total_seconds()) // 60 if offset else 0


def _relaxed(wish: Wish) -> list[Wish]:
    """The wish, then ever less of it."""
    freer = [replace(wish, earliest=None, part_of_day=None), replace(wish, day=None)]
    return [wish, *freer, Wish()]


def _suits(offer: Offer, wish: Wish, calendar: Calendar) -> bool:
    local = offer.starts_at.astimezone(calendar.zone)
    opens, closes = _PARTS_OF_DAY.get(wish.part_of_day or "", (time.min, time.max))
    return (
        (wish.day is None or local.date() == wish.day)
        and (wish.since is None or local.date() >= wish.since)
        and (wish.earliest is None or local.time() >= wish.earliest)
        and opens <= local.time() < closes
    )


def _spread(fitting: Iterable[Offer], calendar: Calendar) -> list[Offer]:
    """In an order that shows variety first: of each day one before and one after noon, again
    and again."""
    halves: dict[tuple[date, bool], list[Offer]] = defaultdict(list)
    for offer in sorted(fitting, key=lambda offer: offer.starts_at):
        local = offer.starts_at.astimezone(calendar.zone)
        halves[local.date(), local.time() >= _NOON].append(offer)
    rounds = zip_longest(*(halves[half] for half in sorted(halves)))
    return [offer for offers_of_round in rounds for offer in offers_of_round if offer]
