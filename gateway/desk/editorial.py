"""Pages for editors: the state of every answer, what found no answer, and notices."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

from aiohttp import web
from babel.dates import format_date, format_datetime

from contact_point import notices, staff, unanswered
from contact_point.answers import review
from contact_point.answers.articles import find_article
from contact_point.languages import LANGUAGES
from contact_point.topics import TOPICS
from contact_point.translations import translate
from gateway.desk import texts
from gateway.desk.access import for_advisers, html, staff_language
from gateway.desk.views import language_name
from gateway.keys import CLOCK, DATABASE, SETTINGS, WAKEUPS

_USUAL_DAYS = 7
routes = web.RouteTableDef()


@routes.get("/desk/answers")
@for_advisers
async def answers(request: web.Request, adviser: staff.StaffAccount) -> web.Response:
    """Articles × languages: missing, stale, overdue, draft or reviewed."""
    municipality, language = request.app[SETTINGS].municipality, staff_language(request)
    rows = review.table(
        municipality.languages,
        _today(request),
        timedelta(days=municipality.review_answers_after_days),
    )
    return html(
        "answers.html",
        request,
        adviser=adviser.name,
        languages=[(tag, language_name(tag, language)) for tag in municipality.languages],
        rows=[(_row_name(row, language), row) for row in rows],
        states=texts.state_names(language),
        counts={
            state: sum(row.states[tag] == state for row in rows for tag in row.states)
            for state in review.STATES
        },
    )


@routes.get("/desk/unanswered")
@for_advisers
async def questions(request: web.Request, adviser: staff.StaffAccount) -> web.Response:
    """What newcomers asked in vain."""
    language = staff_language(request)
    found = await request.app[DATABASE].read(unanswered.groups)
    return html(
        "unanswered.html",
        request,
        adviser=adviser.name,
        groups=[
            {
                "language": language_name(group.language, language),
                "tag": group.language,
                "direction": LANGUAGES[group.language].direction,
                "count": group.count,
                "latest": format_date(_local(request, group.latest), "medium", locale=language),
                "texts": group.texts,
            }
            for group in found
        ],
    )


@routes.get("/desk/notices")
@for_advisers
async def notice_page(request: web.Request, adviser: staff.StaffAccount) -> web.Response:
    """The notices that run, and a form for a new one."""
    return await _notice_page(request, adviser, {}, "")


@routes.post("/desk/notices")
@for_advisers
async def publish(request: web.Request, adviser: staff.StaffAccount) -> web.StreamResponse:
    """Publish a notice; open chats get a crisis at once."""
    form = {name: str(value) for name, value in (await request.post()).items()}
    municipality = request.app[SETTINGS].municipality
    is_crisis = form.get("kind") == "crisis"
    try:
        ends_at = datetime.fromisoformat(form.get("ends", "")).replace(tzinfo=municipality.zone)
        await request.app[DATABASE].write(
            notices.publish,
            {tag: form.get(f"text-{tag}", "") for tag in municipality.languages},
            ends_at,
            is_crisis,
            adviser.id,
            municipality,
            request.app[CLOCK],
        )
    except notices.NoticeError as problem:
        reason = texts.notice_problem(problem.reason, staff_language(request))
        return await _notice_page(request, adviser, form, reason, status=400)
    except ValueError:
        reason = texts.notice_problem("ends", staff_language(request))
        return await _notice_page(request, adviser, form, reason, status=400)
    if is_crisis:
        request.app[WAKEUPS].changed_everywhere()
    return web.Response(status=303, headers={"Location": "/desk/notices"})


@routes.post("/desk/notices/{id}/end")
@for_advisers
async def end(request: web.Request, _adviser: staff.StaffAccount) -> web.Response:
    """End a notice now."""
    if request.match_info["id"].isdecimal():
        await request.app[DATABASE].write(
            notices.end, int(request.match_info["id"]), request.app[CLOCK]
        )
    return web.Response(status=303, headers={"Location": "/desk/notices"})


async def _notice_page(
    request: web.Request,
    adviser: staff.StaffAccount,
    form: Mapping[str, str],
    problem: str,
    status: int = 200,
) -> web.Response:
    municipality, language = request.app[SETTINGS].municipality, staff_language(request)
    current = await request.app[DATABASE].read(notices.current, request.app[CLOCK])
    usual_end = _local(request, request.app[CLOCK]() + timedelta(days=_USUAL_DAYS))
    return html(
        "notices.html",
        request,
        adviser=adviser.name,
        status=status,
        notices=[_notice_view(request, notice) for notice in current],
        languages=[
            (tag, language_name(tag, language), LANGUAGES[tag].direction)
            for tag in municipality.languages
        ],
        form=form,
        ends=form.get("ends") or usual_end.strftime("%Y-%m-%dT%H:%M"),
        max_characters=notices.MAX_CHARACTERS,
        problem=problem,
    )


def _notice_view(request: web.Request, notice: notices.NoticeView) -> dict[str, Any]:
    language = staff_language(request)
    offered = request.app[SETTINGS].municipality.languages
    return {
        "id": notice.id,
        "is_crisis": notice.is_crisis,
        "text": notice.texts[offered[0]],
        "ends": format_datetime(_local(request, notice.ends_at), "medium", locale=language),
        "missing": [language_name(tag, language) for tag in offered if tag not in notice.texts],
    }


def _row_name(row: review.Row, language: str) -> str:
    article = find_article(row.shelf, row.key, language)
    if article:
        return article.title
    return translate(TOPICS[row.key].name, language) if row.key in TOPICS else row.key


def _today(request: web.Request) -> date:
    return _local(request, request.app[CLOCK]()).date()


def _local(request: web.Request, instant: datetime) -> datetime:
    return instant.astimezone(request.app[SETTINGS].municipality.zone)
