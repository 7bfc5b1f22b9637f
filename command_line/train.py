"""`kontaktpunkt train`: make the bot's model from texts and rules."""

import hashlib
import os
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

import typer
from rich.console import Console

from contact_point.directory.needs import needs
from contact_point.settings import ROOT

MODELS = ROOT / "models"
_INGREDIENTS = (
    "config.yml",
    "domain.yml",
    "municipality.toml",
    "data/nlu/**/*.yml",
    "data/adapter.npz",
    "data/rules/*.yml",
    "data/stories/*.yml",
    "locales/*/understanding.yml",
    "locales/*/rumours/*.md",
    "bot/*.py",
    "contact_point/embedding/*.py",
    "contact_point/spelling.py",
)


def train(
    force: bool = typer.Option(False, "--force", help="Train even when nothing has changed."),
) -> None:
    """Train the bot's model where it is missing or older than its ingredients (one to three
    minutes on two cores)."""
    path = model_path()
    console = Console()
    needs()  # the words that services are found by, read in once for a quick start
    if path.exists() and not force:
        console.print(f"The model is up to date: {path.relative_to(ROOT)}")
        return
    console.print("Training the model. This takes one to three minutes…")
    MODELS.mkdir(exist_ok=True)
    unfinished = path.with_suffix(".unfinished")
    finished = subprocess.run(
        [
            *(sys.executable, "-W", "ignore"),
            # Rasa's own cache sees no change in what its components import.
            *("-m", "bot", "train", "--force", "--skip-validation", "--out", str(unfinished)),
            *("--fixed-model-name", path.name.removesuffix(".tar.gz")),
        ],
        cwd=ROOT,
        env=os.environ | {"KONTAKTPUNKT_ACTIONS_PORT": "0"},
        check=False,
    )
    if finished.returncode:
        console.print("[red]Training failed; the reason stands above.[/red]")
        raise typer.Exit(1)
    # Rasa writes straight to its target: moving the finished file makes it appear whole.
    (unfinished / path.name).replace(path)
    unfinished.rmdir()
    for old in MODELS.glob("*.tar.gz"):
        if old != path:
            old.unlink()


def model_path() -> Path:
    """Where the model of the present ingredients lives: their fingerprint is in its name."""
    fingerprint = hashlib.sha256(version("rasa").encode())
    for pattern in _INGREDIENTS:
        for file in sorted(ROOT.glob(pattern)):
            fingerprint.update(file.relative_to(ROOT).as_posix().encode())
            fingerprint.update(file.read_bytes())
    return MODELS / f"kontaktpunkt-{fingerprint.hexdigest()[:16]}.tar.gz"
