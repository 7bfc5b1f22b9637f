"""E-mail addresses and phone numbers in what newcomers write."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contact_point.appointments.contacts import Contact, read_contact, show_contact


@pytest.mark.parametrize(
    ("text", "email"),
    [
        ("sara.ahmed+bokning@Exempel.SE", "sara.ahmed+bokning@exempel.se"),
        ("min mejl är sara@exempel.se.", "sara@exempel.se"),
        ("بريدي sara@example.org شكرا", "sara@example.org"),
    ],
)
def test_an_email_address_is_found(text: str, email: str) -> None:
    assert read_contact(text) == Contact(email=email)


@pytest.mark.parametrize(
    ("text", "phone"),
    [
        ("070-174 06 05", "+46701740605"),
        ("+46 70 174 06 05", "+46701740605"),
        ("ring mig på 0701740605 tack", "+46701740605"),
        ("٠٧٠١٧٤٠٦٠٥", "+46701740605"),
        ("+380 50 123 45 67", "+380501234567"),
    ],
)
def test_a_phone_number_is_found(text: str, phone: str) -> None:
    assert read_contact(text) == Contact(phone=phone)


@pytest.mark.parametrize("text", ["", "sara@", "sara@exempel", "12345", "0700", "ja", "@sara"])
def test_what_reaches_nobody_is_refused(text: str) -> None:
    assert read_contact(text) is None


def test_a_phone_number_is_shown_as_people_write_it() -> None:
    assert show_contact(Contact(phone="+46701740605")) == "+46 70 174 06 05"


def test_a_contact_is_never_empty() -> None:
    with pytest.raises(ValueError, match="e-mail address or a phone number"):
        Contact()


@given(st.text(max_size=60))
def test_a_contact_is_read_back_from_what_is_stored(text: str) -> None:
    contact = read_contact(text)
    assert contact is None or read_contact(contact.text) == contact
