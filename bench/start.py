"""From a fresh clone to the first answer, and a later start.

    .venv/bin/python -m bench.start

The project's last commit is cloned into a temporary folder; there `./kontaktpunkt run` installs
packages, makes the embedding model, trains, makes the database and starts. Downloads count only
where uv's cache doesn't have the packages yet.
"""

import os
import signal
import subprocess
import tempfile
import time
from pathlib import Path

import psutil
from rich.console import Console

from bench.turns import megabytes
from contact_point.settings import ROOT
from tests.newcomer import Newcomer
from tests.stack import make_stack

LIMIT_SECONDS = 900
console = Console()


def prepare(folder: Path) -> tuple[Path, dict[str, str], str]:
    """A clone, an environment with ports and data of its own, and the gateway's address."""
    clone = folder / "clone"
    subprocess.run(["git", "clone", "-q", str(ROOT), str(clone)], check=True)
    stack = make_stack(folder, rasa_servers=2)  # as municipality.toml has it
    environment = {
        name: value
        for name, value in stack.environment.items()
        if name not in ("DATABASE_URL", "KONTAKTPUNKT_SECRET_KEY", "KONTAKTPUNKT_INTERNAL_SECRET")
    }
    return clone, environment, stack.base


def first_answer(clone: Path, environment: dict[str, str], base: str) -> tuple[float, float]:
    """Start the product, ask, stop it; gives seconds to the answer, and megabytes."""
    began = time.perf_counter()
    process = subprocess.Popen(
        ["./kontaktpunkt", "run"], cwd=clone, env=environment, stdout=subprocess.DEVNULL
    )
    try:
        replies = _ask(base, process)
        assert replies[0]["sources"]
        return time.perf_counter() - began, megabytes([psutil.Process(process.pid)])
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(60)


def _ask(base: str, process: "subprocess.Popen[bytes]") -> list[dict[str, object]]:
    deadline = time.monotonic() + LIMIT_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        try:
            return Newcomer(base, "sv").write("vilka rättigheter har jag här")
        except OSError:
            time.sleep(0.1)
    raise RuntimeError("The product did not start")


def main() -> None:
    """Measure and print."""
    with tempfile.TemporaryDirectory(prefix="bench-start-") as name:
        clone, environment, base = prepare(Path(name))
        began = time.perf_counter()
        subprocess.run(
            ["./kontaktpunkt", "--help"],
            cwd=clone,
            env=environment,
            check=True,
            stdout=subprocess.DEVNULL,
        )
        packages = time.perf_counter() - began
        first, memory = first_answer(clone, environment, base)
        later, _ = first_answer(clone, environment, base)
    console.print(f"On {os.cpu_count()} cores:")
    console.print(f"  packages installed: {packages:.0f} s")
    console.print(f"  then to the first answer: {first:.0f} s (together {packages + first:.0f} s)")
    console.print(f"  a later start, to the first answer: {later:.0f} s")
    console.print(f"  all processes together: {memory:.0f} MB")


if __name__ == "__main__":
    main()
