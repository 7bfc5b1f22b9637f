"""Booking: subject, time, name, contact, and a yes to the summary."""

from rasa_sdk import Action, FormValidationAction, Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.appointments.replies import (
    answer_button,
    appointment_values,
    offer_values,
    stop_button,
)
from actions.appointments.slots import (
    ANY_PLACE,
    BOOKING_FORM,
    CONFIRMED,
    CONTACT,
    LANGUAGE,
    NAME,
    NO_NAME,
    NOTE,
    PLACE,
    REQUESTED,
    SUBJECT,
    TIME,
    Domain,
    Events,
    Slots,
    appointment_language,
    end_form,
    forget,
    is_asked,
    is_payload,
    message_id,
    ranked_topics,
)
from actions.appointments.times import (
    CHOOSE_PLACE,
    TimeChoice,
    back_to_times,
    calendar,
    chosen_offer,
    earliest_fitting,
    offer_other_times,
    search,
)
from actions.context import context
from actions.find_service.wishes import shared_position
from actions.newcomer import entity, language_of
from contact_point.appointments import booking, presentation
from contact_point.appointments.contacts import read_contact, show_contact
from contact_point.appointments.meeting_places import MeetingPlace, meeting_places, place_title
from contact_point.appointments.names import read_name
from contact_point.appointments.notes import read_note
from contact_point.appointments.offers import Offer, Wish, read_key, subjects_offered
from contact_point.appointments.subjects import (
    SUBJECTS,
    subject_in_words,
    subject_name,
    subject_of_office,
    subject_of_topics,
)
from contact_point.appointments.tables import PENDING

_CHANGEABLE = {
    "subject": SUBJECT,
    "time": TIME,
    "place": PLACE,
    "name": NAME,
    "contact": CONTACT,
    "note": NOTE,
}
_RANKED = 3
"""Likeliest topics of a message that are looked at for a subject."""
_SURE_SUBJECT = 0.2
"""Probability from which an answer is about a topic."""
_OTHER_ANSWERS = ("date", "time", "part_of_day", "meeting_place", "email", "phone")
"""Entities of answers that say when or where to meet, or how to reach the newcomer."""


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
            is_other = any(entity(tracker, name) for name in _OTHER_ANSWERS)
            if is_asked(tracker, SUBJECT) and not is_payload(value) and not is_other:
                dispatcher.utter_message(response="utter_subject_unclear")
            return {SUBJECT: None}
        tracker.slots[SUBJECT] = subject
        if read_key(str(tracker.get_slot(TIME))) and not await chosen_offer(tracker):
            return {SUBJECT: subject, TIME: None}
        return {SUBJECT: subject}

    async def extract_appointment_language(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Domain
    ) -> Slots:
        """That of the conversation, unless another one is asked for."""
        return {LANGUAGE: ""} if tracker.get_slot(LANGUAGE) is None else {}

    async def validate_appointment_language(
        self, value: object, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Domain
    ) -> Slots:
        """One that is offered; a chosen time is kept if somebody speaks it then."""
        offered = context().settings.municipality.languages
        tracker.slots[LANGUAGE] = value if value in offered else ""
        if read_key(str(tracker.get_slot(TIME))) and not await chosen_offer(tracker):
            return {LANGUAGE: tracker.slots[LANGUAGE], TIME: None}
        return {LANGUAGE: tracker.slots[LANGUAGE]}

    async def extract_appointment_place(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Domain
    ) -> Slots:
        """Where doesn't matter until somebody says so."""
        is_open = tracker.get_slot(PLACE) is None and not is_asked(tracker, PLACE)
        return {PLACE: ANY_PLACE} if is_open else {}

    async def validate_appointment_place(
        self, value: object, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Domain
    ) -> Slots:
        """A place where someone takes the subject; a chosen time stays if it fits."""
        if value == ANY_PLACE:
            return {PLACE: value}
        places = await _places(tracker)
        if value == CHOOSE_PLACE or value not in {place.key for place in places}:
            offices = len(places) > 1
            return {PLACE: None if offices else ANY_PLACE, TIME: None}
        tracker.slots[PLACE] = value
        if read_key(str(tracker.get_slot(TIME))) and not await chosen_offer(tracker):
            return {PLACE: value, TIME: None}
        return {PLACE: value}

    async def chosen_by_wish(self, tracker: Tracker, wish: Wish) -> Offer | None:
        """Who has said everything in one message gets the earliest time that fits."""
        typed = await super().chosen_by_wish(tracker, wish)
        if typed or not _said_at_once(tracker):
            return typed
        return await earliest_fitting(tracker, wish)

    async def keep(self, offer: Offer, tracker: Tracker) -> bool:
        """Hold the time while the newcomer writes who they are."""
        held = await context().database.write(
            booking.hold,
            calendar(),
            tracker.get_slot(SUBJECT),
            offer.starts_at,
            appointment_language(tracker),
            booking.hold_key(tracker.sender_id),
            context().clock,
            search(tracker),
        )
        return not isinstance(held, booking.SlotTaken)

    async def extract_appointment_name(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Domain
    ) -> Slots:
        """Who has said everything in one message is not asked for a name: it can be added."""
        return {NAME: NO_NAME} if _said_at_once(tracker) and not tracker.get_slot(NAME) else {}

    async def extract_appointment_note(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Domain
    ) -> Slots:
        """No note, until somebody wants to write one."""
        refused = entity(tracker, "change") == "no_note"
        is_open = tracker.get_slot(NOTE) is None and not is_asked(tracker, NOTE)
        return {NOTE: ""} if refused or is_open else {}

    async def validate_appointment_note(
        self, value: object, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Domain
    ) -> Slots:
        """A short text."""
        if is_payload(value):
            return {NOTE: ""}
        return {NOTE: read_note(str(value))}

    async def validate_appointment_name(
        self, value: object, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Domain
    ) -> Slots:
        """A name in any script."""
        if value == NO_NAME:
            return {NAME: value}
        name = read_name(str(value))
        if name is None and not is_payload(value):
            dispatcher.utter_message(response="utter_name_unclear")
        return {NAME: name}

    async def validate_appointment_contact(
        self, value: object, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Domain
    ) -> Slots:
        """An e-mail address or a phone number."""
        contact = read_contact(str(value))
        if contact is None and not is_payload(value):
            dispatcher.utter_message(response="utter_contact_unclear")
        return {CONTACT: contact.text if contact else None}

    async def validate_appointment_confirmed(
        self, value: object, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Domain
    ) -> Slots:
        """Yes; or what to change, which is then asked again."""
        asked = is_asked(tracker, CONFIRMED)
        if asked and value == "yes":
            return {CONFIRMED: value}
        changed = _CHANGEABLE.get(str(value))
        if value == "change" and not asked:
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
            dispatcher.utter_message(response="utter_no_free_times", walk_in="")
            return end_form()
        dispatcher.utter_message(
            response="utter_choose_subject",
            buttons=[
                answer_button(subject_name(subject, language), subject=subject)
                for subject in SUBJECTS
                if subject in offered
            ],
        )
        return []


