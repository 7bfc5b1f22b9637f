"""What appointments come to in numbers, from rows that say nothing about anybody."""

from dataclasses import dataclass
from datetime import datetime
from statistics import median

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from contact_point.appointments.tables import Appointment, AppointmentEvent

EVENTS = ("offered", "booked", "moved", "cancelled", "attended", "missed")


@dataclass(frozen=True)
class Figures:
    """What happened between two instants."""

    counts: dict[str, int]
    """By event, see `EVENTS`."""
    lead_days: float | None
    """Median of the days from the booking to its start; None without bookings."""
    interpreter: dict[str, tuple[int, int]]
    """By language: bookings with an interpreter, and all bookings."""


def note(session: Session, event: str, appointment: Appointment, now: datetime) -> None:
    """Count something that happened to an appointment."""
    lead = int((appointment.starts_at - now).total_seconds()) // 60
    session.add(
        AppointmentEvent(
            at=now,
            event=event,
            subject=appointment.subject,
            language=appointment.language,
            interpreter=appointment.interpreter,
            lead_minutes=lead if event in ("booked", "moved") else None,
        )
    )


def take_back(session: Session, event: str, appointment: Appointment) -> None:
    """Count something no more that was noted by mistake. Rows name no appointment: the latest of
    the kind is as good as the one itself."""
    latest = session.scalar(
        select(AppointmentEvent)
        .where(
            AppointmentEvent.event == event,
            AppointmentEvent.subject == appointment.subject,
            AppointmentEvent.language == appointment.language,
            AppointmentEvent.interpreter == appointment.interpreter,
        )
        .order_by(AppointmentEvent.id.desc())
        .limit(1)
    )
    if latest:
        session.delete(latest)


def note_offered(session: Session, subject: str, language: str, now: datetime) -> None:
    """Count that times were offered to somebody."""
    session.add(AppointmentEvent(at=now, event="offered", subject=subject, language=language))


def figures(session: Session, begins: datetime, ends: datetime) -> Figures:
    """What happened from one instant until another."""
    within = (AppointmentEvent.at >= begins, AppointmentEvent.at < ends)
    counted = session.execute(
        select(AppointmentEvent.event, func.count()).where(*within).group_by(AppointmentEvent.event)
    )
    counts = dict.fromkeys(EVENTS, 0) | dict(counted.tuples().all())
    booked = (*within, AppointmentEvent.event == "booked")
    leads = [
        minutes
        for minutes in session.scalars(select(AppointmentEvent.lead_minutes).where(*booked))
        if minutes is not None
    ]
    spoken: dict[str, tuple[int, int]] = {}
    for language, interpreter, count in session.execute(
        select(AppointmentEvent.language, AppointmentEvent.interpreter, func.count())
        .where(*booked)
        .group_by(AppointmentEvent.language, AppointmentEvent.interpreter)
    ):
        with_one, every = spoken.get(language, (0, 0))
        spoken[language] = (with_one + count * interpreter, every + count)
    return Figures(
        counts, median(leads) / (24 * 60) if leads else None, dict(sorted(spoken.items()))
    )
