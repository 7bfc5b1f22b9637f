"""One worker at a time answers a conversation, in order, however many workers there are.

A lease is a row's owner and time limit, taken by compare-and-swap. A worker that dies loses it by
time; the message that it had begun is then marked as perhaps answered before.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import or_, select, update
from sqlalchemy.orm import Session

from contact_point.clock import Clock
from contact_point.conversations import messages
from contact_point.conversations.tables import Conversation, Message
from contact_point.topics import TOPICS

LEASE = timedelta(seconds=10)
"""How long a newcomer waits at most when a worker has died. A living one renews in time."""
RENEWAL_SECONDS = 3.0


@dataclass(frozen=True)
class Work:
    """A message to answer, under a lease of its conversation."""

    owner: str
    conversation_id: str
    message_id: int
    text: str
    channel: str
    language: str
    chosen_language: str | None
    repeated: bool
    """A worker has begun to answer it before and may have got as far as the bot."""


class LeaseLost(Exception):  # noqa: N818 - what happened, not a fault
    """Another worker has the conversation now; nothing was stored."""


def lease(session: Session, conversation_id: str, owner: str, clock: Clock) -> Work | None:
    """Take a conversation's next unanswered message, or None when it is not free or has none."""
    now = clock()
    taken = session.execute(
        update(Conversation)
        .where(
            Conversation.id == conversation_id,
            Conversation.pending,
            or_(Conversation.lease_until.is_(None), Conversation.lease_until <= now),
        )
        .values(lease_owner=owner, lease_until=now + LEASE)
    )
    if not taken.rowcount:  # type: ignore[attr-defined]
        return None
    return _next(session, conversation_id, owner)


def free_conversations(session: Session, clock: Clock, limit: int = 50) -> list[str]:
    """Conversations with unanswered messages that nobody has, longest unchanged first."""
    now = clock()
    return list(
        session.scalars(
            select(Conversation.id)
            .where(
                Conversation.pending,
                or_(Conversation.lease_until.is_(None), Conversation.lease_until <= now),
            )
            .order_by(Conversation.updated_at)
            .limit(limit)
        )
    )


def finish(
    session: Session,
    work: Work,
    replies: Sequence[dict[str, Any]],
    clock: Clock,
    author: str = "bot",
    language: str | None = None,
    topic: str | None = None,
) -> Work | None:
    """Store replies and the mark that the message is answered, in one transaction.

    Returns the next message under the same lease, or None when there is none and the lease is
    given back.

    Raises:
        LeaseLost: when the lease ran out and another worker took it.
    """
    now = clock()
    changes: dict[str, Any] = {"lease_until": now + LEASE, "updated_at": now}
    if language:
        changes["language"] = language
        if language != work.chosen_language:
            changes["chosen_language"] = None  # what is written now says more than the picker
    if topic in TOPICS and TOPICS[topic].kind in ("answer", "safety"):
        changes["topic"] = topic  # what it is about, not "talk to a person"
    kept = session.execute(
        update(Conversation)
        .where(Conversation.id == work.conversation_id, Conversation.lease_owner == work.owner)
        .values(**changes)
    )
    if not kept.rowcount:  # type: ignore[attr-defined]
        raise LeaseLost(work.conversation_id)
    messages.say(session, work.conversation_id, author, replies, now)
    session.execute(update(Message).where(Message.id == work.message_id).values(answered_at=now))
    _leave_rest_to_adviser(session, work.conversation_id, clock)
    return _next(session, work.conversation_id, work.owner)


def renew(session: Session, owner: str, clock: Clock) -> None:
    """Hold all leases of a living worker for another while."""
    session.execute(
        update(Conversation)
        .where(Conversation.lease_owner == owner)
        .values(lease_until=clock() + LEASE)
    )


def _next(session: Session, conversation_id: str, owner: str) -> Work | None:
    row = session.execute(
        select(
            Message.id,
            Message.text,
            Message.payload,
            Message.attempts,
            Conversation.channel,
            Conversation.language,
            Conversation.chosen_language,
        )
        .join(Conversation, Conversation.id == Message.conversation_id)
        .where(
            Message.conversation_id == conversation_id,
            Message.author == "newcomer",
            Message.answered_at.is_(None),
        )
        .order_by(Message.id)
        .limit(1)
    ).first()
    if row is None:
        session.execute(
            update(Conversation)
            .where(Conversation.id == conversation_id)
            .values(pending=False, lease_owner=None, lease_until=None)
        )
        return None
    session.execute(update(Message).where(Message.id == row.id).values(attempts=row.attempts + 1))
    return Work(
        owner,
        conversation_id,
        row.id,
        row.payload or row.text.lstrip("/ "),
        row.channel,
        row.language,
        row.chosen_language,
        repeated=row.attempts > 0,
    )


def _leave_rest_to_adviser(session: Session, conversation_id: str, clock: Clock) -> None:
    """After a hand-over the bot is silent: what came meanwhile is for the adviser."""
    state = session.scalar(select(Conversation.state).where(Conversation.id == conversation_id))
    if state in ("waiting", "with_adviser"):
        session.execute(
            update(Message)
            .where(
                Message.conversation_id == conversation_id,
                Message.author == "newcomer",
                Message.answered_at.is_(None),
            )
            .values(answered_at=clock())
        )


def receive_and_lease(
    session: Session, inbound: messages.InboundMessage, owner: str, clock: Clock
) -> tuple[str, int, Work | None]:
    """Store a newcomer's message and, where the conversation is free, begin to answer it.

    Returns (conversation id, message id, work or None). One short transaction instead of two.

    Raises:
        UnknownButton: see `messages.receive`.
    """
    conversation_id, message_id, is_new = messages.receive(session, inbound, clock)
    work = lease(session, conversation_id, owner, clock) if is_new else None
    return conversation_id, message_id, work
