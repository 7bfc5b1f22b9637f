"""One time, wherever it is told: offered, booked, stored, in the calendar, in letters, reminded of.

For every clock change of ten years, and for the other odd days of the year.
"""

import re
from collections.abc import Iterator, Sequence
from datetime import date, datetime, time, timedelta, timezone
from email.message import EmailMessage

import icalendar
import pytest
from babel.dates import get_month_names
from msgspec.structs import replace as with_changes
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from contact_point.appointments import deliveries
from contact_point.appointments.booking import book, cancel, move
from contact_point.appointments.calendar_object import calendar_object
from contact_point.appointments.contacts import Contact
from contact_point.appointments.deliveries import reminder_at
from contact_point.appointments.errands import Errand, errand
from contact_point.appointments.feeds import feed
from contact_point.appointments.letters import letter
from contact_point.appointments.lookup import stranded
from contact_point.appointments.offers import Offer, Wish, choose, first_fitting, offers
from contact_point.appointments.presentation import appointment_time, full_time, short_time
from contact_point.appointments.rules import Rules
from contact_point.appointments.tables import (
    BOOKED,
    Appointment,
    Caseworker,
    Delivery,
    Interpreter,
    WorkingInterval,
)
from contact_point.database import Base, Database
from contact_point.public_holidays import is_holiday
from contact_point.settings import load_settings
from contact_point.tables import ALL_TABLES
from tests.contact_point.appointments.ledger import check_ledger
from tests.contact_point.appointments.sample import (
    WORKDAY,
    ZONE,
    appointment_type,
    calendar,
    caseworker,
    interpreter,
    request,
)
from tests.contact_point.appointments.wall_clock import (
    clock_changes,
    is_within,
    quarters_of_day,
)

assert ALL_TABLES
SETTINGS = with_changes(load_settings(), secret_key="s" * 40)
CALENDAR = calendar()
CHANGES = clock_changes(ZONE, 2026, 2035)
NIGHT = ((time(0), time(6)),)
SUNDAY = 6
TYPES = {
    "housing": Rules(minutes=30),
    "economy": Rules(minutes_with_interpreter=45, buffer_after=15),
    "healthcare": Rules(minutes=60, buffer_before=15),
    "family_and_school": Rules(minutes=90, buffer_before=30, buffer_after=15),
}
INTERPRETED = "economy"
"""Its caseworker doesn't speak the newcomer's language."""
LANGUAGE = "en"
_WHEN = re.compile(r"(\d{1,2}) (\w+) (\d{4})\D{1,6}(\d\d:\d\d)–(\d\d:\d\d)")
Stretch = tuple[datetime, datetime]


@pytest.fixture(scope="module")
def tables() -> Iterator[Database]:
    """A database in memory with the product's tables."""
    database = Database("sqlite://")
    Base.metadata.create_all(database.engine)
    yield database
    database.close()


@pytest.fixture
def database(tables: Database) -> Database:
    """With a caseworker for each type of appointment, who works on Sunday nights too, and an
    interpreter."""
    with tables.transaction() as session:
        for table in reversed(Base.metadata.sorted_tables):
            session.execute(delete(table))
    with tables.transaction() as session:
        for subject, rules in TYPES.items():
            values = {name: getattr(rules, name) for name in Rules.__struct_fields__}
            languages = ("sv",) if subject == INTERPRETED else ("sv", LANGUAGE)
            person = caseworker(f"{subject}-1", subjects=(subject,), languages=languages)
            person.working_intervals += _nights()
            session.add_all([appointment_type(subject, **values), person])
        tolk = interpreter(languages=(LANGUAGE,), notice_days=1)
        tolk.email = "orders@agency.example"
        tolk.working_intervals += _nights()
        session.add(tolk)
    return tables


def _nights() -> list[WorkingInterval]:
    return [WorkingInterval(weekday=SUNDAY, opens=opens, closes=closes) for opens, closes in NIGHT]


