"""The calendar of appointments, and what staff do with one of them."""

from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta
from typing import Any

from aiohttp import web
from sqlalchemy import select
from sqlalchemy.orm import Session

from contact_point import staff
from contact_point.appointments import agenda, booking, deliveries, waiting_list
from contact_point.appointments.booking import NotBegun, NotUpcoming, SlotTaken
from contact_point.appointments.calendar import Calendar
from contact_point.appointments.codes import show_code
from contact_point.appointments.contacts import Contact, show_contact
from contact_point.appointments.meeting_places import place_line
from contact_point.appointments.offers import Wishes, nearest, offers
from contact_point.appointments.presentation import visitor
from contact_point.appointments.reasons import REASONS
from contact_point.appointments.tables import (
    ATTENDED,
    CANCELLED,
    HELD,
    MISSED,
    PENDING,
    Appointment,
    Caseworker,
    Delivery,
    Office,
    Resource,
)
from contact_point.conversations.messages import messages_after
from contact_point.conversations.tables import Conversation
from contact_point.languages import LANGUAGES
from contact_point.translations import translate
from gateway.channels.web import message_view
from gateway.desk import appointment_texts, texts
from gateway.desk.access import for_advisers, html, staff_language
from gateway.desk.appointment_views import (
    Words,
    by_caseworker,
    by_day,
    known,
    link,
    monday,
    of_week,
    offers_by_day,
    read_choice,
    read_day,
    rows,
    week_to_show,
    weeks,
)
from gateway.desk.views import language_name
from gateway.keys import CLOCK, DATABASE, SETTINGS

_HERE = "/desk/appointments"
_ONE = r"/desk/appointments/{id:\d{1,9}}"
_WITH_HUMAN = ("waiting", "with_adviser")
routes = web.RouteTableDef()


@routes.get(_HERE)
@for_advisers
async def calendar_page(request: web.Request, adviser: staff.StaffAccount) -> web.Response:
    """A day with a column for each caseworker, or a week; and what to look at."""
    return await request.app[DATABASE].read(_calendar_page, request, adviser)


@routes.get(_ONE)
@for_advisers
async def details(request: web.Request, adviser: staff.StaffAccount) -> web.Response:
    """One appointment, and what can be done with it."""
    return await request.app[DATABASE].read(_details_page, request, adviser)


@routes.post(_ONE + "/confirm")
@for_advisers
async def confirm(request: web.Request, adviser: staff.StaffAccount) -> web.StreamResponse:
    """Say yes to a pending appointment."""

    def work(session: Session, appointment_id: int) -> str:
        booking.confirm(session, _calendar(request), appointment_id, request.app[CLOCK])
        return "confirmed"

    return await _change(request, adviser, work)


@routes.post(_ONE + "/move")
@for_advisers
async def move(request: web.Request, adviser: staff.StaffAccount) -> web.StreamResponse:
    """Give it another time, another caseworker, or both."""
    choice = read_choice(str((await request.post()).get("time", "")))

    def work(session: Session, appointment_id: int) -> str:
        if choice is None:
            raise _Refused("time")
        starts_at, caseworker_id = choice
        wishes = _wishes(session.get_one(Appointment, appointment_id), caseworker_id)
        moved = booking.move(
            session, _calendar(request), appointment_id, starts_at, request.app[CLOCK], wishes
        )
        if isinstance(moved, SlotTaken):
            raise _Refused("taken", 409, starts_at)
        return "moved"

    return await _change(request, adviser, work)


@routes.post(_ONE + "/cancel")
@for_advisers
async def cancel(request: web.Request, adviser: staff.StaffAccount) -> web.StreamResponse:
    """Cancel it, with a reason that the newcomer is told."""
    reason = str((await request.post()).get("reason", ""))

    def work(session: Session, appointment_id: int) -> str:
        if reason not in REASONS:
            raise _Refused("reason")
        booking.cancel(session, _calendar(request), appointment_id, request.app[CLOCK], reason)
        return "cancelled"

    return await _change(request, adviser, work)


@routes.post(_ONE + "/{state:attended|missed}")
@for_advisers
async def mark(request: web.Request, adviser: staff.StaffAccount) -> web.StreamResponse:
    """Say whether the newcomer came."""

    def work(session: Session, appointment_id: int) -> str:
        booking.mark(session, appointment_id, request.match_info["state"], request.app[CLOCK])
        return "marked"

    return await _change(request, adviser, work)


