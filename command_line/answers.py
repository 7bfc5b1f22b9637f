"""`kontaktpunkt answers`: the state of every article, and their links."""

import asyncio
from collections import Counter
from datetime import timedelta

import typer
from rich.console import Console
from rich.progress import Progress
from rich.table import Table

from command_line import links
from command_line.links import Reach
from contact_point.answers import review
from contact_point.answers.articles import ArticleError
from contact_point.clock import process_clock
from contact_point.settings import ROOT, settings

app = typer.Typer(no_args_is_help=True)
_SIGNS: dict[review.State, str] = {
    "missing": "[red]–[/red]",
    "stale": "[red]≠[/red]",
    "overdue": "[yellow]![/yellow]",
    "draft": "○",
    "reviewed": "[green]✓[/green]",
}


@app.command()
def status() -> None:
    """Articles × languages: missing, stale (the Swedish text has changed), overdue (facts not
    checked for long), draft (no native reader yet) or reviewed. Exit code 1 where one is missing
    or stale."""
    municipality = settings().municipality
    today = process_clock()().astimezone(municipality.zone).date()
    interval = timedelta(days=municipality.review_answers_after_days)
    console = Console()
    try:
        rows = review.table(municipality.languages, today, interval)
    except ArticleError as error:
        console.print(f"[red]{error}[/red]", highlight=False, soft_wrap=True)
        raise typer.Exit(1) from error
    table = Table("article", *municipality.languages, padding=(0, 0), collapse_padding=True)
    for row in rows:
        signs = (_SIGNS[row.states[tag]] for tag in municipality.languages)
        table.add_row(f"{row.shelf}/{row.key}", *signs)
    console.print(table)
    counts = Counter(state for row in rows for state in row.states.values())
    console.print(
        ", ".join(f"{_SIGNS[state]} {state} {counts[state]}" for state in review.STATES),
        highlight=False,
    )
    raise typer.Exit(1 if counts["missing"] or counts["stale"] else 0)


@app.command("check-links")
def check_links() -> None:
    """Ask for every linked page, a request a second and host; pages that were reached in the last
    week are not asked again. Reports only what is clearly dead; exit code 1 if anything is."""
    console = Console()
    memory = settings().data_directory / "links.json"
    try:
        used = links.links(settings().municipality.languages)
    except ArticleError as error:
        console.print(f"[red]{error}[/red]", highlight=False, soft_wrap=True)
        raise typer.Exit(1) from error
    with Progress(console=console) as progress:
        task = progress.add_task("Asking for pages", total=len(used))
        try:
            results = asyncio.run(
                links.check(used, memory, process_clock(), done=lambda _: progress.advance(task))
            )
        except links.Offline:
            console.print("[red]No host was found. Is this machine connected?[/red]")
            raise typer.Exit(2) from None
        progress.update(task, completed=len(used))
    dead = [result for result in results if result.reach is Reach.DEAD]
    for result in sorted(dead, key=lambda result: result.url):
        console.print(f"{result.url}: {result.reason}", style="red", highlight=False)
        for path in result.used_in:
            console.print(f"  {path.relative_to(ROOT)}", highlight=False)
    unsure = sum(result.reach is Reach.UNSURE for result in results)
    console.print(f"{len(results)} links: {len(dead)} dead, {unsure} could not be told")
    raise typer.Exit(1 if dead else 0)
