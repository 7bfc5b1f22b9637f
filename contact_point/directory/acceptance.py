"""Which records of a feed go in: each whole or not at all, with every fault told."""

from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace

from sqlalchemy import select
from sqlalchemy.orm import Session

from contact_point.database import in_chunks
from contact_point.directory.feed import Feed, FeedRow, Key, Record
from contact_point.directory.nesting import ANYWHERE, PARTS, ROOTS
from contact_point.directory.tables import ENTITIES, is_key, public_columns, target_of
from contact_point.directory.validation import Fault, row_faults

Reference = tuple[str, Key, bool]
"""(column, what it names, whether the row makes no sense without it)"""


@dataclass
class Accepted:
    """The rows that may go in, merged, and what was found wrong."""

    rows: dict[Key, Record] = field(default_factory=dict)
    rejected: set[int] = field(default_factory=set)
    faults: list[Fault] = field(default_factory=list)
    doubts: list[Fault] = field(default_factory=list)


def accept(session: Session, feed: Feed, progress: Callable[[int, int], None]) -> Accepted:
    """Check a feed. `progress` is told (rows checked, rows in all)."""
    result = Accepted()
    for record, fault in feed.faults:
        _tell(result, record, fault)
    for index, row in enumerate(feed.rows):
        for fault in row_faults(row.entity, row.values, row.file, row.at):
            header = row.headers.get(fault.column, fault.column)
            _tell(result, row.record, replace(fault, column=header))
        if index % 1000 == 0:
            progress(index, len(feed.rows))
    progress(len(feed.rows), len(feed.rows))
    for row, fault in _clashes(feed, result.rejected):
        _tell(result, row.record, fault)
    _check_references(session, feed, result)
    for row in feed.rows:
        if row.record not in result.rejected:
            _merge(result.rows, row)
    return result


def _tell(result: Accepted, record: int, fault: Fault) -> None:
    if fault.is_doubt:
        result.doubts.append(fault)
    else:
        result.rejected.add(record)
        result.faults.append(fault)


def _merge(rows: dict[Key, Record], row: FeedRow) -> None:
    """Of several mentions of a row, the first that says something counts."""
    known = rows.setdefault(row.key, {})
    for name, value in row.values.items():
        if known.get(name) is None:
            known[name] = value


def _clashes(feed: Feed, rejected: set[int]) -> Iterator[tuple[FeedRow, Fault]]:
    """Rows whose id was given before to something else."""
    first: dict[tuple[Key, str], FeedRow] = {}
    for row in feed.rows:
        if row.record in rejected:
            continue
        columns = public_columns(row.entity)
        for name, value in row.values.items():
            if value is None or name not in columns:
                continue
            before = first.setdefault((row.key, name), row)
            if before.values[name] == value:
                continue
            where = Fault(before.file, before.at, "", "", "", "").where
            if is_key(columns[name]):
                mend = f"it is part of two: give it an id of its own here or in {where}"
                fault = Fault(row.file, row.at, "id", row.key[1], "is used twice", mend)
            elif row.is_root:
                mend = f"{where} has it with another {name}: give each its own id"
                fault = Fault(row.file, row.at, "id", row.key[1], "is used twice", mend)
            else:
                problem = f"differs from {where}, which is kept"
                fault = Fault(
                    row.file, row.at, name, str(value)[:60], problem, "write the same in both", True
                )
            yield row, fault
            break


def _check_references(session: Session, feed: Feed, result: Accepted) -> None:
    """References must lead somewhere; what hangs on a record that is left out is left out too."""
    wanted = {key for row in feed.rows for _, key, _ in _references(row)}
    given = {row.key for row in feed.rows}
    stored = _existing(session, wanted - given)
    for row, column, key in _loose_ends(feed, result.rejected, given | stored):
        fault = _nowhere(row, column, key)
        _tell(result, row.record, replace(fault, is_doubt=True))
    while True:
        sound = {row.key for row in feed.rows if row.record not in result.rejected} | stored
        fresh = [
            *_broken(feed, result.rejected, given, sound),
            *_dragged(feed, result.rejected),
        ]
        if not fresh:
            return
        for record, fault in fresh:
            _tell(result, record, fault)


