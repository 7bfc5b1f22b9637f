"""A real mail server for tests, which keeps what it gets and can refuse."""

import ssl
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

HOST = "127.0.0.1"


class _Handler:
    def __init__(self) -> None:
        self.received: list[EmailMessage] = []
        self.answers: dict[str, str] = {}
        self.after_data: str | None = None

    async def handle_RCPT(  # noqa: N802 - aiosmtpd's name
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: Any
    ) -> str:
        answer = self.answers.get(address, "250 OK")
        if answer.startswith("250"):
            envelope.rcpt_tos.append(address)
        return answer

    async def handle_DATA(  # noqa: N802 - aiosmtpd's name
        self, _server: SMTP, _session: Session, envelope: Envelope
    ) -> str:
        if self.after_data:
            return self.after_data
        message = message_from_bytes(envelope.content or b"", policy=default)  # type: ignore[arg-type]
        assert isinstance(message, EmailMessage)
        self.received.append(message)
        return "250 OK"


class MailServer:
    """Starts and stops as a mail server does that is away for a while; what came stays."""

    def __init__(self, tls: ssl.SSLContext | None = None, implicit: bool = False) -> None:
        self._handler, self._tls, self._implicit = _Handler(), tls, implicit
        self._port = 0
        self._controller: Controller | None = None
        self.passwords: list[tuple[bytes, bytes]] = []

    @property
    def port(self) -> int:
        return self._port

    @property
    def received(self) -> list[EmailMessage]:
        """What has arrived, in order."""
        return self._handler.received

    @property
    def recipients(self) -> list[str]:
        """To whom, in order."""
        return [each["To"].addresses[0].addr_spec for each in self.received]

    @property
    def url(self) -> str:
        return f"smtp://{HOST}:{self._port}"

    def refuse(self, address: str, answer: str) -> None:
        """Answer so to mail for an address."""
        self._handler.answers[address] = answer

    def refuse_content(self, answer: str) -> None:
        """Answer so to every mail."""
        self._handler.after_data = answer

    def start(self) -> "MailServer":
        """Listen, on the same port as before."""
        self._controller = _Controller(
            self._handler,
            hostname=HOST,
            port=self._port,
            ssl_context=self._tls if self._implicit else None,
            tls_context=None if self._implicit else self._tls,
            authenticator=self._authenticate if self._tls else None,
            auth_require_tls=not self._implicit,
        )
        self._controller.start()
        assert self._controller.server
        self._port = self._controller.server.sockets[0].getsockname()[1]
        return self

    def stop(self) -> None:
        """Be away."""
        if self._controller:
            self._controller.stop()
            self._controller = None

    def _authenticate(
        self, _server: SMTP, _session: Session, _envelope: Envelope, _kind: str, given: Any
    ) -> AuthResult:
        assert isinstance(given, LoginPassword)
        self.passwords.append((given.login, given.password))
        return AuthResult(success=given.password == b"p@ss:word/1", handled=False)


class _Controller(Controller):
    def _trigger_server(self) -> None:
        """Aiosmtpd connects here to see that it listens; the port is known by now only."""
        assert self.server
        self.port = self.server.sockets[0].getsockname()[1]
        super()._trigger_server()
