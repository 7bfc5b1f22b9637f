"""`kontaktpunkt evaluate`: any labelled file, and clear words about a bad line."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from bot.evaluation import Labelled
from command_line.evaluate import read
from command_line.main import app

GOOD = (
    "taxes\thur betalar jag skatt när jag jobbar\n"
    "emergency\tdet brinner i huset\n"
    "thank\tthank you very much\ten\n"
)


def test_tsv_and_jsonl_say_the_same(tmp_path: Path) -> None:
    (tmp_path / "sv.tsv").write_text("# topic, text\ntaxes\tskatt hur\n\n", encoding="utf-8-sig")
    (tmp_path / "a.jsonl").write_text(
        '{"topic": "taxes", "text": "skatt hur", "language": "sv"}\n', encoding="utf-8"
    )
    expected = [Labelled("skatt hur", "taxes", "sv")]
    assert list(read(tmp_path / "sv.tsv")) == expected
    assert list(read(tmp_path / "a.jsonl")) == expected


@pytest.mark.parametrize(
    ("name", "line", "told"),
    [
        ("sv.tsv", "taxes", ":1: no tab: write topic, tab, text"),
        ("sv.tsv", "tax\thow", ":1: 'tax' is no topic"),
        ("sv.tsv", "taxes\thow\txx", ":1: 'xx' is no known language"),
        ("mixed.tsv", "taxes\thow", ":1: 'mixed' is no known language; use --lang"),
        ("sv.tsv", "taxes\t ", ":1: the message is empty"),
        ("a.jsonl", "{", ":1: "),
        ("a.jsonl", '{"topic": "taxes"}', "missing required field `text`"),
        ("a.jsonl", '{"topic": "taxes", "text": 5, "language": "sv"}', "Expected `str`"),
    ],
)
def test_a_bad_line_is_named(tmp_path: Path, name: str, line: str, told: str) -> None:
    file = tmp_path / name
    file.write_text(line, encoding="utf-8")
    (fault,) = read(file)
    assert isinstance(fault, str)
    assert str(file) in fault
    assert told in fault


def test_a_file_that_is_no_text(tmp_path: Path) -> None:
    (tmp_path / "sv.tsv").write_bytes(b"\xff\xfe\x00")
    (fault,) = read(tmp_path / "sv.tsv")
    assert "can't be read as UTF-8 text" in str(fault)


def test_the_trained_model_is_asked(trained_model: None, tmp_path: Path) -> None:
    file, page = tmp_path / "sv.tsv", tmp_path / "report" / "page.html"
    file.write_text(GOOD + "nonsense\tx\n", encoding="utf-8")
    result = CliRunner().invoke(app, ["evaluate", str(file), "--report", str(page)])
    assert result.exit_code == 1  # one line could not be used, and is told
    assert "'nonsense' is no topic" in result.output
    assert "alarms" in result.output
    shown = page.read_text(encoding="utf-8")
    assert "<th>all</th>" in shown
    assert "Topics, weakest first" in shown
    assert "http" not in shown  # the page needs nothing else


def test_no_message_at_all(tmp_path: Path) -> None:
    file = tmp_path / "sv.tsv"
    file.write_text("", encoding="utf-8")
    result = CliRunner().invoke(app, ["evaluate", str(file)])
    assert result.exit_code == 2
    assert "There is no message to evaluate." in result.output
