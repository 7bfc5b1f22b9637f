"""Dead links, against a real server."""

import asyncio
from collections import Counter
from contextlib import asynccontextmanager
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web

from command_line import links
from command_line.links import Offline, Reach, Result, check

NOW = datetime(2026, 11, 26, 9, tzinfo=timezone.utc)
PLACE = Path("locales/sv/answers/taxes.md")


class Site:
    """A website that counts what is asked."""

    def __init__(self) -> None:
        self.asked: Counter[str] = Counter()
        self.at_once = 0
        self.most_at_once = 0

    @asynccontextmanager
    async def running(self) -> Any:
        """Its address."""
        app = web.Application()
        app.router.add_get("/{status}", self._answer)
        runner = web.AppRunner(app)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        host, port = runner.addresses[0][:2]
        try:
            yield f"http://{host}:{port}"
        finally:
            await runner.cleanup()

    async def _answer(self, request: web.Request) -> web.Response:
        status = request.match_info["status"]
        self.asked[status] += 1
        self.at_once += 1
        self.most_at_once = max(self.most_at_once, self.at_once)
        await asyncio.sleep(0.01)
        self.at_once -= 1
        if status == "once":
            return web.Response(status=404 if self.asked[status] == 1 else 200)
        return web.Response(status=int(status))


@pytest.fixture
def memory(tmp_path: Path) -> Path:
    return tmp_path / "var" / "links.json"


async def ask(memory: Path, *paths: str, later: timedelta = timedelta(0)) -> tuple[Site, Any]:
    site = Site()
    async with site.running() as address:
        used = {f"{address}/{path}": [PLACE] for path in paths}
        results = await check(used, memory, lambda: NOW + later, pause=0)
    return site, {result.url.rsplit("/", 1)[1]: result.reach for result in results}


def test_only_a_clear_failure_is_dead(memory: Path) -> None:
    site, reach = asyncio.run(ask(memory, "200", "404", "410", "403", "429", "500", "once"))
    assert reach == {
        "200": Reach.ALIVE,
        "404": Reach.DEAD,
        "410": Reach.DEAD,
        "403": Reach.UNSURE,
        "429": Reach.UNSURE,
        "500": Reach.UNSURE,
        "once": Reach.ALIVE,
    }
    assert site.asked["404"] == 2, "what looks dead is asked twice"
    assert site.most_at_once == 1, "one request a host at a time"


def test_what_was_reached_is_not_asked_again_for_a_week(memory: Path) -> None:
    async def twice() -> tuple[int, int, int]:
        site = Site()
        counts = []
        async with site.running() as address:
            used = {f"{address}/200": [PLACE], f"{address}/404": [PLACE]}
            for later in (timedelta(0), timedelta(days=6), timedelta(days=8)):
                results = await check(used, memory, lambda: NOW + later, pause=0)  # noqa: B023
                assert {result.url: result.reach for result in results} == {
                    f"{address}/200": Reach.ALIVE,
                    f"{address}/404": Reach.DEAD,
                }
                counts.append(site.asked["200"])
        return counts[0], counts[1], counts[2]

    assert asyncio.run(twice()) == (1, 1, 2)


def test_a_spoilt_memory_is_no_hindrance(memory: Path) -> None:
    memory.parent.mkdir()
    memory.write_text("[1, 2", encoding="utf-8")
    _, reach = asyncio.run(ask(memory, "200"))
    assert reach == {"200": Reach.ALIVE}


def test_hosts_that_do_not_exist(memory: Path) -> None:
    async def both() -> list[Result]:
        site = Site()
        async with site.running() as address:
            used = {f"{address}/200": [PLACE], "https://no-such-host.invalid/": [PLACE]}
            return await check(used, memory, lambda: NOW, pause=0)

    reach = {result.url: result for result in asyncio.run(both())}
    gone = reach["https://no-such-host.invalid/"]
    assert (gone.reach, gone.reason, gone.used_in) == (Reach.DEAD, "no such host", (PLACE,))


def test_a_machine_without_network_blames_no_page(memory: Path) -> None:
    used = {"https://a.invalid/": [PLACE], "https://b.invalid/": [PLACE]}
    with pytest.raises(Offline):
        asyncio.run(check(used, memory, lambda: NOW, pause=0))


def test_links_of_articles_are_found_with_their_files() -> None:
    found = links.links(["sv"])
    assert any("uhr.se" in url for url in found)
    assert all(paths for paths in found.values())
    assert all(url.startswith("https://") for url in found)
