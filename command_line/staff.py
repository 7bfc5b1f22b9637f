"""`kontaktpunkt staff`: accounts of advisers."""

import secrets
from collections.abc import Iterator
from contextlib import contextmanager

import typer
from rich.console import Console

from contact_point import staff
from contact_point.clock import system_clock
from contact_point.database import Database
from contact_point.settings import settings

app = typer.Typer(no_args_is_help=True)
console = Console()


@app.command()
def add(
    email: str = typer.Argument(help="The adviser signs in with it."),
    name: str = typer.Option(..., prompt="Name that newcomers see", help="A first name."),
    password: str = typer.Option(
        "", help="At least 12 characters; left out, one is made and shown once."
    ),
) -> None:
    """Make an account for an adviser."""
    chosen = password or secrets.token_urlsafe(12)
    with _failing_clearly(), Database(settings().database_url).transaction() as session:
        staff.add_account(session, email, name, chosen, system_clock())
    console.print(f"{email} can sign in at {settings().municipality.web_base_url}/desk")
    if not password:
        console.print(f"Password, shown only now: {chosen}", highlight=False)


@app.command("list")
def list_accounts() -> None:
    """The accounts there are."""
    with Database(settings().database_url).reading() as session:
        for account in staff.accounts(session):
            console.print(f"{account.email}  {account.name}", highlight=False)


@app.command()
def password(email: str = typer.Argument(help="Whose password.")) -> None:
    """Give an account a new password, shown once; ends its sign-ins."""
    chosen = secrets.token_urlsafe(12)
    with _failing_clearly(), Database(settings().database_url).transaction() as session:
        staff.set_password(session, email, chosen)
    console.print(f"New password of {email}, shown only now: {chosen}", highlight=False)


@app.command()
def remove(email: str = typer.Argument(help="Whose account.")) -> None:
    """Remove an account."""
    with _failing_clearly(), Database(settings().database_url).transaction() as session:
        staff.remove_account(session, email)
    console.print(f"{email} is removed.")


@contextmanager
def _failing_clearly() -> Iterator[None]:
    """Turn a refusal into one line and exit code 1."""
    try:
        yield
    except staff.StaffError as error:
        Console(stderr=True).print(f"[red]{error}[/red]")
        raise typer.Exit(1) from error
