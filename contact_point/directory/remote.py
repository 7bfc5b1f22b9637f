"""Services from another HSDS server: GET /services, page by page, each in full."""

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any
from urllib.parse import quote, urlsplit

import requests
from requests.adapters import HTTPAdapter
from urllib3.util import Retry

from contact_point.directory.feed import Feed, Record, SourceError
from contact_point.directory.hsds_json import read_content
from contact_point.directory.nesting import PARTS

_PER_PAGE = 100
_MOST_PAGES = 10_000
_SECONDS = 30
_RETRY = Retry(total=4, backoff_factor=0.5, status_forcelist=(429, 502, 503, 504))


def read_server(
    address: str,
    modified_after: datetime | None = None,
    progress: Callable[[int, int], None] = lambda _done, _all: None,
) -> Feed:
    """All services of a server, or those that changed after an instant.

    `progress` is told (services read, services in all).

    Raises:
        SourceError: when the server doesn't answer, or not in HSDS.
    """
    host = urlsplit(address).hostname
    if not host or urlsplit(address).scheme not in ("http", "https"):
        raise SourceError(f"{address}: write the address of an HSDS server, with https://")
    feed = Feed(address.rstrip("/"), is_complete=modified_after is None)
    with requests.Session() as session:
        for scheme in ("http://", "https://"):
            session.mount(scheme, HTTPAdapter(max_retries=_RETRY))
        server = _Server(session, address.rstrip("/"))
        pages = []
        read = 0
        for number, (page, total) in enumerate(server.pages(modified_after), start=1):
            services = [server.in_full(service) for service in page]
            pages.append(read_content(services, f"{address}/services?page={number}", feed.source))
            read += len(services)
            progress(read, max(total, read))
    feed.merge(pages)
    return feed


class _Server:
    """The reading side of an HSDS API."""

    def __init__(self, session: requests.Session, address: str) -> None:
        self._session, self._address = session, address

    def pages(self, modified_after: datetime | None) -> Iterator[tuple[list[Record], int]]:
        """Each page of services, and how many there are in all."""
        parameters: dict[str, Any] = {"full": "true", "per_page": _PER_PAGE}
        if modified_after:
            parameters["modified_after"] = modified_after.isoformat()
        seen: set[str] = set()
        for number in range(1, _MOST_PAGES):
            page = self._get("/services", parameters | {"page": number})
            services = page.get("contents", page.get("content"))
            if not isinstance(services, list) or not all(
                isinstance(each, dict) for each in services
            ):
                raise SourceError(f"{self._address}/services: page {number} has no `contents`")
            # A server that ignores `page` would go on for ever.
            fresh = [each for each in services if str(each.get("id")) not in seen]
            seen |= {str(each.get("id")) for each in fresh}
            if fresh:
                yield fresh, _number(page, "total_items")
            if not fresh or page.get("last_page") or number >= _number(page, "total_pages"):
                return

    def in_full(self, service: Record) -> Record:
        """A service with its parts; some servers list them only one by one."""
        if PARTS["service"].keys() & service.keys():
            return service
        return self._get(f"/services/{quote(str(service.get('id')), safe='')}", {})

    def _get(self, path: str, parameters: dict[str, Any]) -> Record:
        address = self._address + path
        try:
            response = self._session.get(address, params=parameters, timeout=_SECONDS)
            response.raise_for_status()
            content = response.json()
        except requests.JSONDecodeError as error:
            raise SourceError(f"{address}: answered something that is not JSON") from error
        except requests.RequestException as error:
            raise SourceError(f"{address}: {error}") from error
        if not isinstance(content, dict):
            raise SourceError(f"{address}: answered a {type(content).__name__}, not an object")
        return content


def _number(page: Record, name: str) -> int:
    value = page.get(name)
    return value if isinstance(value, int) else 0
