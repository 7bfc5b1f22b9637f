"""What answers a form, and what is something else."""

from typing import Any

import pytest
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.shared.nlu.constants import ENTITIES, INTENT, TEXT
from rasa.shared.nlu.training_data.message import Message

from bot.form_answers import FormAnswers
from bot.text_normaliser import NORMALISED
from contact_point.spelling import normalise


class _Asking(DialogueStateTracker):
    """A booking form that asks for a slot."""

    def __init__(self, slot: str) -> None:
        super().__init__("newcomer", [])
        self._asked = slot

    @property
    def active_loop_name(self) -> str:
        return "booking_form"

    def get_slot(self, key: str) -> str | None:
        return self._asked if key == "requested_slot" else None


def _understood(text: str, topic: str, probability: float, slot: str) -> tuple[str, dict[str, Any]]:
    intent = {"name": topic, "confidence": probability}
    message = Message({TEXT: text, NORMALISED: normalise(text), INTENT: intent})
    (message,) = FormAnswers(FormAnswers.get_default_config()).process([message], _Asking(slot))
    entities = {each["entity"]: each["value"] for each in message.get(ENTITIES) or []}
    return str(message.get(INTENT)["name"]), entities


@pytest.mark.parametrize(
    ("text", "topic", "probability", "slot", "found"),
    [
        ("it is about my rent", "tenant_rights", 0.99, "appointment_subject", "inform"),
        ("what rights does a tenant have?", "tenant_rights", 0.9, "appointment_subject",
         "tenant_rights"),
        ("it is about my rent", "tenant_rights", 0.99, "appointment_time", "tenant_rights"),
        ("i will be late to the meeting", "running_late", 0.99, "appointment_time", "inform"),
        ("talk to a person", "talk_to_human", 0.9, "appointment_time", "talk_to_human"),
        ("I want to die", "crisis_self_harm", 0.4, "appointment_name", "crisis_self_harm"),
    ],
)  # fmt: skip
def test_answers_and_other_topics(
    text: str, topic: str, probability: float, slot: str, found: str
) -> None:
    assert _understood(text, topic, probability, slot)[0] == found


@pytest.mark.parametrize(
    ("text", "chosen"),
    [
        ("2", "2"),
        ("٣", "3"),
        ("ok, the first one", "1"),
        ("den andra", "2"),
        ("الأول", "1"),
        ("первый", "1"),
        ("10", None),
        ("first I must ask my wife", None),
    ],
)
def test_times_are_chosen_by_their_place(text: str, chosen: str | None) -> None:
    intent, entities = _understood(text, "nlu_fallback", 1.0, "appointment_time")
    assert (intent, entities.get("slot")) == ("inform", chosen)


def test_numbers_are_places_only_where_a_time_is_asked() -> None:
    assert _understood("2", "nlu_fallback", 1.0, "appointment_name")[1] == {}
