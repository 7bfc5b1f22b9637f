"""The `kontaktpunkt` command: a group a task."""

import sys

import typer
from rich.console import Console

from command_line import (
    adapt,
    answers,
    appointments,
    catalogues,
    check,
    database,
    directory,
    environment,
    evaluate,
    run,
    staff,
    suite,
    train,
)
from contact_point.settings import SettingsError

app = typer.Typer(
    help="Kontaktpunkt: the assistant of a municipal contact point for integration.\n\n"
    "Start with `kontaktpunkt run`.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
)
app.command("run")(run.run)
app.command("train")(train.train)
app.command("adapt")(adapt.adapt)
app.command("check")(check.check)
app.command("evaluate")(evaluate.evaluate)
app.command("test", context_settings={"allow_extra_args": True, "ignore_unknown_options": True})(
    suite.test
)
app.add_typer(database.app, name="database", help="Create, migrate and inspect the database.")
app.add_typer(catalogues.app, name="catalogues", help="Interface strings of each language.")
app.add_typer(answers.app, name="answers", help="The state of the articles, and their links.")
app.add_typer(directory.app, name="directory", help="The service directory: import and search.")
app.add_typer(
    appointments.app, name="appointments", help="Caseworkers and what is booked with them."
)
app.add_typer(staff.app, name="staff", help="Accounts of advisers.")


def run_command_line() -> None:
    """Entry point: settings faults become one clear line and exit code 2."""
    try:
        environment.load_secrets()
        app()
    except SettingsError as error:
        Console(stderr=True).print(f"[red]{error}[/red]", highlight=False, soft_wrap=True)
        sys.exit(2)


if __name__ == "__main__":
    run_command_line()
