"""Offering times and understanding which one the newcomer wants."""

from datetime import date, time
from typing import Any

import msgspec
from rasa_sdk import Action, Tracker
from rasa_sdk.events import FollowupAction, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.appointments.codes import chosen_appointment
from actions.appointments.replies import answer_button, stop_button
from actions.appointments.slots import (
    CONFIRMED,
    MOVING_FORM,
    PLACE,
    REQUESTED,
    SUBJECT,
    TIME,
    WISH,
    Domain,
    Events,
    Slots,
    appointment_language,
    end_form,
    is_asked,
    is_payload,
)
from actions.context import context
from actions.newcomer import entity, language_of
from contact_point.appointments import booking, figures, presentation
from contact_point.appointments.calendar import Calendar
from contact_point.appointments.kinds import kind_of
from contact_point.appointments.meeting_places import meeting_places, wishes_of
from contact_point.appointments.offers import (
    Offer,
    Wish,
    Wishes,
    choose,
    first_fitting,
    offers,
    read_key,
)
from contact_point.appointments.tables import Appointment

_MORE, _OTHER_WEEK = "more", "week"
CHOOSE_PLACE = "choose"


class TimeChoice:
    """A form that asks for a time."""

    async def validate_appointment_time(
        self, value: object, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Domain
    ) -> Slots:
        """A time on a button or by its place, "more times", or a wish that narrows the offer."""
        value = tracker.slots[TIME] = await _nth(str(value), tracker) or value
        if read_key(str(value)):
            offer = await chosen_offer(tracker)
            if offer and await self.keep(offer, tracker):
                return {TIME: value, WISH: None}
            _say_taken(dispatcher, tracker.active_loop_name)
            return {TIME: None, WISH: _around_chosen(tracker)}
        if value == _MORE:
            return {TIME: None, WISH: _as_slot(_stored_wish(tracker).next_page())}
        if value == _OTHER_WEEK:
            return {TIME: None, WISH: await _next_week(tracker)}
        wish = _new_wish(tracker)
        if wish:
            chosen = await self.chosen_by_wish(tracker, wish)
            if chosen and await self.keep(chosen, tracker):
                return {TIME: chosen.key, WISH: None}
            return {TIME: None, WISH: _as_slot(wish)}
        if is_asked(tracker, TIME) and not is_payload(value) and not _says_something_else(tracker):
            dispatcher.utter_message(response="utter_time_unclear")
        return {TIME: None}

    async def chosen_by_wish(self, tracker: Tracker, wish: Wish) -> Offer | None:
        """The offer that a wish leaves no doubt about: one whose button title was typed."""
        return await _typed_offer(tracker, wish)

    async def keep(self, offer: Offer, tracker: Tracker) -> bool:
        """Keep a chosen time from others, where the form does so; False when it is gone."""
        return True


class AskTime(Action):
    """Asks for a time."""

    def name(self) -> str:
        """The action's name."""
        return "action_ask_appointment_time"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Domain
    ) -> Events:
        """Offer a few times that suit the newcomer; end the form when there are none."""
        return await offer_times(dispatcher, tracker)


async def offer_times(dispatcher: CollectingDispatcher, tracker: Tracker) -> Events:
    """Show a page of times as buttons."""
    language = language_of(tracker)
    available = await available_offers(tracker)
    if not available:
        dispatcher.utter_message(
            response="utter_no_free_times",
            walk_in=await walk_in(tracker.get_slot(SUBJECT), tracker),
        )
        return end_form()
    wish = _stored_wish(tracker)
    page = choose(available, wish, calendar())
    zone = calendar().zone
    if wish.page == 0:
        await _note_offered(tracker)
    buttons = [
        answer_button(presentation.short_time(offer.starts_at, zone, language), slot=offer.key)
        for offer in page.offers
    ]
    if page.more:
        buttons.append(answer_button(presentation.more_times(language), slot=_MORE))
    if len({offer.starts_at.astimezone(zone).isocalendar()[:2] for offer in available}) > 1:
        buttons.append(answer_button(presentation.other_week(language), slot=_OTHER_WEEK))
    if await _has_other_places(tracker):
        buttons.append(
            answer_button(presentation.other_place(language), meeting_place=CHOOSE_PLACE)
        )
    dispatcher.utter_message(
        response="utter_offer_times" if page.fits else "utter_offer_nearest_times",
        walk_in=await walk_in(tracker.get_slot(SUBJECT), tracker) if wish.page == 0 else "",
        buttons=[*buttons, stop_button(tracker)],
    )
    return []


async def walk_in(subject: str | None, tracker: Tracker) -> str:
    """When one may come without an appointment, below the text; "" where one may not."""
    if not subject:
        return ""
    kind = await context().database.read(kind_of, subject, calendar())
    return presentation.walk_in(kind.walk_in, language_of(tracker))


async def offer_other_times(dispatcher: CollectingDispatcher, tracker: Tracker) -> Events:
    """The chosen time is gone: ask for another one instead of what was to be asked."""
    _say_taken(dispatcher, tracker.active_loop_name)
    gone = _without_time(tracker)
    tracker.add_slots(gone)
    return [*gone, SlotSet(REQUESTED, TIME), *await offer_times(dispatcher, tracker)]


def back_to_times(dispatcher: CollectingDispatcher, tracker: Tracker, form: str) -> Events:
    """The time was taken at confirmation: the form goes on, and keeps everything else."""
    _say_taken(dispatcher, form)
    return [*_without_time(tracker), FollowupAction(form)]


