"""`kontaktpunkt run`: one command starts everything, Ctrl-C stops everything, faults are clear."""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import psutil
import pytest

from contact_point.settings import ROOT
from tests.stack import make_stack

COMMAND = [sys.executable, "-m", "command_line.main", "run"]


def prepare(folder: Path) -> tuple[dict[str, str], str]:
    """An environment without secrets, in a folder of its own."""
    stack = make_stack(folder)
    environment = {
        name: value
        for name, value in stack.environment.items()
        if name not in ("DATABASE_URL", "KONTAKTPUNKT_SECRET_KEY", "KONTAKTPUNKT_INTERNAL_SECRET")
    }
    return environment | {"PYTHONUNBUFFERED": "1", "COLUMNS": "200"}, stack.base


def start(environment: dict[str, str], log: Path) -> "subprocess.Popen[bytes]":
    return subprocess.Popen(
        COMMAND, cwd=ROOT, env=environment, stdout=log.open("wb"), stderr=subprocess.STDOUT
    )


def wait_for(log: Path, text: str, seconds: float = 90) -> str:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        content = log.read_text(errors="replace")
        if text in content:
            return content
        time.sleep(0.2)
    raise AssertionError(f"{text!r} did not appear:\n{log.read_text(errors='replace')[-3000:]}")


def test_start_stop_and_start_again(trained_model: None, tmp_path: Path) -> None:
    environment, base = prepare(tmp_path)
    for round_number in (1, 2):
        log = tmp_path / f"run-{round_number}.log"
        began = time.monotonic()
        process = start(environment, log)
        content = wait_for(log, "Ctrl-C stops everything")
        took = time.monotonic() - began
        assert f"{base}/desk" in content
        assert ("Password:" in content) == (round_number == 1)
        with urllib.request.urlopen(f"{base}/", timeout=10) as page:
            assert "Exempelby" in page.read().decode()
        children = psutil.Process(process.pid).children(recursive=True)
        assert len(children) >= 4  # the supervisor and what it keeps alive
        process.send_signal(signal.SIGINT)
        assert process.wait(30) == 0
        assert "All processes have stopped." in log.read_text()
        _, alive = psutil.wait_procs(children, timeout=10)
        assert not alive
        assert took < 60
    secrets = tmp_path / "secrets.env"
    assert secrets.stat().st_mode & 0o077 == 0


def run_until_refused(environment: dict[str, str]) -> str:
    refused = subprocess.run(
        COMMAND, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=60, check=False
    )
    assert refused.returncode == 2, refused.stdout + refused.stderr
    assert "Traceback" not in refused.stderr
    return refused.stderr.strip().splitlines()[-1]


def test_a_port_in_use_gives_one_clear_line(tmp_path: Path) -> None:
    environment, base = prepare(tmp_path)
    port = int(base.rsplit(":", 1)[1])
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", port))
        taken.listen()
        line = run_until_refused(environment)
    assert f"Port {port} on 127.0.0.1" in line
    assert "server.port" in line


def test_a_broken_setting_gives_one_clear_line(tmp_path: Path) -> None:
    environment, _ = prepare(tmp_path)
    settings = Path(environment["KONTAKTPUNKT_MUNICIPALITY"])
    settings.write_text(settings.read_text().replace('"Europe/Stockholm"', '"Europe/Stockholmen"'))
    line = run_until_refused(environment)
    assert "time_zone" in line
    assert "Europe/Stockholm" in line


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_an_unwritable_folder_gives_one_clear_line(tmp_path: Path) -> None:
    environment, _ = prepare(tmp_path)
    locked = tmp_path / "locked"
    locked.mkdir(mode=0o500)
    line = run_until_refused(environment | {"KONTAKTPUNKT_DATA": str(locked / "data")})
    assert "KONTAKTPUNKT_DATA" in line


def test_a_file_in_place_of_the_folder_gives_one_clear_line(tmp_path: Path) -> None:
    environment, _ = prepare(tmp_path)
    (tmp_path / "file").touch()
    line = run_until_refused(environment | {"KONTAKTPUNKT_DATA": str(tmp_path / "file")})
    assert "KONTAKTPUNKT_DATA" in line
