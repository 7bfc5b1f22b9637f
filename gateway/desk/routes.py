"""Sign-in, the desk page, and what desk.js asks for; all but the sign-in needs an adviser."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import msgspec
from aiohttp import web

from contact_point import staff
from contact_point.conversations import desk
from contact_point.conversations.desk import NotYours
from gateway.desk import texts
from gateway.desk.access import COOKIE, for_advisers, html, staff_language
from gateway.desk.views import queue_view, transcript_view
from gateway.keys import CLOCK, DATABASE, SETTINGS, SIGN_IN_LIMIT, WAKEUPS

_HERE = Path(__file__).parent
_HEARTBEAT_SECONDS = 15
routes = web.RouteTableDef()


class ReplyBody(msgspec.Struct):
    """What an adviser wrote."""

    text: str


@web.middleware
async def same_origin(
    request: web.Request, handler: Callable[[web.Request], Awaitable[web.StreamResponse]]
) -> web.StreamResponse:
    """Refuse changes at the desk that another site's page sends (CSRF)."""
    if request.path.startswith("/desk") and request.method not in ("GET", "HEAD"):
        site = request.headers.get("Sec-Fetch-Site")
        origin = request.headers.get("Origin")
        own = {f"{scheme}://{request.host}" for scheme in ("http", "https")}
        if site not in (None, "same-origin") or (origin is not None and origin not in own):
            return web.json_response({"error": "other_origin"}, status=403)
    return await handler(request)


@routes.get("/desk/sign-in")
async def sign_in_page(request: web.Request) -> web.Response:
    """The form."""
    return _sign_in_page(request, "", "")


@routes.post("/desk/sign-in")
async def sign_in(request: web.Request) -> web.Response:
    """Check the password and set the cookie."""
    form = await request.post()
    email, password = str(form.get("email", "")), str(form.get("password", ""))
    language = staff_language(request)
    if not request.app[SIGN_IN_LIMIT].allow(request.remote or ""):
        return _sign_in_page(request, email, texts.too_many_sign_ins(language), status=429)
    database, now = request.app[DATABASE], request.app[CLOCK]()
    # Checking takes a tenth of a second on purpose, so it is not done in a write transaction.
    account = await database.read(staff.verify, email, password)
    if account is None:
        return _sign_in_page(request, email, texts.wrong_sign_in(language), status=403)
    token = await database.write(staff.sign_in, account.id, now)
    response = web.Response(status=303, headers={"Location": "/desk"})
    response.set_cookie(
        COOKIE,
        token,
        max_age=int(staff.SIGNED_IN_FOR.total_seconds()),
        path="/desk",
        httponly=True,
        samesite="Strict",
        secure=request.app[SETTINGS].municipality.web_base_url.startswith("https://"),
    )
    return response


@routes.post("/desk/sign-out")
async def sign_out(request: web.Request) -> web.Response:
    """End the sign-in here and in the database."""
    token = request.cookies.get(COOKIE)
    if token:
        await request.app[DATABASE].write(staff.sign_out, token)
    response = web.Response(status=303, headers={"Location": "/desk/sign-in"})
    response.del_cookie(COOKIE, path="/desk")
    return response


@routes.get("/desk")
@for_advisers
async def page(request: web.Request, adviser: staff.StaffAccount) -> web.Response:
    """The queue and the open conversation."""
    language = staff_language(request)
    return html(
        "desk.html",
        request,
        script_texts=texts.script_texts(language),
        adviser=adviser.name,
    )


@routes.get("/desk/queue")
@for_advisers
async def queue(request: web.Request, adviser: staff.StaffAccount) -> web.Response:
    """Who waits, whom this adviser has, whom others have."""
    entries = await request.app[DATABASE].read(desk.queue)
    return web.json_response(queue_view(entries, adviser.id, staff_language(request)))


@routes.get("/desk/conversations/{id}")
@for_advisers
async def conversation(request: web.Request, _adviser: staff.StaffAccount) -> web.Response:
    """The messages of one conversation that has been handed over."""
    after = request.query.get("after", "0")
    transcript = await request.app[DATABASE].read(
        desk.transcript, request.match_info["id"], int(after) if after.isdigit() else 0
    )
    if transcript is None:
        raise web.HTTPNotFound()
    return web.json_response(transcript_view(transcript, staff_language(request)))


@routes.post("/desk/conversations/{id}/claim")
@for_advisers
async def claim(request: web.Request, adviser: staff.StaffAccount) -> web.Response:
    """Take a waiting conversation; one adviser wins, the others get 409."""
    return await _change(request, desk.claim, adviser)


@routes.post("/desk/conversations/{id}/release")
@for_advisers
async def release(request: web.Request, adviser: staff.StaffAccount) -> web.Response:
    """Put it back in the queue."""
    return await _change(request, desk.release, adviser)


@routes.post("/desk/conversations/{id}/resolve")
@for_advisers
async def resolve(request: web.Request, adviser: staff.StaffAccount) -> web.Response:
    """Finish; the bot answers again."""
    return await _change(request, desk.resolve, adviser)


@routes.post("/desk/conversations/{id}/reply")
@for_advisers
async def reply(request: web.Request, adviser: staff.StaffAccount) -> web.Response:
    """Send the adviser's words to the newcomer."""
    try:
        text = msgspec.json.decode(await request.read(), type=ReplyBody).text.strip()
    except msgspec.DecodeError:
        text = ""
    if not text:
        return web.json_response({"error": "empty"}, status=400)
    return await _change(request, desk.reply, adviser, text)


@routes.get("/desk/events")
@for_advisers
async def events(request: web.Request, _adviser: staff.StaffAccount) -> web.StreamResponse:
    """Tells the page which conversation has changed; the page then asks for what it shows."""
    response = web.StreamResponse(
        headers={"Content-Type": "text/event-stream", "Cache-Control": "no-store"}
    )
    await response.prepare(request)
    with (
        suppress(ConnectionResetError),  # the page was closed
        request.app[WAKEUPS].listen_to_all() as changes,
    ):
        await response.write(b": hello\n\n")
        while True:
            try:
                changed = await asyncio.wait_for(changes.get(), _HEARTBEAT_SECONDS)
            except asyncio.TimeoutError:
                await response.write(b": still here\n\n")
                continue
            data = msgspec.json.encode({"conversation": changed})
            await response.write(b"event: changed\ndata: " + data + b"\n\n")
    return response


routes.static("/desk/static", _HERE / "static")


async def _change(
    request: web.Request, change: Callable[..., Any], adviser: staff.StaffAccount, *words: str
) -> web.Response:
    conversation_id = request.match_info["id"]
    try:
        await request.app[DATABASE].write(
            change, conversation_id, adviser.id, *words, clock=request.app[CLOCK]
        )
    except NotYours:
        return web.json_response({"error": "taken"}, status=409)
    request.app[WAKEUPS].changed(conversation_id)
    return web.json_response({"done": True})


def _sign_in_page(request: web.Request, email: str, error: str, status: int = 200) -> web.Response:
    return html(
        "sign_in.html",
        request,
        status=status,
        email=email,
        error=error,
    )
