"""The demo page, the chat's modules and its strings."""

from pathlib import Path

from aiohttp import web
from jinja2 import Environment, FileSystemLoader, select_autoescape

from contact_point.languages import LANGUAGES
from gateway.keys import SETTINGS
from gateway.widget.page import page_context, page_language
from gateway.widget.strings import widget_strings

_HERE = Path(__file__).parent
_TEMPLATES = Environment(
    loader=FileSystemLoader(_HERE / "templates"), autoescape=select_autoescape(["html"])
)
routes = web.RouteTableDef()


@routes.get("/")
async def page(request: web.Request) -> web.Response:
    """The demo page in the language of `?language=`, else of the browser."""
    municipality = request.app[SETTINGS].municipality
    accepted = [
        part.split(";")[0].strip() for part in request.headers.get("Accept-Language", "").split(",")
    ]
    language = page_language(municipality, request.query.get("language"), accepted)
    html = _TEMPLATES.get_template("page.html").render(page_context(municipality, language.tag))
    return web.Response(
        text=html,
        content_type="text/html",
        headers={"Content-Language": language.tag, "Vary": "Accept-Language"},
    )


@routes.get("/widget/strings/{language}.json")
async def strings(request: web.Request) -> web.Response:
    """The chat's own words in one offered language."""
    municipality = request.app[SETTINGS].municipality
    language = request.match_info["language"]
    if language not in municipality.languages or language not in LANGUAGES:
        raise web.HTTPNotFound()
    return web.json_response(widget_strings(municipality, language))


routes.static("/widget", _HERE / "static")
