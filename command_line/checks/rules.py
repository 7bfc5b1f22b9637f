"""Rasa's own validation of domain, rules and examples."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator

from contact_point.settings import ROOT

_CONTROL = re.compile(r"The intent '(\w+)' is listed in the domain file")
_NEVER_LEARNT = {
    "inform", "not_understood", "only_text", "follow_up", "may_help", "take_earlier_time",
}  # fmt: skip
"""Set by components and by the gateway."""
_UNUSED = re.compile(r"The utterance '(\w+)' is not used in any story or rule")


def faults() -> Iterator[str]:
    """What `rasa data validate` warns of or refuses.

    It doesn't know of responses that actions say; those are looked up in `actions/`.
    """
    validation = subprocess.run(
        [sys.executable, "-m", "bot", "data", "validate"],
        cwd=ROOT,
        env=os.environ | {"KONTAKTPUNKT_ACTIONS_PORT": "0"},
        capture_output=True,
        text=True,
        check=False,
    )
    lines = (validation.stdout + validation.stderr).splitlines()
    told = [line for line in lines if "UserWarning" in line or " ERROR " in line]
    spoken = "".join(path.read_text(encoding="utf-8") for path in ROOT.glob("actions/**/*.py"))
    for line in told:
        listed = _CONTROL.search(line)
        if listed and listed[1] in _NEVER_LEARNT:
            continue
        unused = _UNUSED.search(line)
        if unused and (f'"{unused[1]}"' in spoken or unused[1].startswith("utter_ask_")):
            continue  # an action says it, or a form asks it
        yield f"domain.yml:{_line(unused[1]) if unused else 1}: {line.split('UserWarning: ')[-1]}"
    if validation.returncode and not told:
        yield from (f"domain.yml:1: {line}" for line in lines[-5:])


def _line(response: str) -> int:
    """Where a response stands in domain.yml."""
    lines = (ROOT / "domain.yml").read_text(encoding="utf-8").splitlines()
    return next((number for number, line in enumerate(lines, 1) if f"  {response}:" in line), 1)
