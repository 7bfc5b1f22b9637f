"""Services as files for a phone: `/directory/{id}.vcf` and `/directory/{id}.ics`."""

from aiohttp import web

from contact_point.directory import files
from contact_point.directory.search import places_by_id
from contact_point.directory.tables import ServiceAtLocation
from gateway.directory_api.routes import guarded
from gateway.keys import CLOCK, DIRECTORY_DATABASE, SETTINGS

routes = web.RouteTableDef()


@routes.get("/directory/{id}.vcf")
@guarded
async def contact(request: web.Request) -> web.StreamResponse:
    """A contact to save (vCard)."""
    place = await _place(request)
    return _file(files.vcard(place).encode(), "text/vcard", f"{place.id}.vcf")


@routes.get("/directory/{id}.ics")
@guarded
async def visit(request: web.Request) -> web.StreamResponse:
    """The next opening (iCalendar)."""
    place = await _place(request)
    zone = request.app[SETTINGS].municipality.zone
    content = files.visit(place, request.app[CLOCK](), zone)
    if content is None:
        raise web.HTTPNotFound(reason="Opening hours are not known")
    return _file(content, "text/calendar", f"{place.id}.ics")


async def _place(request: web.Request) -> ServiceAtLocation:
    found = await request.app[DIRECTORY_DATABASE].read(places_by_id, [request.match_info["id"]])
    if not found:
        raise web.HTTPNotFound()
    return found[0]


def _file(content: bytes, kind: str, name: str) -> web.Response:
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-cache"}
    return web.Response(body=content, content_type=kind, charset="utf-8", headers=headers)
