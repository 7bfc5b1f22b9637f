"""`kontaktpunkt check` finds each fault and says where it is."""

from pathlib import Path

import pytest

from command_line import catalogues
from command_line.checks import answers, examples, records, rules
from command_line.checks import catalogues as catalogue_checks
from contact_point import translations
from contact_point.answers import articles


@pytest.mark.parametrize("part", [answers, catalogue_checks, examples, records, rules])
def test_the_product_is_sound(part: object) -> None:
    assert list(part.faults()) == []  # type: ignore[attr-defined]


ARTICLE = """---
title: Skatt
status: draft
checked: 2026-11-24
sources:
  - authority: Skatteverket
    title: Deklaration
    url: https://skatteverket.se/
    level: national
---
Betala skatt.
---
Skatt går till skola och vård.
"""


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        (("level: national", "level: galactic"), "level"),
        (("https://skatteverket.se/", "http://skatteverket.se/"), "is not an https address"),
        (("checked: 2026-11-24\n", ""), "checked: say when"),
        (("status: draft", "status: perfect"), "status"),
        (("Betala skatt.", "Ring {phone_of_mars}."), "{phone_of_mars} is not a known variable"),
        (("Betala skatt.", "ord " * 200), "the text has 200 words; at most 180"),
        (
            ("Betala skatt.", "a\n\n" + "".join(f"{n}. x\n" for n in range(1, 9))),
            "the text has 8 steps; at most 6",
        ),
        (("Betala skatt.", "# Skatt"), "no headings"),
        (("Betala skatt.", "<b>Skatt</b>"), "no HTML"),
        (("---\ntitle", "title"), "front matter between two lines"),
        (("---\nBetala", "next:\n  - office: moon\n---\nBetala"), "'moon' is not a category"),
        (("\n---\nSkatt går till skola och vård.", ""), "write the same in simple words"),
        (("Skatt går till", "Skatt " * 60), "the simple text has 63 words; at most 60"),
        (
            ("Skatt går till", "Beskattningsmyndigheternas inkomstdeklarationer finansierar"),
            "the simple text has LIX",
        ),
        (("Betala skatt.", "Se https://skatteverket.se/"), "write addresses as [name]"),
        (("status: draft", "status: reviewed"), "say who has reviewed it"),
        (("---\nBetala", "next:\n  - book: moon\n---\nBetala"), "'moon' is not an appointment"),
    ],
)
def test_faults_of_an_article(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, change: tuple[str, str], fault: str
) -> None:
    place = tmp_path / "locales" / "sv" / "answers" / "taxes.md"
    place.parent.mkdir(parents=True)
    place.write_text(ARTICLE.replace(*change), encoding="utf-8")
    monkeypatch.setattr(articles, "LOCALES", tmp_path / "locales")
    monkeypatch.setattr(answers, "ROOT", tmp_path)
    found = [line for line in answers.faults() if "taxes.md" in line and "sv" in line]
    assert any(fault in line for line in found), found
    assert all("taxes.md:" in line for line in found)


def test_a_missing_and_an_unused_string_are_found(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = catalogues.po_path("sv")
    text = path.read_text(encoding="utf-8").replace('msgid "Book a time"', 'msgid "Book a tune"', 1)
    place = tmp_path / "sv" / "LC_MESSAGES" / "messages.po"
    place.parent.mkdir(parents=True)
    place.write_text(text, encoding="utf-8")
    monkeypatch.setattr(
        catalogues,
        "po_path",
        lambda language: (
            place
            if language == "sv"
            else path.parents[2] / language / "LC_MESSAGES" / "messages.po"
        ),
    )
    monkeypatch.setattr(catalogue_checks, "ROOT", Path("/"))
    found = list(catalogue_checks.faults())
    assert any("not translated: 'Book a time'" in line for line in found)
    assert any("no longer used: 'Book a tune'" in line for line in found)


def test_english_is_the_source_and_every_language_speaks() -> None:
    translations.translations.cache_clear()
    assert translations.translate("Book a time", "en") == "Book a time"
    assert translations.translate("Book a time", "sv") == "Boka tid"
    assert translations.translate("Book a time", "ar") == "حجز موعد"


def test_a_block_of_messages_without_its_topic_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = tmp_path / "data" / "nlu" / "sv" / "housing.yml"
    place.parent.mkdir(parents=True)
    place.write_text("nlu:\n- examples: |\n    - en lägenhet\n", encoding="utf-8")
    monkeypatch.setattr(examples, "ROOT", tmp_path)
    assert "data/nlu/sv/housing.yml:2: intent: missing in this block" in list(examples.faults())
