"""One way of writing for one way of meaning, shared by training and use.

Newcomers type without diacritics, with stretched letters, with Arabic or Persian digits, and
paste invisible characters along. What differs in the writing only is made the same here.
"""

import re
import unicodedata

_ZWNJ = "\u200c"
_INVISIBLE = dict.fromkeys(
    [
        *range(0x200B, 0x2010),  # zero-width and direction marks
        *range(0x202A, 0x202F),  # embeddings and overrides
        *range(0x2060, 0x2070),
        *range(0xFE00, 0xFE10),  # which picture of an emoji
        *range(0x1F3FB, 0x1F400),  # skin tones
        0x00AD,
        0xFEFF,
        0x061C,
    ]
) | {ord(_ZWNJ): " "}  # Persian writes it between the parts of a word
_ARABIC_LETTERS = str.maketrans(
    {
        **dict.fromkeys("أإآٱ", "ا"),
        "ى": "ي",
        "ی": "ي",
        "ئ": "ي",
        "ؤ": "و",
        "ة": "ه",
        "ک": "ك",
        "ـ": None,
    }
)
_SAME_LETTERS = _ARABIC_LETTERS | {ord("ё"): "е"}  # Russian writes either
_LETTERS_OF_THEIR_OWN = str.maketrans({"ł": "l", "ı": "i", "ø": "o", "đ": "d", "æ": "ae"})
"""Letters whose mark is no combining character; people leave it out all the same."""
_APOSTROPHES = str.maketrans(dict.fromkeys("’‘ʼ`´′ʻʹ", "'"))
_CYRILLIC_APOSTROPHE = re.compile(r'(?<=[бвгджзкмнпрстфхц])[*"](?=[яюєї])')
_TURKISH = re.compile("[şŞğĞıİ]")
_DOT_ABOVE = "\u0307"
_ARABIC_MARKS = re.compile("[\u0610-\u061a\u064b-\u065f\u0670]")
_STRETCHED = re.compile(r"([^\W\d])\1{2,}")
_SPACES = re.compile(r"\s+")


def normalise(text: str, language: str | None = None) -> str:
    """A text without differences of writing only; never empty unless the text says nothing.

    `language` (BCP 47) matters for Turkish, whose capital I is not the capital of i; without it,
    a text with one of Turkish's own letters is read so.
    """
    plain = tidy(text, language)
    plain = _ARABIC_MARKS.sub("", plain.translate(_SAME_LETTERS))
    return _squeeze(_STRETCHED.sub(r"\1\1", plain))


def tidy(text: str, language: str | None = None) -> str:
    """A text in one case, one kind of digits and without invisible characters, with every
    language's own letters: what the language is told by."""
    plain = unicodedata.normalize("NFKC", text).translate(_INVISIBLE).translate(_APOSTROPHES)
    if language == "tr" or _TURKISH.search(plain):
        plain = plain.replace("I", "ı").replace("İ", "i")
    plain = unicodedata.normalize("NFC", plain.casefold().replace(f"i{_DOT_ABOVE}", "i"))
    plain = _CYRILLIC_APOSTROPHE.sub("'", plain)
    return _squeeze("".join(map(_latin_digit, plain)))


def without_marks(text: str) -> str:
    """A text without diacritics, for looking up words that people write with or without them."""
    parts = unicodedata.normalize("NFD", text.translate(_LETTERS_OF_THEIR_OWN))
    return "".join(character for character in parts if not unicodedata.combining(character))


def _squeeze(text: str) -> str:
    return unicodedata.normalize("NFC", _SPACES.sub(" ", text).strip())


def _latin_digit(character: str) -> str:
    if character.isdecimal() and not character.isascii():
        return str(unicodedata.decimal(character))
    return character