def _ten_days_before(day: date) -> datetime:
    wall = datetime.combine(day - timedelta(days=10), time(8), ZONE)
    return wall.astimezone(timezone.utc)


def _days_around(change: datetime) -> list[date]:
    sunday = change.astimezone(ZONE).date()
    assert sunday.weekday() == SUNDAY
    return [sunday + timedelta(days=offset) for offset in range(-2, 3)]


def _hours(day: date) -> tuple[tuple[time, time], ...]:
    if is_holiday(day) or day.weekday() == 5:
        return ()
    return NIGHT if day.weekday() == SUNDAY else WORKDAY


def _minutes(subject: str) -> int:
    rules = TYPES[subject]
    return rules.minutes_with_interpreter if subject == INTERPRETED else rules.minutes


def _reckoned(day: date, subject: str) -> set[datetime]:
    """The starts that there must be while nothing is booked."""
    rules = TYPES[subject]
    working = {each for each in quarters_of_day(day, ZONE) if is_within(each, _hours(day), ZONE)}
    steps = range(-rules.buffer_before, _minutes(subject) + rules.buffer_after, 15)
    return {
        each
        for each in working
        if each.astimezone(ZONE).minute in (0, 30)
        and all(each + timedelta(minutes=step) in working for step in steps)
    }


def _offered(
    session: Session, subject: str, now: datetime, days: Sequence[date] | None = None
) -> list[Offer]:
    found = offers(session, CALENDAR, subject, LANGUAGE, now)
    return [each for each in found if days is None or CALENDAR.local_day(each.starts_at) in days]


def _book(database: Database, subject: str, starts_at: datetime, now: datetime) -> int:
    asked = request(
        starts_at,
        f"{subject}/{starts_at}",
        subject=subject,
        language=LANGUAGE,
        contact=Contact(email="sara@example.org"),
    )
    with database.transaction() as session:
        booked = book(session, CALENDAR, asked, lambda: now)
        assert isinstance(booked, Appointment), (subject, starts_at)
        return booked.id


def _said(text: str, language: str) -> tuple[datetime, datetime]:
    """From when to when by the clock on the wall, as a reader understands a text."""
    found = {each.groups() for each in _WHEN.finditer(text)}
    assert len(found) == 1, text
    (parts,) = found
    names = {name: number for number, name in get_month_names("wide", locale=language).items()}
    day = date(int(parts[2]), names[parts[1]], int(parts[0]))
    begins, ends = (datetime.combine(day, time.fromisoformat(each)) for each in parts[3:])
    return begins, ends


def _in_calendar(content: bytes) -> Stretch:
    """From when to when, as a calendar program understands an object."""
    (event,) = icalendar.Calendar.from_ical(content).walk("VEVENT")
    begins, ends = event.decoded("dtstart"), event.decoded("dtend")
    return begins.astimezone(timezone.utc), ends.astimezone(timezone.utc)


def _wall(instant: datetime) -> datetime:
    return instant.astimezone(ZONE).replace(tzinfo=None, fold=0)


def _reminded(starts_at: datetime, ahead: timedelta) -> datetime:
    """When a reminder comes, found minute by minute: the first that is not quiet, or the last one
    before the quiet hours when that would be less than half an hour ahead."""
    quiet = ((time(21), time.max), (time(0), time(8)))
    minute = timedelta(minutes=1)
    wanted = later = starts_at - ahead
    while is_within(later, quiet, ZONE):
        later += minute
    if later == wanted or starts_at - later >= timedelta(minutes=30):
        return later
    while is_within(wanted, quiet, ZONE):
        wanted -= minute
    return wanted


