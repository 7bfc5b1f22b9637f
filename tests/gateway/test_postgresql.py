"""Two gateways on one PostgreSQL: newcomers don't notice which one they reach, or that one dies."""

import json
import threading
import time
import urllib.request
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from contact_point.translations import translate
from tests.conftest import NOW, fill
from tests.contact_point.conftest import postgresql_url  # noqa: F401 - a fixture
from tests.gateway.test_crashes import answers, send, wait_for_answers
from tests.newcomer import Newcomer
from tests.stack import Stack, free_ports, make_stack

PROMPT_SECONDS = 5
"""Far less than the heartbeat, by which a stream would find out without a wake-up."""
QUESTIONS = ("hello", "how do I pay tax when I work", "thank you very much")


@pytest.fixture(scope="module")
def gateways(
    trained_model: None,
    postgresql_url: str,  # noqa: F811
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[tuple[Stack, Stack]]:
    """A whole product, and a second gateway to the same database and Rasa servers."""
    first = make_stack(
        tmp_path_factory.mktemp("first"),
        rasa_servers=2,
        change_settings=lambda text: text.replace(
            "new_conversations_a_minute = 20", "new_conversations_a_minute = 1000"
        ),
        DATABASE_URL=postgresql_url,
        KONTAKTPUNKT_CLOCK=NOW,
    )
    fill(first.database)
    second = _another_gateway(first, tmp_path_factory)
    for name in first.names():
        first.start(name)
    second.start("gateway")
    try:
        first.wait_until_ready()
        second.wait_for("gateway")
        yield first, second
    finally:
        second.stop()
        first.stop()


def _another_gateway(first: Stack, folders: pytest.TempPathFactory) -> Stack:
    folder = folders.mktemp("second")
    (port,) = free_ports(1)
    settings_file = folder / "municipality.toml"
    text = (first.folder / "municipality.toml").read_text(encoding="utf-8")
    settings_file.write_text(
        text.replace(f"port = {first.gateway_port}", f"port = {port}"), encoding="utf-8"
    )
    environment = first.environment | {"KONTAKTPUNKT_MUNICIPALITY": str(settings_file)}
    return Stack(folder, port, first.rasa_ports, first.actions_port, environment)


def test_a_booking_that_changes_between_gateways(gateways: tuple[Stack, Stack]) -> None:
    first, second = gateways
    newcomer = Newcomer(first.base, "en")
    newcomer.write("I want to book a time")
    newcomer.base = second.base
    offers = newcomer.press(translate("Housing", "en"))[-1]["buttons"]
    newcomer.base = first.base
    newcomer.press(offers[0])
    newcomer.write("Maryam Ali")
    newcomer.base = second.base
    newcomer.write("maryam@example.org")
    newcomer.base = first.base
    (booked,) = newcomer.press(translate("Yes, book it", "en"))
    assert "K" in booked["text"]
    assert sum(message["author"] == "newcomer" for message in newcomer.everything()) == 6


def test_a_stream_hears_what_the_other_gateway_takes_in(gateways: tuple[Stack, Stack]) -> None:
    first, second = gateways
    newcomer = Newcomer(first.base, "en")
    request = urllib.request.Request(
        f"{second.base}/chat/events?after=0",
        headers={"Authorization": f"Bearer {newcomer.token}"},
    )
    heard: list[str] = []
    opened, answered = threading.Event(), threading.Event()

    def listen() -> None:
        with urllib.request.urlopen(request, timeout=30) as stream:
            for line in stream:
                if line.startswith(b"event: state"):
                    opened.set()
                if line.startswith(b"data: ") and b'"author"' in line:
                    heard.append(json.loads(line[6:])["author"])
                    if heard[-1] == "bot":
                        answered.set()
                        return

    listener = threading.Thread(target=listen, daemon=True)
    listener.start()
    assert opened.wait(10)
    began = time.monotonic()
    newcomer.write("hello")
    assert answered.wait(PROMPT_SECONDS)
    assert time.monotonic() - began < PROMPT_SECONDS
    assert heard == ["newcomer", "bot"]


def test_many_newcomers_on_both(gateways: tuple[Stack, Stack]) -> None:
    def talk(number: int) -> list[int]:
        newcomer = Newcomer(gateways[number % 2].base, "en")
        for turn, question in enumerate(QUESTIONS):
            newcomer.base = gateways[(number + turn) % 2].base
            newcomer.write(question)
        return [len(replies) for replies in answers(newcomer)]

    with ThreadPoolExecutor(12) as pool:
        assert list(pool.map(talk, range(24))) == [[1] * len(QUESTIONS)] * 24


def test_the_other_gateway_takes_over(gateways: tuple[Stack, Stack]) -> None:
    first, second = gateways
    newcomer = Newcomer(first.base, "en")
    send(newcomer, "hello")
    first.kill("gateway")
    newcomer.base = second.base
    wait_for_answers(newcomer, 1)
    first.start("gateway")
    first.wait_for("gateway")
    assert [len(replies) for replies in answers(newcomer)] == [1]
