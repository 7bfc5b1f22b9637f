"""Figures over messages whose outcome is known."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.evaluation import Labelled, Understood, calibration_error, evaluate, macro_f1


def _outcome(
    label: str,
    *ranking: tuple[str, float],
    acted: str | None = None,
    text: str = "some words here",
    language: str = "sv",
    guessed: str = "sv",
) -> Understood:
    return Understood(
        Labelled(text, label, language), ranking, acted or ranking[0][0], guessed or language
    )


RIGHT = _outcome("taxes", ("taxes", 0.9), ("find_job", 0.1))
WRONG = _outcome("taxes", ("find_job", 0.6), ("taxes", 0.3), language="en")
ASKED = _outcome(
    "find_job",
    ("greet", 0.3),
    ("taxes", 0.28),
    ("find_job", 0.2),
    ("citizenship", 0.1),
    acted="nlu_fallback",
)
SAVED = _outcome("emergency", ("find_doctor", 0.6), ("emergency", 0.35), acted="emergency")
ALARM = _outcome("find_doctor", ("find_doctor", 0.6), ("emergency", 0.35), acted="emergency")
AWAY = _outcome("taxes", ("out_of_scope", 0.7), ("taxes", 0.2))
OUTSIDE = _outcome("out_of_scope", ("out_of_scope", 0.7), ("taxes", 0.2))


def test_shares() -> None:
    report = evaluate([RIGHT, WRONG, ASKED, SAVED, ALARM, AWAY, OUTSIDE])
    figures = report.everything
    assert figures.messages == 7
    assert figures.accuracy == pytest.approx(3 / 7)
    assert figures.top_three == pytest.approx(7 / 7)
    assert figures.safety_recall == 1
    assert figures.safety_false_alarms == pytest.approx(1 / 6)
    assert figures.out_of_scope_recall == 1
    assert figures.turned_away == pytest.approx(1 / 6)
    assert figures.asked == pytest.approx(1 / 7)
    assert figures.right_when_asked == 1  # small talk is not offered, so it is among the three
    assert figures.language == pytest.approx(6 / 7)
    assert figures.language_long is None
    assert set(report.languages) == {"sv", "en"}
    assert report.languages["en"].accuracy == 0


def test_what_is_mixed_up() -> None:
    report = evaluate([WRONG, WRONG, AWAY, RIGHT])
    assert report.confusions == [
        ("taxes", "find_job", ["some words here"] * 2),
        ("taxes", "out_of_scope", ["some words here"]),
    ]
    assert report.topics == {"taxes": (4, 0.25)}


def test_macro_f1_counts_every_topic_alike() -> None:
    # taxes: precision 1, recall 1/2; find_job: precision 1/2, recall 1.
    outcomes = [RIGHT, WRONG, _outcome("find_job", ("find_job", 1.0))]
    assert macro_f1(outcomes) == pytest.approx(2 / 3)


def test_calibration() -> None:
    sure = [_outcome("taxes", ("taxes", 0.75))] * 3 + [_outcome("find_job", ("taxes", 0.75))]
    assert calibration_error(sure) == pytest.approx(0)
    assert calibration_error([_outcome("find_job", ("taxes", 0.75))]) == pytest.approx(0.75)
    assert calibration_error([SAVED]) == 0  # overruled: no probability to judge


def test_nothing_to_evaluate() -> None:
    with pytest.raises(ValueError, match="no messages"):
        evaluate([])


@given(st.lists(st.sampled_from([RIGHT, WRONG, ASKED, SAVED, ALARM, AWAY, OUTSIDE]), min_size=1))
def test_shares_are_shares(outcomes: list[Understood]) -> None:
    figures = evaluate(outcomes).everything
    shares = [value for name, value in vars(figures).items() if name != "messages"]
    assert all(value is None or 0 <= value <= 1 for value in shares)
    assert figures.accuracy <= figures.top_three
