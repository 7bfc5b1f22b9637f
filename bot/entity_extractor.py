"""What a message names: offices' categories, languages, places, dates, codes, contacts.

spaCy blank pipelines with an entity ruler find words of the language's list
(`locales/<language>/understanding.yml`); dates, codes and contacts have rules of their own.
"""

import json
import re
import unicodedata
from collections.abc import Callable, Iterator
from datetime import datetime
from functools import cache, lru_cache
from typing import Any

import phonenumbers
import spacy
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.constants import ENTITIES, TEXT
from rasa.shared.nlu.training_data.message import Message
from spacy.language import Language

from bot import vocabulary
from bot.dates import DateWords, find_date, find_time, find_week
from bot.language_identifier import LANGUAGE_ENTITY
from bot.stopwatch import measured
from bot.text_normaliser import NORMALISED
from contact_point.clock import Clock, process_clock
from contact_point.directory.places import POSTCODE
from contact_point.settings import ROOT, settings
from contact_point.spelling import normalise, without_marks

BOOKED_WISH = "booked_wish"
"""Entity: what a newcomer wants of a time that is booked, a key of `booked_wishes` in
understanding.yml."""
_STEM_LENGTH = 5
_ENDING_LENGTH = 4
_CODE = re.compile(r"(?<![A-Z0-9])K[A-HJ-NP-Z2-9]{3}[- ]?[A-HJ-NP-Z2-9]{4}(?![A-Z0-9])")
_EMAIL = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
_ARABIC_ARTICLES = re.compile(r"(?<!\w)(?:[وبلفك]?ال|لل)(?=\w{3})")
_PHONE_DIGITS = 7
_ALSO_WORDS = {
    "ale", "ange", "are", "berg", "boden", "eda", "flen", "habo", "hoor",
    "kil", "klippan", "lund", "mala", "mark", "mora", "nora", "sala", "sater",
    "trosa", "vara",
}  # fmt: skip
"""Municipalities, without diacritics, whose names mean something in an offered language."""
_REGION = "SE"


def fold(text: str) -> str:
    """A normalised text without diacritics and Arabic articles, for looking up words."""
    return _ARABIC_ARTICLES.sub("", without_marks(text))


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR, is_trainable=False)
class EntityExtractor(GraphComponent):
    """Adds entities to each message, in the language that was identified."""

    def __init__(self, clock: Clock | None = None) -> None:
        self._clock = clock or process_clock()
        self._municipality = settings().municipality

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> "EntityExtractor":
        """Rasa's constructor."""
        return cls()

    def process(self, messages: list[Message]) -> list[Message]:
        """Look through every message."""
        with measured("entities"):
            for message in messages:
                found = message.get(ENTITIES) or []
                language = next(
                    (each["value"] for each in found if each["entity"] == LANGUAGE_ENTITY),
                    self._municipality.languages[0],
                )
                entities = self.entities(
                    message.get(TEXT) or "", message.get(NORMALISED) or "", language
                )
                message.set(
                    ENTITIES,
                    [*found, *(self._entity(message, *each) for each in entities)],
                    add_to_output=True,
                )
        return messages

    def entities(self, text: str, normalised: str, language: str) -> Iterator[tuple[str, str]]:
        """(entity, value) of everything that a message names, each kind once."""
        folded = fold(normalised)
        yield from self._contacts(text)
        found: dict[str, str] = {}
        for span in word_pipeline(language)(_without_endings(folded, language)).ents:
            found.setdefault(span.label_, span.ent_id_)
        yield from found.items()
        now = self._clock().astimezone(self._municipality.zone)
        yield from self._moments(folded, language, now)

    def _moments(self, folded: str, language: str, now: datetime) -> Iterator[tuple[str, str]]:
        words = date_words(language)
        week = find_week(folded, words, now.date())
        day = find_date(folded, words, now.date()) or week
        if day:
            yield "date", day.isoformat()
        if week:
            yield "week", week.isoformat()
        time = find_time(folded, words)
        if time:
            yield "time", time

    def _contacts(self, text: str) -> Iterator[tuple[str, str]]:
        code = _CODE.search(unicodedata.normalize("NFKC", text).upper())
        if code:
            yield "reference_code", re.sub("[- ]", "", code[0])
        email = _EMAIL.search(text)
        if email:
            yield "email", email[0].rstrip(".")
        if sum(character.isdecimal() for character in text) >= _PHONE_DIGITS:
            for match in phonenumbers.PhoneNumberMatcher(text, _REGION):
                yield (
                    "phone",
                    phonenumbers.format_number(match.number, phonenumbers.PhoneNumberFormat.E164),
                )
                return
        postcode = POSTCODE.search(text)
        if postcode:
            yield "postal_code", "".join(postcode.groups())

    def _entity(self, message: Message, name: str, value: str) -> dict[str, Any]:
        return {
            "entity": name,
            "value": value,
            "start": 0,
            "end": len(message.get(TEXT) or ""),
            "extractor": type(self).__name__,
        }


