"""Interface strings: none missing, none unused, placeholders kept, in every offered language."""

import string
from collections.abc import Iterator

from babel.messages.catalog import Message

from command_line import catalogues
from contact_point.settings import ROOT, settings


def faults() -> Iterator[str]:
    """Faults in `locales/*/LC_MESSAGES/messages.po`."""
    template = catalogues.extract()
    wanted = {message.id: message for message in template if message.id}
    for language in settings().municipality.languages:
        if language == "en":
            continue
        place = catalogues.po_path(language).relative_to(ROOT).as_posix()
        if not catalogues.po_path(language).exists():
            yield f"{place}:1: missing; `kontaktpunkt catalogues update` makes it"
            continue
        written = {message.id: message for message in catalogues.read(language) if message.id}
        for message_id, message in wanted.items():
            if message_id not in written or not written[message_id].string:
                yield f"{place}:1: not translated: {message_id!r} (from {_origin(message)})"
        for message_id, message in written.items():
            line = message.lineno or 1
            if message_id not in wanted:
                yield f"{place}:{line}: no longer used: {message_id!r}"
            elif message.string and _fields(message_id) != _fields(message.string):
                yield f"{place}:{line}: other {{placeholders}} than in {message_id!r}"


def _origin(message: Message) -> str:
    return ":".join(str(part) for part in message.locations[0]) if message.locations else "?"


def _fields(text: object) -> set[str] | None:
    try:
        return {name for _, name, _, _ in string.Formatter().parse(str(text)) if name is not None}
    except ValueError:
        return None
