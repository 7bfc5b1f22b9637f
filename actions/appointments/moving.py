"""Moving an appointment: which, to when, and a yes. The old time stays until the new one is had."""

from rasa_sdk import Action, FormValidationAction, Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.appointments.codes import (
    CodeChoice,
    OwnAppointment,
    chosen_appointment,
    confirmed_appointment,
)
from actions.appointments.replies import appointment_values, offer_values
from actions.appointments.slots import (
    CONFIRMED,
    MOVING_FORM,
    TIME,
    Domain,
    Events,
    Slots,
    forget,
    is_asked,
)
from actions.appointments.times import (
    TimeChoice,
    back_to_times,
    calendar,
    chosen_offer,
    offer_other_times,
)
from actions.context import context
from actions.newcomer import language_of
from contact_point.appointments import booking, presentation
from contact_point.appointments.offers import Wishes, read_key
from contact_point.appointments.tables import Appointment


class ValidateMovingForm(OwnAppointment, CodeChoice, TimeChoice, FormValidationAction):
    """Checks what the newcomer answers while moving an appointment."""

    def name(self) -> str:
        """The action's name."""
        return "validate_moving_form"

    async def validate_appointment_confirmed(
        self, value: object, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Domain
    ) -> Slots:
        """Yes, no, or another time."""
        if not is_asked(tracker, CONFIRMED):
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
        offer = await chosen_offer(tracker)
        appointment = await chosen_appointment(tracker)
        if offer is None or not isinstance(appointment, Appointment):
            return await offer_other_times(dispatcher, tracker)
        dispatcher.utter_message(
            response="utter_confirm_moving",
            old=presentation.appointment_time(appointment, language_of(tracker)),
            **await offer_values(offer, tracker, appointment.subject),
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
        appointment = await confirmed_appointment(dispatcher, tracker)
        if appointment is None or starts_at is None:
            return forget()
        try:
            result = await context().database.write(
                booking.move,
                calendar(),
                appointment.id,
                starts_at,
                context().clock,
                Wishes(place=appointment.place),
            )
        except booking.NotUpcoming:
            dispatcher.utter_message(response="utter_appointment_not_upcoming")
            return forget()
        if isinstance(result, booking.SlotTaken):
            return back_to_times(dispatcher, tracker, MOVING_FORM)
        dispatcher.utter_message(
            response="utter_moved", **await appointment_values(result, tracker)
        )
        return forget()
