"""Finding an office: what it is for, language, place and hours from one message or button."""

from dataclasses import replace
from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.context import context
from actions.find_service import replies
from actions.find_service.wishes import centre_of, shared_position, wish_of
from actions.newcomer import entity, language_of
from contact_point.directory import details
from contact_point.directory.finding import PAGE, find_offices, note_showings
from contact_point.directory.last_search import ORDINALS, LastSearch, last_search, narrowed
from contact_point.directory.presentation import Reader
from contact_point.directory.relevance import is_stated
from contact_point.directory.search import Wish
from contact_point.translations import translate

Events = list[dict[str, Any]]
LAST_SEARCH, POSITION = "last_search", "position"


class ActionFindService(Action):
    """Shows offices, goes on from those shown, or asks what kind of office it should be."""

    def name(self) -> str:
        """Unique identifier of this action."""
        return "action_find_service"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> Events:
        """A new search stands alone; only what goes on from the last one uses it."""
        wish = await wish_of(tracker)
        before = last_search(tracker.get_slot(LAST_SEARCH))
        kind = entity(tracker, "refinement") or _said_where(tracker, before, wish)
        if before and kind:
            return await _go_on(dispatcher, tracker, before, kind, wish)
        if wish.category is None and not await _is_stated(wish):
            dispatcher.utter_message(
                response="utter_ask_category",
                buttons=replies.category_buttons(language_of(tracker)),
            )
            return _remembered(tracker)
        return await _show(dispatcher, tracker, wish, int(entity(tracker, "offset") or 0))


async def _show(
    dispatcher: CollectingDispatcher, tracker: Tracker, wish: Wish, offset: int
) -> Events:
    """A page of what fits a wish."""
    reader = _reader(tracker, wish)
    offices = await context().database.read(find_offices, wish, offset, reader)
    if not offices.cards:
        dispatcher.utter_message(response="utter_no_service")
        return _remembered(tracker)
    await context().database.write(note_showings, offices.service_ids, reader.at)
    replies.utter_results(dispatcher, tracker, offices, offset, reader)
    shown = tuple(card.id for card in offices.cards)
    chosen = shown[0] if len(shown) == 1 else None
    # What was wished is kept, not what was found instead: the next message may make it possible.
    return _remembered(tracker, LastSearch(wish, offset, shown, chosen))


async def _go_on(
    dispatcher: CollectingDispatcher, tracker: Tracker, before: LastSearch, kind: str, added: Wish
) -> Events:
    """What a newcomer wants next of what was found."""
    language = language_of(tracker)
    if kind in ORDINALS:
        return await _show_one(dispatcher, tracker, before, ORDINALS[kind])
    if kind == "more":
        return await _show(dispatcher, tracker, before.wish, before.offset + PAGE)
    if kind in ("nearer", "narrow"):
        wish = narrowed(before.wish, added)
        if kind == "nearer" or before.asked_where:
            where = wish.near or await context().database.read(centre_of, wish.place)
            if where is None:
                replies.ask_where(dispatcher, language)
                return _remembered(tracker, replace(before, asked_where=True))
            wish = replace(wish, near=where, nearest=True, place=None)
        return await _show(dispatcher, tracker, wish, 0)
    await _tell(dispatcher, tracker, before, kind)
    return _remembered(tracker, before)


async def _show_one(
    dispatcher: CollectingDispatcher, tracker: Tracker, before: LastSearch, number: int
) -> Events:
    if number >= len(before.shown):
        language = language_of(tracker)
        text = translate("There are only {count} here.", language, count=len(before.shown))
        replies.utter_text(dispatcher, text, language)
        return _remembered(tracker, before)
    chosen = before.shown[number]
    reader = _reader(tracker, before.wish)
    for card in await context().database.read(details.cards, [chosen], reader):
        replies.utter_one(dispatcher, card, reader)
    return _remembered(tracker, replace(before, chosen=chosen))


async def _tell(
    dispatcher: CollectingDispatcher, tracker: Tracker, before: LastSearch, kind: str
) -> None:
    """Numbers, the way, a comparison, files, or how to book."""
    reader, read = _reader(tracker, before.wish), context().database.read
    municipality, about = context().settings.municipality, before.about
    if kind == "book":
        subject = await read(details.subject_booked_here, about, municipality)
        if subject:
            text = translate("You can book a time there with me.", reader.language)
            button = replies.booking_button(subject, reader.language)
            replies.utter_text(dispatcher, text, reader.language, [button])
            return
        text = await read(details.booking, about, reader)
    elif kind == "call":
        text = await read(details.numbers, about, reader)
    elif kind == "directions":
        text = await read(details.directions, about, reader)
    elif kind == "save":
        text = await read(details.saving, about, reader)
    else:
        text = await read(details.comparison, before.shown, reader)
    replies.utter_text(dispatcher, text, reader.language)


def _said_where(tracker: Tracker, before: LastSearch | None, wish: Wish) -> str | None:
    """A position that is shared, or a place after the question where the newcomer is, asks for
    what is nearer."""
    if wish.category or entity(tracker, "words"):
        return None
    if entity(tracker, "position"):
        return "nearer"
    asked = before is not None and before.asked_where
    return "nearer" if asked and (wish.place or entity(tracker, "postal_code")) else None


def _reader(tracker: Tracker, wish: Wish) -> Reader:
    municipality = context().settings.municipality
    return Reader(
        context().clock(),
        municipality.zone,
        language_of(tracker),
        wish.near,
        wish.open_on,
        municipality.web_base_url,
    )


def _remembered(tracker: Tracker, search: LastSearch | None = None) -> Events:
    """The search, and a position that was shared for it, for the rest of the conversation."""
    events: Events = [SlotSet(LAST_SEARCH, search.to_json() if search else None)]
    position = shared_position(tracker)
    if position:
        events.append(SlotSet(POSITION, ",".join(map(str, position))))
    return events


async def _is_stated(wish: Wish) -> bool:
    return bool(wish.words) and await context().database.read(is_stated, wish.words or "")
