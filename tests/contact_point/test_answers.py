"""Articles: complete in every offered language, true to their front matter."""

from pathlib import Path

import pytest

from contact_point import answers
from contact_point.answers import AnswerError, find_answer, read_file, text_hash
from contact_point.settings import ROOT, load_municipality
from contact_point.topics import TOPICS
from contact_point.variables import municipality_variables

WRITTEN = (
    "rights_overview",
    "residence_permit",
    "discrimination",
    "interpreter",
    "responsibilities_overview",
    "taxes",
    "compulsory_school",
    "civic_orientation",
    "find_housing",
    "homelessness",
    "tenant_rights",
    "population_registration",
    "find_doctor",
    "care_for_asylum_seekers",
    "mental_health",
    "care_costs",
    "diploma_recognition",
    "regulated_professions",
    "language_courses",
    "find_job",
    "emergency",
    "crisis_self_harm",
    "violence_at_home",
    "exploitation",
)
MUNICIPALITY = load_municipality(ROOT / "municipality.toml")
FRONT = """---
title: Titel
status: draft
checked: 2026-11-20
sources:
  - {authority: Skatteverket, title: Flytta, url: "https://www.skatteverket.se/", level: national}
---
Gör så här.
"""


ARTICLES = [
    (topic, language)
    for topic in WRITTEN
    for language in MUNICIPALITY.languages
    if language in ("sv", "en", "ar") or TOPICS[topic].kind == "safety"
]


@pytest.mark.parametrize(("topic", "language"), ARTICLES)
def test_an_article_is_whole(topic: str, language: str) -> None:
    answer = find_answer(topic, language)
    assert answer is not None
    assert answer.state in ("draft", "reviewed")
    assert answer.sources
    assert all(source.url.startswith("https://") for source in answer.sources)
    shown = answer.body.format(**municipality_variables(MUNICIPALITY, language))
    assert "{" not in shown
    assert answer.title
    if topic in ("emergency", "crisis_self_harm"):
        assert "(tel:112)" in shown


def test_a_topic_without_an_article() -> None:
    assert "volunteering" in TOPICS
    assert find_answer("volunteering", "sv") is None


def test_a_changed_original_marks_its_translations_stale(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(answers, "LOCALES", tmp_path)
    for language in ("sv", "en"):
        (tmp_path / language / "answers").mkdir(parents=True)
    (tmp_path / "sv/answers/taxes.md").write_text(FRONT, encoding="utf-8")
    (tmp_path / "en/answers/taxes.md").write_text(
        f"---\ntitle: Title\nstatus: reviewed\nsource_hash: {text_hash('Gör så här.')}\n---\nDo.\n",
        encoding="utf-8",
    )
    find_answer.cache_clear()
    try:
        fresh = find_answer("taxes", "en")
        assert fresh is not None
        assert (fresh.state, fresh.sources[0].level) == ("reviewed", "national")
        (tmp_path / "sv/answers/taxes.md").write_text(
            FRONT.replace("Gör så här.", "Gör på ett annat sätt."), encoding="utf-8"
        )
        find_answer.cache_clear()
        stale = find_answer("taxes", "en")
        assert stale is not None
        assert stale.state == "stale"
    finally:
        find_answer.cache_clear()


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("Ingen början", ":1: begin with front matter"),
        (FRONT.replace("title: Titel", "title: [Titel"), "taxes.md:3: "),
        (FRONT.replace("draft", "finished"), "front matter: Invalid enum value 'finished'"),
        (FRONT.replace("level: national", "level: world"), "front matter: "),
        (FRONT.replace("checked: 2026-11-20", "cheked: 2026-11-20"), "cheked"),
    ],
)
def test_a_broken_article_says_where(tmp_path: Path, text: str, told: str) -> None:
    file = tmp_path / "taxes.md"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(AnswerError) as refusal:
        read_file(file)
    assert told in str(refusal.value)
