"""Showing appointments to come: the conversation's own, or one by its code."""

from rasa_sdk import Action, FormValidationAction, Tracker
from rasa_sdk.events import FollowupAction, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.appointments.codes import CodeChoice, chosen_upcoming, own_appointments
from actions.appointments.replies import place_of
from actions.appointments.slots import CODE, LOOKUP_FORM, PROOF, Domain, Events
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
        if tracker.get_slot(CODE) and tracker.get_slot(PROOF):
            found = await chosen_upcoming(dispatcher, tracker)
            if found:
                await _show(dispatcher, [found], tracker)
            # A form that is under way goes on with the appointment that it is about.
            return [] if tracker.active_loop_name else [SlotSet(CODE, None), SlotSet(PROOF, None)]
        if tracker.get_slot(CODE) and not tracker.active_loop_name:
            return [FollowupAction(LOOKUP_FORM)]  # it asks for the contact
        if tracker.latest_action_name == LOOKUP_FORM:
            return []  # it ended after too many wrong codes and said so
        own = await own_appointments(tracker)
        if own:
            await _show(dispatcher, own, tracker)
            return []
        if tracker.active_loop_name:
            dispatcher.utter_message(response="utter_no_appointments")
            return []
        return [FollowupAction(LOOKUP_FORM)]


async def _show(
    dispatcher: CollectingDispatcher, appointments: list[Appointment], tracker: Tracker
) -> None:
    """Neither name nor contact: others may look over the shoulder."""
    language = language_of(tracker)
    lines = [
        f"{presentation.appointment_line(one, language)}  \n{place_of(one, tracker)}"
        for one in appointments
    ]
    dispatcher.utter_message(
        response="utter_my_appointments",
        appointments="\n".join(f"- {line}" for line in lines),
    )
