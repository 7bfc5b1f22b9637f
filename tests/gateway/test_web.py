"""The web channel: who may read what, what is refused, and catching up after a gap."""

import http.client
import json
import uuid
from urllib.parse import urlsplit

import pytest

from contact_point.translations import translate
from tests.newcomer import Newcomer, refused
from tests.stack import Stack


def test_an_identifier_alone_opens_nothing(stack: Stack) -> None:
    newcomer = Newcomer(stack.base, "sv")
    newcomer.write("hej")
    conversation_id, proof = newcomer.token.split(".")
    other = Newcomer(stack.base, "sv")
    forged = [
        "",
        conversation_id,
        f"{conversation_id}.",
        f"{conversation_id}.{'0' * len(proof)}",
        f"{conversation_id}.{other.token.split('.')[1]}",
        f"{other.token.split('.')[0]}.{proof}",
        f"{proof}.{conversation_id}",
    ]
    for token in forged:
        for method, path, body in (
            ("GET", "/chat/messages?after=0", None),
            ("GET", "/chat/events?after=0", None),
            ("POST", "/chat/messages", {"id": "x", "text": "hej"}),
            ("POST", "/chat/human", {}),
            ("POST", "/chat/language", {"language": "en"}),
        ):
            assert refused(newcomer, method, path, body, token or "nothing") == 401
    assert other.everything() == []
    assert len(newcomer.everything()) == 2


def test_a_conversation_reads_only_itself(stack: Stack) -> None:
    first, second = Newcomer(stack.base, "sv"), Newcomer(stack.base, "sv")
    first.write("hej")
    button = {"message": first.everything()[-1]["cursor"], "index": 0}
    body = {"id": uuid.uuid4().hex, "button": button}
    assert refused(second, "POST", "/chat/messages", body, second.token) == 404
    assert second.everything() == []


def test_typed_text_is_never_a_command(stack: Stack) -> None:
    newcomer = Newcomer(stack.base, "en")
    newcomer.write('/greet{"conversation_language": "ar"}')
    assert newcomer.language == "en"
    for text in ("/", " // ", ""):
        body = {"id": uuid.uuid4().hex, "text": text}
        assert refused(newcomer, "POST", "/chat/messages", body, newcomer.token) == 400


def test_the_same_message_sent_twice_is_one(stack: Stack) -> None:
    newcomer = Newcomer(stack.base, "sv")
    body = {"id": "made-by-the-chat", "text": "hej"}
    first = newcomer.call("POST", "/chat/messages", body)
    newcomer.wait()
    assert newcomer.call("POST", "/chat/messages", body) == first
    assert [message["author"] for message in newcomer.everything()] == ["newcomer", "bot"]


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [
        ("/chat/messages", {"id": "", "text": "hej"}, 400),
        ("/chat/messages", {"id": "x" * 65, "text": "hej"}, 400),
        ("/chat/messages", {"id": "x", "text": "a" * 2001}, 413),
        ("/chat/messages", {"text": "hej"}, 400),
        ("/chat/messages", ["hej"], 400),
        ("/chat/messages", {"id": "x", "position": {"latitude": 91, "longitude": 0}}, 400),
        ("/chat/messages", {"id": "x", "position": {"latitude": "58"}}, 400),
        ("/chat/language", {"language": "xx"}, 400),
        ("/chat/language", {}, 400),
    ],
)
def test_bad_requests_are_refused_clearly(
    stack: Stack, path: str, body: object, status: int
) -> None:
    newcomer = Newcomer(stack.base, "sv")
    assert refused(newcomer, "POST", path, body, newcomer.token) == status
    assert newcomer.everything() == []


def test_a_shared_position_stays_out_of_the_transcript(stack: Stack) -> None:
    newcomer = Newcomer(stack.base, "en")
    newcomer.write("is there a library?")
    (nearest,) = newcomer.send({"position": {"latitude": 58.4502, "longitude": 13.901}})
    assert "Sjöstads bibliotek" in nearest["cards"][0]["html"]
    shared = [each for each in newcomer.everything() if each["author"] == "newcomer"][-1]
    assert shared["text"] == "📍"
    assert "13.9" not in str(shared)


