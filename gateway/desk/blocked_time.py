"""Time of caseworkers and interpreters that staff block, and give free again."""

from collections.abc import Mapping, Sequence
from datetime import datetime, time, timedelta

from aiohttp import web
from sqlalchemy import select
from sqlalchemy.orm import Session

from contact_point import staff
from contact_point.appointments import blocks, claims
from contact_point.appointments.blocks import CALENDAR, InTheWay
from contact_point.appointments.calendar import Calendar
from contact_point.appointments.presentation import visitor
from contact_point.appointments.tables import HELD, Appointment, Block, Interpreter, Resource
from gateway.desk import appointment_texts
from gateway.desk.access import for_advisers, html, staff_language
from gateway.desk.appointment_views import Words, known, link, read_day
from gateway.keys import CLOCK, DATABASE, SETTINGS

_HERE = "/desk/appointments/blocks"
_DAY = timedelta(days=1)
routes = web.RouteTableDef()


@routes.get(_HERE)
@for_advisers
async def page(request: web.Request, adviser: staff.StaffAccount) -> web.Response:
    """The form, and what is blocked from now on."""
    return await request.app[DATABASE].read(_page, request, adviser, request.query)


@routes.post(_HERE)
@for_advisers
async def block(request: web.Request, adviser: staff.StaffAccount) -> web.StreamResponse:
    """Block a stretch of one day, unless an appointment lies in it."""
    sent = {name: str(value).strip() for name, value in (await request.post()).items()}
    return await request.app[DATABASE].write(_block, request, adviser, sent)


@routes.post(_HERE + r"/{id:\d{1,9}}/remove")
@for_advisers
async def remove(request: web.Request, _adviser: staff.StaffAccount) -> web.StreamResponse:
    """Give the time free again; what comes from somebody's own calendar stays."""

    def work(session: Session) -> None:
        found = session.get(Block, int(request.match_info["id"]))
        if found and found.source != CALENDAR:
            blocks.unblock(session, found.id)

    await request.app[DATABASE].write(work)
    return web.Response(status=303, headers={"Location": link(_HERE, done="removed")})


def _block(
    session: Session, request: web.Request, adviser: staff.StaffAccount, sent: Mapping[str, str]
) -> web.StreamResponse:
    calendar = _calendar(request)
    person = known(sent.get("person"), _people(session))
    day = read_day(sent.get("date", ""))
    begins, ends = _read_time(sent.get("from", "")), _read_time(sent.get("until", ""))
    faults = {
        "person": person is None,
        "date": day is None,
        "times": begins is None or ends is None or begins >= ends,
    }
    problems = [place for place, is_wrong in faults.items() if is_wrong]
    if problems or person is None or day is None or begins is None or ends is None:
        return _page(session, request, adviser, sent, problems)
    claims.release_expired(session, request.app[CLOCK]())
    found = blocks.block(
        session,
        person,
        datetime.combine(day, begins, calendar.zone),
        datetime.combine(day, ends, calendar.zone),
        blocks.DESK,
    )
    if isinstance(found, InTheWay):
        return _page(session, request, adviser, sent, ["in_the_way"], found.appointments)
    return web.Response(status=303, headers={"Location": link(_HERE, done="blocked")})


def _page(
    session: Session,
    request: web.Request,
    adviser: staff.StaffAccount,
    sent: Mapping[str, str],
    problems: Sequence[str] = (),
    in_the_way: Sequence[Appointment] = (),
) -> web.Response:
    language, now = staff_language(request), request.app[CLOCK]()
    words, people = Words(language, _calendar(request).zone), _people(session)
    names = {each.id: each.first_name for each in people}
    to_come = session.scalars(select(Block).where(Block.ends_at > now).order_by(Block.starts_at))
    status = 200 if not problems else 409 if in_the_way else 400
    return html(
        "blocked_time.html",
        request,
        status=status,
        adviser=adviser.name,
        words=words.texts,
        problems={each: appointment_texts.problem(each, language) for each in problems},
        done=appointment_texts.done(sent.get("done", ""), language),
        sent=sent,
        caseworkers=[each for each in people if not isinstance(each, Interpreter)],
        interpreters=[each for each in people if isinstance(each, Interpreter)],
        in_the_way=[
            {
                "link": f"/desk/appointments/{one.id}",
                "when": words.moment(one.starts_at),
                "name": visitor(one),
                "is_held": one.state == HELD,
            }
            for one in in_the_way
        ],
        blocks=[
            {
                "id": each.id,
                "who": names.get(each.resource_id, each.resource_id),
                "starts": words.moment(each.starts_at),
                "ends": words.moment(each.ends_at)
                if each.ends_at - each.starts_at >= _DAY
                else words.clock(each.ends_at),
                "is_own_calendar": each.source == CALENDAR,
            }
            for each in to_come
        ],
    )


def _people(session: Session) -> Sequence[Resource]:
    query = select(Resource).where(Resource.active)
    return session.scalars(query.order_by(Resource.first_name, Resource.id)).all()


def _read_time(text: str) -> time | None:
    """A time by the clock on the wall, as browsers send it."""
    try:
        wall = time.fromisoformat(text)
    except ValueError:
        return None
    return wall if wall.tzinfo is None else None


def _calendar(request: web.Request) -> Calendar:
    return Calendar.of(request.app[SETTINGS].municipality)
