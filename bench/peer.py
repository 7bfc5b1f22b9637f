"""Rasa with its default pipeline, in an environment of its own: what this product is measured
against."""

import shutil
import subprocess
from pathlib import Path

from rich.console import Console

from contact_point.settings import ROOT

FOLDER = ROOT / "var" / "bench" / "rasa-default"
PACKAGES = ("rasa==3.6.21", "setuptools<81")


def python(console: Console) -> Path:
    """The peer's interpreter; the first call installs it (some minutes)."""
    path = FOLDER / ".venv" / "bin" / "python"
    uv = shutil.which("uv") or str(ROOT / ".uv" / "bin" / "uv")
    if not path.exists():
        console.print("Installing Rasa with its default pipeline…")
        FOLDER.mkdir(parents=True, exist_ok=True)
        subprocess.run([uv, "venv", "-q", "-p", "3.10", str(FOLDER / ".venv")], check=True)
        subprocess.run(
            # Without this project's overrides, which leave TensorFlow out.
            [uv, "--no-config", "pip", "install", "-q", "-p", str(path), *PACKAGES],
            check=True,
        )
    return path
