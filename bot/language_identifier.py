"""Which language a message is written in, and which the conversation goes on in.

Evidence, strongest first: a language asked for by name, the script, the letters of the training
messages (a character n-gram model, also good on two words, and on Arabic or Persian in Latin
letters), and langdetect on longer texts in doubt. The newcomer's own choice and the conversation
so far weigh in: one odd word changes nothing, a whole sentence does.
"""

import re
from collections import Counter
from typing import Any

import numpy as np
from langdetect import DetectorFactory
from langdetect.detector_factory import init_factory
from langdetect.lang_detect_exception import LangDetectException
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.shared.nlu.constants import ENTITIES, INTENT, METADATA, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData
from sklearn.feature_extraction.text import HashingVectorizer
from sklearn.naive_bayes import MultinomialNB

from bot import vocabulary
from bot.afterword import LANGUAGE_BEFORE
from bot.stopwatch import measured
from bot.text_normaliser import NORMALISED
from contact_point.languages import LANGUAGES
from contact_point.settings import settings
from contact_point.spelling import tidy

LANGUAGE_ENTITY = "conversation_language"
MIN_WORDS_TO_SWITCH = 3
SURE = 0.9
"""Probability from which a short text may start a conversation in its language."""
DOUBT = 0.02
"""Likelihood of the second language against the first from which langdetect is asked too."""
_SCRIPTS = {
    "Arab": ("\u0600", "\u06ff"),
    "Ethi": ("\u1200", "\u139f"),
    "Cyrl": ("\u0400", "\u04ff"),
}
_PUNCTUATION = re.compile(r"[.,;:!?…()\"؟،؛፧።፣]")
_FEATURES = 2**16
_SMOOTHING = 0.005


def training_language(message: Message) -> str | None:
    """The language that a training message's block names."""
    metadata = message.get(METADATA) or {}
    language = (metadata.get("intent") or {}).get("language") or metadata.get("language")
    return str(language) if language else None


def script_of(text: str) -> str | None:
    """ISO 15924 code of the script of most words: one long Swedish name among two Arabic words
    makes no Latin text."""
    counts = Counter(filter(None, map(_script_of_word, text.split())))
    return counts.most_common(1)[0][0] if counts else None


