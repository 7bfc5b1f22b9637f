"""Whole conversations in a real Chromium against the whole product, in every offered language."""

from dataclasses import dataclass
from typing import Any

import pytest
from babel import Locale
from playwright.sync_api import Page, expect

from contact_point.translations import translate
from tests.conftest import Adviser
from tests.journeys.conftest import PHONE
from tests.stack import Stack


@dataclass(frozen=True)
class Words:
    """What a newcomer of one language writes, and what only that language's answer says."""

    question: str
    answer: str
    office: str
    office_name: str
    office_open: str
    wish: str
    name: str
    yes: str
    mine: str
    thanks: str


WORDS = {
    "sv": Words(
        question="vilka rättigheter har jag här i sverige?",
        answer="Grundläggande friheter skyddar alla",
        office="finns det en tandläkare som är öppen nu?",
        office_name="Folktandvården",
        office_open="Öppet nu, till 17:00.",
        wish="jag vill boka en tid om bostad",
        name="Maryam Ali",
        yes="Ja, boka den",
        mine="mina bokade tider",
        thanks="tack så mycket",
    ),
    "en": Words(
        question="what rights do I have here in sweden?",
        answer="Basic freedoms protect everyone",
        office="is there a dentist open now?",
        office_name="Public dental service",
        office_open="Open now, until 17:00.",
        wish="I want to book an appointment about housing",
        name="Maryam Ali",
        yes="Yes, book it",
        mine="my booked times",
        thanks="thank you very much",
    ),
    "ar": Words(
        question="ما هي حقوقي هنا في السويد؟",
        answer="الحريات الأساسية تحمي كل من هو في السويد",
        office="في دكتور اسنان فاتح هلق؟",
        office_name="طب الأسنان العام",
        office_open="مفتوح الآن حتى الساعة 17:00.",
        wish="بدي احجز موعد عن السكن",
        name="مريم علي",
        yes="نعم، احجزه",
        mine="مواعيدي المحجوزة",
        thanks="شكرا كتير",
    ),
}


def open_chat(page: Page, stack: Stack, language: str) -> None:
    page.goto(f"{stack.base}/?language={language}")
    page.locator("kontaktpunkt-chat .launcher").click()
    expect(page.locator("kontaktpunkt-chat .panel")).to_be_visible()


def write(page: Page, text: str) -> None:
    page.locator("kontaktpunkt-chat textarea").fill(text)
    page.keyboard.press("Enter")
    expect(page.locator(".log .message.newcomer .text").last).to_have_text(text)


def last(page: Page) -> Any:
    return page.locator("kontaktpunkt-chat .log .message").last


def sign_in(desk: Page, stack: Stack, adviser: Adviser) -> None:
    desk.goto(f"{stack.base}/desk")
    desk.get_by_label(translate("E-mail", "sv")).fill(adviser.email)
    desk.get_by_label(translate("Password", "sv")).fill(adviser.password)
    desk.get_by_role("button", name=translate("Sign in", "sv")).click()
    expect(desk.locator("#waiting")).to_be_attached()


@pytest.mark.parametrize("language", WORDS)
def test_answer_with_sources(stack: Stack, pages: Any, language: str) -> None:
    page, words = pages(language), WORDS[language]
    open_chat(page, stack, language)
    frame = page.locator("kontaktpunkt-chat .frame")
    assert frame.get_attribute("dir") == ("rtl" if language == "ar" else "ltr")
    notice = translate(
        "You are writing with an automatic assistant, not a person. More about this", language
    )
    expect(page.get_by_text(notice)).to_be_visible()

    write(page, words.question)
    expect(last(page)).to_contain_text(words.answer)
    last(page).locator("summary").click()
    expect(last(page).locator(".sources a").first).to_have_attribute(
        "href", "https://rkrattsbaser.gov.se/sfst?bet=1974:152"
    )
    expect(last(page).locator(".sources")).to_contain_text(translate("national", language))
    checked = translate("Facts checked on {date}", language, date="").strip()
    expect(last(page).locator(".sources")).to_contain_text(checked)
    expect(
        last(page).get_by_role("button", name=translate("Book a time", language))
    ).to_be_visible()

    page.reload()
    expect(page.locator(".message.bot").last).to_contain_text(words.answer)


@pytest.mark.parametrize("language", WORDS)
def test_office_open_now(stack: Stack, pages: Any, language: str) -> None:
    page, words = pages(language), WORDS[language]
    open_chat(page, stack, language)
    write(page, words.office)
    expect(last(page)).to_contain_text(words.office_name)
    expect(last(page)).to_contain_text(words.office_open)
    expect(last(page).locator('a[href="tel:0500002400"]')).to_be_visible()
    card = last(page).locator(".card").first
    expect(card.locator('a[href^="https://www.openstreetmap.org/?"]')).to_be_visible()
    expect(card.locator('a[href^="https://www.openstreetmap.org/directions"]')).to_be_visible()


def test_offices_near_the_phone(stack: Stack, pages: Any) -> None:
    where = {"latitude": 58.4502, "longitude": 13.901}
    page = pages("ar", geolocation=where, permissions=["geolocation"])
    open_chat(page, stack, "ar")
    write(page, WORDS["ar"].office)
    expect(last(page).locator(".card")).to_have_count(3)
    last(page).get_by_role("button", name=translate("Nearest first", "ar")).click()
    last(page).get_by_role("button", name=translate("Share my position", "ar")).click()
    first = last(page).locator(".card").first
    expect(first).to_contain_text("Sjöstad")
    width = page.evaluate("document.documentElement.scrollWidth")
    assert width <= PHONE["width"]


