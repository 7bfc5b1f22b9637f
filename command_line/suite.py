"""`kontaktpunkt test`: the whole test suite."""

import os
import subprocess
import sys

import typer

from command_line import browser, environment, train
from contact_point.settings import ROOT


def test(context: typer.Context) -> None:
    """Train what is out of date, find a browser, and run all tests. More words go to pytest."""
    environment.make_secrets()
    train.train(force=False)
    browser.prepare()
    arguments = [sys.executable, "-m", "pytest", *context.args]
    raise typer.Exit(subprocess.run(arguments, cwd=ROOT, env=os.environ, check=False).returncode)
