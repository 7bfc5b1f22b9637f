"""Sends text messages through an SMS service that speaks the API of 46elks."""

import logging
import re
import unicodedata

import requests

from contact_point.sending import Refused, Unreachable
from contact_point.translations import mark

logger = logging.getLogger(__name__)
_TIMEOUT_SECONDS = 20
_SENDER_MAX = 11
"""Letters and digits of a sender that is no phone number (GSM 03.40)."""
_OWN_FAULT = (400, 404, 413, 422)
"""Answers to a request that would be refused again; others, such as no credit, can be mended."""


class SmsRefused(Refused):
    """The service will never send this message."""


class SmsUnreachable(Unreachable):
    """The service is away, or doesn't take our messages now."""


def send(text: str, phone: str, sender: str, url: str) -> None:
    """Hand a text message over to the service.

    Args:
        phone: E.164.
        sender: who it comes from, see `sender_name`.
        url: `https://user:password@api.46elks.com/a1/sms`.

    Raises:
        SmsRefused: when it would be refused again.
        SmsUnreachable: when it may be taken later.
    """
    try:
        answer = requests.post(
            url,
            data={"from": sender, "to": phone, "message": text},
            timeout=_TIMEOUT_SECONDS,
            allow_redirects=False,
        )
    except requests.RequestException as error:
        logger.warning("A text message was not taken: %s", type(error).__name__)
        problem: Refused | Unreachable = SmsUnreachable(mark("The SMS service can not be reached."))
    else:
        if answer.status_code in (200, 201):
            return
        logger.warning("A text message was not taken: %s", answer.status_code)
        if answer.status_code in _OWN_FAULT:
            problem = SmsRefused(mark("The SMS service does not send to this number."))
        else:
            problem = SmsUnreachable(mark("The SMS service does not take our messages now."))
    raise problem  # without its cause, which may name the service's password


def sender_name(name: str) -> str:
    """A name as the sender of text messages: at most 11 Latin letters and digits."""
    plain = unicodedata.normalize("NFKD", name)
    return re.sub(r"[^A-Za-z0-9]", "", plain)[:_SENDER_MAX]
