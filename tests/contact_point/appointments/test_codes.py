"""Reference codes as they are made, shown and read."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contact_point.appointments.codes import ALPHABET, is_mistyped, make_code, read_code, show_code


def test_a_code_has_no_characters_that_look_alike() -> None:
    for code in (make_code() for _ in range(200)):
        assert len(code) == 8
        assert code[0] == "K"
        assert not set(code[1:]) & set("ILO01")


def test_a_code_is_shown_in_two_groups() -> None:
    assert show_code("KABC2345") == "KABC-2345"


@pytest.mark.parametrize(
    "text",
    [
        "KABC-2345",
        "kabc-2345",
        " KABC 2345 ",
        "K A B C 2 3 4 5",
        "KABC–2345",
        "kabc‑٢٣٤٥",
        "ＫＡＢＣ２３４５",
    ],
)
def test_a_code_is_read_however_it_is_typed(text: str) -> None:
    assert read_code(text) == "KABC2345"


@pytest.mark.parametrize("text", ["", "KABC-234", "KABC-23456", "XABC-2345", "KABO-2345", "kod?"])
def test_what_is_no_code_is_not_read(text: str) -> None:
    assert read_code(text) is None


@given(st.text(ALPHABET, min_size=7, max_size=7))
def test_every_shown_code_is_read_back(characters: str) -> None:
    code = "K" + characters
    assert read_code(show_code(code)) == code
    assert read_code(show_code(code).lower()) == code


def test_no_new_code_is_mistyped() -> None:
    assert not any(is_mistyped(make_code()) for _ in range(200))


@given(st.integers(1, 7), st.sampled_from(ALPHABET))
def test_one_wrong_character_always_shows(place: int, character: str) -> None:
    code = make_code()
    wrong = code[:place] + character + code[place + 1 :]
    assert is_mistyped(wrong) == (wrong != code)


@given(st.integers(1, 6))
def test_two_that_change_places_always_show(place: int) -> None:
    code = make_code()
    wrong = code[:place] + code[place + 1] + code[place] + code[place + 2 :]
    assert is_mistyped(wrong) == (wrong != code)


@given(st.text())
def test_no_text_breaks_the_reader(text: str) -> None:
    assert read_code(text) is None or len(read_code(text) or "") == 8
