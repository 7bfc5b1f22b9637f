"""Names of people from everywhere."""

import pytest

from contact_point.appointments.names import MAX_LENGTH, read_name


@pytest.mark.parametrize(
    "name",
    [
        "Sara",
        "Å",
        "Anna-Karin Öström",
        "Наталія Ковальчук",
        "سارة أحمد",
        "ሰላም ገብረ",
        "Marie-Ève d'Arc",
        "J. P. Nkosi",
        "می‌ترا",
    ],
)
def test_names_in_any_script_are_taken(name: str) -> None:
    assert read_name(name) == name


def test_spaces_are_tidied() -> None:
    assert read_name("  Sara \n Ahmed. ") == "Sara Ahmed"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "  ",
        "-",
        "070-174 06 05",
        "sara@example.org",
        "[x](http://a)",
        "**",
        "Why?",
        "a" * (MAX_LENGTH + 1),
    ],
)
def test_what_is_no_name_is_refused(text: str) -> None:
    assert read_name(text) is None
