"""A newcomer's e-mail address or phone number, read from what they wrote."""

import re
import unicodedata
from dataclasses import dataclass

import phonenumbers

_COUNTRY = "SE"
"""Numbers without a country code are Swedish."""
_EMAIL = re.compile(r"[\w.+-]+@(?:[\w-]+\.)+[^\W\d_]{2,}")
_EMAIL_MAX = 254


@dataclass(frozen=True)
class Contact:
    """One way to reach a newcomer.

    Raises:
        ValueError: without an e-mail address and without a phone number.
    """

    email: str | None = None
    phone: str | None = None
    """E.164, for example +46701234567."""

    def __post_init__(self) -> None:
        if not (self.email or self.phone):
            raise ValueError("A contact needs an e-mail address or a phone number")

    @property
    def text(self) -> str:
        """As it is stored in a dialogue; `read_contact` reads it back."""
        return self.email or self.phone or ""


def read_contact(text: str) -> Contact | None:
    """The first e-mail address or valid phone number in a text, or None."""
    plain = unicodedata.normalize("NFKC", text)
    email = _EMAIL.search(plain)
    if email and len(email.group()) <= _EMAIL_MAX:
        address, _, host = email.group().rpartition("@")
        return Contact(email=f"{address}@{host.lower()}")
    matches = phonenumbers.PhoneNumberMatcher(_with_latin_digits(plain), _COUNTRY)
    for match in matches:
        return Contact(
            phone=phonenumbers.format_number(match.number, phonenumbers.PhoneNumberFormat.E164)
        )
    return None


def show_contact(contact: Contact) -> str:
    """The contact as people write it."""
    if contact.phone:
        return phonenumbers.format_number(
            phonenumbers.parse(contact.phone), phonenumbers.PhoneNumberFormat.INTERNATIONAL
        )
    return contact.text


def _with_latin_digits(text: str) -> str:
    return "".join(
        str(unicodedata.digit(character)) if character.isdecimal() else character
        for character in text
    )
