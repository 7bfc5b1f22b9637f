"""Pages for caseworkers, interpreters, offices and appointment types: the list with what to look
at, and a form for each."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from urllib.parse import quote

from aiohttp import web
from babel.dates import get_day_names
from sqlalchemy.orm import Session

from contact_point import staff
from contact_point.appointments import editing, feeds, lookup
from contact_point.appointments.calendar import Calendar
from contact_point.appointments.codes import show_code
from contact_point.appointments.editing import Refused
from contact_point.appointments.presentation import appointment_time
from contact_point.appointments.records import RANGES, Problem
from contact_point.appointments.stored_records import Row, is_active, record_of, rows
from contact_point.appointments.tables import (
    Appointment,
    AppointmentType,
    Caseworker,
    Interpreter,
    Office,
    Resource,
)
from contact_point.languages import LANGUAGES
from contact_point.settings import WEEKDAYS
from contact_point.translations import translate
from gateway.desk import appointment_texts, caseworker_form, caseworker_texts
from gateway.desk.access import for_advisers, html, staff_language
from gateway.desk.caseworker_form import KINDS, Kind, Shown
from gateway.desk.views import language_name
from gateway.keys import CLOCK, DATABASE, SETTINGS

_ADDRESS = "/desk/caseworkers"
routes = web.RouteTableDef()


@routes.get(_ADDRESS)
@for_advisers
async def everybody(request: web.Request, adviser: staff.StaffAccount) -> web.Response:
    """All of them by kind, each with what to look at."""
    return await request.app[DATABASE].read(_list_page, request, adviser)


@routes.get(_ADDRESS + "/{kind}")
@routes.get(_ADDRESS + "/{kind}/{id}")
@for_advisers
async def form(request: web.Request, adviser: staff.StaffAccount) -> web.Response:
    """The form of one, or of a new one."""
    return await request.app[DATABASE].read(_form_page, request, adviser, None, ())


@routes.post(_ADDRESS + "/{kind}")
@routes.post(_ADDRESS + "/{kind}/{id}")
@for_advisers
async def save(request: web.Request, adviser: staff.StaffAccount) -> web.StreamResponse:
    """Save it; with a fault nothing is saved and nothing that was typed is lost."""
    sent = await request.post()
    return await request.app[DATABASE].write(_save, request, adviser, sent)


@routes.post(_ADDRESS + "/{kind}/{id}/calendar")
@for_advisers
async def new_address(request: web.Request, _adviser: staff.StaffAccount) -> web.StreamResponse:
    """Give their calendar a new address; the old one stops working."""

    def renew(session: Session) -> None:
        row = _row(session, request)
        if not isinstance(row, Resource):
            raise web.HTTPNotFound
        feeds.renew_token(session, row)

    await request.app[DATABASE].write(renew)
    address = _address(request.match_info["kind"], request.match_info["id"])
    return web.Response(status=303, headers={"Location": f"{address}#calendar"})


def _save(
    session: Session, request: web.Request, adviser: staff.StaffAccount, sent: Any
) -> web.StreamResponse:
    kind, row = _kind(request), _row(session, request)
    shown = caseworker_form.read(kind, sent, _stored(kind, row))
    key = row.id if row else _new_id(session, kind, shown)
    record, unread = caseworker_form.to_record(kind, key, shown)
    if unread:
        found = editing.problems(session, record, active=shown.active)
        places = {each.field for each in unread}
        others = [each for each in caseworker_form.placed(found, shown) if each.field not in places]
        return _form_page(session, request, adviser, shown, [*unread, *others])
    try:
        editing.save(
            session,
            record,
            active=shown.active,
            opened_version=str(sent.get("opened_version", "")),
            calendar=_calendar(request),
            now=request.app[CLOCK](),
        )
    except Refused as refusal:
        found = caseworker_form.placed(refusal.problems, shown)
        return _form_page(session, request, adviser, shown, found)
    is_gone = editing.find(session, type(record), key) is None
    address = _ADDRESS if is_gone else _address(kind.key, key)
    return web.Response(status=303, headers={"Location": f"{address}?saved=yes"})


def _list_page(session: Session, request: web.Request, adviser: staff.StaffAccount) -> web.Response:
    language = staff_language(request)
    names = caseworker_texts.kinds(language)
    stranded = lookup.stranded(session, _calendar(request), request.app[CLOCK]())
    found: dict[str, Sequence[Row]] = {
        "caseworker": rows(session, Caseworker),
        "interpreter": rows(session, Interpreter),
        "office": rows(session, Office),
        "type": rows(session, AppointmentType),
    }
    return html(
        "caseworkers.html",
        request,
        adviser=adviser.name,
        words=caseworker_texts.page_texts(language),
        saved="saved" in request.query,
        groups=[
            {
                "kind": kind,
                "new": names[kind]["new"],
                "title": names[kind]["many"],
                "rows": _listed(request, kind, of_kind, stranded),
            }
            for kind, of_kind in found.items()
        ],
    )


def _listed(
    request: web.Request, kind: str, found: Iterable[Row], stranded: Sequence[Appointment]
) -> list[dict[str, Any]]:
    """Rows of the list: those in use first, by name."""
    language, calendar = staff_language(request), _calendar(request)
    words = caseworker_texts.page_texts(language)
    listed = []
    for row in found:
        flags = [] if is_active(row) else [words["closed" if kind == "office" else "left"]]
        if isinstance(row, Resource):
            without = [
                each
                for each in stranded
                if row.id in (each.caseworker_id, each.interpreter_id)
                and not lookup.keeps(row, each, calendar)
            ]
            if without:
                flags.append(f"{words['without_them']} {len(without)}")
            if row.active and row.busy_problem:
                flags.append(f"{words['unread']} {translate(row.busy_problem, language)}")
        name, about = _name_and_about(row, language)
        listed.append(
            {
                "link": _address(kind, row.id),
                "name": name,
                "about": about,
                "flags": flags,
                "rank": (not is_active(row), name),
            }
        )
    return sorted(listed, key=lambda each: each["rank"])


def _name_and_about(row: Row, language: str) -> tuple[str, str]:
    subjects = caseworker_texts.subjects(language)
    if isinstance(row, Office):
        return row.name, row.address
    if isinstance(row, AppointmentType):
        words = caseworker_texts.page_texts(language)
        return _joined(subjects, row.subjects), f"{row.minutes} {words['minutes'].lower()}"
    spoken = _joined({tag: language_name(tag, language) for tag in row.languages}, row.languages)
    if isinstance(row, Interpreter):
        return row.first_name, spoken
    return row.first_name, f"{_joined(subjects, row.subjects or ())} · {spoken}"


def _form_page(
    session: Session,
    request: web.Request,
    adviser: staff.StaffAccount,
    edited: Shown | None,
    problems: Sequence[Problem],
) -> web.Response:
    language, kind, row = staff_language(request), _kind(request), _row(session, request)
    shown = edited or _stored(kind, row)
    spoken = dict.fromkeys(
        (
            *request.app[SETTINGS].municipality.languages,
            *LANGUAGES,
            *shown.choices.get("languages", ()),
        )
    )
    day_names = get_day_names("wide", "stand-alone", language)
    names = caseworker_texts.kinds(language)[kind.key]
    return html(
        "caseworker.html",
        request,
        adviser=adviser.name,
        status=400 if problems else 200,
        words=caseworker_texts.page_texts(language),
        kind=kind.key,
        action=request.path,
        title=_name_and_about(row, language)[0] if row else names["new"],
        is_new=row is None,
        shown=shown,
        saved="saved" in request.query and not problems,
        problems=_by_place(problems, language),
        opened_version=editing.version(row),
        ranges=RANGES,
        weekdays=[(name, day_names[number]) for number, name in enumerate(WEEKDAYS)],
        offices=[
            (office.id, office.name)
            for office in rows(session, Office)
            if office.active or office.id in shown.offices
        ],
        subjects=caseworker_texts.subjects(language).items(),
        spoken=[(tag, language_name(tag, language)) for tag in spoken],
        places=appointment_texts.places(language).items(),
        things=caseworker_texts.things(language).items(),
        states=caseworker_texts.states(kind.key, language).items(),
        to_give=_to_give(session, request, row),
        feed=feeds.feed_link(request.app[SETTINGS].municipality.web_base_url, row)
        if isinstance(row, Resource)
        else None,
        has_feed=isinstance(row, Resource) and row.active,
        busy_problem=translate(row.busy_problem, language)
        if isinstance(row, Resource) and row.busy_problem
        else "",
    )


def _to_give(session: Session, request: web.Request, row: Row | None) -> list[dict[str, str]]:
    """The appointments to come that somebody doesn't keep."""
    if not isinstance(row, Resource):
        return []
    calendar, language = _calendar(request), staff_language(request)
    return [
        {
            "link": f"/desk/appointments/{each.id}",
            "when": appointment_time(each, language),
            "about": caseworker_texts.subjects(language).get(each.subject, each.subject),
            "code": show_code(each.code),
        }
        for each in editing.upcoming_of(session, row.id, request.app[CLOCK]())
        if not lookup.keeps(row, each, calendar)
    ]


