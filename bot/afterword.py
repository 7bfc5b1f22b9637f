"""What the bot adds to the last reply of a turn: that it changed language, and how to go back; and
the second thing that the message was about.
"""

from typing import Any

from rasa.shared.core.trackers import DialogueStateTracker

from contact_point.languages import LANGUAGES
from contact_point.topics import TOPICS
from contact_point.translations import translate

LANGUAGE_BEFORE = "language_before"
"""Entity: the conversation's language until this message, which is in another."""
ALSO_ABOUT = "also_about"
"""Entity: a second topic of the message."""

Reply = dict[str, Any]


def with_afterword(replies: list[Reply], tracker: DialogueStateTracker) -> list[Reply]:
    """The replies of a turn, the last one with what is to be added."""
    found = {entity["entity"]: entity["value"] for entity in tracker.latest_message.entities or []}
    language = tracker.get_slot("language")
    lines: list[str] = []
    buttons: list[dict[str, str]] = []
    second = TOPICS.get(found.get(ALSO_ABOUT, ""))
    if second:
        name = translate(second.name, language)
        lines.append(translate("You also wrote about: {topic}.", language, topic=name))
        buttons.append({"title": name, "payload": f"/{second.key}"})
    before = found.get(LANGUAGE_BEFORE)
    if before in LANGUAGES and before != language:
        lines.append(
            translate(
                "You wrote in {language}, so I answer in {language}.",
                language,
                language=LANGUAGES[language].own_name,
            )
        )
        payload = f'/change_language{{"conversation_language": "{before}"}}'
        buttons.append({"title": LANGUAGES[before].own_name, "payload": payload})
    if not lines or not replies:
        return replies
    last = replies[-1]
    text = "\n\n".join([last["text"], *lines])
    return [*replies[:-1], last | {"text": text, "buttons": [*buttons, *last["buttons"]]}]
