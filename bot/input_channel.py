"""The gateway's way in: one turn a request, on loopback, with the shared secret.

Request and reply are documented in `gateway/rasa_client.py`. A turn that the gateway repeats
(because a process died) is answered from the tracker, not run again.
"""

import base64
import hmac
import logging
from collections.abc import Awaitable, Callable
from typing import Any

import msgspec
import numpy as np
from rasa.core.channels.channel import CollectingOutputChannel, InputChannel, UserMessage
from rasa.shared.constants import INTENT_MESSAGE_PREFIX
from rasa.shared.core.events import BotUttered, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker
from sanic import Blueprint, response
from sanic.request import Request
from sanic.response import HTTPResponse

from bot import stopwatch
from bot.afterword import with_afterword
from bot.fallback import NOT_SURE, NOT_SURE_AGAIN
from bot.long_tail import CLAIM, OUT_OF_SCOPE, RUMOUR_CHECK
from bot.tracker_store import saved_tracker
from contact_point.embedding.sentence_embedder import sentence_embedder
from contact_point.settings import settings
from contact_point.spelling import normalise

logger = logging.getLogger(__name__)


class Turn(msgspec.Struct):
    """What the gateway sends."""

    conversation_id: str
    message_id: str
    text: str
    channel: str
    language: str | None = None
    suggested_language: str | None = None
    repeated: bool = False


class ReplyCollector(CollectingOutputChannel):
    """Keeps each bot message whole: text, buttons and data together, as the gateway stores it."""

    @classmethod
    def name(cls) -> str:
        """The channel's name in the tracker."""
        return "gateway"

    async def send_response(self, recipient_id: str, message: dict[str, Any]) -> None:
        """Collect one message."""
        reply = _reply(message.get("text"), message.get("buttons"), message.get("custom"))
        if reply:
            self.messages.append(reply)


class GatewayChannel(InputChannel):
    """Rasa's only open channel."""

    @classmethod
    def name(cls) -> str:
        """Part of the route: /webhooks/gateway/."""
        return "gateway"

    def blueprint(self, on_new_message: Callable[[UserMessage], Awaitable[Any]]) -> Blueprint:
        """Routes: GET / (ready when a model is loaded) and POST /turn."""
        blueprint = Blueprint("gateway_channel", __name__)
        secret = f"Bearer {settings().with_secrets().internal_secret}".encode()

        @blueprint.route("/", methods=["GET"])
        async def ready(request: Request) -> HTTPResponse:
            agent = request.app.ctx.agent
            is_ready = bool(agent and agent.is_ready())
            return response.json({"ready": is_ready}, status=200 if is_ready else 503)

        @blueprint.route("/turn", methods=["POST"])
        async def turn(request: Request) -> HTTPResponse:
            if not hmac.compare_digest(request.headers.get("authorization", "").encode(), secret):
                return response.json({"error": "unauthorised"}, status=401)
            try:
                message = msgspec.json.decode(request.body, type=Turn)
            except msgspec.ValidationError as error:
                return response.json({"error": str(error)}, status=400)
            timings = stopwatch.start()
            with stopwatch.measured("turn"):
                replies, tracker = await _run(request.app.ctx.agent, message, on_new_message)
            if not replies:
                # The gateway tells the newcomer, in their language, and offers a person.
                logger.error("A turn had no reply: conversation %s", message.conversation_id)
                return response.json({"error": "no reply"}, status=500)
            return response.json(
                {
                    "replies": replies,
                    "language": tracker.get_slot("language"),
                    "topic": tracker.latest_message.intent.get("name"),
                    "unanswered": _unanswered(tracker),
                    "timings": timings,
                }
            )

        return blueprint


async def _run(
    agent: Any, turn: Turn, on_new_message: Callable[[UserMessage], Awaitable[Any]]
) -> tuple[list[dict[str, Any]], DialogueStateTracker]:
    if turn.repeated:
        tracker = await agent.tracker_store.retrieve(turn.conversation_id)
        earlier = _earlier_replies(tracker, turn.message_id) if tracker else []
        if earlier:
            return with_afterword(earlier, tracker), tracker
    collector = ReplyCollector()
    await on_new_message(
        UserMessage(
            _with_language(turn),
            collector,
            turn.conversation_id,
            input_channel=GatewayChannel.name(),
            message_id=turn.message_id,
            metadata={
                "language": turn.language,
                "suggested_language": turn.suggested_language,
                "channel": turn.channel,
            },
        )
    )
    tracker = saved_tracker.get()
    return with_afterword(collector.messages, tracker), tracker


def _unanswered(tracker: DialogueStateTracker) -> dict[str, str] | None:
    """The question, and its vector as 8-bit numbers in base64, where no answer was found."""
    text = tracker.latest_message.text or ""
    intent = tracker.latest_message.intent.get("name")
    is_unknown_claim = intent == RUMOUR_CHECK and not any(
        entity["entity"] == CLAIM for entity in tracker.latest_message.entities
    )
    found_nothing = intent in (NOT_SURE, NOT_SURE_AGAIN, OUT_OF_SCOPE) or is_unknown_claim
    if not found_nothing or text.startswith(INTENT_MESSAGE_PREFIX):
        return None
    vector = sentence_embedder().embed(normalise(text))
    scaled = np.round(vector / np.abs(vector).max() * 127).astype(np.int8)
    return {"text": text, "vector": base64.b64encode(scaled.tobytes()).decode()}


def _with_language(turn: Turn) -> str:
    """A button's payload skips the NLU pipeline, so the chosen language is put into it."""
    if not turn.language or not turn.text.startswith(INTENT_MESSAGE_PREFIX):
        return turn.text
    intent, brace, entities = turn.text.partition("{")
    values = {"conversation_language": turn.language}
    if brace:
        values |= msgspec.json.decode(brace + entities)
    return intent + msgspec.json.encode(values).decode()


def _earlier_replies(tracker: DialogueStateTracker, message_id: str) -> list[dict[str, Any]]:
    """What the bot said to a message when it was answered before; empty if it never was."""
    replies: list[dict[str, Any]] = []
    found = False
    for event in tracker.events:
        if isinstance(event, UserUttered):
            if found:
                break
            found = event.message_id == message_id
        elif found and isinstance(event, BotUttered):
            reply = _reply(event.text, event.data.get("buttons"), event.data.get("custom"))
            if reply:
                replies.append(reply)
    return replies


def _reply(text: str | None, buttons: Any, custom: Any) -> dict[str, Any] | None:
    if not text:
        return None
    return {"text": text, "buttons": buttons or [], **(custom or {})}
