"""Two needs in one message: the first is answered, the second is offered."""

from typing import Any

from bot.intent_classifier import sentences
from bot.second_need import SecondNeed
from bot.text_normaliser import normalise

NEED = SecondNeed(SecondNeed.get_default_config())


def ranking(topic: str, confidence: float) -> list[dict[str, Any]]:
    """A ranking whose first place is known."""
    return [{"name": topic, "confidence": confidence}]


def test_sentences_of_two_words_and_more() -> None:
    text = normalise("Hej! Hur betalar jag skatt? Och jag behöver tolk hos läkaren.")
    assert sentences(text) == ["hur betalar jag skatt?", "och jag behöver tolk hos läkaren."]
    assert sentences(normalise("كيف ادفع الضريبة؟وبدي مترجم")) == [
        "كيف ادفع الضريبه؟",
        "وبدي مترجم",
    ]
    assert sentences("hur betalar jag skatt?") == []
    assert sentences("kl. 10 på fredag") == []


def test_of_two_clear_needs_the_first_is_answered_and_the_second_kept() -> None:
    rankings = [ranking("taxes", 0.9), ranking("interpreter", 0.8)]
    for whole in ("taxes", "interpreter", "find_service"):
        intent = {"name": whole, "confidence": 0.7}
        assert NEED.needs(intent, rankings) == (rankings[0][0], "interpreter")


def test_one_need_in_two_sentences_is_one() -> None:
    first = {"name": "taxes", "confidence": 0.7}
    assert NEED.needs(first, [ranking("taxes", 0.9), ranking("taxes", 0.8)]) == (first, None)
    assert NEED.needs(first, [ranking("taxes", 0.9), ranking("housing", 0.3)]) == (first, None)
    assert NEED.needs(first, [ranking("greet", 0.9), ranking("taxes", 0.8)]) == (first, None)


def test_danger_stays_first() -> None:
    danger = {"name": "emergency", "confidence": 1.0}
    rankings = [ranking("taxes", 0.9), ranking("interpreter", 0.8)]
    assert NEED.needs(danger, rankings) == (danger, "taxes")
