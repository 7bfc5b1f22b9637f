"""One turn of the bot over HTTP.

Request: POST /webhooks/gateway/turn with `Authorization: Bearer <internal secret>` and
{"conversation_id", "message_id", "text", "language", "suggested_language", "channel",
"repeated"}; `language` is the newcomer's own choice or null, `suggested_language` what page or app
suggest, `repeated` says that this message may have been sent before.
Reply: {"replies": [{"text", "buttons"?, "sources"?, "checked"?, "status"?, "kind"?}],
"language", "topic", "timings"}.
"""

import zlib
from collections.abc import Sequence
from typing import Any

import aiohttp
import msgspec

from contact_point.conversations.leases import Work

_TURN_SECONDS = 20


class RasaUnavailable(Exception):  # noqa: N818 - what happened, not a fault of ours
    """No Rasa server answered this turn."""


class TurnFailed(Exception):  # noqa: N818 - what happened, not a fault of ours
    """A Rasa server tried this turn and could not answer it; trying again would not help."""


class Unanswered(msgspec.Struct):
    """A question that found no answer, and its meaning: a vector of 8-bit numbers."""

    text: str
    vector: bytes


class Turn(msgspec.Struct):
    """What the bot said."""

    replies: list[dict[str, Any]]
    language: str | None = None
    topic: str | None = None
    unanswered: Unanswered | None = None
    timings: dict[str, float] = {}


class RasaClient:
    """Several Rasa servers; a conversation keeps to one while that one lives."""

    def __init__(
        self, session: aiohttp.ClientSession, addresses: Sequence[str], secret: str
    ) -> None:
        self._session, self._addresses = session, list(addresses)
        self._headers = {"Authorization": f"Bearer {secret}", "Content-Type": "application/json"}
        self._timeout = aiohttp.ClientTimeout(total=_TURN_SECONDS)

    async def turn(self, work: Work) -> Turn:
        """Ask the bot.

        Raises:
            RasaUnavailable: when no server gave an answer.
            TurnFailed: when the bot had none.
        """
        body = msgspec.json.encode(
            {
                "conversation_id": work.conversation_id,
                "message_id": str(work.message_id),
                "text": work.text,
                "language": work.chosen_language,
                "suggested_language": work.language,
                "channel": work.channel,
                "repeated": work.repeated,
            }
        )
        first = zlib.crc32(work.conversation_id.encode()) % len(self._addresses)
        problem = ""
        for address in self._addresses[first:] + self._addresses[:first]:
            try:
                async with self._session.post(
                    f"{address}/webhooks/gateway/turn",
                    data=body,
                    headers=self._headers,
                    timeout=self._timeout,
                ) as response:
                    content = await response.read()
                    if response.status == 200:
                        return msgspec.json.decode(content, type=Turn)
                    raise TurnFailed(f"status {response.status}")
            except aiohttp.ClientConnectorError:
                problem = "no connection"
            except (aiohttp.ClientError, TimeoutError, msgspec.DecodeError) as error:
                # It may have begun the turn: asking another server now could run it twice.
                raise RasaUnavailable(type(error).__name__) from error
        raise RasaUnavailable(problem)

    async def ready(self) -> list[bool]:
        """Which servers are ready, in the order of their ports."""
        return [await self._is_ready(address) for address in self._addresses]

    async def _is_ready(self, address: str) -> bool:
        timeout = aiohttp.ClientTimeout(total=2)
        try:
            async with self._session.get(
                f"{address}/webhooks/gateway/", timeout=timeout
            ) as response:
                return response.status == 200
        except (aiohttp.ClientError, TimeoutError):
            return False
