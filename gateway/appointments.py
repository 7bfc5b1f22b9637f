"""Calendar objects of appointments, for whoever has the link."""

from aiohttp import web
from sqlalchemy.orm import Session

from contact_point.appointments.calendar_object import calendar_object
from contact_point.appointments.links import is_own
from contact_point.appointments.tables import Appointment
from gateway.keys import CLOCK, DATABASE, SETTINGS

routes = web.RouteTableDef()


@routes.get(r"/appointments/{id:\d{1,12}}/{proof:[0-9a-f]{32}}.ics")
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
