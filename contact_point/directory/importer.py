"""Takes a feed into the directory: what is sound goes in, what has a fault stays out whole.

Importing the same feed again changes nothing. What a source no longer lists becomes `defunct`.
What staff have changed on the desk stays as they left it.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Literal

from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from contact_point.clock import Clock, system_clock
from contact_point.database import in_chunks
from contact_point.directory import changes
from contact_point.directory.acceptance import Accepted, accept
from contact_point.directory.changes import DirectoryChange
from contact_point.directory.feed import Feed, Record
from contact_point.directory.index import index_services
from contact_point.directory.nesting import ANYWHERE, ROOTS, parts_list
from contact_point.directory.tables import ENTITIES, HsdsTable, Service, public_columns, target_of
from contact_point.directory.validation import Fault

Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class Change:
    """What happens to a row; `columns` are those that change."""

    kind: Literal["added", "changed", "removed", "defunct"]
    entity: str
    id: str
    name: str
    columns: tuple[str, ...] = ()


@dataclass
class ImportResult:
    """What an import did: records taken and refused, and rows by what happened to them."""

    accepted: int = 0
    rejected: int = 0
    faults: list[Fault] = field(default_factory=list)
    doubts: list[Fault] = field(default_factory=list)
    changes: list[Change] = field(default_factory=list)
    unchanged: int = 0
    kept: list[tuple[str, str, str]] = field(default_factory=list)
    """(table, id, field) of what staff had changed here and the feed did not change back."""

    def count(self, kind: str) -> int:
        """How many rows a kind of change happened to."""
        return sum(change.kind == kind for change in self.changes)


def import_feed(
    session: Session,
    feed: Feed,
    *,
    strict: bool = False,
    progress: Progress = lambda _done, _all: None,
    is_trial: bool = False,
    clock: Clock = system_clock,
) -> ImportResult:
    """Store a feed; with `strict`, nothing where anything has a fault.

    `progress` is told (rows done, rows in all). After a trial the caller rolls back, so the index
    is left alone.
    """
    accepted = accept(session, feed, progress)
    result = ImportResult(
        feed.records - len(accepted.rejected),
        len(accepted.rejected),
        accepted.faults,
        accepted.doubts,
    )
    if strict and accepted.faults:
        return result
    edited = changes.edited(session)
    _leave_edited(accepted, edited, result)
    for entity in ENTITIES:
        _store(session, entity, accepted, feed.source, result)
    refused = {row.key for row in feed.rows} - accepted.rows.keys()
    for (entity, column), owners in _by_list(feed, accepted).items():
        owners -= _edited_owners(edited, entity, column)
        for row in _missing(session, entity, column, owners, accepted):
            # What the source still has, with a fault, stays as it was.
            if (entity, row.id) not in refused:
                _unlink(session, entity, column, row, result)
    session.flush()
    if feed.is_complete and any(entity == "service" for entity, _ in accepted.rows):
        _end_vanished(session, feed, result)
    if result.changes:
        _note(session, feed.source, result, clock)
        if not is_trial:
            index_services(session)
    return result


def _leave_edited(
    accepted: Accepted, edited: set[tuple[str, str, str]], result: ImportResult
) -> None:
    """Take out of the feed what staff have changed here; that is told, once a service or place."""
    told = set()
    for (entity, identifier), values in accepted.rows.items():
        for name in [name for name in values if (entity, identifier, name) in edited]:
            del values[name]
            told.add((entity, identifier, name))
    owned: dict[str, set[tuple[str, str]]] = defaultdict(set)
    for entity, owner, key in edited:
        parts = parts_list(entity, key)
        if parts and (entity, owner) in accepted.rows:
            owned[parts[0]].add((parts[1], owner))
            told.add((entity, owner, key))
    for part, values in list(accepted.rows.items()):
        if any(values.get(back) == owner for back, owner in owned.get(part[0], ())):
            del accepted.rows[part]
    result.kept = sorted(told)


def _edited_owners(edited: set[tuple[str, str, str]], entity: str, column: str) -> set[str]:
    """The rows whose list of parts staff have changed."""
    return {owner for table, owner, key in edited if parts_list(table, key) == (entity, column)}


def _note(session: Session, source: str, result: ImportResult, clock: Clock) -> None:
    """History: the import, and what it changed in services that were there before."""
    counts = Counter(change.kind for change in result.changes)
    rows = [
        DirectoryChange(
            at=clock(),
            source=source,
            entity="import",
            field="import",
            after=", ".join(f"{kind} {count}" for kind, count in sorted(counts.items())),
        )
    ]
    rows += [
        DirectoryChange(
            at=clock(),
            source=source,
            service_id=change.id,
            entity="service",
            entity_id=change.id,
            field=", ".join(change.columns)[:60],
        )
        for change in result.changes
        if change.entity == "service" and change.kind in ("changed", "defunct")
    ]
    session.add_all(rows)
    session.flush()


def _store(
    session: Session, entity: str, accepted: Accepted, source: str, result: ImportResult
) -> None:
    table = ENTITIES[entity]
    given = {key[1]: values for key, values in accepted.rows.items() if key[0] == entity}
    stored = _stored(session, entity, given)
    fresh, changed = [], []
    for position, (identifier, values) in enumerate(given.items()):
        own = {"source": source} if entity == "service" else {}
        before = stored.get(identifier)
        if before is None:
            nothing = dict.fromkeys(public_columns(entity))
            fresh.append(nothing | values | own | {"position": position})
            result.changes.append(Change("added", entity, identifier, _name(values)))
            continue
        columns = tuple(name for name in values if _is_news(name, before[name], values[name]))
        if columns:
            changed.append({"id": identifier} | {name: values[name] for name in columns})
            result.changes.append(Change("changed", entity, identifier, _name(before), columns))
        else:
            result.unchanged += 1
    if fresh:
        session.execute(insert(table), fresh)
    if changed:
        session.execute(update(table), changed)
    if entity == "service":
        _remember_source(session, stored, source)


def _is_news(column: str, before: object, value: object) -> bool:
    """Whether a value replaces the one before. A service that was checked here later than its
    source says stays so."""
    if column == "assured_date" and isinstance(before, str):
        return isinstance(value, str) and value > before
    return before != value


def _remember_source(session: Session, identifiers: Iterable[str], source: str) -> None:
    for chunk in in_chunks(identifiers):
        session.execute(
            update(Service)
            .where(Service.id.in_(chunk), Service.source.is_distinct_from(source))
            .values(source=source)
        )


def _stored(session: Session, entity: str, identifiers: Iterable[str]) -> dict[str, Record]:
    table = ENTITIES[entity]
    columns = [getattr(table, name) for name in public_columns(entity)]
    return {
        row["id"]: dict(row)
        for chunk in in_chunks(identifiers)
        for row in session.execute(select(*columns).where(table.id.in_(chunk))).mappings()
    }


def _by_list(feed: Feed, accepted: Accepted) -> dict[tuple[str, str], set[str]]:
    """The owners of all lists that are given in full, by (table of the parts, column)."""
    grouped: dict[tuple[str, str], set[str]] = defaultdict(set)
    ids = {identifier for _, identifier in accepted.rows}
    for parts in feed.complete_lists:
        if parts.owner in ids:
            grouped[parts.entity, parts.column].add(parts.owner)
    return grouped


def _missing(
    session: Session, entity: str, column: str, owners: Iterable[str], accepted: Accepted
) -> list[HsdsTable]:
    """Parts of the owners that are not in the lists any more."""
    table = ENTITIES[entity]
    return [
        row
        for chunk in in_chunks(owners)
        for row in session.scalars(select(table).where(getattr(table, column).in_(chunk)))
        if accepted.rows.get((entity, row.id), {}).get(column) != getattr(row, column)
    ]


def _unlink(
    session: Session, entity: str, column: str, row: HsdsTable, result: ImportResult
) -> None:
    """Take a part from its owner; what then belongs to nobody is removed."""
    name = str(getattr(row, "name", None) or "")
    result.changes.append(Change("removed", entity, row.id, name, (column,)))
    if entity in ROOTS or _has_other_owner(row, entity, column):
        setattr(row, column, None)
    else:
        _remove(session, entity, row)


def _has_other_owner(row: HsdsTable, entity: str, column: str) -> bool:
    return any(
        name != column and other.info.get("link") and getattr(row, name)
        for name, other in public_columns(entity).items()
    )


def _remove(session: Session, entity: str, row: HsdsTable) -> None:
    """Delete a row, and with it what belonged to it alone."""
    session.delete(row)
    for child, table in ENTITIES.items():
        for name, column in public_columns(child).items():
            if target_of(column) == entity and column.info.get("link"):
                for part in session.scalars(select(table).where(column == row.id)):
                    if _has_other_owner(part, child, name):
                        setattr(part, name, None)
                    else:
                        _remove(session, child, part)
    for child, id_column, kind_column, _ in ANYWHERE.values():
        table = ENTITIES[child]
        of_it = getattr(table, id_column) == row.id, getattr(table, kind_column) == entity
        for part in session.scalars(select(table).where(*of_it)):
            session.delete(part)


def _end_vanished(session: Session, feed: Feed, result: ImportResult) -> None:
    listed = {row.key[1] for row in feed.rows if row.entity == "service"}
    known = session.scalars(
        select(Service).where(Service.source == feed.source, Service.status != "defunct")
    )
    for service in known:
        if service.id not in listed:
            service.status = "defunct"
            change = Change("defunct", "service", service.id, service.name, ("status",))
            result.changes.append(change)
    session.flush()


def _name(values: Record) -> str:
    return str(values.get("name") or "")
