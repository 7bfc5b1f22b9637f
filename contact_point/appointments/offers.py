"""The times that can be booked, and which of them to show."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta, timezone
from itertools import zip_longest

from sqlalchemy import select
from sqlalchemy.orm import Session

from contact_point.appointments.calendar import CELL, Calendar, Cells
from contact_point.appointments.tables import Appointment, Caseworker, ClaimedCell

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


@dataclass(frozen=True)
class Offer:
    """A time that can be booked with a caseworker."""

    starts_at: datetime
    ends_at: datetime
    caseworker_id: str
    caseworker_name: str
    interpreter: bool
    """True when an interpreter takes part."""

    @property
    def key(self) -> str:
        """Names the time in a button, whoever the caseworker is."""
        return self.starts_at.strftime("%Y-%m-%dT%H:%MZ")


@dataclass(frozen=True)
class Wish:
    """What suits the newcomer; None where they said nothing."""

    day: date | None = None
    earliest: time | None = None
    part_of_day: str | None = None
    """morning, afternoon or evening."""
    page: int = 0
    """How many pages of times were passed over."""

    def next_page(self) -> "Wish":
        """The same wish, and the times after those shown."""
        return replace(self, page=self.page + 1)


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


def resource_of(caseworker_id: str) -> str:
    """The name under which a caseworker's time is claimed."""
    return f"caseworker:{caseworker_id}"


def subjects_offered(session: Session) -> set[str]:
    """The subjects that some caseworker takes."""
    active = session.scalars(select(Caseworker).where(Caseworker.active))
    return {subject for caseworker in active for subject in caseworker.subjects}


def offers(
    session: Session,
    calendar: Calendar,
    subject: str,
    language: str,
    now: datetime,
    moving: Appointment | None = None,
) -> list[Offer]:
    """Every time that can be booked, one offer a time, earliest first.

    Args:
        moving: an appointment whose own time counts as free, because it is given up.
    """
    found = candidates(session, calendar, subject, language, now, moving)
    return [found[starts_at][0] for starts_at in sorted(found)]


def candidates(
    session: Session,
    calendar: Calendar,
    subject: str,
    language: str,
    now: datetime,
    moving: Appointment | None = None,
    wanted: datetime | None = None,
) -> dict[datetime, list[Offer]]:
    """For each time that can be booked, the caseworkers who could take it, the best first.

    The best speaks the newcomer's language; then, is the one the newcomer had; then, has the
    least to do that day. With `wanted`, only the times of its day are looked at.
    """
    first = calendar.local_day(now)
    last = first + timedelta(days=calendar.rules.horizon_days)
    if wanted:
        day = calendar.local_day(wanted)
        first, last = max(first, day), min(last, day)
    caseworkers = [
        each
        for each in session.scalars(select(Caseworker).where(Caseworker.active))
        if subject in each.subjects
    ]
    claimed = _claimed_cells(session, caseworkers, first, last, moving)
    found: dict[datetime, list[tuple[tuple[bool, bool, int, str], Offer]]] = defaultdict(list)
    for caseworker in caseworkers:
        taken = claimed[resource_of(caseworker.id)]
        is_other = moving is None or moving.caseworker_id != caseworker.id
        for _, cells in calendar.working_days(caseworker, first, last):
            free = cells - taken
            load = len(cells) - len(free)
            for offer in _offers_of(caseworker, free, language, now, calendar):
                rank = (offer.interpreter, is_other, load, caseworker.id)
                found[offer.starts_at].append((rank, offer))
    return {
        starts_at: [offer for _, offer in sorted(ranked, key=lambda pair: pair[0])]
        for starts_at, ranked in found.items()
    }


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


def nearest(available: Iterable[Offer], wanted: datetime) -> list[Offer]:
    """The page of times closest to one that can't be had, earliest first."""
    closest = sorted(available, key=lambda offer: abs(offer.starts_at - wanted))[:PAGE]
    return sorted(closest, key=lambda offer: offer.starts_at)


def _claimed_cells(
    session: Session,
    caseworkers: Iterable[Caseworker],
    first: date,
    last: date,
    moving: Appointment | None,
) -> dict[str, set[datetime]]:
    """What is taken of each caseworker's time from one day to another."""
    claimed: dict[str, set[datetime]] = defaultdict(set)
    midnight = datetime.combine(first, time.min, timezone.utc)
    rows = session.execute(
        select(ClaimedCell.resource, ClaimedCell.starts_at, ClaimedCell.appointment_id).where(
            ClaimedCell.resource.in_([resource_of(each.id) for each in caseworkers]),
            # A day more on both sides: local days begin at other instants than those of UTC.
            ClaimedCell.starts_at >= midnight - timedelta(days=1),
            ClaimedCell.starts_at < midnight + timedelta(days=(last - first).days + 2),
        )
    )
    for resource, starts_at, appointment_id in rows:
        if moving is None or appointment_id != moving.id:
            claimed[resource].add(starts_at)
    return claimed


def _offers_of(
    caseworker: Caseworker, free: Cells, language: str, now: datetime, calendar: Calendar
) -> Iterable[Offer]:
    rules = calendar.rules
    interpreter = language not in caseworker.languages
    length = timedelta(minutes=rules.minutes_with_interpreter if interpreter else rules.minutes)
    earliest = now + timedelta(
        hours=rules.interpreter_notice_hours if interpreter else rules.notice_hours
    )
    later = [CELL * number for number in range(1, length // CELL)]
    shift = _minutes_to_the_wall(free, calendar)
    for starts_at in free:
        if (starts_at.minute + shift) % START_MINUTES or starts_at < earliest:
            continue
        if all(starts_at + step in free for step in later):
            ends_at = starts_at + length
            yield Offer(starts_at, ends_at, caseworker.id, caseworker.first_name, interpreter)


def _minutes_to_the_wall(cells: Cells, calendar: Calendar) -> int:
    """What the zone's minutes are ahead of UTC's. Clock changes are by whole and half hours, so
    that it is the same all day where starts are concerned."""
    offset = min(cells).astimezone(calendar.zone).utcoffset() if cells else None
    return int(offset.total_seconds()) // 60 if offset else 0


def _relaxed(wish: Wish) -> list[Wish]:
    """The wish, then ever less of it."""
    return [wish, replace(wish, earliest=None, part_of_day=None), replace(wish, day=None), Wish()]


def _suits(offer: Offer, wish: Wish, calendar: Calendar) -> bool:
    local = offer.starts_at.astimezone(calendar.zone)
    opens, closes = _PARTS_OF_DAY.get(wish.part_of_day or "", (time.min, time.max))
    return (
        (wish.day is None or local.date() == wish.day)
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
