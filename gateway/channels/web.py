"""The web chat's channel.

POST /chat/conversations {"language"?}                 201 {"token", "language"}
Everything else needs `Authorization: Bearer <token>`; without a valid one: 401.
POST /chat/messages {"id", "text"} or {"id", "button": {"message", "index"}}
                    or {"id", "position": {"latitude", "longitude"}}            202 {"cursor"}
GET  /chat/messages?after=N     {"state", "language", "messages": [...]}
GET  /chat/events?after=N       server-sent events: message (id: cursor), state, typing
POST /chat/language {"language"}                       200 {"language"}
POST /chat/human {}                                    200 {"state"}
GET  /chat/settings             needs no token: languages, name of the municipality

`id` is made by the chat, so that a message sent twice over a bad connection is one message.
"""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Annotated, Any

import msgspec
from aiohttp import web
from sqlalchemy.orm import Session

from contact_point import notices
from contact_point.conversations import hand_over, leases, messages
from contact_point.conversations.messages import (
    POSITION_TEXT,
    InboundMessage,
    StoredMessage,
    UnknownButton,
    UnknownConversation,
    position_payload,
)
from contact_point.languages import LANGUAGES
from gateway.keys import CLOCK, DATABASE, MESSAGE_LIMIT, SETTINGS, START_LIMIT, WAKEUPS, WORKER
from gateway.rendering import to_html
from gateway.tokens import make_token, read_token

_HEARTBEAT_SECONDS = 15.0
_SHOWN = ("title", "sources", "checked", "status", "kind", "position")
"""What of a reply the chat shows as it is; `position` is the title of a button that shares it."""
_MAX_ID = 64
routes = web.RouteTableDef()

Handler = Callable[[web.Request, str], Awaitable[web.StreamResponse]]


class StartBody(msgspec.Struct):
    """A new conversation; `language` is what the page or the browser suggests."""

    language: str | None = None


class Button(msgspec.Struct):
    """A pressed button: the cursor of its message and its place."""

    message: int
    index: int


class Position(msgspec.Struct):
    """Where the newcomer's device says that it is, in degrees."""

    latitude: Annotated[float, msgspec.Meta(ge=-90, le=90)]
    longitude: Annotated[float, msgspec.Meta(ge=-180, le=180)]


class MessageBody(msgspec.Struct):
    """What the newcomer wrote, pressed or shared."""

    id: str
    text: str = ""
    button: Button | None = None
    position: Position | None = None


class LanguageBody(msgspec.Struct):
    """The newcomer's choice."""

    language: str


def for_newcomers(handler: Handler) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
    """Only with a token that this server made; the handler gets the conversation's id."""

    async def guarded(request: web.Request) -> web.StreamResponse:
        scheme, _, token = request.headers.get("Authorization", "").partition(" ")
        conversation_id = read_token(request.app[SETTINGS].secret_key, token)
        if scheme != "Bearer" or conversation_id is None:
            return refusal(401, "token", "This conversation can't be opened.")
        try:
            return await handler(request, conversation_id)
        except UnknownConversation:
            return refusal(401, "token", "This conversation does not exist any more.")

    return guarded


def refusal(status: int, code: str, message: str) -> web.Response:
    """An error that a program can act on and a developer can read."""
    return web.json_response({"error": code, "message": message}, status=status)


@routes.get("/chat/settings")
async def chat_settings(request: web.Request) -> web.Response:
    """What the chat needs to know before anything is said."""
    municipality = request.app[SETTINGS].municipality
    return web.json_response(
        {
            "municipality": municipality.name,
            "fictitious": municipality.fictitious,
            "languages": [
                {
                    "tag": tag,
                    "own_name": LANGUAGES[tag].own_name,
                    "direction": LANGUAGES[tag].direction,
                }
                for tag in municipality.languages
            ],
        }
    )


