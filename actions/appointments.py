"""Booking, moving, cancelling and looking up appointments.

Three forms share their slots: `booking_form`, `moving_form` and `cancelling_form`; `lookup_form`
asks for a reference code. A form goes on after an interruption; who stops it, or leaves it for a
person or for safety, finds nothing booked.
"""

from datetime import date, time
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
from rasa_sdk import Action, FormValidationAction, Tracker
from rasa_sdk.events import FollowupAction, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.context import context
from actions.newcomer import entity, language_of
from contact_point.appointments import booking, lookup, presentation
from contact_point.appointments.calendar import Calendar
from contact_point.appointments.codes import show_code
from contact_point.appointments.contacts import read_contact, show_contact
from contact_point.appointments.lookup import NotFound
from contact_point.appointments.names import read_name
from contact_point.appointments.offers import (
    Offer,
    Wish,
    choose,
    offers,
    read_key,
    subjects_offered,
)
from contact_point.appointments.subjects import (
    SUBJECTS,
    subject_in_words,
    subject_name,
    subject_of_office,
    subject_of_topics,
)
from contact_point.appointments.tables import Appointment

Events = list[dict[str, Any]]
Slots = dict[str, Any]
Domain = dict[str, Any]

REQUESTED = "requested_slot"
SUBJECT = "appointment_subject"
TIME = "appointment_time"
WISH = "appointment_wish"
NAME = "appointment_name"
CONTACT = "appointment_contact"
CODE = "appointment_code"
CONFIRMED = "appointment_confirmed"
SLOTS = (SUBJECT, TIME, WISH, NAME, CONTACT, CODE, CONFIRMED)

MOVING_FORM = "moving_form"

_CODE_RESPONSES = {
    NotFound.NO_CODE: "utter_code_malformed",
    NotFound.UNKNOWN: "utter_code_unknown",
    NotFound.TOO_MANY_ATTEMPTS: "utter_code_too_many",
}
_CHANGEABLE = {"subject": SUBJECT, "time": TIME, "name": NAME, "contact": CONTACT}
_MORE = "more"
_RANKED = 3
"""Likeliest topics of a message that are looked at for a subject."""


# --- what the forms share ---


class TimeChoice:
    """A form that asks for a time."""

    async def validate_appointment_time(
        self, value: object, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Domain
    ) -> Slots:
        """A time on a button, "more times", or a wish that narrows the offer."""
        chosen = read_key(str(value))
        if chosen:
            if any(offer.starts_at == chosen for offer in await _available(tracker)):
                return {TIME: value, WISH: None}
            dispatcher.utter_message(response="utter_time_taken")
            return {TIME: None, WISH: _as_slot(_around(str(value)))}
        if value == _MORE:
            return {TIME: None, WISH: _as_slot(_wish_of(tracker).next_page())}
        wish = _new_wish(tracker)
        if wish:
            typed = await _typed_time(tracker, wish)
            return {TIME: typed.key, WISH: None} if typed else {TIME: None, WISH: _as_slot(wish)}
        if tracker.get_slot(REQUESTED) == TIME and not _is_button(tracker):
            dispatcher.utter_message(response="utter_time_unclear")
        return {TIME: None}


class CodeChoice:
    """A form that asks for the reference code of an appointment."""

    async def validate_appointment_code(
        self, value: object, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Domain
    ) -> Slots:
        """The code of an appointment that can be moved or cancelled."""
        if str(value).startswith("/"):
            return {CODE: None}
        found = await _find(str(value), tracker)
        if isinstance(found, Appointment):
            if booking.is_upcoming(found, context().clock()):
                return {CODE: found.code}
            dispatcher.utter_message(response="utter_appointment_not_upcoming")
            return {CODE: None}
        dispatcher.utter_message(response=_CODE_RESPONSES[found])
        if found is NotFound.TOO_MANY_ATTEMPTS:
            return {CODE: None, REQUESTED: None}
        return {CODE: None}


