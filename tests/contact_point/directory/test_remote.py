"""Services from another server, played by one that pages as HSDS says, and by bad ones."""

import json
import threading
from collections.abc import Callable, Iterator
from datetime import datetime, timezone
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from contact_point.database import Database
from contact_point.directory.feed import SourceError
from contact_point.directory.remote import read_server
from tests.contact_point.directory.feeds import service, take_in

Answer = Callable[[str, dict[str, str]], tuple[int, Any]]
SERVICES = [service(f"Tjänst {number}") for number in range(250)]


@pytest.fixture
def serve() -> Iterator[Callable[[Answer], str]]:
    """Start a server that answers (path, parameters) with (status, JSON)."""
    servers = []

    def start(answer: Answer) -> str:
        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                parts = urlsplit(self.path)
                parameters = {key: values[0] for key, values in parse_qs(parts.query).items()}
                status, content = answer(parts.path, parameters)
                body = content if isinstance(content, bytes) else json.dumps(content).encode()
                self.send_response(status)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: object) -> None:
                pass

        server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        servers.append(server)
        return f"http://127.0.0.1:{server.server_address[1]}/hsds"

    yield start
    for server in servers:
        server.shutdown()
        server.server_close()


def _page(services: list[Any], parameters: dict[str, str]) -> dict[str, Any]:
    size, number = int(parameters["per_page"]), int(parameters.get("page", 1))
    pages = -(-len(services) // size)
    return {
        "total_items": len(services),
        "total_pages": pages,
        "page_number": number,
        "last_page": number >= pages,
        "contents": services[(number - 1) * size : number * size],
    }


def test_every_page_is_read(serve: Callable[[Answer], str], sqlite: Database) -> None:
    told: list[tuple[int, int]] = []
    address = serve(lambda _, parameters: (200, _page(SERVICES, parameters)))
    feed = read_server(address, progress=lambda done, of: told.append((done, of)))
    assert (feed.records, feed.source, feed.is_complete) == (250, address, True)
    assert told == [(100, 250), (200, 250), (250, 250)]
    result = take_in(sqlite, feed)
    assert (result.accepted, result.faults) == (250, [])
    assert take_in(sqlite, read_server(address)).changes == []


def test_what_changed_after_a_time(serve: Callable[[Answer], str], sqlite: Database) -> None:
    asked = []

    def answer(_: str, parameters: dict[str, str]) -> tuple[int, Any]:
        asked.append(parameters["modified_after"])
        return 200, _page(SERVICES[:1], parameters)

    feed = read_server(serve(answer), datetime(2026, 11, 1, tzinfo=timezone.utc))
    assert asked == ["2026-11-01T00:00:00+00:00"]
    assert not feed.is_complete


def test_a_server_with_brief_lists_is_asked_one_by_one(serve: Callable[[Answer], str]) -> None:
    def answer(path: str, parameters: dict[str, str]) -> tuple[int, Any]:
        if path == "/hsds/services":
            brief = [{"id": each["id"], "name": each["name"]} for each in SERVICES[:3]]
            return 200, _page(brief, parameters)
        return 200, next(each for each in SERVICES if path.endswith(each["id"]))

    feed = read_server(serve(answer))
    assert sum(row.entity == "schedule" for row in feed.rows) == 3


def test_a_server_that_ignores_the_page_is_left(serve: Callable[[Answer], str]) -> None:
    page = {"total_pages": 9, "contents": SERVICES[:2]}
    assert read_server(serve(lambda *_: (200, page))).records == 2


def test_a_fault_is_told_with_the_address(serve: Callable[[Answer], str], sqlite: Database) -> None:
    wrong = SERVICES[0] | {"status": "open"}
    address = serve(lambda _, parameters: (200, _page([wrong, SERVICES[1]], parameters)))
    result = take_in(sqlite, read_server(address))
    assert [fault.where for fault in result.faults] == [f"{address}/services?page=1#/0/status"]
    assert result.accepted == 1


@pytest.mark.parametrize(
    ("status", "content", "told"),
    [
        (200, b"<html>", "not JSON"),
        (200, [], "not an object"),
        (200, {}, "has no `contents`"),
        (404, {}, "404"),
    ],
)
def test_what_is_no_hsds_server(
    serve: Callable[[Answer], str], status: int, content: Any, told: str
) -> None:
    with pytest.raises(SourceError, match=told):
        read_server(serve(lambda *_: (status, content)))


def test_a_busy_server_is_asked_again(serve: Callable[[Answer], str]) -> None:
    asked = []

    def answer(_: str, parameters: dict[str, str]) -> tuple[int, Any]:
        asked.append(1)
        return (503, {}) if len(asked) < 3 else (200, _page(SERVICES[:1], parameters))

    assert read_server(serve(answer)).records == 1


@pytest.mark.parametrize("address", ["ftp://example.org", "http://", "http://127.0.0.1:1"])
def test_an_address_where_nobody_answers(address: str) -> None:
    with pytest.raises(SourceError):
        read_server(address)
