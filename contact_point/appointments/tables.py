"""Whose time can be had, when and where, and the appointments made with them."""

from datetime import date, datetime, time

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, Time, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from contact_point.database import Base, UtcDateTime

HELD = "held"
"""Kept for somebody until `expires_at`, while they write who they are."""
PENDING = "pending"
"""Booked, but staff must still say yes."""
BOOKED = "booked"
CANCELLED = "cancelled"
ATTENDED = "attended"
MISSED = "missed"
STATES = (HELD, PENDING, BOOKED, CANCELLED, ATTENDED, MISSED)
AGREED = (PENDING, BOOKED)
"""States of an appointment that is to be."""

OFFICE, PHONE, VIDEO = "office", "phone", "video"
PLACES = (OFFICE, PHONE, VIDEO)
"""Where an appointment can be."""


class Office(Base):
    """A house where caseworkers receive newcomers."""

    __tablename__ = "office"

    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    name: Mapped[str] = mapped_column(String(80))
    address: Mapped[str] = mapped_column(String(200))
    latitude: Mapped[float | None]
    longitude: Mapped[float | None]
    active: Mapped[bool] = mapped_column(default=True)


class AppointmentType(Base):
    """How appointments about some subjects are given; other subjects follow `rules.Rules`."""

    __tablename__ = "appointment_type"

    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    subjects: Mapped[list[str]] = mapped_column(JSON)
    minutes: Mapped[int]
    minutes_with_interpreter: Mapped[int]
    buffer_before: Mapped[int] = mapped_column(default=0)
    """Minutes of the caseworker's working time to prepare."""
    buffer_after: Mapped[int] = mapped_column(default=0)
    notice_hours: Mapped[int]
    horizon_days: Mapped[int]
    daily_maximum: Mapped[int | None]
    """Appointments of this type that a caseworker has in a day at most."""
    needs_confirmation: Mapped[bool] = mapped_column(default=False)
    bring: Mapped[list[str]] = mapped_column(JSON)
    """Keys of `bring.THINGS`."""
    walk_in: Mapped[dict[str, str]] = mapped_column(JSON)
    """Weekday to "13:00-15:00": then anybody may come, and no appointments are given."""


class Resource(Base):
    """A person whose time is claimed: a caseworker or an interpreter."""

    __tablename__ = "resource"
    __mapper_args__ = {"polymorphic_on": "kind"}  # noqa: RUF012 - SQLAlchemy's form

    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    kind: Mapped[str] = mapped_column(String(12))
    first_name: Mapped[str] = mapped_column(String(80))
    languages: Mapped[list[str]] = mapped_column(JSON)
    """BCP 47 tags of the languages that they speak with newcomers."""
    active: Mapped[bool] = mapped_column(default=True)
    """False for one who has left: nothing is offered, past appointments stay."""
    email: Mapped[str | None] = mapped_column(String(254))
    """Where orders go; of an interpreter the agency's."""
    feed_token: Mapped[str | None] = mapped_column(String(64), unique=True)
    """Opens the calendar of their appointments to subscribe to."""
    busy_url: Mapped[str | None] = mapped_column(String(500))
    """Their own calendar (iCalendar), which says when they are busy."""
    busy_read_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    busy_problem: Mapped[str | None] = mapped_column(String(200))
    """Why that calendar could not be read the last time."""

    working_intervals: Mapped[list["WorkingInterval"]] = relationship(
        cascade="all, delete-orphan",
        lazy="selectin",
        order_by="(WorkingInterval.weekday, WorkingInterval.opens)",
    )
    other_hours: Mapped[list["OtherHours"]] = relationship(
        cascade="all, delete-orphan",
        lazy="selectin",
        order_by="(OtherHours.day, OtherHours.opens)",
    )
    absences: Mapped[list["Absence"]] = relationship(
        cascade="all, delete-orphan", lazy="selectin", order_by="Absence.first_day"
    )


class Caseworker(Resource):
    """Someone that newcomers have appointments with."""

    __mapper_args__ = {"polymorphic_identity": "caseworker"}  # noqa: RUF012

    subjects: Mapped[list[str] | None] = mapped_column(JSON)
    places: Mapped[list[str] | None] = mapped_column(JSON, default=lambda: [OFFICE])
    """Some of `PLACES`; the first is offered where the newcomer says nothing."""
    video_url: Mapped[str | None] = mapped_column(String(500))