class OwnAppointment:
    """A form that takes the conversation's only appointment without asking which."""

    async def extract_appointment_code(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Domain
    ) -> Slots:
        """The code of the only upcoming appointment, when the form begins."""
        if tracker.get_slot(REQUESTED) or tracker.get_slot(CODE):
            return {}
        own = await _own(tracker)
        return {CODE: own[0].code} if len(own) == 1 else {}


# --- booking ---


class ValidateBookingForm(TimeChoice, FormValidationAction):
    """Checks what the newcomer answers while booking."""

    def name(self) -> str:
        """The action's name."""
        return "validate_booking_form"

    async def validate_appointment_subject(
        self, value: object, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Domain
    ) -> Slots:
        """A subject that some caseworker takes; a chosen time stays if it fits."""
        subject = _subject(str(value), tracker)
        if subject not in await context().database.read(subjects_offered):
            if tracker.get_slot(REQUESTED) == SUBJECT and not _is_button(tracker):
                dispatcher.utter_message(response="utter_subject_unclear")
            return {SUBJECT: None}
        tracker.slots[SUBJECT] = subject
        starts_at = read_key(str(tracker.get_slot(TIME)))
        if starts_at and all(one.starts_at != starts_at for one in await _available(tracker)):
            return {SUBJECT: subject, TIME: None}
        return {SUBJECT: subject}

    async def validate_appointment_name(
        self, value: object, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Domain
    ) -> Slots:
        """A name in any script."""
        if _is_button(tracker):
            return {NAME: None}
        name = read_name(str(value))
        if name is None:
            dispatcher.utter_message(response="utter_name_unclear")
        return {NAME: name}

    async def validate_appointment_contact(
        self, value: object, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Domain
    ) -> Slots:
        """An e-mail address or a phone number."""
        contact = read_contact(str(value))
        if contact is None and not _is_button(tracker):
            dispatcher.utter_message(response="utter_contact_unclear")
        return {CONTACT: contact.text if contact else None}

    async def validate_appointment_confirmed(
        self, value: object, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Domain
    ) -> Slots:
        """Yes; or what to change, which is then asked again."""
        asked = tracker.get_slot(REQUESTED) == CONFIRMED
        if asked and value == "yes":
            return {CONFIRMED: value}
        changed = _CHANGEABLE.get(str(value))
        if value == "change" and not asked and read_key(str(tracker.get_slot(TIME))):
            changed = TIME
        return {CONFIRMED: None} | ({changed: None} if changed else {})


class AskSubject(Action):
    """Asks what the appointment is about."""

    def name(self) -> str:
        """The action's name."""
        return "action_ask_appointment_subject"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Domain
    ) -> Events:
        """Offer the subjects that some caseworker takes; end the form when there are none."""
        language = language_of(tracker)
        offered = await context().database.read(subjects_offered)
        if not offered:
            dispatcher.utter_message(response="utter_no_free_times")
            return [SlotSet(REQUESTED, None)]
        dispatcher.utter_message(
            response="utter_choose_subject",
            buttons=[
                _button(subject_name(subject, language), subject=subject)
                for subject in SUBJECTS
                if subject in offered
            ],
        )
        return []


class AskTime(Action):
    """Offers times."""

    def name(self) -> str:
        """The action's name."""
        return "action_ask_appointment_time"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Domain
    ) -> Events:
        """Offer a page of times that fit the newcomer's wish."""
        return await _offer_times(dispatcher, tracker)


class AskToBook(Action):
    """Sums up and asks whether to book."""

    def name(self) -> str:
        """The action's name."""
        return "action_ask_booking_form_appointment_confirmed"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Domain
    ) -> Events:
        """The summary; or what may be changed; or new times if the chosen one is gone."""
        if _wants_a_change(tracker):
            dispatcher.utter_message(response="utter_choose_change")
            return []
        offer = await _chosen(tracker)
        contact = read_contact(tracker.get_slot(CONTACT))
        if offer is None or contact is None:
            return await _offer_other_times(dispatcher, tracker)
        dispatcher.utter_message(
            response="utter_booking_summary",
            subject=subject_name(tracker.get_slot(SUBJECT), language_of(tracker)),
            name=tracker.get_slot(NAME),
            contact=presentation.ltr(show_contact(contact)),
            **_details(offer, tracker),
        )
        return []


