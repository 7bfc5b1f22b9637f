"""Dates and times in words, over a month from a Tuesday."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.dates import find_date, find_time, find_week
from bot.entity_extractor import date_words, fold
from contact_point.languages import LANGUAGES
from contact_point.spelling import normalise

TUESDAY = date(2026, 11, 24)


def found(text: str, language: str) -> tuple[str | None, str | None]:
    """(date, time) of a message."""
    folded, words = fold(normalise(text, language)), date_words(language)
    day = find_date(folded, words, TUESDAY)
    return day.isoformat() if day else None, find_time(folded, words)


@pytest.mark.parametrize(
    ("language", "text", "expected"),
    [
        ("sv", "på torsdag efter två", ("2026-11-26", "14:00")),
        ("sv", "om tre dagar, halv tre", ("2026-11-27", "14:30")),
        ("sv", "26.11.2026 kl 9", ("2026-11-26", "09:00")),
        ("en", "in two weeks at half past", ("2026-12-08", None)),
        ("en", "tomorrow at ten", ("2026-11-25", "10:00")),
        ("en", "14h30", (None, "14:30")),
        ("ar", "بعد ثلاثة أيام", ("2026-11-27", None)),
        ("ar", "الخميس بعد الساعة الثانية", ("2026-11-26", "14:00")),
        ("ar", "الساعة عشرة ونص", (None, "10:30")),
        ("sv", "jag har 3 barn och 2 rum", (None, None)),
        ("fa", "پنجشنبه بعد از ساعت دو", ("2026-11-26", "14:00")),
        ("fa", "سه روز بعد", ("2026-11-27", None)),
        ("fa", "فردا ساعت ده و نیم", ("2026-11-25", "10:30")),
        ("fa", "دوشنبه هفته آینده", ("2026-11-30", None)),
        ("so", "khamiista labada kadib", ("2026-11-26", "14:00")),
        ("so", "saddex maalmood kadib", ("2026-11-27", None)),
        ("so", "berri tobanka saac", ("2026-11-25", "10:00")),
        ("so", "3da diseembar", ("2026-12-03", None)),
        ("ti", "ሓሙስ ድሕሪ ሰዓት ክልተ", ("2026-11-26", "14:00")),
        ("ti", "ድሕሪ ሰለስተ መዓልቲ", ("2026-11-27", None)),
        ("ti", "ጽባሕ ሰዓት 10", ("2026-11-25", "10:00")),
        ("uk", "у четвер після другої", ("2026-11-26", "14:00")),
        ("uk", "через три дні", ("2026-11-27", None)),
        ("uk", "завтра о пів на третю", ("2026-11-25", "14:30")),
        ("uk", "3 грудня", ("2026-12-03", None)),
        ("ru", "в четверг после двух", ("2026-11-26", "14:00")),
        ("ru", "через три дня", ("2026-11-27", None)),
        ("ru", "завтра в половине третьего", ("2026-11-25", "14:30")),
        ("ru", "в понедельник на следующей неделе", ("2026-11-30", None)),
        ("tr", "perşembe saat ikiden sonra", ("2026-11-26", "14:00")),
        ("tr", "üç gün sonra", ("2026-11-27", None)),
        ("tr", "yarin saat on buçukta", ("2026-11-25", "10:30")),
        ("tr", "gelecek hafta pazartesi", ("2026-11-30", None)),
        ("pl", "w czwartek po drugiej", ("2026-11-26", "14:00")),
        ("pl", "za trzy dni", ("2026-11-27", None)),
        ("pl", "jutro o wpół do trzeciej", ("2026-11-25", "14:30")),
        ("pl", "3 grudnia", ("2026-12-03", None)),
        ("es", "el jueves despues de las dos", ("2026-11-26", "14:00")),
        ("es", "en tres días", ("2026-11-27", None)),
        ("es", "mañana a las diez y media", ("2026-11-25", "10:30")),
        ("es", "el lunes de la próxima semana", ("2026-11-30", None)),
        ("fr", "jeudi après deux heures", ("2026-11-26", "14:00")),
        ("fr", "dans trois jours", ("2026-11-27", None)),
        ("fr", "demain à dix heures et demie", ("2026-11-25", "10:30")),
        ("fr", "le 3 décembre", ("2026-12-03", None)),
        ("fi", "torstaina kahden jälkeen", ("2026-11-26", "14:00")),
        ("fi", "kolmen päivän päästä", ("2026-11-27", None)),
        ("fi", "huomenna puoli kolmelta", ("2026-11-25", "14:30")),
        ("fi", "ensi viikon maanantaina", ("2026-11-30", None)),
        ("fi", "haluan varata yhden ajan", (None, None)),
    ],
)
def test_dates_and_times(language: str, text: str, expected: tuple[str | None, str | None]) -> None:
    assert found(text, language) == expected


@given(st.text(max_size=60), st.sampled_from(sorted(LANGUAGES)))
def test_any_text_gives_a_day_to_come_or_none(text: str, language: str) -> None:
    words = date_words(language)
    folded = fold(normalise(text, language))
    day = find_date(folded, words, TUESDAY)
    assert day is None or day.year >= 2000
    time = find_time(folded, words)
    assert time is None or 0 <= int(time[:2]) < 24


@pytest.mark.parametrize("offset", range(1, 29))
def test_every_day_by_number(offset: int) -> None:
    day = TUESDAY + timedelta(days=offset)
    written = f"{day.day}.{day.month}."
    assert find_date(written, date_words("sv"), TUESDAY) == day


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("sv", "jag vill flytta till nästa vecka"),
        ("en", "can I move it to next week?"),
        ("ar", "بدي أغيّر الموعد للأسبوع القادم"),
        ("fa", "وقتم را به هفته بعد تغییر بدهید"),
        ("so", "toddobaadka dambe ii beddel"),
        ("ti", "ናብ ዝመጽእ ሰሙን ቀይሩለይ"),
        ("uk", "хочу перенести на наступний тиждень"),
        ("ru", "перенесите на следующую неделю"),
        ("tr", "gelecek hafta olsun"),
        ("pl", "proszę przełożyć na przyszły tydzień"),
        ("es", "mejor la próxima semana"),
        ("fr", "plutôt la semaine prochaine"),
        ("fi", "siirrä ensi viikolle"),
    ],
)
def test_a_week_without_a_day(language: str, text: str) -> None:
    folded, words = fold(normalise(text, language)), date_words(language)
    assert find_week(folded, words, TUESDAY) == date(2026, 11, 30)


@pytest.mark.parametrize("text", ["nästa vecka på onsdag", "onsdag", "i morgon", "26 november"])
def test_no_week_where_a_day_is_named(text: str) -> None:
    assert find_week(fold(normalise(text, "sv")), date_words("sv"), TUESDAY) is None


@pytest.mark.parametrize(
    ("language", "text", "monday"),
    [
        ("sv", "har ni något vecka 50?", date(2026, 12, 7)),
        ("sv", "v.49 passar", date(2026, 11, 30)),
        ("sv", "vecka 2", date(2027, 1, 11)),
        ("sv", "vecka 48", date(2026, 11, 23)),
        ("sv", "vecka 60", None),
        ("sv", "om 2 veckor", None),
        ("en", "anything in week 50", date(2026, 12, 7)),
        ("en", "2 weeks ago", None),
        ("en", "this week 2 pm", None),
        ("tr", "gelecek hafta 3 kişi", date(2026, 11, 30)),
        ("fi", "käy mikä vaan iltapäivä viikolla 50", date(2026, 12, 7)),
        ("fi", "2 viikon päästä", None),
        ("pl", "jakiś termin w 50 tygodniu", date(2026, 12, 7)),
        ("pl", "za 2 tygodnie", None),
        ("tr", "50. hafta için", date(2026, 12, 7)),
        ("tr", "2 hafta sonra", None),
        ("fr", "la semaine 50", date(2026, 12, 7)),
        ("es", "en la semana 50", date(2026, 12, 7)),
        ("ru", "на 50 неделе", date(2026, 12, 7)),
        ("ru", "через 2 недели", None),
        ("uk", "на тижні 50", date(2026, 12, 7)),
    ],
)
def test_a_week_and_its_number(language: str, text: str, monday: date | None) -> None:
    folded, words = fold(normalise(text, language)), date_words(language)
    assert find_week(folded, words, TUESDAY) == monday


@pytest.mark.parametrize(
    ("language", "text"),
    [("sv", "efter vecka 9"), ("so", "toddobaadka 9 kadib"), ("pl", "po 9 tygodniu")],
)
def test_the_number_of_a_week_is_no_hour(language: str, text: str) -> None:
    assert found(text, language)[1] is None
