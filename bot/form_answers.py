"""Tells an answer to a form's question from a question of the newcomer.

While a form asks, most texts are answers ("Maryam", "maryam@example.org", "on Thursday"). What
is clearly something else keeps its topic: a question, a cry for help, "stop", a wish for a
person or another language. The form waits and goes on afterwards.
"""

import re
from typing import Any

from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.shared.nlu.constants import ENTITIES, INTENT
from rasa.shared.nlu.training_data.message import Message

from bot import vocabulary
from bot.text_normaliser import NORMALISED
from bot.untrained_component import UntrainedComponent
from contact_point.settings import settings
from contact_point.topics import SAFETY_TOPICS, TOPICS

ANSWER = "inform"
_ALWAYS_KEPT = {
    *SAFETY_TOPICS,
    "affirm",
    "deny",
    "stop",
    "talk_to_human",
    "change_language",
    "cancel_appointment",
    "help",
}
_NO_QUESTIONS = {"running_late", "earlier_time"}
"""They begin a form of their own; in the middle of another one they are about its time."""
_ANSWER_ENTITIES = {
    "subject", "slot", "meeting_place", "date", "time", "part_of_day", "email", "phone",
    "reference_code",
}  # fmt: skip
_TIME, _SUBJECT = "appointment_time", "appointment_subject"
_FREE_TEXT_SLOTS = {"appointment_name", "appointment_note"}
"""Anything can be a name or a note, so that only what is very sure is something else."""
_QUESTION_MARK = re.compile(r"[?؟፧]")
_MIN_QUESTION_WORDS = 3
_ORDINALS = {"first": "1", "second": "2"}
"""Times that are shown may be chosen by their place, in words or as a number."""


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=False)
class FormAnswers(UntrainedComponent):
    """Sets the intent `inform` on answers to a form."""

    def __init__(self, config: dict[str, Any]) -> None:
        self._sure, self._very_sure = float(config["sure"]), float(config["very_sure"])

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """`sure`: probability from which a text with a question mark keeps its topic;
        `very_sure`: the same for a text of several words without one."""
        return {"sure": 0.4, "very_sure": 0.8}

    def process(
        self, messages: list[Message], tracker: DialogueStateTracker | None = None
    ) -> list[Message]:
        """Look at each message while a form asks."""
        if not tracker or not tracker.active_loop_name or not tracker.get_slot("requested_slot"):
            return messages
        slot = str(tracker.get_slot("requested_slot"))
        for message in messages:
            chosen = _which(message) if slot == _TIME else None
            if chosen:
                _name_slot(message, chosen)
            if not self.is_something_else(message, slot):
                message.set(INTENT, {"name": ANSWER, "confidence": 1.0}, add_to_output=True)
        return messages

    def is_something_else(self, message: Message, slot: str) -> bool:
        """Whether a message is no answer to the form, which asks for a slot."""
        intent = message.get(INTENT) or {}
        name, confidence = str(intent.get("name")), float(intent.get("confidence", 0.0))
        if name in SAFETY_TOPICS:
            return True
        found = {entity["entity"] for entity in message.get(ENTITIES) or []}
        if found & _ANSWER_ENTITIES:
            return False
        text = message.get(NORMALISED) or ""
        words = len(text.split())
        if name in _ALWAYS_KEPT and slot in _FREE_TEXT_SLOTS:
            return confidence >= self._very_sure and name not in ("affirm", "deny")
        if name in _ALWAYS_KEPT:
            return confidence >= self._sure
        if name in _NO_QUESTIONS or name not in TOPICS or TOPICS[name].kind == "talk":
            return False
        if _QUESTION_MARK.search(text):
            return confidence >= self._sure
        if slot == _SUBJECT and TOPICS[name].subject:
            return False
        return words >= _MIN_QUESTION_WORDS and confidence >= self._very_sure


def _which(message: Message) -> str | None:
    """Which of the times that are shown a message chooses: "2", "ok, the first one"."""
    text = (message.get(NORMALISED) or "").strip(" .!")
    if len(text) == 1 and text.isdecimal():
        return text
    for kind, phrase in vocabulary.refinement_phrases(tuple(settings().municipality.languages)):
        is_said = text == phrase or (" " in phrase and text.endswith(f" {phrase}"))
        if kind in _ORDINALS and is_said:
            return _ORDINALS[kind]
    return None


def _name_slot(message: Message, value: str) -> None:
    found = {
        "entity": "slot",
        "value": value,
        "start": 0,
        "end": 0,
        "extractor": FormAnswers.__name__,
    }
    message.set(ENTITIES, [*(message.get(ENTITIES) or []), found], add_to_output=True)
