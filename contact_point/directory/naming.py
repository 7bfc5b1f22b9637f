"""What services are called and described as, in every language there is."""

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from contact_point.directory.tables import Service, Translation


@dataclass(frozen=True)
class NamedService:
    """An active service: its own texts, and (language, text) of what was translated."""

    id: str
    name: str
    names: dict[str, str]
    texts: tuple[str, ...]


def named_services(session: Session) -> list[NamedService]:
    """Every active service with its names and descriptions."""
    services = session.execute(
        select(Service.id, Service.name, Service.description).where(Service.status == "active")
    ).all()
    translations = session.execute(
        select(Translation.entity_id, Translation.field, Translation.language, Translation.text)
        .where(Translation.entity == "service", Translation.field.in_(["name", "description"]))
        .order_by(Translation.id)
    ).all()
    return [
        NamedService(
            id=service.id,
            name=service.name,
            names={
                each.language: each.text
                for each in translations
                if each.entity_id == service.id and each.field == "name"
            },
            texts=tuple(
                filter(
                    None,
                    (
                        service.name,
                        service.description,
                        *(each.text for each in translations if each.entity_id == service.id),
                    ),
                )
            ),
        )
        for service in services
    ]
