"""Telegram: the Bot API's webhook in, sendMessage out. https://core.telegram.org/bots/api"""

import asyncio
import hmac
import logging
from collections.abc import AsyncIterator, Sequence
from contextlib import suppress
from dataclasses import replace
from typing import Any

import aiohttp
import msgspec
from aiohttp import web

from contact_point.conversations import leases, messages
from contact_point.conversations.messages import InboundMessage, UnknownButton
from contact_point.conversations.tables import Conversation, Message
from contact_point.translations import translate
from gateway.channels.protocol import DeliveryFailed
from gateway.channels.sender import Sender
from gateway.keys import CLOCK, DATABASE, SETTINGS, WAKEUPS, WORKER
from gateway.rendering import to_plain, to_telegram

logger = logging.getLogger(__name__)

MAX_UNITS = 4096
"""UTF-16 units in a message's text."""
_SECRET_HEADER = "X-Telegram-Bot-Api-Secret-Token"  # noqa: S105 - a header's name
_NOT_TEXT = "[…]"
"""Stands in the transcript for a picture, a voice message and the like."""
_TIMEOUT = aiohttp.ClientTimeout(total=15)


class User(msgspec.Struct):
    """Who wrote; only the language is of interest."""

    language_code: str | None = None


class Chat(msgspec.Struct):
    """Where to answer. Groups are left alone: what is said there is not private."""

    id: int
    type: str = "private"


class Location(msgspec.Struct):
    """A point on the map, in degrees."""

    latitude: float
    longitude: float


class TelegramMessage(msgspec.Struct):
    """A message; `text` is missing on pictures, voice and the like."""

    chat: Chat
    text: str | None = None
    location: Location | None = None
    sender: User | None = msgspec.field(name="from", default=None)


class CallbackQuery(msgspec.Struct):
    """A pressed button; `data` is what this adapter put on it."""

    id: str
    data: str | None = None
    message: TelegramMessage | None = None
    sender: User | None = msgspec.field(name="from", default=None)


class Update(msgspec.Struct):
    """What the webhook gets."""

    update_id: int
    message: TelegramMessage | None = None
    callback_query: CallbackQuery | None = None


def set_up(app: web.Application) -> None:
    """Add the webhook and the sender to the gateway."""
    channel = Telegram(app)
    app.router.add_post("/channels/telegram/webhook", channel.webhook)
    app.cleanup_ctx.append(channel.run)


class Telegram:
    """The adapter."""

    name = "telegram"

    def __init__(self, app: web.Application) -> None:
        settings = app[SETTINGS]
        self._app = app
        self._secret = (settings.telegram_webhook_secret or "").encode()
        self._api = f"{settings.telegram_api_url.rstrip('/')}/bot{settings.telegram_token}"
        self._offered = settings.municipality.languages

    async def run(self, app: web.Application) -> AsyncIterator[None]:
        """The sender lives as long as the gateway."""
        async with aiohttp.ClientSession(timeout=_TIMEOUT) as self._session:
            sender = Sender(self, app[DATABASE], app[WAKEUPS], app[CLOCK])
            task = asyncio.create_task(sender.run())
            yield
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task

    async def webhook(self, request: web.Request) -> web.Response:
        """Store one update under its id; a repeated delivery changes nothing."""
        given = request.headers.get(_SECRET_HEADER, "").encode()
        if not hmac.compare_digest(given, self._secret):
            return web.json_response({"error": "secret"}, status=401)
        try:
            update = msgspec.json.decode(await request.read(), type=Update)
        except msgspec.DecodeError:
            return web.json_response({"error": "body"}, status=400)
        inbound = self._inbound(update)
        if inbound:
            await self._receive(inbound)
        if update.callback_query:
            # Unanswered, the newcomer's button would spin on.
            await self._acknowledge(update.callback_query.id)
        return web.json_response({})

    async def deliver(self, conversation: Conversation, message: Message) -> None:
        """Send a message, in parts where it is long; buttons stand under the last part."""
        markdown = message.text + _sources(message.reply or {}, conversation.language)
        parts = split(to_telegram(markdown))
        markup = _keyboard(message)
        for number, part in enumerate(parts, 1):
            body: dict[str, Any] = {
                "chat_id": conversation.contact,
                "text": part,
                "parse_mode": "HTML",
                "link_preview_options": {"is_disabled": True},
            }
            if markup and number == len(parts):
                body["reply_markup"] = markup
            await self._send(body, to_plain(markdown))

    def _inbound(self, update: Update) -> InboundMessage | None:
        query = update.callback_query
        message = update.message or (query.message if query else None)
        if message is None or message.chat.type != "private":
            return None
        sender = query.sender if query else message.sender
        guess = ((sender.language_code if sender else None) or "").split("-")[0]
        language = guess if guess in self._offered else self._offered[0]
        inbound = InboundMessage(
            self.name,
            str(update.update_id),
            contact=str(message.chat.id),
            language=language,
        )
        if query:
            return replace(inbound, button=_button(query.data or ""))
        if message.location:
            where = message.location
            payload = messages.position_payload(where.latitude, where.longitude)
            return replace(inbound, text=messages.POSITION_TEXT, payload=payload)
        if message.text is None:
            return replace(inbound, text=_NOT_TEXT, payload="/only_text")
        if message.text.startswith("/start"):
            return replace(inbound, text=message.text, payload="/greet")
        return replace(inbound, text=message.text[: messages.MAX_CHARACTERS])

    async def _receive(self, inbound: InboundMessage) -> None:
        app = self._app
        try:
            conversation_id, _, work = await app[DATABASE].write(
                leases.receive_and_lease, inbound, app[WORKER].owner, app[CLOCK]
            )
        except UnknownButton:
            logger.info("A button of an unknown message was pressed")
            return
        if work:
            app[WORKER].begin(conversation_id, work)
        app[WAKEUPS].changed(conversation_id)

    async def _acknowledge(self, query_id: str) -> None:
        try:
            await self._call("answerCallbackQuery", {"callback_query_id": query_id})
        except DeliveryFailed as problem:
            logger.info("A pressed button was not acknowledged: %s", problem)

    async def _send(self, body: dict[str, Any], plain: str) -> None:
        try:
            await self._call("sendMessage", body)
        except DeliveryFailed as problem:
            if not problem.permanent or "parse" not in str(problem):
                raise
            await self._call("sendMessage", {**body, "text": plain[:MAX_UNITS], "parse_mode": None})

    async def _call(self, method: str, body: dict[str, Any]) -> None:
        content = {key: value for key, value in body.items() if value is not None}
        try:
            async with self._session.post(f"{self._api}/{method}", json=content) as response:
                if response.status == 200:
                    return
                answer = await _json(response)
                reason = f"{response.status} {answer.get('description', '')}"
                if response.status == 429:
                    header = response.headers.get("Retry-After", "1")
                    seconds = (answer.get("parameters") or {}).get("retry_after", header)
                    raise DeliveryFailed(reason, float(seconds))
                raise DeliveryFailed(reason, permanent=400 <= response.status < 500)
        except (aiohttp.ClientError, TimeoutError) as error:
            # The error's text would hold the address, and with it the bot's token.
            raise DeliveryFailed(type(error).__name__) from None


