"""An adviser's day with the calendar, with the keyboard only, in a real Chromium."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect
from sqlalchemy import select

from contact_point.appointments import booking
from contact_point.appointments.reasons import REASONS
from contact_point.appointments.tables import CANCELLED, Appointment
from contact_point.conversations import messages
from contact_point.conversations.tables import Conversation
from contact_point.translations import translate
from gateway.desk import appointment_texts
from tests.conftest import Adviser
from tests.contact_point.appointments.sample import at, calendar, request
from tests.gateway.desk_house import MORNING, clock, desk_house
from tests.journeys.conftest import PHONE
from tests.stack import Stack

WORDS = appointment_texts.page_texts("sv")
STATES = appointment_texts.states("sv")


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """A gateway alone."""
    with desk_house(tmp_path_factory.mktemp("desk")) as house:
        yield house


@pytest.fixture
def page(house: Stack, pages: Any, adviser: Adviser) -> Page:
    """The calendar of an adviser who is signed in."""
    page: Page = pages("sv")
    page.goto(f"{house.base}/desk/sign-in")
    page.get_by_label(translate("E-mail", "sv")).fill(adviser.email)
    page.get_by_label(translate("Password", "sv")).fill(adviser.password)
    page.keyboard.press("Enter")
    page.wait_for_url("**/desk")
    page.goto(f"{house.base}/desk/appointments")
    return page


def _tab_to(page: Page, target: Locator) -> None:
    """Press the tabulator key until something has the focus."""
    expect(target).to_be_visible()
    for _ in range(150):
        if target.evaluate("element => element === document.activeElement"):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"the keyboard does not reach {target}")


def _press(page: Page, target: Locator) -> None:
    _tab_to(page, target)
    page.keyboard.press("Enter")


def _pick(page: Page, name: str, option: str) -> None:
    """Choose in a list by writing what it begins with."""
    chosen = page.get_by_role("combobox", name=name, exact=True)
    _tab_to(page, chosen)
    page.keyboard.type(option)
    expect(chosen.locator("option:checked")).to_have_text(option)


def test_book_move_and_cancel_with_the_keyboard(house: Stack, page: Page) -> None:
    page.set_viewport_size({"width": 1280, "height": 900})
    _press(page, page.get_by_role("link", name=WORDS["new"]))
    _pick(page, WORDS["subject"], translate("Housing", "sv"))
    _pick(page, WORDS["language"], "tigrinja")
    _press(page, page.get_by_role("button", name=WORDS["show_times"]))

    _press(page, page.locator(".times a").first)
    _tab_to(page, page.get_by_role("textbox", name=WORDS["name"]))
    page.keyboard.type("ሃጎስ ተስፋይ")
    _tab_to(page, page.get_by_role("textbox", name=WORDS["contact"]))
    page.keyboard.type("hagos@example.org")
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_have_text(appointment_texts.done("booked", "sv"))
    expect(page.locator("h2").first).to_contain_text(STATES["booked"])
    before = page.locator("dd time").first.get_attribute("datetime")

    _press(page, page.locator("#move summary"))
    _tab_to(page, page.locator("#move input[type=radio]").first)
    page.keyboard.press("ArrowDown")
    _press(page, page.get_by_role("button", name=WORDS["move_now"]))
    expect(page.get_by_role("status")).to_have_text(appointment_texts.done("moved", "sv"))
    assert page.locator("dd time").first.get_attribute("datetime") != before

    _press(page, page.get_by_role("link", name=WORDS["back"]))
    _press(page, page.locator("table.agenda a", has_text="ሃጎስ ተስፋይ"))
    _press(page, page.locator("#cancel summary"))
    _pick(page, WORDS["reason"], translate(REASONS["caseworker_ill"], "sv"))
    _press(page, page.get_by_role("button", name=WORDS["cancel"]))
    expect(page.get_by_role("status")).to_have_text(appointment_texts.done("cancelled", "sv"))
    expect(page.locator("h2").first).to_contain_text(STATES["cancelled"])
    with house.database.reading() as session:
        (appointment,) = session.scalars(select(Appointment)).all()
    assert (appointment.state, appointment.reason) == (CANCELLED, "caseworker_ill")


@pytest.mark.parametrize(
    "path",
    ["", "?view=week", "/new?subject=housing&language=sv", "/blocks", "/figures"],
)
def test_the_pages_fit_a_phone(house: Stack, page: Page, path: str) -> None:
    page.goto(f"{house.base}/desk/appointments{path}")
    width = page.evaluate("document.documentElement.scrollWidth")
    assert width <= PHONE["width"]
    assert not page.locator("table.agenda").is_visible()


def test_the_conversation_of_an_appointment_opens(house: Stack, page: Page) -> None:
    wanted = request(at(30, 9), "asked for in the chat")
    with house.database.transaction() as session:
        conversation = messages.start(session, messages.WEB, "sv", clock)
        messages.say(session, conversation, "bot", [{"text": "Välkommen!"}], MORNING)
        session.get_one(Conversation, conversation).state = "waiting"
        booked = booking.book(
            session, calendar(), replace(wanted, conversation_id=conversation), clock
        )
        assert isinstance(booked, Appointment)
    page.goto(f"{house.base}/desk/appointments/{booked.id}")
    page.get_by_role("link", name=WORDS["open_conversation"]).click()
    expect(page.locator("#log")).to_contain_text("Välkommen!")
    expect(page.locator("#about")).to_be_focused()
