"""A cry for help always wins; everyday words that sound like one don't."""

import pytest

from bot.safety_net import SafetyNet
from bot.text_normaliser import normalise

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
    ],
)
def test_phrases_without_any_classifier(text: str, topic: str) -> None:
    assert NET.safety_topic(normalise(text), []) == topic


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
        {"name": "violence_at_home", "confidence": 0.1},
    ]
    assert NET.safety_topic("…", ranking) == "exploitation"
    assert NET.safety_topic("…", ranking[:1]) is None
