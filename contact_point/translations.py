"""Interface strings in the newcomer's language: gettext catalogues, English in the source.

Catalogues are compiled from `locales/<language>/LC_MESSAGES/messages.po` when they are read, so
that a translator's change needs no build step.
"""

import gettext
from functools import cache
from io import BytesIO

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

from contact_point.settings import ROOT

LOCALES = ROOT / "locales"


@cache
def translations(language: str) -> gettext.NullTranslations:
    """The catalogue of a language; English needs none."""
    path = LOCALES / language / "LC_MESSAGES" / "messages.po"
    if not path.exists():
        return gettext.NullTranslations()
    with path.open("rb") as file:
        catalogue = read_po(file, locale=language)
    compiled = BytesIO()
    write_mo(compiled, catalogue)
    compiled.seek(0)
    return gettext.GNUTranslations(compiled)


def translate(message: str, language: str, /, **values: object) -> str:
    """A string of the source language in another, with its {placeholders} filled in."""
    text = translations(language).gettext(message) if message else ""
    return text.format(**values) if values else text


def mark(message: str) -> str:
    """Mark a string for extraction where it stands; it is translated where it is shown."""
    return message
