"""Claiming time: the rows that make a double booking impossible (see `tables.ClaimedCell`)."""

from datetime import datetime, timedelta

from sqlalchemy import delete, insert, select, tuple_
from sqlalchemy.orm import Session

from contact_point.appointments import blocks
from contact_point.appointments.calendar import cells_between
from contact_point.appointments.offers import Offer
from contact_point.appointments.rules import Rules
from contact_point.appointments.tables import HELD, Appointment, ClaimedCell

Cell = tuple[str, datetime]
"""A resource, and the start of a quarter of an hour."""


def cells_of(offer: Offer, rules: Rules) -> list[Cell]:
    """What an offer claims: of the caseworker with the buffers, of the interpreter without. In an
    order that is the same for everybody: two claims can't wait for each other."""
    begins = offer.starts_at - timedelta(minutes=rules.buffer_before)
    ends = offer.ends_at + timedelta(minutes=rules.buffer_after)
    wanted = [(offer.caseworker_id, cell) for cell in cells_between(begins, ends)]
    if offer.interpreter_id:
        spoken = cells_between(offer.starts_at, offer.ends_at)
        wanted += [(offer.interpreter_id, cell) for cell in spoken]
    return sorted(wanted)


def claimed_by(session: Session, appointment_id: int) -> set[Cell]:
    """What an appointment has claimed."""
    rows = session.execute(
        select(ClaimedCell.resource, ClaimedCell.starts_at).where(
            ClaimedCell.appointment_id == appointment_id
        )
    )
    return set(rows.tuples())


def claim(session: Session, appointment_id: int, wanted: list[Cell], own: set[Cell]) -> None:
    """Insert the cells that the appointment doesn't have yet.

    Raises:
        IntegrityError: when one of them is someone else's.
    """
    missing = [
        {"resource": resource, "starts_at": cell, "appointment_id": appointment_id}
        for resource, cell in wanted
        if (resource, cell) not in own
    ]
    if missing:
        session.execute(insert(ClaimedCell).values(missing))


def give_up(session: Session, appointment_id: int, cells: set[Cell] | None = None) -> None:
    """Free some cells of an appointment, or all of them."""
    own = delete(ClaimedCell).where(ClaimedCell.appointment_id == appointment_id)
    if cells is None:
        cells = claimed_by(session, appointment_id)
        session.execute(own)
    else:
        place = tuple_(ClaimedCell.resource, ClaimedCell.starts_at)
        session.execute(own.where(place.in_(cells)))
    blocks.take_back(session, cells)


def release_expired(session: Session, now: datetime) -> None:
    """Free what was held too long. Afterwards nothing of it is left, not even for an instant: what
    another process frees at this moment is waited for."""
    expired = session.scalars(
        select(Appointment.id)
        .where(Appointment.state == HELD, Appointment.expires_at <= now)
        .order_by(Appointment.id)
        .with_for_update(of=Appointment)
    ).all()
    for appointment_id in expired:
        drop(session, appointment_id)


def drop(session: Session, appointment_id: int) -> None:
    """Remove a held time as if it had never been."""
    give_up(session, appointment_id)
    session.execute(delete(Appointment).where(Appointment.id == appointment_id))
