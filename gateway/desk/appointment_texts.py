"""What the pages of appointments say, in the staff's language."""

from contact_point.appointments.tables import (
    ATTENDED,
    BOOKED,
    CANCELLED,
    HELD,
    MISSED,
    OFFICE,
    PENDING,
    PHONE,
    VIDEO,
)
from contact_point.translations import translate


def page_texts(language: str) -> dict[str, str]:
    """Texts of the calendar, of an appointment, of booking and of blocking time."""
    return {
        "calendar": translate("Calendar", language),
        "new": translate("Book for a visitor", language),
        "block": translate("Block time", language),
        "figures": translate("Figures", language),
        "view": translate("View", language),
        "day": translate("Day", language),
        "week": translate("Week", language),
        "date": translate("Date", language),
        "caseworker": translate("Caseworker", language),
        "office": translate("Office", language),
        "everyone": translate("Everyone", language),
        "every_office": translate("All offices", language),
        "show": translate("Show", language),
        "go_to": translate("Other days", language),
        "previous_day": translate("Previous day", language),
        "next_day": translate("Next day", language),
        "previous_week": translate("Previous week", language),
        "next_week": translate("Next week", language),
        "today": translate("Today", language),
        "time": translate("Time", language),
        "closed": translate("closed", language),
        "absent": translate("absent", language),
        "not_working": translate("does not work", language),
        "has_left": translate("has left", language),
        "blocked": translate("blocked", language),
        "blocked_in_calendar": translate("busy in their own calendar", language),
        "late": translate("comes late", language),
        "nothing": translate("Nothing is booked.", language),
        "no_caseworkers": translate("No caseworker fits.", language),
        "look_at": translate("Look at these", language),
        "pending": translate("To be confirmed", language),
        "stranded": translate("Without a caseworker or an interpreter", language),
        "stranded_about": translate(
            "The caseworker or the interpreter does not work at that time any more. Give them to "
            "someone else, move them or cancel them.",
            language,
        ),
        "late_today": translate("Come late today", language),
        "in_trouble": translate("Messages that did not arrive", language),
        "unread": translate("Calendars that could not be read", language),
        "back": translate("To the calendar", language),
        "code": translate("Code", language),
        "when": translate("When", language),
        "subject": translate("Subject", language),
        "place": translate("Place", language),
        "language": translate("Language", language),
        "interpreter": translate("Interpreter", language),
        "no_interpreter": translate("not needed", language),
        "interpreter_unknown": translate("needed, not yet ordered", language),
        "name": translate("Name", language),
        "contact": translate("E-mail or phone", language),
        "note": translate("Note to the caseworker", language),
        "reason": translate("Reason", language),
        "waiting": translate("Would come earlier", language),
        "waiting_about": translate("On the waiting list: an earlier time is offered.", language),
        "conversation": translate("Conversation", language),
        "open_conversation": translate("Open the conversation", language),
        "read_conversation": translate("Read the conversation", language),
        "read_only": translate("You can read it, but not answer here.", language),
        "history": translate("History", language),
        "created": translate("Booked", language),
        "moved": translate("Moved", language),
        "cancelled": translate("Cancelled", language),
        "said_late": translate("Said to be late", language),
        "messages": translate("Messages", language),
        "no_messages": translate("No message was written.", language),
        "to": translate("to", language),
        "newcomer": translate("the newcomer", language),
        "send_again": translate("Send again", language),
        "what_to_do": translate("What do you want to do?", language),
        "confirm": translate("Confirm", language),
        "attended": translate("They came", language),
        "missed": translate("They did not come", language),
        "move": translate("Move, or give to another caseworker", language),
        "move_now": translate("Move to the chosen time", language),
        "with": translate("With", language),
        "anyone": translate("Anyone, the present caseworker first", language),
        "anybody": translate("Anyone", language),
        "weeks": translate("Other weeks", language),
        "no_times": translate("No time is free.", language),
        "same_time": translate("same time as now", language),
        "with_interpreter": translate("with an interpreter", language),
        "cancel": translate("Cancel the appointment", language),
        "cancel_about": translate("The newcomer is told why, in their language.", language),
        "choose": translate("Choose", language),
        "show_times": translate("Show free times", language),
        "free_times": translate("Free times", language),
        "any_place": translate("As the caseworker usually does", language),
        "who": translate("Who comes?", language),
        "other_time": translate("Choose another time", language),
        "book": translate("Book", language),
        "person": translate("Who", language),
        "caseworkers": translate("Caseworkers", language),
        "interpreters": translate("Interpreters", language),
        "from": translate("From", language),
        "until": translate("Until", language),
        "blocked_times": translate("Blocked times to come", language),
        "no_blocks": translate("No time is blocked.", language),
        "remove": translate("Remove", language),
        "in_the_way": translate("These appointments lie in that time:", language),
        "being_booked": translate("Somebody is booking it right now.", language),
        "first": translate("First day", language),
        "last": translate("Last day", language),
        "what": translate("What", language),
        "count": translate("How many", language),
        "missed_share": translate("Did not come, of all that were to come", language),
        "lead": translate("Days from booking to appointment (median)", language),
        "by_language": translate("Interpreters by language", language),
        "with_one": translate("With an interpreter", language),
        "bookings": translate("Bookings", language),
        "share": translate("Share", language),
        "no_bookings": translate("Nothing was booked in this time.", language),
    }