@routes.post("/chat/conversations")
async def start(request: web.Request) -> web.Response:
    """Begin a conversation; the server makes its id."""
    if not request.app[START_LIMIT].allow(request.remote or ""):
        return refusal(429, "too_many", "Too many new conversations. Wait a minute.")
    body = await _body(request, StartBody)
    if body is None:
        return refusal(400, "body", 'Send JSON: {"language": "sv"}')
    offered = request.app[SETTINGS].municipality.languages
    language = body.language if body.language in offered else offered[0]
    conversation_id = await request.app[DATABASE].write(_start, request.app, language)
    token = make_token(request.app[SETTINGS].secret_key, conversation_id)
    return web.json_response({"token": token, "language": language}, status=201)


@routes.post("/chat/messages")
@for_newcomers
async def receive(request: web.Request, conversation_id: str) -> web.Response:
    """Store a message; the answer comes over the events."""
    if not request.app[MESSAGE_LIMIT].allow(conversation_id):
        return refusal(429, "too_many", "Too many messages. Wait a moment.")
    body = await _body(request, MessageBody)
    problem = _problem(body)
    if body is None or problem:
        return problem or refusal(400, "body", 'Send JSON: {"id": "...", "text": "..."}')
    app = request.app
    inbound = InboundMessage(
        messages.WEB,
        f"{conversation_id}:{body.id}",
        text=POSITION_TEXT if body.position else body.text.strip(),
        conversation_id=conversation_id,
        button=(body.button.message, body.button.index) if body.button else None,
        payload=position_payload(body.position.latitude, body.position.longitude)
        if body.position
        else None,
    )
    worker = app[WORKER]
    try:
        # One transaction takes the message in and begins the answer.
        _, message_id, work = await app[DATABASE].write(
            leases.receive_and_lease, inbound, worker.owner, app[CLOCK]
        )
    except UnknownButton:
        return refusal(404, "button", "This conversation has no such button.")
    if work:
        worker.begin(conversation_id, work)
        await asyncio.sleep(0)  # the bot's work begins before the receipt is written
    app[WAKEUPS].changed(conversation_id)
    return web.json_response({"cursor": message_id}, status=202)


@routes.get("/chat/messages")
@for_newcomers
async def history(request: web.Request, conversation_id: str) -> web.Response:
    """Everything after a cursor."""
    stored, view = await _messages(request, conversation_id, _after(request))
    return web.json_response({**view, "messages": [message_view(each) for each in stored]})


@routes.get("/chat/events")
@for_newcomers
async def events(request: web.Request, conversation_id: str) -> web.StreamResponse:
    """A live stream that first catches up from the cursor."""
    response = web.StreamResponse(
        headers={
            "Content-Type": "text/event-stream",
            "Cache-Control": "no-store",
            "X-Accel-Buffering": "no",
        }
    )
    await response.prepare(request)
    cursor = _after(request)
    shown_state: dict[str, Any] = {}
    with (
        suppress(ConnectionResetError),  # the newcomer has left
        request.app[WAKEUPS].listen_to(conversation_id) as changes,
    ):
        while True:
            await _tell_crisis(request, conversation_id)
            stored, state = await _messages(request, conversation_id, cursor)
            if state != shown_state:
                # First, so that the chat shows what follows in the right language.
                shown_state = state
                await _event(response, "state", state)
            for message in stored:
                cursor = message.id
                await _event(response, "message", message_view(message), cursor)
            await _wait(response, changes)
    return response


@routes.post("/chat/language")
@for_newcomers
async def choose_language(request: web.Request, conversation_id: str) -> web.Response:
    """The newcomer's own choice of language."""
    body = await _body(request, LanguageBody)
    if body is None or body.language not in request.app[SETTINGS].municipality.languages:
        return refusal(400, "language", "Choose one of the offered languages.")
    await request.app[DATABASE].write(
        messages.choose_language, conversation_id, body.language, request.app[CLOCK]
    )
    request.app[WAKEUPS].changed(conversation_id)
    return web.json_response({"language": body.language})


