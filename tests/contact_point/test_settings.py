"""Settings: what is wrong is said with file, setting and mend."""

import re
from datetime import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contact_point.languages import LANGUAGES
from contact_point.settings import (
    ROOT,
    SettingsError,
    load_municipality,
    load_settings,
    parse_intervals,
)

SAMPLE = (ROOT / "municipality.toml").read_text(encoding="utf-8")


def _load(folder: Path, text: str) -> None:
    file = folder / "municipality.toml"
    file.write_text(text, encoding="utf-8")
    load_municipality(file)


def test_the_sample_is_fictitious_and_offers_every_language() -> None:
    municipality = load_municipality(ROOT / "municipality.toml")
    assert municipality.fictitious
    assert sorted(municipality.languages) == sorted(LANGUAGES)
    assert municipality.help_lines.emergency == "112"


@pytest.mark.parametrize(
    ("before", "after", "told"),
    [
        ('name = "', 'nam = "', "nam"),
        ('languages = ["sv"', "languages = [] # [", "languages: name at least one"),
        ('languages = ["sv"', 'languages = ["xx"', "'xx' is not known"),
        ("Europe/Stockholm", "Europe/Exempelby", "time_zone: 'Europe/Exempelby'"),
        ("monday = ", "mondag = ", "'mondag' is not one of"),
        ("port = 8080", 'port = "many"', "port"),
        ("[contact]", "[contact", "not valid TOML"),
    ],
)
def test_a_wrong_setting_is_named(tmp_path: Path, before: str, after: str, told: str) -> None:
    assert before in SAMPLE
    with pytest.raises(SettingsError) as refusal:
        _load(tmp_path, SAMPLE.replace(before, after, 1))
    assert "municipality.toml" in str(refusal.value)
    assert told in str(refusal.value)


def test_a_missing_file_says_what_to_copy(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"not found\. Copy municipality\.toml"):
        load_municipality(tmp_path / "nothing.toml")


@pytest.mark.parametrize("text", ["9-16", "16:00-09:00", "09:00", "09:00-25:00", "nine to four"])
def test_hours_that_are_none(tmp_path: Path, text: str) -> None:
    with pytest.raises(SettingsError, match=r"opening_hours\.monday: .*write for example"):
        _load(tmp_path, re.sub(r'monday = ".*"', f'monday = "{text}"', SAMPLE))


@given(st.lists(st.tuples(st.times(), st.times()), max_size=4))
def test_hours_come_back_in_order(pairs: list[tuple[time, time]]) -> None:
    minutes = [tuple(sorted(each.replace(second=0, microsecond=0) for each in p)) for p in pairs]
    intervals = [(opens, closes) for opens, closes in minutes if opens < closes]
    text = ", ".join(f"{opens:%H:%M}-{closes:%H:%M}" for opens, closes in intervals)
    assert parse_intervals(text) == sorted(intervals)


def test_secrets_come_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("KONTAKTPUNKT_SECRET_KEY", raising=False)
    monkeypatch.setenv("KONTAKTPUNKT_INTERNAL_SECRET", "i" * 40)
    with pytest.raises(SettingsError, match="KONTAKTPUNKT_SECRET_KEY: not set"):
        load_settings().with_secrets()
    monkeypatch.setenv("KONTAKTPUNKT_SECRET_KEY", "short")
    with pytest.raises(SettingsError, match="shorter than"):
        load_settings().with_secrets()
    monkeypatch.setenv("KONTAKTPUNKT_SECRET_KEY", "s" * 40)
    assert load_settings().with_secrets().secret_key == "s" * 40