@routes.post(_ONE + r"/messages/{message:\d{1,9}}/again")
@for_advisers
async def send_again(request: web.Request, adviser: staff.StaffAccount) -> web.StreamResponse:
    """Try a failed message once more."""

    def work(session: Session, appointment_id: int) -> str:
        message = session.get(Delivery, int(request.match_info["message"]))
        if message is None or message.appointment_id != appointment_id:
            raise web.HTTPNotFound
        deliveries.send_again(session, message.id, request.app[CLOCK]())
        return "sent"

    return await _change(request, adviser, work)


@routes.get("/desk/conversations/{id}/transcript")
@for_advisers
async def transcript(request: web.Request, adviser: staff.StaffAccount) -> web.Response:
    """What was said before an appointment was booked, to read only. Conversations without an
    appointment stay between the newcomer and the assistant."""
    return await request.app[DATABASE].read(_transcript_page, request, adviser)


class _Refused(Exception):  # noqa: N818 - what was sent can't be done
    """Why nothing was changed: a key of `appointment_texts.problem`, and the time that is taken."""

    def __init__(self, reason: str, status: int = 400, wanted: datetime | None = None) -> None:
        super().__init__(reason)
        self.reason, self.status, self.wanted = reason, status, wanted


async def _change(
    request: web.Request,
    adviser: staff.StaffAccount,
    work: Callable[[Session, int], str],
) -> web.StreamResponse:
    """Change an appointment and show it; where that can't be, show it with the reason."""

    def in_transaction(session: Session) -> web.Response:
        appointment = _appointment(session, request)
        try:
            done = work(session, appointment.id)
        except NotUpcoming:
            refused = _Refused("not_upcoming", 409)
        except NotBegun:
            refused = _Refused("not_begun", 409)
        except _Refused as reason:
            refused = reason
        else:
            address = link(f"{_HERE}/{appointment.id}", done=done)
            return web.Response(status=303, headers={"Location": address})
        return _details_page(session, request, adviser, refused)

    return await request.app[DATABASE].write(in_transaction)


def _calendar_page(
    session: Session, request: web.Request, adviser: staff.StaffAccount
) -> web.Response:
    language, calendar, now = staff_language(request), _calendar(request), request.app[CLOCK]()
    words, query = Words(language, calendar.zone), request.query
    today = calendar.local_day(now)
    wanted = query.get("date", "")
    day, is_week = read_day(wanted) or today, query.get("view") == "week"
    caseworkers = session.scalars(select(Caseworker).order_by(Caseworker.first_name)).all()
    offices = session.scalars(select(Office).order_by(Office.name)).all()
    caseworker = known(query.get("caseworker"), caseworkers)
    office = known(query.get("office"), offices)
    step = 7 if is_week else 1
    days = [monday(day) + timedelta(days=number) for number in range(7)] if is_week else [day]
    found = agenda.agenda(session, calendar, (days[0], days[-1]), now, caseworker, office)
    columns = (
        by_day(found, days, words, calendar) if is_week else by_caseworker(found, words, calendar)
    )

    def address(of: date, view: str = query.get("view", "")) -> str:
        return link(_HERE, view=view, date=of.isoformat(), caseworker=caseworker, office=office)

    return html(
        "appointments.html",
        request,
        adviser=adviser.name,
        words=words.texts,
        problem=appointment_texts.problem("date", language)
        if wanted and not read_day(wanted)
        else "",
        is_week=is_week,
        day=day.isoformat(),
        heading=_heading(day, is_week, words),
        iso="{}-W{:02}".format(*day.isocalendar()) if is_week else day.isoformat(),
        week=day.isocalendar().week,
        is_closed=calendar.is_closed(day) and not is_week,
        previous=address(day - timedelta(days=step)),
        today=address(today),
        next=address(day + timedelta(days=step)),
        caseworkers=[(each.id, each.first_name, each.active) for each in caseworkers],
        offices=[(each.id, each.name) for each in offices],
        chosen_caseworker=caseworker,
        chosen_office=office,
        columns=columns,
        hours=rows(columns),
        look_at=_look_at(session, calendar, words, now),
    )


