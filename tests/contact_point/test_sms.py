"""Sending text messages, to a local server that speaks the service's API."""

import base64
import logging
from collections.abc import Iterator

import pytest

from contact_point.sms import SmsRefused, SmsUnreachable, send, sender_name
from tests.contact_point.sms_service import SmsService

PHONE = "+46701740605"


@pytest.fixture
def service() -> Iterator[SmsService]:
    service = SmsService()
    yield service
    service.stop()


def test_what_the_service_gets(service: SmsService) -> None:
    send("Din tid är bokad\nhttps://k.example", PHONE, "Exempelby", service.url)
    ((path, authorization, fields),) = service.requests
    assert path == "/a1/sms"
    assert authorization == f"Basic {base64.b64encode(b'user:secret').decode()}"
    assert fields == {
        "from": ["Exempelby"],
        "to": [PHONE],
        "message": ["Din tid är bokad\nhttps://k.example"],
    }


@pytest.mark.parametrize(
    ("status", "wanted"),
    [
        (400, SmsRefused),
        (401, SmsUnreachable),
        (403, SmsUnreachable),
        (429, SmsUnreachable),
        (500, SmsUnreachable),
        (302, SmsUnreachable),
    ],
)
def test_what_is_not_taken(
    status: int, wanted: type[Exception], service: SmsService, caplog: pytest.LogCaptureFixture
) -> None:
    service.status = status
    with caplog.at_level(logging.INFO), pytest.raises(wanted) as caught:
        send("Hej", PHONE, "Exempelby", service.url)
    assert len(service.requests) == 1
    for secret in (PHONE, "secret", "Hej"):
        assert secret not in str(caught.value) + caplog.text


def test_a_service_that_is_away(service: SmsService, caplog: pytest.LogCaptureFixture) -> None:
    service.stop()
    with caplog.at_level(logging.INFO), pytest.raises(SmsUnreachable) as caught:
        send("Hej", PHONE, "Exempelby", service.url)
    assert "secret" not in str(caught.value) + caplog.text
    assert caught.value.__context__ is None


@pytest.mark.parametrize(
    ("name", "sender"),
    [
        ("Exempelby", "Exempelby"),
        ("Malmö", "Malmo"),
        ("Upplands-Bro", "UpplandsBro"),
        ("Örnsköldsviks", "Ornskoldsvi"),
    ],
)
def test_the_senders_name(name: str, sender: str) -> None:
    assert sender_name(name) == sender
