"""Full-text search over services: FTS5 on SQLite, tsvector on PostgreSQL.

What is indexed are words without differences of writing (`contact_point/spelling.py`), and of names
also their parts of three letters: by those a misspelt word or half of a compound is found.
"""

import re
from collections.abc import Iterable
from typing import NamedTuple

from sqlalchemy import DDL, bindparam, event, text
from sqlalchemy.orm import Session

from contact_point.database import Base, in_chunks
from contact_point.spelling import normalise, without_marks

PART = 3
"""Letters of a part."""
_MOST_WORDS = 40
"""Words of a query that are looked up; a longer message has told by then what it wants."""

SQLITE_TABLE = (
    "CREATE VIRTUAL TABLE service_text USING fts5(service_id UNINDEXED, words, parts, "
    "tokenize='unicode61 remove_diacritics 0')"
)
POSTGRESQL_TABLE = (
    "CREATE TABLE service_text (service_id VARCHAR(36) PRIMARY KEY, words tsvector NOT NULL, "
    "parts tsvector NOT NULL)"
)
POSTGRESQL_INDEXES = (
    "CREATE INDEX ix_service_text_words ON service_text USING gin (words)",
    "CREATE INDEX ix_service_text_parts ON service_text USING gin (parts)",
)
NAME = "service_text"


def _on(moment: str, statement: str, dialect: str | None = None) -> None:
    ddl = DDL(statement)  # type: ignore[no-untyped-call]
    event.listen(Base.metadata, moment, ddl.execute_if(dialect=dialect) if dialect else ddl)


_on("after_create", SQLITE_TABLE, "sqlite")
for _statement in (POSTGRESQL_TABLE, *POSTGRESQL_INDEXES):
    _on("after_create", _statement, "postgresql")
_on("before_drop", f"DROP TABLE IF EXISTS {NAME}")


class ServiceText(NamedTuple):
    """What may be looked for: names, and everything else that is said of a service."""

    service_id: str
    names: tuple[str, ...]
    others: tuple[str, ...]


def words(*texts: str) -> list[str]:
    """The words of texts in one way of writing, each once."""
    found: dict[str, None] = {}
    for each in texts:
        found |= dict.fromkeys(re.findall(r"\w+", without_marks(normalise(each))))
    return list(found)


def parts(word: str) -> set[str]:
    """Every run of three letters of a word; of a shorter word itself."""
    return {word[at : at + PART] for at in range(max(1, len(word) - PART + 1))}


def write(session: Session, texts: Iterable[ServiceText]) -> None:
    """Index services anew."""
    rows = [
        {
            "id": each.service_id,
            "words": " ".join(words(*each.names, *each.others)),
            "parts": " ".join(sorted(_parts(words(*each.names)))),
        }
        for each in texts
    ]
    for chunk in in_chunks(row["id"] for row in rows):
        delete = text("DELETE FROM service_text WHERE service_id IN :ids")
        session.execute(delete.bindparams(bindparam("ids", chunk, expanding=True)))
    if rows:
        session.execute(text(_INSERT[_dialect(session)]), rows)


def find(session: Session, query: str, limit: int) -> dict[str, float]:
    """Service id → rank among those that share words or parts with a query, from 1 for the best
    down to 0."""
    asked = words(query)[:_MOST_WORDS]
    if not asked:
        return {}
    dialect = _dialect(session)
    either = " | " if dialect == "postgresql" else " OR "
    values = {
        "words": either.join(map(_quoted[dialect], asked)),
        "parts": either.join(map(_quoted[dialect], sorted(_parts(asked)))),
        "most": limit,
    }
    rows = session.execute(text(_FIND[dialect]), values).tuples().all()
    best = max((rank for _, rank in rows), default=0.0)
    return {service_id: rank / best for service_id, rank in rows} if best > 0 else {}


def _parts(of: Iterable[str]) -> set[str]:
    return {part for word in of for part in parts(word)}


def _dialect(session: Session) -> str:
    return session.get_bind().dialect.name


_quoted = {
    "sqlite": lambda word: f'"{word}"',
    "postgresql": lambda word: "'" + word.replace("'", "''") + "'",
}
_INSERT = {
    "sqlite": "INSERT INTO service_text (service_id, words, parts) VALUES (:id, :words, :parts)",
    "postgresql": (
        "INSERT INTO service_text (service_id, words, parts) VALUES (:id, "
        "array_to_tsvector(string_to_array(:words, ' ')), "
        "array_to_tsvector(string_to_array(:parts, ' ')))"
    ),
}
_FIND = {
    "sqlite": (
        "SELECT service_id, -bm25(service_text, 0, 2, 1) AS rank FROM service_text "
        "WHERE service_text MATCH '(words : (' || :words || ')) OR (parts : (' || :parts || '))' "
        "ORDER BY rank DESC LIMIT :most"
    ),
    "postgresql": (
        "SELECT service_id, 2 * ts_rank(words, CAST(:words AS tsquery), 1) "
        "+ ts_rank(parts, CAST(:parts AS tsquery), 1) AS rank FROM service_text "
        "WHERE words @@ CAST(:words AS tsquery) OR parts @@ CAST(:parts AS tsquery) "
        "ORDER BY rank DESC, service_id LIMIT :most"
    ),
}
