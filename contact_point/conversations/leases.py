"""One worker at a time answers a conversation, in order, however many workers there are.

A lease is a row's owner and time limit, taken by compare-and-swap. A worker that dies loses it by
time; the message that it had begun is then marked as perhaps answered before.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import and_, bindparam, func, or_, select, update
from sqlalchemy.orm import Session

from contact_point.clock import Clock
from contact_point.conversations import messages
from contact_point.conversations.tables import Conversation, Message
from contact_point.database import Base
from contact_point.topics import SAFETY_TOPICS, TOPICS

_CONVERSATION = Base.metadata.tables[Conversation.__tablename__]
_MESSAGE = Base.metadata.tables[Message.__tablename__]

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


_IS_FREE = or_(
    _CONVERSATION.c.lease_until.is_(None), _CONVERSATION.c.lease_until <= bindparam("now")
)
_BEGIN = (
    update(_CONVERSATION)
    .where(_CONVERSATION.c.id == bindparam("key"), _IS_FREE)
    .values(
        state="bot",
        pending=True,
        lease_owner=bindparam("owner"),
        lease_until=bindparam("until"),
        updated_at=bindparam("now_too"),
    )
)
_ANSWERED = (
    update(_MESSAGE).where(_MESSAGE.c.id == bindparam("key")).values(answered_at=bindparam("now"))
)
_WAITING = select(_MESSAGE.c.id).where(
    _MESSAGE.c.conversation_id == bindparam("key"),
    _MESSAGE.c.author == "newcomer",
    _MESSAGE.c.answered_at.is_(None),
)
_END = (
    update(_CONVERSATION)
    .where(_CONVERSATION.c.id == bindparam("key"), ~_WAITING.exists())
    .values(pending=False, lease_owner=None, lease_until=None)
)
_KEEP = (
    update(_CONVERSATION)
    .where(
        _CONVERSATION.c.id == bindparam("key"), _CONVERSATION.c.lease_owner == bindparam("owner")
    )
    .values(
        language=bindparam("new_language"),
        chosen_language=bindparam("new_chosen_language"),
        topic=func.coalesce(
            bindparam("new_topic", type_=_CONVERSATION.c.topic.type), _CONVERSATION.c.topic
        ),
        # Danger that was written just before the call for a person, and understood after it.
        urgent=or_(
            _CONVERSATION.c.urgent,
            and_(
                _CONVERSATION.c.state.in_(("waiting", "with_adviser")),
                bindparam("new_danger", type_=_CONVERSATION.c.urgent.type),
            ),
        ),
        lease_until=bindparam("until"),
        updated_at=bindparam("now"),
    )
    .returning(_CONVERSATION.c.channel, _CONVERSATION.c.account, _CONVERSATION.c.state)
)


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


def receive_and_lease(
    session: Session, inbound: messages.InboundMessage, owner: str, clock: Clock
) -> tuple[str, int, Work | None]:
    """Store a newcomer's message and, where the conversation is free, begin to answer it.

    Returns (conversation id, message id, work or None). One short transaction instead of two.

    Raises:
        UnknownButton, UnknownConversation: see `messages.store`.
    """
    received = messages.store(session, inbound, clock, begun=True)
    conversation_id, message_id = received.conversation_id, received.message_id
    if not received.is_new:
        return conversation_id, message_id, None
    if not received.for_bot or received.was_pending:
        messages.note_received(session, received, clock)
        return conversation_id, message_id, lease(session, conversation_id, owner, clock)
    now = clock()
    begun = session.connection().execute(
        _BEGIN,
        {
            "key": conversation_id, "owner": owner, "now": now, "now_too": now,
            "until": now + LEASE,
        },
    )  # fmt: skip
    if not begun.rowcount:
        messages.note_received(session, received, clock)
        return conversation_id, message_id, None
    work = Work(
        owner,
        conversation_id,
        message_id,
        received.text,
        inbound.channel,
        received.language,
        received.chosen_language,
        repeated=False,
    )
    return conversation_id, message_id, work


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
    connection = session.connection()
    kept = connection.execute(
        _KEEP,
        {
            "key": work.conversation_id,
            "owner": work.owner,
            "new_language": language or work.language,
            # What is written now says more than the picker.
            "new_chosen_language": (
                work.chosen_language if language in (None, work.chosen_language) else None
            ),
            "new_topic": topic if _is_subject(topic) else None,
            "new_danger": topic in SAFETY_TOPICS,
            "until": now + LEASE,
            "now": now,
        },
    ).first()
    if kept is None:
        raise LeaseLost(work.conversation_id)
    place = kept.channel, kept.account
    messages.say(session, work.conversation_id, author, replies, now, place=place)
    connection.execute(_ANSWERED, {"key": work.message_id, "now": now})
    if kept.state in ("waiting", "with_adviser"):
        _leave_rest_to_adviser(session, work.conversation_id, now)
    if connection.execute(_END, {"key": work.conversation_id}).rowcount:
        return None
    return _next(session, work.conversation_id, work.owner)


def _is_subject(topic: str | None) -> bool:
    """Whether a topic is what a conversation is about; "talk to a person" is not."""
    return topic in TOPICS and TOPICS[topic].kind in ("answer", "safety")


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


def _leave_rest_to_adviser(session: Session, conversation_id: str, now: datetime) -> None:
    """After a hand-over the bot is silent: what came meanwhile is for the adviser."""
    session.execute(
        update(Message)
        .where(
            Message.conversation_id == conversation_id,
            Message.author == "newcomer",
            Message.answered_at.is_(None),
        )
        .values(answered_at=now)
    )
