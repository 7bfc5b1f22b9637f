"""Whatever the rules, the people and the time of the year: what is offered can be had, what is not
to be had is never offered, and exactly what is agreed or blocked is claimed.

The times that there must be are reckoned here a second time, quarter by quarter from what the
clocks on the wall show, without the product's calendar and without its claims.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta, timezone
from functools import lru_cache
from zoneinfo import ZoneInfo

import holidays
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec.structs import asdict
from sqlalchemy import delete, select

from contact_point.appointments import blocks
from contact_point.appointments.booking import (
    SlotTaken,
    book,
    cancel,
    hold,
    hold_key,
    move,
    release,
)
from contact_point.appointments.calendar import Calendar
from contact_point.appointments.contacts import Contact
from contact_point.appointments.offers import Offer, candidates
from contact_point.appointments.rules import Rules
from contact_point.appointments.tables import (
    AGREED,
    CANCELLED,
    HELD,
    Absence,
    Appointment,
    AppointmentType,
    Block,
    Caseworker,
    ClaimedCell,
    Interpreter,
    OtherHours,
    WorkingInterval,
)
from contact_point.database import Base, Database
from contact_point.settings import WEEKDAYS
from contact_point.tables import ALL_TABLES
from tests.contact_point.appointments.ledger import quarters
from tests.contact_point.appointments.sample import request
from tests.contact_point.appointments.wall_clock import (
    QUARTER,
    clock_changes,
    is_within,
    quarters_of_day,
)

assert ALL_TABLES
TYPED, SHARED, UNTYPED = "housing", "economy", "healthcare"
"""The first two share an appointment type and its daily maximum; the last has none."""
SUBJECTS = (TYPED, SHARED, UNTYPED)
LANGUAGES = ("sv", "ti")
DAY = timedelta(days=1)
ZONES = {
    "Europe/Stockholm": (2026, 2028),
    "America/New_York": (2026, 2028),
    "Asia/Kolkata": (2026, 2028),
    "Australia/Lord_Howe": (2026, 2028),  # by half an hour
    "Pacific/Apia": (2010, 2012),  # skipped a whole day
}
"""Zones, and the years whose clock changes are tried."""
Hours = tuple[tuple[time, time], ...]
Claims = dict[tuple[str, datetime], int | None]
"""Who is taken when, and by which appointment; None for a block."""


@dataclass(frozen=True)
class Person:
    """A caseworker or an interpreter, in plain words."""

    key: str
    weekly: tuple[Hours, ...]
    """By weekday."""
    other: tuple[tuple[date, Hours], ...]
    absences: tuple[tuple[date, date], ...]
    languages: tuple[str, ...]
    subjects: tuple[str, ...] = ()
    notice_days: int = 0

    def hours(self, day: date) -> Hours:
        """When they work on a day that is worked at all."""
        if any(first <= day <= last for first, last in self.absences):
            return ()
        return dict(self.other).get(day) or self.weekly[day.weekday()]


@dataclass(frozen=True)
class Town:
    """A municipality with its people, its rules and the moment."""

    zone: ZoneInfo
    now: datetime
    closed: frozenset[date]
    typed: Rules
    untyped: Rules
    walk_in: tuple[tuple[int, Hours], ...]
    """Hours by weekday when no appointments of the type are given."""
    caseworkers: tuple[Person, ...]
    interpreters: tuple[Person, ...]

    def rules(self, subject: str) -> Rules:
        """How appointments about a subject are given."""
        return self.untyped if subject == UNTYPED else self.typed

    def is_closed(self, day: date) -> bool:
        """Whether nothing is given on a day."""
        return day in self.closed or day in _holidays() or _is_eve(day)


@lru_cache(maxsize=1)
def _holidays() -> holidays.HolidayBase:
    return holidays.Sweden(years=range(2009, 2031), include_sundays=False)


def _is_eve(day: date) -> bool:
    midsummer = day.month == 6 and day.weekday() == 4 and 19 <= day.day <= 25
    return midsummer or (day.month, day.day) in ((12, 24), (12, 31))


# Towns


@lru_cache(maxsize=len(ZONES))
def _odd_moments(zone: str) -> list[datetime]:
    """The clock changes of a zone, and a turn of the year."""
    first, last = ZONES[zone]
    turn = datetime(last, 12, 31, tzinfo=timezone.utc)
    return [*clock_changes(ZoneInfo(zone), first, last), turn]


_WALLS = st.integers(0, 95).map(lambda quarter: time(quarter // 4, quarter % 4 * 15))
_AT_NIGHT: list[Hours] = [((time(0), time(6)),), ((time(0), time(23, 45)),)]
_HOURS: st.SearchStrategy[Hours] = st.one_of(
    st.sampled_from(
        [
            *_AT_NIGHT,
            ((time(9), time(12)), (time(13), time(16))),
            ((time(8, 15), time(11, 45)), (time(11, 45), time(17))),
            ((time(18), time(23, 45)),),
        ]
    ),
    st.lists(_WALLS, min_size=2, max_size=2, unique=True).map(lambda pair: (tuple(sorted(pair)),)),
)
_QUARTERS_OF_AN_HOUR = st.sampled_from([0, 15, 30])


@st.composite
def _rules(draw: st.DrawFn) -> Rules:
    return Rules(
        minutes=draw(st.sampled_from([15, 30, 45, 60, 90])),
        minutes_with_interpreter=draw(st.sampled_from([30, 45, 75])),
        buffer_before=draw(_QUARTERS_OF_AN_HOUR),
        buffer_after=draw(_QUARTERS_OF_AN_HOUR),
        notice_hours=draw(st.sampled_from([0, 2, 24, 50])),
        horizon_days=draw(st.integers(1, 7)),
        daily_maximum=draw(st.sampled_from([None, 1, 2, 3])),
    )


@st.composite
def _person(
    draw: st.DrawFn, key: str, today: date, odd_day: date, speaks: tuple[str, ...]
) -> Person:
    """Somebody who works when the clocks change, unless they are away."""
    days = st.integers(-1, 9).map(lambda number: today + number * DAY)
    other = draw(st.dictionaries(days, _HOURS, max_size=2))
    other[odd_day] = draw(st.sampled_from(_AT_NIGHT))
    away = draw(st.lists(st.tuples(days, st.integers(0, 2)), max_size=1))
    return Person(
        key,
        tuple(draw(st.one_of(_HOURS, _HOURS, _HOURS, _HOURS, st.just(()))) for _ in WEEKDAYS),
        tuple(other.items()),
        tuple((first, first + length * DAY) for first, length in away),
        speaks,
    )


@st.composite
def _towns(draw: st.DrawFn, name: str) -> Town:
    zone, moment = ZoneInfo(name), draw(st.sampled_from(_odd_moments(name)))
    now = moment - timedelta(minutes=draw(st.integers(-60, 3 * 24 * 60)))
    today, odd_day = (each.astimezone(zone).date() for each in (now, moment))
    days = st.integers(0, 9).map(lambda number: today + number * DAY)
    caseworkers = [
        replace(drawn, subjects=subjects)
        for drawn, subjects in (
            (draw(_person("amina", today, odd_day, ("sv",))), SUBJECTS),
            (
                draw(_person("erik", today, odd_day, draw(st.sampled_from([("sv",), LANGUAGES])))),
                (TYPED,),
            ),
        )
    ]
    interpreters = [
        replace(draw(_person(key, today, odd_day, ("ti",))), notice_days=draw(st.integers(0, 3)))
        for key in ("tolk", "zahra")
    ]
    return Town(
        zone,
        now,
        draw(st.frozensets(days, max_size=1)),
        draw(_rules()),
        draw(_rules()),
        tuple(draw(st.dictionaries(st.integers(0, 6), _HOURS.map(_first), max_size=1)).items()),
        tuple(caseworkers),
        tuple(interpreters),
    )


def _first(hours: Hours) -> Hours:
    return hours[:1]


_STEPS = st.lists(
    st.tuples(
        st.sampled_from(
            ["book", "book", "hold", "move", "cancel", "block", "unblock", "refuse", "wait"]
        ),
        st.sampled_from(SUBJECTS),
        st.sampled_from(LANGUAGES),
        st.integers(0, 999),
    ),
    min_size=4,
    max_size=9,
)


# What must be


@lru_cache(maxsize=2_000)
def _quarters_of(day: date, zone: ZoneInfo) -> tuple[datetime, ...]:
    return tuple(quarters_of_day(day, zone))


def _claims(town: Town, appointments: Sequence[Appointment], stretches: Sequence[Block]) -> Claims:
    """What appointments and blocks take, with buffers and interpreters; nobody is in two
    appointments at once."""
    found: Claims = {
        (each.resource_id, cell): None
        for each in stretches
        for cell in quarters(each.starts_at, each.ends_at)
    }
    for one in appointments:
        rules = town.rules(one.subject)
        begins = one.starts_at - timedelta(minutes=rules.buffer_before)
        ends = one.ends_at + timedelta(minutes=rules.buffer_after)
        own = [(one.caseworker_id, cell) for cell in quarters(begins, ends)]
        if one.interpreter_id:
            own += [(one.interpreter_id, cell) for cell in quarters(one.starts_at, one.ends_at)]
        assert not found.keys() & set(own)
        found.update(dict.fromkeys(own, one.id))
    return found


def _notice_of(person: Person, town: Town, now: datetime) -> datetime:
    """From when on an interpreter can be had: so many working days later at the same time, and a
    day that is none ends at midnight."""
    today, nine_weeks = now.astimezone(town.zone).date(), range(9 * 7)
    days = [today + number * DAY for number in nine_weeks]
    working = [day for day in days if day.weekday() < 5 and not town.is_closed(day)]
    wall = now.astimezone(town.zone).time() if working[0] == today else time()
    wanted = datetime.combine(working[person.notice_days], wall, town.zone)
    return wanted.astimezone(timezone.utc)


def _reckoned(
    town: Town, now: datetime, subject: str, language: str, live: Sequence[Appointment],
    taken: Claims,
) -> dict[tuple[datetime, str], set[str | None]]:  # fmt: skip
    """Each time with each caseworker that there must be, and the interpreters who could come."""
    rules, today = town.rules(subject), now.astimezone(town.zone).date()
    sharing = (UNTYPED,) if subject == UNTYPED else (TYPED, SHARED)
    had = Counter(
        (one.caseworker_id, one.starts_at.astimezone(town.zone).date())
        for one in live
        if one.subject in sharing
    )
    most = rules.daily_maximum
    free = {
        (person.key, day): set(_free(person, day, town, taken))
        for person in (*town.caseworkers, *town.interpreters)
        for day in (today + number * DAY for number in range(rules.horizon_days + 1))
    }
    notice = {person.key: _notice_of(person, town, now) for person in town.interpreters}
    found = {}
    for person in town.caseworkers:
        if subject not in person.subjects:
            continue
        alone = language in person.languages
        minutes = rules.minutes if alone else rules.minutes_with_interpreter
        for number in range(rules.horizon_days + 1):
            day = today + number * DAY
            if most is not None and had[person.key, day] >= most:
                continue
            own = free[person.key, day]
            if subject != UNTYPED:
                walk_in = dict(town.walk_in).get(day.weekday(), ())
                own = {cell for cell in own if not is_within(cell, walk_in, town.zone)}
            for start in own:
                begins = start - timedelta(minutes=rules.buffer_before)
                ends = start + timedelta(minutes=minutes)
                if (
                    start.astimezone(town.zone).minute not in (0, 30)
                    or start < now + timedelta(hours=rules.notice_hours)
                    or not own.issuperset(
                        quarters(begins, ends + timedelta(minutes=rules.buffer_after))
                    )
                ):
                    continue
                spoken = {
                    key
                    for key, earliest in notice.items()
                    if start >= earliest and free[key, day].issuperset(quarters(start, ends))
                }
                if alone or spoken:
                    found[start, person.key] = {None} if alone else spoken
    return found


def _free(person: Person, day: date, town: Town, taken: Claims) -> Iterator[datetime]:
    """The quarters that somebody works on a day and that are not taken."""
    if town.is_closed(day):
        return
    for cell in _quarters_of(day, town.zone):
        if is_within(cell, person.hours(day), town.zone) and (person.key, cell) not in taken:
            yield cell


# What is


class Diary:
    """A town's database, in which things happen one after the other."""

    def __init__(self, database: Database, town: Town) -> None:
        self.now = town.now
        self._database, self._town = database, town
        self._calendar = Calendar(town.zone, town.closed, town.untyped)
        self._count = 0
        with database.transaction() as session:
            for table in reversed(Base.metadata.sorted_tables):
                session.execute(delete(table))
        with database.transaction() as session:
            session.add(
                AppointmentType(
                    id="typed",
                    subjects=[TYPED, SHARED],
                    bring=[],
                    walk_in={WEEKDAYS[day]: _written(hours) for day, hours in town.walk_in},
                    **asdict(town.typed),
                )
            )
            for person in town.caseworkers:
                session.add(
                    Caseworker(**_columns(person), subjects=list(person.subjects), active=True)
                )
            for person in town.interpreters:
                session.add(
                    Interpreter(**_columns(person), notice_days=person.notice_days, active=True)
                )

    def do(self, step: str, subject: str, language: str, number: int) -> None:
        """One step; a step for which there is nothing is left out."""
        if step in ("move", "cancel"):
            upcoming = [
                one
                for one in self._appointments()
                if one.state in AGREED and one.starts_at > self.now
            ]
            if upcoming:
                getattr(self, step)(upcoming[number % len(upcoming)], number)
        else:
            getattr(self, step)(subject, language, number)

    def book(self, subject: str, language: str, number: int) -> None:
        """Any time that is offered can be booked."""
        talk = f"talk-{number % 3}"
        offered = self.offered(subject, language, holder=hold_key(talk))
        if not offered:
            return
        starts_at = sorted(offered)[number % len(offered)]
        booked = self._book(subject, language, starts_at, talk)
        assert isinstance(booked, Appointment)
        self._check_given(booked, offered[starts_at])

    def refuse(self, subject: str, language: str, number: int) -> None:
        """A time that is not offered can't be booked, and nothing changes."""
        offered = self.offered(subject, language)
        whole = self.now.replace(minute=0, second=0, microsecond=0)
        starts_at = whole + number * QUARTER - DAY
        if starts_at in offered:
            return
        before = self._claimed()
        over = [one.id for one in self._appointments() if self._is_over(one)]
        refusal = self._book(subject, language, starts_at, None)
        assert isinstance(refusal, SlotTaken)
        assert {each.starts_at for each in refusal.alternatives} <= offered.keys()
        assert self._claimed().items() == {each for each in before.items() if each[1] not in over}

    def hold(self, subject: str, language: str, number: int) -> None:
        """Any time that is offered can be held."""
        holder = hold_key(f"talk-{number % 3}")
        offered = self.offered(subject, language, holder=holder)
        if not offered:
            return
        starts_at = sorted(offered)[number % len(offered)]
        with self._database.transaction() as session:
            held = hold(
                session, self._calendar, subject, starts_at, language, holder, lambda: self.now
            )
        assert isinstance(held, Appointment)
        assert held.state == HELD
        self._check_given(held, offered[starts_at])

    def move(self, one: Appointment, number: int) -> None:
        """Any time that is offered for a move can be moved to."""
        offered = self.offered(one.subject, one.language, moving=one)
        if not offered:
            return
        starts_at = sorted(offered)[number % len(offered)]
        with self._database.transaction() as session:
            moved = move(session, self._calendar, one.id, starts_at, lambda: self.now)
        assert isinstance(moved, Appointment)
        assert (moved.id, moved.code) == (one.id, one.code)
        self._check_given(moved, offered[starts_at])

    def cancel(self, one: Appointment, _number: int) -> None:
        """What is to come can be cancelled."""
        with self._database.transaction() as session:
            cancelled = cancel(session, self._calendar, one.id, lambda: self.now)
        assert cancelled.state == CANCELLED

    def block(self, _subject: str, _language: str, number: int) -> None:
        """Any stretch can be blocked where no appointment is."""
        people = (*self._town.caseworkers, *self._town.interpreters)
        person = people[number % len(people)]
        starts_at = self.now + number * timedelta(minutes=7)
        ends_at = starts_at + (number % 11 + 1) * timedelta(minutes=25)
        wanted = {(person.key, cell) for cell in quarters(starts_at, ends_at)}
        in_the_way = {self._claimed().get(each) for each in wanted} - {None}
        with self._database.transaction() as session:
            found = blocks.block(session, person.key, starts_at, ends_at, blocks.DESK)
        if isinstance(found, Block):
            assert not in_the_way
        else:
            assert {each.id for each in found.appointments} == in_the_way

    def unblock(self, _subject: str, _language: str, number: int) -> None:
        """A block can be taken away."""
        standing = self._blocks()
        if standing:
            with self._database.transaction() as session:
                blocks.unblock(session, standing[number % len(standing)].id)

    def wait(self, _subject: str, _language: str, number: int) -> None:
        """Time passes: holds end, and appointments begin."""
        self.now += timedelta(minutes=(4, 90, 26 * 60)[number % 3])

    def offered(
        self, subject: str, language: str, moving: Appointment | None = None,
        holder: str | None = None,
    ) -> dict[datetime, list[Offer]]:  # fmt: skip
        """What is offered, which is exactly what must be."""
        with self._database.reading() as session:
            found = candidates(
                session, self._calendar, subject, language, self.now, moving, holder=holder
            )
        live = [
            one
            for one in self._appointments()
            if not (one.state == HELD and (self._is_over(one) or one.idempotency_key == holder))
            and not (moving and one.id == moving.id)
        ]
        taken = _claims(self._town, live, self._blocks())
        reckoned = _reckoned(self._town, self.now, subject, language, live, taken)
        all_found = {
            (each.starts_at, each.caseworker_id): each for here in found.values() for each in here
        }
        assert all_found.keys() == reckoned.keys()
        for place, each in all_found.items():
            assert each.interpreter_id in reckoned[place]
            assert each.interpreter == (each.interpreter_id is not None)
        return found

    def check_claims(self) -> None:
        """Exactly what is agreed, held or blocked is claimed."""
        assert self._claimed() == _claims(self._town, self._appointments(), self._blocks())

    def end_everything(self) -> None:
        """Cancel, release and unblock all, as if nothing had begun yet."""
        before, standing = self._town.now - DAY, self._blocks()
        agreed = [one.id for one in self._appointments() if one.state in AGREED]
        with self._database.transaction() as session:
            for number in range(3):
                release(session, hold_key(f"talk-{number}"))
            for appointment_id in agreed:
                cancel(session, self._calendar, appointment_id, lambda: before)
            for each in standing:
                blocks.unblock(session, each.id)
        assert self._claimed() == {}

    def _book(
        self, subject: str, language: str, starts_at: datetime, talk: str | None
    ) -> Appointment | SlotTaken:
        self._count += 1
        asked = request(
            starts_at,
            f"message-{self._count}",
            subject=subject,
            language=language,
            contact=Contact(email="sara@example.org"),
            conversation_id=talk,
        )
        with self._database.transaction() as session:
            return book(session, self._calendar, asked, lambda: self.now)

    def _check_given(self, given: Appointment, offered: Sequence[Offer]) -> None:
        """It is one of those that were offered."""
        assert (given.starts_at, given.ends_at, given.caseworker_id, given.interpreter) in {
            (each.starts_at, each.ends_at, each.caseworker_id, each.interpreter) for each in offered
        }
        wall = given.starts_at.astimezone(self._town.zone).replace(tzinfo=None, fold=0)
        assert (given.zone, given.wall_time) == (self._town.zone.key, wall)

    def _is_over(self, held: Appointment) -> bool:
        return held.expires_at is not None and held.expires_at <= self.now

    def _appointments(self) -> list[Appointment]:
        with self._database.reading() as session:
            query = select(Appointment).where(Appointment.state != CANCELLED)
            return list(session.scalars(query.order_by(Appointment.id)))

    def _blocks(self) -> list[Block]:
        with self._database.reading() as session:
            return list(session.scalars(select(Block).order_by(Block.id)))

    def _claimed(self) -> Claims:
        with self._database.reading() as session:
            rows = session.scalars(select(ClaimedCell)).all()
        return {(row.resource, row.starts_at): row.appointment_id for row in rows}


