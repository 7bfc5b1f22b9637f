"""Time of a caseworker or an interpreter that is not to be had, and never was an appointment.

A block claims the same rows as an appointment does (see `claims`), so that neither can be put
over the other.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timezone

from sqlalchemy import delete, insert, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from contact_point.appointments.calendar import CELL, cells_between
from contact_point.appointments.tables import Appointment, Block, ClaimedCell, Resource

DESK, CALENDAR = "desk", "calendar"
"""Where a block comes from: staff, or the person's own calendar."""
_EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)


@dataclass(frozen=True)
class InTheWay:
    """The time can't be blocked. Nothing was changed."""

    appointments: list[Appointment]
    """What has been agreed or is being booked then, earliest first."""


def block(
    session: Session,
    resource_id: str,
    starts_at: datetime,
    ends_at: datetime,
    source: str,
    *,
    only_free: bool = False,
) -> Block | InTheWay:
    """Block a stretch of somebody's time, whole quarters of an hour; needs a writing transaction.

    Other blocks are never in the way.

    Args:
        source: `DESK` or `CALENDAR`.
        only_free: block what is free and leave appointments where they are; then no appointment
            is in the way.

    Raises:
        ValueError: when it does not end after it starts.
        NoResultFound: when there is no such person.
    """
    if starts_at >= ends_at:
        raise ValueError(f"{starts_at} is not before {ends_at}")
    session.get_one(Resource, resource_id)
    while True:
        taken = _taken(session, resource_id, starts_at, ends_at)
        in_the_way = set(filter(None, taken.values()))
        if in_the_way and not only_free:
            return InTheWay(_appointments(session, in_the_way))
        try:
            with session.begin_nested():
                found = Block(
                    resource_id=resource_id, starts_at=starts_at, ends_at=ends_at, source=source
                )
                session.add(found)
                session.flush()
                _claim(session, found, taken)
        except IntegrityError:  # somebody took a part of it in this instant
            continue
        return found


def unblock(session: Session, block_id: int) -> None:
    """Give a stretch free again. What another block covers stays blocked. A block that is gone
    already changes nothing."""
    found = session.get(Block, block_id)
    if found is None:
        return
    session.execute(delete(ClaimedCell).where(ClaimedCell.block_id == block_id))
    session.delete(found)
    session.flush()
    for other in overlapping(session, [found.resource_id], found.starts_at, found.ends_at):
        _claim_what_is_free(session, other)


def take_back(session: Session, freed: Iterable[tuple[str, datetime]]) -> None:
    """Block what came free under a block: an appointment may stand where somebody became busy."""
    by_resource: dict[str, list[datetime]] = defaultdict(list)
    for resource_id, starts_at in freed:
        by_resource[resource_id].append(starts_at)
    for resource_id, cells in sorted(by_resource.items()):
        for found in overlapping(session, [resource_id], min(cells), max(cells) + CELL):
            _claim_what_is_free(session, found)


def overlapping(
    session: Session, resource_ids: Sequence[str], starts_at: datetime, ends_at: datetime
) -> list[Block]:
    """The blocks of some people that touch a stretch of time, earliest first."""
    return list(
        session.scalars(
            select(Block)
            .where(
                Block.resource_id.in_(resource_ids),
                Block.starts_at < ends_at,
                Block.ends_at > starts_at,
            )
            .order_by(Block.starts_at, Block.id)
        )
    )


def _claim_what_is_free(session: Session, found: Block) -> None:
    """Each loss means that somebody else has won, so that it ends."""
    while True:
        taken = _taken(session, found.resource_id, found.starts_at, found.ends_at)
        try:
            with session.begin_nested():
                _claim(session, found, taken)
        except IntegrityError:
            continue
        return


def _claim(session: Session, found: Block, taken: Iterable[datetime]) -> None:
    missing = [
        {"resource": found.resource_id, "starts_at": cell, "block_id": found.id}
        for cell in _cells(found.starts_at, found.ends_at)
        if cell not in taken
    ]
    if missing:
        session.execute(insert(ClaimedCell), missing)


def _taken(
    session: Session, resource_id: str, starts_at: datetime, ends_at: datetime
) -> Mapping[datetime, int | None]:
    """The quarters of a stretch that are taken, with the appointment that has each; None where a
    block has it."""
    cells = _cells(starts_at, ends_at)
    rows = session.execute(
        select(ClaimedCell.starts_at, ClaimedCell.appointment_id).where(
            ClaimedCell.resource == resource_id,
            ClaimedCell.starts_at >= cells[0],
            ClaimedCell.starts_at <= cells[-1],
        )
    )
    return dict(rows.tuples().all())


def _cells(starts_at: datetime, ends_at: datetime) -> list[datetime]:
    """Every quarter that a stretch touches."""
    begins = starts_at.astimezone(timezone.utc)
    return cells_between(begins - (begins - _EPOCH) % CELL, ends_at)


def _appointments(session: Session, ids: Iterable[int]) -> list[Appointment]:
    return list(
        session.scalars(
            select(Appointment).where(Appointment.id.in_(ids)).order_by(Appointment.starts_at)
        )
    )
