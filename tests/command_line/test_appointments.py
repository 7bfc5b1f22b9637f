"""`kontaktpunkt appointments` as an operator uses it."""

from collections.abc import Iterator
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest
from typer.testing import CliRunner

from command_line import appointments
from contact_point import settings as settings_module
from contact_point.appointments import booking, offers
from contact_point.appointments.calendar import Calendar
from contact_point.appointments.codes import show_code
from contact_point.appointments.contacts import Contact
from contact_point.appointments.tables import Appointment, Caseworker
from contact_point.database import Base, Database
from contact_point.settings import ROOT, settings

SAMPLE = ROOT / "data" / "appointments" / "sample.toml"


@pytest.fixture
def database(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Database]:
    """The database that the command uses, with its tables."""
    monkeypatch.setenv("DATABASE_URL", f"sqlite:///{tmp_path}/test.sqlite3")
    monkeypatch.setenv("KONTAKTPUNKT_SECRET_KEY", "s" * 32)
    monkeypatch.setenv("KONTAKTPUNKT_INTERNAL_SECRET", "i" * 32)
    monkeypatch.setenv("COLUMNS", "200")
    settings_module.settings.cache_clear()
    database = Database(settings().database_url)
    Base.metadata.create_all(database.engine)
    yield database
    database.close()
    settings_module.settings.cache_clear()


def _run(*arguments: str) -> tuple[int, str]:
    result = CliRunner().invoke(appointments.app, list(arguments))
    return result.exit_code, result.output


def _book(database: Database) -> Appointment:
    now = datetime.now(timezone.utc)
    calendar = Calendar.of(settings().municipality)
    with database.transaction() as session:
        available = offers.offers(session, calendar, "housing", "en", now)
        late = [one for one in available if one.starts_at > now + timedelta(days=7)]
        result = booking.book(
            session,
            calendar,
            booking.Request(
                subject="housing",
                starts_at=late[0].starts_at,
                name="Maryam Ali",
                contact=Contact(email="maryam@example.org"),
                language="en",
                conversation_id="conversation",
                idempotency_key="key",
            ),
            lambda: now,
        )
    assert isinstance(result, Appointment)
    return result


def test_people_and_offices_are_imported_once(database: Database) -> None:
    code, output = _run("import", str(SAMPLE))
    assert code == 0
    assert output.splitlines() == [
        "offices: 2 added, 0 changed, 0 unchanged, 0 retired.",
        "types: 2 added, 0 changed, 0 unchanged, 0 retired.",
        "caseworkers: 7 added, 0 changed, 0 unchanged, 0 retired.",
        "interpreters: 17 added, 0 changed, 0 unchanged, 0 retired.",
    ]
    again = _run("import", str(SAMPLE))[1]
    assert "caseworkers: 0 added, 0 changed, 7 unchanged, 0 retired." in again


def test_what_is_exported_imports_without_a_change(database: Database, tmp_path: Path) -> None:
    _run("import", str(SAMPLE))
    with database.transaction() as session:
        session.get_one(Caseworker, "erik").email = "erik.ek@exempelby.example"
    file = tmp_path / "present.toml"
    code, output = _run("export", str(file))
    assert (code, output) == (0, f"Written to {file}.\n")
    assert 'email = "erik.ek@exempelby.example"' in file.read_text(encoding="utf-8")
    for line in _run("import", str(file))[1].splitlines():
        assert "0 added, 0 changed" in line
        assert line.endswith(" 0 retired.")


def test_a_file_that_can_not_be_written_is_named(database: Database, tmp_path: Path) -> None:
    code, output = _run("export", str(tmp_path / "nowhere" / "present.toml"))
    assert code == 1
    assert "present.toml: can not be written: No such file" in output


def test_a_faulty_file_is_one_clear_line(database: Database, tmp_path: Path) -> None:
    path = tmp_path / "caseworkers.toml"
    path.write_text("caseworkers = 3")
    code, output = _run("import", str(path))
    assert code == 1
    assert str(path) in output
    assert len(output.strip().splitlines()) == 1


def test_appointments_are_listed_for_the_staff(database: Database) -> None:
    assert "No appointment is booked." in _run("list")[1]
    _run("import", str(SAMPLE))
    booked = _book(database)
    output = _run("list")[1]
    for part in (show_code(booked.code), booked.caseworker.first_name, "Maryam Ali", "housing"):
        assert part in output


def test_an_import_names_the_appointments_it_leaves_without_a_caseworker(
    database: Database, tmp_path: Path
) -> None:
    _run("import", str(SAMPLE))
    booked = _book(database)
    empty = tmp_path / "caseworkers.toml"
    empty.write_text("caseworkers = []")
    output = _run("import", str(empty))[1]
    assert "caseworkers: 0 added, 0 changed, 0 unchanged, 7 retired." in output
    assert "does not work then: 1; call" in output
    assert "call these newcomers" in output
    assert show_code(booked.code) in output
