"""Opening hours to the minute, and the words that newcomers read."""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from contact_point.directory import hours_in_words
from contact_point.directory.opening_hours import (
    OpeningHours,
    OpenStatus,
    intervals,
    opening_hours,
    status,
)
from contact_point.directory.tables import (
    HolidaySchedule,
    Location,
    Organization,
    Schedule,
    Service,
    ServiceAtLocation,
)
from contact_point.public_holidays import is_day_before_holiday, is_holiday

ZONE = ZoneInfo("Europe/Stockholm")
WORKDAYS = "MO,TU,WE,TH,FR"


def hours(
    opens: str | None, closes: str | None, byday: str | None = WORKDAYS, **rule: object
) -> Schedule:
    """A schedule: weekly on the days unless the rule says otherwise."""
    fields = {"freq": "WEEKLY", "byday": byday} | rule
    return Schedule(opens_at=opens, closes_at=closes, **fields)


OFFICE = [hours("09:00", "16:00")]
LUNCH = [hours("09:00", "12:00"), hours("13:00", "16:00")]
OVERLAP = [hours("09:00", "13:00"), hours("12:00", "16:00")]
EVEN_WEEKS = [hours("18:00", "20:00", "WE", interval=2, dtstart="2026-01-07")]
OTHER_WEEKS = [hours("10:00", "12:00", "MO,SU", interval=2, wkst="MO", dtstart="2026-11-09")]
SUNDAY_WEEKS = [hours("10:00", "12:00", "MO,SU", interval=2, wkst="SU", dtstart="2026-11-09")]
FIRST_FRIDAY = [hours("14:00", "16:00", "1FR", freq="MONTHLY")]
LAST_THURSDAY = [hours("14:00", "16:00", "-1TH", freq="MONTHLY")]
FIFTEENTH = [hours("10:00", "11:00", None, freq="MONTHLY", bymonthday="15")]
SEASON = [hours("09:00", "16:00", valid_from="2026-11-02", valid_to="2026-11-27")]
UNTIL = [hours("09:00", "16:00", until="2026-11-24")]
THREE_TIMES = [hours("09:00", "10:00", "TU", dtstart="2026-11-10", count=3)]
ONCE = [hours("09:00", "16:00", None, freq=None, dtstart="2026-11-28")]
DAILY = [hours("09:00", "16:00", None, freq=None)]
NIGHT = [hours("01:00", "04:00", "SU")]
SUNDAYS = [hours("09:00", "16:00", "SU")]

