"""The bot's memory of each conversation, kept for Rasa's tracker store.

Only what the next turn needs is kept; the messages themselves live with the conversation.
"""

from datetime import datetime

from sqlalchemy import LargeBinary, String, bindparam, insert, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from contact_point.database import Base, UtcDateTime


class Dialogue(Base):
    """One row a conversation: its recent events as JSON."""

    __tablename__ = "dialogue"

    conversation_id: Mapped[str] = mapped_column(String(64), primary_key=True)
    events: Mapped[bytes] = mapped_column(LargeBinary)
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)


# Built once: they run in every turn.
_DIALOGUE = Base.metadata.tables[Dialogue.__tablename__]
_IS_THIS = _DIALOGUE.c.conversation_id == bindparam("key")
_LOAD = select(_DIALOGUE.c.events).where(_IS_THIS)
_REPLACE = (
    update(_DIALOGUE)
    .where(_IS_THIS)
    .values(events=bindparam("new_events"), updated_at=bindparam("now"))
)


def load(session: Session, conversation_id: str) -> bytes | None:
    """The stored events, or None for a new conversation."""
    return session.connection().execute(_LOAD, {"key": conversation_id}).scalar()


def save(session: Session, conversation_id: str, events: bytes, now: datetime) -> None:
    """Replace the stored events."""
    connection = session.connection()
    changed = connection.execute(
        _REPLACE, {"key": conversation_id, "new_events": events, "now": now}
    )
    if not changed.rowcount:
        connection.execute(
            insert(_DIALOGUE).values(conversation_id=conversation_id, events=events, updated_at=now)
        )


def delete(session: Session, conversation_id: str) -> None:
    """Forget a conversation."""
    dialogue = session.get(Dialogue, conversation_id)
    if dialogue:
        session.delete(dialogue)


def conversation_ids(session: Session) -> list[str]:
    """Every conversation that the bot remembers."""
    return list(session.scalars(select(Dialogue.conversation_id)))
