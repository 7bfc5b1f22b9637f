"""What the web chat itself says, in the newcomer's language."""

from typing import Any

from contact_point.settings import Municipality
from contact_point.translations import translate
from contact_point.variables import hours_in_words


def widget_strings(municipality: Municipality, language: str) -> dict[str, Any]:
    """Every string of the chat, by the key that chat.js uses."""
    return {
        "title": translate("Contact point", language),
        "open": translate("Ask us: chat", language),
        "close": translate("Close the chat", language),
        "language": translate("Language", language),
        "human": translate("Talk to a person", language),
        "automatic": translate(
            "You are writing with an automatic assistant, not a person. More about this", language
        ),
        "stored": translate(
            "The assistant is a computer program and can be wrong. We store what you write so "
            "that we can answer and so that a person can take over. Do not write your identity "
            "number or secrets. In danger, call {emergency}. You can also call us: {phone}, "
            "{hours}.",
            language,
            emergency=municipality.help_lines.emergency,
            phone=municipality.contact.phone,
            hours=hours_in_words(municipality, language),
        ),
        "forget": translate("Clear the chat on this device", language),
        "log": translate("Messages", language),
        "placeholder": translate("Write your question", language),
        "send": translate("Send", language),
        "typing": translate("Writing an answer…", language),
        "offline": translate(
            "No connection. What you wrote is kept and will be sent when the connection is back.",
            language,
        ),
        "refused": translate("The message could not be sent. Please write it again.", language),
        "no_position": translate(
            "Your device did not tell where you are. Write your town or postal code.", language
        ),
        "sources": translate("Sources", language),
        "checked": translate("Facts checked on {date}", language, date="{date}"),
        "stale": translate(
            "This text may be out of date. Check with the authority before you act.", language
        ),
        "levels": {
            "municipal": translate("municipal", language),
            "regional": translate("regional", language),
            "national": translate("national", language),
            "eu": translate("EU", language),
        },
        "authors": {
            "bot": translate("Automatic assistant", language),
            "adviser": translate("Adviser", language),
            "notice": translate("Notice", language),
            "newcomer": translate("You", language),
        },
        "welcome": translate(
            "Hello! Write your question in your own words. I answer with sources, find the "
            "right office and book a time. A person can take over at any time.",
            language,
        ),
        "suggestions": [
            translate("How do I find a home?", language),
            translate("I need to see a doctor", language),
            translate("I want to learn Swedish", language),
            translate("Which office can help me?", language),
            translate("I want to book a time", language),
        ],
    }
