"""What a message names, in each language, on a Tuesday in November."""

from datetime import datetime, timezone

import pytest

from bot.entity_extractor import EntityExtractor, place_names
from contact_point.spelling import normalise

EXTRACTOR = EntityExtractor(lambda: datetime(2026, 11, 24, 9, 0, tzinfo=timezone.utc))


@pytest.mark.parametrize(
    ("text", "language", "expected"),
    [
        ("vårdcentralen i Sjöstad", "sv", {"service_category": "healthcare", "place": "Sjöstad"}),
        ("finns det i Göteborgs kommun", "sv", {"place": "Göteborg"}),
        ("i Upplands Väsby", "sv", {"place": "Upplands Väsby"}),
        ("is there one in Gothenburg", "en", {"place": "Göteborg"}),
        ("عيادة اسنان في مالمو", "ar", {"service_category": "dental_care", "place": "Malmö"}),
        ("jag bor i Vara", "sv", {"place": "Vara"}),
        ("tandlakare oppet nu", "sv", {"service_category": "dental_care", "open_now": "true"}),
        ("a dentist who speaks Somali", "en", {"spoken_language": "so"}),
        (
            "وين اقرب مركز صحي فاتح هلق",
            "ar",
            {"service_category": "healthcare", "open_now": "true"},
        ),
        ("بالمكتبة", "ar", {"service_category": "digital_help"}),
        ("på torsdag efter 14", "sv", {"date": "2026-11-26", "time": "14:00"}),
        ("on Thursday after 2", "en", {"date": "2026-11-26", "time": "14:00"}),
        ("يوم الخميس الساعة ١٠", "ar", {"date": "2026-11-26", "time": "10:00"}),
        ("i morgon", "sv", {"date": "2026-11-25"}),
        ("i övermorgon kl 10.30", "sv", {"date": "2026-11-26", "time": "10:30"}),
        ("next week monday afternoon", "en", {"date": "2026-11-30", "part_of_day": "afternoon"}),
        ("3 december", "sv", {"date": "2026-12-03"}),
        ("vecka 50", "sv", {"date": "2026-12-07", "week": "2026-12-07"}),
        ("2/1", "sv", {"date": "2027-01-02"}),
        ("at 2 pm", "en", {"time": "14:00"}),
        ("min kod är kabc-2345", "sv", {"reference_code": "KABC2345"}),
        ("KABC 2345", "en", {"reference_code": "KABC2345"}),
        ("me@example.org", "en", {"email": "me@example.org"}),
        ("070-174 06 05", "sv", {"phone": "+46701740605"}),
        ("٠٧٠١٧٤٠٦٠٥", "ar", {"phone": "+46701740605"}),
    ],
)
def test_entities(text: str, language: str, expected: dict[str, str]) -> None:
    found = dict(EXTRACTOR.entities(text, normalise(text, language), language))
    assert expected.items() <= found.items()


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("hur ska det vara", "sv"),
        ("where are the offices", "en"),
        ("kan du ange min adress", "sv"),
        ("mina barn är söta", "sv"),
    ],
)
def test_common_words_are_no_places(text: str, language: str) -> None:
    assert "place" not in dict(EXTRACTOR.entities(text, normalise(text, language), language))


def test_all_municipalities_are_known() -> None:
    towns = {"Sjöstad", "Skogsby"}
    assert len(set(place_names()) - towns - {"Exempelby"}) == 290


def test_nothing_is_found_in_small_talk() -> None:
    assert list(EXTRACTOR.entities("hej", "hej", "sv")) == []
