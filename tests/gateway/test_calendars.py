"""The calendar to subscribe to, and the reading of the calendars of staff, over real HTTP."""

import asyncio
import logging
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import icalendar
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from sqlalchemy import select
from sqlalchemy.orm import Session

from contact_point.appointments import busy_times, feeds
from contact_point.appointments.booking import book, cancel, move
from contact_point.appointments.tables import Appointment, Block, Resource
from gateway import calendars
from gateway.busy_reader import BusyReader
from tests.contact_point.appointments.sample import NOW, at, caseworker, request
from tests.gateway.alone import Gateway, gateway_alone


@pytest.fixture
async def gateway(tmp_path: Path) -> AsyncIterator[Gateway]:
    async with gateway_alone(tmp_path) as found:
        yield found


@pytest.fixture
def address(gateway: Gateway) -> str:
    """Of Amina's calendar; she has one appointment."""
    with gateway.database.transaction() as session:
        amina = caseworker()
        session.add(amina)
        feeds.renew_token(session, amina)
        found = book(session, gateway.calendar, request(at(26, 10)), gateway.clock)
        assert isinstance(found, Appointment)
        link = feeds.feed_link("", amina)
    assert link
    return link


async def _starts(gateway: Gateway, address: str) -> list[object]:
    answer = await gateway.get(address)
    assert answer.status == 200
    assert answer.content_type == "text/calendar"
    assert answer.headers["Cache-Control"] == "private, no-store"
    events = icalendar.Calendar.from_ical(await answer.read()).walk("VEVENT")
    return [event["dtstart"].dt for event in events]


async def test_follows_every_change(gateway: Gateway, address: str) -> None:
    assert await _starts(gateway, address) == [at(26, 10)]
    with gateway.database.transaction() as session:
        move(session, gateway.calendar, 1, at(27, 14), gateway.clock)
    assert await _starts(gateway, address) == [at(27, 14)]
    with gateway.database.transaction() as session:
        cancel(session, gateway.calendar, 1, gateway.clock)
    assert await _starts(gateway, address) == []


async def test_sent_again_only_when_it_has_changed(gateway: Gateway, address: str) -> None:
    first = await gateway.get(address)
    tag, modified = first.headers["ETag"], first.headers["Last-Modified"]
    gateway.clock.now = NOW + timedelta(minutes=15)
    for headers in ({"If-None-Match": tag}, {"If-Modified-Since": modified}):
        again = await gateway.get(address, **headers)
        assert (again.status, await again.read()) == (304, b"")
        assert (again.headers["ETag"], again.headers["Last-Modified"]) == (tag, modified)
    with gateway.database.transaction() as session:
        cancel(session, gateway.calendar, 1, gateway.clock)
    for headers in (
        {"If-None-Match": tag},
        {"If-Modified-Since": modified},
        {"If-None-Match": tag, "If-Modified-Since": "Tue, 24 Nov 2037 07:00:00 GMT"},
    ):
        assert (await gateway.get(address, **headers)).status == 200, "it has lost an appointment"


@pytest.mark.parametrize("token", ["x", "A" * 43, "%00" * 20, "a/b", ""])
async def test_an_unknown_token(gateway: Gateway, address: str, token: str) -> None:
    with gateway.database.transaction() as session:
        session.add(caseworker("without"))
    assert (await gateway.get(f"/calendars/{token}.ics")).status == 404


async def test_no_token_and_no_proof_in_the_log(
    gateway: Gateway,
    address: str,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    def broken(*_arguments: object) -> bytes:
        raise RuntimeError("for a test")

    monkeypatch.setattr(calendars, "feed", broken)
    with caplog.at_level(logging.DEBUG):
        assert (await gateway.get(address)).status == 500
    assert "GET /calendars/{token}.ics failed" in caplog.text
    assert address.split("/")[-1].removesuffix(".ics") not in caplog.text


async def test_staffs_own_calendars_are_read(
    gateway: Gateway, address: str, caplog: pytest.LogCaptureFixture
) -> None:
    published = web.Application()
    content = (
        b"BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nUID:a\r\nDTSTART:20261127T090000Z\r\n"
        b"DTEND:20261127T100000Z\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
    )

    async def serve(_request: web.Request) -> web.Response:
        return web.Response(body=content)

    published.router.add_get("/amina.ics", serve)
    reader = BusyReader(gateway.database, gateway.municipality, gateway.clock)
    async with TestServer(published) as server:
        with gateway.database.transaction() as session:
            session.add(caseworker("nils"))
            session.flush()
            for key, path in (("amina", "/amina.ics"), ("nils", "/gone.ics?secret=abc")):
                person = session.get_one(Resource, key)
                busy_times.subscribe(session, person, str(server.make_url(path)))
        await reader.read_due()
        await reader.read_due()
    with gateway.database.reading() as session:
        (block,) = session.scalars(select(Block)).all()
        assert (block.resource_id, block.starts_at, block.ends_at) == (
            "amina", at(27, 10), at(27, 11),
        )  # fmt: skip
        assert session.get_one(Resource, "amina").busy_problem is None
        assert session.get_one(Resource, "nils").busy_problem == busy_times.REFUSED
    assert caplog.text.count("The calendar of nils could not be read") == 1
    assert "abc" not in caplog.text


def _subscribe(session: Session) -> None:
    amina = caseworker()
    amina.busy_url = "http://127.0.0.1:9/amina.ics"
    session.add(amina)


async def test_the_gateway_reads_by_itself(tmp_path: Path) -> None:
    """The task that runs with it; nothing listens at the address."""
    async with gateway_alone(tmp_path, before=_subscribe) as gateway:
        problem = None
        for _ in range(100):
            with gateway.database.reading() as session:
                problem = session.get_one(Resource, "amina").busy_problem
            if problem:
                break
            await asyncio.sleep(0.05)
    assert problem == busy_times.UNREACHABLE