def _by_place(problems: Iterable[Problem], language: str) -> Mapping[str, list[str]]:
    by_place: dict[str, list[str]] = {}
    for problem in problems:
        texts = by_place.setdefault(problem.field, [])
        text = caseworker_texts.problem(problem.field, problem.reason, language)
        if text not in texts:
            texts.append(text)
    return by_place


def _stored(kind: Kind, row: Row | None) -> Shown:
    if row is None:
        return caseworker_form.show(kind, kind.empty)
    return caseworker_form.show(kind, record_of(row), active=is_active(row))


def _new_id(session: Session, kind: Kind, shown: Shown) -> str:
    name = shown.texts.get(kind.named_by) or "-".join(shown.choices.get(kind.named_by, ()))
    return editing.new_id(session, type(kind.empty), name)


def _address(kind: str, key: str) -> str:
    return f"{_ADDRESS}/{kind}/{quote(key)}"


def _joined(names: Mapping[str, str], keys: Iterable[str]) -> str:
    return ", ".join(names.get(key, key) for key in keys)


def _kind(request: web.Request) -> Kind:
    kind = KINDS.get(request.match_info["kind"])
    if kind is None:
        raise web.HTTPNotFound
    return kind


def _row(session: Session, request: web.Request) -> Row | None:
    """What is edited; None for a new one."""
    kind, key = _kind(request), request.match_info.get("id")
    row = editing.find(session, type(kind.empty), key) if key else None
    if key and row is None:
        raise web.HTTPNotFound
    return row


def _calendar(request: web.Request) -> Calendar:
    return Calendar.of(request.app[SETTINGS].municipality)
