"""Accounts of advisers and their sign-ins. Passwords are kept as argon2 hashes only."""

import hashlib
import secrets
from datetime import datetime, timedelta
from functools import lru_cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from sqlalchemy import ForeignKey, String, delete, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from contact_point.database import Base, UtcDateTime

SIGNED_IN_FOR = timedelta(hours=10)
MIN_PASSWORD_LENGTH = 12


class StaffError(ValueError):
    """An account can't be made; the text says why."""


class StaffAccount(Base):
    """An adviser who answers chats."""

    __tablename__ = "staff_account"

    id: Mapped[int] = mapped_column(primary_key=True)
    email: Mapped[str] = mapped_column(String(254), unique=True)
    name: Mapped[str] = mapped_column(String(100))
    """What newcomers see: a first name is enough."""
    password_hash: Mapped[str] = mapped_column(String(200))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)


class StaffSession(Base):
    """A sign-in. The browser holds the token, the database its hash."""

    __tablename__ = "staff_session"

    token_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("staff_account.id", ondelete="CASCADE"))
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)


def add_account(
    session: Session, email: str, name: str, password: str, now: datetime
) -> StaffAccount:
    """Make an account.

    Raises:
        StaffError: when the e-mail is taken or no e-mail, or the password is too short.
    """
    email = email.strip().lower()
    if "@" not in email.strip("@"):
        raise StaffError(f"{email!r} is not an e-mail address")
    if len(password) < MIN_PASSWORD_LENGTH:
        raise StaffError(f"The password needs at least {MIN_PASSWORD_LENGTH} characters")
    if session.scalar(select(StaffAccount).where(StaffAccount.email == email)):
        raise StaffError(f"There is an account for {email} already")
    account = StaffAccount(
        email=email, name=name.strip(), password_hash=_hasher().hash(password), created_at=now
    )
    session.add(account)
    session.flush()
    return account


def accounts(session: Session) -> list[StaffAccount]:
    """All accounts by e-mail."""
    return list(session.scalars(select(StaffAccount).order_by(StaffAccount.email)))


def set_password(session: Session, email: str, password: str) -> None:
    """Change a password and end the account's sign-ins.

    Raises:
        StaffError: when there is no such account or the password is too short.
    """
    account = session.scalar(select(StaffAccount).where(StaffAccount.email == email.lower()))
    if account is None:
        raise StaffError(f"There is no account for {email}")
    if len(password) < MIN_PASSWORD_LENGTH:
        raise StaffError(f"The password needs at least {MIN_PASSWORD_LENGTH} characters")
    account.password_hash = _hasher().hash(password)
    session.execute(delete(StaffSession).where(StaffSession.account_id == account.id))


def remove_account(session: Session, email: str) -> None:
    """Remove an account and its sign-ins.

    Raises:
        StaffError: when there is no such account.
    """
    account = session.scalar(select(StaffAccount).where(StaffAccount.email == email.lower()))
    if account is None:
        raise StaffError(f"There is no account for {email}")
    session.execute(delete(StaffSession).where(StaffSession.account_id == account.id))
    session.delete(account)


def verify(session: Session, email: str, password: str) -> StaffAccount | None:
    """The account when the password is right, else None, in the same time for both."""
    account = session.scalar(
        select(StaffAccount).where(StaffAccount.email == email.strip().lower())
    )
    stored = account.password_hash if account else _hash_of_nobody()
    try:
        _hasher().verify(stored, password)
    except (VerificationError, InvalidHashError):
        return None
    return account


def sign_in(session: Session, account_id: int, now: datetime) -> str:
    """Start a sign-in; returns the token for the browser's cookie."""
    session.execute(delete(StaffSession).where(StaffSession.expires_at <= now))
    token = secrets.token_urlsafe(32)
    session.add(
        StaffSession(
            token_hash=_token_hash(token), account_id=account_id, expires_at=now + SIGNED_IN_FOR
        )
    )
    return token


def signed_in(session: Session, token: str, now: datetime) -> StaffAccount | None:
    """The account that a token belongs to, or None when it is unknown or has expired."""
    return session.scalar(
        select(StaffAccount)
        .join(StaffSession, StaffSession.account_id == StaffAccount.id)
        .where(StaffSession.token_hash == _token_hash(token), StaffSession.expires_at > now)
    )


def sign_out(session: Session, token: str) -> None:
    """End a sign-in."""
    session.execute(delete(StaffSession).where(StaffSession.token_hash == _token_hash(token)))


def _token_hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


@lru_cache(maxsize=1)
def _hasher() -> PasswordHasher:
    return PasswordHasher()


@lru_cache(maxsize=1)
def _hash_of_nobody() -> str:
    return _hasher().hash(secrets.token_urlsafe(16))