@routes.post("/chat/human")
@for_newcomers
async def human(request: web.Request, conversation_id: str) -> web.Response:
    """One tap to a person; works also when the bot doesn't."""
    await request.app[DATABASE].write(
        hand_over.request_by_newcomer,
        conversation_id,
        request.app[SETTINGS].municipality,
        request.app[CLOCK],
    )
    request.app[WAKEUPS].changed(conversation_id)
    return web.json_response({"state": "waiting"})


def message_view(message: StoredMessage) -> dict[str, Any]:
    """A message as the chat shows it. Payloads of buttons stay on the server."""
    reply = message.reply or {}
    view: dict[str, Any] = {
        "cursor": message.id,
        "author": message.author,
        "text": message.text,
        "created_at": message.created_at.isoformat(),
    }
    if message.author != "newcomer":
        view["html"] = to_html(reply.get("lead", message.text))
    if message.adviser_name:
        view["adviser"] = message.adviser_name
    if reply.get("buttons"):
        view["buttons"] = [button["title"] for button in reply["buttons"]]
    if reply.get("cards"):
        view["cards"] = [
            {"html": to_html(card["text"]), "links": card["links"]} for card in reply["cards"]
        ]
    return view | {key: reply[key] for key in _SHOWN if key in reply}


def _start(session: Session, app: web.Application, language: str) -> str:
    """A new conversation, greeted by the staff's notices."""
    conversation_id = messages.start(session, messages.WEB, language, app[CLOCK])
    notices.tell(session, conversation_id, app[SETTINGS].municipality, app[CLOCK])
    return conversation_id


async def _tell_crisis(request: web.Request, conversation_id: str) -> None:
    """A crisis that began since is told in the open chat."""
    app = request.app
    if await app[DATABASE].read(notices.are_due, conversation_id, app[CLOCK]):
        await app[DATABASE].write(
            notices.tell, conversation_id, app[SETTINGS].municipality, app[CLOCK]
        )


async def _messages(
    request: web.Request, conversation_id: str, cursor: int
) -> tuple[list[StoredMessage], dict[str, Any]]:
    def look(session: Any) -> tuple[list[StoredMessage], dict[str, Any]]:
        state, language = messages.state_and_language(session, conversation_id)
        view = {"state": state, "language": language}
        return messages.messages_after(session, conversation_id, cursor), view

    return await request.app[DATABASE].read(look)


async def _event(
    response: web.StreamResponse, name: str, data: dict[str, Any], cursor: int | None = None
) -> None:
    identifier = f"id: {cursor}\n" if cursor is not None else ""
    content = msgspec.json.encode(data).decode()
    await response.write(f"event: {name}\n{identifier}data: {content}\n\n".encode())


async def _wait(response: web.StreamResponse, changes: "asyncio.Queue[str]") -> None:
    """Until something has changed; heartbeats and typing go out meanwhile."""
    while True:
        try:
            change = await asyncio.wait_for(changes.get(), _HEARTBEAT_SECONDS)
        except asyncio.TimeoutError:
            await response.write(b": still here\n\n")
            return  # look at the database too: a wake-up may have been lost
        if change == "typing":
            await _event(response, "typing", {})
            continue
        while not changes.empty():
            changes.get_nowait()
        return


def _problem(body: MessageBody | None) -> web.Response | None:
    if body is None:
        return None
    if not body.id or len(body.id) > _MAX_ID:
        return refusal(400, "id", f"id: 1 to {_MAX_ID} characters, made by the chat.")
    is_text = body.button is None and body.position is None
    if is_text and not body.text.strip().lstrip("/").strip():
        return refusal(400, "empty", "text: write something.")
    if len(body.text) > messages.MAX_CHARACTERS:
        return refusal(413, "too_long", f"text: at most {messages.MAX_CHARACTERS} characters.")
    return None


def _after(request: web.Request) -> int:
    after = request.query.get("after", "0")
    return int(after) if after.isdecimal() else 0


async def _body(request: web.Request, kind: type[Any]) -> Any:
    try:
        return msgspec.json.decode(await request.read(), type=kind)
    except msgspec.DecodeError:
        return None
