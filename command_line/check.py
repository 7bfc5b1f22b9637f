"""`kontaktpunkt check`: is the whole set-up sound? Every fault with its file and line."""

import typer
from rich.console import Console

from command_line.checks import answers, catalogues, examples, records, rules

_PARTS = {
    "answers": answers.faults,
    "catalogues": catalogues.faults,
    "examples": examples.faults,
    "directory and caseworkers": records.faults,
    "domain and rules": rules.faults,
}


def check() -> None:
    """Check settings, catalogues, answers, data and dialogue rules. Exit code 1 on any fault."""
    console = Console()
    found = 0
    for name, faults in _PARTS.items():
        with console.status(f"Checking {name}…"):
            lines = list(faults())
        for line in lines:
            console.print(line, style="red", highlight=False, soft_wrap=True, markup=False)
        console.print(f"{name}: {f'{len(lines)} faults' if lines else 'sound'}")
        found += len(lines)
    raise typer.Exit(1 if found else 0)
