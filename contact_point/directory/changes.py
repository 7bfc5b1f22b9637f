"""Who changed what in the directory, and when."""

from datetime import datetime

from sqlalchemy import ForeignKey, String, Text, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from contact_point.database import Base, UtcDateTime


class DirectoryChange(Base):
    """A change of one field or list of parts of a row, or an import.

    By whom: `source` names the feed that was imported; without one it was staff (`account_id`).
    `service_id`: the service that it is about. `before` and `after` are as people read them.
    """

    __tablename__ = "directory_change"
    __table_args__ = {"sqlite_autoincrement": True}  # noqa: RUF012 - SQLAlchemy's form

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    account_id: Mapped[int | None] = mapped_column(
        ForeignKey("staff_account.id", ondelete="SET NULL")
    )
    source: Mapped[str | None] = mapped_column(Text)
    service_id: Mapped[str | None] = mapped_column(String(36), index=True)
    entity: Mapped[str] = mapped_column(String(40))
    entity_id: Mapped[str | None] = mapped_column(String(36))
    field: Mapped[str] = mapped_column(String(60))
    before: Mapped[str | None] = mapped_column(Text)
    after: Mapped[str | None] = mapped_column(Text)


class ServiceShowing(Base):
    """How often newcomers were shown a service, and when last; whom is not kept."""

    __tablename__ = "service_showing"

    service_id: Mapped[str] = mapped_column(
        ForeignKey("service.id", ondelete="CASCADE"), primary_key=True
    )
    times: Mapped[int]
    last_at: Mapped[datetime] = mapped_column(UtcDateTime)


def version(session: Session) -> tuple[int, datetime] | None:
    """The number and time of the latest change; None before the first."""
    latest = select(DirectoryChange.id, DirectoryChange.at).order_by(DirectoryChange.id.desc())
    found = session.execute(latest.limit(1)).first()
    return (found.id, found.at) if found else None


def edited(session: Session) -> set[tuple[str, str, str]]:
    """(table, id, field) of everything that staff have changed: an import leaves it alone. When a
    service was checked is no such change: the later day counts, whoever did it."""
    rows = session.execute(
        select(DirectoryChange.entity, DirectoryChange.entity_id, DirectoryChange.field)
        .where(DirectoryChange.source.is_(None), DirectoryChange.field != "assured_date")
        .distinct()
    )
    return {(entity, identifier, field) for entity, identifier, field in rows if identifier}
