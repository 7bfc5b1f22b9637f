"""Showing appointments to come: the conversation's own, or one by its code."""

from rasa_sdk import Action, FormValidationAction, Tracker
from rasa_sdk.events import FollowupAction, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.appointments.codes import CodeChoice, find_upcoming, own_appointments
from actions.appointments.slots import CODE, LOOKUP_FORM, Domain, Events
from actions.newcomer import language_of
from contact_point.appointments import presentation
from contact_point.appointments.tables import Appointment


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
        """The one whose code was written, else the conversation's own; else ask for a code."""
        code = tracker.get_slot(CODE)
        if code:
            found = await find_upcoming(str(code), dispatcher, tracker)
            if isinstance(found, Appointment):
                _show(dispatcher, [found], tracker)
            return [SlotSet(CODE, None)]
        if tracker.latest_action_name == LOOKUP_FORM:
            return []  # it ended after too many wrong codes and said so
        own = await own_appointments(tracker)
        if own:
            _show(dispatcher, own, tracker)
            return []
        if tracker.active_loop_name:
            dispatcher.utter_message(response="utter_no_appointments")
            return []
        return [FollowupAction(LOOKUP_FORM)]


def _show(
    dispatcher: CollectingDispatcher, appointments: list[Appointment], tracker: Tracker
) -> None:
    """Neither name nor contact: a code may come from anyone."""
    dispatcher.utter_message(
        response="utter_my_appointments",
        appointments=presentation.appointment_list(appointments, language_of(tracker)),
    )
