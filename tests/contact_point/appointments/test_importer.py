"""Offices, types and people from a file: complete or not at all, and repeatable."""

from datetime import date, time, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
import tomli_w
from hypothesis import given, settings
from hypothesis import strategies as st

from contact_point.appointments import blocks, busy_times
from contact_point.appointments.bring import THINGS
from contact_point.appointments.calendar import Calendar
from contact_point.appointments.exporter import export_text
from contact_point.appointments.importer import (
    Counts,
    ImportFault,
    Report,
    import_file,
    read_file,
)
from contact_point.appointments.kinds import kind_of
from contact_point.appointments.offers import offers
from contact_point.appointments.records import RANGES
from contact_point.appointments.rules import Rules
from contact_point.appointments.subjects import SUBJECTS
from contact_point.appointments.tables import (
    AppointmentType,
    Block,
    Caseworker,
    Interpreter,
    Office,
    Resource,
)
from contact_point.database import Base, Database
from contact_point.languages import LANGUAGES
from contact_point.settings import ROOT, WEEKDAYS
from tests.contact_point.appointments.sample import NOW, at

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
OFFICES = """
[[offices]]
id = "centrum"
name = "Centrum"
address = "Storgatan 1, 999 01 Exempelby"
latitude = 58.3912
longitude = 13

[[offices]]
id = "norr"
name = "Norra"
address = "Skolvägen 12, 999 02 Exempelby"
"""
HOUSING = """
[[types]]
id = "housing"
subjects = ["housing"]
minutes = 60
minutes_with_interpreter = 90
buffer_before = 15
buffer_after = 30
notice_hours = 24
horizon_days = 14
daily_maximum = 3
needs_confirmation = true
bring = ["identity_document", "rent_contract"]
walk_in = { friday = "13:00-15:00", monday = "13:00-15:00" }
"""
LAYLA = """
[[caseworkers]]
id = "layla"
first_name = "Layla"
subjects = ["economy"]
languages = ["sv", "fa"]
places = ["phone", "office", "video"]
email = "layla@exempelby.example"
video_url = "https://video.exempelby.example/layla"
busy_url = "webcal://calendar.example/layla.ics"
hours.tuesday = "13:00-16:30@norr, 08:30-12:00@centrum"
other_hours = [{ day = 2026-12-23, hours = "08:30-12:00@norr" }]
"""
SABA = """
[[interpreters]]
id = "tolk-ti-1"
first_name = "Saba"
languages = ["ti"]
email = "bestallning@tolkar.example"
hours.monday = "08:00-18:00"
other_hours = [{ day = 2026-12-24, hours = "08:00-12:00" }]
absences = [{ from = 2026-12-27, to = 2026-12-31 }]
notice_days = 4
"""


def _import(database: Database, path: Path) -> Report:
    with database.transaction() as session:
        return import_file(session, path)


def _write(folder: Path, text: str) -> Path:
    path = folder / "caseworkers.toml"
    path.write_text(text, encoding="utf-8")
    return path


def _report(**counts: Counts) -> Report:
    kinds = ("offices", "types", "caseworkers", "interpreters")
    return Report(**{kind: counts.get(kind, Counts()) for kind in kinds})


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
    assert _import(database, path) == _report(caseworkers=Counts(added=1))
    assert _import(database, path) == _report(caseworkers=Counts(unchanged=1))


