"""Runs in the peer's environment: `peer_parse.py MODEL MESSAGES.json OUT.json`."""

import asyncio
import json
import sys
import time
from pathlib import Path

from rasa.core.agent import Agent


async def parse(model: str, messages: list[str]) -> dict[str, object]:
    """The topic of each message, and milliseconds a message."""
    agent = Agent.load(model)
    await agent.parse_message("warm up")
    started = time.perf_counter()
    topics = [(await agent.parse_message(text))["intent"]["name"] for text in messages]
    return {
        "topics": topics,
        "milliseconds": (time.perf_counter() - started) / len(messages) * 1000,
    }


if __name__ == "__main__":
    model, source, target = sys.argv[1:]
    parsed = asyncio.run(parse(model, json.loads(Path(source).read_text())))
    Path(target).write_text(json.dumps(parsed))
