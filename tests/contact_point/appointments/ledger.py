"""What must be claimed, reckoned from the appointments and blocks themselves."""

from datetime import datetime, timedelta, timezone

from sqlalchemy import select
from sqlalchemy.orm import Session

from contact_point.appointments.calendar import CELL, Calendar
from contact_point.appointments.kinds import kind_of
from contact_point.appointments.tables import CANCELLED, Appointment, Block, ClaimedCell
from contact_point.database import Database

Entry = tuple[str, datetime, int | None, int | None]
"""A resource, a quarter of an hour, and the appointment or the block that has it."""


def check_ledger(database: Database, calendar: Calendar) -> None:
    """Every quarter of every live appointment and of every block is claimed, nothing else is, and
    nobody is in two places at once."""
    with database.reading() as session:
        rows = session.execute(
            select(
                ClaimedCell.resource,
                ClaimedCell.starts_at,
                ClaimedCell.appointment_id,
                ClaimedCell.block_id,
            )
        )
        claimed = sorted(rows.tuples(), key=str)
        expected = sorted(expected_cells(session, calendar), key=str)
    assert claimed == expected
    taken = [entry[:2] for entry in claimed]
    assert len(taken) == len(set(taken))


def expected_cells(session: Session, calendar: Calendar) -> list[Entry]:
    """The entries that there must be while rules stay as they are."""
    found: list[Entry] = []
    for one in session.scalars(select(Appointment).where(Appointment.state != CANCELLED)):
        rules = kind_of(session, one.subject, calendar).rules
        begins = one.starts_at - timedelta(minutes=rules.buffer_before)
        ends = one.ends_at + timedelta(minutes=rules.buffer_after)
        found += [(one.caseworker_id, cell, one.id, None) for cell in quarters(begins, ends)]
        if one.interpreter_id:
            spoken = quarters(one.starts_at, one.ends_at)
            found += [(one.interpreter_id, cell, one.id, None) for cell in spoken]
    for block in session.scalars(select(Block)):
        stretch = quarters(block.starts_at, block.ends_at)
        found += [(block.resource_id, cell, None, block.id) for cell in stretch]
    return found


def quarters(begins: datetime, ends: datetime) -> list[datetime]:
    """Every quarter of an hour that a stretch touches, counted on its own."""
    cell = begins.astimezone(timezone.utc)
    cell = cell.replace(minute=cell.minute // 15 * 15, second=0, microsecond=0)
    found = []
    while cell < ends:
        found.append(cell)
        cell += CELL
    return found
