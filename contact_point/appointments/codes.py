"""Reference codes: short enough to read out, too many to guess."""

import re
import secrets
import unicodedata

ALPHABET = "ABCDEFGHJKMNPQRSTUVWXYZ23456789"
"""No I, L, O, 0 or 1: they are mistaken for each other."""
_LENGTH = 7
"""Characters after the K; the last is the check character."""
_CODE = re.compile(f"K[{ALPHABET}]{{{_LENGTH}}}")
_SEPARATORS = re.compile(r"[\s\-‐-―.·_]+")


def make_code() -> str:
    """A new random code, without hyphen."""
    characters = "".join(secrets.choice(ALPHABET) for _ in range(_LENGTH - 1))
    return f"K{characters}{_check_character(characters)}"


def is_mistyped(code: str) -> bool:
    """Whether a character is wrong, or two neighbours have changed places: no such code is made."""
    return _check_character(code[1:-1]) != code[-1]


def show_code(code: str) -> str:
    """The code as newcomers see it: KXXX-XXXX."""
    return f"{code[:4]}-{code[4:]}"


def read_code(text: str) -> str | None:
    """The code in a text that is a code, or None.

    Small letters, hyphens, spaces and the digits of other scripts are understood.
    """
    plain = _SEPARATORS.sub("", unicodedata.normalize("NFKC", text)).upper()
    plain = "".join(_latin_digit(character) for character in plain)
    return plain if _CODE.fullmatch(plain) else None


def _check_character(characters: str) -> str:
    """Each character times its place, modulo the alphabet's size. That is a prime (31), so one
    wrong character, and two that change places, always show (ISO/IEC 7064 explains the principle).
    """
    total = sum(place * ALPHABET.index(each) for place, each in enumerate(characters, 1))
    return ALPHABET[total % len(ALPHABET)]


def _latin_digit(character: str) -> str:
    return str(unicodedata.digit(character)) if character.isdigit() else character