def _check_told(database: Database, appointment_id: int, promised: Stretch, now: datetime) -> None:
    """Everything that tells of an appointment tells the same time."""
    on_the_wall = _wall(promised[0]), _wall(promised[1])
    with database.reading() as session:
        stored = session.get_one(Appointment, appointment_id)
        rows = session.scalars(
            select(Delivery).where(Delivery.appointment_id == appointment_id)
        ).all()
        told = [errand(session, row, CALENDAR, row.due_at) for row in rows]
        assert (stored.starts_at, stored.ends_at) == promised
        assert stored.starts_at.utcoffset() == timedelta(0)
        assert (stored.zone, stored.wall_time) == (ZONE.key, on_the_wall[0])
        assert _said(full_time(*promised, ZONE, LANGUAGE), LANGUAGE) == on_the_wall
        assert _said(appointment_time(stored, LANGUAGE), LANGUAGE) == on_the_wall
        due = {row.event: row.due_at for row in rows}
        for reminder, ahead in deliveries.REMINDERS.items():
            wanted = _reminded(promised[0], ahead)
            assert due[reminder] == reminder_at(promised[0], ahead, CALENDAR) == wanted
            assert now < wanted < promised[0]
        assert len(told) == (4 if stored.interpreter_id else 3)
        for each in told:
            assert each
            _check_letter(each, promised, now)


def _check_letter(made: Errand, promised: Stretch, now: datetime) -> None:
    message = letter(made, SETTINGS, now)
    language = str(message["Content-Language"])
    assert language == ("sv" if made.person else LANGUAGE)
    for kind in ("text/plain", "text/html"):
        (part,) = _parts(message, kind)
        wall = _wall(promised[0]), _wall(promised[1])
        assert _said(str(part.get_content()), language) == wall
    files = _parts(message, "text/calendar")
    assert len(files) == made.is_for_calendar
    for file in files:
        content = file.get_payload(decode=True)
        assert isinstance(content, bytes)
        assert _in_calendar(content) == promised


def _parts(message: EmailMessage, kind: str) -> list[EmailMessage]:
    return [
        part
        for part in message.walk()
        if isinstance(part, EmailMessage) and part.get_content_type() == kind
    ]


def _book_all(
    database: Database, subject: str, now: datetime, days: Sequence[date]
) -> dict[int, Stretch]:
    """Book the first time that is offered until none is left."""
    booked: dict[int, Stretch] = {}
    while True:
        with database.reading() as session:
            offered = _offered(session, subject, now, days)
        if not offered:
            return booked
        first = offered[0]
        assert short_time(first.starts_at, ZONE, LANGUAGE).endswith(
            f"{_wall(first.starts_at):%H:%M}"
        )
        booked[_book(database, subject, first.starts_at, now)] = first.starts_at, first.ends_at


def _check_days(database: Database, days: Sequence[date], around: datetime, now: datetime) -> None:
    """The times of some days, for every type of appointment. Those that begin within half an hour
    of an instant are booked as long as they don't overlap, and the last one."""
    for subject in TYPES:
        with database.reading() as session:
            offered = _offered(session, subject, now, days)
        reckoned = [each for day in days for each in sorted(_reckoned(day, subject))]
        assert [each.starts_at for each in offered] == reckoned
        length = timedelta(minutes=_minutes(subject))
        assert {each.ends_at - each.starts_at for each in offered} == {length}
        booked: dict[int, Stretch] = {}
        near = [each for each in offered if abs(each.starts_at - around) <= timedelta(minutes=30)]
        for each in _side_by_side([*near, offered[-1]], TYPES[subject]):
            made = _book(database, subject, each.starts_at, now)
            booked[made] = each.starts_at, each.ends_at
        for appointment_id, promised in booked.items():
            _check_told(database, appointment_id, promised, now)
        _check_download(database, *next(iter(booked.items())), now)
    _check_feed(database, f"{subject}-1", booked, now)
    check_ledger(database, CALENDAR)


def _side_by_side(offered: Sequence[Offer], rules: Rules) -> Iterator[Offer]:
    """The offers that can be had one after the other, with the caseworker's buffers."""
    pause = timedelta(minutes=rules.buffer_before + rules.buffer_after)
    free_from = offered[0].starts_at
    for each in offered:
        if each.starts_at >= free_from:
            free_from = each.ends_at + pause
            yield each


