"""`kill -9` in mid-conversation: nothing is lost, nothing is answered twice, order holds."""

import json
import time
import urllib.error
import urllib.request
import uuid
from collections.abc import Iterator

import pytest

from tests.conftest import fill
from tests.newcomer import Newcomer
from tests.stack import Stack, make_stack

ROUNDS = 4


@pytest.fixture(scope="module")
def fragile(trained_model: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """A product of its own, to be broken."""
    product = make_stack(tmp_path_factory.mktemp("fragile"))
    fill(product.database)
    for name in product.names():
        product.start(name)
    try:
        product.wait_until_ready()
        yield product
    finally:
        product.stop()


def send(newcomer: Newcomer, text: str) -> None:
    """Write without waiting; a chat sends again when the answer to its request is lost."""
    message = {"id": uuid.uuid4().hex, "text": text}
    for _ in range(2):
        try:
            newcomer.call("POST", "/chat/messages", message)
        except (urllib.error.URLError, ConnectionError):
            continue
        return


def answers(newcomer: Newcomer) -> list[list[str]]:
    """The bot's replies after each of the newcomer's messages."""
    grouped: list[list[str]] = []
    for message in newcomer.everything():
        if message["author"] == "newcomer":
            grouped.append([])
        else:
            grouped[-1].append(message["text"])
    return grouped


def test_gateway_killed_after_it_took_a_message(fragile: Stack) -> None:
    newcomer = Newcomer(fragile.base, "en")
    for round_number in range(1, ROUNDS + 1):
        send(newcomer, "hello" if round_number % 2 else "thank you very much")
        fragile.kill("gateway")
        fragile.start("gateway")
        fragile.wait_for("gateway")
        # The lease of the dead gateway has to run out first.
        wait_for_answers(newcomer, round_number)
    assert [len(replies) for replies in answers(newcomer)] == [1] * ROUNDS
    assert [replies[0][:5] for replies in answers(newcomer)] == ["Hello", "You a"] * (ROUNDS // 2)


def test_rasa_killed_in_mid_turn(fragile: Stack) -> None:
    newcomer = Newcomer(fragile.base, "en")
    rasa = f"rasa-{fragile.rasa_ports[0]}"
    for round_number in range(1, 3):
        send(newcomer, "hello")
        fragile.kill(rasa)
        fragile.start(rasa)
        fragile.wait_for(rasa)
        wait_for_answers(newcomer, round_number)
    assert [len(replies) for replies in answers(newcomer)] == [1, 1]
    assert all(replies[0].startswith("Hello") for replies in answers(newcomer))


def test_a_turn_that_rasa_has_done_is_not_done_again(fragile: Stack) -> None:
    """The gateway dies between the bot's answer and storing it: the form must not move on."""
    conversation = uuid.uuid4().hex

    def turn(message_id: str, text: str, repeated: bool) -> dict[str, object]:
        request = urllib.request.Request(
            f"http://127.0.0.1:{fragile.rasa_ports[0]}/webhooks/gateway/turn",
            data=json.dumps(
                {
                    "conversation_id": conversation,
                    "message_id": message_id,
                    "text": text,
                    "language": "en",
                    "channel": "web",
                    "repeated": repeated,
                }
            ).encode(),
            headers={
                "Authorization": f"Bearer {fragile.environment['KONTAKTPUNKT_INTERNAL_SECRET']}"
            },
        )
        with urllib.request.urlopen(request, timeout=20) as response:
            return dict(json.load(response))

    first = turn("1", '/book_appointment{"subject": "housing"}', repeated=False)
    again = turn("1", '/book_appointment{"subject": "housing"}', repeated=True)
    assert again["replies"] == first["replies"]
    fresh = turn("2", "hello there", repeated=True)
    assert fresh["replies"] != first["replies"]


def wait_for_answers(newcomer: Newcomer, count: int) -> None:
    deadline = time.monotonic() + 75
    while time.monotonic() < deadline:
        grouped = answers(newcomer)
        if len(grouped) == count and all(grouped):
            return
        time.sleep(0.2)
    raise AssertionError(f"{answers(newcomer)} after {count} messages")
