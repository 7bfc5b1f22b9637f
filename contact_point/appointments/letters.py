"""Letters about appointments: one delivery as an e-mail.

A letter has the same Message-ID however often it is sent, so that a mail server may drop a
repetition. What changes a calendar carries an iTIP object (RFC 6047).
"""

from datetime import datetime
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path

from jinja2 import Environment, FileSystemLoader

from contact_point.appointments.calendar_object import Method, calendar_object
from contact_point.appointments.errands import Errand
from contact_point.appointments.interpreter_orders import order_object
from contact_point.appointments.letter_texts import LetterText, to_newcomer, to_staff
from contact_point.appointments.links import manage_link
from contact_point.appointments.presentation import isolated
from contact_point.languages import LANGUAGES
from contact_point.mail import MailRefused, mail_address
from contact_point.settings import Municipality, Settings
from contact_point.translations import mark, translate

_PLAIN = SMTP.clone(cte_type="7bit")
"""Mail that every server can pass on."""
_TEMPLATES = Environment(
    loader=FileSystemLoader(Path(__file__).parent / "templates"),
    autoescape=True,
    trim_blocks=True,
    lstrip_blocks=True,
)


def letter(errand: Errand, settings: Settings, now: datetime) -> EmailMessage:
    """The mail of an errand: to the newcomer in their language, to others in the municipality's
    first, then without a word about who the newcomer is.

    Raises:
        MailRefused: when the recipient's address is not valid.
    """
    municipality = settings.municipality
    if errand.person:
        text = to_staff(errand, municipality)
    else:
        base, key = municipality.web_base_url, settings.secret_key
        text = to_newcomer(errand, municipality, manage_link(base, key, errand.appointment))
    message = _envelope(errand, text, municipality, now)
    message.set_content(_as_plain_text(text, municipality))
    message.add_alternative(_as_html(text, municipality), subtype="html")
    if errand.is_for_calendar:
        content, method = _calendar(errand, municipality, now)
        _invite(message, content, method)
    message["Content-Language"] = text.language  # last: parts that are added take it with them
    return message


def _envelope(
    errand: Errand, text: LetterText, municipality: Municipality, now: datetime
) -> EmailMessage:
    to = errand.person.email if errand.person else errand.appointment.email
    if not to:
        raise MailRefused(mark("There is no e-mail address."))
    message = EmailMessage(_PLAIN)
    message["From"] = mail_address(municipality.contact.email, municipality.name)
    message["To"] = mail_address(to)
    message["Subject"] = text.title
    message["Date"] = now
    message["Message-ID"] = _message_id(errand, municipality)
    message["Auto-Submitted"] = "auto-generated"
    return message


def _message_id(errand: Errand, municipality: Municipality) -> str:
    """The instant of the booking tells two databases apart that have counted the same."""
    begun = int(errand.appointment.created_at.timestamp())
    host = mail_address(municipality.contact.email).domain
    return f"<delivery-{errand.id}-{begun}@{host}>"


def _calendar(errand: Errand, municipality: Municipality, now: datetime) -> tuple[bytes, Method]:
    if errand.person:
        return order_object(errand, errand.person, municipality, now)
    return calendar_object(errand.appointment, municipality, now, by_email=True)


def _invite(message: EmailMessage, content: bytes, method: Method) -> None:
    """The object as a part that mail programs act on, and as a file for those that don't."""
    message.add_alternative(content.decode(), subtype="calendar", charset="utf-8")
    *_, part = message.iter_parts()
    part.set_param("method", method)
    message.add_attachment(
        content, maintype="application", subtype="ics", filename="appointment.ics"
    )


def _as_plain_text(text: LetterText, municipality: Municipality) -> str:
    facts = "\n".join(f"{label}: {value}" for label, value in text.facts)
    # An address stands alone on its line: then it is found as one, whichever way the text runs.
    link = "{}:\n{}".format(*text.link) if text.link else ""
    paragraphs = (
        translate("Hello!", text.language),
        *text.opening,
        facts,
        *text.closing,
        link,
        "\n".join(_signature(text, municipality)),
    )
    return "\n\n".join(filter(None, paragraphs)) + "\n"


def _as_html(text: LetterText, municipality: Municipality) -> str:
    return _TEMPLATES.get_template("letter.html").render(
        text=text,
        direction=LANGUAGES[text.language].direction,
        hello=translate("Hello!", text.language),
        signature=_signature(text, municipality),
    )


def _signature(text: LetterText, municipality: Municipality) -> tuple[str, ...]:
    contact = municipality.contact
    lines = (
        municipality.name,
        isolated(contact.phone, text.language),
        isolated(contact.email, text.language),
    )
    if not municipality.fictitious:
        return lines
    demonstration = translate(
        "This is a demonstration. The municipality does not exist; national authorities "
        "and help lines are real.",
        text.language,
    )
    return (*lines, demonstration)
