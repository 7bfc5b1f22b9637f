"""A gateway process alone, with staff: all that the desk's pages of appointments need."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from contact_point import staff
from contact_point.database import Base
from tests.conftest import NOW, Adviser
from tests.contact_point.appointments.sample import caseworker, interpreter
from tests.stack import Stack, make_stack

MORNING = datetime.fromisoformat(NOW)
"""When the desk's clock begins; tests last some seconds only."""


def clock() -> datetime:
    """About what the desk's clock says."""
    return MORNING


@contextmanager
def desk_house(folder: Path) -> Iterator[Stack]:
    """Two caseworkers for housing, an interpreter and an adviser; ends with the block."""
    house, adviser = make_stack(folder, KONTAKTPUNKT_CLOCK=NOW), Adviser()
    Base.metadata.create_all(house.database.engine)
    with house.database.transaction() as session:
        session.add_all([caseworker(), caseworker("erik"), interpreter()])
        staff.add_account(session, adviser.email, adviser.name, adviser.password, MORNING)
    house.start("gateway")
    try:
        house.wait_for("gateway")
        yield house
    finally:
        house.stop()