OPEN_OR_CLOSED = [
    ("a minute before opening", OFFICE, "2026-11-24 08:59", False),
    ("at opening", OFFICE, "2026-11-24 09:00", True),
    ("a minute before closing", OFFICE, "2026-11-24 15:59", True),
    ("at closing", OFFICE, "2026-11-24 16:00", False),
    ("midnight", OFFICE, "2026-11-24 00:00", False),
    ("Friday", OFFICE, "2026-11-27 10:00", True),
    ("Saturday", OFFICE, "2026-11-28 10:00", False),
    ("Sunday", OFFICE, "2026-11-29 10:00", False),
    ("before lunch", LUNCH, "2026-11-24 11:59", True),
    ("lunch begins", LUNCH, "2026-11-24 12:00", False),
    ("lunch ends soon", LUNCH, "2026-11-24 12:59", False),
    ("after lunch", LUNCH, "2026-11-24 13:00", True),
    ("where hours overlap", OVERLAP, "2026-11-24 12:30", True),
    ("at the end of the first of two that overlap", OVERLAP, "2026-11-24 13:00", True),
    ("after both that overlap", OVERLAP, "2026-11-24 16:00", False),
    ("every second week: the week that it starts", EVEN_WEEKS, "2026-01-07 19:00", True),
    ("every second week: the week after", EVEN_WEEKS, "2026-01-14 19:00", False),
    ("every second week: two weeks after", EVEN_WEEKS, "2026-01-21 19:00", True),
    ("every second week: late in the year", EVEN_WEEKS, "2026-11-25 19:00", True),
    ("every second week: late in the year, the other", EVEN_WEEKS, "2026-11-18 19:00", False),
    ("weeks begin on Monday: the Sunday after", OTHER_WEEKS, "2026-11-15 10:30", True),
    ("weeks begin on Monday: two Sundays after", OTHER_WEEKS, "2026-11-22 10:30", False),
    ("weeks begin on Sunday: the Sunday after", SUNDAY_WEEKS, "2026-11-15 10:30", False),
    ("weeks begin on Sunday: two Sundays after", SUNDAY_WEEKS, "2026-11-22 10:30", True),
    ("first Friday", FIRST_FRIDAY, "2026-11-06 14:30", True),
    ("second Friday", FIRST_FRIDAY, "2026-11-13 14:30", False),
    ("first Friday of December", FIRST_FRIDAY, "2026-12-04 14:00", True),
    ("first of the month that is no Friday", FIRST_FRIDAY, "2026-12-01 14:30", False),
    ("last Thursday", LAST_THURSDAY, "2026-11-26 15:00", True),
    ("last Thursday but one", LAST_THURSDAY, "2026-11-19 15:00", False),
    ("fifteenth", FIFTEENTH, "2026-12-15 10:30", True),
    ("sixteenth", FIFTEENTH, "2026-12-16 10:30", False),
    ("the day before it is valid", SEASON, "2026-10-30 10:00", False),
    ("the first valid day", SEASON, "2026-11-02 10:00", True),
    ("the last valid day", SEASON, "2026-11-27 10:00", True),
    ("the day after it was valid", SEASON, "2026-11-30 10:00", False),
    ("the last day of `until`", UNTIL, "2026-11-24 10:00", True),
    ("the day after `until`", UNTIL, "2026-11-25 10:00", False),
    ("before the count begins", THREE_TIMES, "2026-11-03 09:30", False),
    ("first of three", THREE_TIMES, "2026-11-10 09:30", True),
    ("third of three", THREE_TIMES, "2026-11-24 09:30", True),
    ("a fourth of three", THREE_TIMES, "2026-12-01 09:30", False),
    ("the one day", ONCE, "2026-11-28 10:00", True),
    ("the day after the one day", ONCE, "2026-11-29 10:00", False),
    ("every day, Sunday", DAILY, "2026-11-29 10:00", True),
    ("Epiphany", OFFICE, "2026-01-06 10:00", False),
    ("Good Friday", OFFICE, "2026-04-03 10:00", False),
    ("Easter Monday", OFFICE, "2026-04-06 10:00", False),
    ("Ascension Day", OFFICE, "2026-05-14 10:00", False),
    ("the day after Ascension Day", OFFICE, "2026-05-15 10:00", True),
    ("Christmas Day", OFFICE, "2026-12-25 10:00", False),
    ("New Year", DAILY, "2026-01-01 10:00", False),
    ("an ordinary Sunday is no holiday", SUNDAYS, "2026-11-22 10:00", True),
    ("Easter Sunday is one", SUNDAYS, "2026-04-05 10:00", False),
    ("March: an hour into the day", NIGHT, "2026-03-29T01:30+01:00", True),
    ("March: the hour after the gap", NIGHT, "2026-03-29T03:30+02:00", True),
    ("March: closing comes an hour sooner", NIGHT, "2026-03-29T03:00+01:00", False),
    ("March: before the change nine is UTC+1", SUNDAYS, "2026-03-22T08:00+00:00", True),
    ("March: after the change nine is UTC+2", SUNDAYS, "2026-03-29T07:00+00:00", True),
    ("March: a minute before", SUNDAYS, "2026-03-29T06:59+00:00", False),
    ("October: before the repeated hour", NIGHT, "2026-10-25T01:30+02:00", True),
    ("October: the hour the first time", NIGHT, "2026-10-25T02:30+02:00", True),
    ("October: the hour the second time", NIGHT, "2026-10-25T02:30+01:00", True),
    ("October: closing by the wall clock", NIGHT, "2026-10-25T04:00+01:00", False),
    ("October: opening by the wall clock", SUNDAYS, "2026-10-25T08:00+00:00", True),
    ("October: a minute before", SUNDAYS, "2026-10-25T07:59+00:00", False),
]


