"""Rasa's own validation of domain, rules and examples."""

import os
import subprocess
import sys
from collections.abc import Iterator

from contact_point.settings import ROOT


def faults() -> Iterator[str]:
    """What `rasa data validate --fail-on-warnings` says, when it isn't content."""
    validation = subprocess.run(
        [sys.executable, "-m", "bot", "data", "validate", "--fail-on-warnings"],
        cwd=ROOT,
        env=os.environ | {"KONTAKTPUNKT_ACTIONS_PORT": "0"},
        capture_output=True,
        text=True,
        check=False,
    )
    if validation.returncode == 0:
        return
    output = (validation.stdout + validation.stderr).splitlines()
    told = [line for line in output if "rror" in line or "arning" in line]
    yield from (f"domain.yml:1: {line.strip()}" for line in told or output[-5:])
