"""Catalogues: complete, with the same placeholders, and read lazily."""

import re

import pytest
from babel.messages.pofile import read_po

from command_line import catalogues
from contact_point.settings import ROOT, load_municipality
from contact_point.translations import LOCALES, translate
from contact_point.variables import VARIABLES, hours_in_words, municipality_variables, phone_link

MUNICIPALITY = load_municipality(ROOT / "municipality.toml")
TRANSLATED = [tag for tag in MUNICIPALITY.languages if tag != "en"]


@pytest.mark.parametrize("language", TRANSLATED)
def test_no_string_is_missing_or_unused(language: str) -> None:
    with (LOCALES / language / "LC_MESSAGES" / "messages.po").open("rb") as file:
        catalogue = read_po(file, locale=language)
    wanted = {message.id for message in catalogues.extract() if message.id}
    there = {message.id for message in catalogue if message.id and message.string}
    assert wanted - there == set()
    assert there - wanted == set()
    assert not any(message.fuzzy for message in catalogue if message.id)


@pytest.mark.parametrize("language", TRANSLATED)
def test_placeholders_are_the_same(language: str) -> None:
    with (LOCALES / language / "LC_MESSAGES" / "messages.po").open("rb") as file:
        catalogue = read_po(file, locale=language)
    for message in catalogue:
        if message.id and isinstance(message.id, str):
            placeholders = set(re.findall(r"{\w+}", message.id))
            assert set(re.findall(r"{\w+}", str(message.string))) == placeholders, message.id


def test_an_unknown_string_stays_as_it_is() -> None:
    assert translate("not in any catalogue {x}", "ar", x=1) == "not in any catalogue 1"
    assert translate("", "sv") == ""


@pytest.mark.parametrize("language", MUNICIPALITY.languages)
def test_every_variable_has_a_value(language: str) -> None:
    values = municipality_variables(MUNICIPALITY, language)
    assert set(values) == set(VARIABLES)
    assert all(values.values())


def test_hours_in_the_words_of_each_language() -> None:
    assert "09:00–16:00" in hours_in_words(MUNICIPALITY, "sv")
    assert hours_in_words(MUNICIPALITY, "sv").startswith("mån")
    assert hours_in_words(MUNICIPALITY, "en").startswith("Mon")
    assert "الاثنين" in hours_in_words(MUNICIPALITY, "ar")


def test_a_number_is_called_with_one_tap() -> None:
    assert phone_link("+46 (0)8-123 45") == "[+46 (0)8-123 45](tel:+460812345)"