WEEKS = [hours("10:00", "12:00", "WE", byweekno="47,49")]
YEAR_DAY = [hours("10:00", "12:00", None, byyearday="330", dtstart="2026-01-01")]
ALWAYS = [hours("00:00", "23:59", "MO,TU,WE,TH,FR,SA,SU")]
SHELTER = [
    hours("20:00", "23:59", "MO,TU,WE,TH,FR,SA,SU"),
    hours("00:00", "08:00", "MO,TU,WE,TH,FR,SA,SU"),
]
BAR = [hours("22:00", "23:59", "FR"), hours("00:00", "02:00", "SA")]
IN_WINTER_TIME = [hours("09:00", "16:00", timezone=1)]
IN_LONDON = [hours("09:00", "16:00", timezone=0)]


def exception(closed: bool = False, **fields: str | None) -> HolidaySchedule:
    """Other hours than usual."""
    return HolidaySchedule(closed=closed, **fields)


EARLY = [exception(day="day_before_public_holiday", closes_at="13:00")]
OPEN_ON_HOLIDAYS = [exception(day="public_holiday", opens_at="11:00", closes_at="15:00")]
AS_USUAL = [exception(day="public_holiday")]
MOVING = [exception(True, start_date="2026-12-07", end_date="2026-12-11", description="Flytt")]
ONE_EVENING = [exception(start_date="2026-11-24", opens_at="16:00", closes_at="20:00")]
LATE_START = [exception(start_date="2026-11-24", opens_at="11:00")]
TWO_HOURS = [
    exception(start_date="2026-11-24", opens_at="08:00", closes_at="09:00"),
    exception(start_date="2026-11-24", opens_at="18:00", closes_at="19:00"),
]
CHRISTMAS = [exception(True, start_date="2026-12-21", end_date="2027-01-08")]
ONLY_EPIPHANY = [
    exception(day="public_holiday", start_date="2027-01-01", end_date="2027-01-10",
              opens_at="12:00", closes_at="14:00")
]  # fmt: skip

