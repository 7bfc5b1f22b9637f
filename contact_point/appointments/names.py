"""A newcomer's name, as they wrote it."""

import unicodedata

MAX_LENGTH = 80
_JOINERS = " '’ʼ´-‐.,·\u200c\u200d"


def read_name(text: str) -> str | None:
    """The name with its spaces tidied, or None when the text can not be a name.

    A name has a letter of any script, and besides letters only what joins names.
    """
    name = " ".join(unicodedata.normalize("NFC", text).split()).strip(",. ")
    if not 0 < len(name) <= MAX_LENGTH:
        return None
    if not any(character.isalpha() for character in name):
        return None
    if any(not _belongs(character) for character in name):
        return None
    return name


def _belongs(character: str) -> bool:
    return character in _JOINERS or unicodedata.category(character)[0] in "LM"
