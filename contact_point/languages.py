"""The languages that the assistant can speak, by BCP 47 tag."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True)
class Language:
    """A language of newcomers: how it calls itself, how it is written and read."""

    tag: str
    own_name: str
    english_name: str
    script: str
    """ISO 15924 code of its usual script."""
    direction: Literal["ltr", "rtl"] = "ltr"


LANGUAGES = {
    language.tag: language
    for language in (
        Language("sv", "Svenska", "Swedish", "Latn"),
        Language("en", "English", "English", "Latn"),
        Language("ar", "العربية", "Arabic", "Arab", "rtl"),
        Language("fa", "فارسی / دری", "Persian/Dari", "Arab", "rtl"),
        Language("so", "Soomaali", "Somali", "Latn"),
        Language("ti", "ትግርኛ", "Tigrinya", "Ethi"),
        Language("uk", "Українська", "Ukrainian", "Cyrl"),
        Language("ru", "Русский", "Russian", "Cyrl"),
        Language("tr", "Türkçe", "Turkish", "Latn"),
        Language("pl", "Polski", "Polish", "Latn"),
        Language("es", "Español", "Spanish", "Latn"),
        Language("fr", "Français", "French", "Latn"),
        Language("fi", "Suomi", "Finnish", "Latn"),
    )
}
"""Every language that the product knows of; a municipality offers some of them."""
_SEMICOLONS = {"Arab": "؛", "Ethi": "፤"}
"""By script; ";" in others."""


def language(tag: str) -> Language:
    """The language of a tag.

    Raises:
        KeyError: for a tag that the product does not know.
    """
    return LANGUAGES[tag]


def listed(parts: Iterable[str], tag: str) -> str:
    """Parts that have commas of their own, in one line of a language."""
    known = LANGUAGES.get(tag)
    semicolon = _SEMICOLONS.get(known.script, ";") if known else ";"
    return f"{semicolon} ".join(parts)
