"""Past appointments are deleted with all that they say about anybody."""

from datetime import datetime, timedelta

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from contact_point.appointments.tables import Appointment, ClaimedCell
from contact_point.settings import Municipality


def delete_past(session: Session, municipality: Municipality, now: datetime) -> int:
    """Delete the appointments that ended longer ago than the municipality keeps them, in whatever
    state, with their messages and claimed time; returns how many. The figures stay: they say
    nothing about anybody."""
    before = now - timedelta(days=municipality.appointments.kept_days)
    past = session.scalars(
        select(Appointment.id)
        .where(Appointment.ends_at < before)
        .with_for_update(of=Appointment, skip_locked=True)
    ).all()
    for appointment_id in past:
        session.execute(delete(ClaimedCell).where(ClaimedCell.appointment_id == appointment_id))
        session.execute(delete(Appointment).where(Appointment.id == appointment_id))
    return len(past)
