"""How well messages are understood: figures over labelled messages.

A message counts as right when the likeliest topic, after the safety net, is its label. What the
assistant then does with it (answer, ask which of three topics, turn away) is counted apart.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from contact_point.topics import SAFETY_TOPICS, TOPICS

OUT_OF_SCOPE = "out_of_scope"
OFFERED = 3
BINS = 10
LONGER_WORDS, LONG_WORDS = 3, 10


@dataclass(frozen=True)
class Labelled:
    """A message, its topic and its language (BCP 47)."""

    text: str
    topic: str
    language: str


@dataclass(frozen=True)
class Understood:
    """What the assistant made of a message.

    `ranking` are topics with probabilities, likeliest first; `topic` is what it acts on, none of
    the catalogue when it is not sure; `language` is the one that it would answer in.
    """

    message: Labelled
    ranking: Sequence[tuple[str, float]]
    topic: str
    language: str

    @property
    def is_sure(self) -> bool:
        """Whether the assistant acts without asking."""
        return self.topic in TOPICS

    @property
    def likeliest(self) -> str:
        """The first choice: of the safety net where it spoke, else of the ranking."""
        return self.topic if self.is_sure or not self.ranking else self.ranking[0][0]

    @property
    def confidence(self) -> float:
        """The probability of the first choice."""
        return dict(self.ranking).get(self.likeliest, 0.0)

    @property
    def is_right(self) -> bool:
        """Whether the first choice is the label."""
        return self.likeliest == self.message.topic

    def offered(self) -> list[str]:
        """The topics that are offered when the assistant asks."""
        topics = [name for name, _ in self.ranking if TOPICS[name].kind != "talk"]
        return topics[:OFFERED]


@dataclass(frozen=True)
class Figures:
    """Shares from 0 to 1; None where no message says anything about it."""

    messages: int
    accuracy: float
    macro_f1: float
    top_three: float
    language: float | None
    """Language right, of messages of three words or more."""
    language_long: float | None
    """Language right, of messages of ten words or more."""
    safety_recall: float | None
    safety_false_alarms: float | None
    out_of_scope_recall: float | None
    turned_away: float | None
    """Messages about a topic that are taken for out of scope."""
    asked: float
    """Messages that are answered by a question, because the assistant is not sure."""
    right_when_asked: float | None
    """The right topic is among those offered then."""
    calibration_error: float
    """Expected calibration error over ten bins (Guo et al. 2017)."""


@dataclass
class Report:
    """Figures of everything, and of each language; and what was mixed up."""

    everything: Figures
    languages: dict[str, Figures]
    confusions: list[tuple[str, str, list[str]]] = field(default_factory=list)
    """(label, taken for, messages), most frequent first."""
    bins: list[tuple[float, float, int]] = field(default_factory=list)
    """(mean confidence, share right, messages) of each tenth of confidence."""
    topics: dict[str, tuple[int, float]] = field(default_factory=dict)
    """Topic → (messages, share right), weakest first."""


def evaluate(outcomes: Sequence[Understood]) -> Report:
    """Sum up.

    Raises:
        ValueError: when there is nothing to sum up.
    """
    if not outcomes:
        raise ValueError("There are no messages to evaluate")
    by_language: dict[str, list[Understood]] = defaultdict(list)
    for outcome in outcomes:
        by_language[outcome.message.language].append(outcome)
    return Report(
        figures(outcomes),
        {language: figures(some) for language, some in sorted(by_language.items())},
        confusions(outcomes),
        reliability(outcomes),
        _by_topic(outcomes),
    )


def figures(outcomes: Sequence[Understood]) -> Figures:
    """The figures of some messages."""
    safe = [each for each in outcomes if each.message.topic in SAFETY_TOPICS]
    other = [each for each in outcomes if each.message.topic not in SAFETY_TOPICS]
    outside = [each for each in outcomes if each.message.topic == OUT_OF_SCOPE]
    inside = [each for each in outcomes if each.message.topic != OUT_OF_SCOPE]
    asked = [each for each in outcomes if not each.is_sure]
    could_offer = [each for each in asked if TOPICS[each.message.topic].kind != "talk"]
    return Figures(
        messages=len(outcomes),
        accuracy=_mean(each.is_right for each in outcomes) or 0.0,
        macro_f1=macro_f1(outcomes),
        top_three=_mean(
            each.is_right or each.message.topic in [name for name, _ in each.ranking[:OFFERED]]
            for each in outcomes
        )
        or 0.0,
        language=_mean(_language_right(outcomes, LONGER_WORDS)),
        language_long=_mean(_language_right(outcomes, LONG_WORDS)),
        safety_recall=_mean(each.topic in SAFETY_TOPICS for each in safe),
        safety_false_alarms=_mean(each.topic in SAFETY_TOPICS for each in other),
        out_of_scope_recall=_mean(each.likeliest == OUT_OF_SCOPE for each in outside),
        turned_away=_mean(each.topic == OUT_OF_SCOPE for each in inside),
        asked=_mean(not each.is_sure for each in outcomes) or 0.0,
        right_when_asked=_mean(each.message.topic in each.offered() for each in could_offer),
        calibration_error=calibration_error(outcomes),
    )


def macro_f1(outcomes: Sequence[Understood]) -> float:
    """The mean over topics of the harmonic mean of precision and recall."""
    labelled = Counter(each.message.topic for each in outcomes)
    guessed = Counter(each.likeliest for each in outcomes)
    right = Counter(each.message.topic for each in outcomes if each.is_right)
    return sum(2 * right[topic] / (labelled[topic] + guessed[topic]) for topic in labelled) / len(
        labelled
    )


def reliability(outcomes: Sequence[Understood]) -> list[tuple[float, float, int]]:
    """(mean confidence, share right, messages) of each tenth that has messages. Where the safety
    net overruled the ranking there is no probability to judge."""
    bins: dict[int, list[Understood]] = defaultdict(list)
    for each in outcomes:
        if each.ranking and each.likeliest == each.ranking[0][0]:
            bins[min(int(each.confidence * BINS), BINS - 1)].append(each)
    return [
        (
            sum(each.confidence for each in some) / len(some),
            sum(each.is_right for each in some) / len(some),
            len(some),
        )
        for _, some in sorted(bins.items())
    ]


def calibration_error(outcomes: Sequence[Understood]) -> float:
    """Mean distance of confidence from the share that is right, weighted by messages."""
    bins = reliability(outcomes)
    total = sum(count for _, _, count in bins)
    return sum(abs(confidence - right) * count for confidence, right, count in bins) / max(total, 1)


def confusions(outcomes: Sequence[Understood]) -> list[tuple[str, str, list[str]]]:
    """(label, taken for, messages), most frequent first."""
    pairs: dict[tuple[str, str], list[str]] = defaultdict(list)
    for each in outcomes:
        if not each.is_right:
            pairs[each.message.topic, each.likeliest].append(each.message.text)
    ranked = sorted(pairs.items(), key=lambda pair: (-len(pair[1]), pair[0]))
    return [(label, taken, texts) for (label, taken), texts in ranked]


def _by_topic(outcomes: Sequence[Understood]) -> dict[str, tuple[int, float]]:
    by_topic: dict[str, list[bool]] = defaultdict(list)
    for each in outcomes:
        by_topic[each.message.topic].append(each.is_right)
    shares = {topic: (len(some), sum(some) / len(some)) for topic, some in by_topic.items()}
    return dict(sorted(shares.items(), key=lambda item: (item[1][1], item[0])))


def _language_right(outcomes: Sequence[Understood], words: int) -> Iterable[bool]:
    return (
        each.language == each.message.language
        for each in outcomes
        if len(each.message.text.split()) >= words
    )


def _mean(values: Iterable[bool]) -> float | None:
    counted = list(values)
    return sum(counted) / len(counted) if counted else None
