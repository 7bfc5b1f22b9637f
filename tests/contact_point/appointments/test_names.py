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
    ("text", "name"),
    [
        ("Jag heter Omar", "Omar"),
        ("jag är Sara Ahmed.", "Sara Ahmed"),
        ("My name is Maria!", "Maria"),
        ("I'm Ali", "Ali"),
        ("اسمي سارة", "سارة"),
        ("أنا محمد علي", "محمد علي"),
        ("نام من سارا است", "سارا"),
        ("magacaygu waa Xaliimo", "Xaliimo"),
        ("ስመይ ሰላም እዩ", "ሰላም"),
        ("мене звати Олена", "Олена"),
        ("меня зовут Анна", "Анна"),
        ("benim adım Ayşe", "Ayşe"),
        ("nazywam się Ewa Nowak", "Ewa Nowak"),
        ("me llamo Ana", "Ana"),
        ("je m'appelle Marie", "Marie"),
        ("nimeni on Aino", "Aino"),
        ("Ben Olsson", "Ben Olsson"),
        ("Olena", "Olena"),
        ("jag heter", "jag heter"),
    ],
)
def test_the_name_alone_is_kept(text: str, name: str) -> None:
    assert read_name(text) == name


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