class Interpreter(Resource):
    """Someone who says it in the other language: one person, or one line of an agency."""

    __mapper_args__ = {"polymorphic_identity": "interpreter"}  # noqa: RUF012

    notice_days: Mapped[int | None]
    """Working days ahead that they must be ordered; None for the municipality's rule."""


class WorkingInterval(Base):
    """Weekly working time, in the municipality's wall time; lunch is the gap between two."""

    __tablename__ = "working_interval"

    id: Mapped[int] = mapped_column(primary_key=True)
    resource_id: Mapped[str] = mapped_column(
        ForeignKey("resource.id", ondelete="CASCADE"), index=True
    )
    weekday: Mapped[int]
    """0 is Monday."""
    opens: Mapped[time] = mapped_column(Time)
    closes: Mapped[time] = mapped_column(Time)
    office_id: Mapped[str | None] = mapped_column(ForeignKey("office.id"))
    """Where they sit then; None where the municipality has one office only."""


class OtherHours(Base):
    """Working time on one date instead of that weekday's."""

    __tablename__ = "other_hours"

    id: Mapped[int] = mapped_column(primary_key=True)
    resource_id: Mapped[str] = mapped_column(
        ForeignKey("resource.id", ondelete="CASCADE"), index=True
    )
    day: Mapped[date]
    opens: Mapped[time] = mapped_column(Time)
    closes: Mapped[time] = mapped_column(Time)
    office_id: Mapped[str | None] = mapped_column(ForeignKey("office.id"))


class Absence(Base):
    """Whole days when somebody is away; both days belong to it."""

    __tablename__ = "absence"

    id: Mapped[int] = mapped_column(primary_key=True)
    resource_id: Mapped[str] = mapped_column(
        ForeignKey("resource.id", ondelete="CASCADE"), index=True
    )
    first_day: Mapped[date]
    last_day: Mapped[date]


class Block(Base):
    """A stretch of somebody's time that is not to be had."""

    __tablename__ = "block"

    id: Mapped[int] = mapped_column(primary_key=True)
    resource_id: Mapped[str] = mapped_column(
        ForeignKey("resource.id", ondelete="CASCADE"), index=True
    )
    starts_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ends_at: Mapped[datetime] = mapped_column(UtcDateTime)
    source: Mapped[str] = mapped_column(String(10))
    """"desk", or "calendar" for what stands in their own calendar."""


