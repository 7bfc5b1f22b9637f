"""What the desk says, in the staff's language."""

from typing import Any

from contact_point.translations import translate


def page_texts(language: str) -> dict[str, str]:
    """Texts of the sign-in page and of the desk."""
    return {
        "title": translate("Adviser desk", language),
        "email": translate("E-mail", language),
        "password": translate("Password", language),
        "sign_in": translate("Sign in", language),
        "sign_out": translate("Sign out", language),
        "waiting": translate("Waiting", language),
        "nobody": translate("Nobody is waiting.", language),
        "mine": translate("My conversations", language),
        "others": translate("With other advisers", language),
        "claim": translate("Take over", language),
        "release": translate("Put back in the queue", language),
        "resolve": translate("Finish: the assistant takes over again", language),
        "messages": translate("Messages", language),
        "reply": translate("Your answer", language),
        "send": translate("Send", language),
        "offline": translate("No connection to the server. Trying again…", language),
    }


def script_texts(language: str) -> dict[str, Any]:
    """Texts that desk.js shows."""
    return {
        "title": translate("Adviser desk", language),
        "urgent": translate("URGENT", language),
        "minutes": translate("has waited {minutes} min", language, minutes="{minutes}"),
        "taken": translate("A colleague was faster, or the conversation has ended.", language),
        "failed": translate("That did not work. Try again.", language),
        "draft": translate("draft, not reviewed by a native speaker", language),
        "stale": translate("may be out of date", language),
        "authors": {
            "newcomer": translate("Newcomer", language),
            "bot": translate("Automatic assistant", language),
            "notice": translate("Notice", language),
            "adviser": translate("Adviser", language),
        },
    }


def wrong_sign_in(language: str) -> str:
    """Said without telling whether the account exists."""
    return translate("Wrong e-mail or password.", language)


def too_many_sign_ins(language: str) -> str:
    """Said after many wrong passwords."""
    return translate("Too many attempts. Wait a quarter of an hour.", language)
