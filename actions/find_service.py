"""Finding an office: category, language, place and "open now" from one message or button."""

import json
from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.context import context
from actions.newcomer import entity, language_of
from contact_point.directory.categories import CATEGORIES, FIRST_CHOICES
from contact_point.directory.finding import PAGE, Offices, find_offices, heading
from contact_point.directory.search import Wish, is_named
from contact_point.translations import mark, translate

Button = dict[str, str]


class ActionFindService(Action):
    """Shows offices, or asks what kind of office it should be."""

    def name(self) -> str:
        """Unique identifier of this action."""
        return "action_find_service"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[dict[str, Any]]:
        """Everything comes with the message, so that nothing of an earlier search sticks."""
        language = language_of(tracker)
        wish = _wish(tracker)
        if wish.category is None and not await _names_an_office(wish):
            dispatcher.utter_message(
                response="utter_ask_category", buttons=_category_buttons(language)
            )
            return []
        offset = int(entity(tracker, "offset") or 0)
        offices = await context().database.read(
            find_offices,
            wish,
            offset,
            context().clock(),
            context().settings.municipality.zone,
            language,
        )
        if not offices.cards:
            dispatcher.utter_message(response="utter_no_service")
            return []
        _utter(dispatcher, offices, offset, language)
        return []


async def _names_an_office(wish: Wish) -> bool:
    return bool(wish.words) and await context().database.read(is_named, wish.words or "")


def _wish(tracker: Tracker) -> Wish:
    category = entity(tracker, "service_category")
    return Wish(
        category=category if category in CATEGORIES else None,
        language=entity(tracker, "spoken_language"),
        place=entity(tracker, "place"),
        open_now=entity(tracker, "open_now") == "true",
        words=entity(tracker, "words") or _written(tracker),
    )


def _written(tracker: Tracker) -> str | None:
    """What the newcomer wrote, if it was no button."""
    text = tracker.latest_message.get("text") or ""
    return None if text.startswith("/") else text


def _utter(dispatcher: CollectingDispatcher, offices: Offices, offset: int, language: str) -> None:
    wish = offices.wish
    buttons = []
    if offset + len(offices.cards) < offices.total:
        buttons.append(_button(mark("More"), wish, language, offset=offset + PAGE))
    if not wish.open_now and not offices.loosened:
        buttons.append(_button(mark("Only those open now"), wish, language, open_now=True))
    buttons.append({"title": translate("Talk to a person", language), "payload": "/talk_to_human"})
    parts = [f"**{heading(wish, offices, offset, language)}**", offices.loosened, *offices.cards]
    dispatcher.utter_message(
        text="\n\n".join(part for part in parts if part),
        buttons=buttons,
        json_message={"kind": "service"},
    )


def _button(
    title: str, wish: Wish, language: str, offset: int = 0, open_now: bool = False
) -> Button:
    entities = {
        "service_category": wish.category,
        "spoken_language": wish.language,
        "place": wish.place,
        "open_now": "true" if open_now or wish.open_now else None,
        "offset": str(offset) if offset else None,
        "words": wish.words,
    }
    wished = {name: value for name, value in entities.items() if value}
    return {
        "title": translate(title, language),
        "payload": f"/find_service{json.dumps(wished, ensure_ascii=False)}",
    }


def _category_buttons(language: str) -> list[Button]:
    return [
        {
            "title": translate(CATEGORIES[category], language),
            "payload": f'/find_service{{"service_category": "{category}"}}',
        }
        for category in FIRST_CHOICES
    ]
