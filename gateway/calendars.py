"""Calendars of caseworkers and interpreters, for whoever has the address to subscribe to."""

from datetime import datetime
from hashlib import sha256

from aiohttp import ETag, web
from sqlalchemy.orm import Session

from contact_point.appointments.feeds import feed, resource_of
from gateway.keys import CLOCK, DATABASE, SETTINGS

routes = web.RouteTableDef()


class SeenCalendars:
    """Since when this process has known each calendar as it is."""

    def __init__(self) -> None:
        self._seen: dict[str, tuple[str, datetime]] = {}

    def since(self, resource_id: str, digest: str, now: datetime) -> datetime:
        """When it was first seen with this content."""
        known = self._seen.get(resource_id)
        if known is None or known[0] != digest:
            known = self._seen[resource_id] = digest, now.replace(microsecond=0)
        return known[1]


_SEEN = web.AppKey("seen_calendars", SeenCalendars)


def set_up(app: web.Application) -> None:
    """The routes, and what they remember."""
    app[_SEEN] = SeenCalendars()
    app.add_routes(routes)


@routes.get(r"/calendars/{token:[A-Za-z0-9_-]{1,64}}.ics")
async def calendar(request: web.Request) -> web.Response:
    """The appointments of one person; 304 where the reader has them already."""
    token, now = request.match_info["token"], request.app[CLOCK]()
    municipality = request.app[SETTINGS].municipality

    def read(session: Session) -> tuple[str, bytes]:
        resource = resource_of(session, token)
        if resource is None:
            raise web.HTTPNotFound
        return resource.id, feed(session, resource, municipality, now)

    resource_id, body = await request.app[DATABASE].read(read)
    digest = sha256(body).hexdigest()
    changed = request.app[_SEEN].since(resource_id, digest, now)
    response = web.Response(
        body=body,
        content_type="text/calendar",
        charset="utf-8",
        headers={"Cache-Control": "private, no-store", "X-Robots-Tag": "noindex"},
    )
    if _has_it(request, digest, changed):
        response = web.Response(status=304, headers={"Cache-Control": "private, no-store"})
    response.etag = ETag(digest)
    response.last_modified = changed
    return response


def _has_it(request: web.Request, digest: str, changed: datetime) -> bool:
    if request.if_none_match is not None:
        return any(each.value in (digest, "*") for each in request.if_none_match)
    since = request.if_modified_since
    return since is not None and changed <= since
