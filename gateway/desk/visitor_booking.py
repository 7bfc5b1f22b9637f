"""Booking for a visitor: what about, when, and who they are, on one page that grows."""

import re
import secrets
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from aiohttp import web
from sqlalchemy import select
from sqlalchemy.orm import Session

from contact_point import staff
from contact_point.appointments import booking, notes
from contact_point.appointments.booking import Request, SlotTaken
from contact_point.appointments.calendar import Calendar
from contact_point.appointments.contacts import read_contact
from contact_point.appointments.meeting_places import meeting_places, place_title, wishes_of
from contact_point.appointments.names import MAX_LENGTH, read_name
from contact_point.appointments.offers import (
    Offer,
    Wishes,
    candidates,
    nearest,
    offers,
    subjects_offered,
)
from contact_point.appointments.subjects import SUBJECTS
from contact_point.appointments.tables import Caseworker, Office
from gateway.desk import appointment_texts
from gateway.desk.access import for_advisers, html, staff_language
from gateway.desk.appointment_views import (
    Words,
    known,
    link,
    of_week,
    offers_by_day,
    read_choice,
    week_to_show,
    weeks,
)
from gateway.desk.views import language_name
from gateway.keys import CLOCK, DATABASE, SETTINGS

_HERE = "/desk/appointments/new"
_ASKED = ("subject", "language", "place", "caseworker")
_TOKEN = re.compile(r"[\w-]{16,64}")
routes = web.RouteTableDef()


@dataclass(frozen=True)
class _Refusal:
    """Why nothing was booked: keys of `appointment_texts.problem` by field."""

    problems: Mapping[str, str]
    status: int = 400


@routes.get(_HERE)
@for_advisers
async def form(request: web.Request, adviser: staff.StaffAccount) -> web.Response:
    """What about, then the free times, then who comes."""
    return await request.app[DATABASE].read(_page, request, adviser, request.query)


@routes.post(_HERE)
@for_advisers
async def book(request: web.Request, adviser: staff.StaffAccount) -> web.StreamResponse:
    """Book once, however often the form is sent; with a fault nothing that was typed is lost."""
    sent = {name: str(value).strip() for name, value in (await request.post()).items()}
    return await request.app[DATABASE].write(_book, request, adviser, sent)


def _book(
    session: Session, request: web.Request, adviser: staff.StaffAccount, sent: Mapping[str, str]
) -> web.StreamResponse:
    wanted = _read(sent, adviser, request.app[SETTINGS].municipality.languages)
    if isinstance(wanted, _Refusal):
        return _page(session, request, adviser, sent, wanted)
    booked = booking.book(session, _calendar(request), wanted, request.app[CLOCK])
    if isinstance(booked, SlotTaken):
        return _page(session, request, adviser, sent, _Refusal({"time": "taken"}, 409))
    address = link(f"/desk/appointments/{booked.id}", done="booked")
    return web.Response(status=303, headers={"Location": address})


def _read(
    sent: Mapping[str, str], adviser: staff.StaffAccount, languages: Sequence[str]
) -> Request | _Refusal:
    """What the form asks for, or what is wrong with it."""
    choice, name = read_choice(sent.get("time", "")), read_name(sent.get("name", ""))
    contact, note = read_contact(sent.get("contact", "")), sent.get("note", "")
    token = sent.get("token", "")
    faults = {
        "subject": sent.get("subject") not in SUBJECTS,
        "language": sent.get("language") not in languages,
        "time": choice is None,
        "name": name is None,
        "contact": contact is None,
        "note": len(note) > notes.MAX_LENGTH,
        "token": not _TOKEN.fullmatch(token),
    }
    problems = {place: place for place, is_wrong in faults.items() if is_wrong}
    if problems or choice is None or name is None or contact is None:
        return _Refusal(problems)
    starts_at, caseworker_id = choice
    return Request(
        sent["subject"],
        starts_at,
        name,
        contact,
        sent["language"],
        None,
        f"desk/{adviser.id}/{token}",
        Wishes(
            **{**wishes_of(sent.get("place")), "caseworker_id": caseworker_id, "by_staff": True}
        ),
        note or None,
    )


