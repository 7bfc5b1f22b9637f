"""Dates and times in words, over a month from a Tuesday."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.dates import find_date, find_time
from bot.entity_extractor import date_words, fold
from bot.text_normaliser import normalise
from contact_point.languages import LANGUAGES

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
