"""What any source of services says, as rows of HSDS tables: the common form of all importers."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from contact_point.directory.validation import Fault

Record = dict[str, Any]
Key = tuple[str, str]
"""(table, id)"""


@dataclass
class FeedRow:
    """A row as one record of a source tells it.

    Attributes:
        values: by column; None says "empty", a column that is absent says nothing.
        record: the record's number, from 0.
        at: JSON pointer or row, for whoever mends it.
        is_root: whether the record is about this row; else it is only mentioned there.
        headers: what a sheet calls some of the columns.
    """

    entity: str
    values: Record
    record: int
    file: str
    at: str
    is_root: bool = False
    headers: dict[str, str] = field(default_factory=dict)

    @property
    def key(self) -> Key:
        """Table and id."""
        return self.entity, str(self.values.get("id"))


@dataclass(frozen=True)
class PartsList:
    """A list of parts that a source gives in full: what is not in it is no longer there."""

    entity: str
    column: str
    owner: str


@dataclass
class Feed:
    """A source as it was read.

    Attributes:
        source: the name under which its services are remembered.
        records: how many records (services, rows of a sheet, rows of CSV files) it has.
        rows: all of its table rows; a record may give several, and a row may be given again.
        complete_lists: see PartsList.
        is_complete: whether it lists all of its services, so that others are gone.
        faults: what could not be read, by record.
    """

    source: str
    records: int = 0
    rows: list[FeedRow] = field(default_factory=list)
    complete_lists: set[PartsList] = field(default_factory=set)
    is_complete: bool = True
    faults: list[tuple[int, Fault]] = field(default_factory=list)

    def merge(self, others: Iterable["Feed"]) -> None:
        """Take in feeds that were read piece by piece."""
        for other in others:
            for row in other.rows:
                row.record += self.records
                self.rows.append(row)
            self.faults += [(record + self.records, fault) for record, fault in other.faults]
            self.records += other.records
            self.complete_lists |= other.complete_lists


class SourceError(ValueError):
    """A source that can't be read at all; the text says why and what to do."""
