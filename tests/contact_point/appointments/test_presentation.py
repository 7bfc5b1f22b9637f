"""Appointments in words."""

from contact_point.appointments import presentation
from contact_point.appointments.tables import Appointment
from tests.contact_point.appointments.sample import ZONE, at, caseworker


def _appointment() -> Appointment:
    return Appointment(
        code="KABC2345",
        subject="housing",
        caseworker=caseworker(),
        starts_at=at(26, 10, 30),
        ends_at=at(26, 11),
        zone="Europe/Stockholm",
        name="Sara Ahmed",
        email="sara@example.org",
        language="sv",
        interpreter=False,
    )


def test_a_button_has_weekday_date_and_time() -> None:
    assert presentation.short_time(at(26, 10, 30), ZONE, "en") == "Thu 26 Nov, 10:30"
    assert presentation.short_time(at(26, 10, 30), ZONE, "sv") == "tors 26 nov., 10:30"
    assert "نوفمبر" in presentation.short_time(at(26, 10, 30), ZONE, "ar")


def test_wall_time_is_shown_on_both_sides_of_a_clock_change() -> None:
    friday, monday = at(23, 9, month=10), at(26, 9, month=10)
    assert (monday - friday).total_seconds() == 73 * 3600
    for instant in (friday, monday):
        assert presentation.short_time(instant, ZONE, "en").endswith("09:00")


def test_a_sentence_has_the_whole_date_and_both_ends() -> None:
    assert (
        presentation.full_time(at(26, 10, 30), at(26, 11), ZONE, "en")
        == "Thursday, 26 November 2026, 10:30–11:00"
    )


def test_a_list_names_neither_newcomer_nor_contact() -> None:
    text = presentation.appointment_list([_appointment()], "en")
    assert text == (
        "- **Thursday, 26 November 2026, 10:30–11:00**: Housing, with Amina. Code: KABC-2345"
    )
    assert "Sara" not in text
    assert "example.org" not in text


def test_an_interpreter_is_told_of() -> None:
    appointment = _appointment()
    assert "not needed" in presentation.interpreter_note(appointment, "en")
    appointment.interpreter = True
    assert "free of charge" in presentation.interpreter_note(appointment, "en")


def test_numbers_stay_left_to_right() -> None:
    assert presentation.ltr("+46 70") == "\u2066+46 70\u2069"