def test_changes_and_departures_are_taken_over(database: Database, tmp_path: Path) -> None:
    second = AMINA.replace('"amina"', '"erik"')
    _import(database, _write(tmp_path, AMINA + second))
    changed = AMINA.replace("16:30", "15:00")
    assert _import(database, _write(tmp_path, changed)) == _report(
        caseworkers=Counts(changed=1, retired=1)
    )
    with database.reading() as session:
        assert not session.get_one(Caseworker, "erik").active
        assert session.get_one(Caseworker, "amina").working_intervals[1].closes == time(15)
    # Who comes back works again.
    assert _import(database, _write(tmp_path, changed + second)) == _report(
        caseworkers=Counts(changed=1, unchanged=1)
    )
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
        ("09:00-12:00", "@norr", "amina.*hours.monday.*not two times"),
        ("09:00-12:00", "09:00+01:00-12:00", "hours.monday.*not two times"),
        ("09:00-12:00", "09:00+01:00-12:00+01:00", "hours.monday.*not two times"),
        ("09:00-12:00", "09:00-12:00@norr", "hours.monday: 'norr' is no office"),
        ("absences", "other_hours = [{day = 2026-12-23, hours = ''}]\nabsences", "an absence"),
        ("absences", "places = []\nabsences", "places: name at least one"),
        ("absences", "places = ['moon']\nabsences", "places: 'moon'"),
        ("absences", "places = ['video']\nabsences", "video_url: write the link"),
        ("absences", "video_url = 'http://x.example'\nabsences", "video_url.*https://"),
        ("absences", "busy_url = 'calendar'\nabsences", "busy_url.*https://"),
        ("absences", "email = 'amina'\nabsences", "email: 'amina' is not an e-mail"),
        ("absences", "email = 'a@b.example or so'\nabsences", "email: 'a@b.example or so'"),
        ('id = "amina"', 'id = "a/b"', "id: 'a/b'"),
        ('id = "amina"', 'id = "newcomer"', "id: 'newcomer' is taken"),
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


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("latitude = 58.3912", "", "office 'centrum': latitude: write both"),
        ("latitude = 58.3912", "latitude = nan", "office 'centrum': latitude: nan"),
        ("longitude = 13", "longitude = 181", "office 'centrum': longitude: 181"),
        ('"Norra"', '" "', "office 'norr': name: write 1 to 80"),
        ('"Skolvägen 12, 999 02 Exempelby"', '""', "office 'norr': address"),
        ('id = "norr"', 'id = "centrum"', "office 'centrum' stands there twice"),
        ("minutes = 60", "minutes = 20", "type 'housing': minutes: 20.*15 to 480 in steps of 15"),
        ("buffer_before = 15", "buffer_before = 10", "buffer_before: 10"),
        ("buffer_after = 30", "buffer_after = -15", "buffer_after: -15"),
        ("notice_hours = 24", "notice_hours = -1", "notice_hours: -1 is not a number from 0"),
        ("horizon_days = 14", "horizon_days = 0", "horizon_days: 0"),
        ("daily_maximum = 3", "daily_maximum = 0", "daily_maximum: 0"),
        ("daily_maximum = 3", "daily_maximum = '3'", "int"),
        ('["identity_document", ', '["umbrella", ', "bring: 'umbrella'"),
        ('friday = "13:00', 'friday = "13:10', "walk_in.friday: 13:10"),
        ("friday =", "freitag =", "walk_in: 'freitag'"),
        ('friday = "13:00-15:00"', 'friday = "13:00-15:00@norr"', "no office belongs here"),
        ('id = "housing"', 'id = "old"', "'housing' belongs to the type 'old' already"),
        ("08:30-12:00@centrum", "08:30-12:00", "layla.*hours.tuesday: say where"),
        ("08:30-12:00@norr", "08:30-12:00", "layla.*other_hours.0: say where"),
        ("08:00-18:00", "08:00-18:00@norr", "tolk-ti-1.*no office belongs here"),
        ("notice_days = 4", "notice_days = -1", "notice_days: -1"),
        ('id = "tolk-ti-1"', 'id = "layla"', "interpreter 'layla' stands there twice"),
        (
            'hours = "08:00-12:00" }]',
            'hours = "08:00-12:00" }, { day = 2026-12-24, hours = "13:00-14:00" }]',
            "other_hours.1: 2026-12-24",
        ),
    ],
)
def test_every_kind_is_checked(tmp_path: Path, old: str, new: str, message: str) -> None:
    whole = OFFICES + HOUSING + LAYLA + SABA
    assert old in whole
    second = HOUSING.replace('"housing"\nsub', '"second"\nsub') if "belongs to" in message else ""
    path = _write(tmp_path, whole.replace(old, new, 1) + second)
    with pytest.raises(ImportFault, match=message) as fault:
        read_file(path)
    assert "\n" not in str(fault.value)


