"""Booking: subject, time, name, contact, and a yes to the summary."""

from rasa_sdk import Action, FormValidationAction, Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.appointments.replies import answer_button, appointment_values, offer_values
from actions.appointments.slots import (
    BOOKING_FORM,
    CONFIRMED,
    CONTACT,
    NAME,
    SUBJECT,
    TIME,
    Domain,
    Events,
    Slots,
    end_form,
    forget,
    is_asked,
    is_payload,
    message_id,
    ranked_topics,
)
from actions.appointments.times import (
    TimeChoice,
    back_to_times,
    calendar,
    chosen_offer,
    offer_other_times,
)
from actions.context import context
from actions.newcomer import entity, language_of
from contact_point.appointments import booking, presentation
from contact_point.appointments.contacts import read_contact, show_contact
from contact_point.appointments.names import read_name
from contact_point.appointments.offers import read_key, subjects_offered
from contact_point.appointments.subjects import (
    SUBJECTS,
    subject_in_words,
    subject_name,
    subject_of_office,
    subject_of_topics,
)

_CHANGEABLE = {"subject": SUBJECT, "time": TIME, "name": NAME, "contact": CONTACT}
_RANKED = 3
"""Likeliest topics of a message that are looked at for a subject."""


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
            if is_asked(tracker, SUBJECT) and not is_payload(value):
                dispatcher.utter_message(response="utter_subject_unclear")
            return {SUBJECT: None}
        tracker.slots[SUBJECT] = subject
        if read_key(str(tracker.get_slot(TIME))) and not await chosen_offer(tracker):
            return {SUBJECT: subject, TIME: None}
        return {SUBJECT: subject}

    async def validate_appointment_name(
        self, value: object, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Domain
    ) -> Slots:
        """A name in any script."""
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
            dispatcher.utter_message(response="utter_no_free_times")
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
        dispatcher.utter_message(
            response="utter_booking_summary",
            subject=subject_name(tracker.get_slot(SUBJECT), language_of(tracker)),
            name=tracker.get_slot(NAME),
            contact=presentation.ltr(show_contact(contact)),
            **offer_values(offer, tracker),
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
        result = await context().database.write(
            booking.book,
            calendar(),
            booking.Request(
                subject=tracker.get_slot(SUBJECT),
                starts_at=starts_at,
                name=tracker.get_slot(NAME),
                contact=contact,
                language=language_of(tracker),
                conversation_id=tracker.sender_id,
                idempotency_key=f"{tracker.sender_id}/{message_id(tracker)}",
            ),
            context().clock,
        )
        if isinstance(result, booking.SlotTaken):
            return back_to_times(dispatcher, tracker, BOOKING_FORM)
        dispatcher.utter_message(response="utter_booked", **appointment_values(result, tracker))
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
        return forget()


def _subject(value: str, tracker: Tracker) -> str | None:
    """The subject of a button, of its name, of a word for an office, or of the likeliest topic."""
    if value in SUBJECTS:
        return value
    if is_payload(value):
        return None
    return (
        subject_in_words(value, language_of(tracker))
        or subject_of_office(entity(tracker, "service_category") or "")
        or subject_of_topics(ranked_topics(tracker)[:_RANKED])
    )


def _wants_a_change(tracker: Tracker) -> bool:
    """Whether the answer to the summary was "no" or "change something"."""
    if entity(tracker, "change") == "choose":
        return True
    if not is_asked(tracker, CONFIRMED):
        return False
    intent = (tracker.latest_message.get("intent") or {}).get("name")
    meant = next(iter(ranked_topics(tracker)), intent) if intent == "inform" else intent
    return meant in ("deny", "change_appointment")
