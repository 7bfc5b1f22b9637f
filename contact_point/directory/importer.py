"""Import of HSDS 3.2 JSON: services with everything nested below them.

A service with a fault is left out whole and told; the others go in. Importing the same file
again changes nothing.
"""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sqlalchemy.orm import Session

from contact_point.directory.tables import ENTITIES
from contact_point.directory.validation import Fault, record_faults

Record = dict[str, Any]
Rows = dict[tuple[str, str], Record]

_LISTS = {
    "service": {
        "phones": ("phone", "service_id"),
        "schedules": ("schedule", "service_id"),
        "languages": ("language", "service_id"),
        "cost_options": ("cost_option", "service_id"),
        "required_documents": ("required_document", "service_id"),
        "service_areas": ("service_area", "service_id"),
        "contacts": ("contact", "service_id"),
        "service_at_locations": ("service_at_location", "service_id"),
    },
    "service_at_location": {
        "phones": ("phone", "service_at_location_id"),
        "schedules": ("schedule", "service_at_location_id"),
        "contacts": ("contact", "service_at_location_id"),
        "service_areas": ("service_area", "service_at_location_id"),
    },
    "location": {
        "phones": ("phone", "location_id"),
        "schedules": ("schedule", "location_id"),
        "languages": ("language", "location_id"),
        "addresses": ("address", "location_id"),
        "accessibility": ("accessibility", "location_id"),
        "contacts": ("contact", "location_id"),
    },
    "organization": {
        "phones": ("phone", "organization_id"),
        "contacts": ("contact", "organization_id"),
    },
    "contact": {"phones": ("phone", "contact_id")},
    "phone": {"languages": ("language", "phone_id")},
}
"""Nested lists: key → (entity, its column that points back)."""

_SINGLES = {
    "service": {"organization": ("organization", "organization_id")},
    "service_at_location": {"location": ("location", "location_id")},
    "attribute": {"taxonomy_term": ("taxonomy_term", "taxonomy_term_id")},
    "taxonomy_term": {"taxonomy_detail": ("taxonomy", "taxonomy_id")},
}
"""Nested objects: key → (entity, the column here that points to it)."""


class DirectoryFileError(ValueError):
    """The file can't be read at all; the text says why."""


@dataclass
class ImportResult:
    """What an import did: services taken and refused, and rows by what happened to them."""

    accepted: int = 0
    faults: list[Fault] = field(default_factory=list)
    rejected: int = 0
    added: int = 0
    changed: int = 0
    unchanged: int = 0


def import_file(
    session: Session, path: Path, progress: Callable[[int, int], None] = lambda _done, _all: None
) -> ImportResult:
    """Import a file; `progress` is told (services done, services in all).

    Raises:
        DirectoryFileError: when the file isn't HSDS JSON.
    """
    services = read_services(path)
    result = ImportResult()
    rows: Rows = {}
    for index, service in enumerate(services):
        flat, faults = _flatten_service(service, f"{path.name}#/{index}")
        if faults:
            result.rejected += 1
            result.faults.extend(faults)
        else:
            result.accepted += 1
            rows |= flat
        progress(index + 1, len(services))
    _store(session, rows, result)
    return result


def faults_in_file(path: Path) -> Iterator[Fault | str]:
    """Every fault of a file, without importing it."""
    try:
        services = read_services(path)
    except DirectoryFileError as error:
        yield str(error)
        return
    for index, service in enumerate(services):
        yield from _flatten_service(service, f"{path.name}#/{index}")[1]


def read_services(path: Path) -> list[Record]:
    """The services of a file: one, a list, or a page of HSDS's API (`contents`).

    Raises:
        DirectoryFileError: for anything else.
    """
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise DirectoryFileError(f"{path}: no such file") from error
    except (json.JSONDecodeError, UnicodeDecodeError) as error:
        raise DirectoryFileError(f"{path}: not JSON: {error}") from error
    if isinstance(content, dict):
        content = content.get("contents", content.get("services", [content]))
    if not isinstance(content, list) or not all(isinstance(each, dict) for each in content):
        raise DirectoryFileError(f"{path}: expected HSDS services: one, a list, or a page of them")
    return content


def _flatten_service(service: Record, pointer: str) -> tuple[Rows, list[Fault]]:
    rows: Rows = {}
    faults: list[Fault] = []
    _flatten("service", service, {}, pointer, rows, faults)
    return rows, faults


def _flatten(
    entity: str, record: Any, links: Record, pointer: str, rows: Rows, faults: list[Fault]
) -> None:
    if not isinstance(record, dict):
        faults.append(Fault(pointer, str(record)[:40], "is not an object", f"write a {entity}"))
        return
    row = {
        column.name: record.get(column.name) for column in ENTITIES[entity].__table__.columns
    } | links
    for key, (child, column) in _SINGLES.get(entity, {}).items():
        if record.get(key):
            row[column] = record[key].get("id") if isinstance(record[key], dict) else None
            _flatten(child, record[key], {}, f"{pointer}/{key}", rows, faults)
    problems = list(record_faults(entity, row, pointer))
    faults.extend(problems)
    if problems:
        return
    rows[entity, str(row["id"])] = row
    for key, (child, column) in _LISTS.get(entity, {}).items():
        for index, nested in enumerate(_list(record, key, pointer, faults)):
            place = f"{pointer}/{key}/{index}"
            _flatten(child, nested, {column: row["id"]}, place, rows, faults)
    for index, nested in enumerate(_list(record, "attributes", pointer, faults)):
        back = {"link_id": row["id"], "link_entity": entity}
        _flatten("attribute", nested, back, f"{pointer}/attributes/{index}", rows, faults)
    for index, nested in enumerate(_list(record, "translations", pointer, faults)):
        back = {"entity_id": row["id"], "entity": entity}
        _flatten("translation", nested, back, f"{pointer}/translations/{index}", rows, faults)


def _list(record: Record, key: str, pointer: str, faults: list[Fault]) -> list[Any]:
    nested = record.get(key) or []
    if isinstance(nested, list):
        return nested
    faults.append(Fault(f"{pointer}/{key}", str(nested)[:40], "is not a list", "write [ ] around"))
    return []


def _store(session: Session, rows: Rows, result: ImportResult) -> None:
    for entity, table in ENTITIES.items():
        for (kind, identifier), row in rows.items():
            if kind != entity:
                continue
            stored = session.get(table, identifier)
            if stored is None:
                session.add(table(**row))
                result.added += 1
            elif any(getattr(stored, column) != value for column, value in row.items()):
                for column, value in row.items():
                    setattr(stored, column, value)
                result.changed += 1
            else:
                result.unchanged += 1
        session.flush()
