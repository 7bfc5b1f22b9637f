"""The dialogues of appointments, trained once, and newcomers who write in them."""

from collections.abc import Iterator
from pathlib import Path

import pytest

import actions.context
from contact_point.database import Base, Database
from contact_point.settings import load_settings
from tests.actions import dialogue
from tests.actions.appointments.steps import Time
from tests.actions.dialogue import Assistant, Dialogue
from tests.contact_point.appointments.sample import caseworker, interpreter


@pytest.fixture(scope="package", autouse=True)
def settings_in_environment() -> Iterator[None]:
    """Secrets for these dialogues."""
    with dialogue.environment():
        yield


@pytest.fixture(scope="package")
def assistant(tmp_path_factory: pytest.TempPathFactory) -> Assistant:
    """Rules and forms, trained and loaded once."""
    model = dialogue.train_dialogue(tmp_path_factory.mktemp("model"))
    return Assistant(model, "actions.appointments")


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    """Two caseworkers who speak English: Amina for housing, Yonas for money."""
    database = Database(f"sqlite:///{tmp_path}/test.sqlite3")
    Base.metadata.create_all(database.engine)
    with database.transaction() as session:
        session.add(caseworker("amina", languages=("sv", "en")))
        session.add(caseworker("yonas", subjects=("economy",), languages=("en", "ti")))
        session.add(interpreter(languages=("ar",), notice_days=1))
    yield database
    database.close()


@pytest.fixture
def clock() -> Time:
    """Tuesday, 24 November 2026, eight o'clock."""
    return Time()


@pytest.fixture
def newcomer(
    assistant: Assistant, database: Database, clock: Time, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Dialogue]:
    """Someone who writes English; articles are not what is tested here."""
    monkeypatch.setattr(actions.context, "settings", load_settings)
    monkeypatch.setattr(actions.context, "Database", lambda _url: database)
    monkeypatch.setattr(actions.context, "process_clock", lambda: clock)
    monkeypatch.setattr("bot.response_generator.find_answer", lambda *_: None)
    actions.context.context.cache_clear()
    yield Dialogue(assistant)
    actions.context.context.cache_clear()
