"""What the pages for people, offices and appointment types say, in the staff's language."""

from contact_point.appointments.bring import THINGS
from contact_point.appointments.records import RANGES
from contact_point.appointments.subjects import SUBJECTS, subject_name
from contact_point.translations import translate


def page_texts(language: str) -> dict[str, str]:
    """Texts of the list and of the forms."""
    return {
        "people": translate("People and offices", language),
        "name": translate("Name", language),
        "first_name": translate("First name, as newcomers read it", language),
        "subjects": translate("Subjects", language),
        "languages_caseworker": translate("Languages that they speak with newcomers", language),
        "languages_interpreter": translate("Languages that they interpret", language),
        "left": translate("has left", language),
        "closed": translate("closed", language),
        "without_them": translate("Appointments when they do not work:", language),
        "unread": translate("Their calendar can not be read:", language),
        "none": translate("Nothing yet.", language),
        "back": translate("All people and offices", language),
        "saved": translate("Saved.", language),
        "not_saved": translate("Nothing was saved yet. Mend what is marked.", language),
        "who": translate("Who", language),
        "email": translate("E-mail", language),
        "email_caseworker": translate("For example that a newcomer comes late.", language),
        "email_interpreter": translate("Orders go there; of an agency its address.", language),
        "where": translate("Where newcomers meet them", language),
        "first_place": translate("What is offered unasked", language),
        "video_url": translate("Link of their video room", language),
        "busy_url": translate("Address of their own calendar (iCalendar)", language),
        "busy_about": translate("When they are busy there, nothing is offered.", language),
        "notice_days": translate("Order how many working days ahead", language),
        "notice_about": translate("Empty: as the municipality does usually.", language),
        "hours": translate("Working time", language),
        "empty_row": translate("An emptied row is deleted. An empty row adds one.", language),
        "opens": translate("From", language),
        "closes": translate("To", language),
        "office": translate("Office", language),
        "which_office": translate("Which office?", language),
        "other_hours": translate("Other hours on single days", language),
        "other_about": translate("Instead of the usual ones on that date.", language),
        "date": translate("Date", language),
        "absences": translate("Absences", language),
        "absences_about": translate("Whole days; both days belong to it.", language),
        "first": translate("First day", language),
        "last": translate("Last day", language),
        "state": translate("State", language),
        "save": translate("Save", language),
        "address": translate("Address", language),
        "position": translate("Position", language),
        "position_about": translate(
            "WGS 84, from a map. The nearest office is offered first. Empty: not known.", language
        ),
        "latitude": translate("Latitude", language),
        "longitude": translate("Longitude", language),
        "rules": translate("Rules", language),
        "minutes": translate("Minutes", language),
        "minutes_with_interpreter": translate("Minutes with an interpreter", language),
        "buffer_before": translate("Minutes to prepare before it", language),
        "buffer_after": translate("Minutes for notes after it", language),
        "notice_hours": translate("Hours from now to the earliest time", language),
        "horizon_days": translate("Days from today to the last time", language),
        "daily_maximum": translate("How many a day with one caseworker", language),
        "no_maximum": translate("Empty: as many as there is time for.", language),
        "needs_confirmation": translate("Staff must confirm before it counts as booked", language),
        "bring": translate("What newcomers bring", language),
        "walk_in": translate("Open to anybody without an appointment", language),
        "walk_in_about": translate("No appointments are given then.", language),
        "feed": translate("Calendar of their appointments", language),
        "feed_about": translate(
            "They can subscribe to this address in their own calendar program. It says nothing "
            "about who comes. Whoever has the address can read it.",
            language,
        ),
        "no_feed": translate("There is no address yet.", language),
        "new_address": translate("Make a new address; the old one stops working", language),
        "first_address": translate("Make an address", language),
        "to_give": translate("Appointments to give to someone else", language),
        "to_give_about": translate(
            "They do not work then. Give each to someone else, move it or cancel it.", language
        ),
    }


def kinds(language: str) -> dict[str, dict[str, str]]:
    """What each kind is called, alone and in the list, and how a new one is made."""
    return {
        "caseworker": {
            "many": translate("Caseworkers", language),
            "new": translate("New caseworker", language),
        },
        "interpreter": {
            "many": translate("Interpreters", language),
            "new": translate("New interpreter", language),
        },
        "office": {
            "many": translate("Our offices", language),
            "new": translate("New office", language),
        },
        "type": {
            "many": translate("Appointment types", language),
            "new": translate("New appointment type", language),
        },
    }


def states(kind: str, language: str) -> dict[str, str]:
    """In use or not."""
    here, gone = {
        "office": (translate("open", language), translate("closed for good", language)),
        "type": (translate("in use", language), translate("not needed: delete it", language)),
    }.get(kind, (translate("works here", language), translate("has left", language)))
    return {"true": here, "false": gone}


def subjects(language: str) -> dict[str, str]:
    """Every subject by key."""
    return {key: subject_name(key, language) for key in SUBJECTS}


def things(language: str) -> dict[str, str]:
    """What can be asked to be brought, by key."""
    return {key: translate(name, language) for key, name in THINGS.items()}


def problem(field: str, reason: str, language: str) -> str:
    """What is wrong, and what to do."""
    if reason == "number":
        return _number(field, language)
    reasons = {
        "id": translate(
            "Its id in the file can't stay: it has letters, digits, hyphens and dots only.",
            language,
        ),
        "first_name": translate("Write the person's name.", language),
        "name": translate("Write a name.", language),
        "address": translate("Write an address.", language),
        "position": translate(
            "Write both degrees, for example 58.3912 and 13.8461, or neither.", language
        ),
        "choose": translate("Choose at least one.", language),
        "subject_taken": translate("Another appointment type has one of these already.", language),
        "email": translate("Write a whole e-mail address.", language),
        "url": translate("Write the whole address, with https://", language),
        "video_url": translate("Write the link, or take away the video.", language),
        "date": translate("Write a date, for example 2026-11-26.", language),
        "dates": translate("The last day is before the first.", language),
        "no_hours": translate("Write from when to when. Whole days away are an absence.", language),
        "times": translate("Write two times, the earlier one first.", language),
        "quarter": translate("Write quarters of an hour: 08:00, 08:15, 08:30, 08:45.", language),
        "overlap": translate("These hours overlap.", language),
        "office": translate("Choose the office.", language),
        "office_in_use": translate(
            "Caseworkers still sit there. Change their hours first.", language
        ),
        "meanwhile": translate(
            "A colleague has changed this meanwhile. Open it anew in another window and compare.",
            language,
        ),
    }
    return reasons[reason]


def _number(field: str, language: str) -> str:
    allowed = RANGES[field]
    if allowed.step == 1:
        return translate(
            "Write a number from {least} to {most}.",
            language,
            least=allowed[0],
            most=allowed[-1],
        )
    return translate(
        "Write a number from {least} to {most}, in steps of {step}.",
        language,
        least=allowed[0],
        most=allowed[-1],
        step=allowed.step,
    )
