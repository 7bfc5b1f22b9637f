"""A Chromium for the tests: found, installed where that is allowed, or loudly missed."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

from rich.console import Console

_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def prepare() -> None:
    """Make sure that tests find a browser, or say loudly that they won't."""
    if find():
        return
    console = Console(stderr=True)
    console.print("No Chromium found; trying to install one…")
    for attempt in (_download, _install_package):
        if attempt() and find():
            return
    console.print(
        "[bold red]NO CHROMIUM: the browser tests will be SKIPPED. "
        "Install Chromium, or set CHROMIUM to its path.[/bold red]"
    )


def find() -> str | None:
    """The path of a Chromium: $CHROMIUM, the system's, or Playwright's own."""
    chosen = os.environ.get("CHROMIUM")
    if chosen:
        return chosen
    installed = next(filter(None, map(shutil.which, _NAMES)), None)
    return installed or _playwrights_own()


def _playwrights_own() -> str | None:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        path = playwright.chromium.executable_path
    return path if Path(path).exists() else None


def _download() -> bool:
    command = [sys.executable, "-m", "playwright", "install", "chromium"]
    return _succeeds(command, timeout=180)


def _install_package() -> bool:
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        return False
    return _succeeds(["apt-get", "update", "-q"], timeout=180) and _succeeds(
        ["apt-get", "install", "-y", "-q", "chromium", "fonts-noto-core"], timeout=600
    )


def _succeeds(command: list[str], timeout: float) -> bool:
    try:
        return (
            subprocess.run(command, timeout=timeout, check=False, capture_output=True).returncode
            == 0
        )
    except (OSError, subprocess.TimeoutExpired):
        return False