def _keyboard(message: Message) -> dict[str, Any] | None:
    """The reply's buttons under it; or, where it asks for the newcomer's position, a key of their
    phone's own keyboard that shares it (only there Telegram allows one)."""
    reply = message.reply or {}
    if reply.get("position"):
        share = {"text": reply["position"], "request_location": True}
        return {"keyboard": [[share]], "one_time_keyboard": True, "resize_keyboard": True}
    buttons = reply.get("buttons") or []
    keyboard = [
        [{"text": button["title"], "callback_data": f"{message.id}:{index}"}]
        for index, button in enumerate(buttons)
    ]
    return {"inline_keyboard": keyboard} if keyboard else None


def split(text: str, limit: int = MAX_UNITS) -> list[str]:
    """A text in parts of at most `limit` UTF-16 units, cut between paragraphs, else lines, else
    anywhere; tags never span lines, so none is cut."""
    parts, rest = [], text
    while _units(rest) > limit:
        cut = _cut(rest, limit)
        parts.append(rest[:cut].rstrip())
        rest = rest[cut:].lstrip()
    return [*parts, rest]


def _cut(text: str, limit: int) -> int:
    longest = len(text.encode("utf-16-le")[: 2 * limit].decode("utf-16-le", "ignore"))
    for border in ("\n\n", "\n", " "):
        place = text.rfind(border, 1, longest)
        if place > 0:
            return place
    return longest


def _units(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2


def _sources(reply: dict[str, Any], language: str) -> str:
    sources: Sequence[dict[str, str]] = reply.get("sources") or []
    if not sources:
        return ""
    lines = [
        f"- [{_plain(source['authority'])}: {_plain(source['title'])}]({source['url']})"
        for source in sources
    ]
    checked = translate("Facts checked on {date}", language, date=reply.get("checked") or "–")
    return f"\n\n**{translate('Sources', language)}**\n\n" + "\n".join(lines) + f"\n\n{checked}"


def _plain(text: str) -> str:
    """A title inside a Markdown link."""
    return text.replace("[", "(").replace("]", ")")


def _button(data: str) -> tuple[int, int]:
    message, _, index = data.partition(":")
    return (int(message), int(index)) if message.isdecimal() and index.isdecimal() else (0, -1)


async def _json(response: aiohttp.ClientResponse) -> dict[str, Any]:
    try:
        return dict(await response.json(content_type=None))
    except (ValueError, TypeError):
        return {}
