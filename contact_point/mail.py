"""Sends e-mail by SMTP."""

import logging
import smtplib
import ssl
from contextlib import suppress
from dataclasses import dataclass, field
from email.errors import MessageError
from email.headerregistry import Address
from email.message import EmailMessage
from urllib.parse import unquote, urlsplit

from contact_point.sending import Refused, Unreachable
from contact_point.settings import SettingsError
from contact_point.translations import mark

logger = logging.getLogger(__name__)
_TIMEOUT_SECONDS = 20
_SUBMISSION_PORT, _TLS_PORT = 587, 465
_PERMANENT = 500
"""Replies from here on say that the same again would be refused again (RFC 5321)."""


class MailRefused(Refused):
    """The address is wrong, or the mail server will never take this mail."""


class MailUnreachable(Unreachable):
    """The mail server is away, or doesn't take our mail now."""


@dataclass(frozen=True)
class MailServer:
    """Where mail is handed over."""

    host: str
    port: int
    is_tls: bool
    """Encrypted from the first byte; otherwise by STARTTLS where that is offered."""
    user: str | None = None
    password: str = field(default="", repr=False)

    @classmethod
    def of(cls, url: str) -> "MailServer":
        """The server of `smtp://user:password@host:587` or `smtps://user:password@host:465`.

        Raises:
            SettingsError: for another scheme, or without a host.
        """
        parts = urlsplit(url)
        if parts.scheme not in ("smtp", "smtps") or not parts.hostname:
            raise SettingsError("SMTP_URL: write smtp://user:password@host:587 or smtps://…")
        is_tls = parts.scheme == "smtps"
        return cls(
            parts.hostname,
            parts.port or (_TLS_PORT if is_tls else _SUBMISSION_PORT),
            is_tls,
            unquote(parts.username) if parts.username else None,
            unquote(parts.password or ""),
        )


def mail_address(text: str, name: str = "") -> Address:
    """An address for a header, with its host as mail servers write it.

    Raises:
        MailRefused: when it is no address that mail can be sent to.
    """
    user, _, host = text.rpartition("@")
    try:
        return Address(name, addr_spec=f"{user}@{host.encode('idna').decode()}")
    except (ValueError, IndexError, MessageError):
        problem = mark("The e-mail address is not valid.")
    raise MailRefused(problem)


def send(message: EmailMessage, server: MailServer) -> None:
    """Hand a mail to one recipient over to the mail server.

    Raises:
        MailRefused: when it would be refused again.
        MailUnreachable: when it may be taken later.
    """
    try:
        connection = _connect(server)
        try:
            connection.send_message(message)
        except BaseException:
            connection.close()
            raise
        # It has been taken: what goes wrong while parting must not have it sent again.
        with suppress(smtplib.SMTPException, OSError):
            connection.quit()
    except (smtplib.SMTPException, OSError) as error:
        logger.warning("A mail was not taken: %s %s", type(error).__name__, _code(error) or "")
        problem = _problem(error)
    else:
        return
    raise problem  # without its cause, which may name the address


def _connect(server: MailServer) -> smtplib.SMTP:
    if server.is_tls:
        tls = ssl.create_default_context()
        connection: smtplib.SMTP = smtplib.SMTP_SSL(
            server.host, server.port, timeout=_TIMEOUT_SECONDS, context=tls
        )
    else:
        connection = smtplib.SMTP(server.host, server.port, timeout=_TIMEOUT_SECONDS)
    try:
        connection.ehlo_or_helo_if_needed()
        is_private = server.is_tls
        if not is_private and connection.has_extn("starttls"):
            connection.starttls(context=ssl.create_default_context())
            is_private = True
        if server.user is not None:
            if not is_private:
                raise smtplib.SMTPNotSupportedError("no password is sent without encryption")
            connection.login(server.user, server.password)
    except BaseException:
        connection.close()
        raise
    return connection


def _problem(error: Exception) -> Refused | Unreachable:
    is_permanent = _code(error) >= _PERMANENT
    if isinstance(error, smtplib.SMTPRecipientsRefused) and is_permanent:
        return MailRefused(mark("The mail server does not take mail for this address."))
    if isinstance(error, smtplib.SMTPDataError) and is_permanent:
        return MailRefused(mark("The mail server does not take this message."))
    if isinstance(error, (smtplib.SMTPAuthenticationError, smtplib.SMTPNotSupportedError)):
        return MailUnreachable(mark("The mail server does not let us sign in."))
    if isinstance(error, (smtplib.SMTPResponseException, smtplib.SMTPRecipientsRefused)):
        return MailUnreachable(mark("The mail server does not take our mail now."))
    return MailUnreachable(mark("The mail server can not be reached."))


def _code(error: Exception) -> int:
    """The reply of the mail server, or 0."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return max((code for code, _ in error.recipients.values()), default=0)
    return error.smtp_code if isinstance(error, smtplib.SMTPResponseException) else 0
