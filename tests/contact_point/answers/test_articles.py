"""Articles: whole in every offered language, true to their front matter."""

from pathlib import Path

import pytest

from contact_point.answers import articles
from contact_point.answers.articles import (
    SHELVES,
    ArticleError,
    article_keys,
    find_answer,
    find_article,
    paragraphs,
    read_file,
    steps,
)
from contact_point.answers.review import expected_keys
from contact_point.settings import ROOT, load_municipality
from contact_point.variables import municipality_variables

MUNICIPALITY = load_municipality(ROOT / "municipality.toml")
LEVELS = {"municipal", "regional", "national", "eu"}
FRONT = """---
title: Titel
status: draft
checked: 2026-11-20
sources:
  - {authority: Skatteverket, title: Flytta, url: "https://www.skatteverket.se/", level: national}
---
Gör så här.

---

Gör det.
"""


@pytest.mark.parametrize("language", MUNICIPALITY.languages)
@pytest.mark.parametrize("shelf", SHELVES)
def test_every_article_in_every_language(shelf: articles.Shelf, language: str) -> None:
    keys = expected_keys(shelf)
    assert len(keys) >= {"answers": 60, "rumours": 20, "passages": 5}[shelf]
    variables = municipality_variables(MUNICIPALITY, language)
    for key in keys:
        article = find_article(shelf, key, language)
        assert article is not None, f"{language}/{shelf}/{key} is missing"
        assert not article.is_stale, f"{language}/{shelf}/{key} is stale"
        assert article.title
        assert article.sources
        assert {source.level for source in article.sources} <= LEVELS
        assert all(source.url.startswith("https://") for source in article.sources)
        assert "{" not in (article.body + article.simple).format(**variables)
        assert bool(article.simple) == (shelf == "answers")
        assert (len(article.asked) >= 4) == (shelf != "answers")


@pytest.mark.parametrize("language", MUNICIPALITY.languages)
def test_answers_about_danger_begin_with_the_number(language: str) -> None:
    variables = municipality_variables(MUNICIPALITY, language)
    for topic in ("emergency", "crisis_self_harm", "violence_at_home", "exploitation"):
        answer = find_answer(topic, language)
        assert answer is not None
        assert "(tel:112)" in paragraphs(answer.body)[0].format(**variables)
        assert "(tel:112)" in answer.simple.format(**variables)


def test_a_topic_without_an_article() -> None:
    assert find_answer("no_such_topic", "sv") is None
    assert find_article("rumours", "no_such_claim", "sv") is None


def write(folder: Path, language: str, text: str) -> None:
    place = folder / language / "answers" / "taxes.md"
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_text(text, encoding="utf-8")
    find_article.cache_clear()


@pytest.fixture
def locales(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(articles, "LOCALES", tmp_path)
    monkeypatch.setattr(find_article, "cache_clear", find_article.cache_clear)
    return tmp_path


@pytest.mark.parametrize("change", [("Gör så här.", "Gör på ett annat sätt."), ("det.", "nu.")])
def test_a_changed_original_marks_its_translations_stale(
    locales: Path, change: tuple[str, str]
) -> None:
    write(locales, "sv", FRONT)
    written_from = read_file(locales / "sv/answers/taxes.md").hash
    write(
        locales,
        "en",
        f"---\ntitle: Title\nstatus: reviewed\nsource_hash: {written_from}\n---\n"
        "Do so.\n\n---\nDo.",
    )
    try:
        fresh = find_answer("taxes", "en")
        assert fresh is not None
        assert (fresh.is_reviewed, fresh.is_stale) == (True, False)
        assert (fresh.body, fresh.simple) == ("Do so.", "Do.")
        assert fresh.sources[0].level == "national"
        write(locales, "sv", FRONT.replace("\n\n", "\n\n\n"))
        same = find_answer("taxes", "en")
        assert same is not None
        assert not same.is_stale, "white space says nothing"
        write(locales, "sv", FRONT.replace(*change))
        stale = find_answer("taxes", "en")
        assert stale is not None
        assert stale.is_stale
    finally:
        find_article.cache_clear()


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("Ingen början", ":1: begin with front matter"),
        (FRONT.replace("title: Titel", "title: [Titel"), "taxes.md:3: "),
        (FRONT.replace("draft", "finished"), "front matter: Invalid enum value 'finished'"),
        (FRONT.replace("level: national", "level: world"), "front matter: "),
        (FRONT.replace("checked: 2026-11-20", "cheked: 2026-11-20"), "cheked"),
        (FRONT + "\n---\n\nEn gång till.", "only one line of ---"),
    ],
)
def test_a_broken_article_says_where(tmp_path: Path, text: str, told: str) -> None:
    file = tmp_path / "taxes.md"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(ArticleError) as refusal:
        read_file(file)
    assert told in str(refusal.value)


def test_parts_of_a_text() -> None:
    body = "Först.\n\n1. Ett.\n2. Två.\n\n\nSist."
    assert paragraphs(body) == ["Först.", "1. Ett.\n2. Två.", "Sist."]
    assert steps(body) == ["1. Ett.", "2. Två."]


def test_keys_are_those_of_the_files() -> None:
    assert "taxes" in article_keys("answers")
    assert article_keys("answers", "xx") == []
