"""What newcomers do in these tests, and what is stored then."""

import re
from collections.abc import Callable
from datetime import datetime

from sqlalchemy import select

from contact_point.appointments import booking
from contact_point.appointments.tables import Appointment
from contact_point.database import Database
from tests.actions.dialogue import Dialogue
from tests.contact_point.appointments import sample

CODE = re.compile(r"K[A-Z2-9]{3}-[A-Z2-9]{4}")
FIRST = "Tue 24 Nov, 10:00"
THURSDAY = "Thu 26 Nov, 09:00"
PROOF = (
    "Which e-mail address or phone number did you give when you booked? I ask so that nobody else "
    "can change your time."
)


class Time:
    """A clock that tests turn."""

    now = sample.NOW

    def __call__(self) -> datetime:
        return self.now


async def until_summary(newcomer: Dialogue) -> str:
    """Say everything for Thursday at nine but the last yes; gives the summary."""
    await newcomer.send('/book_appointment{"subject": "housing"}')
    await newcomer.press(THURSDAY)
    await newcomer.write("Maryam Ali")
    return await newcomer.write("maryam@example.org", email="maryam@example.org")


async def booked(newcomer: Dialogue) -> str:
    """Book Thursday at nine; gives the code as shown."""
    await until_summary(newcomer)
    found = CODE.search(await newcomer.press("Yes, book it"))
    assert found
    return found[0]


def stored(database: Database) -> list[Appointment]:
    """What is booked or was cancelled, in order."""
    with database.reading() as session:
        agreed = select(Appointment).where(Appointment.state != "held")
        return list(session.scalars(agreed.order_by(Appointment.id)))


def held(database: Database) -> list[datetime]:
    """The times that are kept for somebody."""
    with database.reading() as session:
        held = select(Appointment.starts_at).where(Appointment.state == "held")
        return list(session.scalars(held))


def take(
    database: Database, starts_at: datetime, clock: Callable[[], datetime] = sample.clock
) -> Appointment:
    """A time that somebody else, sara@example.org, has booked elsewhere."""
    with database.transaction() as session:
        taken = booking.book(
            session,
            sample.calendar(),
            sample.request(starts_at, "rival", conversation_id="rival"),
            clock,
        )
    assert isinstance(taken, Appointment)
    return taken
