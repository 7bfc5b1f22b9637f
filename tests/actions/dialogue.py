"""A conversation with Rasa's real policy, forms and rules, and the real actions.

Only understanding is left out: a test says what a text was understood as. Everything runs in one
process; actions get and give JSON as over HTTP.
"""

import json
import logging
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from unittest.mock import patch
from uuid import uuid4

import bot.without_tensorflow  # noqa: F401 - before rasa

# isort: split
import structlog
from rasa.core.agent import Agent
from rasa.core.channels.channel import UserMessage
from rasa.core.lock_store import InMemoryLockStore
from rasa.core.tracker_store import InMemoryTrackerStore
from rasa.model_training import train
from rasa.shared.core.domain import Domain
from rasa.utils.endpoints import EndpointConfig
from rasa_sdk.executor import ActionExecutor

from bot.input_channel import ReplyCollector
from contact_point.settings import ROOT

_CONFIG = """
recipe: default.v1
assistant_id: dialogue-tests
language: sv
pipeline:
  - name: KeywordIntentClassifier
policies:
  - name: RulePolicy
    core_fallback_threshold: 0.3
    core_fallback_action_name: utter_menu
    enable_fallback_prediction: true
"""
_EXAMPLES = """
version: "3.1"
nlu:
  - intent: greet
    examples: |
      - hello
      - good day
  - intent: inform
    examples: |
      - this
      - that
"""
_ENVIRONMENT = {
    "KONTAKTPUNKT_SECRET_KEY": "s" * 32,
    "KONTAKTPUNKT_INTERNAL_SECRET": "i" * 32,
    "RASA_TELEMETRY_ENABLED": "false",
    "SQLALCHEMY_SILENCE_UBER_WARNING": "1",
}

Reply = dict[str, Any]


@contextmanager
def environment() -> Iterator[None]:
    """The settings that every process of the product needs, for a test's length."""
    with patch.dict(os.environ, _ENVIRONMENT):
        yield


def train_dialogue(folder: Path) -> str:
    """Train domain.yml and the rules alone (two seconds); gives the model's path."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    (folder / "config.yml").write_text(_CONFIG)
    (folder / "examples.yml").write_text(_EXAMPLES)
    with patch.dict(os.environ, {"RASA_CACHE_DIRECTORY": str(folder / "cache")}):
        result = train(
            str(ROOT / "domain.yml"),
            str(folder / "config.yml"),
            [str(ROOT / "data" / "rules"), str(folder / "examples.yml")],
            output=str(folder),
        )
    assert result.model
    return str(result.model)


class Assistant:
    """The bot, loaded once for many conversations."""

    def __init__(self, model: str, *action_modules: str) -> None:
        from bot.response_generator import ResponseGenerator  # reads the settings

        self.understood = _Understood()
        self.store = InMemoryTrackerStore(None)
        self.agent = Agent.load(
            model,
            generator=ResponseGenerator(EndpointConfig(), Domain.empty()),
            tracker_store=self.store,
            lock_store=InMemoryLockStore(),
            action_endpoint=_Actions(*action_modules),
            http_interpreter=self.understood,
        )


class Dialogue:
    """One newcomer who writes and presses buttons."""

    def __init__(self, assistant: Assistant) -> None:
        self.conversation_id = uuid4().hex
        self.language: str | None = "en"
        self.replies: list[Reply] = []
        self.store = assistant.store
        self._assistant = assistant
        self._messages = 0

    @property
    def text(self) -> str:
        """All that the bot said to the latest message."""
        return "\n".join(reply["text"] for reply in self.replies)

    @property
    def titles(self) -> list[str]:
        """The buttons under the last reply."""
        return [button["title"] for button in self.replies[-1]["buttons"]]

    async def write(
        self, text: str, intent: str = "inform", ranking: tuple[str, ...] = (), **entities: str
    ) -> str:
        """Write a text that is understood as given; gives all that the bot says."""
        self._assistant.understood.next = _parse(text, intent, ranking, entities, self.language)
        return await self._send(text)

    async def press(self, title: str) -> str:
        """Press a button of the latest replies."""
        payload = next(
            button["payload"]
            for reply in self.replies
            for button in reply["buttons"]
            if button["title"] == title
        )
        return await self.send(payload)

    async def send(self, payload: str) -> str:
        """Send a payload as the gateway does."""
        intent, brace, rest = payload[1:].partition("{")
        entities = json.loads(brace + rest) if brace else {}
        self._assistant.understood.next = _parse(payload, intent, (), entities, self.language)
        return await self._send(payload)

    async def again(self, text: str) -> str:
        """Send the latest message once more under the same id."""
        self._messages -= 1
        return await self._send(text)

    async def slot(self, name: str) -> Any:
        """A slot's present value."""
        tracker = await self.store.retrieve(self.conversation_id)
        return tracker.get_slot(name) if tracker else None

    async def active_form(self) -> str | None:
        """The form that asks now."""
        tracker = await self.store.retrieve(self.conversation_id)
        name: str | None = tracker.active_loop_name if tracker else None
        return name

    async def _send(self, text: str) -> str:
        self._messages += 1
        collector = ReplyCollector()
        await self._assistant.agent.handle_message(
            UserMessage(
                text, collector, self.conversation_id, message_id=f"message-{self._messages}"
            )
        )
        self.replies = list(collector.messages)
        return self.text


class _Understood:
    """Says what the next message means."""

    def __init__(self) -> None:
        self.next: dict[str, Any] = {}

    async def parse(self, _message: UserMessage) -> dict[str, Any]:
        return self.next


class _Actions(EndpointConfig):  # type: ignore[misc]
    """The action server, without HTTP."""

    def __init__(self, *modules: str) -> None:
        super().__init__(url="in-process", enable_selective_domain=True)
        self._executor = ActionExecutor()
        for module in modules:
            self._executor.register_package(module)

    async def request(self, json: dict[str, Any], **_options: Any) -> Any:
        return _through_json(await self._executor.run(_through_json(json)))


def _through_json(value: Any) -> Any:
    return json.loads(json.dumps(value))


def _parse(
    text: str,
    intent: str,
    ranking: tuple[str, ...],
    entities: dict[str, str],
    language: str | None,
) -> dict[str, Any]:
    if language:
        entities = {"conversation_language": language} | entities
    return {
        "text": text,
        "intent": {"name": intent, "confidence": 1.0},
        "intent_ranking": [{"name": name, "confidence": 0.5} for name in ranking or (intent,)],
        "entities": [
            {"entity": name, "value": value, "start": 0, "end": len(text)}
            for name, value in entities.items()
        ],
    }
