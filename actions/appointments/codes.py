"""Which of the appointments is meant: one's own, or one by its reference code."""

from rasa_sdk import Action, Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.appointments.replies import answer_button, stop_button
from actions.appointments.slots import CODE, CONFIRMED, REQUESTED, Domain, Events, Slots, is_payload
from actions.context import context
from actions.newcomer import language_of
from contact_point.appointments import booking, lookup, presentation
from contact_point.appointments.lookup import NotFound
from contact_point.appointments.tables import Appointment

_RESPONSES = {
    NotFound.NO_CODE: "utter_code_malformed",
    NotFound.UNKNOWN: "utter_code_unknown",
    NotFound.TOO_MANY_ATTEMPTS: "utter_code_too_many",
}


class CodeChoice:
    """A form that asks for the reference code of an appointment."""

    async def validate_appointment_code(
        self, value: object, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Domain
    ) -> Slots:
        """The code of an appointment to come; too many wrong codes end the form."""
        if is_payload(value):
            return {CODE: None}
        found = await find_upcoming(str(value), dispatcher, tracker)
        if isinstance(found, Appointment):
            return {CODE: found.code}
        return {CODE: None} | ({REQUESTED: None} if found is NotFound.TOO_MANY_ATTEMPTS else {})


class OwnAppointment:
    """A form that takes the conversation's only appointment without asking which."""

    async def extract_appointment_code(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Domain
    ) -> Slots:
        """The code of the only appointment to come, when the form begins."""
        if tracker.get_slot(REQUESTED) or tracker.get_slot(CODE):
            return {}
        own = await own_appointments(tracker)
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


async def find_appointment(text: str, tracker: Tracker) -> Appointment | NotFound:
    """The appointment of a code; wrong codes are counted."""
    return await context().database.write(
        lookup.find_by_code, text, tracker.sender_id, context().clock()
    )


async def find_upcoming(
    text: str, dispatcher: CollectingDispatcher, tracker: Tracker
) -> Appointment | NotFound | None:
    """The same, if it is still to come; else says why not."""
    found = await find_appointment(text, tracker)
    if isinstance(found, NotFound):
        dispatcher.utter_message(response=_RESPONSES[found])
        return found
    if booking.is_upcoming(found, context().clock()):
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
    found = await find_appointment(str(tracker.get_slot(CODE)), tracker)
    if isinstance(found, Appointment):
        return found
    dispatcher.utter_message(response=_RESPONSES[found])
    return None


async def own_appointments(tracker: Tracker) -> list[Appointment]:
    """The conversation's appointments to come."""
    return await context().database.read(lookup.upcoming, context().clock(), tracker.sender_id)
