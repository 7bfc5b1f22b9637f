"""`kontaktpunkt directory`: import, export and search services."""

import json
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import typer
from rich.console import Console
from rich.progress import Progress
from sqlalchemy import select

from contact_point.clock import system_clock
from contact_point.database import Database
from contact_point.directory import categorising, nested, sheet_template, tabular
from contact_point.directory.categories import CATEGORIES
from contact_point.directory.feed import Feed, SourceError
from contact_point.directory.importer import ImportResult, import_feed
from contact_point.directory.presentation import Reader, card
from contact_point.directory.search import Wish
from contact_point.directory.search import search as search_services
from contact_point.directory.sources import read_source
from contact_point.directory.tables import Service
from contact_point.settings import settings

app = typer.Typer(no_args_is_help=True)
console = Console()

_MOST_SHOWN = 50
"""Changes that a dry run lists; the rest is counted."""


@app.command("import")
def import_services(
    source: str = typer.Argument(
        help="HSDS 3.x JSON (.json), data package (folder, .zip), sheet (.xlsx, .csv), or the "
        "address of an HSDS server."
    ),
    name: str = typer.Option(
        "", "--name", help="Remember the source by this name, not by its own."
    ),
    dry_run: bool = typer.Option(False, "--dry-run", help="Show what would change; keep nothing."),
    strict: bool = typer.Option(False, "--strict", help="Import nothing if anything has a fault."),
    modified_after: datetime | None = typer.Option(None, help="Of a server: only what changed."),
) -> None:
    """Import services. A record with a fault is left out whole and told; then the exit code is 1.

    Importing the same source again changes nothing. Services that a source no longer lists
    become defunct.
    """
    municipality = settings().municipality
    if modified_after:
        modified_after = modified_after.replace(tzinfo=municipality.zone)
    try:
        with _progress("Reading") as tell:
            feed = read_source(source, municipality.county, modified_after, tell)
    except SourceError as error:
        console.print(str(error), style="red", highlight=False, markup=False)
        raise typer.Exit(2) from error
    feed.source = name or feed.source
    result = _import(feed, dry_run, strict)
    for fault in result.doubts:
        console.print(f"Look at: {fault}", style="yellow", highlight=False, markup=False)
    for fault in result.faults:
        console.print(str(fault), style="red", highlight=False, markup=False)
    for entity, identifier, column in result.kept:
        line = f"Kept as it was changed on the desk: {column} of {entity} {identifier}"
        console.print(line, style="yellow", highlight=False, markup=False)
    if dry_run:
        _show_changes(result)
    _show_counts(result, dry_run, refused=strict and bool(result.faults))
    raise typer.Exit(1 if result.faults else 0)


@app.command()
def export(
    file: Path = typer.Argument(help="A .json file, or a data package: a .zip file or a folder."),
) -> None:
    """Write the directory as HSDS: all services as JSON, or all tables as a data package."""
    with Database(settings().database_url).reading() as session:
        if file.suffix != ".json":
            tabular.write_package(session, file)
        else:
            ids = session.scalars(select(Service.id).order_by(Service.position, Service.id)).all()
            services = nested.full(session, "service", ids)
            text = json.dumps(services, ensure_ascii=False, indent=1) + "\n"
            file.write_text(text, encoding="utf-8")
    console.print(f"Written: {file}", highlight=False)


@app.command()
def template(
    file: Path = typer.Argument(Path("services.xlsx"), help="Where to write it."),
    language: str = typer.Option("sv", help="Of the headers: sv or en."),
) -> None:
    """Write an empty sheet for services, with a guide to its columns."""
    if file.exists():
        console.print(f"{file} is there already; choose another name.", style="red")
        raise typer.Exit(2)
    sheet_template.template(language).save(file)
    console.print(f"Written: {file}", highlight=False)


@app.command("list")
def list_services() -> None:
    """Every active service at its place."""
    with Database(settings().database_url).reading() as session:
        found = search_services(session, Wish(), system_clock(), _zone(), limit=10_000)
        for hit in found.hits:
            console.print(f"{hit.service.name}  –  {hit.location.name or ''}", highlight=False)


@app.command()
def search(
    words: str = typer.Argument(
        help=f"What is looked for, in any language, or a category: {', '.join(CATEGORIES)}"
    ),
    language: str = typer.Option("sv", help="Language of the cards."),
    open_now: bool = typer.Option(False, "--open-now", help="Only what is open now."),
    limit: int = typer.Option(5, help="How many."),
) -> None:
    """What newcomers are shown for words or a category."""
    category = words if words in CATEGORIES else None
    wish = Wish(category=category, words=None if category else words, open_now=open_now)
    reader = Reader(system_clock(), _zone(), language)
    with Database(settings().database_url).reading() as session:
        for hit in search_services(session, wish, reader.at, reader.zone, limit=limit).hits:
            console.print(card(session, hit, reader).markdown + "\n", highlight=False)


@app.command()
def categories() -> None:
    """How terms of the data, and services without any, are sorted into categories."""
    with Database(settings().database_url).reading() as session:
        for name, category, basis in categorising.terms_in_use(session):
            console.print(f"{name}  →  {category or '–'}  ({basis})", highlight=False, markup=False)


def _import(feed: Feed, dry_run: bool, strict: bool) -> ImportResult:
    database = Database(settings().database_url)
    with (
        _progress("Checking") as tell,
        database.reading() if dry_run else database.transaction() as session,
    ):
        return import_feed(session, feed, strict=strict, progress=tell, is_trial=dry_run)


def _show_changes(result: ImportResult) -> None:
    for change in result.changes[:_MOST_SHOWN]:
        columns = f": {', '.join(change.columns)}" if change.kind == "changed" else ""
        line = f"{change.kind} {change.entity} {change.name or change.id}{columns}"
        console.print(line, highlight=False, markup=False)
    if len(result.changes) > _MOST_SHOWN:
        console.print(f"… and {len(result.changes) - _MOST_SHOWN} more", highlight=False)


def _show_counts(result: ImportResult, dry_run: bool, refused: bool) -> None:
    counts = Counter(change.kind for change in result.changes)
    rows = ", ".join(f"{counts[kind]} {kind}" for kind in ("added", "changed", "removed"))
    first = "Would be: " if dry_run else ""
    if refused:
        console.print("Nothing was imported, because of the faults above (--strict).")
    console.print(
        f"{first}{result.accepted} records accepted, {result.rejected} left out; rows: {rows}, "
        f"{result.unchanged} unchanged; {counts['defunct']} services defunct.",
        highlight=False,
    )


@contextmanager
def _progress(doing: str) -> Iterator[Callable[[int, int], None]]:
    with Progress(console=console, transient=True) as progress:
        task = progress.add_task(f"{doing} …", total=None)
        yield lambda done, total: progress.update(task, completed=done, total=total)


def _zone() -> ZoneInfo:
    return settings().municipality.zone
