"""The environment of a trial run: secrets made once and kept in a git-ignored file."""

import os
import secrets
from pathlib import Path

from contact_point.settings import ROOT, SettingsError

SECRETS = ("KONTAKTPUNKT_SECRET_KEY", "KONTAKTPUNKT_INTERNAL_SECRET")


def data_directory() -> Path:
    """Where changing files live.

    Raises:
        SettingsError: when the folder can't be written.
    """
    path = Path(os.environ.get("KONTAKTPUNKT_DATA", ROOT / "var"))
    try:
        path.mkdir(parents=True, exist_ok=True)
        probe = path / f".writable-{os.getpid()}"
        probe.touch()
        probe.unlink()
    except OSError as error:
        raise SettingsError(
            f"{path}: can't write there ({error.strerror}). "
            "Set KONTAKTPUNKT_DATA to a folder that this user may write to."
        ) from error
    return path


def load_secrets() -> None:
    """Put the secrets of the trial run into the environment; those already set stay."""
    path = _secrets_file()
    if not path.exists():
        return
    for line in path.read_text(encoding="ascii").splitlines():
        name, _, value = line.partition("=")
        if name in SECRETS:
            os.environ.setdefault(name, value)


def make_secrets() -> None:
    """Make the trial run's secrets, readable by the owner only, unless the environment has them."""
    load_secrets()
    if all(os.environ.get(name) for name in SECRETS):
        return
    data_directory()
    lines = [f"{name}={secrets.token_urlsafe(48)}" for name in SECRETS]
    descriptor = os.open(_secrets_file(), os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write("\n".join(lines) + "\n")
    load_secrets()


def _secrets_file() -> Path:
    return Path(os.environ.get("KONTAKTPUNKT_DATA", ROOT / "var")) / "secrets.env"