class BookAppointment(Action):
    """Books what was confirmed."""

    def name(self) -> str:
        """The action's name."""
        return "action_book_appointment"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Domain
    ) -> Events:
        """Book and say the code; when the time is gone, go back to choosing a time."""
        starts_at = read_key(str(tracker.get_slot(TIME)))
        contact = read_contact(str(tracker.get_slot(CONTACT)))
        if tracker.get_slot(CONFIRMED) != "yes" or starts_at is None or contact is None:
            return _forget()
        result = await context().database.write(
            booking.book,
            _calendar(),
            booking.Request(
                subject=tracker.get_slot(SUBJECT),
                starts_at=starts_at,
                name=tracker.get_slot(NAME),
                contact=contact,
                language=language_of(tracker),
                conversation_id=tracker.sender_id,
                idempotency_key=f"{tracker.sender_id}/{_message_id(tracker)}",
            ),
            context().clock,
        )
        if isinstance(result, booking.SlotTaken):
            return _time_is_gone(dispatcher, tracker, "booking_form")
        dispatcher.utter_message(response="utter_booked", **_appointment_details(result, tracker))
        return _forget()


# --- moving ---


class ValidateMovingForm(OwnAppointment, CodeChoice, TimeChoice, FormValidationAction):
    """Checks what the newcomer answers while moving an appointment."""

    def name(self) -> str:
        """The action's name."""
        return "validate_moving_form"

    async def validate_appointment_confirmed(
        self, value: object, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Domain
    ) -> Slots:
        """Yes, no, or another time."""
        if tracker.get_slot(REQUESTED) != CONFIRMED:
            return {CONFIRMED: None}
        if value == "change":
            return {CONFIRMED: None, TIME: None}
        return {CONFIRMED: value if value in ("yes", "no") else None}


class AskToMove(Action):
    """Asks whether to move the appointment."""

    def name(self) -> str:
        """The action's name."""
        return "action_ask_moving_form_appointment_confirmed"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Domain
    ) -> Events:
        """Old and new time; or new times if the chosen one is gone."""
        appointment, offer = (
            await _find(str(tracker.get_slot(CODE)), tracker),
            await _chosen(tracker),
        )
        if offer is None or not isinstance(appointment, Appointment):
            return await _offer_other_times(dispatcher, tracker)
        dispatcher.utter_message(
            response="utter_confirm_moving",
            old=presentation.appointment_time(appointment, language_of(tracker)),
            **_details(offer, tracker),
        )
        return []


class MoveAppointment(Action):
    """Moves what was confirmed."""

    def name(self) -> str:
        """The action's name."""
        return "action_move_appointment"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Domain
    ) -> Events:
        """Move; when the time is gone, go back to choosing a time."""
        starts_at = read_key(str(tracker.get_slot(TIME)))
        found = await _confirmed_appointment(dispatcher, tracker)
        if found is None or starts_at is None:
            return _forget()
        try:
            result = await context().database.write(
                booking.move, _calendar(), found.id, starts_at, context().clock
            )
        except booking.NotUpcoming:
            dispatcher.utter_message(response="utter_appointment_not_upcoming")
            return _forget()
        if isinstance(result, booking.SlotTaken):
            return _time_is_gone(dispatcher, tracker, MOVING_FORM)
        dispatcher.utter_message(response="utter_moved", **_appointment_details(result, tracker))
        return _forget()


# --- cancelling ---


