"""Opening hours to the minute, and the words that newcomers read."""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from contact_point.directory.opening_hours import (
    OpenStatus,
    in_words,
    intervals,
    status,
    today_in_words,
)
from contact_point.directory.tables import Schedule
from contact_point.public_holidays import is_public_holiday

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


def _instant(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    return moment if moment.tzinfo else moment.replace(tzinfo=ZONE)


@pytest.mark.parametrize(
    ("schedules", "at", "is_open"),
    [pytest.param(*case[1:], id=case[0]) for case in OPEN_OR_CLOSED],
)
def test_open_or_closed(schedules: list[Schedule], at: str, is_open: bool) -> None:
    now = status(schedules, _instant(at), ZONE)
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
            OpenStatus(False, opens=_instant("2026-12-28 09:00"), holiday=True),
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
    assert status(schedules, _instant(at), ZONE) == expected


@pytest.mark.parametrize(
    "schedules", [[], [hours(None, None)], [hours("09:00", None)], [hours(None, "16:00")]]
)
def test_hours_that_are_not_known(schedules: list[Schedule]) -> None:
    at = _instant("2026-11-24 10:00")
    assert status(schedules, at, ZONE) is None
    assert today_in_words(schedules, at, ZONE, "sv") is None
    assert in_words(schedules, at, ZONE, "en") == (
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
    assert in_words(OFFICE, _instant(at), ZONE, language) == words


def test_hours_of_today_in_words() -> None:
    at = _instant("2026-11-24 20:00")
    assert today_in_words(LUNCH, at, ZONE, "en") == "Today 09:00–12:00 and 13:00–16:00"
    assert today_in_words(LUNCH, at, ZONE, "sv") == "I dag 09:00–12:00 och 13:00–16:00"
    assert today_in_words(LUNCH, _instant("2026-11-28 10:00"), ZONE, "en") is None


_DAYS = st.dates(date(2026, 1, 1), date(2027, 12, 31))
_MINUTES = st.integers(0, 24 * 60 - 1)
_AFTER_CLOCK_CHANGES = 4 * 60
_HOLIDAYS = [
    day
    for day in (date(2026, 1, 1) + timedelta(days=offset) for offset in range(730))
    if is_public_holiday(day)
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
    at = datetime.combine(day, time(minute // 60, minute % 60), ZONE)
    now = status(schedules, at, ZONE)
    assert now is not None
    # A wall time that the clock change in March skips is shown as the one that is then.
    wall = at.astimezone(ZoneInfo("UTC")).astimezone(ZONE)
    within = [closes for opens, closes in intervals(schedules, day, ZONE) if opens <= wall < closes]
    assert ([now.until] if now.is_open else []) == within


@settings(derandomize=True)
@given(_schedules(_AFTER_CLOCK_CHANGES), _DAYS, _MINUTES)
def test_the_next_opening_is_really_one(schedules: list[Schedule], day: date, minute: int) -> None:
    at = datetime.combine(day, time(minute // 60, minute % 60), ZONE)
    now = status(schedules, at, ZONE)
    if now is None or now.opens is None:
        return
    assert now.opens > at
    then = status(schedules, now.opens, ZONE)
    assert then is not None
    assert then.is_open
    before = status(schedules, now.opens - timedelta(minutes=1), ZONE)
    assert before is not None
    assert not before.is_open


@settings(derandomize=True)
@given(_schedules(), st.sampled_from(_HOLIDAYS), _MINUTES)
def test_nothing_is_open_on_a_public_holiday(
    schedules: list[Schedule], day: date, minute: int
) -> None:
    now = status(schedules, datetime.combine(day, time(minute // 60, minute % 60), ZONE), ZONE)
    assert now is not None
    assert not now.is_open
