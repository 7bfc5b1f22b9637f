"""What is said of offices: cards on the web, short text in messaging apps."""

import json
from collections.abc import Sequence
from typing import Any

from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher

from contact_point.directory.categories import CATEGORIES, FIRST_CHOICES
from contact_point.directory.finding import PAGE, Offices, heading
from contact_point.directory.presentation import Card, Reader
from contact_point.directory.search import Wish
from contact_point.translations import mark, translate

Button = dict[str, str]


def utter_results(
    dispatcher: CollectingDispatcher,
    tracker: Tracker,
    offices: Offices,
    offset: int,
    reader: Reader,
) -> None:
    """A page of offices. A list in a messaging app is short, and each can be asked for by its
    number."""
    language, wish = reader.language, offices.wish
    lead = f"**{heading(wish, offices, offset, language)}**"
    if offices.loosened:
        lead = f"{lead}\n\n{offices.loosened}"
    shown = [each.short(number) for number, each in enumerate(offices.cards, 1)]
    texts = shown if len(shown) > 1 else [each.markdown for each in offices.cards]
    buttons = []
    if not _is_web(tracker) and len(offices.cards) > 1:
        buttons += [
            {"title": f"{number}. {each.name}", "payload": f"/find_service{_one(kind)}"}
            for number, (kind, each) in enumerate(
                zip(("first", "second", "third"), offices.cards, strict=False), 1
            )
        ]
    if offset + len(offices.cards) < offices.total:
        buttons.append(_button(mark("More"), wish, language, offset=offset + PAGE))
    if len(offices.cards) > 1:
        if not wish.nearest:
            buttons.append(_going_on(mark("Nearest first"), "nearer", language))
        buttons.append(_going_on(mark("Compare"), "compare", language))
        if not wish.open_now and not wish.open_on and not offices.loosened:
            buttons.append(_button(mark("Only those open now"), wish, language, open_now=True))
    _utter(dispatcher, "\n\n".join([lead, *texts]), lead, offices.cards, buttons, language)


def utter_one(dispatcher: CollectingDispatcher, card: Card, reader: Reader) -> None:
    """One office with all that is known."""
    buttons = [
        _going_on(mark("Book a time"), "book", reader.language),
        _going_on(mark("Save the contact"), "save", reader.language),
    ]
    _utter(dispatcher, card.markdown, "", [card], buttons, reader.language)


def utter_text(
    dispatcher: CollectingDispatcher, text: str, language: str, buttons: Sequence[Button] = ()
) -> None:
    """Something about the offices that are shown."""
    dispatcher.utter_message(
        text=text,
        buttons=[*buttons, _human(language)],
        json_message={"kind": "service"},
    )


def ask_where(dispatcher: CollectingDispatcher, language: str) -> None:
    """Ask where the newcomer is; the channel adds its own way to share a position."""
    text = translate(
        "Where are you? Write your town or postal code, or share your position.", language
    )
    dispatcher.utter_message(
        text=text,
        buttons=[_human(language)],
        json_message={
            "kind": "service",
            "position": translate("Share my position", language),
        },
    )


def category_buttons(language: str) -> list[Button]:
    """What an office may be for."""
    return [
        {
            "title": translate(CATEGORIES[category], language),
            "payload": f'/find_service{{"service_category": "{category}"}}',
        }
        for category in FIRST_CHOICES
    ]


def booking_button(subject: str, language: str) -> Button:
    """Leads to booking a time at the contact point."""
    return {
        "title": translate("Book a time", language),
        "payload": f'/book_appointment{{"subject": "{subject}"}}',
    }


def _utter(
    dispatcher: CollectingDispatcher,
    text: str,
    lead: str,
    cards: Sequence[Card],
    buttons: Sequence[Button],
    language: str,
) -> None:
    dispatcher.utter_message(
        text=text,
        buttons=[*buttons, _human(language)],
        json_message={"kind": "service", "lead": lead, "cards": [_view(card) for card in cards]},
    )


def _view(card: Card) -> dict[str, Any]:
    links = [{"title": title, "url": url} for title, url in card.links]
    return {"text": card.markdown, "links": links}


def _is_web(tracker: Tracker) -> bool:
    metadata = tracker.latest_message.get("metadata") or {}
    return bool(metadata.get("channel", "web") == "web")


def _one(kind: str) -> str:
    return json.dumps({"refinement": kind})


def _going_on(title: str, kind: str, language: str) -> Button:
    return {"title": translate(title, language), "payload": f"/find_service{_one(kind)}"}


def _button(
    title: str, wish: Wish, language: str, offset: int = 0, open_now: bool = False
) -> Button:
    entities = {
        "service_category": wish.category,
        "spoken_language": wish.language,
        "place": wish.place,
        "open_now": "true" if open_now or wish.open_now else None,
        "date": wish.open_on.isoformat() if wish.open_on and not open_now else None,
        "nearest": "true" if wish.nearest else None,
        "position": ",".join(map(str, wish.near)) if wish.near else None,
        "offset": str(offset) if offset else None,
        "words": wish.words,
    }
    wished = {name: value for name, value in entities.items() if value}
    return {
        "title": translate(title, language),
        "payload": f"/find_service{json.dumps(wished, ensure_ascii=False)}",
    }


def _human(language: str) -> Button:
    return {"title": translate("Talk to a person", language), "payload": "/talk_to_human"}