class ValidateCancellingForm(OwnAppointment, CodeChoice, FormValidationAction):
    """Checks what the newcomer answers while cancelling."""

    def name(self) -> str:
        """The action's name."""
        return "validate_cancelling_form"

    async def validate_appointment_confirmed(
        self, value: object, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Domain
    ) -> Slots:
        """Yes or no."""
        asked = tracker.get_slot(REQUESTED) == CONFIRMED
        return {CONFIRMED: value if asked and value in ("yes", "no") else None}


class AskToCancel(Action):
    """Asks whether to cancel the appointment."""

    def name(self) -> str:
        """The action's name."""
        return "action_ask_cancelling_form_appointment_confirmed"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Domain
    ) -> Events:
        """Say which appointment it is, without name and contact."""
        found = await _find(str(tracker.get_slot(CODE)), tracker)
        if not isinstance(found, Appointment):
            dispatcher.utter_message(response=_CODE_RESPONSES[found])
            return [SlotSet(REQUESTED, None)]
        dispatcher.utter_message(
            response="utter_confirm_cancelling",
            appointment=presentation.appointment_line(found, language_of(tracker)),
        )
        return []


class CancelAppointment(Action):
    """Cancels what was confirmed."""

    def name(self) -> str:
        """The action's name."""
        return "action_cancel_appointment"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Domain
    ) -> Events:
        """Cancel and free the time."""
        found = await _confirmed_appointment(dispatcher, tracker)
        if found is None:
            return _forget()
        try:
            cancelled = await context().database.write(booking.cancel, found.id, context().clock)
        except booking.NotUpcoming:
            dispatcher.utter_message(response="utter_appointment_not_upcoming")
            return _forget()
        dispatcher.utter_message(
            response="utter_cancelled",
            when=presentation.appointment_time(cancelled, language_of(tracker)),
        )
        return _forget()


# --- looking up ---


class AskCode(Action):
    """Asks which appointment is meant."""

    def name(self) -> str:
        """The action's name."""
        return "action_ask_appointment_code"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Domain
    ) -> Events:
        """The conversation's appointments as buttons, or the question for a code."""
        language, own = language_of(tracker), await _own(tracker)
        if not own:
            dispatcher.utter_message(response="utter_write_code")
            return []
        dispatcher.utter_message(
            response="utter_choose_appointment",
            buttons=[
                _button(presentation.appointment_button(one, language), reference_code=one.code)
                for one in own
            ]
            + [_stop_button(language)],
        )
        return []


class ValidateLookupForm(CodeChoice, FormValidationAction):
    """Checks a code."""

    def name(self) -> str:
        """The action's name."""
        return "validate_lookup_form"


class MyAppointments(Action):
    """Shows appointments to come."""

    def name(self) -> str:
        """The action's name."""
        return "action_my_appointments"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Domain
    ) -> Events:
        """The one of a code that was written, else the conversation's own; else ask for a code."""
        asked_code = tracker.get_slot(CODE)
        if asked_code:
            checked = await CodeChoice().validate_appointment_code(
                asked_code, dispatcher, tracker, domain
            )
            found = await _find(asked_code, tracker) if checked[CODE] else None
            if isinstance(found, Appointment):
                self._show(dispatcher, [found], tracker)
            return [SlotSet(CODE, None)]
        own = await _own(tracker)
        if own:
            self._show(dispatcher, own, tracker)
            return []
        if tracker.active_loop_name:
            dispatcher.utter_message(response="utter_no_appointments")
            return []
        if tracker.latest_action_name == "lookup_form":
            return []  # ended after too many wrong codes
        return [FollowupAction("lookup_form")]

    def _show(
        self, dispatcher: CollectingDispatcher, appointments: list[Appointment], tracker: Tracker
    ) -> None:
        dispatcher.utter_message(
            response="utter_my_appointments",
            appointments=presentation.appointment_list(appointments, language_of(tracker)),
        )


class ForgetAppointment(Action):
    """Empties the slots of an appointment that is not to be."""

    def name(self) -> str:
        """The action's name."""
        return "action_forget_appointment"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Domain
    ) -> Events:
        """Says nothing: the rule does."""
        return _forget()


