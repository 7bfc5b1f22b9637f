"""`kontaktpunkt database`: create and migrate."""

import typer
from alembic import command
from alembic.config import Config
from rich.console import Console

from contact_point.settings import ROOT, settings

app = typer.Typer(no_args_is_help=True)


def alembic_config() -> Config:
    """Alembic's configuration; migrations/env.py takes the address from the settings."""
    return Config(str(ROOT / "alembic.ini"))


@app.command()
def upgrade() -> None:
    """Bring the database to the newest version; makes it where there is none."""
    upgrade_database()
    Console().print(f"The database is up to date: {settings().database_url.split('@')[-1]}")


@app.command()
def revision(message: str = typer.Argument(help="What the migration does.")) -> None:
    """Write a migration from the difference between tables in code and database (developers)."""
    command.revision(alembic_config(), message=message, autogenerate=True)


@app.command()
def downgrade(target: str = typer.Argument(help="A revision, or -1 for the one before.")) -> None:
    """Go back to an older version of the tables. Data of removed tables is lost."""
    command.downgrade(alembic_config(), target)


def upgrade_database() -> None:
    """Run the migrations that are missing."""
    command.upgrade(alembic_config(), "head")
