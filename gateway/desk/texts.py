"""What the desk says, in the staff's language."""

from typing import Any

from contact_point.answers.review import State
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
        "pages": translate("Pages", language),
        "conversations": translate("Conversations", language),
        "answers": translate("Answers", language),
        "answer": translate("Answer", language),
        "unanswered": translate("Found no answer", language),
        "unanswered_about": translate(
            "What newcomers asked that found no answer, by language and meaning. Numbers, "
            "addresses and names are taken out; after half a year it is deleted.",
            language,
        ),
        "nothing_unanswered": translate("Nothing yet.", language),
        "latest": translate("latest", language),
        "services": translate("Services", language),
        "appointments": translate("Appointments", language),
        "people": translate("People and offices", language),
        "notices": translate("Notices", language),
        "no_notices": translate("No notice is shown now.", language),
        "notice": translate("Notice", language),
        "crisis": translate("Important notice", language),
        "until": translate("until", language),
        "not_written_in": translate("Not written in:", language),
        "end_now": translate("End now", language),
        "new_notice": translate("New notice", language),
        "kind": translate("Kind", language),
        "notice_about": translate("Notice: greets newcomers when they begin or write", language),
        "crisis_about": translate(
            "Crisis: comes first and is sent to all open web chats at once", language
        ),
        "ends": translate("Shown until", language),
        "missing_about": translate(
            "Where a language is left empty, newcomers are told so and see the first one.", language
        ),
        "publish": translate("Publish", language),
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


def state_names(language: str) -> dict[State, dict[str, str]]:
    """Sign and name of each state of an article."""
    return {
        "missing": {"sign": "–", "text": translate("missing", language)},
        "stale": {"sign": "≠", "text": translate("the Swedish text has changed", language)},
        "overdue": {"sign": "!", "text": translate("facts not checked for long", language)},
        "draft": {
            "sign": "○",
            "text": translate("draft, not reviewed by a native speaker", language),
        },
        "reviewed": {"sign": "✓", "text": translate("reviewed", language)},
    }


def notice_problem(reason: str, language: str) -> str:
    """Why a notice can't be published, and what to do."""
    reasons = {
        "text": translate("Write the notice in the first language at least.", language),
        "too_long": translate("A text is too long. Write less than 600 characters.", language),
        "ends": translate("Choose an end that has not passed yet.", language),
        "language": translate("One of the languages is not offered.", language),
    }
    return reasons[reason]


def wrong_sign_in(language: str) -> str:
    """Said without telling whether the account exists."""
    return translate("Wrong e-mail or password.", language)


def too_many_sign_ins(language: str) -> str:
    """Said after many wrong passwords."""
    return translate("Too many attempts. Wait a quarter of an hour.", language)
