"""Taking in newcomers' messages, and what is said to them."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import and_, insert, select, update
from sqlalchemy.orm import Session

from contact_point.clock import Clock
from contact_point.conversations.tables import Conversation, Message

WEB = "web"
MAX_CHARACTERS = 2000


@dataclass(frozen=True)
class InboundMessage:
    """A newcomer's message as a channel adapter understood it.

    `conversation_id` is given on the web, `contact` (and a first guess of the language) in a
    messaging app. A pressed button carries `button`: (message id, place in its list).
    """

    channel: str
    external_id: str
    text: str = ""
    account: str = ""
    conversation_id: str | None = None
    contact: str | None = None
    language: str = "sv"
    button: tuple[int, int] | None = None
    payload: str | None = None


class UnknownConversation(Exception):  # noqa: N818 - a refusal, not a fault
    """There is no such conversation, or not any more."""


class UnknownButton(Exception):  # noqa: N818 - a refusal, not a fault
    """The pressed button doesn't belong to this conversation."""


def start(
    session: Session,
    channel: str,
    language: str,
    clock: Clock,
    account: str = "",
    contact: str | None = None,
    chosen: bool = False,
) -> str:
    """Make a conversation; returns its id, which the server alone makes."""
    now = clock()
    conversation_id = uuid.uuid4().hex
    session.execute(
        insert(Conversation).values(
            id=conversation_id,
            channel=channel,
            account=account,
            contact=contact,
            language=language,
            chosen_language=language if chosen else None,
            state="bot",
            urgent=False,
            pending=False,
            created_at=now,
            updated_at=now,
        )
    )
    return conversation_id


def receive(session: Session, inbound: InboundMessage, clock: Clock) -> tuple[str, int, bool]:
    """Store a newcomer's message; returns (conversation id, message id, whether it is new).

    A message whose (channel, account, external id) is there already is not stored again.

    Raises:
        UnknownButton: when a button is pressed that this conversation doesn't have.
        UnknownConversation: when it is gone.
    """
    stored = session.execute(
        select(Message.conversation_id, Message.id).where(
            Message.channel == inbound.channel,
            Message.account == inbound.account,
            Message.external_id == inbound.external_id,
        )
    ).first()
    if stored:
        return stored[0], stored[1], False
    conversation_id = inbound.conversation_id or _contact_conversation(session, inbound, clock)
    text, payload = inbound.text, inbound.payload
    if inbound.button:
        text, payload = _button(session, conversation_id, *inbound.button)
    now = clock()
    state = session.scalar(select(Conversation.state).where(Conversation.id == conversation_id))
    if state is None:
        raise UnknownConversation(conversation_id)
    for_bot = state in ("bot", "closed")
    message_id = session.execute(
        insert(Message)
        .values(
            conversation_id=conversation_id,
            channel=inbound.channel,
            account=inbound.account,
            external_id=inbound.external_id,
            author="newcomer",
            text=text,
            payload=payload,
            created_at=now,
            attempts=0,
            delivery_attempts=0,
            answered_at=None if for_bot else now,
        )
        .returning(Message.id)
    ).scalar_one()
    changes: dict[str, Any] = {"updated_at": now}
    if for_bot:
        changes |= {"state": "bot", "pending": True}
    session.execute(
        update(Conversation).where(Conversation.id == conversation_id).values(**changes)
    )
    return conversation_id, message_id, True


def say(
    session: Session,
    conversation_id: str,
    author: str,
    replies: Sequence[dict[str, Any]],
    now: datetime,
    adviser_name: str | None = None,
) -> list[int]:
    """Store messages to the newcomer, in order; returns their ids."""
    channel, account = session.execute(
        select(Conversation.channel, Conversation.account).where(Conversation.id == conversation_id)
    ).one()
    to_app = channel != WEB
    return [
        session.execute(
            insert(Message)
            .values(
                conversation_id=conversation_id,
                channel=channel,
                account=account,
                author=author,
                adviser_name=adviser_name,
                text=reply["text"],
                reply={key: value for key, value in reply.items() if key != "text"} or None,
                created_at=now,
                attempts=0,
                answered_at=now,
                delivery="waiting" if to_app else None,
                delivery_attempts=0,
                deliver_at=now if to_app else None,
            )
            .returning(Message.id)
        ).scalar_one()
        for reply in replies
    ]


def messages_after(session: Session, conversation_id: str, cursor: int) -> list[Message]:
    """The messages of a conversation after a cursor, oldest first."""
    return list(
        session.scalars(
            select(Message)
            .where(Message.conversation_id == conversation_id, Message.id > cursor)
            .order_by(Message.id)
        )
    )


def conversation(session: Session, conversation_id: str) -> Conversation:
    """A conversation by its id.

    Raises:
        UnknownConversation: when there is none.
    """
    found = session.get(Conversation, conversation_id)
    if found is None:
        raise UnknownConversation(conversation_id)
    return found


def choose_language(session: Session, conversation_id: str, language: str, clock: Clock) -> None:
    """The newcomer's own choice; it weighs more than guesses."""
    session.execute(
        update(Conversation)
        .where(Conversation.id == conversation_id)
        .values(language=language, chosen_language=language, updated_at=clock())
    )


def _contact_conversation(session: Session, inbound: InboundMessage, clock: Clock) -> str:
    found = session.scalar(
        select(Conversation.id).where(
            and_(
                Conversation.channel == inbound.channel,
                Conversation.account == inbound.account,
                Conversation.contact == inbound.contact,
            )
        )
    )
    return found or start(
        session, inbound.channel, inbound.language, clock, inbound.account, inbound.contact
    )


def _button(session: Session, conversation_id: str, message_id: int, index: int) -> tuple[str, str]:
    """(title, payload) of a button that was shown in this conversation."""
    reply = session.scalar(
        select(Message.reply).where(
            Message.id == message_id, Message.conversation_id == conversation_id
        )
    )
    buttons = (reply or {}).get("buttons") or []
    if not 0 <= index < len(buttons):
        raise UnknownButton(f"message {message_id} has no button {index}")
    return buttons[index]["title"], buttons[index]["payload"]