async def available_offers(tracker: Tracker) -> list[Offer]:
    """The times that can be booked for the subject, or that the appointment can move to."""
    now = context().clock()
    if tracker.active_loop_name == MOVING_FORM:
        appointment = await chosen_appointment(tracker)
        if not isinstance(appointment, Appointment):
            return []
        available = await context().database.read(
            offers, calendar(), appointment.subject, appointment.language, now, appointment,
            place=appointment.place,
        )  # fmt: skip
        return [offer for offer in available if offer.starts_at != appointment.starts_at]
    subject = tracker.get_slot(SUBJECT)
    if not subject:
        return []
    return await context().database.read(
        offers, calendar(), subject, appointment_language(tracker), now, **search(tracker)
    )


async def chosen_offer(tracker: Tracker) -> Offer | None:
    """The offer of the chosen time, if it can still be booked."""
    starts_at = read_key(str(tracker.get_slot(TIME)))
    available = await available_offers(tracker) if starts_at else []
    return next((offer for offer in available if offer.starts_at == starts_at), None)


def calendar() -> Calendar:
    """When this municipality gives appointments."""
    return Calendar.of(context().settings.municipality)


def search(tracker: Tracker) -> Wishes:
    """What narrows the search, and that what this conversation holds is its own."""
    holder = booking.hold_key(tracker.sender_id)
    return Wishes(**{**wishes_of(tracker.get_slot(PLACE)), "holder": holder})


async def earliest_fitting(tracker: Tracker, wish: Wish) -> Offer | None:
    """The earliest time that fits a wish."""
    return first_fitting(await available_offers(tracker), wish, calendar())


async def _nth(value: str, tracker: Tracker) -> str | None:
    """The key of the time that is shown at a place: "1" is the first."""
    if not (value.isdecimal() and is_asked(tracker, TIME)):
        return None
    shown = choose(await available_offers(tracker), _stored_wish(tracker), calendar()).offers
    return shown[int(value) - 1].key if 0 < int(value) <= len(shown) else None


def _says_something_else(tracker: Tracker) -> bool:
    """Whether the message answers another question than that for a time."""
    return any(entity(tracker, name) for name in ("meeting_place", "email", "phone"))


async def _next_week(tracker: Tracker) -> Slots:
    """The wish for the week after the one that is shown; after the last one, from the beginning."""
    available = await available_offers(tracker)
    if not available:
        return _as_slot(Wish())
    days = [offer.starts_at.astimezone(calendar().zone).date() for offer in available]
    wish = _stored_wish(tracker).next_week(days[0])
    return _as_slot(wish if wish.since and wish.since <= days[-1] else Wish())


async def _has_other_places(tracker: Tracker) -> bool:
    subject = tracker.get_slot(SUBJECT)
    if tracker.active_loop_name == MOVING_FORM or not subject:
        return False
    return len(await context().database.read(meeting_places, subject)) > 1


async def _note_offered(tracker: Tracker) -> None:
    subject = tracker.get_slot(SUBJECT)
    if subject:
        await context().database.write(
            figures.note_offered, subject, appointment_language(tracker), context().clock()
        )


async def _typed_offer(tracker: Tracker, wish: Wish) -> Offer | None:
    """The offer whose button title was typed, word for word."""
    typed = str(tracker.latest_message.get("text")).strip().casefold()
    zone = calendar().zone
    for offer in await available_offers(tracker):
        local = offer.starts_at.astimezone(zone)
        if (local.date(), local.time()) == (wish.day, wish.earliest):
            title = presentation.short_time(offer.starts_at, zone, language_of(tracker))
            return offer if title.casefold() == typed else None
    return None


def _new_wish(tracker: Tracker) -> Wish | None:
    """What the latest message wishes; a time alone keeps the day wished before."""
    week = _read(entity(tracker, "week"), date)
    day = None if week else _read(entity(tracker, "date"), date)
    earliest = _read(entity(tracker, "time"), time)
    part_of_day = entity(tracker, "part_of_day")
    if week:
        return Wish(earliest=earliest, part_of_day=part_of_day, since=week)
    if not (day or earliest or part_of_day):
        return None
    return Wish(day or _stored_wish(tracker).day, earliest, part_of_day)


def _stored_wish(tracker: Tracker) -> Wish:
    stored = tracker.get_slot(WISH)
    return msgspec.convert(stored, Wish) if stored else Wish()


def _around_chosen(tracker: Tracker) -> Slots:
    """The wish for something like the chosen time, which is gone."""
    starts_at = read_key(str(tracker.get_slot(TIME)))
    local = starts_at.astimezone(calendar().zone) if starts_at else None
    return _as_slot(Wish(local.date(), local.time()) if local else Wish())


def _without_time(tracker: Tracker) -> Events:
    return [
        SlotSet(WISH, _around_chosen(tracker)),
        SlotSet(TIME, None),
        SlotSet(CONFIRMED, None),
    ]


def _as_slot(wish: Wish) -> Slots:
    return dict(msgspec.to_builtins(wish))


def _say_taken(dispatcher: CollectingDispatcher, form: str | None) -> None:
    dispatcher.utter_message(
        response="utter_new_time_taken" if form == MOVING_FORM else "utter_time_taken"
    )


def _read(value: str | None, kind: type[Any]) -> Any:
    try:
        return kind.fromisoformat(value) if value else None
    except ValueError:
        return None
