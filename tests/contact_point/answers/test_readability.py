"""LIX and words."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contact_point.answers.readability import lix, words


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", 0),
        ("Ring oss.", 2),  # two words a sentence, none long
        ("Ring oss. Vi svarar. ", 2),
        ("Kommunen svarar.", 2 + 50),  # one of two words has more than six letters
        ("Ring {contact_phone}. Vi svarar.", 2),  # a number is no long word
        ("Är du sjuk? Ring [1177](tel:1177).", 2.5),
    ],
)
def test_lix(text: str, expected: float) -> None:
    assert lix(text) == pytest.approx(expected)


def test_words_without_marks_and_link_targets() -> None:
    assert words("**Ring** [oss nu](https://example.org/en-lang-adress)!") == ["Ring", "oss", "nu"]
    assert words("sfi:s BVC-sköterska l'école") == ["sfi:s", "BVC-sköterska", "l'école"]


@given(st.text())
def test_any_text_has_an_index(text: str) -> None:
    assert lix(text) >= 0
