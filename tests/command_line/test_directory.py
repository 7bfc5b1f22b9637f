"""`kontaktpunkt directory`: in, out, dry runs and exit codes, as staff see them."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import func, select
from typer.testing import CliRunner

from command_line.directory import app
from contact_point import settings
from contact_point.database import Base, Database
from contact_point.directory.tables import Service
from tests.contact_point.directory.feeds import service, write


@pytest.fixture
def directory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Database]:
    """The product's database, empty."""
    monkeypatch.setenv("DATABASE_URL", f"sqlite:///{tmp_path}/directory.sqlite3")
    monkeypatch.setenv("COLUMNS", "300")
    settings.settings.cache_clear()
    database = Database(f"sqlite:///{tmp_path}/directory.sqlite3")
    Base.metadata.create_all(database.engine)
    yield database
    database.close()
    settings.settings.cache_clear()


def _run(*words: str) -> tuple[int, str]:
    result = CliRunner().invoke(app, words)
    return result.exit_code, " ".join(result.output.split())


def _count(database: Database) -> int:
    with database.reading() as session:
        return session.scalar(select(func.count()).select_from(Service)) or 0


def test_in_and_in_again(directory: Database, tmp_path: Path) -> None:
    file = str(write(tmp_path, [service("Badet"), service("Parken")]))
    code, said = _run("import", file)
    assert (code, _count(directory)) == (0, 2)
    assert "2 records accepted, 0 left out; rows: 14 added, 0 changed" in said
    code, said = _run("import", file)
    assert code == 0
    assert "rows: 0 added, 0 changed, 0 removed, 14 unchanged; 0 services defunct." in said


def test_a_dry_run(directory: Database, tmp_path: Path) -> None:
    code, said = _run("import", str(write(tmp_path, [service("Badet")])), "--dry-run")
    assert (code, _count(directory)) == (0, 0)
    assert "added service Badet" in said
    assert "Would be: 1 records accepted" in said


def test_a_fault_is_told_and_the_rest_goes_in(directory: Database, tmp_path: Path) -> None:
    wrong = service("Parken") | {"status": "open"}
    file = str(write(tmp_path, [service("Badet"), wrong]))
    code, said = _run("import", file, "--strict")
    assert (code, _count(directory)) == (1, 0)
    assert "Nothing was imported" in said
    code, said = _run("import", file)
    assert (code, _count(directory)) == (1, 1)
    assert "services.json#/1/status: 'open' is not allowed; write one of: active" in said


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("nowhere.json",), "no such file"),
        (("services.docx",), "give a server's address"),
        (("services.json", "--modified-after", "2026-11-01"), "only a server"),
    ],
)
def test_what_can_not_be_read(directory: Database, words: tuple[str, ...], told: str) -> None:
    code, said = _run("import", *words)
    assert code == 2
    assert told in said


def test_a_source_by_another_name(directory: Database, tmp_path: Path) -> None:
    both, one = [service("Badet"), service("Parken")], [service("Badet")]
    _run("import", str(write(tmp_path, both)), "--name", "kommunen")
    assert "0 services defunct" in _run("import", str(write(tmp_path, one)))[1]
    _run("import", str(write(tmp_path, both)), "--name", "kommunen")
    assert (
        "1 services defunct" in _run("import", str(write(tmp_path, one)), "--name", "kommunen")[1]
    )


def test_out_as_json_and_as_a_package(directory: Database, tmp_path: Path) -> None:
    _run("import", str(write(tmp_path, [service("Badet")])))
    assert _run("export", str(tmp_path / "out.json"))[0] == 0
    assert json.loads((tmp_path / "out.json").read_text(encoding="utf-8")) == [service("Badet")]
    for name in ("out.zip", "out"):
        assert _run("export", str(tmp_path / name))[0] == 0
        code, said = _run("import", str(tmp_path / name), "--name", "services")
        assert code == 0
        assert "rows: 0 added, 0 changed" in said


def test_the_template_goes_in_and_is_not_written_over(directory: Database, tmp_path: Path) -> None:
    file = str(tmp_path / "services.xlsx")
    assert _run("template", file)[0] == 0
    assert _run("import", file)[0] == 0
    assert _count(directory) == 1
    assert _run("template", file)[0] == 2