WITH_EXCEPTIONS = [
    ("week 47", WEEKS, [], "2026-11-18 10:30", True),
    ("week 48", WEEKS, [], "2026-11-25 10:30", False),
    ("week 49", WEEKS, [], "2026-12-02 10:30", True),
    ("the 330th day", YEAR_DAY, [], "2026-11-26 10:30", True),
    ("the 331st day", YEAR_DAY, [], "2026-11-27 10:30", False),
    ("around the clock, last minute", ALWAYS, [], "2026-11-24 23:59", True),
    ("around the clock, midnight", ALWAYS, [], "2026-11-25 00:00", True),
    ("night shelter before midnight", SHELTER, [], "2026-11-24 23:59", True),
    ("night shelter after midnight", SHELTER, [], "2026-11-25 03:00", True),
    ("night shelter by day", SHELTER, [], "2026-11-25 08:00", False),
    ("over midnight into Saturday", BAR, [], "2026-11-28 01:59", True),
    ("over midnight, ended", BAR, [], "2026-11-28 02:00", False),
    ("an offset that Sweden has means its clocks: winter", IN_WINTER_TIME, [],
     "2026-11-24 09:00", True),
    ("an offset that Sweden has means its clocks: summer", IN_WINTER_TIME, [],
     "2026-06-16 09:00", True),
    ("another offset is kept: before", IN_LONDON, [], "2026-11-24 09:59", False),
    ("another offset is kept: open", IN_LONDON, [], "2026-11-24 10:00", True),
    ("another offset is kept: last minute", IN_LONDON, [], "2026-11-24 16:59", True),
    ("Midsummer Eve", OFFICE, [], "2026-06-19 10:00", False),
    ("Christmas Eve", OFFICE, [], "2026-12-24 10:00", False),
    ("New Year's Eve", OFFICE, [], "2026-12-31 10:00", False),
    ("the day before Christmas Eve is an ordinary one", OFFICE, [EARLY], "2026-12-23 15:00", True),
    ("Maundy Thursday, without a rule of its own", OFFICE, [], "2026-04-02 15:00", True),
    ("Maundy Thursday, before it closes early", OFFICE, [EARLY], "2026-04-02 12:59", True),
    ("Maundy Thursday, closed early", OFFICE, [EARLY], "2026-04-02 13:00", False),
    ("30 April, closed early", OFFICE, [EARLY], "2026-04-30 14:00", False),
    ("5 June, closed early", OFFICE, [EARLY], "2026-06-05 14:00", False),
    ("the day before Ascension Day", OFFICE, [EARLY], "2026-05-13 14:00", False),
    ("Twelfth Night", OFFICE, [EARLY], "2026-01-05 14:00", False),
    ("a day before, over lunch", LUNCH, [EARLY], "2026-04-30 12:30", False),
    ("a day before, in the morning", LUNCH, [EARLY], "2026-04-30 11:00", True),
    ("Good Friday with hours of its own", OFFICE, [OPEN_ON_HOLIDAYS], "2026-04-03 11:00", True),
    ("Good Friday after them", OFFICE, [OPEN_ON_HOLIDAYS], "2026-04-03 15:00", False),
    ("an ordinary Sunday keeps its hours", SUNDAYS, [OPEN_ON_HOLIDAYS], "2026-11-29 09:30", True),
    ("a holiday as usual", ALWAYS, [AS_USUAL], "2026-12-25 03:00", True),
    ("a holiday as usual, where Fridays are closed",
     [hours("09:00", "16:00", "MO")], [AS_USUAL], "2026-12-25 10:00", False),
    ("the day before it moves", OFFICE, [MOVING], "2026-12-04 10:00", True),
    ("the first day of moving", OFFICE, [MOVING], "2026-12-07 10:00", False),
    ("the last day of moving", OFFICE, [MOVING], "2026-12-11 10:00", False),
    ("the day after moving", OFFICE, [MOVING], "2026-12-14 10:00", True),
    ("one evening instead: by day", OFFICE, [ONE_EVENING], "2026-11-24 10:00", False),
    ("one evening instead: then", OFFICE, [ONE_EVENING], "2026-11-24 19:59", True),
    ("opens later once: before", OFFICE, [LATE_START], "2026-11-24 10:59", False),
    ("opens later once: then", OFFICE, [LATE_START], "2026-11-24 11:00", True),
    ("two intervals of one day", OFFICE, [TWO_HOURS], "2026-11-24 18:30", True),
    ("between two intervals of one day", OFFICE, [TWO_HOURS], "2026-11-24 10:00", False),
    ("the more specific owner counts", OFFICE, [AS_USUAL, CHRISTMAS], "2026-12-25 10:00", True),
    ("the less specific, where the other is silent", OFFICE, [AS_USUAL, CHRISTMAS],
     "2026-12-28 10:00", False),
    ("a date counts before such days", OFFICE, [[*OPEN_ON_HOLIDAYS, *CHRISTMAS]],
     "2026-12-25 12:00", False),
    ("such days within dates", OFFICE, [ONLY_EPIPHANY], "2027-01-06 13:00", True),
    ("other days within the dates are usual", OFFICE, [ONLY_EPIPHANY], "2027-01-07 10:00", True),
    ("such days after the dates", OFFICE, [ONLY_EPIPHANY], "2027-03-26 13:00", False),
    ("March: closing early by the wall clock", NIGHT,
     [[exception(start_date="2026-03-29", closes_at="03:30")]], "2026-03-29T01:29+00:00", True),
    ("March: closed early by the wall clock", NIGHT,
     [[exception(start_date="2026-03-29", closes_at="03:30")]], "2026-03-29T01:30+00:00", False),
    ("October: around the clock in the repeated hour", ALWAYS, [], "2026-10-25T01:30+00:00", True),
]  # fmt: skip


def _at_a_place(schedules: list[Schedule], location_type: str = "physical") -> ServiceAtLocation:
    """A service at a place; nothing of it is stored."""
    return ServiceAtLocation(
        schedules=schedules,
        holiday_schedules=[],
        service=Service(
            schedules=[], holiday_schedules=[], organization=Organization(holiday_schedules=EARLY)
        ),
        location=Location(location_type=location_type, schedules=[], holiday_schedules=MOVING),
    )


