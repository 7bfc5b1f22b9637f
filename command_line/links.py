"""Finds dead links in articles, politely: one request a host at a time, and what was reached
lately is not asked again. Only a clear failure is reported: a page that is gone or a host that
does not exist; a server that is slow, busy or refuses robots may be alive.
"""

import asyncio
import json
import re
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum
from pathlib import Path
from urllib.parse import urlsplit

import aiohttp

from contact_point.answers.articles import SHELVES, article_keys, article_path, read_file
from contact_point.clock import Clock

PAUSE_SECONDS = 1.0
"""Between two requests to one host."""
REMEMBERED_FOR = timedelta(days=7)
_TIMEOUT = aiohttp.ClientTimeout(total=20)
_GONE = {404, 410}
_HOSTS_AT_ONCE = 8
_AGENT = "Kontaktpunkt-link-check/1.0"
_NO_HOST = "no such host"
_LINK = re.compile(r"\]\((https?://[^)\s]+)\)")


class Offline(Exception):  # noqa: N818 - a state of this machine, not of the links
    """No host at all was found: it is this machine that reaches nothing."""


class Reach(Enum):
    """What came of asking for a page."""

    ALIVE = "alive"
    DEAD = "dead"
    UNSURE = "unsure"


@dataclass(frozen=True)
class Result:
    """A link, where it is used, and what came of it."""

    url: str
    used_in: tuple[Path, ...]
    reach: Reach
    reason: str = ""


def links(languages: Sequence[str]) -> dict[str, list[Path]]:
    """Every web address of the articles' sources and texts, and the files that hold it.

    Raises:
        ArticleError: when a file can't be used.
    """
    found: dict[str, list[Path]] = defaultdict(list)
    for language in languages:
        for shelf in SHELVES:
            for key in article_keys(shelf, language):
                path = article_path(shelf, key, language)
                text = read_file(path)
                addresses = [source.url for source in text.front.sources]
                addresses += _LINK.findall(f"{text.body}\n{text.simple}")
                for address in dict.fromkeys(addresses):
                    found[address].append(path)
    return dict(found)


async def check(
    used: Mapping[str, Sequence[Path]],
    memory: Path,
    clock: Clock,
    pause: float = PAUSE_SECONDS,
    done: Callable[[Result], None] = lambda _: None,
) -> list[Result]:
    """Ask for every address that was not reached lately; `memory` is the file that remembers.

    Raises:
        Offline: when no host was found.
    """
    reached = _remembered(memory, clock())
    results = [Result(url, tuple(used[url]), Reach.ALIVE) for url in used if url in reached]
    hosts: dict[str, list[str]] = defaultdict(list)
    for url in used:
        if url not in reached:
            hosts[urlsplit(url).netloc].append(url)
    free = asyncio.Semaphore(_HOSTS_AT_ONCE)
    headers = {"User-Agent": _AGENT}
    async with aiohttp.ClientSession(headers=headers, timeout=_TIMEOUT) as session:

        async def check_host(urls: Sequence[str]) -> None:
            async with free:
                for number, url in enumerate(urls):
                    if number:
                        await asyncio.sleep(pause)
                    reach, reason = await _ask(session, url, pause)
                    result = Result(url, tuple(used[url]), reach, reason)
                    results.append(result)
                    if reach is Reach.ALIVE:
                        reached[url] = clock()
                    done(result)

        try:
            await asyncio.gather(*map(check_host, hosts.values()))
        finally:
            _remember(memory, reached)
    if len(hosts) > 1 and all(result.reason == _NO_HOST for result in results):
        raise Offline
    return results


async def _ask(session: aiohttp.ClientSession, url: str, pause: float) -> tuple[Reach, str]:
    """Twice, where it looks dead: a page can be away for a moment."""
    reach, reason = await _ask_once(session, url)
    if reach is Reach.DEAD:
        await asyncio.sleep(pause)
        reach, reason = await _ask_once(session, url)
    return reach, reason


async def _ask_once(session: aiohttp.ClientSession, url: str) -> tuple[Reach, str]:
    try:
        async with session.get(url) as response:
            if response.status in _GONE:
                return Reach.DEAD, f"status {response.status}"
            if response.status < 400:
                return Reach.ALIVE, ""
            return Reach.UNSURE, f"status {response.status}"
    except aiohttp.ClientConnectorDNSError:
        return Reach.DEAD, _NO_HOST
    except (aiohttp.ClientError, TimeoutError, asyncio.TimeoutError, ValueError) as error:
        return Reach.UNSURE, type(error).__name__


def _remembered(memory: Path, now: datetime) -> dict[str, datetime]:
    try:
        stored = json.loads(memory.read_text(encoding="utf-8"))
        reached = {url: datetime.fromisoformat(at) for url, at in stored.items()}
    except (FileNotFoundError, ValueError, AttributeError, TypeError):
        return {}
    return {url: at for url, at in reached.items() if now - at < REMEMBERED_FOR}


def _remember(memory: Path, reached: Mapping[str, datetime]) -> None:
    memory.parent.mkdir(parents=True, exist_ok=True)
    text = json.dumps({url: at.isoformat() for url, at in reached.items()}, indent=1)
    memory.write_text(text, encoding="utf-8")
