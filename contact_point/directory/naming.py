"""What services are called and described as, in every language there is."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from contact_point.database import in_chunks
from contact_point.directory.tables import Service, Translation

SHOWN = ("active", "temporarily closed")
"""The states of services that newcomers are shown."""


@dataclass(frozen=True)
class NamedService:
    """A service that newcomers may be shown: its own name and description, and its names in other
    languages."""

    id: str
    name: str
    description: str
    names: dict[str, str]

    @property
    def texts(self) -> tuple[str, ...]:
        """What its meaning is taken from."""
        own = (self.name, self.description, f"{self.name}. {self.description}")
        texts = own if self.description else (self.name,)
        return tuple(dict.fromkeys((*texts, *self.names.values())))


def named_services(session: Session, ids: Iterable[str] | None = None) -> list[NamedService]:
    """Services with their names; all of them, or those of `ids`."""
    statement = (
        select(Service.id, Service.name, Service.description, Service.alternate_name)
        .where(Service.status.in_(SHOWN))
        .order_by(Service.position, Service.id)
    )
    translations = (
        select(Translation.entity_id, Translation.language, Translation.text)
        .where(Translation.entity == "service", Translation.field == "name")
        .order_by(Translation.id)
    )
    if ids is None:
        rows = session.execute(statement).all()
        named = session.execute(translations).all()
    else:
        chunks = list(in_chunks(ids))
        rows = [
            row
            for chunk in chunks
            for row in session.execute(statement.where(Service.id.in_(chunk)))
        ]
        named = [
            row
            for chunk in chunks
            for row in session.execute(translations.where(Translation.entity_id.in_(chunk)))
        ]
    names: dict[str, dict[str, str]] = defaultdict(dict)
    for row in named:
        names[row.entity_id][row.language] = row.text
    return [
        NamedService(row.id, row.name, row.description or "", names.get(row.id, {})) for row in rows
    ]