def _columns(person: Person) -> dict[str, object]:
    """What caseworkers and interpreters have in common, as the tables have it."""
    return {
        "id": person.key,
        "first_name": person.key.title(),
        "languages": list(person.languages),
        "working_intervals": [
            WorkingInterval(weekday=weekday, opens=opens, closes=closes)
            for weekday, hours in enumerate(person.weekly)
            for opens, closes in hours
        ],
        "other_hours": [
            OtherHours(day=day, opens=opens, closes=closes)
            for day, hours in person.other
            for opens, closes in hours
        ],
        "absences": [Absence(first_day=first, last_day=last) for first, last in person.absences],
    }


def _written(hours: Hours) -> str:
    return ", ".join(f"{opens:%H:%M}-{closes:%H:%M}" for opens, closes in hours)


@pytest.fixture(scope="module")
def tables() -> Iterator[Database]:
    """A database in memory with the product's tables."""
    database = Database("sqlite://")
    Base.metadata.create_all(database.engine)
    yield database
    database.close()


@pytest.mark.parametrize("zone", ZONES)
@given(data=st.data())
@settings(
    derandomize=True,
    max_examples=10,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
def test_what_is_offered_booked_and_claimed(
    tables: Database, zone: str, data: st.DataObject
) -> None:
    town, steps = data.draw(_towns(zone)), data.draw(_STEPS)
    diary = Diary(tables, town)
    for subject in (TYPED, UNTYPED):
        for language in LANGUAGES:
            diary.offered(subject, language)
    for step, subject, language, number in steps:
        diary.do(step, subject, language, number)
        diary.check_claims()
    for language in LANGUAGES:
        diary.offered(TYPED, language)
    diary.end_everything()
