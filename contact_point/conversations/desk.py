"""What advisers do with conversations that were handed over."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from contact_point.clock import Clock
from contact_point.conversations import hand_over, messages
from contact_point.conversations.tables import Conversation
from contact_point.staff import StaffAccount
from contact_point.translations import translate


class NotYours(Exception):  # noqa: N818 - a refusal, not a fault
    """A colleague has the conversation, or it isn't in the state that this needs."""


@dataclass(frozen=True)
class QueueEntry:
    """A conversation in the queue or with an adviser."""

    id: str
    channel: str
    language: str
    topic: str | None
    urgent: bool
    state: str
    since: datetime
    adviser_id: int | None
    adviser_name: str | None


@dataclass(frozen=True)
class Transcript:
    """A conversation's messages after a cursor."""

    conversation: Conversation
    messages: list[messages.StoredMessage]


def queue(session: Session) -> list[QueueEntry]:
    """Everybody who waits or talks with an adviser: urgent first, then the longest waiting."""
    rows = session.execute(
        select(Conversation, StaffAccount.name)
        .outerjoin(StaffAccount, StaffAccount.id == Conversation.adviser_id)
        .where(Conversation.state.in_(("waiting", "with_adviser")))
        .order_by(Conversation.urgent.desc(), Conversation.waiting_since)
    )
    return [
        QueueEntry(
            each.id,
            each.channel,
            each.language,
            each.topic,
            each.urgent,
            each.state,
            each.waiting_since or each.updated_at,
            each.adviser_id,
            name,
        )
        for each, name in rows
    ]


def transcript(session: Session, conversation_id: str, after: int = 0) -> Transcript | None:
    """The messages of a conversation that was handed over; None for any other."""
    conversation = session.get(Conversation, conversation_id)
    if conversation is None or conversation.state not in ("waiting", "with_adviser"):
        return None
    return Transcript(conversation, messages.messages_after(session, conversation_id, after))


def claim(session: Session, conversation_id: str, adviser_id: int, *, clock: Clock) -> None:
    """Take a waiting conversation. Of many who try, one wins.

    Raises:
        NotYours: for the others.
    """
    now = clock()
    won = session.execute(
        update(Conversation)
        .where(Conversation.id == conversation_id, Conversation.state == "waiting")
        .values(state="with_adviser", adviser_id=adviser_id, updated_at=now)
    )
    if not won.rowcount:  # type: ignore[attr-defined]
        raise NotYours(conversation_id)
    language = session.get_one(Conversation, conversation_id).language
    text = translate(
        "{name} from the contact point is here and answers you now.",
        language,
        name=session.get_one(StaffAccount, adviser_id).name,
    )
    messages.say(session, conversation_id, "notice", [{"text": text}], now)


def reply(
    session: Session, conversation_id: str, adviser_id: int, text: str, *, clock: Clock
) -> None:
    """Say something to the newcomer.

    Raises:
        NotYours: when this adviser doesn't have the conversation.
    """
    now = clock()
    _hold(session, conversation_id, adviser_id)
    name = session.get_one(StaffAccount, adviser_id).name
    messages.say(session, conversation_id, "adviser", [{"text": text}], now, adviser_name=name)
    session.execute(
        update(Conversation).where(Conversation.id == conversation_id).values(updated_at=now)
    )


def release(session: Session, conversation_id: str, adviser_id: int, *, clock: Clock) -> None:
    """Put a conversation back in the queue; it keeps its place by waiting time.

    Raises:
        NotYours: when this adviser doesn't have it.
    """
    _hold(session, conversation_id, adviser_id)
    session.execute(
        update(Conversation)
        .where(Conversation.id == conversation_id)
        .values(state="waiting", adviser_id=None, updated_at=clock())
    )


def resolve(session: Session, conversation_id: str, adviser_id: int, *, clock: Clock) -> None:
    """Finish: the assistant takes over again, and the newcomer is told.

    Raises:
        NotYours: when this adviser doesn't have it.
    """
    now = clock()
    _hold(session, conversation_id, adviser_id)
    hand_over.back_to_bot(session, conversation_id, now)
    language = session.get_one(Conversation, conversation_id).language
    text = translate(
        "The conversation with the person is finished. The automatic assistant answers again. "
        "You can always ask for a person.",
        language,
    )
    messages.say(session, conversation_id, "notice", [{"text": text}], now)


def _hold(session: Session, conversation_id: str, adviser_id: int) -> None:
    held = session.execute(
        update(Conversation)
        .where(
            Conversation.id == conversation_id,
            Conversation.state == "with_adviser",
            Conversation.adviser_id == adviser_id,
        )
        .values(adviser_id=adviser_id)
    )
    if not held.rowcount:  # type: ignore[attr-defined]
        raise NotYours(conversation_id)
