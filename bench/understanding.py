"""How well messages are understood, against Rasa's default pipeline and against letters alone.

    .venv/bin/python -m bench.understanding [--each N] [--skip-rasa]

One split for all: training takes the first N messages (default 2) of each topic and language from
data/nlu, testing the whole development set in tests/understanding. Printed for each: the share of
topics that are right in each language, seconds of training, milliseconds a message, and the size of
what was trained. "Without adapter" shows what the sentence vectors know by themselves; the adapter
has learned from all training messages, so its row says what the product does, not what N messages
teach. Rasa's default (DIET) trains for some twenty minutes at N = 2.
"""

import argparse
import io
import json
import subprocess
import time
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import bot  # noqa: F401 - before anything imports rasa

# isort: split
import numpy as np
import yaml
from rich.console import Console
from rich.table import Table
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline

from bench import peer
from bot.evaluation import Labelled
from bot.topic_model import TopicModel
from bot.training_messages import NLU, blocks
from command_line.evaluate import read
from contact_point.embedding import embedding_model, sentence_embedder
from contact_point.embedding.adapter import Adapter
from contact_point.settings import ROOT, settings
from contact_point.spelling import normalise

console = Console()
Predict = Callable[[str], str]


@dataclass(frozen=True)
class Trained:
    """Something that tells topics: how, after how many seconds of training, how many bytes."""

    predict: Predict
    seconds: float
    size: int


def split(each: int) -> tuple[list[Labelled], list[Labelled]]:
    """(training, test) messages."""
    training, test = [], []
    for language in settings().municipality.languages:
        for path in sorted((NLU / language).glob("*.yml")):
            for block, texts in blocks(path):
                training += [Labelled(text, block["intent"], language) for text in texts[:each]]
        found = read(ROOT / "tests" / "understanding" / f"{language}.tsv")
        test += [message for message in found if isinstance(message, Labelled)]
    return training, test


def ours(training: Sequence[Labelled], adapter: Adapter) -> Trained:
    """Sentence vectors and letters, as the product does."""
    folder = embedding_model.embedding_folder(sentence_embedder.MODELS, adapter)
    embedder = sentence_embedder.SentenceEmbedder(folder)
    started = time.perf_counter()
    texts = [normalise(message.text) for message in training]
    model = TopicModel.fit(
        texts,
        np.stack([embedder.embed(text) for text in texts]),
        np.array([message.topic for message in training]),
        np.arange(len(texts)) % 7 == 0,  # eighty topics: seven leaves none out
    )
    seconds = time.perf_counter() - started
    stored = io.BytesIO()
    np.savez_compressed(stored, **model.arrays)

    def predict(text: str) -> str:
        plain = normalise(text)
        probabilities = model.probabilities(plain, embedder.embed(plain))
        return model.topics[int(probabilities.argmax())]

    return Trained(predict, seconds, stored.tell())


def letters(training: Sequence[Labelled]) -> Trained:
    """Character n-grams and logistic regression."""
    started = time.perf_counter()
    model = make_pipeline(
        TfidfVectorizer(analyzer="char_wb", ngram_range=(2, 5), sublinear_tf=True),
        LogisticRegression(C=10, max_iter=200),
    )
    model.fit(
        [normalise(message.text) for message in training],
        [message.topic for message in training],
    )
    seconds = time.perf_counter() - started
    return Trained(
        lambda text: str(model.predict([normalise(text)])[0]),
        seconds,
        model[-1].coef_.nbytes,
    )


def measure(trained: Trained, test: Sequence[Labelled]) -> tuple[dict[str, float], float]:
    """(share right by language and in all, milliseconds a message)."""
    started = time.perf_counter()
    right = defaultdict(list)
    for message in test:
        is_right = trained.predict(message.text) == message.topic
        right[message.language].append(is_right)
        right["all"].append(is_right)
    milliseconds = (time.perf_counter() - started) / len(test) * 1000
    return {name: sum(some) / len(some) for name, some in right.items()}, milliseconds


def rasa_default(
    training: Sequence[Labelled], test: Sequence[Labelled]
) -> tuple[dict[str, float], float, float, int]:
    """(shares, milliseconds a message, seconds of training, bytes) of Rasa's default pipeline."""
    folder = peer.FOLDER / "understanding"
    (folder / "data").mkdir(parents=True, exist_ok=True)
    by_topic = defaultdict(list)
    for message in training:
        by_topic[message.topic].append(message.text)
    blocks = [
        {"intent": topic, "examples": "".join(f"- {text}\n" for text in texts)}
        for topic, texts in by_topic.items()
    ]
    data = {"version": "3.1", "nlu": blocks}
    (folder / "data" / "nlu.yml").write_text(yaml.safe_dump(data, allow_unicode=True))
    (folder / "config.yml").write_text("recipe: default.v1\nlanguage: xx\nassistant_id: peer\n")
    (folder / "domain.yml").write_text(
        yaml.safe_dump({"version": "3.1", "intents": sorted(by_topic)})
    )
    (folder / "test.json").write_text(json.dumps([message.text for message in test]))
    interpreter = peer.python(console)
    console.print("Training Rasa's default pipeline…")
    started = time.perf_counter()
    subprocess.run(
        [str(interpreter), "-m", "rasa", "train", "nlu", "--fixed-model-name", "peer"],
        cwd=folder,
        check=True,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    seconds = time.perf_counter() - started
    script = Path(__file__).with_name("peer_parse.py")
    subprocess.run(
        [str(interpreter), str(script), "models/peer.tar.gz", "test.json", "parsed.json"],
        cwd=folder,
        check=True,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    parsed = json.loads((folder / "parsed.json").read_text())
    answers = dict(zip([message.text for message in test], parsed["topics"], strict=True))
    shares, _ = measure(Trained(lambda text: answers[text], 0, 0), test)
    size = (folder / "models" / "peer.tar.gz").stat().st_size
    return shares, parsed["milliseconds"], seconds, size


def main() -> None:
    """Train, measure, print the table."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--each", type=int, default=2)
    parser.add_argument("--skip-rasa", action="store_true")
    arguments = parser.parse_args()
    training, test = split(arguments.each)
    console.print(f"{len(training)} messages to train on, {len(test)} to test on")
    rows = {}
    for name, trained in {
        "Kontaktpunkt": ours(training, Adapter()),
        "without adapter": ours(training, Adapter(Path("none"))),
        "letters alone": letters(training),
    }.items():
        shares, milliseconds = measure(trained, test)
        rows[name] = shares, milliseconds, trained.seconds, trained.size
    if not arguments.skip_rasa:
        rows["Rasa default"] = rasa_default(training, test)
    table = Table("", *rows)
    for language in ["all", *settings().municipality.languages]:
        table.add_row(language, *(f"{shares[language]:.2f}" for shares, *_ in rows.values()))
    table.add_section()
    table.add_row("training s", *(f"{seconds:.0f}" for _, _, seconds, _ in rows.values()))
    table.add_row("ms a message", *(f"{each:.1f}" for _, each, _, _ in rows.values()))
    table.add_row("model MB", *(f"{size / 1e6:.1f}" for *_, size in rows.values()))
    console.print(table)


if __name__ == "__main__":
    main()
