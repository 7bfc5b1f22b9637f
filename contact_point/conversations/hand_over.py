"""Hand-over to a human adviser: a typed change of state, never a text."""

from datetime import datetime

from sqlalchemy import update
from sqlalchemy.orm import Session

from contact_point.clock import Clock
from contact_point.conversations import messages
from contact_point.conversations.office_hours import OfficeHours, office_hours, opens_in_words
from contact_point.conversations.tables import Conversation
from contact_point.settings import Municipality
from contact_point.topics import SAFETY_TOPICS
from contact_point.translations import translate
from contact_point.variables import municipality_variables


def request(
    session: Session,
    conversation_id: str,
    municipality: Municipality,
    clock: Clock,
    topic: str | None = None,
) -> OfficeHours:
    """Put a conversation in the advisers' queue; asking twice changes nothing.

    Args:
        topic: what it is about; without it, what the conversation was about last.

    Returns whether advisers answer now, and if not, when they do.
    """
    now = clock()
    topic = topic or messages.conversation(session, conversation_id).topic
    session.execute(
        update(Conversation)
        .where(Conversation.id == conversation_id, Conversation.state.in_(("bot", "closed")))
        .values(
            state="waiting",
            waiting_since=now,
            updated_at=now,
            topic=topic,
            urgent=topic in SAFETY_TOPICS,
        )
    )
    return office_hours(municipality, now)


def request_by_newcomer(
    session: Session, conversation_id: str, municipality: Municipality, clock: Clock
) -> None:
    """The button that is always there: hand over and say so, also when the bot is down."""
    conversation = messages.conversation(session, conversation_id)
    if conversation.state in ("waiting", "with_adviser"):
        return
    hours = request(session, conversation_id, municipality, clock)
    reply = waiting_reply(municipality, hours, conversation.language)
    messages.say(session, conversation_id, "notice", [reply], clock())


def waiting_reply(
    municipality: Municipality, hours: OfficeHours, language: str
) -> dict[str, object]:
    """What a newcomer is told who waits for a person."""
    values = municipality_variables(municipality, language)
    if hours.is_open:
        return {
            "text": translate(
                "A person will answer you here in the chat. You can go on writing: the person "
                "reads everything. If someone is in danger, call {emergency_phone}.",
                language,
                **values,
            )
        }
    if hours.opens is None:
        text = translate(
            "No person can answer right now. What you write stays here. You can also book a "
            "time. If someone is in danger, call {emergency_phone}.",
            language,
            **values,
        )
    else:
        text = translate(
            "No person can answer right now. We open {opens}. What you write stays here, and a "
            "person reads it then. You can also book a time. If someone is in danger, call "
            "{emergency_phone}.",
            language,
            opens=opens_in_words(municipality, hours.opens, language),
            **values,
        )
    return {
        "text": text,
        "buttons": [{"title": translate("Book a time", language), "payload": "/book_appointment"}],
    }


def back_to_bot(session: Session, conversation_id: str, now: datetime) -> None:
    """The assistant answers again."""
    session.execute(
        update(Conversation)
        .where(Conversation.id == conversation_id)
        .values(state="bot", adviser_id=None, waiting_since=None, urgent=False, updated_at=now)
    )
