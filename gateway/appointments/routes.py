"""An appointment's page and its calendar object, for whoever has the link.

The proof in the path is the newcomer's key. Following a link changes nothing, because programs
that look through mail follow links too; what changes something is a form that is sent.
"""

from collections.abc import Awaitable, Callable
from datetime import date
from pathlib import Path
from typing import Any

from aiohttp import web
from jinja2 import Environment, FileSystemLoader, select_autoescape
from sqlalchemy.orm import Session

from contact_point.appointments import booking, waiting_list
from contact_point.appointments.booking import NotUpcoming, SlotTaken
from contact_point.appointments.calendar import Calendar
from contact_point.appointments.calendar_object import calendar_object
from contact_point.appointments.links import is_own
from contact_point.appointments.offers import Wishes, offers, read_key
from contact_point.appointments.tables import HELD, Appointment
from contact_point.appointments.waiting_list import NoEarlierTime
from contact_point.database import Database
from contact_point.languages import Language
from contact_point.settings import Municipality
from contact_point.translations import translate
from gateway.appointments import page
from gateway.keys import CLOCK, DATABASE, DIRECTORY_DATABASE, SETTINGS
from gateway.widget.page import page_language

_HERE = Path(__file__).parent
_TEMPLATES = Environment(
    loader=FileSystemLoader(_HERE / "templates"),
    autoescape=select_autoescape(["html"]),
    trim_blocks=True,
    lstrip_blocks=True,
)
_PRIVATE = {
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
    "X-Robots-Tag": "noindex",
}
_PAGE = r"/appointments/{id:\d{1,12}}/{proof:[0-9a-f]{32}}"
routes = web.RouteTableDef()

Handler = Callable[[web.Request, int], Awaitable[web.Response]]


class _NoAppointment(Exception):  # noqa: N818 - names a state, not a fault of the program
    """The proof is wrong, or what it belongs to is gone."""


def _with_proof(handler: Handler) -> Callable[[web.Request], Awaitable[web.Response]]:
    """Only with the proof; whatever else is wrong looks the same."""

    async def guarded(request: web.Request) -> web.Response:
        number, proof = int(request.match_info["id"]), request.match_info["proof"]
        try:
            if not is_own(request.app[SETTINGS].secret_key, number, proof):
                raise _NoAppointment
            return await handler(request, number)
        except _NoAppointment:
            language = _browsers_language(request)
            return _html("missing.html", request, language, 404, **page.missing(language.tag))

    return guarded


@routes.get(f"{_PAGE}.ics")
async def calendar(request: web.Request) -> web.Response:
    """The appointment as it is now; after a cancellation the object takes it out again."""
    settings, number = request.app[SETTINGS], int(request.match_info["id"])
    if not is_own(settings.secret_key, number, request.match_info["proof"]):
        raise web.HTTPNotFound

    def read(session: Session) -> bytes:
        appointment = session.get(Appointment, number)
        if appointment is None:
            raise web.HTTPNotFound
        now = request.app[CLOCK]()
        return calendar_object(appointment, settings.municipality, now, by_email=False)[0]

    return web.Response(
        body=await request.app[DATABASE].read(read),
        content_type="text/calendar",
        charset="utf-8",
        headers={
            "Content-Disposition": 'attachment; filename="appointment.ics"',
            "Cache-Control": "no-store",
        },
    )


@routes.get(_PAGE)
@_with_proof
async def overview(request: web.Request, number: int) -> web.Response:
    """The appointment and what can be done about it."""
    municipality, now = _municipality(request), request.app[CLOCK]()

    def read(session: Session) -> tuple[Language, dict[str, Any]]:
        appointment = _appointment(session, number)
        shown = page.overview(session, appointment, municipality, Calendar.of(municipality), now)
        return page.page_language(appointment, municipality), shown

    language, shown = await request.app[DATABASE].read(read)
    return _html("appointment.html", request, language, **shown)


@routes.get(f"{_PAGE}/move")
@_with_proof
async def times(request: web.Request, number: int) -> web.Response:
    """The free times of a week, to choose another one."""
    municipality, now = _municipality(request), request.app[CLOCK]()

    def show(session: Session, appointment: Appointment) -> dict[str, Any]:
        found = offers(
            session,
            Calendar.of(municipality),
            appointment.subject,
            appointment.language,
            now,
            moving=appointment,
            **_same_place(appointment),
        )
        others = [offer for offer in found if offer.starts_at != appointment.starts_at]
        return page.times(appointment, others, municipality, municipality.zone, _week(request))

    # A search through all free times takes a while: on a thread it holds up no chat.
    return await _while_upcoming(
        request, number, request.app[DIRECTORY_DATABASE], "move.html", show
    )


@routes.post(f"{_PAGE}/move")
@_with_proof
async def move(request: web.Request, number: int) -> web.Response:
    """Move it to the chosen time."""
    wanted = read_key(str((await request.post()).get("time", "")))
    if wanted is None:
        return _back(request, "choose", "/move")
    day = wanted.astimezone(_municipality(request).zone).date()

    def work(session: Session, appointment: Appointment) -> web.Response:
        moved = booking.move(
            session,
            Calendar.of(_municipality(request)),
            number,
            wanted,
            request.app[CLOCK],
            _same_place(appointment),
        )
        if isinstance(moved, SlotTaken):
            return _back(request, "taken", "/move", week=day.isoformat())
        return _back(request, "moved")

    return await _change(request, number, work)


