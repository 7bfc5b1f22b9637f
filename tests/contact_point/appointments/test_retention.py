"""Past appointments go with everything that they say."""

from datetime import timedelta

from sqlalchemy import func, select

from contact_point.appointments import waiting_list
from contact_point.appointments.booking import book, cancel
from contact_point.appointments.calendar import Calendar
from contact_point.appointments.retention import delete_past
from contact_point.appointments.tables import (
    Appointment,
    AppointmentEvent,
    ClaimedCell,
    Delivery,
    Waiting,
)
from contact_point.database import Database
from contact_point.settings import load_settings
from contact_point.tables import ALL_TABLES
from tests.contact_point.appointments.sample import at, caseworker, clock, request

assert ALL_TABLES
MUNICIPALITY = load_settings().municipality
KEPT = timedelta(days=MUNICIPALITY.appointments.kept_days)
PERSONAL = (Appointment, Delivery, ClaimedCell, Waiting)


def _counts(database: Database) -> list[int]:
    with database.reading() as session:
        return [session.scalar(select(func.count()).select_from(table)) or 0 for table in PERSONAL]


def _fill(database: Database, calendar: Calendar) -> None:
    """One appointment that is to be, and one that was cancelled."""
    with database.transaction() as session:
        session.add(caseworker())
        session.flush()
        for number, hour in enumerate((9, 10)):
            key = f"conversation/{number}"
            booked = book(session, calendar, request(at(26, hour), key), clock)
            assert isinstance(booked, Appointment)
        cancel(session, calendar, booked.id, clock)
        waiting_list.join(session, booked.id - 1, clock)


def test_nothing_goes_before_its_time(database: Database, calendar: Calendar) -> None:
    _fill(database, calendar)
    before = _counts(database)
    assert all(before)
    with database.transaction() as session:
        assert delete_past(session, MUNICIPALITY, at(26, 9, 30) + KEPT) == 0
    assert _counts(database) == before


def test_what_is_over_goes_in_whatever_state(database: Database, calendar: Calendar) -> None:
    _fill(database, calendar)
    with database.transaction() as session:
        one = at(26, 9, 30) + KEPT + timedelta(minutes=1)
        assert delete_past(session, MUNICIPALITY, one) == 1
    assert _counts(database)[0] == 1
    with database.transaction() as session:
        assert delete_past(session, MUNICIPALITY, at(27, 0) + KEPT) == 1
        assert delete_past(session, MUNICIPALITY, at(27, 0) + KEPT) == 0
    assert _counts(database) == [0, 0, 0, 0]


def test_the_figures_stay(database: Database, calendar: Calendar) -> None:
    _fill(database, calendar)
    with database.transaction() as session:
        delete_past(session, MUNICIPALITY, at(27, 0) + KEPT)
        events = session.scalars(select(AppointmentEvent.event)).all()
    assert sorted(events) == ["booked", "booked", "cancelled"]
