"""Conversations of each language, end to end: real model, real action server, real database.

`<language>.yml` holds conversations, each a list of steps: what the newcomer does (`say` or
`press`) and what must follow: the `topic` understood, `slots` and entities, text that is `shown`,
`buttons`, the `kind` of reply, the `language` and the `state` of the conversation.
"""

import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from contact_point import dialogues
from tests.newcomer import Newcomer
from tests.stack import Stack

HERE = Path(__file__).parent


def conversations() -> list[Any]:
    """(language, steps) of every conversation, named for the report."""
    return [
        pytest.param(path.stem, steps, id=f"{path.stem}-{name}")
        for path in sorted(HERE.glob("*.yml"))
        for name, steps in yaml.safe_load(path.read_text(encoding="utf-8")).items()
    ]


def understood(stack: Stack, newcomer: Newcomer) -> dict[str, Any]:
    """What the bot made of the latest message: topic, and values of entities."""
    with stack.database.reading() as session:
        stored = dialogues.load(session, newcomer.token.split(".")[0])
    latest = [event for event in json.loads(stored or b"[]") if event["event"] == "user"][-1]
    found = latest["parse_data"]
    return {
        "topic": found["intent"]["name"],
        "entities": {each["entity"]: each["value"] for each in found["entities"]},
    }


@pytest.mark.parametrize(("language", "steps"), conversations())
def test_conversation(stack: Stack, language: str, steps: list[dict[str, Any]]) -> None:
    newcomer = Newcomer(stack.base, language)
    for step in steps:
        replies = newcomer.write(step["say"]) if "say" in step else newcomer.press(step["press"])
        cards = (card["html"] for reply in replies for card in reply.get("cards", []))
        text = "\n".join([*(reply["text"] for reply in replies), *cards])
        made = understood(stack, newcomer)
        if "topic" in step:
            assert made["topic"] == step["topic"], (step, text)
        for name, value in step.get("entities", {}).items():
            assert made["entities"].get(name) == value, (step, made)
        for shown in step.get("shown", []):
            assert shown in text, (step, text)
        buttons = [title for reply in replies for title in reply.get("buttons", [])]
        for title in step.get("buttons", []):
            assert title in buttons, (step, buttons)
        if "button_count" in step:
            assert len(buttons) == step["button_count"], (step, buttons)
        if "kind" in step:
            assert [reply.get("kind") for reply in replies] == [step["kind"]]
        assert newcomer.language == step.get("language", language), (step, newcomer.language)
        assert newcomer.state == step.get("state", "bot")
        if step.get("sources"):
            levels = {source["level"] for source in replies[0]["sources"]}
            assert levels <= {"municipal", "regional", "national", "eu"}
            assert replies[0]["checked"]
