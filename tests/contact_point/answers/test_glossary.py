"""The same names for the same things."""

from pathlib import Path

import pytest

from contact_point.answers import glossary as module
from contact_point.answers.glossary import GlossaryError, glossary, inconsistencies

GLOSSARY = """Migrationsverket:
  say: [Migration Agency]
  never: [Migration Board]
sfi:
  say: [Swedish for Immigrants, SFI]
"""


@pytest.fixture(autouse=True)
def english(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(module, "LOCALES", tmp_path)
    path = tmp_path / "en" / "glossary.yml"
    path.parent.mkdir()
    path.write_text(GLOSSARY, encoding="utf-8")
    glossary.cache_clear()
    return path


@pytest.mark.parametrize(
    ("source", "translation", "told"),
    [
        ("Ring Migrationsverket.", "Call the Migration Agency.", []),
        ("Läs sfi.", "Study at sfi.", []),
        ("Ring oss.", "Call us.", []),
        ("Ring Migrationsverket.", "Call them.", ["say Migration Agency"]),
        ("Ring oss.", "Call the Migration Board.", ["the glossary says Migration Agency"]),
    ],
)
def test_inconsistencies(source: str, translation: str, told: list[str]) -> None:
    found = list(inconsistencies(source, translation, "en"))
    assert len(found) == len(told)
    assert all(part in line for part, line in zip(told, found, strict=True))


def test_a_language_without_a_glossary() -> None:
    assert list(inconsistencies("Ring Migrationsverket.", "Soita.", "fi")) == []


def test_a_broken_glossary_says_where(english: Path) -> None:
    english.write_text("Migrationsverket: {sya: [x]}", encoding="utf-8")
    glossary.cache_clear()
    with pytest.raises(GlossaryError, match=r"glossary\.yml:1: "):
        glossary("en")
    glossary.cache_clear()