def _look_at(
    session: Session, calendar: Calendar, words: Words, now: datetime
) -> dict[str, list[dict[str, Any]]]:
    """The parts of the box; those without anything are empty."""
    found = agenda.look_at(session, calendar, now)

    def line(one: Appointment, about: str = "") -> dict[str, Any]:
        return {
            "link": f"{_HERE}/{one.id}",
            "when": words.moment(one.starts_at),
            "name": visitor(one),
            "about": about or one.caseworker.first_name,
        }

    names = _names(session)
    return {
        "pending": [line(one) for one in found.pending],
        "stranded": [line(one) for one in found.stranded],
        "late_today": [line(one) for one in found.late],
        "in_trouble": [
            line(one, " · ".join(filter(None, _about_message(each, names, words))))
            for each, one in found.troubled
        ],
        "unread": [
            {"name": each.first_name, "about": translate(each.busy_problem, words.language)}
            for each in found.unread
            if each.busy_problem
        ],
    }


def _details_page(
    session: Session,
    request: web.Request,
    adviser: staff.StaffAccount,
    refused: _Refused | None = None,
) -> web.Response:
    appointment = _appointment(session, request)
    settings, language, now = request.app[SETTINGS], staff_language(request), request.app[CLOCK]()
    calendar = _calendar(request)
    words = Words(language, calendar.zone)
    contact = Contact(appointment.email, appointment.phone)
    day = calendar.local_day(appointment.starts_at)
    return html(
        "appointment.html",
        request,
        status=refused.status if refused else 200,
        adviser=adviser.name,
        words=words.texts,
        problem=appointment_texts.problem(refused.reason, language) if refused else "",
        done=appointment_texts.done(request.query.get("done", ""), language),
        appointment=appointment,
        visitor=visitor(appointment),
        state=words.states[appointment.state],
        day=words.day(day),
        starts=words.clock(appointment.starts_at),
        ends=words.clock(appointment.ends_at),
        back=link(_HERE, date=day.isoformat()),
        code=show_code(appointment.code),
        subject=words.subject(appointment.subject),
        place=place_line(appointment, appointment.office, settings.municipality, language),
        place_name=words.places[appointment.place],
        contact=show_contact(contact),
        contact_link=f"tel:{contact.phone}" if contact.phone else f"mailto:{contact.email}",
        spoken=language_name(appointment.language, language),
        reason=translate(REASONS[appointment.reason], language)
        if appointment.reason in REASONS
        else "",
        history=_history(appointment, words),
        is_waiting=waiting_list.is_waiting(session, appointment.id),
        conversation=_conversation(session, appointment),
        messages=_messages(session, appointment, words),
        is_pending=appointment.state == PENDING,
        is_upcoming=booking.is_upcoming(appointment, now),
        can_be_marked=appointment.state != CANCELLED and appointment.starts_at <= now,
        has_come=appointment.state == ATTENDED,
        has_missed=appointment.state == MISSED,
        reasons=[(key, translate(text, language)) for key, text in REASONS.items()],
        moving=_moving(session, request, appointment, words, refused)
        if booking.is_upcoming(appointment, now)
        else None,
    )


def _moving(
    session: Session,
    request: web.Request,
    appointment: Appointment,
    words: Words,
    refused: _Refused | None,
) -> dict[str, Any]:
    """The times that it could have instead: of a week, or the nearest to one that is taken."""
    caseworkers = [
        each
        for each in session.scalars(select(Caseworker).where(Caseworker.active))
        if appointment.subject in (each.subjects or ())
    ]
    chosen = known(request.query.get("with"), caseworkers)
    found = [
        offer
        for offer in offers(
            session,
            _calendar(request),
            appointment.subject,
            appointment.language,
            request.app[CLOCK](),
            appointment,
            **_wishes(appointment, chosen),
        )
        if booking.has_lost_interpreter(appointment)
        or (offer.starts_at, offer.caseworker_id)
        != (appointment.starts_at, appointment.caseworker_id)
    ]
    first = week_to_show(request.query.get("week", ""), found, words.zone)
    shown = of_week(found, first, words.zone) if first else []
    if refused and refused.wanted:
        shown = nearest(found, refused.wanted)
    offices = {each.id: each for each in session.scalars(select(Office))}
    here = f"{_HERE}/{appointment.id}"
    return {
        "is_open": bool(
            (refused and refused.reason in ("time", "taken"))
            or {"with", "week"} & request.query.keys()
        ),
        "caseworkers": [(each.id, each.first_name) for each in caseworkers],
        "chosen": chosen,
        "days": offers_by_day(shown, words, offices, appointment.starts_at),
        "weeks": [
            {
                "number": each.isocalendar().week,
                "is_shown": each == first,
                "link": link(here, **{"with": chosen}, week=each.isoformat()) + "#move",
            }
            for each in weeks(found, words.zone)
        ],
    }


