"""Tables of conversations and their messages."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from contact_point.database import Base, UtcDateTime


class Conversation(Base):
    """One newcomer in one channel.

    `state`: `bot` (the assistant answers), `waiting` (for an adviser), `with_adviser`, `closed`.
    """

    __tablename__ = "conversation"
    __table_args__ = (
        UniqueConstraint("channel", "account", "contact"),
        Index("ix_conversation_pending", "pending", "lease_until"),
    )

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    channel: Mapped[str] = mapped_column(String(20))
    account: Mapped[str] = mapped_column(String(64), default="")
    contact: Mapped[str | None] = mapped_column(String(64))
    """The newcomer's id in a messaging app; none on the web."""
    language: Mapped[str] = mapped_column(String(8))
    chosen_language: Mapped[str | None] = mapped_column(String(8))
    """What the newcomer chose in the picker."""
    state: Mapped[str] = mapped_column(String(16), default="bot", index=True)
    topic: Mapped[str | None] = mapped_column(String(64))
    urgent: Mapped[bool] = mapped_column(default=False)
    waiting_since: Mapped[datetime | None] = mapped_column(UtcDateTime)
    adviser_id: Mapped[int | None] = mapped_column(
        ForeignKey("staff_account.id", ondelete="SET NULL")
    )
    last_notice: Mapped[int] = mapped_column(default=0, server_default="0")
    """The newest of the staff's notices that was told here."""
    pending: Mapped[bool] = mapped_column(default=False)
    """Whether newcomer's messages wait for the bot."""
    lease_owner: Mapped[str | None] = mapped_column(String(64))
    lease_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime)


class Message(Base):
    """What somebody said. Its `id` grows with time and is the newcomer's cursor.

    `author`: `newcomer`, `bot`, `adviser` or `notice`.
    """

    __tablename__ = "message"
    __table_args__ = (
        UniqueConstraint("channel", "account", "external_id"),
        Index("ix_message_conversation", "conversation_id", "id"),
        Index("ix_message_delivery", "delivery", "deliver_at"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    conversation_id: Mapped[str] = mapped_column(ForeignKey("conversation.id", ondelete="CASCADE"))
    channel: Mapped[str] = mapped_column(String(20))
    account: Mapped[str] = mapped_column(String(64), default="")
    external_id: Mapped[str | None] = mapped_column(String(100))
    """The channel's id of a newcomer's message: a second delivery of it is no second message."""
    author: Mapped[str] = mapped_column(String(16))
    adviser_name: Mapped[str | None] = mapped_column(String(100))
    text: Mapped[str] = mapped_column(Text)
    payload: Mapped[str | None] = mapped_column(Text)
    """What a pressed button sends to the bot instead of its title."""
    reply: Mapped[dict[str, Any] | None] = mapped_column(JSON)
    """Buttons, sources and the like of a bot's message."""
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    attempts: Mapped[int] = mapped_column(default=0)
    """How often a worker has begun to answer it."""
    answered_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    delivery: Mapped[str | None] = mapped_column(String(10))
    """Of a message to a messaging app: `waiting`, `sent` or `failed`; the web fetches its own."""
    delivery_attempts: Mapped[int] = mapped_column(default=0)
    deliver_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