@pytest.mark.parametrize(
    ("schedules", "exceptions", "at", "is_open"),
    [pytest.param(*case[1:], id=case[0]) for case in WITH_EXCEPTIONS],
)
def test_open_or_closed_with_exceptions(
    schedules: list[Schedule], exceptions: list[list[HolidaySchedule]], at: str, is_open: bool
) -> None:
    now = status(OpeningHours(schedules, exceptions), _instant(at), ZONE)
    assert now is not None
    assert now.is_open == is_open


def test_exceptions_of_place_and_organization_count() -> None:
    known = opening_hours(_at_a_place(OFFICE))
    assert intervals(known, date(2026, 12, 8), ZONE) == []
    assert [end.hour for _, end in intervals(known, date(2026, 4, 30), ZONE)] == [13]


def test_hours_of_the_telephone_are_not_those_of_the_door() -> None:
    phone = hours("08:00", "20:00", attending_type="phone")
    door = hours("09:00", "12:00")
    day = date(2026, 11, 24)
    at_the_door = opening_hours(_at_a_place([phone, door]))
    assert [end.hour for _, end in intervals(at_the_door, day, ZONE)] == [12]
    assert intervals(opening_hours(_at_a_place([phone])), day, ZONE)[0][1].hour == 20
    on_the_phone = opening_hours(_at_a_place([phone, door], "virtual"))
    assert intervals(on_the_phone, day, ZONE)[0][1].hour == 20


@pytest.mark.parametrize(
    ("schedules", "exceptions", "at", "words", "today"),
    [
        (ALWAYS, [], "2026-11-24 10:00", "Open around the clock.", None),
        (SHELTER, [], "2026-11-24 22:00", "Open now, until Wednesday 08:00.",
         "Today 00:00–08:00 and 20:00–24:00"),
        (OFFICE, [EARLY], "2026-04-30 10:00", "Open now, until 13:00.",
         "Today 09:00–13:00 (day before a public holiday)"),
        (OFFICE, [OPEN_ON_HOLIDAYS], "2026-04-03 12:00", "Open now, until 15:00.",
         "Today 11:00–15:00 (public holiday)"),
        (OFFICE, [MOVING], "2026-12-09 10:00",
         "Closed today, other than usual. Opens Monday 14 December at 09:00.", None),
        (OFFICE, [ONE_EVENING], "2026-11-24 10:00",
         "Closed now. Opens today at 16:00.", "Today 16:00–20:00 (other hours than usual)"),
        (FIRST_FRIDAY, [], "2026-11-06 17:00",
         "Closed now. Opens Friday 4 December at 14:00.", "Today 14:00–16:00"),
    ],
)  # fmt: skip
def test_exceptions_in_words(
    schedules: list[Schedule],
    exceptions: list[list[HolidaySchedule]],
    at: str,
    words: str,
    today: str | None,
) -> None:
    known = OpeningHours(schedules, exceptions)
    assert hours_in_words.state(known, _instant(at), ZONE, "en") == words
    assert hours_in_words.today(known, _instant(at), ZONE, "en") == today


@pytest.mark.parametrize(
    ("day", "is_one"),
    [
        ("2026-04-02", True), ("2026-04-30", True), ("2026-06-05", True), ("2026-10-30", True),
        ("2026-12-23", False), ("2026-12-24", False), ("2026-12-25", False), ("2026-06-18", False),
        ("2026-06-19", False), ("2026-11-24", False),
    ],
)  # fmt: skip
def test_days_before_a_holiday(day: str, is_one: bool) -> None:
    assert is_day_before_holiday(date.fromisoformat(day)) == is_one