def test_one_id_may_stand_once(tmp_path: Path) -> None:
    with pytest.raises(ImportFault, match="twice"):
        read_file(_write(tmp_path, AMINA + AMINA))


def test_every_kind_is_stored_whole(database: Database, tmp_path: Path) -> None:
    path = _write(tmp_path, OFFICES + HOUSING + LAYLA + SABA)
    assert _import(database, path) == _report(
        offices=Counts(added=2),
        types=Counts(added=1),
        caseworkers=Counts(added=1),
        interpreters=Counts(added=1),
    )
    with database.reading() as session:
        centrum = session.get_one(Office, "centrum")
        assert (centrum.name, centrum.latitude, centrum.longitude) == ("Centrum", 58.3912, 13.0)
        assert session.get_one(Office, "norr").latitude is None
        housing = session.get_one(AppointmentType, "housing")
        assert housing.walk_in == {"monday": "13:00-15:00", "friday": "13:00-15:00"}
        assert housing.bring == ["identity_document", "rent_contract"]
        assert (housing.daily_maximum, housing.needs_confirmation) == (3, True)
        layla = session.get_one(Caseworker, "layla")
        assert [(each.opens, each.office_id) for each in layla.working_intervals] == [
            (time(8, 30), "centrum"),
            (time(13), "norr"),
        ]
        assert [(each.day, each.closes, each.office_id) for each in layla.other_hours] == [
            (date(2026, 12, 23), time(12), "norr")
        ]
        assert layla.places == ["phone", "office", "video"]
        assert layla.video_url == "https://video.exempelby.example/layla"
        assert layla.busy_url == "https://calendar.example/layla.ics"
        saba = session.get_one(Interpreter, "tolk-ti-1")
        assert (saba.notice_days, saba.email) == (4, "bestallning@tolkar.example")
        assert saba.working_intervals[0].office_id is None
        assert len(saba.absences) == 1


def test_what_is_no_longer_in_the_file_is_retired(database: Database, tmp_path: Path) -> None:
    whole = OFFICES + HOUSING + LAYLA + SABA
    _import(database, _write(tmp_path, whole))
    gone = Counts(retired=1)
    at_norr = AMINA.replace("12:00", "12:00@norr").replace("16:30", "16:30@norr")
    report = _import(database, _write(tmp_path, OFFICES + at_norr))
    assert report == _report(
        offices=Counts(unchanged=2), types=gone, caseworkers=Counts(1, retired=1), interpreters=gone
    )
    with database.reading() as session:
        assert session.get(AppointmentType, "housing") is None
        assert not session.get_one(Interpreter, "tolk-ti-1").active
    assert _import(database, _write(tmp_path, AMINA)).offices == Counts(retired=2)
    with database.reading() as session:
        assert not session.get_one(Office, "norr").active
        assert session.get_one(Caseworker, "amina").working_intervals[0].office_id is None
    assert _import(database, _write(tmp_path, whole)) == _report(
        offices=Counts(changed=2),
        types=Counts(added=1),
        caseworkers=Counts(changed=1, retired=1),
        interpreters=Counts(changed=1),
    )


def test_where_there_is_one_office_it_need_not_be_named(sqlite: Database, tmp_path: Path) -> None:
    one = OFFICES[: OFFICES.index('[[offices]]\nid = "norr"')]
    path = _write(tmp_path, one + AMINA)
    _import(sqlite, path)
    with sqlite.reading() as session:
        amina = session.get_one(Caseworker, "amina")
        assert {each.office_id for each in amina.working_intervals} == {"centrum"}
    assert _import(sqlite, path).caseworkers == Counts(unchanged=1)


