"""Reads HSDS 3.x JSON: one entity, a list, a page of an API, nested as the standard says."""

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from contact_point.directory.feed import Feed, FeedRow, PartsList, Record, SourceError
from contact_point.directory.nesting import ANYWHERE, PARTS, REFERENCES, may_have
from contact_point.directory.tables import is_key, public_columns
from contact_point.directory.validation import Fault, is_uuid

_TELLING = {
    "service": {"status", "service_at_locations", "organization", "eligibility_description"},
    "location": {"location_type", "addresses", "latitude"},
    "service_at_location": {"service", "location", "service_id", "location_id"},
    "taxonomy_term": {"taxonomy_detail", "taxonomy_id", "term_uri", "parent_id", "code"},
    "organization": {
        "website", "services", "organization_identifiers", "legal_status", "email", "contacts",
    },
    "taxonomy": {"uri", "version"},
}  # fmt: skip
"""Which keys tell what an object is, the surest first; without any it is an organization."""


def read_json(path: Path) -> Feed:
    """A file of HSDS JSON.

    Raises:
        SourceError: when it is something else.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
        content = json.loads(text, parse_constant=_refuse_constant)
    except FileNotFoundError as error:
        raise SourceError(f"{path}: no such file") from error
    except ValueError as error:
        raise SourceError(f"{path}: not JSON: {error}") from error
    return read_content(content, path.name, path.stem)


def read_content(content: Any, file: str, source: str) -> Feed:
    """Parsed HSDS JSON: one entity, a list, or a page of an API (`contents`).

    Raises:
        SourceError: when it is something else.
    """
    pointer, listed, is_complete = "#", True, True
    if isinstance(content, dict):
        key = next((key for key in ("contents", "services") if _is_page(content, key)), None)
        if key:
            is_complete = content.get("total_pages", 1) in (0, 1)
            pointer, content = f"#/{key}", content[key]
        else:
            content, listed, is_complete = [content], False, False
    if not isinstance(content, list) or not all(isinstance(each, dict) for each in content):
        raise SourceError(f"{file}: write one HSDS entity, a list of them, or a page of them")
    feed = Feed(source, records=len(content), is_complete=is_complete)
    for index, entity in enumerate(content):
        place = f"{pointer}/{index}" if listed else pointer
        _Reader(feed, file, index, place).read(kind_of(entity), entity, {}, place)
    return feed


def kind_of(record: Record) -> str:
    """Which table an object belongs to, by what it says."""
    return next((kind for kind, keys in _TELLING.items() if keys & record.keys()), "organization")


def _refuse_constant(name: str) -> float:
    """Python reads NaN and Infinity, which JSON doesn't have and nobody can compare."""
    raise ValueError(f"{name} is not a number")


def _is_page(content: Record, key: str) -> bool:
    return isinstance(content.get(key), list) and "id" not in content


class _Reader:
    """Takes one record apart."""

    def __init__(self, feed: Feed, file: str, record: int, root: str) -> None:
        self._feed, self._file, self._record, self._root = feed, file, record, root

    def read(self, entity: str, record: Any, links: Record, at: str) -> str | None:
        """Its id, after its row and all that is nested in it were added to the feed."""
        if not isinstance(record, dict):
            self._fault(at, "", str(record), "is not an object", f"write the {entity} in {{ }}")
            return None
        columns = public_columns(entity)
        nested = {*PARTS.get(entity, {}), *REFERENCES.get(entity, {})}
        nested |= {key for key in ANYWHERE if may_have(entity, key)}
        values = {
            name: record.get(name)
            for name, column in columns.items()
            # A brief object leaves out whom it belongs to; other fields it would have.
            if name not in nested and (record.get(name) is not None or not is_key(column))
        } | links
        for key in record.keys() - columns.keys() - nested:
            if record[key] is not None:
                self._fault(
                    at, key, "", "is not a field of HSDS 3.2 and is not kept", "leave it out", True
                )
        for key, (target, column) in REFERENCES.get(entity, {}).items():
            if record.get(key) is not None:
                identifier = self.read(target, record[key], {}, f"{at}/{key}")
                if identifier:
                    values[column] = identifier
        is_root = at == self._root
        self._feed.rows.append(FeedRow(entity, values, self._record, self._file, at, is_root))
        identifier = values.get("id")
        if not isinstance(identifier, str) or not is_uuid(identifier):
            return None
        self._read_parts(entity, record, identifier, at)
        return identifier

    def _read_parts(self, entity: str, record: Record, identifier: str, at: str) -> None:
        for key, (child, back) in PARTS.get(entity, {}).items():
            for place, nested in self._list(record, key, at):
                self.read(child, nested, {back: identifier}, place)
            if isinstance(record.get(key), list):
                self._feed.complete_lists.add(PartsList(child, back, identifier))
        for key, (child, id_column, kind_column, _) in ANYWHERE.items():
            if not may_have(entity, key):
                continue
            for place, nested in self._list(record, key, at):
                kind = nested.get(kind_column) if isinstance(nested, dict) else None
                links = {id_column: identifier, kind_column: kind or entity}
                self.read(child, nested, links, place)
            if isinstance(record.get(key), list):
                self._feed.complete_lists.add(PartsList(child, id_column, identifier))

    def _list(self, record: Record, key: str, at: str) -> Iterable[tuple[str, Any]]:
        nested = record.get(key)
        if nested is None:
            return []
        if not isinstance(nested, list):
            self._fault(at, key, str(nested), "is not a list", "write [ ] around it")
            return []
        return [(f"{at}/{key}/{index}", each) for index, each in enumerate(nested)]

    def _fault(
        self, at: str, column: str, value: str, problem: str, mend: str, is_doubt: bool = False
    ) -> None:
        fault = Fault(self._file, at, column, value[:60], problem, mend, is_doubt)
        self._feed.faults.append((self._record, fault))