# --- steps ---


async def _offer_times(dispatcher: CollectingDispatcher, tracker: Tracker) -> Events:
    language = language_of(tracker)
    available = await _available(tracker)
    if not available:
        dispatcher.utter_message(response="utter_no_free_times")
        return [SlotSet(REQUESTED, None)]
    page = choose(available, _wish_of(tracker), _calendar())
    buttons = [
        _button(presentation.short_time(offer.starts_at, _zone(), language), slot=offer.key)
        for offer in page.offers
    ]
    if page.more:
        buttons.append(_button(presentation.more_times(language), slot=_MORE))
    dispatcher.utter_message(
        response="utter_offer_times" if page.fits else "utter_offer_nearest_times",
        buttons=[*buttons, _stop_button(language)],
    )
    return []


async def _offer_other_times(dispatcher: CollectingDispatcher, tracker: Tracker) -> Events:
    """The chosen time is gone: ask for another instead of what was to be asked."""
    dispatcher.utter_message(response="utter_time_taken")
    gone = _gone(tracker)
    tracker.add_slots(gone)
    return [*gone, SlotSet(REQUESTED, TIME), *await _offer_times(dispatcher, tracker)]


def _time_is_gone(dispatcher: CollectingDispatcher, tracker: Tracker, form: str) -> Events:
    dispatcher.utter_message(response="utter_time_taken")
    return [*_gone(tracker), FollowupAction(form)]


def _gone(tracker: Tracker) -> Events:
    wish = _around(str(tracker.get_slot(TIME)))
    return [SlotSet(TIME, None), SlotSet(CONFIRMED, None), SlotSet(WISH, _as_slot(wish))]


def _forget() -> Events:
    return [SlotSet(slot, None) for slot in SLOTS]


async def _confirmed_appointment(
    dispatcher: CollectingDispatcher, tracker: Tracker
) -> Appointment | None:
    """The appointment to change if the newcomer said yes; else says that it is kept."""
    if tracker.get_slot(CONFIRMED) == "no":
        dispatcher.utter_message(response="utter_kept")
    if tracker.get_slot(CONFIRMED) != "yes":
        return None
    found = await _find(str(tracker.get_slot(CODE)), tracker)
    if isinstance(found, Appointment):
        return found
    dispatcher.utter_message(response=_CODE_RESPONSES[found])
    return None


# --- what the tracker says ---


async def _available(tracker: Tracker) -> list[Offer]:
    """The times that can be booked for the subject, or that the appointment can move to."""
    now = context().clock()
    if tracker.active_loop_name == MOVING_FORM:
        appointment = await _find(str(tracker.get_slot(CODE)), tracker)
        if not isinstance(appointment, Appointment):
            return []
        available = await context().database.read(
            offers, _calendar(), appointment.subject, appointment.language, now, appointment
        )
        return [offer for offer in available if offer.starts_at != appointment.starts_at]
    subject = tracker.get_slot(SUBJECT)
    if not subject:
        return []
    return await context().database.read(offers, _calendar(), subject, language_of(tracker), now)


async def _chosen(tracker: Tracker) -> Offer | None:
    starts_at = read_key(str(tracker.get_slot(TIME)))
    available = await _available(tracker)
    return next((offer for offer in available if offer.starts_at == starts_at), None)


async def _own(tracker: Tracker) -> list[Appointment]:
    return await context().database.read(lookup.upcoming, context().clock(), tracker.sender_id)


async def _find(text: str, tracker: Tracker) -> Appointment | NotFound:
    return await context().database.write(
        lookup.find_by_code, text, tracker.sender_id, context().clock()
    )


