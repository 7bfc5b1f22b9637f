"""How long it takes to serve an answer inside Rasa.

    .venv/bin/python -m bench.answers

Every article that a topic has, in every language, composed as the response generator does: the
text with the municipality's names and numbers, sources, date and buttons.
"""

import asyncio
import logging
import statistics
import time

import bot  # noqa: F401 - before anything imports rasa

# isort: split
from rasa.core.agent import Agent
from rasa.shared.core.events import UserUttered
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.utils.endpoints import EndpointConfig
from rasa.utils.log_utils import configure_structlog
from rich.console import Console
from rich.table import Table

from bot import graph_runner
from bot.response_generator import ResponseGenerator
from command_line import train
from contact_point.settings import settings
from contact_point.topics import TOPICS

ROUNDS = 5


async def main() -> None:
    """Measure and print."""
    configure_structlog(logging.ERROR)
    graph_runner.install()
    train.train(force=False)
    agent = Agent.load(str(train.model_path()))
    generator = ResponseGenerator(EndpointConfig(), agent.domain)
    topics = [key for key, topic in TOPICS.items() if topic.kind in ("answer", "safety")]
    table = Table("what is served", "answers", "p50", "p95", "slowest")
    for name, action in (("an answer", "utter_answer"), ("in simple words", "utter_simpler")):
        taken = []
        for language in settings().municipality.languages * ROUNDS:
            for topic in topics:
                tracker = DialogueStateTracker.from_events(
                    "bench", [], slots=agent.domain.slots, domain=agent.domain
                )
                tracker.update(UserUttered(topic, {"name": topic, "confidence": 1.0}))
                tracker.slots["language"].value = language
                started = time.perf_counter()
                await generator.generate(action, tracker, "gateway")
                taken.append((time.perf_counter() - started) * 1000)
        slow = statistics.quantiles(taken, n=20)[-1]
        figures = (statistics.median(taken), slow, max(taken))
        table.add_row(name, str(len(taken)), *(f"{value:.2f} ms" for value in figures))
    Console().print(table)


if __name__ == "__main__":
    asyncio.run(main())
