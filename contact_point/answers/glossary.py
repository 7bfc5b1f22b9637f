"""One name for one thing: how each language calls authorities and other fixed terms.

`locales/<language>/glossary.yml` maps a Swedish term to how this language says it:

    Migrationsverket:
      say: [Migration Agency]      # one of these, as a stem where words are inflected
      never: [Migration Board]     # other names for it that would confuse
"""

from collections.abc import Iterator
from functools import cache
from pathlib import Path

import msgspec
import yaml

from contact_point.translations import LOCALES


class GlossaryError(ValueError):
    """A glossary can't be used; the text says file and mend."""


class Term(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How a language says a Swedish term: one of `say`; none of `never`."""

    say: tuple[str, ...]
    never: tuple[str, ...] = ()


def glossary_path(language: str) -> Path:
    """Where a language's glossary lives."""
    return LOCALES / language / "glossary.yml"


@cache
def glossary(language: str) -> dict[str, Term]:
    """The terms of a language by their Swedish name; empty where there is no glossary.

    Raises:
        GlossaryError: when the file can't be used.
    """
    path = glossary_path(language)
    if not path.exists():
        return {}
    try:
        return msgspec.convert(
            yaml.load(path.read_text(encoding="utf-8"), yaml.CSafeLoader) or {}, dict[str, Term]
        )
    except (yaml.YAMLError, msgspec.ValidationError) as error:
        raise GlossaryError(f"{path}:1: {error}") from error


def inconsistencies(source: str, translation: str, language: str) -> Iterator[str]:
    """Where a translation leaves a term of its Swedish text out, or calls it otherwise.

    Raises:
        GlossaryError: when the language's glossary can't be used.
    """
    read = translation.casefold()
    for swedish, term in glossary(language).items():
        if swedish in source and not any(form.casefold() in read for form in term.say):
            yield f"{swedish!r} of the Swedish text is missing; say {' or '.join(term.say)}"
        for form in term.never:
            if form.casefold() in read:
                yield f"{form!r}: the glossary says {' or '.join(term.say)}"
