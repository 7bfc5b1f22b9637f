"""Pages for the service directory: the list with what to look at, and a service's form."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from aiohttp import web
from babel.dates import format_datetime
from sqlalchemy import select
from sqlalchemy.orm import Session

from contact_point import staff
from contact_point.directory import editing, quality
from contact_point.directory.categories import CATEGORIES
from contact_point.directory.changes import DirectoryChange
from contact_point.directory.editing import EditedMeanwhile, Problem, ServiceEdit
from contact_point.directory.full_text import find, words
from contact_point.directory.hours_rows import DAY_KINDS, REPEATS, WEEKDAYS
from contact_point.directory.quality import Listed
from contact_point.directory.tables import Service
from contact_point.languages import LANGUAGES
from contact_point.translations import translate
from gateway.desk import directory_texts, service_form
from gateway.desk.access import for_advisers, html, staff_language
from gateway.desk.views import language_name
from gateway.keys import CLOCK, DIRECTORY_DATABASE, SETTINGS

_FILTERS = ("all", "stale", "duplicate", "never_found", "alert", "closed")
_FOUND = 100
_HISTORY = 30
routes = web.RouteTableDef()


@routes.get("/desk/services")
@for_advisers
async def services(request: web.Request, adviser: staff.StaffAccount) -> web.Response:
    """All services by name, or those with something to look at."""
    language = staff_language(request)
    wanted, chosen = request.query.get("search", "").strip(), request.query.get("show", "all")
    listed = await request.app[DIRECTORY_DATABASE].read(_listed, _today(request), wanted)
    counts = {name: sum(_shows(name, each) for each in listed) for name in _FILTERS}
    return html(
        "services.html",
        request,
        adviser=adviser.name,
        words=directory_texts.page_texts(language),
        filters=[
            (name, directory_texts.filters(language)[name], counts[name]) for name in _FILTERS
        ],
        statuses=directory_texts.statuses(language),
        chosen=chosen if chosen in _FILTERS else "all",
        search=wanted,
        services=[each for each in listed if _shows(chosen, each)],
    )


@routes.get("/desk/services/{id}")
@for_advisers
async def service(request: web.Request, adviser: staff.StaffAccount) -> web.Response:
    """A service's form, and its history."""
    return await request.app[DIRECTORY_DATABASE].read(_form_page, request, adviser, None, ())


@routes.post("/desk/services/{id}")
@for_advisers
async def save(request: web.Request, adviser: staff.StaffAccount) -> web.StreamResponse:
    """Save what was changed; with a fault nothing is saved and nothing that was typed is lost."""
    form = await request.post()
    return await request.app[DIRECTORY_DATABASE].write(_save, request, adviser, form)


@routes.post("/desk/services/{id}/checked")
@for_advisers
async def checked(request: web.Request, adviser: staff.StaffAccount) -> web.StreamResponse:
    """All of it is right, as of today."""

    def mark(session: Session) -> None:
        found = _service(session, request)
        editing.mark_checked(session, found, _today(request), adviser.id, request.app[CLOCK])

    await request.app[DIRECTORY_DATABASE].write(mark)
    raise web.HTTPSeeOther(f"/desk/services/{request.match_info['id']}")


@routes.post("/desk/services/{id}/alert")
@for_advisers
async def alert(request: web.Request, adviser: staff.StaffAccount) -> web.StreamResponse:
    """Publish something urgent, or end it."""
    text = str((await request.post()).get("alert", ""))

    def publish(session: Session) -> None:
        found = _service(session, request)
        editing.set_alert(session, found, text, adviser.id, request.app[CLOCK])

    await request.app[DIRECTORY_DATABASE].write(publish)
    raise web.HTTPSeeOther(f"/desk/services/{request.match_info['id']}")


def _listed(session: Session, today: date, wanted: str) -> list[Listed]:
    listed = quality.services_to_look_at(session, today)
    if not wanted:
        return listed
    found = find(session, wanted, _FOUND)
    said = words(wanted)
    return [
        each
        for each in listed
        if each.id in found and any(word in " ".join(words(each.name)) for word in said)
    ] or [each for each in listed if each.id in found]