def test_an_id_stays_with_a_caseworker_or_an_interpreter(sqlite: Database, tmp_path: Path) -> None:
    _import(sqlite, _write(tmp_path, OFFICES + LAYLA))
    path = _write(tmp_path, "caseworkers = []" + SABA.replace("tolk-ti-1", "layla"))
    with pytest.raises(ImportFault, match=r"id 'layla': is a known caseworker"):
        _import(sqlite, path)
    with sqlite.reading() as session:
        assert session.get_one(Resource, "layla").active


def test_another_calendar_address_frees_what_the_old_one_blocked(
    sqlite: Database, tmp_path: Path
) -> None:
    _import(sqlite, _write(tmp_path, OFFICES + LAYLA))
    with sqlite.transaction() as session:
        layla = session.get_one(Caseworker, "layla")
        layla.busy_problem = busy_times.NO_CALENDAR
        blocks.block(session, "layla", at(1, 9, month=12), at(1, 10, month=12), blocks.CALENDAR)
    _import(sqlite, _write(tmp_path, OFFICES + LAYLA.replace("13:00-16:30", "13:00-16:00")))
    with sqlite.reading() as session:
        assert session.query(Block).count() == 1
    _import(
        sqlite,
        _write(
            tmp_path, OFFICES + LAYLA.replace("webcal:", "https:").replace("/layla.ics", "/new.ics")
        ),
    )
    with sqlite.reading() as session:
        assert session.query(Block).count() == 0
        assert session.get_one(Caseworker, "layla").busy_problem is None


def test_every_number_that_is_allowed_makes_rules() -> None:
    for name in set(Rules.__struct_fields__) & RANGES.keys():
        for value in (RANGES[name][0], RANGES[name][-1]):
            assert getattr(Rules(**{name: value}), name) == value


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(ImportFault, match=r"nothing\.toml"):
        read_file(tmp_path / "nothing.toml")


def test_the_sample_covers_every_subject_in_the_first_three_languages() -> None:
    staff = read_file(SAMPLE).caseworkers
    assert len(staff) >= 6
    for subject in SUBJECTS:
        spoken = {tag for one in staff if subject in one.subjects for tag in one.languages}
        assert {"sv", "en", "ar"} <= spoken


def test_the_sample_has_an_interpreter_for_every_other_language() -> None:
    spoken = {tag for one in read_file(SAMPLE).interpreters for tag in one.languages}
    assert spoken == LANGUAGES.keys() - {"sv", "en"}


@pytest.mark.parametrize("subject", SUBJECTS)
def test_the_samples_types_take_no_time_away(
    sqlite: Database, calendar: Calendar, subject: str
) -> None:
    _import(sqlite, SAMPLE)
    with sqlite.transaction() as session:
        assert kind_of(session, subject, calendar).rules == Rules()
        with_types = offers(session, calendar, subject, "sv", NOW)
        for each in session.query(AppointmentType):
            session.delete(each)
        session.flush()
        assert offers(session, calendar, subject, "sv", NOW) == with_types
        assert len(with_types) > 50


