"""The service directory for anybody: HSDS 3.2's API under `/hsds`, read only."""

import hashlib
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

import msgspec
from aiohttp import web
from sqlalchemy.orm import Session

from contact_point.directory import nested
from contact_point.directory.listing import LISTS, Filters, listed
from gateway.directory_api import openapi, parameters
from gateway.directory_api.parameters import BadParameter
from gateway.keys import DIRECTORY_DATABASE, DIRECTORY_LIMIT, SETTINGS

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

PREFIX = "/hsds"
_VERSION = "3.2"
_CACHED_SECONDS = 60
_AT_ONCE = 100
"""Entities of a stream that are read together."""
_NOT_FILTERS = {"page", "per_page", "format", "minimal", "full", "full_service"}
_HEADERS = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Expose-Headers": "ETag",
    "Cache-Control": f"public, max-age={_CACHED_SECONDS}",
}

routes = web.RouteTableDef()


def guarded(handler: Handler) -> Handler:
    """At most so many requests from one address; bad parameters are told."""

    async def checked(request: web.Request) -> web.StreamResponse:
        if not request.app[DIRECTORY_LIMIT].allow(request.remote or ""):
            return _refused(429, "too many requests", "wait a minute", {"Retry-After": "60"})
        try:
            return await handler(request)
        except BadParameter as problem:
            return _refused(400, "bad parameter", str(problem), {})

    return checked


@routes.get(PREFIX)
@routes.get(f"{PREFIX}/")
@guarded
async def about(request: web.Request) -> web.StreamResponse:
    """What this API is."""
    municipality = request.app[SETTINGS].municipality
    base = _base(request)
    return _json(
        request,
        {
            "version": _VERSION,
            "profile": f"{base}/profile.json",
            "openapi_url": f"{base}/openapi.json",
            "description": f"Tjänster i {municipality.name}",
            "publisher": {
                "name": municipality.name,
                "email": municipality.contact.email,
                "website": municipality.web_base_url,
            },
        },
    )


@routes.get(f"{PREFIX}/openapi.json")
@guarded
async def description(request: web.Request) -> web.StreamResponse:
    """The OpenAPI file."""
    return _json(request, openapi.document(_base(request)))


@routes.get(f"{PREFIX}/profile.json")
@guarded
async def profile(request: web.Request) -> web.StreamResponse:
    """The HSDS Profile."""
    return _json(request, openapi.profile())


@routes.get(f"{PREFIX}/{{path:{'|'.join(LISTS)}}}")
@guarded
async def entities(request: web.Request) -> web.StreamResponse:
    """A page of a list, or all of it as a stream of lines."""
    path = request.match_info["path"]
    wanted = parameters.read(path, request.query)
    entity = LISTS[path].__tablename__
    filters = Filters(**{key: value for key, value in wanted.items() if key not in _NOT_FILTERS})
    zone = request.app[SETTINGS].municipality.zone
    read = request.app[DIRECTORY_DATABASE].read
    ids = await read(listed, entity, filters, zone)
    if wanted.get("format") == "ndjson":
        return await _stream(request, entity, ids, wanted)
    number, size = wanted.get("page", 1), wanted.get("per_page", 50)
    part = ids[(number - 1) * size : number * size]
    pages = -(-len(ids) // size)
    contents = await read(_documents, entity, part, wanted)
    return _json(
        request,
        {
            "total_items": len(ids),
            "total_pages": pages,
            "page_number": number,
            "size": len(contents),
            "first_page": number == 1,
            "last_page": number >= pages,
            "empty": not contents,
            "contents": contents,
        },
    )


@routes.get(f"{PREFIX}/{{path:{'|'.join(LISTS)}}}/{{id}}")
@guarded
async def entity(request: web.Request) -> web.StreamResponse:
    """One entity with everything that belongs to it."""
    path, identifier = request.match_info["path"], request.match_info["id"]
    wanted = parameters.read(path, request.query, one=True) | {"full": True}
    kind = LISTS[path].__tablename__
    found: list[nested.Document] = []
    if "\0" not in identifier:
        read = request.app[DIRECTORY_DATABASE].read
        found = await read(_documents, kind, [identifier], wanted)
    if not found:
        return _refused(404, "not found", f"no {kind} has this id", {})
    return _json(request, found[0])


@routes.options(f"{PREFIX}/{{anything:.*}}")
async def preflight(_request: web.Request) -> web.Response:
    """Any website may read."""
    headers = {"Access-Control-Allow-Methods": "GET", "Access-Control-Max-Age": "86400"}
    return web.Response(status=204, headers=_HEADERS | headers)


def _documents(
    session: Session, entity: str, ids: list[str], wanted: Mapping[str, Any]
) -> list[nested.Document]:
    if wanted.get("minimal"):
        keys = ("id", "last_modified")
        return [
            {key: each[key] for key in keys if key in each}
            for each in nested.brief(session, entity, ids)
        ]
    if not (wanted.get("full") or wanted.get("full_service")):
        return nested.brief(session, entity, ids)
    left_out = frozenset() if wanted.get("full_service") else frozenset({"services"})
    return nested.full(session, entity, ids, left_out)


async def _stream(
    request: web.Request, entity: str, ids: list[str], wanted: Mapping[str, Any]
) -> web.StreamResponse:
    response = web.StreamResponse(headers=_HEADERS | {"Content-Type": "application/x-ndjson"})
    await response.prepare(request)
    for start in range(0, len(ids), _AT_ONCE):
        part = ids[start : start + _AT_ONCE]
        some = await request.app[DIRECTORY_DATABASE].read(_documents, entity, part, wanted)
        await response.write(b"".join(msgspec.json.encode(each) + b"\n" for each in some))
    await response.write_eof()
    return response


def _json(request: web.Request, content: Any) -> web.Response:
    body = msgspec.json.encode(content)
    tag = hashlib.sha256(body).hexdigest()[:32]
    headers = _HEADERS | {"ETag": f'"{tag}"'}
    if any(each.value in (tag, "*") for each in request.if_none_match or ()):
        return web.Response(status=304, headers=headers)
    return web.Response(body=body, content_type="application/json", headers=headers)


def _refused(status: int, error: str, message: str, headers: dict[str, str]) -> web.Response:
    return web.json_response(
        {"error": error, "message": message},
        status=status,
        headers={"Access-Control-Allow-Origin": "*", **headers},
    )


def _base(request: web.Request) -> str:
    return request.app[SETTINGS].municipality.web_base_url.rstrip("/") + PREFIX
