"""A cry for help always wins; everyday words that sound like one don't."""

import pytest

from bot.safety_net import SafetyNet
from contact_point.spelling import normalise

NET = SafetyNet(SafetyNet.get_default_config())


@pytest.mark.parametrize(
    ("text", "topic"),
    [
        ("Jag vill dö", "crisis_self_harm"),
        ("jag ORKAR INTE LEVA", "crisis_self_harm"),
        ("I don’t want to live", "crisis_self_harm"),
        ("بدّي أموت", "crisis_self_harm"),
        ("min man slår barnen och mig", "violence_at_home"),
        ("My husband beats me every day", "violence_at_home"),
        ("زوجي عم يضربني", "violence_at_home"),
        ("han andas inte!!", "emergency"),
        ("he cant breathe", "emergency"),
        ("ما عم يتنفس", "emergency"),
        ("chefen har tagit mitt pass", "exploitation"),
        ("they took my passport", "exploitation"),
        ("اخذوا جواز سفري", "exploitation"),
        ("jag får inte gå ut ensam för min man", "violence_at_home"),
        ("mon mari me frappe tous les jours", "violence_at_home"),
        ("mi esposo me pega", "violence_at_home"),
        ("чоловік мене бʼє", "violence_at_home"),
        ("муж меня бьёт", "violence_at_home"),
        ("maz mnie bije", "violence_at_home"),
        ("он не дышит!", "emergency"),
        ("nie chce juz zyc", "crisis_self_harm"),
        ("me quitaron el pasaporte", "exploitation"),
    ],
)
def test_phrases_without_any_classifier(text: str, topic: str) -> None:
    assert NET.safety_topic(normalise(text), []) == (topic, 1.0)


@pytest.mark.parametrize(
    "text",
    [
        "hur söker jag jobb",
        "my contract at work is bad",
        "jag vill döpa mitt barn",
        "I am dying to learn Swedish",
        "متى موعدي",
        "var får man slå upp ett tält",
    ],
)
def test_no_false_alarm_by_phrase(text: str) -> None:
    assert NET.safety_topic(normalise(text), []) is None


def test_in_doubt_safety_wins() -> None:
    ranking = [
        {"name": "worker_rights", "confidence": 0.6},
        {"name": "exploitation", "confidence": 0.25},
        {"name": "violence_at_home", "confidence": 0.125},
    ]
    assert NET.safety_topic("…", [ranking]) == ("exploitation", 0.375)
    assert NET.safety_topic("…", [ranking[:1]]) is None


def test_one_sentence_of_a_story_is_enough_when_it_is_sure() -> None:
    vague = [{"name": "find_housing", "confidence": 0.5}]
    clear = [{"name": "find_housing", "confidence": 0.9}]
    sure = [{"name": "violence_at_home", "confidence": 0.9375}]
    surest = [{"name": "violence_at_home", "confidence": 0.9921875}]
    assert NET.safety_topic("…", [vague, vague, sure]) == ("violence_at_home", 0.9375)
    assert NET.safety_topic("…", [clear, clear, sure]) is None
    assert NET.safety_topic("…", [clear, clear, surest]) == ("violence_at_home", 0.9921875)
