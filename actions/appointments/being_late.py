"""Saying that one will be late: for which appointment."""

from rasa_sdk import Action, FormValidationAction, Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.appointments.codes import CodeChoice, OwnAppointment, chosen_upcoming
from actions.appointments.replies import place_of
from actions.appointments.slots import CODE, PROOF, Domain, Events, forget
from actions.context import context
from actions.newcomer import language_of
from contact_point.appointments import booking, presentation


class ValidateLateForm(OwnAppointment, CodeChoice, FormValidationAction):
    """Checks which appointment is meant; it may have begun."""

    counts = staticmethod(booking.may_be_late)
    with_begun = True

    def name(self) -> str:
        """The action's name."""
        return "validate_late_form"


class BeLate(Action):
    """Tells the caseworker."""

    def name(self) -> str:
        """The action's name."""
        return "action_be_late"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Domain
    ) -> Events:
        """Note it, and say that the caseworker knows."""
        if not (tracker.get_slot(CODE) and tracker.get_slot(PROOF)):
            return forget()  # the form ended early and said why
        appointment = await chosen_upcoming(dispatcher, tracker, booking.may_be_late)
        if appointment is None:
            return forget()
        await context().database.write(booking.be_late, appointment.id, context().clock)
        dispatcher.utter_message(
            response="utter_late_noted",
            when=presentation.appointment_time(appointment, language_of(tracker)),
            caseworker=appointment.caseworker.first_name,
            place=place_of(appointment, tracker),
        )
        return forget()
