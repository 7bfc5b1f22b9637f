"""Going on from offices that are shown, in every language: the words of understanding.yml, and a
shared position."""

import pytest

from bot.vocabulary import words
from contact_point.directory.categories import CATEGORIES
from contact_point.settings import settings
from contact_point.translations import translate
from tests.conversations.test_conversations import understood
from tests.newcomer import Newcomer
from tests.stack import Stack

IN_SJOSTAD = {"latitude": 58.4502, "longitude": 13.901}


@pytest.mark.parametrize("tag", settings().municipality.languages)
def test_from_results_to_the_way_there(stack: Stack, tag: str) -> None:
    newcomer = Newcomer(stack.base, tag)
    phrases = words(tag)["refinements"]

    def go_on(kind: str, number: int = 0) -> str:
        reply = newcomer.write(phrases[kind][number])[0]
        made = understood(stack, newcomer)
        assert (made["topic"], made["entities"].get("refinement")) == ("find_service", kind)
        assert newcomer.language == tag
        return str(reply)

    newcomer.write(translate("Which office can help me?", tag))
    results = newcomer.press(translate(CATEGORIES["healthcare"], tag))[0]
    assert len(results["cards"]) == 3
    second = results["cards"][1]["html"]
    sign = second[second.index("<strong>") : second.index("</p>")]
    assert sign in str(newcomer.write(phrases["second"][0])[0]["cards"][0]["html"])
    assert "tel:" in go_on("call")
    assert "openstreetmap.org/directions" in go_on("directions")
    assert ".vcf" in go_on("save")
    assert go_on("book")
    more = newcomer.write(phrases["more"][0])[0]
    assert len(more["cards"]) == 3
    assert more["cards"] != results["cards"]
    where = newcomer.write(phrases["nearer"][0])[0]
    assert where["position"] == translate("Share my position", tag)
    nearest = newcomer.send({"position": IN_SJOSTAD})[0]
    assert "Sjöstads vårdcentral" in nearest["cards"][0]["html"]
    assert nearest["text"].count("openstreetmap.org") == 3
    assert "Sjöstad" in go_on("compare")


@pytest.mark.parametrize(
    ("tag", "messages"),
    [
        ("en", ["is there a library?", "the 2nd one please", "how can I get to it?"]),
        ("sv", ["finns det ett bibliotek?", "den andra tack", "hur kan jag komma dit?"]),
        ("ar", ["وين في مكتبة؟", "التاني لو سمحت", "وين العنوان؟"]),
        ("ru", ["где библиотека?", "вторая пожалуйста", "как туда добраться?"]),
    ],
)
def test_in_other_words(stack: Stack, tag: str, messages: list[str]) -> None:
    newcomer = Newcomer(stack.base, tag)
    for message, kind in zip(messages, (None, "second", "directions"), strict=True):
        newcomer.write(message)
        made = understood(stack, newcomer)
        assert (made["topic"], made["entities"].get("refinement")) == ("find_service", kind)


def test_what_is_said_next_narrows(stack: Stack) -> None:
    newcomer = Newcomer(stack.base, "en")
    newcomer.write("is there a health centre?")
    somali = newcomer.write("in Somali")[0]
    assert understood(stack, newcomer)["entities"]["refinement"] == "narrow"
    assert "Healthcare" in somali["text"]
    saturday = newcomer.write("open on saturday")[0]
    assert "Saturday 28 November:" in saturday["text"] or "None of them" in saturday["text"]
    third = newcomer.write("the third one")[0]
    assert "There are only" in third["text"] or third["cards"]


def test_a_postal_code_says_where(stack: Stack) -> None:
    newcomer = Newcomer(stack.base, "sv")
    newcomer.write("jag söker en vårdcentral nära 999 20")
    assert understood(stack, newcomer)["entities"]["postal_code"] == "99920"
    newcomer = Newcomer(stack.base, "sv")
    newcomer.write("finns det en vårdcentral som är öppen nu?")
    newcomer.write("närmast mig")
    nearest = newcomer.write("99920")[0]
    assert "Sjöstads vårdcentral" in nearest["cards"][0]["html"]


def test_danger_comes_first_also_after_offices(stack: Stack) -> None:
    newcomer = Newcomer(stack.base, "en")
    newcomer.write("is there a library?")
    newcomer.write("my husband beats me")
    assert understood(stack, newcomer)["topic"] == "violence_at_home"


def test_a_time_at_the_contact_point_is_booked_here(stack: Stack) -> None:
    newcomer = Newcomer(stack.base, "en")
    newcomer.write("where is the contact point (Kontaktpunkten)?")
    newcomer.write("can I book a time there?")
    reply = newcomer.press("Book a time")[0]
    assert "time" in reply["text"]
    assert understood(stack, newcomer)["topic"] == "book_appointment"


def test_a_new_question_forgets_the_last_search(stack: Stack) -> None:
    newcomer = Newcomer(stack.base, "en")
    newcomer.write("is there a library?")
    dentist = newcomer.write("is there a dentist open now?")[0]
    assert "Dentist" in dentist["text"]
    assert "library" not in dentist["text"]
