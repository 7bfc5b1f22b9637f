"""Accounts of advisers: who gets in, how long, and what is kept."""

from datetime import datetime, timedelta, timezone

import pytest
from sqlalchemy import select

from contact_point import staff
from contact_point.database import Database
from contact_point.staff import SIGNED_IN_FOR, StaffAccount, StaffError, StaffSession

NOW = datetime(2026, 11, 26, 9, 0, tzinfo=timezone.utc)
EMAIL, PASSWORD = "noor@exempelby.example", "a long enough password"


@pytest.fixture
def account(database: Database) -> StaffAccount:
    with database.transaction() as session:
        return staff.add_account(session, f" {EMAIL.upper()} ", "Noor", PASSWORD, NOW)


def test_right_and_wrong_passwords(database: Database, account: StaffAccount) -> None:
    with database.reading() as session:
        found = staff.verify(session, EMAIL.title(), PASSWORD)
        assert found is not None
        assert found.id == account.id
        assert staff.verify(session, EMAIL, PASSWORD + " ") is None
        assert staff.verify(session, "someone@exempelby.example", PASSWORD) is None


def test_the_password_is_not_kept(database: Database, account: StaffAccount) -> None:
    with database.reading() as session:
        stored = session.scalar(select(StaffAccount.password_hash))
    assert stored is not None
    assert stored.startswith("$argon2id$")
    assert PASSWORD not in stored


def test_a_sign_in_ends(database: Database, account: StaffAccount) -> None:
    with database.transaction() as session:
        token = staff.sign_in(session, account.id, NOW)
    with database.reading() as session:
        assert session.scalar(select(StaffSession.token_hash)) != token
        assert staff.signed_in(session, token, NOW) is not None
        almost = NOW + SIGNED_IN_FOR - timedelta(seconds=1)
        assert staff.signed_in(session, token, almost) is not None
        assert staff.signed_in(session, token, NOW + SIGNED_IN_FOR) is None
        assert staff.signed_in(session, token[:-1], NOW) is None
    with database.transaction() as session:
        staff.sign_out(session, token)
    with database.reading() as session:
        assert staff.signed_in(session, token, NOW) is None


def test_a_new_password_ends_every_sign_in(database: Database, account: StaffAccount) -> None:
    with database.transaction() as session:
        token = staff.sign_in(session, account.id, NOW)
        staff.set_password(session, EMAIL, "another long password")
    with database.reading() as session:
        assert staff.signed_in(session, token, NOW) is None
        assert staff.verify(session, EMAIL, "another long password") is not None


def test_a_removed_account_is_gone(database: Database, account: StaffAccount) -> None:
    with database.transaction() as session:
        token = staff.sign_in(session, account.id, NOW)
    with database.transaction() as session:
        staff.remove_account(session, EMAIL)
    with database.reading() as session:
        assert staff.signed_in(session, token, NOW) is None
        assert staff.accounts(session) == []


@pytest.mark.parametrize(
    ("email", "password", "told"),
    [
        ("noor", PASSWORD, "is not an e-mail address"),
        ("@", PASSWORD, "is not an e-mail address"),
        ("other@exempelby.example", "short", "at least 12 characters"),
        (EMAIL, PASSWORD, "There is an account for"),
    ],
)
def test_refusals(
    database: Database, account: StaffAccount, email: str, password: str, told: str
) -> None:
    with pytest.raises(StaffError, match=told), database.transaction() as session:
        staff.add_account(session, email, "Noor", password, NOW)
    with database.reading() as session:
        assert len(staff.accounts(session)) == 1


def test_an_unknown_account_is_named(database: Database) -> None:
    for change in (
        lambda session: staff.set_password(session, "who@exempelby.example", PASSWORD),
        lambda session: staff.remove_account(session, "who@exempelby.example"),
    ):
        with (
            pytest.raises(StaffError, match=r"no account for who@exempelby\.example"),
            database.transaction() as session,
        ):
            change(session)
