"""Links to an appointment's calendar object. The number alone opens nothing: a proof that this
product made the link stands beside it."""

import hashlib
import hmac

from contact_point.appointments.tables import Appointment

_PURPOSE = b"kontaktpunkt appointment calendar 1:"


def calendar_link(base_url: str, secret_key: str, appointment: Appointment) -> str:
    """Where the calendar object of an appointment is."""
    proof = _proof(secret_key, appointment.id)
    return f"{base_url.rstrip('/')}/appointments/{appointment.id}/{proof}.ics"


def manage_link(base_url: str, secret_key: str, appointment: Appointment) -> str:
    """Where the newcomer sees, moves and cancels the appointment."""
    return calendar_link(base_url, secret_key, appointment).removesuffix(".ics")


def is_own(secret_key: str, appointment_id: int, proof: str) -> bool:
    """Whether a proof belongs to an appointment."""
    return hmac.compare_digest(proof.encode(), _proof(secret_key, appointment_id).encode())


def _proof(secret_key: str, appointment_id: int) -> str:
    text = _PURPOSE + str(appointment_id).encode()
    return hmac.new(secret_key.encode(), text, hashlib.sha256).hexdigest()[:32]
