"""A newcomer's name, as they wrote it."""

import re
import unicodedata

from contact_point.introductions import INTRODUCTIONS

MAX_LENGTH = 80
_JOINERS = " '’ʼ´-‐.,·\u200c\u200d"
_BEFORE = re.compile(
    rf"^(?:{INTRODUCTIONS}|jag är|det är|i am|i'm|i’m|this is|name:?|namn:?|أنا|انا|الاسم|اسمي هو|"
    r"اسمم|من|waxaan ahay|magacaygu|ኣነ|моє ім'я|моє ім’я|моё имя|я|это|benim ismim|jestem|"
    r"to ja|soy|je suis|c'est|c’est|olen|mä oon|minä olen)[\s:,،]+",
    re.IGNORECASE,
)
"""What may stand before the name where one was asked for it."""
_AFTER = re.compile(r"\s+(?:است|هست|هستم|እዩ|እየ|ይበሃል|ይብሃል)$")


def read_name(text: str) -> str | None:
    """The name with its spaces tidied, or None when the text can not be a name.

    A name has a letter of any script, and besides letters only what joins names.
    """
    name = " ".join(unicodedata.normalize("NFC", text).split()).strip(",.! ")
    name = _AFTER.sub("", _BEFORE.sub("", name)).strip(",. ")
    if not 0 < len(name) <= MAX_LENGTH:
        return None
    if not any(character.isalpha() for character in name):
        return None
    if any(not _belongs(character) for character in name):
        return None
    return name


def _belongs(character: str) -> bool:
    return character in _JOINERS or unicodedata.category(character)[0] in "LM"
