"""Reference codes: short enough to read out, too many to guess."""

import re
import secrets
import unicodedata

ALPHABET = "ABCDEFGHJKMNPQRSTUVWXYZ23456789"
"""No I, L, O, 0 or 1: they are mistaken for each other."""
_LENGTH = 7
_CODE = re.compile(f"K[{ALPHABET}]{{{_LENGTH}}}")
_SEPARATORS = re.compile(r"[\s\-‐-―.·_]+")


def make_code() -> str:
    """A new random code, without hyphen."""
    return "K" + "".join(secrets.choice(ALPHABET) for _ in range(_LENGTH))


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


def _latin_digit(character: str) -> str:
    return str(unicodedata.digit(character)) if character.isdigit() else character
