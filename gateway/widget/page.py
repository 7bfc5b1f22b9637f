"""The demo page: a municipal page with the chat on it."""

from collections.abc import Sequence
from typing import Any

from contact_point.languages import LANGUAGES, Language
from contact_point.settings import Municipality
from contact_point.translations import translate
from contact_point.variables import hours_in_words


def page_context(municipality: Municipality, language: str) -> dict[str, Any]:
    """What `templates/page.html` shows."""
    return {
        "municipality": municipality,
        "language": LANGUAGES[language],
        "languages": [LANGUAGES[tag] for tag in municipality.languages],
        "hours": hours_in_words(municipality, language),
        "texts": {
            "title": translate("Contact point for newcomers", language),
            "lead": translate(
                "Questions about living here? Ask in your own language. It is free of charge.",
                language,
            ),
            "things": [
                translate("Answers about rights, housing, healthcare, studies and work", language),
                translate("The right office: address, phone and opening hours", language),
                translate("A booked time with a caseworker, with an interpreter", language),
                translate("A person who answers in the chat when we are open", language),
            ],
            "danger": translate("Is someone in danger right now? Call", language),
            "visit": translate("Visit, call or write to us", language),
            "hours": translate("Opening hours", language),
            "language": translate("Language", language),
            "fictitious": translate(
                "This is a demonstration. The municipality does not exist; national authorities "
                "and help lines are real.",
                language,
            ),
            "no_script": translate(
                "The chat needs JavaScript. You can call or visit us instead.", language
            ),
        },
    }


def page_language(
    municipality: Municipality, wished: str | None, accepted: Sequence[str]
) -> Language:
    """The language asked for in the address, else the browser's first that is offered."""
    tags = [wished, *accepted]
    offered = (tag.split("-")[0].lower() for tag in tags if tag)
    first = next((tag for tag in offered if tag in municipality.languages), None)
    return LANGUAGES[first or municipality.languages[0]]
