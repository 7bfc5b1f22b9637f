"""What a fictitious municipality starts with, so that a trial run has something to show."""

import secrets
from dataclasses import dataclass

from rich.console import Console
from sqlalchemy import func, select

import contact_point.appointments.importer as appointments
from contact_point import staff
from contact_point.appointments.tables import Office
from contact_point.clock import system_clock
from contact_point.database import Database
from contact_point.directory.hsds_json import read_json
from contact_point.directory.importer import import_feed
from contact_point.settings import ROOT, Settings

DIRECTORY_FILE = ROOT / "data" / "directory" / "sample.json"
CASEWORKERS_FILE = ROOT / "data" / "appointments" / "sample.toml"
_TRIAL_EMAIL = "adviser@exempelby.example"
_TRIAL_NAME = "Alex"


@dataclass(frozen=True)
class Account:
    """A trial account as it is shown, once."""

    email: str
    password: str


def load(settings: Settings, console: Console) -> None:
    """Import the sample directory and, the first time, caseworkers and offices: staff may have
    changed those on the desk since."""
    if not settings.municipality.fictitious:
        return
    database = Database(settings.database_url)
    with database.transaction() as session:
        import_feed(session, read_json(DIRECTORY_FILE))
        if session.scalar(select(func.count()).select_from(Office)) == 0:
            appointments.import_file(session, CASEWORKERS_FILE)
    database.close()
    console.print("The sample directory and caseworkers are loaded.")


def make_account(settings: Settings) -> Account | None:
    """A trial account for the desk where there is none yet in a fictitious municipality."""
    if not settings.municipality.fictitious:
        return None
    account = Account(_TRIAL_EMAIL, secrets.token_urlsafe(12))
    database = Database(settings.database_url)
    with database.transaction() as session:
        if session.scalar(select(func.count()).select_from(staff.StaffAccount)):
            return None
        staff.add_account(session, account.email, _TRIAL_NAME, account.password, system_clock())
    database.close()
    return account
