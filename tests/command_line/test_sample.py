"""What a trial run begins with, and what it leaves alone afterwards."""

from pathlib import Path

import msgspec
from rich.console import Console

from command_line import sample
from contact_point.appointments.tables import Caseworker, Interpreter
from contact_point.database import Base, Database
from contact_point.settings import load_settings
from contact_point.tables import ALL_TABLES


def test_what_staff_have_changed_stays_at_the_next_start(tmp_path: Path) -> None:
    assert ALL_TABLES
    settings = msgspec.structs.replace(
        load_settings(), database_url=f"sqlite:///{tmp_path}/trial.sqlite3"
    )
    database = Database(settings.database_url)
    Base.metadata.create_all(database.engine)
    sample.load(settings, Console(quiet=True))
    with database.transaction() as session:
        assert session.get_one(Interpreter, "tolk-ti-1").active
        session.get_one(Caseworker, "amina").email = "changed@exempelby.example"
    sample.load(settings, Console(quiet=True))
    with database.reading() as session:
        assert session.get_one(Caseworker, "amina").email == "changed@exempelby.example"
    database.close()