@cache
def word_pipeline(language: str) -> Language:
    """A blank spaCy pipeline with a language's words as patterns, and with the Swedish ones: names
    of authorities and places stand in Swedish inside other languages."""
    pipeline = spacy.blank("xx")
    ruler = pipeline.add_pipe("entity_ruler")
    ruler.add_patterns(
        [
            {"label": label, "id": value, "pattern": phrase}
            for each in _and_swedish(language)
            for label, value, phrase in _phrases(each)
        ]
    )
    return pipeline


def _and_swedish(language: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys((language, "sv")))


@cache
def _stems(language: str) -> frozenset[str]:
    """Words that are also found with an ending: vårdcentral in vårdcentralen."""
    return frozenset(
        phrase
        for each in _and_swedish(language)
        for _, _, phrase in _phrases(each)
        if len(phrase) >= _STEM_LENGTH and " " not in phrase
    )


def _without_endings(folded: str, language: str) -> str:
    """The text with endings cut off from words whose stem is known."""
    stems = _stems(language)
    return " ".join(_stem(word, stems) for word in re.findall(r"[\w'-]+|[^\w\s]", folded))


def _stem(word: str, stems: frozenset[str]) -> str:
    for length in range(len(word), max(_STEM_LENGTH, len(word) - _ENDING_LENGTH) - 1, -1):
        if word[:length] in stems:
            return word[:length]
    return word


def _phrases(language: str) -> Iterator[tuple[str, str, str]]:
    """(label, value, folded phrase) of every word in a language's lists."""
    for label, entries in _word_lists(language):
        for value, phrases in entries.items():
            for phrase in phrases:
                yield label, value, fold(normalise(str(phrase), language))


def _word_lists(language: str) -> Iterator[tuple[str, dict[str, list[str]]]]:
    words = vocabulary.words(language)
    yield "service_category", words.get("categories", {})
    yield "spoken_language", words.get("languages", {})
    yield "part_of_day", words.get("parts_of_day", {})
    yield "open_now", {"true": words.get("open_now", [])}
    yield "meeting_place", words.get("meeting_places", {})
    yield "slot", words.get("other_times", {})
    yield BOOKED_WISH, words.get("booked_wishes", {})
    yield "place", {name: _ways_to_name(name) for name in place_names()}
    yield "place", words.get("places", {})


@lru_cache(maxsize=1)
def place_names() -> tuple[str, ...]:
    """Towns of the directory's files, and Sweden's municipalities."""
    names: set[str] = set()
    for path in sorted((ROOT / "data" / "directory").glob("*.json")):
        _collect_cities(json.loads(path.read_text(encoding="utf-8")), names.add)
    lines = (ROOT / "data" / "municipalities.txt").read_text(encoding="utf-8").splitlines()
    return tuple(sorted(names | {line for line in lines if not line.startswith("#")}))


def _ways_to_name(place: str) -> list[str]:
    """A place that is a common word too is one only where the text says so."""
    if fold(normalise(place)) in _ALSO_WORDS:
        return [f"i {place}", f"in {place}", f"{place} kommun"]
    return [place]


def _collect_cities(node: Any, collect: Callable[[str], None]) -> None:
    if isinstance(node, dict):
        city = node.get("city")
        if isinstance(city, str) and city:
            collect(city)
        for value in node.values():
            _collect_cities(value, collect)
    elif isinstance(node, list):
        for value in node:
            _collect_cities(value, collect)


@cache
def date_words(language: str) -> DateWords:
    """A language's words for dates and times."""
    words = vocabulary.words(language)

    def folded(phrases: list[str]) -> tuple[str, ...]:
        # Part by part: normalising would spell the "…" of a phrase out.
        return tuple(
            "…".join(fold(normalise(part, language)) for part in phrase.split("…"))
            for phrase in phrases
        )

    def lists(name: str) -> tuple[tuple[str, ...], ...]:
        return tuple(
            folded([names] if isinstance(names, str) else names) for names in words.get(name, [])
        )

    days = words.get("days", {})
    return DateWords(
        weekdays=lists("weekdays"),
        today=folded(days.get("today", [])),
        tomorrow=folded(days.get("tomorrow", [])),
        day_after_tomorrow=folded(days.get("day_after_tomorrow", [])),
        next_week=folded(words.get("next_week", [])),
        months=lists("months"),
        before_hours=folded(
            [*words.get("time_at", []), *words.get("time_after", []), *words.get("time_before", [])]
        ),
        behind_hours=folded(
            [*words.get("time_behind_after", []), *words.get("time_behind_before", [])]
        ),
        numbers=lists("numbers"),
        half_before=folded(words.get("half_before", [])),
        half_after=folded(words.get("half_after", [])),
        in_days=folded(words.get("in_days", [])),
        in_weeks=folded(words.get("in_weeks", [])),
        week_numbers=folded(words.get("week_numbers", [])),
    )