_TEXTS = st.text(st.characters(exclude_categories=["C"]), min_size=1, max_size=20).filter(str.strip)
_IDS = st.from_regex(r"[a-z0-9_][a-z0-9_.-]{0,8}", fullmatch=True)
_QUARTERS = st.integers(0, 24 * 4 - 1).map(lambda number: time(number // 4, number % 4 * 15))
_DAYS = st.dates(date(2026, 1, 1), date(2028, 12, 31))


def _chosen(values: "list[str]", least: int = 1) -> "st.SearchStrategy[list[str]]":
    return st.lists(st.sampled_from(values), min_size=least, unique=True)


@st.composite
def _hours(draw: st.DrawFn, offices: list[str], least: int = 0) -> str:
    walls = sorted(draw(st.sets(_QUARTERS, min_size=2 * least, max_size=6)))
    stretches = zip(walls[::2], walls[1::2], strict=False)
    return ", ".join(
        f"{opens:%H:%M}-{closes:%H:%M}" + (f"@{draw(st.sampled_from(offices))}" if offices else "")
        for opens, closes in stretches
    )


@st.composite
def _person(draw: st.DrawFn, key: str, offices: list[str]) -> dict[str, object]:
    week = draw(st.dictionaries(st.sampled_from(WEEKDAYS), _hours(offices)))
    others = draw(st.dictionaries(_DAYS, _hours(offices, least=1), max_size=3))
    spans = draw(st.lists(st.tuples(_DAYS, st.integers(0, 20)), max_size=3))
    person = {
        "id": key,
        "first_name": draw(_TEXTS),
        "languages": draw(_chosen(list(LANGUAGES))),
        "hours": week,
        "other_hours": [{"day": day, "hours": hours} for day, hours in others.items()],
        "absences": [{"from": day, "to": day + timedelta(days=count)} for day, count in spans],
    }
    if draw(st.booleans()):
        person |= {"email": "x@agency.example", "busy_url": "webcal://calendar.example/x"}
    return person


@st.composite
def _files(draw: st.DrawFn) -> dict[str, object]:
    offices = draw(st.lists(_IDS, unique=True, max_size=3))
    people = draw(st.lists(_IDS.filter(lambda key: key != "newcomer"), unique=True, max_size=4))
    split = draw(st.integers(0, len(people)))
    subjects = draw(_chosen(list(SUBJECTS), 0))
    numbers = {name: st.sampled_from(allowed) for name, allowed in RANGES.items()}
    notice = {"notice_days": numbers.pop("notice_days")}
    return {
        "offices": [
            {"id": key, "name": draw(_TEXTS), "address": draw(_TEXTS)}
            | draw(st.sampled_from([{}, {"latitude": 58.39120001, "longitude": -0.0}]))
            for key in offices
        ],
        "types": [
            {"id": f"type-{subject}", "subjects": [subject]}
            | draw(st.fixed_dictionaries({}, optional=numbers))
            | {
                "needs_confirmation": draw(st.booleans()),
                "bring": draw(_chosen(list(THINGS), 0)),
                "walk_in": draw(st.dictionaries(st.sampled_from(WEEKDAYS), _hours([]))),
            }
            for subject in subjects
        ],
        "caseworkers": [
            draw(_person(key, offices))
            | {
                "subjects": draw(_chosen(list(SUBJECTS))),
                "places": draw(_chosen(["office", "phone", "video"])),
                "video_url": "https://video.example/room",
            }
            for key in people[:split]
        ],
        "interpreters": [
            draw(_person(key, [])) | draw(st.fixed_dictionaries({}, optional=notice))
            for key in people[split:]
        ],
    }


@settings(max_examples=25, deadline=None)
@given(content=_files())
def test_importing_what_was_exported_changes_nothing(content: dict[str, list[object]]) -> None:
    with TemporaryDirectory() as name:
        folder, database = Path(name), Database(f"sqlite:///{name}/test.sqlite3")
        # Only what it needs, anew for every example.
        names = (
            "office",
            "appointment_type",
            "resource",
            "working_interval",
            "other_hours",
            "absence",
            "block",
            "claimed_cell",
            "appointment",
        )
        Base.metadata.create_all(database.engine, [Base.metadata.tables[each] for each in names])
        _import(database, _write(folder, tomli_w.dumps(content)))
        with database.reading() as session:
            text = export_text(session)
        report = _import(database, _write(folder, text))
        with database.reading() as session:
            assert export_text(session) == text
        database.close()
    for kind, records in content.items():
        assert getattr(report, kind) == Counts(unchanged=len(records))


def test_the_sample_exported_is_the_sample(sqlite: Database, tmp_path: Path) -> None:
    _import(sqlite, SAMPLE)
    with sqlite.reading() as session:
        path = _write(tmp_path, export_text(session))
    exported, sample = read_file(path), read_file(SAMPLE)
    for kind in ("offices", "types", "caseworkers", "interpreters"):
        by_id = {each.id: each for each in getattr(exported, kind)}
        assert by_id == {each.id: each for each in getattr(sample, kind)}
