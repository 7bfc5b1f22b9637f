"""`kontaktpunkt appointments`: caseworkers and what is booked with them."""

from datetime import datetime
from pathlib import Path
from typing import Annotated
from zoneinfo import ZoneInfo

import typer
from rich.console import Console
from rich.table import Table

from contact_point.appointments import importer, lookup
from contact_point.appointments.calendar import Calendar
from contact_point.appointments.codes import show_code
from contact_point.appointments.tables import Appointment
from contact_point.clock import system_clock
from contact_point.database import Database
from contact_point.settings import settings

app = typer.Typer(no_args_is_help=True)
console = Console()


@app.command("import")
def import_caseworkers(
    file: Annotated[Path, typer.Argument(help="TOML, as data/appointments/sample.toml explains.")],
) -> None:
    """Make the caseworkers those of a file: the file is always the whole staff.

    Who is no longer in it gets no new appointments. Appointments already made stay; those whose
    caseworker no longer works then are listed, so that someone can call the newcomer.
    """
    database = Database(settings().database_url)
    try:
        with database.transaction() as session:
            report = importer.import_file(session, file)
    except importer.ImportFault as error:
        Console(stderr=True).print(f"[red]{error}[/red]", highlight=False, soft_wrap=True)
        raise typer.Exit(1) from error
    console.print(
        f"{report.added} added, {report.changed} changed, {report.unchanged} unchanged, "
        f"{report.retired} retired."
    )
    with database.reading() as session:
        stranded = lookup.stranded(session, _calendar(), system_clock())
        if stranded:
            console.print("[yellow]Their caseworker does not work then; call these newcomers:")
            console.print(_table(stranded))
    database.close()


@app.command("list")
def list_appointments() -> None:
    """The appointments to come, with name and contact: for the staff's eyes only."""
    database = Database(settings().database_url)
    with database.reading() as session:
        upcoming = lookup.upcoming(session, system_clock())
        console.print(_table(upcoming) if upcoming else "No appointment is booked.")
    database.close()


def _calendar() -> Calendar:
    return Calendar.of(settings().municipality)


def _table(appointments: list[Appointment]) -> Table:
    table = Table("When", "Code", "Caseworker", "Subject", "Language", "Name", "Contact")
    for one in appointments:
        interpreter = " (interpreter)" if one.interpreter else ""
        table.add_row(
            f"{_local(one.starts_at, one.zone):%a %Y-%m-%d %H:%M}"
            f"–{_local(one.ends_at, one.zone):%H:%M}",
            show_code(one.code),
            one.caseworker.first_name,
            one.subject,
            one.language + interpreter,
            one.name,
            one.email or one.phone or "",
        )
    return table


def _local(instant: datetime, zone: str) -> datetime:
    return instant.astimezone(ZoneInfo(zone))
