"""Two needs in one message: the first is answered, the second is offered."""

from typing import Any

from bot.intent_classifier import sentences
from bot.second_need import SecondNeed
from contact_point.spelling import normalise

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


TAXES = ("hur betalar jag skatt?", ranking("taxes", 0.9))
INTERPRETER = ("och jag behöver tolk.", ranking("interpreter", 0.8))


def test_of_two_needs_the_first_is_answered_and_the_second_kept() -> None:
    whole = [*ranking("interpreter", 0.98), *ranking("taxes", 0.01)]
    assert NEED.needs(whole[0], whole, [TAXES, INTERPRETER]) == (TAXES[1][0], "interpreter")
    whole = [*ranking("taxes", 0.6), *ranking("interpreter", 0.3)]
    assert NEED.needs(whole[0], whole, [INTERPRETER, TAXES]) == (INTERPRETER[1][0], "taxes")


def test_a_story_is_about_what_the_whole_is_about() -> None:
    whole = [*ranking("taxes", 0.98), *ranking("interpreter", 0.01)]
    assert NEED.needs(whole[0], whole, [INTERPRETER, TAXES]) == (whole[0], "interpreter")


def test_one_need_in_two_sentences_is_one() -> None:
    whole = ranking("taxes", 0.7)
    for topic, confidence in (("taxes", 0.8), ("find_housing", 0.3), ("greet", 0.9)):
        second = ("och så.", ranking(topic, confidence))
        assert NEED.needs(whole[0], whole, [TAXES, second]) == (whole[0], None)


def test_danger_stays_first() -> None:
    danger = {"name": "emergency", "confidence": 1.0}
    assert NEED.needs(danger, ranking("taxes", 0.9), [TAXES, INTERPRETER]) == (danger, "taxes")