def _check_download(
    database: Database, appointment_id: int, promised: Stretch, now: datetime
) -> None:
    """The object that is downloaded says the same as the one in the mail."""
    with database.reading() as session:
        stored = session.get_one(Appointment, appointment_id)
        content, _ = calendar_object(stored, SETTINGS.municipality, now, by_email=False)
    assert _in_calendar(content) == promised


def _check_feed(
    database: Database, caseworker_id: str, booked: dict[int, Stretch], now: datetime
) -> None:
    """The caseworker's own calendar shows each appointment at its time."""
    with database.reading() as session:
        person = session.get_one(Caseworker, caseworker_id)
        content = feed(session, person, SETTINGS.municipality, now)
    events = icalendar.Calendar.from_ical(content).walk("VEVENT")
    shown = {(each.decoded("dtstart"), each.decoded("dtend")) for each in events}
    in_utc = {tuple(each.astimezone(timezone.utc) for each in stretch) for stretch in shown}
    assert in_utc == set(booked.values())


# The clock changes


def test_there_are_two_clock_changes_a_year() -> None:
    assert [each.year for each in CHANGES] == [year for year in range(2026, 2036) for _ in "12"]


@pytest.mark.parametrize("change", CHANGES, ids=lambda change: f"{change:%Y-%m-%d}")
def test_the_days_around_a_clock_change(database: Database, change: datetime) -> None:
    days = _days_around(change)
    sunday = days[2]
    hours = len(quarters_of_day(sunday, ZONE)) / 4
    assert hours == (23 if change.month < 7 else 25)
    nights = [each for each in quarters_of_day(sunday, ZONE) if is_within(each, NIGHT, ZONE)]
    assert len(nights) / 4 == hours - 18
    if not is_holiday(sunday):
        assert min(nights) < change < max(nights)
        assert len(_reckoned(sunday, "housing")) == 2 * (hours - 18)
    _check_days(database, days, change, _ten_days_before(sunday))


def test_the_night_of_easter_is_not_worked() -> None:
    easter = [each for each in CHANGES if is_holiday(each.astimezone(ZONE).date())]
    assert [f"{each:%Y-%m-%d}" for each in easter] == ["2027-03-28", "2032-03-28", "2035-03-25"]
    assert not any(_reckoned(each.astimezone(ZONE).date(), "housing") for each in easter)


# Other odd days


@pytest.mark.parametrize(
    ("first", "count", "day"),
    [
        (date(2026, 12, 29), 7, date(2026, 12, 30)),  # in week 53
        (date(2026, 12, 29), 7, date(2027, 1, 4)),
        (date(2032, 12, 29), 6, date(2032, 12, 30)),  # in week 53
        (date(2032, 12, 29), 6, date(2033, 1, 3)),
        (date(2028, 2, 28), 3, date(2028, 2, 29)),
    ],
)
def test_year_ends_and_the_leap_day(database: Database, first: date, count: int, day: date) -> None:
    days = [first + timedelta(days=number) for number in range(count)]
    late_morning = datetime.combine(day, time(11), ZONE).astimezone(timezone.utc)
    _check_days(database, days, late_morning, _ten_days_before(first))


@pytest.mark.parametrize(
    ("day", "monday"),
    [
        (date(2026, 12, 30), date(2027, 1, 4)),
        (date(2032, 12, 29), date(2033, 1, 3)),
        (date(2028, 2, 29), date(2028, 3, 6)),
    ],
)
def test_the_week_after_one_at_the_year_end(database: Database, day: date, monday: date) -> None:
    with database.reading() as session:
        offered = _offered(session, "housing", _ten_days_before(day))
    wish = Wish(day=day).next_week(CALENDAR.local_day(offered[0].starts_at))
    page = choose(offered, wish, CALENDAR)
    assert wish.since == monday
    assert page.fits
    assert page.offers
    assert min(CALENDAR.local_day(each.starts_at) for each in page.offers) == monday
    first = first_fitting(offered, wish, CALENDAR)
    assert first
    assert _wall(first.starts_at) == datetime.combine(monday, time(9))


