"""`kontaktpunkt run`: everything on one machine, kept alive by supervisord."""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

import typer
from rich.console import Console

from command_line import environment, sample, supervision, train
from command_line.database import upgrade_database
from contact_point.database import Database
from contact_point.directory.index import ensure_index
from contact_point.settings import ROOT, Settings, SettingsError, load_settings

LOOPBACK = "127.0.0.1"
_READY_SECONDS = 90
_STOP_SECONDS = 20

console = Console()


def run() -> None:
    """Set up what is missing, start every process, and print where to go. Ctrl-C stops all."""
    started = time.monotonic()
    environment.make_secrets()
    data = environment.data_directory()
    settings = load_settings()
    _refuse_taken_ports(settings)
    upgrade_database()
    sample.load(settings, console)
    _index(settings)
    train.train(force=False)
    account = sample.make_account(settings)
    configuration = supervision.write_configuration(settings, train.model_path(), data)
    supervisor = subprocess.Popen(
        [sys.executable, "-m", "supervisor.supervisord", "-n", "-c", str(configuration)],
        stdout=subprocess.DEVNULL,
        cwd=ROOT,
        # Ctrl-C reaches this process alone, which then stops the others in order.
        start_new_session=True,
    )
    signal.signal(signal.SIGTERM, _interrupt)
    try:
        _wait_until_ready(settings, supervisor, data)
        _print_addresses(settings, account, time.monotonic() - started)
        supervisor.wait()
        console.print(f"[red]The supervisor ended. See {data / 'log' / 'supervisord.log'}[/red]")
        raise typer.Exit(1)
    except KeyboardInterrupt:
        console.print("\nStopping…")
    finally:
        _stop(supervisor)
    console.print("All processes have stopped.")


def _interrupt(_signal: int, _frame: object) -> None:
    raise KeyboardInterrupt


def _index(settings: Settings) -> None:
    """A directory from before the index was there gets one."""
    database = Database(settings.database_url)
    with database.transaction() as session:
        ensure_index(session)
    database.close()


def _refuse_taken_ports(settings: Settings) -> None:
    server = settings.municipality.server
    places = [(server.host, server.port, "server.port")]
    places += [(LOOPBACK, port, "server.rasa_ports") for port in server.rasa_ports]
    places.append((LOOPBACK, server.actions_port, "server.actions_port"))
    for host, port, name in places:
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((host, port))
            except OSError as error:
                raise SettingsError(
                    f"Port {port} on {host} can't be used ({error.strerror}). Stop what uses it, "
                    f"or change {name} in municipality.toml."
                ) from error


def _wait_until_ready(settings: Settings, supervisor: subprocess.Popen[bytes], data: Path) -> None:
    server = settings.municipality.server
    addresses = [f"http://{LOOPBACK}:{port}/webhooks/gateway/" for port in server.rasa_ports]
    addresses.append(f"http://{LOOPBACK}:{server.actions_port}/health")
    addresses.append(f"http://{LOOPBACK}:{server.port}/health")
    waiting = set(addresses)
    deadline = time.monotonic() + _READY_SECONDS
    with console.status("Starting…") as status:
        while waiting:
            if supervisor.poll() is not None or time.monotonic() > deadline:
                raise SettingsError(
                    f"The product did not start. The logs in {data / 'log'} say why."
                )
            waiting -= {address for address in waiting if _answers(address)}
            status.update(f"Starting… {len(addresses) - len(waiting)} of {len(addresses)} ready")
            time.sleep(0.2)


def _answers(address: str) -> bool:
    try:
        with urllib.request.urlopen(address, timeout=2) as response:  # noqa: S310 - own address
            return bool(response.status == 200)
    except (urllib.error.URLError, OSError):
        return False


def _print_addresses(settings: Settings, account: sample.Account | None, seconds: float) -> None:
    base = settings.municipality.web_base_url.rstrip("/")
    console.print(f"\n[bold]{settings.municipality.name} is ready[/bold] ({seconds:.0f} s).")
    console.print(f"  For newcomers: {base}/")
    console.print(f"  For advisers:  {base}/desk")
    if account:
        console.print(f"  A trial account for the desk, shown only now: {account.email}")
        console.print(f"  Password: {account.password}", highlight=False)
    else:
        console.print("  Accounts: `kontaktpunkt staff add` makes one.")
    console.print("Ctrl-C stops everything.")


def _stop(supervisor: subprocess.Popen[bytes]) -> None:
    if supervisor.poll() is not None:
        return
    supervisor.terminate()
    try:
        supervisor.wait(_STOP_SECONDS)
    except subprocess.TimeoutExpired:
        os.killpg(supervisor.pid, signal.SIGKILL)
