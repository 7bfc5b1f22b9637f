"""Rows as nested HSDS JSON: brief as lists show them, or full with all that belongs to them."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import Any

from sqlalchemy import Column, not_, or_, select
from sqlalchemy.orm import Session

from contact_point.database import in_chunks
from contact_point.directory.nesting import ANYWHERE, PARTS, REFERENCES, may_have
from contact_point.directory.tables import ENTITIES, is_key, public_columns

Document = dict[str, Any]

_LEFT_OUT = {
    ("service", "service_at_locations"): {"service"},
    ("service", "organization"): {"services"},
    ("organization", "services"): {"organization"},
    ("service_at_location", "service"): {"service_at_locations"},
}
"""(table, key): what is not told again of the rows nested there."""
_OWN_REFERENCES = ("parent_organization_id", "parent_id")
"""Columns that name a row which is never nested."""


def full(
    session: Session, entity: str, ids: Iterable[str], left_out: frozenset[str] = frozenset()
) -> list[Document]:
    """Rows with all that belongs to them, in the order of `ids`; unknown ids are passed over."""
    return _in_order(_nest(session, entity, ids, set(left_out), is_full=True), ids)


def brief(session: Session, entity: str, ids: Iterable[str]) -> list[Document]:
    """Rows with what they name, but not what is part of them."""
    return _in_order(_nest(session, entity, ids, set(), is_full=False), ids)


def _in_order(documents: dict[str, Document], ids: Iterable[str]) -> list[Document]:
    return [documents[identifier] for identifier in ids if identifier in documents]


def _nest(
    session: Session, entity: str, ids: Iterable[str], left_out: set[str], is_full: bool
) -> dict[str, Document]:
    rows = list(_rows(session, entity, ids))
    documents = {row["id"]: _fields(entity, row) for row in rows}
    _add_references(session, entity, rows, documents, left_out, is_full)
    if is_full:
        for key, (child, back) in PARTS.get(entity, {}).items():
            if key not in left_out:
                _add_parts(session, entity, key, child, back, documents)
        for key, anywhere in ANYWHERE.items():
            if may_have(entity, key):
                kind = anywhere.kind_column if anywhere.kind_tells else None
                child, back = anywhere.entity, anywhere.id_column
                _add_parts(session, entity, key, child, back, documents, kind)
    return documents


def _fields(entity: str, row: dict[str, Any]) -> Document:
    return {
        name: row[name]
        for name, column in public_columns(entity).items()
        if row[name] is not None and (not is_key(column) or name in _OWN_REFERENCES)
    }


def _add_references(
    session: Session,
    entity: str,
    rows: list[dict[str, Any]],
    documents: dict[str, Document],
    left_out: set[str],
    is_full: bool,
) -> None:
    for key, (target, column) in REFERENCES.get(entity, {}).items():
        if key in left_out:
            continue
        skipped = _LEFT_OUT.get((entity, key), set())
        ids = dict.fromkeys(row[column] for row in rows if row[column])
        nested = _nest(session, target, ids, skipped, is_full)
        for row in rows:
            if row[column] in nested:
                documents[row["id"]][key] = nested[row[column]]
            elif row[column]:
                documents[row["id"]][column] = row[column]


def _add_parts(
    session: Session,
    entity: str,
    key: str,
    child: str,
    back: str,
    documents: dict[str, Document],
    kind_column: str | None = None,
) -> None:
    owners: dict[str, list[str]] = defaultdict(list)
    table = ENTITIES[child]
    statement = select(table.id, getattr(table, back)).order_by(table.position, table.id)
    if kind_column:
        kind: Column[Any] = getattr(table, kind_column)
        # Another table may have a row of the same id; a kind that is no table says nothing.
        statement = statement.where(or_(kind == entity, not_(kind.in_(ENTITIES))))
    for chunk in in_chunks(documents):
        for part, owner in session.execute(
            statement.where(getattr(table, back).in_(chunk))
        ).tuples():
            owners[owner].append(part)
    parts = [part for each in owners.values() for part in each]
    nested = _nest(session, child, parts, _LEFT_OUT.get((entity, key), set()), is_full=True)
    for owner, some in owners.items():
        documents[owner][key] = [_within(nested[part], kind_column, back) for part in some]


def _within(part: Document, kind_column: str | None, back: str) -> Document:
    """A part as its owner shows it: whose it is, is plain."""
    plain = {back}
    if kind_column and part.get(kind_column) in ENTITIES:
        plain.add(kind_column)
    return {name: value for name, value in part.items() if name not in plain}


def _rows(session: Session, entity: str, ids: Iterable[str]) -> Iterator[dict[str, Any]]:
    table = ENTITIES[entity]
    columns = [getattr(table, name) for name in public_columns(entity)]
    for chunk in in_chunks(ids):
        statement = select(*columns).where(table.id.in_(chunk))
        yield from map(dict, session.execute(statement).mappings())
