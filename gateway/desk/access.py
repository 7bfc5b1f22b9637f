"""Who may see the desk, and what every page of it has."""

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from aiohttp import web
from jinja2 import Environment, FileSystemLoader, select_autoescape

from contact_point import staff
from contact_point.languages import LANGUAGES
from gateway.desk import texts
from gateway.keys import CLOCK, DATABASE, SETTINGS

COOKIE = "kontaktpunkt_desk"
_TEMPLATES = Environment(
    loader=FileSystemLoader(Path(__file__).parent / "templates"),
    autoescape=select_autoescape(["html"]),
    trim_blocks=True,
    lstrip_blocks=True,
)

Handler = Callable[[web.Request, staff.StaffAccount], Awaitable[web.StreamResponse]]


def for_advisers(handler: Handler) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
    """Only with a valid sign-in; pages lead to the sign-in, data answers 401."""

    async def guarded(request: web.Request) -> web.StreamResponse:
        adviser = await _adviser(request)
        if adviser is None:
            if "text/html" in request.headers.get("Accept", "") or request.path == "/desk":
                raise web.HTTPSeeOther("/desk/sign-in")
            return web.json_response({"error": "sign_in"}, status=401)
        return await handler(request, adviser)

    return guarded


def staff_language(request: web.Request) -> str:
    """The staff's language: the municipality's first."""
    return request.app[SETTINGS].municipality.languages[0]


def html(template: str, request: web.Request, status: int = 200, **values: Any) -> web.Response:
    """A page of the desk."""
    language = staff_language(request)
    text = _TEMPLATES.get_template(template).render(
        municipality=request.app[SETTINGS].municipality,
        language=LANGUAGES[language],
        texts=texts.page_texts(language),
        path=request.path,
        **values,
    )
    return web.Response(
        text=text, status=status, content_type="text/html", headers={"Cache-Control": "no-store"}
    )


async def _adviser(request: web.Request) -> staff.StaffAccount | None:
    token = request.cookies.get(COOKIE)
    if not token:
        return None
    return await request.app[DATABASE].read(staff.signed_in, token, request.app[CLOCK]())
