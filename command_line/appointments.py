"""`kontaktpunkt appointments`: offices, types and people, and what is booked with them."""

from dataclasses import fields
from datetime import datetime
from pathlib import Path
from typing import Annotated, NoReturn
from zoneinfo import ZoneInfo

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from contact_point.appointments import exporter, importer, lookup
from contact_point.appointments.calendar import Calendar
from contact_point.appointments.codes import show_code
from contact_point.appointments.tables import Appointment
from contact_point.clock import system_clock
from contact_point.database import Database
from contact_point.settings import settings

app = typer.Typer(no_args_is_help=True)
console = Console()


@app.command("import")
def import_records(
    file: Annotated[Path, typer.Argument(help="TOML, as data/appointments/sample.toml explains.")],
) -> None:
    """Make offices, types, caseworkers and interpreters those of a file: it is always the whole.

    Who is no longer in it gets no new appointments. Appointments already made stay; those whose
    caseworker or interpreter no longer works then are listed, so that someone can call the
    newcomer.
    """
    database = Database(settings().database_url)
    try:
        with database.transaction() as session:
            report = importer.import_file(session, file)
            stranded = lookup.stranded(session, _calendar(), system_clock())
    except importer.ImportFault as error:
        _fail(str(error))
    for kind in fields(report):
        counts = getattr(report, kind.name)
        console.print(
            f"{kind.name}: {counts.added} added, {counts.changed} changed, "
            f"{counts.unchanged} unchanged, {counts.retired} retired."
        )
    if stranded:
        console.print(
            "[yellow]Appointments whose caseworker or interpreter does not work then: "
            f"{len(stranded)}; call these newcomers:"
        )
        console.print(_table(stranded))
    database.close()


@app.command("export")
def export_records(
    file: Annotated[Path, typer.Argument(help="Where to write them; an old file is replaced.")],
) -> None:
    """Write offices, types, caseworkers and interpreters as a file that `import` reads."""
    database = Database(settings().database_url)
    with database.reading() as session:
        text = exporter.export_text(session)
    database.close()
    try:
        file.write_text(text, encoding="utf-8")
    except OSError as error:
        _fail(f"{file}: can not be written: {error.strerror}")
    console.print(f"Written to {file}.", highlight=False, soft_wrap=True)


@app.command("list")
def list_appointments() -> None:
    """The appointments to come, with name and contact: for the staff's eyes only."""
    database = Database(settings().database_url)
    with database.reading() as session:
        upcoming = lookup.upcoming(session, system_clock())
        console.print(_table(upcoming) if upcoming else "No appointment is booked.")
    database.close()


def _fail(fault: str) -> NoReturn:
    Console(stderr=True).print(f"[red]{escape(fault)}[/red]", highlight=False, soft_wrap=True)
    raise typer.Exit(1)


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
