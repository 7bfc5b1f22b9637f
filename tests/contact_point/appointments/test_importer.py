"""Caseworkers from a file: complete or not at all, and repeatable."""

from datetime import date, time
from pathlib import Path

import pytest

from contact_point.appointments.importer import ImportFault, Report, import_file, read_file
from contact_point.appointments.subjects import SUBJECTS
from contact_point.appointments.tables import Caseworker
from contact_point.database import Database
from contact_point.settings import ROOT

SAMPLE = ROOT / "data" / "appointments" / "sample.toml"
AMINA = """
[[caseworkers]]
id = "amina"
first_name = "Amina"
subjects = ["housing"]
languages = ["sv", "ar"]
hours.monday = "09:00-12:00, 13:00-16:30"
absences = [{ from = 2026-12-07, to = 2026-12-11 }]
"""


def _import(database: Database, path: Path) -> Report:
    with database.transaction() as session:
        return import_file(session, path)


def _write(folder: Path, text: str) -> Path:
    path = folder / "caseworkers.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_a_caseworker_is_stored_whole(database: Database, tmp_path: Path) -> None:
    _import(database, _write(tmp_path, AMINA))
    with database.reading() as session:
        amina = session.get_one(Caseworker, "amina")
        assert (amina.first_name, amina.subjects, amina.languages) == (
            "Amina",
            ["housing"],
            ["sv", "ar"],
        )
        assert [(one.weekday, one.opens, one.closes) for one in amina.working_intervals] == [
            (0, time(9), time(12)),
            (0, time(13), time(16, 30)),
        ]
        assert [(one.first_day, one.last_day) for one in amina.absences] == [
            (date(2026, 12, 7), date(2026, 12, 11))
        ]


def test_importing_again_changes_nothing(database: Database, tmp_path: Path) -> None:
    path = _write(tmp_path, AMINA)
    assert _import(database, path) == Report(added=1, changed=0, unchanged=0, retired=0)
    assert _import(database, path) == Report(added=0, changed=0, unchanged=1, retired=0)


def test_changes_and_departures_are_taken_over(database: Database, tmp_path: Path) -> None:
    second = AMINA.replace('"amina"', '"erik"')
    _import(database, _write(tmp_path, AMINA + second))
    changed = AMINA.replace("16:30", "15:00")
    assert _import(database, _write(tmp_path, changed)) == Report(0, 1, 0, 1)
    with database.reading() as session:
        assert not session.get_one(Caseworker, "erik").active
        assert session.get_one(Caseworker, "amina").working_intervals[1].closes == time(15)
    # Who comes back works again.
    assert _import(database, _write(tmp_path, changed + second)) == Report(0, 1, 1, 0)
    with database.reading() as session:
        assert session.get_one(Caseworker, "erik").active


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('["housing"]', '["moon"]', "amina.*subjects.*'moon'"),
        ('["housing"]', "[]", "subjects: name at least one"),
        ('"ar"', '"xx"', "languages.*'xx'"),
        ("monday", "moonday", "hours.*'moonday'"),
        ("09:00-12:00", "nine", "hours.monday"),
        ("09:00-12:00", "09:10-12:00", "09:10 is not a quarter"),
        ("13:00", "11:00", "overlaps"),
        ("2026-12-07", "2026-12-17", "absences"),
        ('"Amina"', '""', "first_name"),
        ('id = "amina"', "", "id"),
        ("hours.monday", "hour.monday", "hour"),
        ("[[", "[", "."),
    ],
)
def test_a_faulty_file_is_refused_whole(
    sqlite: Database, tmp_path: Path, old: str, new: str, message: str
) -> None:
    good = AMINA.replace('"amina"', '"erik"')
    path = _write(tmp_path, good + AMINA.replace(old, new))
    with pytest.raises(ImportFault, match=message) as fault:
        _import(sqlite, path)
    assert str(path) in str(fault.value)
    with sqlite.reading() as session:
        assert session.get(Caseworker, "erik") is None


def test_one_id_may_stand_once(tmp_path: Path) -> None:
    with pytest.raises(ImportFault, match="twice"):
        read_file(_write(tmp_path, AMINA + AMINA))


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(ImportFault, match=r"nothing\.toml"):
        read_file(tmp_path / "nothing.toml")


def test_the_sample_covers_every_subject_in_the_first_three_languages() -> None:
    staff = read_file(SAMPLE)
    assert len(staff) >= 6
    for subject in SUBJECTS:
        spoken = {tag for one in staff if subject in one.subjects for tag in one.languages}
        assert {"sv", "en", "ar"} <= spoken
