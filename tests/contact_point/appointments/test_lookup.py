"""Finding appointments, and the limit against guessing codes."""

from datetime import timedelta

import pytest

from contact_point.appointments import booking
from contact_point.appointments.calendar import Calendar
from contact_point.appointments.codes import show_code
from contact_point.appointments.lookup import (
    MAX_ATTEMPTS,
    NotFound,
    find_by_code,
    stranded,
    upcoming,
)
from contact_point.appointments.tables import Absence, Appointment, Caseworker
from contact_point.database import Database
from tests.contact_point.appointments.sample import NOW, at, caseworker, clock, request

WRONG = "KZZZ-ZZZ7"
CONTACT = "sara@example.org"


@pytest.fixture
def booked(database: Database, calendar: Calendar) -> Appointment:
    """A booking on Thursday at ten."""
    with database.transaction() as session:
        session.add(caseworker())
    with database.transaction() as session:
        result = booking.book(session, calendar, request(at(26, 10)), clock)
    assert isinstance(result, Appointment)
    return result


def test_a_conversation_has_its_own_appointments(
    database: Database, calendar: Calendar, booked: Appointment
) -> None:
    with database.transaction() as session:
        booking.book(session, calendar, request(at(25, 9), "b"), clock)
        booking.book(session, calendar, request(at(25, 9, 30), "c", conversation_id="x"), clock)
    with database.reading() as session:
        own = upcoming(session, NOW, "conversation")
        assert [one.starts_at for one in own] == [at(25, 9), at(26, 10)]
        assert len(upcoming(session, NOW)) == 3
        assert upcoming(session, at(26, 10), "conversation") == []


def test_a_code_is_found_from_any_conversation(database: Database, booked: Appointment) -> None:
    with database.transaction() as session:
        found = find_by_code(session, show_code(booked.code).lower(), CONTACT, "other", NOW)
    assert isinstance(found, Appointment)
    assert found.id == booked.id


def test_what_is_no_code_does_not_count(database: Database, booked: Appointment) -> None:
    with database.transaction() as session:
        for _ in range(MAX_ATTEMPTS + 1):
            assert find_by_code(session, "my code", CONTACT, "other", NOW) is NotFound.NO_CODE
        assert isinstance(find_by_code(session, booked.code, CONTACT, "other", NOW), Appointment)


def test_a_typing_mistake_is_no_guess(database: Database, booked: Appointment) -> None:
    last = "A" if booked.code[-1] != "A" else "B"
    with database.transaction() as session:
        for _ in range(MAX_ATTEMPTS + 1):
            found = find_by_code(session, booked.code[:-1] + last, CONTACT, "guesser", NOW)
            assert found is NotFound.NO_CODE
        assert find_by_code(session, WRONG, CONTACT, "guesser", NOW) is NotFound.UNKNOWN


def test_guessing_ends_after_a_few_wrong_codes(database: Database, booked: Appointment) -> None:
    for _ in range(MAX_ATTEMPTS):
        with database.transaction() as session:
            assert find_by_code(session, WRONG, CONTACT, "guesser", NOW) is NotFound.UNKNOWN
    with database.transaction() as session:
        # Even a right code says nothing now.
        assert (
            find_by_code(session, booked.code, CONTACT, "guesser", NOW)
            is NotFound.TOO_MANY_ATTEMPTS
        )
        assert find_by_code(session, WRONG, CONTACT, "guesser", NOW) is NotFound.TOO_MANY_ATTEMPTS
        assert isinstance(
            find_by_code(session, booked.code, CONTACT, "someone else", NOW), Appointment
        )
    later = NOW + timedelta(hours=1)
    with database.transaction() as session:
        assert isinstance(
            find_by_code(session, booked.code, CONTACT, "guesser", later), Appointment
        )


def test_ones_own_appointments_are_found_in_spite_of_wrong_codes(
    database: Database, booked: Appointment
) -> None:
    with database.transaction() as session:
        for _ in range(MAX_ATTEMPTS):
            find_by_code(session, WRONG, CONTACT, "conversation", NOW)
        found = find_by_code(session, booked.code, CONTACT, "conversation", NOW)
    assert isinstance(found, Appointment)


def test_appointments_whose_caseworker_is_away_are_found(
    database: Database, calendar: Calendar, booked: Appointment
) -> None:
    with database.reading() as session:
        assert stranded(session, calendar, NOW) == []
    with database.transaction() as session:
        away = session.get_one(Caseworker, "amina")
        day = calendar.local_day(at(26, 10))
        away.absences = [Absence(first_day=day, last_day=day)]
    with database.reading() as session:
        assert [one.id for one in stranded(session, calendar, NOW)] == [booked.id]