def _script_of_word(word: str) -> str | None:
    letter = next((character for character in word if character.isalpha()), None)
    if letter is None:
        return None
    return next(
        (script for script, (first, last) in _SCRIPTS.items() if first <= letter <= last), "Latn"
    )


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR, is_trainable=True)
class LanguageIdentifier(GraphComponent):
    """Emits the entity `conversation_language` on every message."""

    def __init__(self, storage: ModelStorage, resource: Resource) -> None:
        self._storage, self._resource = storage, resource
        self._offered = list(settings().municipality.languages)
        self._letters = HashingVectorizer(
            analyzer="char_wb", ngram_range=(1, 4), n_features=_FEATURES, alternate_sign=False
        )
        self._writings: list[str] = []
        """Languages with the script that they are written in: ar-Arab, and Arabizi, ar-Latn."""
        self._weights = np.zeros((0, 0), np.float32)
        DetectorFactory.seed = 0
        init_factory()

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> "LanguageIdentifier":
        """Rasa's constructor for training."""
        return cls(model_storage, resource)

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> "LanguageIdentifier":
        """Rasa's constructor for use."""
        identifier = cls(model_storage, resource)
        with model_storage.read_from(resource) as folder:
            stored = np.load(folder / "letters.npz")
            identifier._writings = [str(writing) for writing in stored["writings"]]
            identifier._weights = stored["weights"]
        return identifier

    def train(self, training_data: TrainingData) -> Resource:
        """Learn the letters of each language from the training messages."""
        examples = [
            (text, f"{language}-{script}")
            for message in training_data.training_examples
            if (language := training_language(message))
            and (text := tidy(message.get(TEXT) or ""))
            and (script := script_of(text))
        ]
        if examples:
            texts, writings = zip(*examples, strict=True)
            model = MultinomialNB(alpha=_SMOOTHING).fit(self._letters.transform(texts), writings)
            self._writings = [str(writing) for writing in model.classes_]
            # Turned, so that the few n-grams of a message are a few rows.
            self._weights = np.ascontiguousarray(model.feature_log_prob_.T, np.float32)
        with self._storage.write_to(self._resource) as folder:
            np.savez_compressed(
                folder / "letters.npz", writings=self._writings, weights=self._weights
            )
        return self._resource

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        """Training messages need no entity."""
        return training_data

    def process(
        self, messages: list[Message], tracker: DialogueStateTracker | None = None
    ) -> list[Message]:
        """Put the conversation's language on each message."""
        current = tracker.get_slot("language") if tracker else None
        with measured("language"):
            for message in messages:
                metadata = message.get(METADATA) or {}
                text = tidy(message.get(TEXT) or "")
                suggested = metadata.get("suggested_language")
                # "Do you speak Arabic?" asks for a language; "a doctor who speaks Arabic" doesn't.
                wants_change = (message.get(INTENT) or {}).get("name") == "change_language"
                asked = self.asked_for(message.get(NORMALISED) or "") if wants_change else None
                language = asked or self.language(
                    text, current or suggested, metadata.get("language")
                )
                found = {LANGUAGE_ENTITY: language}
                if current and language not in (current, asked):
                    found[LANGUAGE_BEFORE] = current
                entities = [
                    {
                        "entity": name,
                        "value": value,
                        "start": 0,
                        "end": len(message.get(TEXT) or ""),
                        "extractor": type(self).__name__,
                    }
                    for name, value in found.items()
                ]
                message.set(
                    ENTITIES, [*(message.get(ENTITIES) or []), *entities], add_to_output=True
                )
        return messages

    def language(self, text: str, current: str | None, chosen: str | None) -> str:
        """The language to go on in.

        Args:
            text: the message, tidied.
            current: the conversation's language so far, or what page or app suggest.
            chosen: the newcomer's own choice in the picker.
        """
        known = next((tag for tag in (chosen, current) if tag in self._offered), None)
        script = script_of(text)
        if script is None:
            return known or self._offered[0]
        usual = [tag for tag in self._offered if LANGUAGES[tag].script == script]
        probabilities = self._probabilities(text, script, usual)
        if not probabilities:
            # A script that no offered language uses: say nothing new about the language.
            return known or self._offered[0]
        best = max(probabilities, key=lambda tag: probabilities[tag])
        if known is None or best == known:
            return best
        if known not in usual and script != "Latn":
            return best  # another script is never one odd word, and never a Swedish name
        is_sentence = len(text.split()) >= MIN_WORDS_TO_SWITCH
        if is_sentence and probabilities[best] >= SURE:
            return best
        return known

    def asked_for(self, text: str) -> str | None:
        """A language asked for by name, in any offered language's words."""
        words = f" {' '.join(_PUNCTUATION.sub(' ', text).split())} "
        for phrase, tag in vocabulary.language_requests(tuple(self._offered)):
            if phrase in words:
                return tag
        return None

    def _probabilities(self, text: str, script: str, usual: list[str]) -> dict[str, float]:
        """How probable each offered language is that is written in a script, `usual` or not."""
        letters = self._from_letters(text, script)
        scores = dict.fromkeys(usual, 1.0) | letters
        if len(scores) <= 1:
            return scores
        detected: dict[str, float] = {}
        if (
            sorted(scores.values())[-2] > DOUBT
            and max(scores, key=lambda tag: scores[tag]) in usual
        ):
            detected = self._from_langdetect(text, usual)  # ten times slower
        scores = {tag: score * detected.get(tag, 1.0) for tag, score in scores.items()}
        total = sum(scores.values())
        return {tag: score / total for tag, score in scores.items()}

    def _from_letters(self, text: str, script: str) -> dict[str, float]:
        """Likelihoods against the likeliest, of the languages that the training messages show."""
        features = self._letters.transform([text])
        # The vectoriser's rows have length 1; a longer text is stronger evidence.
        length = max(1.0, len(text) ** 0.5)
        logarithms = features.data @ self._weights[features.indices] * length
        known = {
            language: float(logarithm)
            for (language, written), logarithm in zip(
                (writing.split("-") for writing in self._writings), logarithms, strict=True
            )
            if written == script and language in self._offered
        }
        highest = max(known.values(), default=0.0)
        return {tag: float(np.exp(logarithm - highest)) for tag, logarithm in known.items()}

    def _from_langdetect(self, text: str, candidates: list[str]) -> dict[str, float]:
        if len(text.split()) < MIN_WORDS_TO_SWITCH:
            return {}
        from langdetect.detector_factory import _factory

        detector = _factory.create()
        detector.seed = 0
        detector.set_prior_map({tag: 1.0 for tag in candidates if tag in _factory.langlist})
        detector.append(text)
        try:
            found = {language.lang: language.prob for language in detector.get_probabilities()}
        except LangDetectException:
            return {}
        return {
            tag: max(found.get(tag, 0.0), 0.02) if tag in _factory.langlist else 1.0
            for tag in candidates
        }
