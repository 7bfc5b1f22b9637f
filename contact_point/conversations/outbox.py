"""Messages to messaging apps: delivered in order, tried again with growing pauses."""

from datetime import datetime, timedelta

from sqlalchemy import select, update
from sqlalchemy.orm import Session, aliased

from contact_point.conversations.tables import Conversation, Message

MAX_ATTEMPTS = 12
_FIRST_PAUSE = timedelta(seconds=1)
_LONGEST_PAUSE = timedelta(minutes=30)
_CLAIM = timedelta(seconds=60)
"""A sender that dies gives its message free after this long."""


def due(session: Session, channel: str, now: datetime, limit: int = 20) -> list[int]:
    """Messages to send now, at most one a conversation: the first that isn't sent yet."""
    earlier = aliased(Message)
    return list(
        session.scalars(
            select(Message.id)
            .where(
                Message.channel == channel,
                Message.delivery == "waiting",
                Message.deliver_at <= now,
                ~select(earlier.id)
                .where(
                    earlier.conversation_id == Message.conversation_id,
                    earlier.delivery == "waiting",
                    earlier.id < Message.id,
                )
                .exists(),
            )
            .order_by(Message.id)
            .limit(limit)
        )
    )


def claim(session: Session, message_id: int, now: datetime) -> tuple[Conversation, Message] | None:
    """Take a message for sending, or None when another sender has it."""
    taken = session.execute(
        update(Message)
        .where(Message.id == message_id, Message.delivery == "waiting", Message.deliver_at <= now)
        .values(deliver_at=now + _CLAIM, delivery_attempts=Message.delivery_attempts + 1)
    )
    if not taken.rowcount:  # type: ignore[attr-defined]
        return None
    message = session.get_one(Message, message_id)
    return session.get_one(Conversation, message.conversation_id), message


def sent(session: Session, message_id: int) -> None:
    """It has arrived."""
    _set(session, message_id, delivery="sent", deliver_at=None)


def failed(session: Session, message_id: int) -> None:
    """It can't be delivered; it stays in the conversation for advisers to see."""
    _set(session, message_id, delivery="failed", deliver_at=None)


def try_again(session: Session, message: Message, now: datetime, retry_after: float | None) -> None:
    """Later: when the app says, or after a pause that doubles each time."""
    if message.delivery_attempts >= MAX_ATTEMPTS:
        failed(session, message.id)
        return
    pause = min(_FIRST_PAUSE * 2 ** (message.delivery_attempts - 1), _LONGEST_PAUSE)
    if retry_after is not None:
        pause = timedelta(seconds=retry_after)
    _set(session, message.id, deliver_at=now + pause)


def _set(session: Session, message_id: int, **values: object) -> None:
    session.execute(update(Message).where(Message.id == message_id).values(**values))
