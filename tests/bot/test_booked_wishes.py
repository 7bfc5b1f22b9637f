"""Words about a booked time."""

import pytest
from rasa.shared.nlu.constants import ENTITIES, INTENT, TEXT
from rasa.shared.nlu.training_data.message import Message

from bot.booked_wishes import BookedWishes
from bot.entity_extractor import BOOKED_WISH
from bot.text_normaliser import NORMALISED

BRIEF, LONG = "i will be late", "i am sorry but i will be late to the meeting with amina"


def _understood(text: str, topic: str, probability: float, wish: str | None) -> str:
    entities = [{"entity": BOOKED_WISH, "value": wish}] if wish else []
    intent = {"name": topic, "confidence": probability}
    message = Message({TEXT: text, NORMALISED: text, INTENT: intent, ENTITIES: entities})
    (message,) = BookedWishes(BookedWishes.get_default_config()).process([message])
    return str(message.get(INTENT)["name"])


@pytest.mark.parametrize(
    ("text", "topic", "probability", "found"),
    [
        (BRIEF, "crisis_self_harm", 0.9, "running_late"),
        (BRIEF, "crisis_self_harm", 1.0, "crisis_self_harm"),
        (BRIEF, "taxes", 0.95, "running_late"),
        (LONG, "change_appointment", 0.95, "running_late"),
        (LONG, "nlu_fallback", 1.0, "running_late"),
        (LONG, "taxes", 0.5, "running_late"),
        (LONG, "taxes", 0.8, "taxes"),
        (LONG, "violence_at_home", 0.3, "violence_at_home"),
        (" ".join(["word"] * 15), "change_appointment", 0.9, "change_appointment"),
    ],
)
def test_known_words_count_where_the_message_says_little_else(
    text: str, topic: str, probability: float, found: str
) -> None:
    assert _understood(text, topic, probability, "running_late") == found


def test_without_known_words_nothing_changes() -> None:
    assert _understood(BRIEF, "change_appointment", 0.9, None) == "change_appointment"
