"""Cancelling an appointment: which, and a yes."""

from rasa_sdk import Action, FormValidationAction, Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.appointments.codes import (
    CodeChoice,
    OwnAppointment,
    chosen_upcoming,
    confirmed_appointment,
)
from actions.appointments.replies import calendar_markdown
from actions.appointments.slots import (
    CONFIRMED,
    Domain,
    Events,
    Slots,
    end_form,
    forget,
    is_asked,
)
from actions.appointments.times import calendar
from actions.context import context
from actions.newcomer import language_of
from contact_point.appointments import booking, presentation


class ValidateCancellingForm(OwnAppointment, CodeChoice, FormValidationAction):
    """Checks what the newcomer answers while cancelling."""

    def name(self) -> str:
        """The action's name."""
        return "validate_cancelling_form"

    async def validate_appointment_confirmed(
        self, value: object, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Domain
    ) -> Slots:
        """Yes or no."""
        answered = is_asked(tracker, CONFIRMED) and value in ("yes", "no")
        return {CONFIRMED: value if answered else None}


class AskToCancel(Action):
    """Asks whether to cancel the appointment."""

    def name(self) -> str:
        """The action's name."""
        return "action_ask_cancelling_form_appointment_confirmed"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Domain
    ) -> Events:
        """Say which appointment it is, without name and contact."""
        found = await chosen_upcoming(dispatcher, tracker)
        if found is None:
            return end_form()
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
        appointment = await confirmed_appointment(dispatcher, tracker)
        if appointment is None:
            return forget()
        try:
            cancelled = await context().database.write(
                booking.cancel, calendar(), appointment.id, context().clock
            )
        except booking.NotUpcoming:
            dispatcher.utter_message(response="utter_appointment_not_upcoming")
            return forget()
        dispatcher.utter_message(
            response="utter_cancelled",
            when=presentation.appointment_time(cancelled, language_of(tracker)),
            calendar=calendar_markdown(cancelled, tracker),
        )
        return forget()
