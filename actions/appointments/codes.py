"""Which of the appointments is meant: one's own, or one by its reference code."""

from collections.abc import Callable
from datetime import datetime

from rasa_sdk import Action, Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.appointments.replies import answer_button, stop_button
from actions.appointments.slots import (
    CODE,
    CONFIRMED,
    OWN,
    PROOF,
    REQUESTED,
    Domain,
    Events,
    Slots,
    is_asked,
    is_payload,
)
from actions.context import context
from actions.newcomer import language_of
from contact_point.appointments import booking, lookup, presentation
from contact_point.appointments.codes import read_code
from contact_point.appointments.contacts import read_contact
from contact_point.appointments.lookup import NotFound
from contact_point.appointments.tables import Appointment

_RESPONSES = {
    NotFound.NO_CODE: "utter_code_malformed",
    NotFound.UNKNOWN: "utter_code_unknown",
    NotFound.TOO_MANY_ATTEMPTS: "utter_code_too_many",
}


class CodeChoice:
    """A form that asks for the reference code of an appointment, and unless it was booked in this
    conversation for the e-mail address or phone number that belongs to it."""

    counts = staticmethod(booking.is_upcoming)
    """Which appointments the form is about."""

    async def validate_appointment_code(
        self, value: object, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Domain
    ) -> Slots:
        """A code, whether it exists or not: the contact tells. Too many wrong ones end the form."""
        if is_payload(value):
            return {CODE: None}
        found = await find_appointment(str(value), None, tracker)
        if found is NotFound.NEEDS_CONTACT:
            return {CODE: read_code(str(value))}
        if isinstance(found, NotFound):
            return _refused(found, dispatcher)
        if self.counts(found, context().clock()):
            return {CODE: found.code, PROOF: OWN}
        dispatcher.utter_message(response="utter_appointment_not_upcoming")
        return {CODE: None, PROOF: None}

    async def validate_appointment_proof(
        self, value: object, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Domain
    ) -> Slots:
        """The contact that was given with the booking; a wrong one says nothing about the code."""
        if value == OWN and await _is_own(tracker):
            return {PROOF: value}
        contact = None if is_payload(value) else read_contact(str(value))
        if contact is None:
            if is_asked(tracker, PROOF) and not is_payload(value):
                dispatcher.utter_message(response="utter_contact_unclear")
            return {PROOF: None}
        if not tracker.get_slot(CODE):
            return {PROOF: None}
        found = await find_appointment(str(tracker.get_slot(CODE)), contact.text, tracker)
        if isinstance(found, NotFound):
            return _refused(found, dispatcher)
        if self.counts(found, context().clock()):
            return {PROOF: contact.text}
        dispatcher.utter_message(response="utter_appointment_not_upcoming")
        return {CODE: None, PROOF: None}


def _refused(found: NotFound, dispatcher: CollectingDispatcher) -> Slots:
    dispatcher.utter_message(response=_RESPONSES[found])
    ends = {REQUESTED: None} if found is NotFound.TOO_MANY_ATTEMPTS else {}
    return {CODE: None, PROOF: None, **ends}


class OwnAppointment:
    """A form that takes the conversation's only appointment without asking which."""

    with_begun = False
    """Whether an appointment that has begun counts."""

    async def extract_appointment_code(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Domain
    ) -> Slots:
        """The code of the only appointment to come, when the form begins."""
        if tracker.get_slot(REQUESTED) or tracker.get_slot(CODE):
            return {}
        own = await own_appointments(tracker, self.with_begun)
        return {CODE: own[0].code} if len(own) == 1 else {}


class AskCode(Action):
    """Asks which appointment is meant."""

    def name(self) -> str:
        """The action's name."""
        return "action_ask_appointment_code"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Domain
    ) -> Events:
        """The conversation's appointments as buttons, or the question for a code."""
        language, own = language_of(tracker), await own_appointments(tracker)
        if not own:
            dispatcher.utter_message(response="utter_write_code")
            return []
        buttons = [
            answer_button(presentation.appointment_button(one, language), reference_code=one.code)
            for one in own
        ]
        dispatcher.utter_message(
            response="utter_choose_appointment", buttons=[*buttons, stop_button(tracker)]
        )
        return []


async def find_appointment(
    code: str, contact: str | None, tracker: Tracker
) -> Appointment | NotFound:
    """The appointment of a code; wrong codes are counted."""
    return await context().database.write(
        lookup.find_by_code, code, contact, tracker.sender_id, context().clock()
    )


async def chosen_appointment(tracker: Tracker) -> Appointment | NotFound:
    """The appointment whose code and contact the form has."""
    proof = tracker.get_slot(PROOF)
    contact = None if proof in (None, OWN) else str(proof)
    return await find_appointment(str(tracker.get_slot(CODE)), contact, tracker)


async def chosen_upcoming(
    dispatcher: CollectingDispatcher,
    tracker: Tracker,
    counts: Callable[[Appointment, datetime], bool] = booking.is_upcoming,
) -> Appointment | None:
    """The same, if it is still to come; else says why not."""
    found = await chosen_appointment(tracker)
    if isinstance(found, NotFound):
        dispatcher.utter_message(response=_RESPONSES.get(found, "utter_code_unknown"))
        return None
    if counts(found, context().clock()):
        return found
    dispatcher.utter_message(response="utter_appointment_not_upcoming")
    return None


async def confirmed_appointment(
    dispatcher: CollectingDispatcher, tracker: Tracker
) -> Appointment | None:
    """The appointment to change if the newcomer said yes; else says that it is kept."""
    if tracker.get_slot(CONFIRMED) == "no":
        dispatcher.utter_message(response="utter_kept")
    if tracker.get_slot(CONFIRMED) != "yes":
        return None
    found = await chosen_appointment(tracker)
    if isinstance(found, Appointment):
        return found
    dispatcher.utter_message(response=_RESPONSES.get(found, "utter_code_unknown"))
    return None


async def _is_own(tracker: Tracker) -> bool:
    found = await find_appointment(str(tracker.get_slot(CODE)), None, tracker)
    return isinstance(found, Appointment)


async def own_appointments(tracker: Tracker, with_begun: bool = False) -> list[Appointment]:
    """The conversation's appointments to come."""
    return await context().database.read(
        lookup.upcoming, context().clock(), tracker.sender_id, with_begun
    )