@pytest.mark.parametrize(
    ("notice_days", "today", "first"),
    [
        (2, date(2026, 12, 29), date(2027, 1, 4)),  # the 30th counts; then nobody works till 4 Jan
        (1, date(2028, 2, 28), date(2028, 2, 29)),
        (2, date(2028, 2, 28), date(2028, 3, 1)),
        (1, date(2032, 12, 30), date(2033, 1, 3)),
        (2, date(2026, 3, 27), date(2026, 3, 31)),
        (2, date(2026, 10, 23), date(2026, 10, 27)),
    ],
)
def test_the_notice_of_an_interpreter_counts_working_days(
    database: Database, notice_days: int, today: date, first: date
) -> None:
    now = datetime.combine(today, time(10), ZONE).astimezone(timezone.utc)
    with database.transaction() as session:
        session.get_one(Interpreter, "tolk").notice_days = notice_days
    with database.reading() as session:
        earliest = _offered(session, INTERPRETED, now)[0]
    assert _wall(earliest.starts_at) == datetime.combine(first, time(10))


# What changes after the booking


@pytest.mark.parametrize("change", CHANGES[:2], ids=["spring", "autumn"])
def test_hours_that_change_leave_bookings_where_they_are(
    database: Database, change: datetime
) -> None:
    days = _days_around(change)
    sunday, now = days[2], _ten_days_before(days[2])
    booked = _book_all(database, "housing", now, [sunday])
    with database.transaction() as session:
        assert stranded(session, CALENDAR, now) == []
        person = session.get_one(Caseworker, "housing-1")
        for each in person.working_intervals:
            if each.weekday == SUNDAY:
                each.closes = time(2)
    kept = {key for key, stretch in booked.items() if _wall(stretch[0]).hour < 2}
    assert len(kept) == 4
    with database.reading() as session:
        listed = stranded(session, CALENDAR, now)
        assert {each.id for each in listed} == set(booked) - kept
        assert [each.starts_at for each in listed] == [
            stretch[0] for key, stretch in booked.items() if key not in kept
        ]
        assert {each.state for each in listed} == {BOOKED}
    for each in listed:
        _check_told(database, each.id, booked[each.id], now)
    check_ledger(database, CALENDAR)
    with database.transaction() as session:
        cancel(session, CALENDAR, listed[0].id, lambda: now)
        monday = _offered(session, "housing", now, [days[3]])[0].starts_at
        moved = move(session, CALENDAR, listed[1].id, monday, lambda: now)
        assert isinstance(moved, Appointment)
    with database.reading() as session:
        assert _offered(session, "housing", now, [sunday]) == []
        left = {each.id for each in stranded(session, CALENDAR, now)}
    assert left == {each.id for each in listed[2:]}
    check_ledger(database, CALENDAR)


@pytest.mark.parametrize("change", CHANGES[:2], ids=["spring", "autumn"])
def test_a_caseworker_who_leaves(database: Database, change: datetime) -> None:
    sunday = change.astimezone(ZONE).date()
    now = _ten_days_before(sunday)
    booked = _book_all(database, "housing", now, [sunday])
    with database.transaction() as session:
        session.get_one(Caseworker, "housing-1").active = False
    with database.reading() as session:
        assert _offered(session, "housing", now) == []
        assert [each.id for each in stranded(session, CALENDAR, now)] == list(booked)
    check_ledger(database, CALENDAR)
    with database.transaction() as session:
        erik = caseworker("erik", subjects=("housing",), languages=(LANGUAGE,))
        erik.working_intervals += _nights()
        session.add(erik)
    for key, (starts_at, _) in booked.items():
        with database.transaction() as session:
            moved = move(session, CALENDAR, key, starts_at, lambda: now, {"caseworker_id": "erik"})
            assert isinstance(moved, Appointment)
            assert (moved.starts_at, moved.caseworker_id) == (starts_at, "erik")
    with database.reading() as session:
        assert stranded(session, CALENDAR, now) == []
    check_ledger(database, CALENDAR)
