"""When caseworkers and interpreters are busy, by their own calendars: then nothing is offered.

The calendar (iCalendar, as Exchange, Google and others publish it) is read again and again; its
busy stretches become blocks (see `blocks`). An appointment that lies in one stays as it is.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, timezone
from hashlib import sha256
from threading import Lock
from time import monotonic
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

import icalendar
import recurring_ical_events
import requests
import urllib3
from sqlalchemy import or_, select, update
from sqlalchemy.orm import Session

from contact_point.appointments import blocks
from contact_point.appointments.calendar import CELL, cells_between
from contact_point.appointments.calendar_object import uid_pattern
from contact_point.appointments.kinds import longest_horizon
from contact_point.appointments.tables import Block, ClaimedCell, Resource
from contact_point.clock import Clock
from contact_point.database import Database
from contact_point.settings import Municipality
from contact_point.translations import mark

EVERY = timedelta(minutes=10)
"""How often a calendar is read."""
HORIZON = timedelta(days=60)
"""How far ahead it is read at least, from the beginning of the day; as far as times are offered."""
MAX_BYTES = 5 * 1024 * 1024
MAX_SECONDS = 20
_MAX_REDIRECTS = 3
_CHUNK = 64 * 1024
_SCHEMES = ("http", "https")
_EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)
_TOO_OFTEN = ("SECONDLY", "MINUTELY")
"""Nobody meets so often; working out such rules would take for ever."""

NO_ADDRESS = mark("The calendar's address must begin with https://.")
UNREACHABLE = mark("The calendar's server can't be reached.")
TOO_SLOW = mark("The calendar's server did not answer in time.")
REFUSED = mark("The calendar's server does not know this address, or doesn't let us read it.")
SERVER_FAULT = mark("The calendar's server has a fault.")
TOO_LARGE = mark("The calendar is larger than 5 MB. Share a shorter one.")
NO_CALENDAR = mark("There is no calendar at this address.")

Stretch = tuple[datetime, datetime]
"""From when to when (UTC), whole quarters of an hour."""


class UnreadableCalendar(Exception):  # noqa: N818 - names a state, not a fault of the program
    """A calendar could not be read; the text says why, for staff, without the address."""


@dataclass(frozen=True)
class Turn:
    """A calendar whose turn it is to be read."""

    resource_id: str
    url: str


def subscribe(session: Session, resource: Resource, url: str | None) -> None:
    """Read somebody's calendar from now on at this address, or at none.

    Raises:
        UnreadableCalendar: when it is no address of the web.
    """
    if url:
        url = re.sub("^webcal:", "https:", url.strip(), flags=re.IGNORECASE)
        _check(url)
    if url == resource.busy_url:
        return
    resource.busy_url, resource.busy_read_at, resource.busy_problem = url or None, None, None
    keep(session, resource.id, [])


def claim_turns(session: Session, now: datetime) -> list[Turn]:
    """The calendars to read now. No other process gets them before `EVERY` has passed."""
    taken = session.execute(
        update(Resource)
        .where(
            Resource.active,
            Resource.busy_url.is_not(None),
            or_(Resource.busy_read_at.is_(None), Resource.busy_read_at <= now - EVERY),
        )
        .values(busy_read_at=now)
        .returning(Resource.id, Resource.busy_url)
        .execution_options(synchronize_session=False)
    )
    return [Turn(resource_id, url) for resource_id, url in taken.tuples() if url]


class CalendarReader:
    """Reads calendars and blocks what is busy. Working out a full calendar takes seconds, so that
    it is done one at a time, and again only when the calendar or the day has changed."""

    def __init__(self, database: Database, municipality: Municipality, clock: Clock) -> None:
        self._database, self._municipality, self._clock = database, municipality, clock
        self._known: dict[str, tuple[tuple[str, date, timedelta], list[Stretch]]] = {}
        self._one_at_a_time = Lock()

    def read(self, turn: Turn) -> str | None:
        """Read a calendar. Where that fails, the old blocks stay.

        Returns:
            why it failed, as staff see it; None when it did not.
        """
        problem, found = None, list[Stretch]()
        try:
            content = fetch(turn.url)
            with self._database.reading() as session:
                ahead = max(HORIZON, longest_horizon(session) + timedelta(days=1))
            found = self._worked_out(turn.resource_id, content, ahead)
        except UnreadableCalendar as error:
            problem = str(error)
        with self._database.transaction() as session:
            # A booking that only refers to the row does not wait for it, nor it for the booking.
            lock = {"key_share": True}
            resource = session.get(Resource, turn.resource_id, with_for_update=lock)
            if resource is None or resource.busy_url != turn.url:
                return None  # staff have changed it meanwhile
            resource.busy_problem = problem
            if problem is None:
                keep(session, resource.id, found)
        return problem

    def _worked_out(self, resource_id: str, content: bytes, ahead: timedelta) -> list[Stretch]:
        now = self._clock()
        state = _fingerprint(content), now.astimezone(self._municipality.zone).date(), ahead
        with self._one_at_a_time:
            known = self._known.get(resource_id)
            if known is None or known[0] != state:
                known = state, busy_stretches(content, self._municipality, now, ahead)
                self._known[resource_id] = known
        return known[1]


def fetch(url: str) -> bytes:
    """What is at an address.

    Raises:
        UnreadableCalendar: when it can't be had, or not soon enough, or is too large.
    """
    _check(url)
    deadline = monotonic() + MAX_SECONDS
    with requests.Session() as web:
        web.max_redirects = _MAX_REDIRECTS
        try:
            with web.get(url, stream=True, timeout=MAX_SECONDS) as response:
                if response.status_code >= 500:
                    raise UnreadableCalendar(SERVER_FAULT)
                if response.status_code != 200:
                    raise UnreadableCalendar(REFUSED)
                return _body(response, deadline)
        except (requests.Timeout, urllib3.exceptions.TimeoutError) as error:
            raise UnreadableCalendar(TOO_SLOW) from error
        except (requests.RequestException, urllib3.exceptions.HTTPError, ValueError) as error:
            raise UnreadableCalendar(UNREACHABLE) from error


def busy_stretches(
    content: bytes, municipality: Municipality, now: datetime, ahead: timedelta = HORIZON
) -> list[Stretch]:
    """When somebody is busy, from today on as far as that; stretches that touch are one.

    Our own appointments don't count: a calendar that shows our feed would block itself for ever.

    Raises:
        UnreadableCalendar: when the content is no calendar.
    """
    zone = municipality.zone
    first = datetime.combine(now.astimezone(zone).date(), time.min, zone)
    span = first, first + ahead
    try:
        calendars = icalendar.Calendar.from_ical(content, multiple=True)
        calendars = [each for each in calendars if isinstance(each, icalendar.Calendar)]
        found = [stretch for each in calendars for stretch in _busy(each, municipality, span)]
    except Exception as error:  # the libraries raise whatever others' calendars provoke
        raise UnreadableCalendar(NO_CALENDAR) from error
    if not calendars:
        raise UnreadableCalendar(NO_CALENDAR)
    return list(_joined(found, (_utc(span[0]), _utc(span[1]))))


def keep(session: Session, resource_id: str, stretches: Iterable[Stretch]) -> None:
    """Make somebody's blocks from their calendar these stretches; needs a writing transaction.

    Those that stand and lack nothing are left alone: that is what nearly always happens.
    """
    wanted = set(stretches)
    standing = session.scalars(
        select(Block).where(Block.resource_id == resource_id, Block.source == blocks.CALENDAR)
    ).all()
    claimed = set(
        session.scalars(select(ClaimedCell.starts_at).where(ClaimedCell.resource == resource_id))
    )
    for each in standing:
        stretch = each.starts_at, each.ends_at
        if stretch in wanted and claimed.issuperset(cells_between(*stretch)):
            wanted.discard(stretch)
        else:
            blocks.unblock(session, each.id)
    for starts_at, ends_at in sorted(wanted):
        blocks.block(session, resource_id, starts_at, ends_at, blocks.CALENDAR, only_free=True)


def _fingerprint(content: bytes) -> str:
    """The same until the calendar changes: some servers stamp every event anew each time."""
    return sha256(re.sub(rb"(?m)^DTSTAMP[^\n]*\n", b"", content)).hexdigest()


def _check(url: str) -> None:
    try:
        parts = urlsplit(url)
    except ValueError as error:
        raise UnreadableCalendar(NO_ADDRESS) from error
    if parts.scheme.lower() not in _SCHEMES or not parts.hostname:
        raise UnreadableCalendar(NO_ADDRESS)


def _body(response: requests.Response, deadline: float) -> bytes:
    body = bytearray()
    while chunk := response.raw.read1(_CHUNK, decode_content=True):  # what is there, unlike `read`
        body += chunk
        if len(body) > MAX_BYTES:
            raise UnreadableCalendar(TOO_LARGE)
        if monotonic() > deadline:
            raise UnreadableCalendar(TOO_SLOW)
    return bytes(body)


def _busy(
    calendar: icalendar.Calendar, municipality: Municipality, span: Stretch
) -> Iterator[Stretch]:
    zone = municipality.zone
    for free_busy in calendar.walk("VFREEBUSY"):
        periods = free_busy.get("FREEBUSY", [])
        for period in periods if isinstance(periods, list) else [periods]:
            if str(period.params.get("FBTYPE", "BUSY")).upper() != "FREE":
                yield _instant(period.start, zone), _instant(period.end, zone)
    own = uid_pattern(municipality)
    calendar.subcomponents = [
        each
        for each in calendar.subcomponents
        if not (each.name == "VEVENT" and (own.fullmatch(str(each.get("UID"))) or _is_odd(each)))
    ]
    events = recurring_ical_events.of(calendar, skip_bad_series=True).between(*span)
    for event in events:
        is_free = str(event.get("TRANSP", "OPAQUE")).upper() == "TRANSPARENT"
        if not is_free and str(event.get("STATUS", "")).upper() != "CANCELLED":
            begins, ends = event["DTSTART"].dt, event["DTEND"].dt
            if begins == ends and not isinstance(begins, datetime):
                ends = begins + timedelta(days=1)
            yield _instant(begins, zone), _instant(ends, zone)


def _is_odd(event: icalendar.Component) -> bool:
    rules = event.get("RRULE", [])
    return any(
        str(frequency).upper() in _TOO_OFTEN
        for rule in (rules if isinstance(rules, list) else [rules])
        for frequency in rule.get("FREQ", [])
    )


def _instant(when: date, zone: ZoneInfo) -> datetime:
    """A date begins at midnight, and a time without a zone is meant, where the municipality is."""
    if not isinstance(when, datetime):
        when = datetime.combine(when, time.min)
    return _utc(when if when.tzinfo else when.replace(tzinfo=zone))


def _utc(when: datetime) -> datetime:
    return when.astimezone(timezone.utc)


def _joined(found: Iterable[Stretch], span: Stretch) -> Iterator[Stretch]:
    """Whole quarters within a span, each stretch as long as it can be, earliest first."""
    current: Stretch | None = None
    for busy_from, busy_until in sorted(found):
        begins, ends = max(busy_from, span[0]), min(busy_until, span[1])
        if begins >= ends:
            continue
        begins, ends = begins - (begins - _EPOCH) % CELL, ends + (_EPOCH - ends) % CELL
        if current and begins <= current[1]:
            current = current[0], max(current[1], ends)
            continue
        if current:
            yield current
        current = begins, ends
    if current:
        yield current
