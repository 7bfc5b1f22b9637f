"""Which language a message is in, and when a conversation changes."""

import re
from pathlib import Path

import pytest
from rasa.engine.storage.local_model_storage import LocalModelStorage
from rasa.engine.storage.resource import Resource
from rasa.shared.nlu.training_data.loading import load_data

from bot.language_identifier import LanguageIdentifier, script_of
from bot.text_normaliser import TextNormaliser
from contact_point.answers.articles import SHELVES, article_keys, find_article, paragraphs
from contact_point.settings import ROOT, load_municipality
from contact_point.spelling import normalise, tidy

_VARIABLE_OR_TARGET = re.compile(r"\{\w+\}|\]\([^)]*\)")
_TELLING = 14
"""Words from which Swedish names of authorities and allowances no longer outweigh the rest."""


@pytest.fixture(scope="module")
def identifier(tmp_path_factory: pytest.TempPathFactory) -> LanguageIdentifier:
    """Trained on the product's own messages."""
    folder: Path = tmp_path_factory.mktemp("language")
    made = LanguageIdentifier(LocalModelStorage(folder), Resource("language"))
    data = TextNormaliser().process_training_data(load_data(str(ROOT / "data" / "nlu")))
    made.train(data)
    return LanguageIdentifier.load({}, made._storage, made._resource, None)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("jag behöver hjälp med min lägenhet", "sv"),
        ("jag behover hjalp med min lagenhet", "sv"),
        ("i need help with my apartment", "en"),
        ("where is the nearest Arbetsförmedlingen office", "en"),
        ("محتاج مساعدة بالسكن", "ar"),
        ("وين مكتب Försäkringskassan", "ar"),
        ("bostad", "sv"),
        ("apartment", "en"),
        ("شقة", "ar"),
    ],
)
def test_first_message(identifier: LanguageIdentifier, text: str, language: str) -> None:
    assert identifier.language(tidy(text), None, None) == language


@pytest.mark.parametrize(
    ("text", "before", "after"),
    [
        ("skatteverket", "en", "en"),
        ("ok", "ar", "ar"),
        ("12345", "ar", "ar"),
        ("👍", "en", "en"),
        ("jag vill hellre skriva på mitt eget språk", "en", "sv"),
        ("how do i pay my taxes here", "sv", "en"),
        ("شكرا", "sv", "ar"),
        ("привет как дела", "sv", "ru"),
        ("ሰላም ከመይ ኣለኻ", "sv", "ti"),
    ],
)
def test_sticky_but_a_sentence_changes(
    identifier: LanguageIdentifier, text: str, before: str, after: str
) -> None:
    assert identifier.language(tidy(text), before, None) == after


def test_the_newcomers_choice_weighs_more_than_a_word(identifier: LanguageIdentifier) -> None:
    assert identifier.language("hej", "en", "ar") == "ar"
    assert identifier.language("how do i pay my taxes here", "sv", "ar") == "en"


@pytest.mark.parametrize(
    ("text", "asked"),
    [
        ("kan du engelska", "en"),
        ("do you speak arabic", "ar"),
        ("İsveççe konuşabilir miyiz?", "sv"),
        ("بالسويدي لو سمحت", "sv"),
        ("do you speak klingon", None),
    ],
)
def test_asked_for_by_name(identifier: LanguageIdentifier, text: str, asked: str | None) -> None:
    assert identifier.asked_for(normalise(text)) == asked


def test_scripts() -> None:
    assert script_of("مرحبا hej مرحبا") == "Arab"
    assert script_of("ሰላም") == "Ethi"
    assert script_of("123 !") is None


@pytest.mark.parametrize("language", load_municipality(ROOT / "municipality.toml").languages)
def test_no_paragraph_of_an_article_is_left_in_another_language(
    identifier: LanguageIdentifier, language: str
) -> None:
    looked_at = 0
    for shelf in SHELVES:
        for key in article_keys(shelf, language):
            article = find_article(shelf, key, language)
            assert article
            for paragraph in [*paragraphs(article.body), *paragraphs(article.simple)]:
                text = tidy(_VARIABLE_OR_TARGET.sub(" ", paragraph))
                if len(text.split()) >= _TELLING:
                    found = identifier.language(text, None, None)
                    assert found == language, f"{language}/{shelf}/{key}: {paragraph}"
                    looked_at += 1
    assert looked_at >= 150
