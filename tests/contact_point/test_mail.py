"""Sending mail, to a real SMTP server."""

import logging
import socket
import ssl
import subprocess
from collections.abc import Iterator
from email.message import EmailMessage
from pathlib import Path

import pytest

from contact_point import mail
from contact_point.mail import MailRefused, MailUnreachable, mail_address, send
from contact_point.settings import SettingsError
from tests.contact_point.mail_server import HOST, MailServer

ADDRESS = "maryam@example.org"


def _message(to: str = ADDRESS) -> EmailMessage:
    message = EmailMessage()
    message["From"] = "kontaktpunkt@exempelby.example"
    message["To"] = to
    message["Subject"] = "Hej"
    message["Message-ID"] = "<1@exempelby.example>"
    message.set_content("Välkommen")
    return message


@pytest.fixture
def server() -> Iterator[MailServer]:
    server = MailServer().start()
    yield server
    server.stop()


@pytest.fixture(scope="session")
def tls(tmp_path_factory: pytest.TempPathFactory) -> tuple[ssl.SSLContext, Path]:
    """A mail server's certificate, and the file that makes it trusted."""
    folder = tmp_path_factory.mktemp("tls")
    key, certificate = folder / "key.pem", folder / "certificate.pem"
    command = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2"]
    names = ["-subj", "/CN=localhost", "-addext", f"subjectAltName=IP:{HOST}"]
    files = ["-keyout", str(key), "-out", str(certificate)]
    subprocess.run([*command, *names, *files], check=True, capture_output=True)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    return context, certificate


def _server(url: str) -> mail.MailServer:
    return mail.MailServer.of(url)


def test_a_mail_arrives(server: MailServer) -> None:
    send(_message(), _server(server.url))
    (received,) = server.received
    assert (received["To"], received["Message-ID"]) == (ADDRESS, "<1@exempelby.example>")
    assert received.get_content().strip() == "Välkommen"


@pytest.mark.parametrize("implicit", [False, True])
def test_the_password_is_sent_encrypted(
    implicit: bool, tls: tuple[ssl.SSLContext, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    context, certificate = tls
    server = MailServer(context, implicit).start()
    scheme = "smtps" if implicit else "smtp"
    url = f"{scheme}://post%40exempelby:p%40ss%3Aword%2F1@{HOST}:{server.port}"
    try:
        with pytest.raises(MailUnreachable):
            send(_message(), _server(url))  # nobody vouches for this server
        assert server.passwords == []
        monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
        send(_message(), _server(url))
        assert server.passwords == [(b"post@exempelby", b"p@ss:word/1")]
        assert len(server.received) == 1
        with pytest.raises(MailUnreachable, match="sign in"):
            send(_message(), _server(url.replace("word", "wort")))
        assert len(server.received) == 1
    finally:
        server.stop()


def test_no_password_goes_to_a_server_without_encryption(server: MailServer) -> None:
    with pytest.raises(MailUnreachable, match="sign in"):
        send(_message(), _server(f"smtp://user:secret@{HOST}:{server.port}"))
    assert server.received == []


def test_a_server_that_is_away_can_be_tried_again(server: MailServer) -> None:
    server.stop()
    with pytest.raises(MailUnreachable, match="can not be reached"):
        send(_message(), _server(server.url))
    server.start()
    send(_message(), _server(server.url))
    assert len(server.received) == 1


def test_a_server_that_says_nothing_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mail, "_TIMEOUT_SECONDS", 0.2)
    with socket.create_server((HOST, 0)) as silent:
        url = f"smtp://{HOST}:{silent.getsockname()[1]}"
        with pytest.raises(MailUnreachable):
            send(_message(), _server(url))


@pytest.mark.parametrize(
    ("answer", "wanted"),
    [
        ("550 no such user maryam@example.org", MailRefused),
        ("553 not allowed", MailRefused),
        ("450 mailbox busy", MailUnreachable),
        ("451 greylisted", MailUnreachable),
    ],
)
def test_a_refused_recipient(
    answer: str, wanted: type[Exception], server: MailServer, caplog: pytest.LogCaptureFixture
) -> None:
    server.refuse(ADDRESS, answer)
    with caplog.at_level(logging.DEBUG), pytest.raises(wanted) as caught:
        send(_message(), _server(server.url))
    (logged,) = (each.getMessage() for each in caplog.records if each.name == mail.__name__)
    assert answer[:3] in logged
    for text in (str(caught.value), logged):
        assert "maryam" not in text
    assert caught.value.__cause__ is caught.value.__context__ is None
    assert server.received == []


@pytest.mark.parametrize(
    ("answer", "wanted"),
    [("554 spam", MailRefused), ("452 no space", MailUnreachable)],
)
def test_a_refused_message(answer: str, wanted: type[Exception], server: MailServer) -> None:
    server.refuse_content(answer)
    with pytest.raises(wanted):
        send(_message(), _server(server.url))


def test_urls() -> None:
    server = _server("smtp://mail.example")
    assert (server.host, server.port, server.is_tls, server.user) == (
        "mail.example", 587, False, None,
    )  # fmt: skip
    server = _server("smtps://a%40b:c%3Ad@mail.example")
    assert (server.port, server.is_tls, server.user, server.password) == (465, True, "a@b", "c:d")
    assert "c:d" not in repr(server)
    for wrong in ("http://mail.example", "smtp://", "mail.example:25"):
        with pytest.raises(SettingsError, match="SMTP_URL"):
            _server(wrong)


@pytest.mark.parametrize(
    "text", ["", "x", "@example.org", "x@", "a b@example.org", "å@example.org"]
)
def test_what_is_no_address(text: str) -> None:
    with pytest.raises(MailRefused):
        mail_address(text)
