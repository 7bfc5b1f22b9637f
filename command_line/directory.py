"""`kontaktpunkt directory`: import and search services."""

from pathlib import Path
from zoneinfo import ZoneInfo

import typer
from rich.console import Console
from rich.progress import Progress

from contact_point.clock import system_clock
from contact_point.database import Database
from contact_point.directory.categories import CATEGORIES
from contact_point.directory.importer import DirectoryFileError, import_file
from contact_point.directory.presentation import card
from contact_point.directory.search import Wish
from contact_point.directory.search import search as search_services
from contact_point.settings import settings

app = typer.Typer(no_args_is_help=True)
console = Console()


@app.command("import")
def import_services(file: Path = typer.Argument(help="HSDS 3.x JSON: services.")) -> None:
    """Import services. A service with a fault is left out and told; exit code 1 if there is one.

    Importing the same file again changes nothing.
    """
    try:
        with (
            Progress(console=console, transient=True) as progress,
            Database(settings().database_url).transaction() as session,
        ):
            task = progress.add_task("Reading services…", total=None)
            result = import_file(
                session,
                file,
                lambda done, total: progress.update(task, completed=done, total=total),
            )
    except DirectoryFileError as error:
        console.print(f"[red]{error}[/red]")
        raise typer.Exit(2) from error
    for fault in result.faults:
        console.print(str(fault), style="red", highlight=False, markup=False)
    console.print(
        f"{result.accepted} services accepted, {result.rejected} left out; "
        f"{result.added} rows added, {result.changed} changed, {result.unchanged} unchanged."
    )
    raise typer.Exit(1 if result.rejected else 0)


@app.command("list")
def list_services() -> None:
    """Every active service at its place."""
    with Database(settings().database_url).reading() as session:
        found = search_services(session, Wish(), system_clock(), _zone(), limit=10_000)
        for hit in found.hits:
            console.print(f"{hit.service.name}  –  {hit.location.name or ''}", highlight=False)


@app.command()
def search(
    category: str = typer.Argument(help=f"One of: {', '.join(CATEGORIES)}"),
    language: str = typer.Option("sv", help="Language of the cards."),
    open_now: bool = typer.Option(False, "--open-now", help="Only what is open now."),
) -> None:
    """What newcomers are shown for a category."""
    wish = Wish(category=category, open_now=open_now)
    with Database(settings().database_url).reading() as session:
        now = system_clock()
        for hit in search_services(session, wish, now, _zone(), limit=100).hits:
            console.print(card(session, hit, now, _zone(), language) + "\n", highlight=False)


def _zone() -> ZoneInfo:
    return settings().municipality.zone
