"""What the pages of the service directory say, in the staff's language."""

from babel.dates import get_day_names

from contact_point.translations import translate


def page_texts(language: str) -> dict[str, str]:
    """Texts of the list and of the form."""
    return {
        "search": translate("Search", language),
        "show": translate("Show", language),
        "name": translate("Name", language),
        "status": translate("State", language),
        "checked": translate("Checked", language),
        "never_checked": translate("never", language),
        "look_at": translate("To look at", language),
        "stale": translate("not checked for half a year", language),
        "never_found": translate("never shown to anybody", language),
        "alert": translate("Urgent information", language),
        "alert_about": translate(
            "Comes first wherever the service is shown. Empty ends it.", language
        ),
        "same_as": translate("probably the same as:", language),
        "none": translate("No service fits.", language),
        "mark_checked": translate("Everything is right: mark as checked today", language),
        "publish": translate("Publish", language),
        "texts": translate("Texts (Swedish)", language),
        "description": translate("Description", language),
        "interpreter": translate(
            "Interpreter: how one is booked; empty where none can be", language
        ),
        "email": translate("E-mail", language),
        "url": translate("Website", language),
        "categories": translate("Kinds of help", language),
        "spoken": translate("Languages that staff speak", language),
        "hours": translate("Opening hours", language),
        "everywhere": translate("Everywhere", language),
        "at": translate("This service at:", language),
        "house": translate("All services at:", language),
        "days": translate("Days", language),
        "opens": translate("Opens", language),
        "closes": translate("Closes", language),
        "repeat": translate("How often", language),
        "first": translate("First day", language),
        "last": translate("Last day", language),
        "kept": translate("Stays as it is:", language),
        "exceptions": translate("Other hours than usual", language),
        "kind": translate("Kind", language),
        "dates_only": translate("only these dates", language),
        "closed": translate("closed", language),
        "open": translate("open", language),
        "reason": translate("Reason", language),
        "phones": translate("Phone numbers", language),
        "number": translate("Number", language),
        "what_for": translate("What for", language),
        "empty_row": translate("An emptied row is deleted. An empty row adds one.", language),
        "translations": translate("Translations", language),
        "reviewed": translate("reviewed by a native speaker", language),
        "swedish_changed": translate("the Swedish text has changed", language),
        "save": translate("Save", language),
        "not_saved": translate("Nothing was saved yet. Mend what is marked.", language),
        "history": translate("History", language),
        "when": translate("When", language),
        "who": translate("Who", language),
        "what": translate("What", language),
        "before": translate("Before", language),
        "after": translate("After", language),
        "back": translate("All services", language),
    }


def filters(language: str) -> dict[str, str]:
    """What the list can show."""
    return {
        "all": translate("All", language),
        "stale": translate("Not checked", language),
        "duplicate": translate("Probable duplicates", language),
        "never_found": translate("Never shown", language),
        "alert": translate("With urgent information", language),
        "closed": translate("Not active", language),
    }


def statuses(language: str) -> dict[str, str]:
    """HSDS's states of a service."""
    return {
        "active": translate("active", language),
        "temporarily closed": translate("temporarily closed", language),
        "inactive": translate("inactive: not shown", language),
        "defunct": translate("gone: not shown", language),
    }


def weekdays(language: str) -> list[str]:
    """Monday to Sunday, abbreviated."""
    names = get_day_names("abbreviated", "stand-alone", language)
    return [names[number] for number in range(7)]


def repeats(language: str) -> dict[str, str]:
    """How often hours come again."""
    return {
        "weekly": translate("every week", language),
        "second_week": translate("every second week, from the first day", language),
        "1": translate("first of the month", language),
        "2": translate("second of the month", language),
        "3": translate("third of the month", language),
        "4": translate("fourth of the month", language),
        "-1": translate("last of the month", language),
        "once": translate("only on the first day", language),
    }


def day_kinds(language: str) -> dict[str, str]:
    """Days that have hours of their own."""
    return {
        "public_holiday": translate("public holidays", language),
        "day_before_public_holiday": translate("days before public holidays", language),
    }


def problem(reason: str, language: str) -> str:
    """What is wrong, and what to do."""
    reasons = {
        "name": translate("Write a name.", language),
        "email": translate("Write a whole e-mail address.", language),
        "url": translate("Write the whole address, with https://", language),
        "days": translate("Choose at least one day.", language),
        "first": translate("Write the first day.", language),
        "times": translate(
            "It has to close after it opens. For hours past midnight, write two rows.", language
        ),
        "dates": translate("The last day is before the first.", language),
        "repeat": translate("Choose one of the list.", language),
        "phone": translate("Write a whole phone number.", language),
        "meanwhile": translate(
            "A colleague has changed this service meanwhile. Open it anew in another window and "
            "compare.",
            language,
        ),
    }
    return reasons[reason]


def field(name: str, language: str) -> str:
    """What was changed, as staff call it."""
    names = page_texts(language)
    called = {
        "name": names["name"],
        "description": names["description"],
        "status": names["status"],
        "alert": names["alert"],
        "interpretation_services": translate("Interpreter", language),
        "email": names["email"],
        "url": names["url"],
        "attributes": names["categories"],
        "languages": names["spoken"],
        "schedules": names["hours"],
        "holiday_schedules": names["exceptions"],
        "phones": names["phones"],
        "translations": names["translations"],
        "assured_date": names["checked"],
    }
    return called.get(name, name)
