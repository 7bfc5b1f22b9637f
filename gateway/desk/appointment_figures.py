"""What appointments come to in numbers."""

from datetime import date, datetime, time, timedelta
from typing import Any

from aiohttp import web
from babel.numbers import format_decimal, format_percent
from sqlalchemy.orm import Session

from contact_point import staff
from contact_point.appointments.calendar import Calendar
from contact_point.appointments.figures import EVENTS, Figures, figures
from gateway.desk import appointment_texts
from gateway.desk.access import for_advisers, html, staff_language
from gateway.desk.appointment_views import read_day
from gateway.desk.views import language_name
from gateway.keys import CLOCK, DATABASE, SETTINGS

_USUAL = timedelta(days=29)
"""Before today: thirty days with it."""
routes = web.RouteTableDef()


@routes.get("/desk/appointments/figures")
@for_advisers
async def page(request: web.Request, adviser: staff.StaffAccount) -> web.Response:
    """From one day to another; both belong to it."""
    return await request.app[DATABASE].read(_page, request, adviser)


def _page(session: Session, request: web.Request, adviser: staff.StaffAccount) -> web.Response:
    language = staff_language(request)
    calendar = Calendar.of(request.app[SETTINGS].municipality)
    today = calendar.local_day(request.app[CLOCK]())
    given = {"first": request.query.get("from", ""), "last": request.query.get("to", "")}
    first, last = (
        read_day(given["first"]) or today - _USUAL,
        read_day(given["last"]) or today,
    )
    problem = _problem(given, first, last)
    found = figures(
        session, _midnight(first, calendar), _midnight(last + timedelta(days=1), calendar)
    )
    words = appointment_texts.page_texts(language)
    return html(
        "appointment_figures.html",
        request,
        status=400 if problem else 200,
        adviser=adviser.name,
        words=words,
        problem=appointment_texts.problem(problem, language) if problem else "",
        first=given["first"] if problem else first.isoformat(),
        last=given["last"] if problem else last.isoformat(),
        rows=_rows(found, language),
        spoken=[
            {
                "name": language_name(tag, language),
                "with_one": with_one,
                "every": every,
                "share": format_percent(with_one / every, locale=language),
            }
            for tag, (with_one, every) in found.interpreter.items()
        ],
    )


def _rows(found: Figures, language: str) -> list[tuple[str, Any]]:
    words, names = appointment_texts.page_texts(language), appointment_texts.events(language)
    rows: list[tuple[str, Any]] = [(names[event], found.counts[event]) for event in EVENTS]
    marked = found.counts["attended"] + found.counts["missed"]
    share = format_percent(found.counts["missed"] / marked, locale=language) if marked else "–"
    lead = "–"
    if found.lead_days is not None:
        lead = format_decimal(found.lead_days, "#,##0.#", locale=language)
    return [*rows, (words["missed_share"], share), (words["lead"], lead)]


def _problem(given: dict[str, str], first: date, last: date) -> str | None:
    if any(text and read_day(text) is None for text in given.values()):
        return "date"
    return "dates" if first > last else None


def _midnight(day: date, calendar: Calendar) -> datetime:
    return datetime.combine(day, time.min, calendar.zone)