def _page(
    session: Session,
    request: web.Request,
    adviser: staff.StaffAccount,
    sent: Mapping[str, str],
    refusal: _Refusal | None = None,
) -> web.Response:
    language, calendar = staff_language(request), _calendar(request)
    words = Words(language, calendar.zone)
    spoken = request.app[SETTINGS].municipality.languages
    asked, token = {name: sent.get(name, "") for name in _ASKED}, sent.get("token", "")
    is_asked = asked["subject"] in SUBJECTS and asked["language"] in spoken
    caseworkers = session.scalars(
        select(Caseworker).where(Caseworker.active).order_by(Caseworker.first_name)
    ).all()
    found = _offers(session, request, asked, caseworkers) if is_asked else []
    offices = {each.id: each for each in session.scalars(select(Office))}
    first = week_to_show(sent.get("week", ""), found, words.zone)
    problems = dict(refusal.problems) if refusal else {}
    choice = read_choice(sent.get("time", "")) if is_asked else None
    chosen = _chosen(session, request, asked, choice) if choice else []
    if choice and not chosen:
        problems["time"] = "taken"
    is_who = is_asked and bool(choice or refusal)
    wanted = choice[0] if choice else request.app[CLOCK]()
    places = meeting_places(session, asked["subject"]) if is_asked else []
    offered = subjects_offered(session)
    return html(
        "new_appointment.html",
        request,
        status=refusal.status if refusal else 200,
        adviser=adviser.name,
        words=words.texts,
        problems={
            place: appointment_texts.problem(reason, language) for place, reason in problems.items()
        },
        sent=sent,
        asked=asked,
        is_asked=is_asked,
        subjects=[(key, words.subject(key)) for key in SUBJECTS if key in offered],
        languages=[(tag, language_name(tag, language)) for tag in spoken],
        places=[(each.key, place_title(each, language)) for each in places],
        caseworkers=[(each.id, each.first_name) for each in caseworkers],
        is_who=is_who,
        is_chosen=bool(chosen),
        chosen=offers_by_day(chosen or nearest(found, wanted), words, offices) if is_who else [],
        days=_times(of_week(found, first, words.zone), words, offices, asked, first)
        if first
        else [],
        weeks=[
            {
                "number": each.isocalendar().week,
                "is_shown": each == first,
                "link": link(_HERE, **asked, week=each.isoformat()),
            }
            for each in weeks(found, words.zone)
        ],
        other_time=link(_HERE, **asked, week=sent.get("week")),
        token=token if _TOKEN.fullmatch(token) else secrets.token_urlsafe(24),
        name_length=MAX_LENGTH,
        note_length=notes.MAX_LENGTH,
    )


def _offers(
    session: Session,
    request: web.Request,
    asked: Mapping[str, str],
    caseworkers: Sequence[Caseworker],
) -> list[Offer]:
    """One offer a time, of the best caseworker or of the chosen one."""
    only = known(asked["caseworker"], caseworkers)
    return offers(
        session,
        _calendar(request),
        asked["subject"],
        asked["language"],
        request.app[CLOCK](),
        **Wishes(**{**wishes_of(asked["place"]), "caseworker_id": only, "by_staff": True}),
    )


def _chosen(
    session: Session,
    request: web.Request,
    asked: Mapping[str, str],
    choice: tuple[datetime, str],
) -> list[Offer]:
    """The chosen time, while its caseworker can be had."""
    starts_at, caseworker_id = choice
    found = candidates(
        session,
        _calendar(request),
        asked["subject"],
        asked["language"],
        request.app[CLOCK](),
        wanted=starts_at,
        **Wishes(**{**wishes_of(asked["place"]), "caseworker_id": caseworker_id, "by_staff": True}),
    )
    return found.get(starts_at, [])


def _times(
    found: Iterable[Offer],
    words: Words,
    offices: Mapping[str, Office],
    asked: Mapping[str, str],
    week: date,
) -> list[dict[str, Any]]:
    """The times of a week, each with the address of the page's next part."""
    days = offers_by_day(found, words, offices)
    for offer in (offer for day in days for offer in day["offers"]):
        offer["link"] = link(_HERE, **asked, week=week.isoformat(), time=offer["value"]) + "#who"
    return days


def _calendar(request: web.Request) -> Calendar:
    return Calendar.of(request.app[SETTINGS].municipality)
