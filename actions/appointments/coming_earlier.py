"""The waiting list for an earlier time: joining it, and taking or refusing what is offered."""

from rasa_sdk import Action, FormValidationAction, Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.appointments.codes import (
    CodeChoice,
    OwnAppointment,
    chosen_upcoming,
    own_appointments,
)
from actions.appointments.replies import appointment_values
from actions.appointments.slots import CODE, PROOF, Domain, Events, forget
from actions.appointments.times import calendar
from actions.context import context
from actions.newcomer import entity, language_of
from contact_point.appointments import booking, presentation, waiting_list
from contact_point.appointments.tables import Appointment

_REFUSED = "no"


class ValidateEarlierForm(OwnAppointment, CodeChoice, FormValidationAction):
    """Checks which appointment is meant."""

    def name(self) -> str:
        """The action's name."""
        return "validate_earlier_form"


class JoinWaitingList(Action):
    """Puts an appointment on the waiting list."""

    def name(self) -> str:
        """The action's name."""
        return "action_join_waiting_list"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Domain
    ) -> Events:
        """Join, and say how an earlier time will be offered."""
        if not (tracker.get_slot(CODE) and tracker.get_slot(PROOF)):
            return forget()  # the form ended early and said why
        appointment = await chosen_upcoming(dispatcher, tracker)
        if appointment is None:
            return forget()
        await context().database.write(waiting_list.join, appointment.id, context().clock)
        dispatcher.utter_message(
            response="utter_on_waiting_list",
            when=presentation.appointment_time(appointment, language_of(tracker)),
        )
        return forget()


class TakeEarlierTime(Action):
    """Takes or refuses the earlier time that is kept for an appointment."""

    def name(self) -> str:
        """The action's name."""
        return "action_take_earlier_time"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Domain
    ) -> Events:
        """Only for appointments of this conversation: the button stands in it."""
        code = entity(tracker, "reference_code")
        own = [one for one in await own_appointments(tracker) if one.code == code]
        if not own:
            dispatcher.utter_message(response="utter_no_earlier_time")
            return []
        if entity(tracker, "change") == _REFUSED:
            await context().database.write(booking.release, booking.earlier_key(own[0].id))
            dispatcher.utter_message(response="utter_kept")
            return []
        try:
            taken = await context().database.write(
                waiting_list.take, calendar(), own[0].id, context().clock
            )
        except (waiting_list.NoEarlierTime, booking.NotUpcoming):
            dispatcher.utter_message(response="utter_no_earlier_time")
            return []
        if not isinstance(taken, Appointment):
            dispatcher.utter_message(response="utter_no_earlier_time")
            return []
        dispatcher.utter_message(response="utter_moved", **await appointment_values(taken, tracker))
        return []