def test_a_phone_that_does_not_tell_where_it_is(stack: Stack, pages: Any) -> None:
    page = pages("en")
    open_chat(page, stack, "en")
    write(page, WORDS["en"].office)
    last(page).get_by_role("button", name="Nearest first").click()
    last(page).get_by_role("button", name="Share my position").click()
    expect(page.get_by_text("Your device did not tell where you are.")).to_be_visible()
    write(page, "999 20")
    expect(last(page).locator(".card").first).to_contain_text("Sjöstad")


@pytest.mark.parametrize("language", WORDS)
def test_book_list_and_cancel(stack: Stack, pages: Any, language: str) -> None:
    page, words = pages(language), WORDS[language]
    open_chat(page, stack, language)
    write(page, words.wish)
    last(page).locator(".choices button").nth(1).click()
    expect(last(page)).to_contain_text(translate("What is your name?", language))

    # A question in between is answered, and the form goes on.
    write(page, words.question)
    expect(page.get_by_text(words.answer).last).to_be_visible()
    expect(last(page)).to_contain_text(translate("What is your name?", language))

    write(page, words.name)
    write(page, "maryam@example.org")
    expect(last(page)).to_contain_text(words.name)
    expect(last(page)).to_contain_text("maryam@example.org")
    last(page).get_by_role("button", name=words.yes).click()
    code = last(page).locator("strong").first
    expect(code).to_contain_text("K")
    booking = code.inner_text()
    assert len(booking.replace("-", "")) == 8

    write(page, words.mine)
    expect(last(page)).to_contain_text(booking)
    last(page).get_by_role("button", name=translate("Cancel a time", language)).click()
    last(page).get_by_role("button", name=translate("Yes, cancel it", language)).click()
    cancelled = translate(
        "Your time is cancelled: {when}. You can book a new one at any time.\n\n{calendar}",
        language,
        when="",
        calendar="",
    )
    expect(last(page)).to_contain_text(cancelled.split(":")[0])

    write(page, words.mine)
    expect(last(page)).not_to_contain_text(booking)


def test_a_person_is_asked_for_while_the_first_message_is_on_its_way(
    stack: Stack, pages: Any
) -> None:
    page, words = pages("sv"), WORDS["sv"]
    open_chat(page, stack, "sv")
    held: list[Any] = []
    page.route("**/chat/conversations", lambda route: held.append(route))
    posts: list[str] = []
    page.on("request", lambda sent: posts.append(sent.url) if sent.method == "POST" else None)
    page.locator("kontaktpunkt-chat textarea").fill(words.question)
    page.keyboard.press("Enter")
    page.locator("header .human").click()
    page.wait_for_timeout(500)
    assert len(held) == 1  # not a second conversation for the call
    held[0].continue_()
    expect(page.locator(".message.bot.answer")).to_be_visible()
    expect(page.locator(".message.notice")).to_have_count(1)
    assert [url.rpartition("/")[2] for url in posts] == ["conversations", "messages", "human"]


@pytest.mark.parametrize("language", WORDS)
def test_hand_over_and_back(stack: Stack, pages: Any, adviser: Adviser, language: str) -> None:
    page, desk, words = pages(language), pages("sv"), WORDS[language]
    open_chat(page, stack, language)
    write(page, words.question)
    expect(page.locator(".message.bot.answer")).to_be_visible()
    page.locator("header .human").click()
    expect(last(page)).to_contain_text(
        translate(
            "A person will answer you here in the chat. You can go on writing: the person reads "
            "everything. If someone is in danger, call {emergency_phone}.",
            language,
            emergency_phone="112",
        )
    )

    sign_in(desk, stack, adviser)
    mine = desk.locator("#waiting button", has_text=translate("My rights here", "sv"))
    mine = mine.filter(
        has_text=str(Locale(language).get_display_name("sv"))
    ).last  # others may wait for longer
    mine.click()
    desk.locator("#claim").click()
    expect(desk.locator("#log")).to_contain_text(words.question)
    desk.locator("#text").fill("Hej, jag heter Noor. ✓")
    desk.locator("#reply button").click()

    expect(last(page)).to_contain_text("Hej, jag heter Noor. ✓")
    expect(last(page)).to_contain_text("Noor")
    write(page, words.thanks)
    expect(desk.locator("#log")).to_contain_text(words.thanks)
    expect(page.locator(".message.bot")).to_have_count(2)  # the welcome and one answer: silent now

    desk.locator("#resolve").click()
    expect(last(page)).to_contain_text(
        translate(
            "The conversation with the person is finished. The automatic assistant answers "
            "again. You can always ask for a person.",
            language,
        )
    )
    write(page, words.thanks)
    expect(last(page)).to_contain_text(
        translate("You are welcome. Is there anything else?", language)
    )


def test_the_editors_pages_fit_a_phone(stack: Stack, pages: Any, adviser: Adviser) -> None:
    desk = pages("sv")
    sign_in(desk, stack, adviser)
    for name in ("answers", "unanswered", "notices"):
        desk.goto(f"{stack.base}/desk/{name}")
        width = desk.evaluate("document.documentElement.scrollWidth")
        assert width <= PHONE["width"], f"{name} is {width} pixels wide"
    desk.goto(f"{stack.base}/desk/answers")
    row = desk.locator("tbody tr").first
    tops = {cell.bounding_box()["y"] for cell in row.locator("td").all()}
    assert len(tops) == 1, "the states of an answer stand in one line, each below its language"
