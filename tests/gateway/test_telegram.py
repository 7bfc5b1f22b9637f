"""Telegram both ways, against a local server that speaks the Bot API."""

import json
import urllib.error
import urllib.request
from collections.abc import Iterator
from datetime import datetime, timezone

import pytest

from contact_point.conversations import desk
from contact_point.database import Database
from gateway.channels.telegram import MAX_UNITS, split
from tests.conftest import NOW, fill
from tests.gateway.bot_api import BotApi, TelegramNewcomer
from tests.stack import Stack, make_stack

SECRET = "a-secret-that-telegram-knows"


@pytest.fixture(scope="module")
def api() -> BotApi:
    return BotApi()


@pytest.fixture(scope="module")
def product(
    trained_model: None, api: BotApi, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Stack]:
    """A product with Telegram switched on."""
    started = make_stack(
        tmp_path_factory.mktemp("telegram"),
        KONTAKTPUNKT_CLOCK=NOW,
        TELEGRAM_BOT_TOKEN="123:token",
        TELEGRAM_WEBHOOK_SECRET=SECRET,
        TELEGRAM_API_URL=api.url,
    )
    fill(started.database)
    for name in started.names():
        started.start(name)
    try:
        started.wait_until_ready()
        yield started
    finally:
        started.stop()


@pytest.fixture
def newcomer(product: Stack, api: BotApi, request: pytest.FixtureRequest) -> TelegramNewcomer:
    chat = abs(hash(request.node.name)) % 10**9
    return TelegramNewcomer(product.base, SECRET, api, chat)


def product_clock() -> datetime:
    """The moment at which the product's processes were started: what is said then is due."""
    return datetime.fromisoformat(NOW).astimezone(timezone.utc)


def database(product: Stack) -> Database:
    return product.database


def test_start_greets_in_the_language_of_the_app(newcomer: TelegramNewcomer) -> None:
    newcomer.language = "ar-SY"
    (greeting,) = newcomer.write("/start")
    assert greeting["text"].startswith("مرحبًا! أنا المساعد الآلي")
    for (button,) in greeting["reply_markup"]["inline_keyboard"]:
        assert len(button["callback_data"].encode()) <= 64


def test_forged_deliveries_are_refused(newcomer: TelegramNewcomer, api: BotApi) -> None:
    for secret in ("", "wrong", SECRET[:-1], SECRET + "x"):
        assert newcomer.post(newcomer.text("hello"), secret) == 401
    assert newcomer.post({"update": "nonsense"}) == 400
    (reply,) = newcomer.write("hello")
    assert reply["text"].startswith("Hello!")
    assert len(api.sent(newcomer.chat)) == 1


def test_a_repeated_delivery_is_answered_once(newcomer: TelegramNewcomer, api: BotApi) -> None:
    update = newcomer.text("hello")
    for _ in range(5):
        assert newcomer.post(update) == 200
    api.wait(newcomer.chat, 1)
    newcomer.write("thank you very much")
    texts = [message["text"] for message in api.sent(newcomer.chat)]
    assert [text[:5] for text in texts] == ["Hello", "You a"]


def test_an_answer_with_its_sources(newcomer: TelegramNewcomer) -> None:
    (answer,) = newcomer.write("what rights do I have here in sweden?")
    assert answer["parse_mode"] == "HTML"
    assert "<b>Equal treatment:</b>" in answer["text"]
    assert '<a href="https://rkrattsbaser.gov.se/sfst?bet=1974:152">' in answer["text"]
    assert "2026-11-24" in answer["text"]


def test_book_and_cancel_with_buttons(newcomer: TelegramNewcomer, api: BotApi) -> None:
    (offer,) = newcomer.write("I want to book an appointment about housing")
    time = offer["reply_markup"]["inline_keyboard"][0][0]["text"]
    newcomer.press(time)
    newcomer.write("Maryam Ali")
    (summary,) = newcomer.write("maryam@example.org")
    assert "Maryam Ali" in summary["text"]
    (booked,) = newcomer.press("Yes, book it")
    assert "<b>K" in booked["text"]
    newcomer.write("my booked times")
    newcomer.press("Cancel a time")
    (cancelled,) = newcomer.press("Yes, cancel it")
    assert cancelled["text"].startswith("Your time is cancelled")
    pressed = [body for method, body in api.calls if method == "answerCallbackQuery"]
    assert len(pressed) >= 4