class Appointment(Base):
    """A newcomer's time with a caseworker."""

    __tablename__ = "appointment"
    __table_args__ = (
        CheckConstraint(f"state in {STATES!r}", name="state"),
        CheckConstraint("ends_at > starts_at", name="length"),
        CheckConstraint(
            f"state = '{HELD}' or email is not null or phone is not null", name="contact"
        ),
        CheckConstraint(f"(state = '{HELD}') = (expires_at is not null)", name="expiry"),
        Index("ix_appointment_caseworker_id_starts_at", "caseworker_id", "starts_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(8), unique=True)
    """Reference code without its hyphen; with the contact it moves and cancels."""
    subject: Mapped[str] = mapped_column(String(40))
    caseworker_id: Mapped[str] = mapped_column(ForeignKey("resource.id"))
    interpreter_id: Mapped[str | None] = mapped_column(ForeignKey("resource.id"))
    starts_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    ends_at: Mapped[datetime] = mapped_column(UtcDateTime)
    zone: Mapped[str] = mapped_column(String(64))
    """IANA time zone whose wall time was promised."""
    wall_time: Mapped[datetime]
    """What the clocks of that zone were to show at its start when it was promised."""
    place: Mapped[str] = mapped_column(String(10), default=OFFICE, server_default=OFFICE)
    office_id: Mapped[str | None] = mapped_column(ForeignKey("office.id"))
    name: Mapped[str] = mapped_column(String(80))
    """Or an alias; "" where none was given."""
    email: Mapped[str | None] = mapped_column(String(254))
    phone: Mapped[str | None] = mapped_column(String(20))
    """E.164."""
    note: Mapped[str | None] = mapped_column(String(500))
    """What the newcomer wanted the caseworker to know."""
    language: Mapped[str] = mapped_column(String(35))
    interpreter: Mapped[bool]
    """True when the caseworker doesn't speak the newcomer's language."""
    conversation_id: Mapped[str | None] = mapped_column(String(64), index=True)
    """None where staff have booked for a visitor."""
    state: Mapped[str] = mapped_column(String(10), default=BOOKED)
    expires_at: Mapped[datetime | None] = mapped_column(UtcDateTime, index=True)
    """When the time is given up; of one that is held only."""
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    sequence: Mapped[int] = mapped_column(default=0, server_default="0")
    """How often it was moved or cancelled, for calendars (RFC 5545)."""
    moved_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    cancelled_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    reason: Mapped[str | None] = mapped_column(String(20))
    """Why staff cancelled it; a key of `reasons.REASONS`."""
    late_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """When the newcomer said that they come late."""
    idempotency_key: Mapped[str] = mapped_column(String(200), unique=True)
    """Names the message that confirmed the booking, or what a held time is held for."""

    caseworker: Mapped[Caseworker] = relationship(
        lazy="joined", innerjoin=True, foreign_keys=caseworker_id
    )
    interpreter_person: Mapped[Interpreter | None] = relationship(
        lazy="select", foreign_keys=interpreter_id
    )
    office: Mapped[Office | None] = relationship(lazy="joined")


class ClaimedCell(Base):
    """A quarter of an hour of someone's time that is taken.

    The primary key makes a double booking impossible: two appointments of one resource that
    overlap, whatever their lengths, would need the same row.
    """

    __tablename__ = "claimed_cell"
    __table_args__ = (
        CheckConstraint("(appointment_id is null) <> (block_id is null)", name="claimant"),
    )

    resource: Mapped[str] = mapped_column(String(60), primary_key=True)
    starts_at: Mapped[datetime] = mapped_column(UtcDateTime, primary_key=True)
    appointment_id: Mapped[int | None] = mapped_column(ForeignKey("appointment.id"), index=True)
    block_id: Mapped[int | None] = mapped_column(ForeignKey("block.id"), index=True)


class Waiting(Base):
    """An appointment whose newcomer would come earlier."""

    __tablename__ = "waiting"

    appointment_id: Mapped[int] = mapped_column(
        ForeignKey("appointment.id", ondelete="CASCADE"), primary_key=True
    )
    since: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    passed_over: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """The start of the last time that was offered and not taken."""


class Delivery(Base):
    """Something that somebody must be told about an appointment, by mail, SMS or chat.

    It is written in the transaction that changes the appointment, and worded when it is sent.
    """

    __tablename__ = "delivery"
    __table_args__ = (
        UniqueConstraint("appointment_id", "recipient", "event", "sequence"),
        Index("ix_delivery_state_due_at", "state", "due_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    appointment_id: Mapped[int] = mapped_column(
        ForeignKey("appointment.id", ondelete="CASCADE"), index=True
    )
    recipient: Mapped[str] = mapped_column(String(60))
    """"newcomer", or the id of a resource."""
    event: Mapped[str] = mapped_column(String(24))
    """booked, pending, moved, cancelled, two_days, two_hours, late, or "earlier" and the number of
    the time that is kept for them."""
    sequence: Mapped[int]
    """Of the appointment when it was written; a later change makes it void."""
    starts_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ends_at: Mapped[datetime] = mapped_column(UtcDateTime)
    due_at: Mapped[datetime] = mapped_column(UtcDateTime)
    state: Mapped[str] = mapped_column(String(10), default="waiting")
    """waiting, sent, failed or void."""
    attempts: Mapped[int] = mapped_column(default=0)
    problem: Mapped[str | None] = mapped_column(String(200))
    """Why the last attempt failed; no address and no text."""
    sent_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class AppointmentEvent(Base):
    """Something that happened, without anything personal: what the figures are made from."""

    __tablename__ = "appointment_event"

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    event: Mapped[str] = mapped_column(String(10))
    """offered, booked, moved, cancelled, attended or missed."""
    subject: Mapped[str] = mapped_column(String(40))
    language: Mapped[str] = mapped_column(String(35))
    interpreter: Mapped[bool] = mapped_column(default=False)
    lead_minutes: Mapped[int | None]
    """From the booking to its start."""


class CodeAttempt(Base):
    """A wrong reference code, or a wrong contact beside one, that a conversation gave."""

    __tablename__ = "code_attempt"
    __table_args__ = (Index("ix_code_attempt_conversation_id_at", "conversation_id", "at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    conversation_id: Mapped[str] = mapped_column(String(64))
    at: Mapped[datetime] = mapped_column(UtcDateTime)
