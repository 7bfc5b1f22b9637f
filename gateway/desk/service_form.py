"""The form for a service: what the page shows, and what comes back as an edit."""

from collections.abc import Sequence
from typing import Any, Protocol

from contact_point.directory.editing import (
    TRANSLATED,
    PhoneRow,
    Section,
    ServiceEdit,
    TranslationRow,
)
from contact_point.directory.hours_rows import ExceptionRow, HoursRow

NEW_ROWS = 2
"""Empty rows that every list ends with."""


class Form(Protocol):
    """Sent fields; one name may come several times."""

    def get(self, name: str, default: Any = None) -> Any:
        """The first value of a field."""

    def getall(self, name: str, default: Any = None) -> list[Any]:
        """All values of a field."""


def read(form: Form, before: ServiceEdit) -> ServiceEdit:
    """The service as the form has it. Rows that were emptied are gone."""
    return ServiceEdit(
        {name: _text(form, name) for name in before.texts},
        frozenset(map(str, form.getall("category", []))),
        tuple(dict.fromkeys(map(str, form.getall("language", [])))),
        tuple(_section(form, section) for section in before.sections),
        {tag: _translation(form, tag) for tag in before.translations},
    )


def with_new_rows(section: Section) -> dict[str, Any]:
    """A section as the page shows it, with empty rows to fill in."""
    return {
        "section": section,
        "hours": [*section.hours, *([HoursRow(None, (), "", "")] * NEW_ROWS)],
        "exceptions": [*section.exceptions, ExceptionRow(None, "", "", "", True)],
        "phones": [*section.phones, PhoneRow(None, "")],
    }


def _section(form: Form, before: Section) -> Section:
    def fields(kind: str, count: int) -> Sequence[str]:
        return [f"{before.id}-{kind}-{number}" for number in range(count)]

    shown = with_new_rows(before)
    hours = [
        HoursRow(
            row.id,
            tuple(map(str, form.getall(f"{name}-day", []))),
            _text(form, f"{name}-opens"),
            _text(form, f"{name}-closes"),
            _text(form, f"{name}-repeat") or row.repeat,
            _text(form, f"{name}-first"),
            _text(form, f"{name}-last"),
        )
        for row, name in zip(shown["hours"], fields("hours", len(shown["hours"])), strict=True)
    ]
    exceptions = [
        ExceptionRow(
            row.id,
            _text(form, f"{name}-kind"),
            _text(form, f"{name}-first"),
            _text(form, f"{name}-last"),
            _text(form, f"{name}-closed") != "false",
            _text(form, f"{name}-opens"),
            _text(form, f"{name}-closes"),
            _text(form, f"{name}-reason"),
        )
        for row, name in zip(
            shown["exceptions"], fields("exception", len(shown["exceptions"])), strict=True
        )
    ]
    phones = [
        PhoneRow(row.id, _text(form, f"{name}-number"), _text(form, f"{name}-description"))
        for row, name in zip(shown["phones"], fields("phone", len(shown["phones"])), strict=True)
    ]
    return Section(
        before.entity,
        before.id,
        before.name,
        tuple(row for row in hours if row.days or row.opens or row.closes),
        tuple(row for row in exceptions if row.kind or row.first),
        tuple(row for row in phones if row.number),
        before.kept,
    )


def _translation(form: Form, tag: str) -> TranslationRow:
    return TranslationRow(
        {name: _text(form, f"{name}-{tag}") for name in TRANSLATED},
        _text(form, f"reviewed-{tag}") == "true",
    )


def _text(form: Form, name: str) -> str:
    return str(form.get(name, "")).strip().replace("\r\n", "\n")