def test_offices_in_short_by_number_and_by_position(newcomer: TelegramNewcomer) -> None:
    (results,) = newcomer.write("is there a health centre open now?")
    assert results["text"].count("<b>") >= 6
    assert "Staff speak" not in results["text"]
    titles = [button["text"] for (button,) in results["reply_markup"]["inline_keyboard"]]
    assert titles[1].startswith("2. ")
    (second,) = newcomer.press(titles[1])
    assert titles[1][3:] in second["text"]
    assert "Staff speak" in second["text"]
    (where,) = newcomer.write("nearer")
    ((key,),) = where["reply_markup"]["keyboard"]
    assert key == {"text": "Share my position", "request_location": True}
    (nearest,) = newcomer.share(58.4502, 13.901)
    assert nearest["text"].index("Sjöstads vårdcentral") < nearest["text"].index("<b>2.</b>")
    assert "50 m away" in nearest["text"]


def test_hand_over_and_the_advisers_reply(newcomer: TelegramNewcomer, product: Stack) -> None:
    newcomer.write("I want to talk to a person")
    with product.database.transaction() as session:
        entry = next(each for each in desk.queue(session) if each.channel == "telegram")
        desk.claim(session, entry.id, 1, clock=product_clock)
        desk.reply(session, entry.id, 1, "Hello, this is <Noor> & I help you", clock=product_clock)
    messages = newcomer.api.wait(newcomer.chat, 3)
    assert messages[1]["text"].startswith("Noor from the contact point")
    assert messages[2]["text"] == "Hello, this is &lt;Noor&gt; &amp; I help you"
    assert newcomer.post(newcomer.text("thank you")) == 200
    with product.database.transaction() as session:
        desk.resolve(session, entry.id, 1, clock=product_clock)
    assert len(newcomer.api.wait(newcomer.chat, 4)) == 4
    (reply,) = newcomer.write("thank you very much")
    assert reply["text"].startswith("You are welcome")


def test_pictures_and_groups(newcomer: TelegramNewcomer, api: BotApi) -> None:
    photo = newcomer.update(
        message={
            "chat": {"id": newcomer.chat, "type": "private"},
            "from": {"language_code": "sv"},
            "photo": [],
        }
    )
    assert newcomer.post(photo) == 200
    assert api.wait(newcomer.chat, 1)[0]["text"].startswith("Jag kan bara läsa text")
    group = {"chat": {"id": -5, "type": "group"}, "text": "hello"}
    assert newcomer.post(newcomer.update(message=group)) == 200
    assert api.sent(-5) == []


def test_delivery_is_tried_again(newcomer: TelegramNewcomer, api: BotApi) -> None:
    api.refusals[:] = [
        (429, {"ok": False, "description": "slow", "parameters": {"retry_after": 1}}),
        (500, {"ok": False}),
    ]
    (reply,) = newcomer.write("hello")
    assert reply["text"].startswith("Hello!")
    assert api.refusals == []


def test_a_newcomer_who_blocked_the_bot(newcomer: TelegramNewcomer, product: Stack) -> None:
    newcomer.write("hello")
    newcomer.api.refusals[:] = [(403, {"ok": False, "description": "Forbidden: bot was blocked"})]
    assert newcomer.post(newcomer.text("thank you very much")) == 200
    (reply,) = newcomer.write("hello")
    assert reply["text"].startswith("Hello!")


def test_html_that_telegram_refuses_is_sent_as_plain_text(newcomer: TelegramNewcomer) -> None:
    newcomer.api.refusals[:] = [
        (400, {"ok": False, "description": "Bad Request: can't parse entities"})
    ]
    (reply,) = newcomer.write("what rights do I have here in sweden?")
    assert "parse_mode" not in reply
    assert "<b>" not in reply["text"]


def test_the_token_stays_out_of_the_logs(product: Stack) -> None:
    assert "123:token" not in product.log("gateway")


def test_without_a_token_there_is_no_webhook(stack: Stack) -> None:
    request = urllib.request.Request(
        f"{stack.base}/channels/telegram/webhook", data=json.dumps({}).encode()
    )
    with pytest.raises(urllib.error.HTTPError, match=r"40[45]"):
        urllib.request.urlopen(request)


@pytest.mark.parametrize("text", ["a" * 10_000, "🙂" * 5_000, "one\n\ntwo " * 3_000, "short"])
def test_long_texts_are_split_within_the_limit(text: str) -> None:
    parts = split(text)
    assert all(len(part.encode("utf-16-le")) // 2 <= MAX_UNITS for part in parts)
    assert "".join("".join(parts).split()) == "".join(text.split())
