"""How long it takes to understand a message, in Rasa, on one core.

    .venv/bin/python -m bench.parsing

Messages are the development set's of about 50 and about 200 characters, in all languages. Parsing
is everything from text to topic, language and entities; the embedding is its dearest part.
"""

import asyncio
import logging
import os
import statistics
import time
from collections.abc import Sequence

import bot  # noqa: F401 - before anything imports rasa

# isort: split
from rasa.core.agent import Agent
from rasa.utils.log_utils import configure_structlog
from rich.console import Console
from rich.table import Table

from bot import graph_runner, stopwatch
from bot.evaluation import Labelled
from command_line import train
from command_line.evaluate import read
from contact_point.settings import ROOT, settings

LENGTHS = {50: range(40, 61), 200: range(150, 251)}
ROUNDS = 3


def messages() -> list[str]:
    """The development set of every language."""
    return [
        found.text
        for language in settings().municipality.languages
        for found in read(ROOT / "tests" / "understanding" / f"{language}.tsv")
        if isinstance(found, Labelled)
    ]


async def measure(agent: Agent, texts: Sequence[str]) -> tuple[list[float], list[float]]:
    """Milliseconds of parsing, and within it of embedding the message and its sentences."""
    whole, embedding = [], []
    for text in [*texts] * ROUNDS:
        parts = stopwatch.start()
        started = time.perf_counter()
        await agent.parse_message(text)
        whole.append((time.perf_counter() - started) * 1000)
        embedding.append(parts["embedding"])
    return whole, embedding


async def main() -> None:
    """Measure and print."""
    os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    configure_structlog(logging.ERROR)
    graph_runner.install()
    train.train(force=False)
    agent = Agent.load(str(train.model_path()))
    await agent.parse_message("warm up")
    table = Table("characters", "messages", "parsing p50", "p95", "embedding p50", "p95")
    for length, spread in LENGTHS.items():
        texts = [text for text in messages() if len(text) in spread]
        whole, embedding = await measure(agent, texts)
        table.add_row(
            f"about {length}",
            str(len(texts)),
            *(f"{value:.1f} ms" for each in (whole, embedding) for value in middle_and_slow(each)),
        )
    Console().print(table)


def middle_and_slow(values: Sequence[float]) -> tuple[float, float]:
    """The median and the 95th percentile."""
    return statistics.median(values), statistics.quantiles(values, n=20)[-1]


if __name__ == "__main__":
    asyncio.run(main())
