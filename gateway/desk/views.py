"""What the desk's page gets to see."""

from collections.abc import Sequence
from typing import Any

from babel import Locale

from contact_point.conversations.desk import QueueEntry, Transcript
from contact_point.languages import LANGUAGES
from contact_point.topics import TOPICS
from contact_point.translations import translate
from gateway.channels.web import message_view

_CHANNELS = {"web": "Web", "telegram": "Telegram"}


def queue_view(entries: Sequence[QueueEntry], adviser_id: int, language: str) -> dict[str, Any]:
    """The queue in three parts: waiting, mine, with others."""
    parts: dict[str, list[dict[str, Any]]] = {"waiting": [], "mine": [], "others": []}
    for entry in entries:
        if entry.state == "waiting":
            part = "waiting"
        else:
            part = "mine" if entry.adviser_id == adviser_id else "others"
        parts[part].append(
            {
                "id": entry.id,
                "topic": _topic_name(entry.topic, language),
                "language": language_name(entry.language, language),
                "channel": _CHANNELS.get(entry.channel, entry.channel),
                "urgent": entry.urgent,
                "since": entry.since.isoformat(),
                "adviser": entry.adviser_name if part == "others" else None,
            }
        )
    return parts


def transcript_view(transcript: Transcript, language: str) -> dict[str, Any]:
    """A conversation for the desk: who the newcomer is stays unknown."""
    conversation = transcript.conversation
    return {
        "topic": _topic_name(conversation.topic, language),
        "language": language_name(conversation.language, language),
        "direction": LANGUAGES[conversation.language].direction,
        "state": conversation.state,
        "messages": [message_view(message) for message in transcript.messages],
    }


def _topic_name(topic: str | None, language: str) -> str:
    if topic is None or topic not in TOPICS:
        return translate("No topic yet", language)
    return translate(TOPICS[topic].name, language)


def language_name(tag: str, language: str) -> str:
    """What a language is called in another."""
    return Locale.parse(tag).get_display_name(language) or tag
