"""Caseworkers, their working time, and the appointments made with them."""

from datetime import date, datetime, time

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, Time
from sqlalchemy.orm import Mapped, mapped_column, relationship

from contact_point.database import Base, UtcDateTime

BOOKED = "booked"
CANCELLED = "cancelled"


class Caseworker(Base):
    """Someone that newcomers have appointments with."""

    __tablename__ = "caseworker"

    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    first_name: Mapped[str] = mapped_column(String(80))
    subjects: Mapped[list[str]] = mapped_column(JSON)
    languages: Mapped[list[str]] = mapped_column(JSON)
    """BCP 47 tags of the languages that the caseworker speaks with newcomers."""
    active: Mapped[bool] = mapped_column(default=True)
    """False for one who has left: nothing is offered, past appointments stay."""

    working_intervals: Mapped[list["WorkingInterval"]] = relationship(
        cascade="all, delete-orphan",
        lazy="selectin",
        order_by="(WorkingInterval.weekday, WorkingInterval.opens)",
    )
    absences: Mapped[list["Absence"]] = relationship(
        cascade="all, delete-orphan", lazy="selectin", order_by="Absence.first_day"
    )


class WorkingInterval(Base):
    """Weekly working time, in the municipality's wall time; lunch is the gap between two."""

    __tablename__ = "working_interval"

    id: Mapped[int] = mapped_column(primary_key=True)
    caseworker_id: Mapped[str] = mapped_column(ForeignKey("caseworker.id"), index=True)
    weekday: Mapped[int]
    """0 is Monday."""
    opens: Mapped[time] = mapped_column(Time)
    closes: Mapped[time] = mapped_column(Time)


class Absence(Base):
    """Whole days when a caseworker is away; both days belong to it."""

    __tablename__ = "absence"

    id: Mapped[int] = mapped_column(primary_key=True)
    caseworker_id: Mapped[str] = mapped_column(ForeignKey("caseworker.id"), index=True)
    first_day: Mapped[date]
    last_day: Mapped[date]


class Appointment(Base):
    """A newcomer's time with a caseworker."""

    __tablename__ = "appointment"
    __table_args__ = (
        CheckConstraint(f"state in ('{BOOKED}', '{CANCELLED}')", name="state"),
        CheckConstraint("ends_at > starts_at", name="length"),
        CheckConstraint("email is not null or phone is not null", name="contact"),
        Index("ix_appointment_caseworker_id_starts_at", "caseworker_id", "starts_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(8), unique=True)
    """Reference code without its hyphen; who knows it may move and cancel."""
    subject: Mapped[str] = mapped_column(String(40))
    caseworker_id: Mapped[str] = mapped_column(ForeignKey("caseworker.id"))
    starts_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    ends_at: Mapped[datetime] = mapped_column(UtcDateTime)
    zone: Mapped[str] = mapped_column(String(64))
    """IANA time zone whose wall time was promised."""
    name: Mapped[str] = mapped_column(String(80))
    email: Mapped[str | None] = mapped_column(String(254))
    phone: Mapped[str | None] = mapped_column(String(20))
    """E.164."""
    language: Mapped[str] = mapped_column(String(35))
    interpreter: Mapped[bool]
    """True when the caseworker doesn't speak the newcomer's language."""
    conversation_id: Mapped[str] = mapped_column(String(64), index=True)
    state: Mapped[str] = mapped_column(String(10), default=BOOKED)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    sequence: Mapped[int] = mapped_column(default=0, server_default="0")
    """How often it was moved or cancelled, for calendars (RFC 5545)."""
    moved_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    cancelled_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    idempotency_key: Mapped[str] = mapped_column(String(200), unique=True)
    """Names the message that confirmed the booking."""

    caseworker: Mapped[Caseworker] = relationship(lazy="joined", innerjoin=True)


class ClaimedCell(Base):
    """A quarter of an hour of someone's time that is taken.

    The primary key makes a double booking impossible: two appointments of one resource that
    overlap, whatever their lengths, would need the same row.
    """

    __tablename__ = "claimed_cell"

    resource: Mapped[str] = mapped_column(String(60), primary_key=True)
    starts_at: Mapped[datetime] = mapped_column(UtcDateTime, primary_key=True)
    appointment_id: Mapped[int] = mapped_column(ForeignKey("appointment.id"), index=True)


class CodeAttempt(Base):
    """A reference code that a conversation gave and that doesn't exist."""

    __tablename__ = "code_attempt"
    __table_args__ = (Index("ix_code_attempt_conversation_id_at", "conversation_id", "at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    conversation_id: Mapped[str] = mapped_column(String(64))
    at: Mapped[datetime] = mapped_column(UtcDateTime)