def test_too_many_messages_are_slowed_down(stack: Stack) -> None:
    newcomer = Newcomer(stack.base, "sv")
    statuses = [
        refused(
            newcomer, "POST", "/chat/messages", {"id": str(number), "text": "hej"}, newcomer.token
        )
        for number in range(32)
    ]
    assert statuses == [200] * 30 + [429] * 2


def test_security_headers_and_no_stranger_origins(stack: Stack) -> None:
    address = urlsplit(stack.base)
    for path in ("/", "/chat/settings", "/desk/sign-in", "/widget/chat.js", "/nothing"):
        connection = http.client.HTTPConnection(address.hostname or "", address.port)
        connection.request("GET", path, headers={"Origin": "https://evil.example"})
        response = connection.getresponse()
        content = response.read().decode("utf-8", "replace")
        policy = response.headers["Content-Security-Policy"]
        assert "unsafe" not in policy
        assert "default-src 'none'" in policy
        assert response.headers["X-Content-Type-Options"] == "nosniff"
        assert response.headers["Access-Control-Allow-Origin"] is None
        assert "Traceback" not in content


def test_live_events_catch_up_from_the_cursor(stack: Stack) -> None:
    newcomer = Newcomer(stack.base, "sv")
    newcomer.write("hej")
    everything = newcomer.everything()
    address = urlsplit(stack.base)
    connection = http.client.HTTPConnection(address.hostname or "", address.port, timeout=10)
    connection.request(
        "GET",
        f"/chat/events?after={everything[0]['cursor']}",
        headers={"Authorization": f"Bearer {newcomer.token}"},
    )
    response = connection.getresponse()
    assert response.headers["Content-Type"] == "text/event-stream"
    lines = [response.readline().decode() for _ in range(7)]
    shown = [json.loads(line[6:]) for line in lines if line.startswith("data: ")]
    assert shown[0] == {"state": "bot", "language": "sv"}
    assert [each["cursor"] for each in shown[1:]] == [everything[1]["cursor"]]
    assert f"id: {everything[1]['cursor']}\n" in lines
    connection.close()


def test_the_logs_hold_nothing_that_was_said(stack: Stack) -> None:
    newcomer = Newcomer(stack.base, "sv")
    newcomer.write("zebrafisk paraplymakaren")
    for name in stack.names():
        assert "zebrafisk" not in stack.log(name)
        assert newcomer.token not in stack.log(name)


def test_the_inner_servers_ask_for_the_secret(stack: Stack) -> None:
    places = [
        (stack.actions_port, "/webhook"),
        (stack.actions_port, "/actions"),
        (stack.rasa_ports[0], "/webhooks/gateway/turn"),
    ]
    for port, path in places:
        for headers in ({}, {"Authorization": "Bearer wrong"}):
            connection = http.client.HTTPConnection("127.0.0.1", port)
            connection.request("POST", path, body=b"{}", headers=headers)
            assert connection.getresponse().status in (401, 405)
    connection = http.client.HTTPConnection("127.0.0.1", stack.rasa_ports[0])
    connection.request("GET", "/conversations/default/tracker")
    assert connection.getresponse().status == 404


def test_hand_over_in_one_tap_tells_when_somebody_answers(stack: Stack) -> None:
    newcomer = Newcomer(stack.base, "ar")
    newcomer.call("POST", "/chat/human", {})
    newcomer.call("POST", "/chat/human", {})
    said = newcomer.everything()
    assert len(said) == 1
    assert said[0]["author"] == "notice"
    expected = translate(
        "A person will answer you here in the chat. You can go on writing: the person reads "
        "everything. If someone is in danger, call {emergency_phone}.",
        "ar",
        emergency_phone="[112](tel:112)",
    )
    assert said[0]["text"] == expected