def _wishes(appointment: Appointment, caseworker_id: str | None) -> Wishes:
    """By phone stays by phone; another office is staff's own choice."""
    return Wishes(place=appointment.place, caseworker_id=caseworker_id, by_staff=True)


def _history(appointment: Appointment, words: Words) -> list[tuple[str, Any]]:
    happened = (
        (words.texts["created"], appointment.created_at),
        (words.texts["moved"], appointment.moved_at),
        (words.texts["said_late"], appointment.late_at),
        (words.texts["cancelled"], appointment.cancelled_at),
    )
    return [(what, words.moment(at)) for what, at in happened if at]


def _conversation(session: Session, appointment: Appointment) -> dict[str, Any] | None:
    """Where the conversation that led to it can be read; None once it is deleted."""
    found = session.get(Conversation, appointment.conversation_id or "")
    if found is None:
        return None
    if found.state in _WITH_HUMAN:
        return {"link": link("/desk", conversation=found.id), "is_open": True}
    return {"link": f"/desk/conversations/{found.id}/transcript", "is_open": False}


def _messages(session: Session, appointment: Appointment, words: Words) -> list[dict[str, Any]]:
    names, states = _names(session), appointment_texts.message_states(words.language)
    written = session.scalars(
        select(Delivery).where(Delivery.appointment_id == appointment.id).order_by(Delivery.id)
    )
    found = []
    for each in written:
        to, about, problem = _about_message(each, names, words)
        found.append(
            {
                "id": each.id,
                "to": to,
                "about": about,
                "state": states[each.state],
                "has_failed": each.state == "failed",
                "at": words.moment(each.sent_at or each.due_at) if each.state != "void" else None,
                "problem": problem,
            }
        )
    return found


def _about_message(
    message: Delivery, names: Mapping[str, str], words: Words
) -> tuple[str, str, str]:
    """To whom, about what, and what is wrong."""
    return (
        names.get(message.recipient) or words.texts["newcomer"],
        appointment_texts.message_about(message.event, words.language),
        translate(message.problem, words.language) if message.problem else "",
    )


def _transcript_page(
    session: Session, request: web.Request, adviser: staff.StaffAccount
) -> web.Response:
    language = staff_language(request)
    conversation_id = request.match_info["id"]
    conversation = session.get(Conversation, conversation_id)
    appointment = session.scalar(
        select(Appointment)
        .where(Appointment.conversation_id == conversation_id, Appointment.state != HELD)
        .order_by(Appointment.id.desc())
        .limit(1)
    )
    if conversation is None or appointment is None:
        raise web.HTTPNotFound
    words = Words(language, _calendar(request).zone)
    return html(
        "transcript.html",
        request,
        adviser=adviser.name,
        words=words.texts,
        appointment=appointment,
        visitor=visitor(appointment),
        spoken=language_name(conversation.language, language),
        direction=LANGUAGES[conversation.language].direction,
        tag=conversation.language,
        authors=texts.script_texts(language)["authors"],
        messages=[
            message_view(each) | {"at": words.moment(each.created_at)}
            for each in messages_after(session, conversation_id, 0)
        ],
    )


def _appointment(session: Session, request: web.Request) -> Appointment:
    found = session.get(Appointment, int(request.match_info["id"]))
    if found is None or found.state == HELD:
        raise web.HTTPNotFound
    return found


def _names(session: Session) -> dict[str, str]:
    return {each.id: each.first_name for each in session.scalars(select(Resource))}


def _heading(day: date, is_week: bool, words: Words) -> str:
    if not is_week:
        return words.day(day)
    return translate(
        "Week {number}, {year}",
        words.language,
        number=day.isocalendar().week,
        year=day.isocalendar().year,
    )


def _calendar(request: web.Request) -> Calendar:
    return Calendar.of(request.app[SETTINGS].municipality)