class AskPlace(Action):
    """Asks where to meet."""

    def name(self) -> str:
        """The action's name."""
        return "action_ask_appointment_place"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Domain
    ) -> Events:
        """The offices, the nearest first where it is known where the newcomer is; phone; video."""
        language = language_of(tracker)
        dispatcher.utter_message(
            response="utter_choose_place",
            buttons=[
                *(
                    answer_button(place_title(place, language), meeting_place=place.key)
                    for place in await _places(tracker)
                ),
                stop_button(tracker),
            ],
        )
        return []


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
        offer = await chosen_offer(tracker)
        contact = read_contact(str(tracker.get_slot(CONTACT)))
        if offer is None or contact is None:
            return await offer_other_times(dispatcher, tracker)
        language, name, note = language_of(tracker), tracker.get_slot(NAME), tracker.get_slot(NOTE)
        dispatcher.utter_message(
            response="utter_booking_summary",
            subject=subject_name(tracker.get_slot(SUBJECT), language),
            name=presentation.no_name(language) if name == NO_NAME else name,
            contact=presentation.ltr(show_contact(contact)),
            note=note or presentation.no_note(language),
            **await offer_values(offer, tracker, tracker.get_slot(SUBJECT)),
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
            return forget()  # the form ended early and said why
        name = tracker.get_slot(NAME)
        result = await context().database.write(
            booking.book,
            calendar(),
            booking.Request(
                subject=tracker.get_slot(SUBJECT),
                starts_at=starts_at,
                name="" if name == NO_NAME else name,
                contact=contact,
                language=appointment_language(tracker),
                conversation_id=tracker.sender_id,
                idempotency_key=f"{tracker.sender_id}/{message_id(tracker)}",
                wishes=search(tracker),
                note=tracker.get_slot(NOTE) or None,
            ),
            context().clock,
        )
        if isinstance(result, booking.SlotTaken):
            return back_to_times(dispatcher, tracker, BOOKING_FORM)
        is_pending = result.state == PENDING
        dispatcher.utter_message(
            response="utter_pending" if is_pending else "utter_booked",
            **await appointment_values(result, tracker),
        )
        return forget()


class ForgetAppointment(Action):
    """Empties the slots of an appointment that is not to be."""

    def name(self) -> str:
        """The action's name."""
        return "action_forget_appointment"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Domain
    ) -> Events:
        """Says nothing: the rule does."""
        holder = booking.hold_key(tracker.sender_id)
        await context().database.write(booking.release, holder)
        return forget()


def _subject(value: str, tracker: Tracker) -> str | None:
    """The subject of a button, of its name, of a word for an office, or of the likeliest topic."""
    if value in SUBJECTS:
        return value
    if is_payload(value):
        return None
    # The first message is about booking before all; the answer to the question is the subject.
    least = _SURE_SUBJECT if is_asked(tracker, SUBJECT) else 0.0
    return (
        subject_in_words(value, language_of(tracker))
        or subject_of_office(entity(tracker, "service_category") or "")
        or subject_of_topics(ranked_topics(tracker, least)[:_RANKED])
    )


async def _places(tracker: Tracker) -> list[MeetingPlace]:
    return await context().database.read(
        meeting_places, tracker.get_slot(SUBJECT), shared_position(tracker)
    )


def _said_at_once(tracker: Tracker) -> bool:
    """Whether the message that begins the booking says how to reach the newcomer, too."""
    begins = tracker.get_slot(REQUESTED) is None
    intent = (tracker.latest_message.get("intent") or {}).get("name")
    has_contact = bool(entity(tracker, "phone") or entity(tracker, "email"))
    return begins and intent == "book_appointment" and has_contact


def _wants_a_change(tracker: Tracker) -> bool:
    """Whether the answer to the summary was "no" or "change something"."""
    if entity(tracker, "change") == "choose":
        return True
    if not is_asked(tracker, CONFIRMED):
        return False
    intent = (tracker.latest_message.get("intent") or {}).get("name")
    meant = next(iter(ranked_topics(tracker)), intent) if intent == "inform" else intent
    return meant in ("deny", "change_appointment")