def _subject(value: str, tracker: Tracker) -> str | None:
    """The subject of a button, of its name, of a word for an office, or of the likeliest topic."""
    if value in SUBJECTS:
        return value
    if _is_button(tracker):
        return None
    ranking = tracker.latest_message.get("intent_ranking") or []
    return (
        subject_in_words(value, language_of(tracker))
        or subject_of_office(entity(tracker, "service_category") or "")
        or subject_of_topics([place["name"] for place in ranking[:_RANKED]])
    )


def _new_wish(tracker: Tracker) -> Wish | None:
    """What the latest message wishes; a time alone keeps the day wished before."""
    day = _read(entity(tracker, "date"), date)
    earliest = _read(entity(tracker, "time"), time)
    part_of_day = entity(tracker, "part_of_day")
    if not (day or earliest or part_of_day):
        return None
    return Wish(day or _wish_of(tracker).day, earliest, part_of_day)


async def _typed_time(tracker: Tracker, wish: Wish) -> Offer | None:
    """The offer whose button title was typed, word for word."""
    title = str(tracker.latest_message.get("text")).strip().casefold()
    for offer in await _available(tracker):
        local = offer.starts_at.astimezone(_zone())
        if (local.date(), local.time()) == (wish.day, wish.earliest):
            shown = presentation.short_time(offer.starts_at, _zone(), language_of(tracker))
            return offer if shown.casefold() == title else None
    return None


def _wish_of(tracker: Tracker) -> Wish:
    stored = tracker.get_slot(WISH)
    return msgspec.convert(stored, Wish) if stored else Wish()


def _as_slot(wish: Wish) -> Slots:
    return dict(msgspec.to_builtins(wish))


def _around(key: str) -> Wish:
    """The wish for something like a time that is gone."""
    starts_at = read_key(key)
    local = starts_at.astimezone(_zone()) if starts_at else None
    return Wish(local.date(), local.time()) if local else Wish()


def _read(value: str | None, kind: type[Any]) -> Any:
    try:
        return kind.fromisoformat(value) if value else None
    except ValueError:
        return None


def _wants_a_change(tracker: Tracker) -> bool:
    """Whether the answer to the summary was "no" or "change something"."""
    if entity(tracker, "change") == "choose":
        return True
    if tracker.get_slot(REQUESTED) != CONFIRMED:
        return False
    intent = (tracker.latest_message.get("intent") or {}).get("name")
    ranking = tracker.latest_message.get("intent_ranking") or []
    meant = ranking[0]["name"] if intent == "inform" and ranking else intent
    return meant in ("deny", "change_appointment")


def _is_button(tracker: Tracker) -> bool:
    """Whether the latest message is a button's payload: typed texts never begin with a slash."""
    return str(tracker.latest_message.get("text", "")).startswith("/")


def _message_id(tracker: Tracker) -> str:
    """The id of the message that is being answered."""
    latest = tracker.get_last_event_for("user") or {}
    return str(latest["message_id"])


# --- what the newcomer reads ---


def _details(offer: Offer, tracker: Tracker) -> dict[str, str]:
    language = language_of(tracker)
    return {
        "when": presentation.full_time(offer.starts_at, offer.ends_at, _zone(), language),
        "caseworker": offer.caseworker_name,
        "interpreter": presentation.interpreter_note(offer, language),
    }


def _appointment_details(appointment: Appointment, tracker: Tracker) -> dict[str, str]:
    language = language_of(tracker)
    return {
        "code": show_code(appointment.code),
        "subject": subject_name(appointment.subject, language),
        "when": presentation.appointment_time(appointment, language),
        "caseworker": appointment.caseworker.first_name,
        "interpreter": presentation.interpreter_note(appointment, language),
    }


def _button(title: str, **entities: str) -> dict[str, str]:
    return {"title": title, "payload": f"/inform{msgspec.json.encode(entities).decode()}"}


def _stop_button(language: str) -> dict[str, str]:
    return {"title": presentation.stop(language), "payload": "/stop"}


def _calendar() -> Calendar:
    return Calendar.of(context().settings.municipality)


def _zone() -> ZoneInfo:
    return context().settings.municipality.zone
