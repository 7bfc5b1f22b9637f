"""The calendar object of an appointment, by the link that the chat gives."""

import re
import urllib.error
import urllib.request

import icalendar
import pytest

from tests.newcomer import Newcomer
from tests.stack import Stack


def _object(link: str) -> icalendar.Calendar:
    with urllib.request.urlopen(link, timeout=20) as response:
        assert response.headers.get_content_type() == "text/calendar"
        assert response.headers["Cache-Control"] == "no-store"
        return icalendar.Calendar.from_ical(response.read())


def _link(text: str) -> str:
    found = re.search(r"\((http[^)]+/appointments/[^)]+\.ics)\)", text)
    assert found, text
    return found[1]


def test_booked_and_cancelled_in_the_chat(stack: Stack) -> None:
    newcomer = Newcomer(stack.base, "en")
    times = newcomer.write("I want to book an appointment about housing")[-1]
    newcomer.press(times["buttons"][1])
    newcomer.write("Maryam Ali")
    newcomer.write("maryam@example.org")
    booked = newcomer.press("Yes, book it")[-1]["text"]
    assert "[Put it in your calendar]" in booked
    link = _link(booked)
    calendar = _object(link)
    (event,) = calendar.walk("VEVENT")
    assert (calendar["method"], int(event["sequence"])) == ("PUBLISH", 0)
    assert "Maryam" not in str(event), "who has the link learns nobody's name"
    newcomer.write("cancel my appointment")
    buttons = newcomer.everything()[-1]["buttons"]
    cancelled = newcomer.press(next(each for each in buttons if each.startswith("Yes")))[-1]["text"]
    assert "[Take it out of your calendar]" in cancelled
    assert _link(cancelled) == link
    calendar = _object(link)
    (event,) = calendar.walk("VEVENT")
    assert (calendar["method"], int(event["sequence"])) == ("CANCEL", 1)


@pytest.mark.parametrize(
    "path", ["1/" + "0" * 32, "999999/" + "a" * 32, "1/short", "x/" + "0" * 32]
)
def test_a_number_alone_opens_nothing(stack: Stack, path: str) -> None:
    with pytest.raises(urllib.error.HTTPError, match="404"):
        urllib.request.urlopen(f"{stack.base}/appointments/{path}.ics", timeout=20)