def _shows(name: str, each: Listed) -> bool:
    return {
        "stale": each.is_stale,
        "duplicate": bool(each.alike),
        "never_found": each.is_never_found,
        "alert": each.has_alert,
        "closed": each.status != "active",
    }.get(name, True)


def _save(
    session: Session, request: web.Request, adviser: staff.StaffAccount, form: Any
) -> web.StreamResponse:
    found = _service(session, request)
    edit = service_form.read(form, editing.stored(session, found, _languages(request)))
    problems = editing.problems(edit)
    if not problems:
        opened_at = str(form.get("opened_at_change", "0"))
        try:
            editing.save(
                session,
                found,
                edit,
                int(opened_at) if opened_at.isdecimal() else 0,
                adviser.id,
                request.app[CLOCK],
            )
        except EditedMeanwhile:
            problems = [Problem("", "meanwhile")]
        else:
            return web.Response(status=303, headers={"Location": f"/desk/services/{found.id}"})
    return _form_page(session, request, adviser, edit, problems)


def _form_page(
    session: Session,
    request: web.Request,
    adviser: staff.StaffAccount,
    edit: ServiceEdit | None,
    problems: Sequence[Problem],
) -> web.Response:
    language, found = staff_language(request), _service(session, request)
    before = editing.stored(session, found, _languages(request))
    shown = edit or before
    stale = {tag for tag, row in before.translations.items() if row.is_stale}
    spoken = dict.fromkeys((*request.app[SETTINGS].municipality.languages, *shown.languages))
    return html(
        "service.html",
        request,
        adviser=adviser.name,
        status=400 if problems else 200,
        words=directory_texts.page_texts(language),
        service=found,
        edit=shown,
        sections=[service_form.with_new_rows(section) for section in shown.sections],
        problems=_by_place(problems, language),
        statuses=[(key, directory_texts.statuses(language)[key]) for key in editing.STATUSES],
        categories=[(code, translate(name, language)) for code, name in CATEGORIES.items()],
        spoken=[(tag, language_name(tag, language)) for tag in spoken],
        weekdays=list(zip(WEEKDAYS, directory_texts.weekdays(language), strict=True)),
        repeats=[(key, directory_texts.repeats(language)[key]) for key in REPEATS],
        day_kinds=[(key, directory_texts.day_kinds(language)[key]) for key in DAY_KINDS],
        languages=[
            (tag, language_name(tag, language), LANGUAGES[tag].direction, tag in stale)
            for tag in before.translations
        ],
        opened_at_change=editing.latest_change(session, found.id),
        history=_history(session, request, found.id),
    )


def _by_place(problems: Sequence[Problem], language: str) -> Mapping[str, list[str]]:
    by_place: dict[str, list[str]] = {}
    for problem in problems:
        text = directory_texts.problem(problem.reason, language)
        by_place.setdefault(problem.where, []).append(text)
    return by_place


def _history(session: Session, request: web.Request, service_id: str) -> list[dict[str, Any]]:
    language = staff_language(request)
    zone = request.app[SETTINGS].municipality.zone
    rows = session.execute(
        select(DirectoryChange, staff.StaffAccount.name)
        .outerjoin(staff.StaffAccount, staff.StaffAccount.id == DirectoryChange.account_id)
        .where(DirectoryChange.service_id == service_id)
        .order_by(DirectoryChange.id.desc())
        .limit(_HISTORY)
    ).tuples()
    return [
        {
            "at": format_datetime(change.at.astimezone(zone), "medium", locale=language),
            "who": name or change.source or "–",
            "field": directory_texts.field(change.field, language),
            "before": change.before or "–",
            "after": change.after or "–",
        }
        for change, name in rows
    ]


def _service(session: Session, request: web.Request) -> Service:
    found = session.get(Service, request.match_info["id"])
    if found is None:
        raise web.HTTPNotFound
    return found


def _languages(request: web.Request) -> tuple[str, ...]:
    """Languages of translations: the texts themselves are Swedish."""
    return tuple(tag for tag in request.app[SETTINGS].municipality.languages if tag != "sv")


def _today(request: web.Request) -> date:
    now: datetime = request.app[CLOCK]()
    return now.astimezone(request.app[SETTINGS].municipality.zone).date()
