"""Transactions are whole or nothing, instants keep their zone, and writers wait for each other."""

import asyncio
from datetime import datetime, timedelta, timezone

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, insert, select
from sqlalchemy.exc import StatementError
from sqlalchemy.orm import Session

from contact_point import dialogues
from contact_point.database import Database
from contact_point.dialogues import Dialogue

NOW = datetime(2026, 11, 26, 9, 0, tzinfo=timezone.utc)


def _add(session: Session, number: int) -> None:
    dialogues.save(session, f"c{number}", b"[]", NOW)


def test_an_exception_undoes_everything(database: Database) -> None:
    def add_and_fail() -> None:
        with database.transaction() as session:
            _add(session, 1)
            raise KeyError("on purpose")

    with pytest.raises(KeyError):
        add_and_fail()
    with database.reading() as session:
        assert dialogues.conversation_ids(session) == []


def test_reading_keeps_nothing(database: Database) -> None:
    with database.reading() as session:
        _add(session, 1)
        session.flush()
    with database.reading() as session:
        assert dialogues.conversation_ids(session) == []


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=40)
@given(
    st.datetimes(
        min_value=datetime(1970, 1, 2),  # noqa: DTZ001 - the zone is drawn apart
        max_value=datetime(2200, 1, 1),  # noqa: DTZ001
        timezones=st.timezones(),
    )
)
def test_an_instant_stays_the_same_instant(database: Database, instant: datetime) -> None:
    with database.transaction() as session:
        session.execute(delete(Dialogue))
        session.execute(
            insert(Dialogue).values(conversation_id="c", events=b"", updated_at=instant)
        )
    with database.reading() as session:
        stored = session.scalar(select(Dialogue.updated_at))
    assert stored is not None
    assert stored.utcoffset() == timedelta(0)
    assert stored == instant.astimezone(timezone.utc)


def test_a_time_without_zone_is_refused(database: Database) -> None:
    with (
        database.transaction() as session,
        pytest.raises(StatementError, match="needs a time zone"),
    ):
        dialogues.save(session, "c", b"", NOW.replace(tzinfo=None))


async def test_many_writers_at_once_all_write(database: Database) -> None:
    await asyncio.gather(*(database.write(_add, number) for number in range(30)))
    assert len(await database.read(dialogues.conversation_ids)) == 30


def test_a_dialogue_is_replaced_and_forgotten(database: Database) -> None:
    with database.transaction() as session:
        dialogues.save(session, "c", b"one", NOW)
        dialogues.save(session, "c", b"two", NOW)
    with database.reading() as session:
        assert dialogues.load(session, "c") == b"two"
        assert dialogues.load(session, "other") is None
    with database.transaction() as session:
        dialogues.delete(session, "c")
        dialogues.delete(session, "never there")
    with database.reading() as session:
        assert dialogues.load(session, "c") is None
