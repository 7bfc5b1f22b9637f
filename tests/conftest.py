"""The whole product, started once for all tests that need it."""

from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from command_line import train
from command_line.sample import CASEWORKERS_FILE, DIRECTORY_FILE
from contact_point import staff
from contact_point.appointments.importer import import_file as import_caseworkers
from contact_point.clock import system_clock
from contact_point.database import Base, Database
from contact_point.directory.hsds_json import read_json
from contact_point.directory.importer import import_feed
from contact_point.tables import ALL_TABLES
from tests.stack import Stack, make_stack

NOW = "2026-11-26T10:00:00+01:00"
"""A Thursday morning: the desk is open, and so are most offices."""
ADVISER_EMAIL, ADVISER_PASSWORD = "noor@exempelby.example", "a long enough password"


@dataclass(frozen=True)
class Adviser:
    """Who signs in at the desk in tests."""

    email: str = ADVISER_EMAIL
    password: str = ADVISER_PASSWORD
    name: str = "Noor"


def fill(database: Database) -> None:
    """Tables, the sample directory, caseworkers, and an adviser."""
    assert ALL_TABLES
    Base.metadata.create_all(database.engine)
    with database.transaction() as session:
        import_feed(session, read_json(DIRECTORY_FILE))
        import_caseworkers(session, CASEWORKERS_FILE)
        staff.add_account(session, ADVISER_EMAIL, "Noor", ADVISER_PASSWORD, system_clock())


@pytest.fixture(scope="session")
def trained_model() -> None:
    """The model of the present texts and rules; `kontaktpunkt train` makes it."""
    assert train.model_path().exists(), "Run `./kontaktpunkt train` first."


@pytest.fixture(scope="session")
def stack(trained_model: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """Gateway, Rasa and action server with the sample data, on a Thursday morning."""
    folder = tmp_path_factory.mktemp("product")
    product = make_stack(
        folder,
        change_settings=lambda text: text.replace(
            "new_conversations_a_minute = 20", "new_conversations_a_minute = 10000"
        ).replace("directory_requests_a_minute = 300", "directory_requests_a_minute = 100000"),
        KONTAKTPUNKT_CLOCK=NOW,
    )
    fill(product.database)
    for name in product.names():
        product.start(name)
    try:
        product.wait_until_ready()
        yield product
    finally:
        product.stop()


@pytest.fixture(scope="session")
def adviser() -> Adviser:
    """The adviser of the sample."""
    return Adviser()
