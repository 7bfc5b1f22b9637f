"""One way of writing for one way of meaning."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contact_point.spelling import normalise


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("  Hej   DÄR ", "hej där"),
        ("a\u030a", "å"),
        ("مُستشار", "مستشار"),
        ("أحتاج إلى طبيب", "احتاج الي طبيب"),
        ("مـــرحبا", "مرحبا"),
        ("می‌خواهم", "مي خواهم"),
        ("١٢ ۱۲ 12", "12 12 12"),
        ("heeeeej", "heej"),
        ("п’ятниця", "п'ятниця"),
        ("lo’da", "lo'da"),
        ("\u202bhej\u202c\u200b", "hej"),
        ("ﬁnska", "finska"),
    ],
)
def test_differences_of_writing_only(written: str, meant: str) -> None:
    assert normalise(written) == meant


def test_turkish_capital_i() -> None:
    assert normalise("IŞIK İZMİR", "tr") == "ışık izmir"


@given(st.text(), st.sampled_from(["sv", "ar", "tr", None]))
def test_never_raises_and_is_idempotent(text: str, language: str | None) -> None:
    once = normalise(text, language)
    assert normalise(once, language) == once


@given(st.text(alphabet=st.characters(categories=["L", "Nd"]), min_size=1))
def test_never_empties_a_text_with_letters(text: str) -> None:
    assert normalise(text) or all(char in "ـ" for char in text)