def states(language: str) -> dict[str, str]:
    """The states of an appointment."""
    return {
        HELD: translate("being booked", language),
        PENDING: translate("to be confirmed", language),
        BOOKED: translate("booked", language),
        CANCELLED: translate("cancelled", language),
        ATTENDED: translate("came", language),
        MISSED: translate("did not come", language),
    }


def places(language: str) -> dict[str, str]:
    """Where an appointment is."""
    return {
        OFFICE: translate("at the office", language),
        PHONE: translate("by phone", language),
        VIDEO: translate("by video", language),
    }


def message_about(event: str, language: str) -> str:
    """What a message about an appointment says."""
    events = {
        "booked": translate("booked", language),
        "pending": translate("waits for confirmation", language),
        "moved": translate("moved", language),
        "cancelled": translate("cancelled", language),
        "two_days": translate("reminder two days before", language),
        "two_hours": translate("reminder two hours before", language),
        "late": translate("the newcomer comes late", language),
        "earlier": translate("an earlier time is free", language),
    }
    name = event.partition(" ")[0]
    return events.get(name, name)


def message_states(language: str) -> dict[str, str]:
    """The states of a message."""
    return {
        "waiting": translate("waits", language),
        "sent": translate("sent", language),
        "failed": translate("failed", language),
        "void": translate("no longer needed", language),
    }


def events(language: str) -> dict[str, str]:
    """What is counted."""
    return {
        "offered": translate("Times were offered", language),
        "booked": translate("Booked", language),
        "moved": translate("Moved", language),
        "cancelled": translate("Cancelled", language),
        "attended": translate("Came", language),
        "missed": translate("Did not come", language),
    }


def done(key: str, language: str) -> str:
    """What has just been done; nothing for what is not known."""
    texts = {
        "booked": translate("Booked. Give the visitor the code.", language),
        "confirmed": translate("Confirmed. The newcomer is told.", language),
        "moved": translate("Moved. The newcomer is told.", language),
        "cancelled": translate("Cancelled. The newcomer is told.", language),
        "marked": translate("Saved.", language),
        "sent": translate("The message is sent again.", language),
        "blocked": translate("The time is blocked.", language),
        "removed": translate("The time is free again.", language),
    }
    return texts.get(key, "")


def problem(reason: str, language: str) -> str:
    """What is wrong, and what to do."""
    reasons = {
        "not_upcoming": translate(
            "Nothing was changed: the appointment is cancelled or has begun.", language
        ),
        "not_begun": translate(
            "Nothing was changed: the appointment was cancelled or has not begun yet.", language
        ),
        "time": translate("Choose a time.", language),
        "taken": translate(
            "Someone else has taken that time. Nothing was booked or moved. Choose another one.",
            language,
        ),
        "reason": translate("Choose a reason.", language),
        "subject": translate("Choose a subject.", language),
        "language": translate("Choose a language.", language),
        "name": translate("Write the visitor's name.", language),
        "contact": translate(
            "Write a whole e-mail address, or a phone number with its area code.", language
        ),
        "note": translate("Write at most 500 characters.", language),
        "token": translate("The form is too old. Send it again.", language),
        "person": translate("Choose a person.", language),
        "date": translate("Write a date, for example 2026-11-26.", language),
        "dates": translate("The last day is before the first.", language),
        "times": translate("Write two times, the earlier one first.", language),
        "in_the_way": translate(
            "Nothing was blocked. Move or cancel what lies in that time first.", language
        ),
    }
    return reasons[reason]