@routes.get(f"{_PAGE}/cancel")
@_with_proof
async def cancelling(request: web.Request, number: int) -> web.Response:
    """Ask whether they are sure."""

    def show(_session: Session, appointment: Appointment) -> dict[str, Any]:
        return page.cancelling(appointment, _municipality(request))

    return await _while_upcoming(request, number, request.app[DATABASE], "cancel.html", show)


@routes.post(f"{_PAGE}/cancel")
@_with_proof
async def cancel(request: web.Request, number: int) -> web.Response:
    """They are sure."""

    def work(session: Session, _appointment: Appointment) -> web.Response:
        calendar = Calendar.of(_municipality(request))
        booking.cancel(session, calendar, number, request.app[CLOCK])
        return _back(request)

    return await _change(request, number, work)


@routes.post(f"{_PAGE}/late")
@_with_proof
async def late(request: web.Request, number: int) -> web.Response:
    """They will be late."""

    def work(session: Session, appointment: Appointment) -> web.Response:
        calendar, clock = Calendar.of(_municipality(request)), request.app[CLOCK]
        if appointment.late_at is None and not page.can_be_late(appointment, calendar, clock()):
            return _back(request)
        booking.be_late(session, number, clock)
        return _back(request, "late")

    return await _change(request, number, work)


@routes.post(f"{_PAGE}/waiting")
@_with_proof
async def wait(request: web.Request, number: int) -> web.Response:
    """They would come earlier."""

    def work(session: Session, appointment: Appointment) -> web.Response:
        clock = request.app[CLOCK]
        if not booking.is_upcoming(appointment, clock()):
            raise NotUpcoming
        waiting_list.join(session, number, clock)
        return _back(request, "waiting")

    return await _change(request, number, work)


@routes.post(f"{_PAGE}/waiting/leave")
@_with_proof
async def leave(request: web.Request, number: int) -> web.Response:
    """They would not, any more."""

    def work(session: Session, _appointment: Appointment) -> web.Response:
        waiting_list.leave(session, number)
        return _back(request, "not_waiting")

    return await _change(request, number, work)


@routes.post(f"{_PAGE}/earlier")
@_with_proof
async def take(request: web.Request, number: int) -> web.Response:
    """They take the earlier time that is kept for them: the one that they saw, no other."""
    seen = read_key(str((await request.post()).get("time", "")))

    def work(session: Session, appointment: Appointment) -> web.Response:
        clock = request.app[CLOCK]
        if appointment.starts_at == seen:
            return _back(request, "moved")  # pressed twice
        kept = waiting_list.kept(session, number, clock())
        if kept is None or kept.offer.starts_at != seen:
            return _back(request, "gone")
        try:
            moved = waiting_list.take(session, Calendar.of(_municipality(request)), number, clock)
        except NoEarlierTime:
            return _back(request, "gone")
        return _back(request, "gone" if isinstance(moved, SlotTaken) else "moved")

    return await _change(request, number, work)


routes.static("/appointments/static", _HERE / "static")


async def _while_upcoming(
    request: web.Request,
    number: int,
    database: Database,
    template: str,
    show: Callable[[Session, Appointment], dict[str, Any]],
) -> web.Response:
    """A page about an appointment that is still to come; else back to the overview."""

    def read(session: Session) -> tuple[Language, dict[str, Any]] | None:
        appointment = _appointment(session, number)
        if not booking.is_upcoming(appointment, request.app[CLOCK]()):
            return None
        language = page.page_language(appointment, _municipality(request))
        return language, show(session, appointment)

    answer = await database.read(read)
    if answer is None:
        return _back(request, "over")
    language, shown = answer
    return _html(template, request, language, **shown)


async def _change(
    request: web.Request, number: int, work: Callable[[Session, Appointment], web.Response]
) -> web.Response:
    def write(session: Session) -> web.Response:
        try:
            return work(session, _appointment(session, number))
        except NotUpcoming:
            return _back(request, "over")

    return await request.app[DATABASE].write(write)


def _appointment(session: Session, number: int) -> Appointment:
    appointment = session.get(Appointment, number)
    if appointment is None or appointment.state == HELD:
        raise _NoAppointment
    return appointment


def _same_place(appointment: Appointment) -> Wishes:
    return Wishes(place=appointment.place, office_id=appointment.office_id)


def _municipality(request: web.Request) -> Municipality:
    return request.app[SETTINGS].municipality


def _week(request: web.Request) -> date | None:
    try:
        return date.fromisoformat(request.query.get("week", ""))
    except ValueError:
        return None


def _path(request: web.Request) -> str:
    return "/appointments/{id}/{proof}".format_map(request.match_info)


def _back(
    request: web.Request, said: str | None = None, below: str = "", **query: str
) -> web.Response:
    """To a page that may be loaded again without doing anything again."""
    address = request.rel_url.with_path(_path(request) + below)
    address = address.with_query({**({"said": said} if said else {}), **query})
    return web.Response(status=303, headers={"Location": str(address), **_PRIVATE})


def _browsers_language(request: web.Request) -> Language:
    accepted = request.headers.get("Accept-Language", "").split(",")
    return page_language(
        _municipality(request), None, [each.split(";")[0].strip() for each in accepted]
    )


def _html(
    template: str, request: web.Request, language: Language, status: int = 200, **values: Any
) -> web.Response:
    said = page.SAID.get(request.query.get("said", ""), "")
    text = _TEMPLATES.get_template(template).render(
        municipality=_municipality(request),
        language=language,
        path=_path(request),
        said=translate(said, language.tag),
        frame=page.frame(language.tag),
        **values,
    )
    return web.Response(
        text=text,
        status=status,
        content_type="text/html",
        headers={"Content-Language": language.tag, **_PRIVATE},
    )