def _instant(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    return moment if moment.tzinfo else moment.replace(tzinfo=ZONE)


@pytest.mark.parametrize(
    ("schedules", "at", "is_open"),
    [pytest.param(*case[1:], id=case[0]) for case in OPEN_OR_CLOSED],
)
def test_open_or_closed(schedules: list[Schedule], at: str, is_open: bool) -> None:
    now = status(OpeningHours(schedules), _instant(at), ZONE)
    assert now is not None
    assert now.is_open == is_open


@pytest.mark.parametrize(
    ("schedules", "at", "expected"),
    [
        (LUNCH, "2026-11-24 10:00", OpenStatus(True, until=_instant("2026-11-24 12:00"))),
        (OVERLAP, "2026-11-24 10:00", OpenStatus(True, until=_instant("2026-11-24 16:00"))),
        (LUNCH, "2026-11-24 12:30", OpenStatus(False, opens=_instant("2026-11-24 13:00"))),
        (LUNCH, "2026-11-27 16:00", OpenStatus(False, opens=_instant("2026-11-30 09:00"))),
        (
            OFFICE,
            "2026-12-25 10:00",
            OpenStatus(False, opens=_instant("2026-12-28 09:00"), reason="public_holiday"),
        ),
        # On Epiphany, a Tuesday, what opens only on Wednesdays is closed for another reason.
        (
            [hours("09:00", "16:00", "WE")],
            "2026-01-06 10:00",
            OpenStatus(False, opens=_instant("2026-01-07 09:00")),
        ),
        (UNTIL, "2026-11-24 16:00", OpenStatus(False)),
        (SUNDAYS, "2026-03-28 10:00", OpenStatus(False, opens=_instant("2026-03-29 09:00"))),
    ],
)
def test_until_when_and_when_next(schedules: list[Schedule], at: str, expected: OpenStatus) -> None:
    assert status(OpeningHours(schedules), _instant(at), ZONE) == expected


@pytest.mark.parametrize(
    "schedules", [[], [hours(None, None)], [hours("09:00", None)], [hours(None, "16:00")]]
)
def test_hours_that_are_not_known(schedules: list[Schedule]) -> None:
    at = _instant("2026-11-24 10:00")
    known = opening_hours(_at_a_place(schedules))
    assert status(known, at, ZONE) is None
    assert hours_in_words.today(known, at, ZONE, "sv") is None
    assert hours_in_words.state(known, at, ZONE, "en") == (
        "Opening hours are not known. Call before you go."
    )


@pytest.mark.parametrize(
    ("language", "at", "words"),
    [
        ("sv", "2026-11-24 10:00", "Öppet nu, till 16:00."),
        ("en", "2026-11-24 10:00", "Open now, until 16:00."),
        ("ar", "2026-11-24 10:00", "مفتوح الآن حتى الساعة 16:00."),
        ("sv", "2026-11-24 08:00", "Stängt nu. Öppnar i dag kl. 09:00."),
        ("en", "2026-11-24 08:00", "Closed now. Opens today at 09:00."),
        ("ar", "2026-11-24 08:00", "مغلق الآن. يفتح اليوم الساعة 09:00."),
        ("sv", "2026-11-24 20:00", "Stängt nu. Öppnar i morgon kl. 09:00."),
        ("en", "2026-11-24 20:00", "Closed now. Opens tomorrow at 09:00."),
        ("ar", "2026-11-24 20:00", "مغلق الآن. يفتح غدًا الساعة 09:00."),
        (
            "sv",
            "2026-12-25 10:00",
            "Stängt i dag (helgdag). Öppnar måndag 28 december kl. 09:00.",
        ),
        (
            "en",
            "2026-12-25 10:00",
            "Closed today (public holiday). Opens Monday 28 December at 09:00.",
        ),
        (
            "ar",
            "2026-12-25 10:00",
            "مغلق اليوم (عطلة رسمية). يفتح الاثنين 28 ديسمبر الساعة 09:00.",
        ),
    ],
)
def test_words(language: str, at: str, words: str) -> None:
    assert hours_in_words.state(OpeningHours(OFFICE), _instant(at), ZONE, language) == words


def test_hours_of_today_in_words() -> None:
    at = _instant("2026-11-24 20:00")
    assert (
        hours_in_words.today(OpeningHours(LUNCH), at, ZONE, "en")
        == "Today 09:00–12:00 and 13:00–16:00"
    )
    assert (
        hours_in_words.today(OpeningHours(LUNCH), at, ZONE, "sv")
        == "I dag 09:00–12:00 och 13:00–16:00"
    )
    assert (
        hours_in_words.today(OpeningHours(LUNCH), _instant("2026-11-28 10:00"), ZONE, "en") is None
    )


_DAYS = st.dates(date(2026, 1, 1), date(2027, 12, 31))
_MINUTES = st.integers(0, 24 * 60 - 1)
_AFTER_CLOCK_CHANGES = 4 * 60
_HOLIDAYS = [
    day
    for day in (date(2026, 1, 1) + timedelta(days=offset) for offset in range(730))
    if is_holiday(day)
]


@st.composite
def _schedules(draw: st.DrawFn, earliest: int = 0) -> list[Schedule]:
    made = []
    minutes = st.sets(st.integers(earliest, 24 * 60 - 1), min_size=2, max_size=2)
    for _ in range(draw(st.integers(1, 4))):
        opens, closes = sorted(draw(minutes))
        weekdays = draw(st.sets(st.sampled_from([*WORKDAYS.split(","), "SA", "SU"]), min_size=1))
        interval = draw(st.integers(1, 3))
        made.append(
            hours(_clock(opens), _clock(closes), ",".join(sorted(weekdays)), interval=interval)
        )
    return made


def _clock(minute: int) -> str:
    return f"{minute // 60:02}:{minute % 60:02}"


@settings(derandomize=True)
@given(_schedules(), _DAYS, _MINUTES)
def test_it_is_open_exactly_within_the_hours_of_the_day(
    schedules: list[Schedule], day: date, minute: int
) -> None:
    known = OpeningHours(schedules)
    at = datetime.combine(day, time(minute // 60, minute % 60), ZONE)
    now = status(known, at, ZONE)
    assert now is not None
    # A wall time that the clock change in March skips is shown as the one that is then.
    wall = at.astimezone(ZoneInfo("UTC")).astimezone(ZONE)
    within = [closes for opens, closes in intervals(known, day, ZONE) if opens <= wall < closes]
    assert now.is_open == bool(within)
    if within and now.until:
        assert now.until >= within[0]
        assert now.until == within[0] or within[0].time() == time()


@settings(derandomize=True)
@given(_schedules(_AFTER_CLOCK_CHANGES), _DAYS, _MINUTES)
def test_the_next_opening_is_really_one(schedules: list[Schedule], day: date, minute: int) -> None:
    known = OpeningHours(schedules)
    at = datetime.combine(day, time(minute // 60, minute % 60), ZONE)
    now = status(known, at, ZONE)
    if now is None or now.opens is None:
        return
    assert now.opens > at
    then = status(known, now.opens, ZONE)
    assert then is not None
    assert then.is_open
    before = status(known, now.opens - timedelta(minutes=1), ZONE)
    assert before is not None
    assert not before.is_open


@settings(derandomize=True)
@given(_schedules(), st.sampled_from(_HOLIDAYS), _MINUTES)
def test_nothing_is_open_on_a_public_holiday(
    schedules: list[Schedule], day: date, minute: int
) -> None:
    at = datetime.combine(day, time(minute // 60, minute % 60), ZONE)
    now = status(OpeningHours(schedules), at, ZONE)
    assert now is not None
    assert not now.is_open


@settings(derandomize=True)
@given(_schedules(), _DAYS, _MINUTES, _MINUTES)
def test_a_day_that_closes_early_is_never_open_longer(
    schedules: list[Schedule], day: date, minute: int, early: int
) -> None:
    """Whatever the hours are: "closes at" takes away, and what is left was open anyway."""
    cut = HolidaySchedule(start_date=day.isoformat(), closed=False, closes_at=_clock(early))
    at = datetime.combine(day, time(minute // 60, minute % 60), ZONE)
    usual = intervals(OpeningHours(schedules, [[_as_usual(day)]]), day, ZONE)
    for opens, closes in intervals(OpeningHours(schedules, [[cut]]), day, ZONE):
        assert any(first <= opens < closes <= last for first, last in usual)
        if early < 24 * 60 - 1:
            assert closes.time() <= time(early // 60, early % 60)
    assert status(OpeningHours(schedules, [[cut]]), at, ZONE) is not None


def _as_usual(day: date) -> HolidaySchedule:
    return HolidaySchedule(start_date=day.isoformat(), closed=False)
