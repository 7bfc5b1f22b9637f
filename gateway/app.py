"""The one composition root of the gateway."""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import suppress

import aiohttp
from aiohttp import web

from contact_point.clock import Clock, process_clock
from contact_point.database import Database
from contact_point.settings import Settings
from gateway import calendars
from gateway.appointments import routes as appointments
from gateway.busy_reader import BusyReader
from gateway.channels import telegram
from gateway.channels import web as web_channel
from gateway.courier import Courier
from gateway.desk import (
    appointment_figures,
    blocked_time,
    caseworkers,
    directory,
    editorial,
    visitor_booking,
)
from gateway.desk import appointments as desk_appointments
from gateway.desk import routes as desk
from gateway.directory_api import files as directory_files
from gateway.directory_api import routes as directory_api
from gateway.keys import (
    CLOCK,
    DATABASE,
    DIRECTORY_DATABASE,
    DIRECTORY_LIMIT,
    MESSAGE_LIMIT,
    RASA,
    SETTINGS,
    SIGN_IN_LIMIT,
    START_LIMIT,
    WAKEUPS,
    WORKER,
)
from gateway.rasa_client import RasaClient
from gateway.rate_limit import RateLimit
from gateway.wakeups import Wakeups
from gateway.widget import routes as widget
from gateway.worker import Worker

logger = logging.getLogger(__name__)
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

LOOPBACK = "127.0.0.1"
_MAX_BODY_BYTES = 64 * 1024
_SECURITY_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; "
    "img-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'",
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
}


def make_app(settings: Settings, clock: Clock | None = None) -> web.Application:
    """The gateway, ready to run: `web.run_app(make_app(settings))`."""
    app = web.Application(
        middlewares=[clear_errors, desk.same_origin], client_max_size=_MAX_BODY_BYTES
    )
    app[SETTINGS], app[CLOCK] = settings, clock or process_clock()
    app[START_LIMIT] = RateLimit(settings.municipality.server.new_conversations_a_minute, 60)
    app[MESSAGE_LIMIT] = RateLimit(30, 60)
    app[DIRECTORY_LIMIT] = RateLimit(settings.municipality.server.directory_requests_a_minute, 60)
    app[SIGN_IN_LIMIT] = RateLimit(10, 15 * 60)
    app.cleanup_ctx.extend([_database, _bot, _wakeups, _worker, _courier, _busy_reader])
    app.on_response_prepare.append(set_headers)
    app.router.add_get("/health", health)
    app.router.add_route("OPTIONS", "/chat/{anything}", preflight)
    app.add_routes(widget.routes)
    app.add_routes(web_channel.routes)
    app.add_routes(desk.routes)
    app.add_routes(editorial.routes)
    app.add_routes(directory.routes)
    app.add_routes(desk_appointments.routes)
    app.add_routes(visitor_booking.routes)
    app.add_routes(blocked_time.routes)
    app.add_routes(appointment_figures.routes)
    app.add_routes(caseworkers.routes)
    app.add_routes(directory_api.routes)
    app.add_routes(directory_files.routes)
    app.add_routes(appointments.routes)
    calendars.set_up(app)
    if settings.telegram_token and settings.telegram_webhook_secret:
        telegram.set_up(app)
    return app


async def health(request: web.Request) -> web.Response:
    """Whether this process, the database and the Rasa servers work."""
    try:
        await request.app[DATABASE].read(lambda session: session.connection())
        database_works = True
    except Exception:
        logger.exception("The database does not answer")
        database_works = False
    return web.json_response(
        {"database": database_works, "rasa": await request.app[RASA].ready()},
        status=200 if database_works else 503,
    )


async def preflight(_request: web.Request) -> web.Response:
    """Browsers ask before another website's page may use the chat; the headers answer."""
    return web.Response(status=204)


async def set_headers(request: web.Request, response: web.StreamResponse) -> None:
    """Security headers on everything that leaves, streams too; the chat's own routes may be used
    by the municipality's website."""
    for name, value in _SECURITY_HEADERS.items():
        response.headers.setdefault(name, value)
    origin = request.headers.get("Origin")
    if origin and _is_public(request.path) and origin in _origins(request):
        response.headers["Access-Control-Allow-Origin"] = origin
        response.headers["Access-Control-Allow-Headers"] = "Authorization, Content-Type"
        response.headers["Access-Control-Allow-Methods"] = "GET, POST"
        response.headers["Vary"] = "Origin"


def _is_public(path: str) -> bool:
    return path.startswith(("/chat/", "/widget/"))


def _origins(request: web.Request) -> tuple[str, ...]:
    municipality = request.app[SETTINGS].municipality
    return (municipality.web_base_url.rstrip("/"), *municipality.server.allowed_origins)


@web.middleware
async def clear_errors(request: web.Request, handler: Handler) -> web.StreamResponse:
    """No stack trace leaves the server; what failed goes to the log without any content."""
    try:
        return await handler(request)
    except web.HTTPException as error:
        if error.status < 400:
            raise
        return web.json_response({"error": error.reason}, status=error.status)
    except (ConnectionResetError, asyncio.CancelledError):
        raise
    except Exception:
        logger.exception("%s %s failed", request.method, _route(request))
        return web.json_response(
            {"error": "server", "message": "Something went wrong here. Try again."}, status=500
        )


def _route(request: web.Request) -> str:
    """What was asked for, without what a path may give away: tokens and proofs."""
    resource = request.match_info.route.resource
    return resource.canonical if resource else "?"


async def _database(app: web.Application) -> AsyncIterator[None]:
    app[DATABASE] = Database(app[SETTINGS].database_url, inline=True)
    # Whole lists of services take a while: read on threads, they hold up no chat.
    app[DIRECTORY_DATABASE] = Database(app[SETTINGS].database_url)
    yield
    app[DATABASE].close()
    app[DIRECTORY_DATABASE].close()


async def _bot(app: web.Application) -> AsyncIterator[None]:
    settings = app[SETTINGS]
    addresses = [f"http://{LOOPBACK}:{port}" for port in settings.municipality.server.rasa_ports]
    async with aiohttp.ClientSession() as session:
        app[RASA] = RasaClient(session, addresses, settings.internal_secret)
        yield


async def _wakeups(app: web.Application) -> AsyncIterator[None]:
    app[WAKEUPS] = Wakeups(app[DATABASE])
    if app[DATABASE].is_sqlite:
        yield
        return
    between = asyncio.create_task(app[WAKEUPS].run_between_processes())
    yield
    between.cancel()
    with suppress(asyncio.CancelledError):
        await between


async def _worker(app: web.Application) -> AsyncIterator[None]:
    worker = app[WORKER] = Worker(
        app[DATABASE], app[RASA], app[WAKEUPS], app[SETTINGS].municipality, app[CLOCK]
    )
    task = asyncio.create_task(worker.run())
    yield
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task
    await worker.stop()


async def _busy_reader(app: web.Application) -> AsyncIterator[None]:
    reader = BusyReader(app[DATABASE], app[SETTINGS].municipality, app[CLOCK])
    task = asyncio.create_task(reader.run())
    yield
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task


async def _courier(app: web.Application) -> AsyncIterator[None]:
    # It looks for free times, too: on threads, it holds up no chat.
    courier = Courier(app[DIRECTORY_DATABASE], app[WAKEUPS], app[SETTINGS], app[CLOCK])
    task = asyncio.create_task(courier.run())
    yield
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task
    await courier.stop()
