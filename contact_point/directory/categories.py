"""The contact point's own taxonomy: what kinds of help there are.

Its terms' codes stand in the data's taxonomy terms, so that "find an office" works with any
municipality's data that is mapped to them.
"""

from collections.abc import Iterator
from uuid import UUID, uuid5

from contact_point.translations import mark

TAXONOMY = "Kontaktpunkt"
_NAMESPACE = UUID("b50a1280-dc9a-5b08-ace8-5a3aa9f5edc6")

CATEGORIES = {
    "rights_and_permits": mark("Permits and rights"),
    "legal_advice": mark("Legal help"),
    "discrimination": mark("Discrimination"),
    "housing": mark("Housing"),
    "healthcare": mark("Healthcare"),
    "mental_health": mark("Mental health"),
    "dental_care": mark("Dentist"),
    "family_and_children": mark("Family and children"),
    "education": mark("School and education"),
    "diploma_recognition": mark("Diplomas and skills"),
    "language_courses": mark("Swedish courses and practice"),
    "work": mark("Work"),
    "business": mark("Starting a business"),
    "money": mark("Money and benefits"),
    "identity_and_registration": mark("Identity card and registration"),
    "tax": mark("Tax"),
    "community": mark("Clubs and meeting places"),
    "interpreting": mark("Interpreter and translation"),
    "violence_support": mark("Help after violence"),
    "transport": mark("Travel and driving"),
    "digital_help": mark("Computer and library"),
}
"""Code → name that newcomers see, translatable."""

FIRST_CHOICES = (
    "healthcare",
    "housing",
    "language_courses",
    "work",
    "money",
    "identity_and_registration",
    "education",
    "legal_advice",
)
"""Shown as buttons when somebody asks for an office without saying what for."""


def term_id(code: str) -> str:
    """The id of a category's taxonomy term."""
    return str(uuid5(_NAMESPACE, code))


def taxonomy_rows(code: str) -> Iterator[tuple[str, dict[str, str]]]:
    """(table, row) of a category's term and its taxonomy."""
    name = CATEGORIES[code]
    taxonomy = {
        "id": str(_NAMESPACE),
        "name": TAXONOMY,
        "description": "Kontaktpunktens kategorier.",
    }
    yield "taxonomy", taxonomy
    term = {"id": term_id(code), "code": code, "name": name, "description": name}
    yield "taxonomy_term", term | {"taxonomy_id": str(_NAMESPACE)}
