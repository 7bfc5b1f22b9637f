"""Taking in newcomers' messages, and what is said to them."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, insert, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from contact_point.clock import Clock
from contact_point.conversations.tables import Conversation, Message
from contact_point.database import Base

WEB = "web"
MAX_CHARACTERS = 2000
POSITION_TEXT = "📍"
"""Stands in the transcript for a position that was shared; where it is stays out of it."""

_MESSAGE = Base.metadata.tables[Message.__tablename__]
_CONVERSATION = Base.metadata.tables[Conversation.__tablename__]


@dataclass(frozen=True)
class StoredMessage:
    """A message as it was read; see `tables.Message` for the fields."""

    id: int
    conversation_id: str
    channel: str
    account: str
    external_id: str | None
    author: str
    adviser_name: str | None
    text: str
    payload: str | None
    reply: dict[str, Any] | None
    created_at: datetime
    attempts: int
    answered_at: datetime | None
    delivery: str | None
    delivery_attempts: int
    deliver_at: datetime | None


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


def position_payload(latitude: float, longitude: float) -> str:
    """What the bot gets of a shared position."""
    return f'/find_service{{"position": "{latitude:.3f},{longitude:.3f}"}}'


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


# Statements of the way of every message are built once: building them costs more than running.
_STORED = select(_MESSAGE.c.conversation_id, _MESSAGE.c.id).where(
    _MESSAGE.c.channel == bindparam("channel"),
    _MESSAGE.c.account == bindparam("account"),
    _MESSAGE.c.external_id == bindparam("external_id"),
)
_STATE = select(
    _CONVERSATION.c.state,
    _CONVERSATION.c.pending,
    _CONVERSATION.c.language,
    _CONVERSATION.c.chosen_language,
).where(_CONVERSATION.c.id == bindparam("conversation_id"))
_LOCKED_STATE = _STATE.with_for_update()
_STORE = insert(_MESSAGE).returning(_MESSAGE.c.id)
_AFTER = (
    select(_MESSAGE)
    .where(
        _MESSAGE.c.conversation_id == bindparam("conversation_id"),
        _MESSAGE.c.id > bindparam("cursor"),
    )
    .order_by(_MESSAGE.c.id)
)


@dataclass(frozen=True)
class Received:
    """A stored message of a newcomer, and the conversation as it was before."""

    conversation_id: str
    message_id: int
    is_new: bool
    text: str = ""
    for_bot: bool = False
    was_pending: bool = False
    language: str = ""
    chosen_language: str | None = None


def receive(session: Session, inbound: InboundMessage, clock: Clock) -> tuple[str, int, bool]:
    """Take in a newcomer's message; returns (conversation id, message id, whether it is new).

    Raises:
        UnknownButton, UnknownConversation: see `store`.
    """
    received = store(session, inbound, clock)
    if received.is_new:
        note_received(session, received, clock)
    return received.conversation_id, received.message_id, received.is_new


def store(session: Session, inbound: InboundMessage, clock: Clock, begun: bool = False) -> Received:
    """Store a newcomer's message; `note_received` or a lease tells the conversation of it.

    A message whose (channel, account, external id) is there already is not stored again. `begun`
    says that its answer begins in this transaction, if no other message waits.

    Raises:
        UnknownButton: when a button is pressed that this conversation doesn't have.
        UnknownConversation: when it is gone.
    """
    connection = session.connection()
    key = {
        "channel": inbound.channel,
        "account": inbound.account,
        "external_id": inbound.external_id,
    }
    conversation_id = inbound.conversation_id or _contact_conversation(session, inbound, clock)
    # The lock keeps a second delivery or a hand-over from happening at the same moment.
    before = connection.execute(_LOCKED_STATE, {"conversation_id": conversation_id}).first()
    stored = connection.execute(_STORED, key).first()
    if stored:
        return Received(stored[0], stored[1], is_new=False)
    if before is None:
        raise UnknownConversation(conversation_id)
    text, payload = inbound.text, inbound.payload
    if inbound.button:
        text, payload = _button(session, conversation_id, *inbound.button)
    for_bot = before.state in ("bot", "closed")
    now = clock()
    message_id = connection.execute(
        _STORE,
        {
            **key,
            "conversation_id": conversation_id,
            "author": "newcomer",
            "text": text,
            "payload": payload,
            "created_at": now,
            "attempts": 1 if begun and for_bot and not before.pending else 0,
            "delivery_attempts": 0,
            "answered_at": None if for_bot else now,
        },
    ).scalar_one()
    return Received(
        conversation_id,
        message_id,
        True,
        payload or text.lstrip("/ "),
        for_bot,
        before.pending,
        before.language,
        before.chosen_language,
    )


def note_received(session: Session, received: Received, clock: Clock) -> None:
    """Mark the conversation: it has something new, for the bot or for an adviser."""
    changes: dict[str, Any] = {"updated_at": clock()}
    if received.for_bot:
        changes |= {"state": "bot", "pending": True}
    session.execute(
        update(Conversation).where(Conversation.id == received.conversation_id).values(**changes)
    )


def say(
    session: Session,
    conversation_id: str,
    author: str,
    replies: Sequence[dict[str, Any]],
    now: datetime,
    adviser_name: str | None = None,
    place: tuple[str, str] | None = None,
) -> list[int]:
    """Store messages to the newcomer, in order; returns their ids.

    `place` is the conversation's (channel, account), where the caller has them at hand.
    """
    channel, account = place or _place(session, conversation_id)
    to_app = channel != WEB
    connection = session.connection()
    return [
        connection.execute(
            _STORE,
            {
                "conversation_id": conversation_id,
                "channel": channel,
                "account": account,
                "author": author,
                "adviser_name": adviser_name,
                "text": reply["text"],
                "reply": {key: value for key, value in reply.items() if key != "text"} or None,
                "created_at": now,
                "attempts": 0,
                "answered_at": now,
                "delivery": "waiting" if to_app else None,
                "delivery_attempts": 0,
                "deliver_at": now if to_app else None,
            },
        ).scalar_one()
        for reply in replies
    ]


def messages_after(session: Session, conversation_id: str, cursor: int) -> list[StoredMessage]:
    """The messages of a conversation after a cursor, oldest first."""
    rows = session.connection().execute(
        _AFTER, {"conversation_id": conversation_id, "cursor": cursor}
    )
    return [StoredMessage(**row) for row in rows.mappings()]


def state_and_language(session: Session, conversation_id: str) -> tuple[str, str]:
    """A conversation's state and language.

    Raises:
        UnknownConversation: when there is none.
    """
    row = session.connection().execute(_STATE, {"conversation_id": conversation_id}).first()
    if row is None:
        raise UnknownConversation(conversation_id)
    return row.state, row.language


def _place(session: Session, conversation_id: str) -> tuple[str, str]:
    row = session.execute(
        select(Conversation.channel, Conversation.account).where(Conversation.id == conversation_id)
    ).one()
    return row.channel, row.account


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
    theirs = select(Conversation.id).where(
        Conversation.channel == inbound.channel,
        Conversation.account == inbound.account,
        Conversation.contact == inbound.contact,
    )
    found = session.scalar(theirs)
    if found:
        return found
    try:
        with session.begin_nested():
            return start(
                session, inbound.channel, inbound.language, clock, inbound.account, inbound.contact
            )
    except IntegrityError:  # another message of theirs came first, at the same moment
        return session.scalars(theirs).one()


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