def _references(row: FeedRow) -> Iterator[Reference]:
    for name, column in public_columns(row.entity).items():
        target, value = target_of(column), row.values.get(name)
        if target and isinstance(value, str):
            yield name, (target, value), bool(column.foreign_keys)
    for anywhere in ANYWHERE.values():
        if anywhere.entity != row.entity or not anywhere.kind_tells:
            continue
        if row.values.get(anywhere.kind_column) in ENTITIES:
            key = row.values[anywhere.kind_column], str(row.values.get(anywhere.id_column))
            yield anywhere.id_column, key, False


def _existing(session: Session, keys: set[Key]) -> set[Key]:
    by_entity: dict[str, list[str]] = defaultdict(list)
    for entity, identifier in keys:
        by_entity[entity].append(identifier)
    found = set()
    for entity, identifiers in by_entity.items():
        table = ENTITIES[entity]
        for chunk in in_chunks(identifiers):
            rows = session.scalars(select(table.id).where(table.id.in_(chunk)))
            found |= {(entity, identifier) for identifier in rows}
    return found


def _loose_ends(
    feed: Feed, rejected: set[int], known: set[Key]
) -> Iterator[tuple[FeedRow, str, Key]]:
    """References that may lead nowhere, and do."""
    for row in feed.rows:
        if row.record not in rejected:
            for column, key, needed in _references(row):
                if not needed and key not in known:
                    yield row, column, key


def _broken(
    feed: Feed, rejected: set[int], given: set[Key], sound: set[Key]
) -> Iterator[tuple[int, Fault]]:
    """Rows whose target is missing or left out, and parts that belong to nothing."""
    for row in feed.rows:
        if row.record in rejected:
            continue
        references = list(_references(row))
        missing = [each for each in references if each[2] and each[1] not in sound]
        if not missing and row.entity in _PARTS_ONLY:
            missing = [] if any(key in sound for _, key, _ in references) else references
        if missing:
            column, key, _ = missing[0]
            yield row.record, (_left_out if key in given else _nowhere)(row, column, key)


def _dragged(feed: Feed, rejected: set[int]) -> Iterator[tuple[int, Fault]]:
    """Records whose part stands in a record that is left out: half an entity would mislead."""
    inside = {(row.record, row.key) for row in feed.rows}
    faulty: dict[Key, FeedRow] = {}
    for row in feed.rows:
        if row.record in rejected:
            for column, key, _ in _references(row):
                if (row.record, key) not in inside and (row.entity, column) in _BELONGS:
                    faulty[key] = row
    for row in feed.rows:
        if row.record not in rejected and row.is_root and row.key in faulty:
            part = faulty[row.key]
            mend = f"mend {part.entity} in {part.file}, {part.at} first"
            problem = f"has a {part.entity} with a fault"
            yield row.record, Fault(row.file, row.at, "id", row.key[1], problem, mend)


def _nowhere(row: FeedRow, column: str, key: Key) -> Fault:
    problem = f"names no {key[0]} of this file or of the directory"
    return Fault(row.file, row.at, column, key[1], problem, f"add that {key[0]} or mend the id")


def _left_out(row: FeedRow, column: str, key: Key) -> Fault:
    problem = f"names a {key[0]} that is left out"
    return Fault(row.file, row.at, column, key[1], problem, f"mend that {key[0]} first")


_PARTS_ONLY = frozenset(
    {"contact", "phone", "schedule", "funding", "service_area", "language", "url"}
)
"""Tables whose rows are nothing without one of the rows that they name."""
_BELONGS = {
    (parts.entity, parts.back)
    for lists in PARTS.values()
    for parts in lists.values()
    if parts.entity not in ROOTS
} | {(anywhere.entity, anywhere.id_column) for anywhere in ANYWHERE.values()}
"""(table, column) by which a row is a part of another."""
