"""The whole product as real processes, for tests: its own ports, folder, database and secrets."""

import os
import secrets
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from command_line import train
from contact_point.database import Database
from contact_point.settings import ROOT

LOOPBACK = "127.0.0.1"
_READY_SECONDS = 90


def free_ports(count: int) -> list[int]:
    """Ports that nothing uses now."""
    sockets = [socket.socket() for _ in range(count)]
    try:
        for each in sockets:
            each.bind((LOOPBACK, 0))
        return [each.getsockname()[1] for each in sockets]
    finally:
        for each in sockets:
            each.close()


@dataclass
class Stack:
    """Gateway, Rasa and action server of one test run."""

    folder: Path
    gateway_port: int
    rasa_ports: list[int]
    actions_port: int
    environment: dict[str, str] = field(default_factory=dict)
    processes: dict[str, "subprocess.Popen[bytes]"] = field(default_factory=dict)

    @property
    def base(self) -> str:
        """The gateway's address."""
        return f"http://{LOOPBACK}:{self.gateway_port}"

    @property
    def database(self) -> Database:
        """The product's database, opened anew."""
        return Database(self.environment["DATABASE_URL"])

    def start(self, name: str) -> None:
        """Start one process: "gateway", "actions" or "rasa-<port>"."""
        log = (self.folder / f"{name}.log").open("ab")
        self.processes[name] = subprocess.Popen(
            [sys.executable, "-W", "ignore", "-m", *self._arguments(name)],
            cwd=ROOT,
            env=self.environment,
            stdout=log,
            stderr=subprocess.STDOUT,
        )

    def kill(self, name: str) -> None:
        """End a process as a crash does."""
        self.processes[name].send_signal(signal.SIGKILL)
        self.processes[name].wait()

    def wait_until_ready(self) -> None:
        """Wait for every process to answer.

        Raises:
            RuntimeError: with the log of the one that doesn't.
        """
        for name in self.names():
            self.wait_for(name)

    def wait_for(self, name: str) -> None:
        """Wait for one process to answer."""
        address = self._health(name)
        deadline = time.monotonic() + _READY_SECONDS
        while not _answers(address):
            if time.monotonic() > deadline or self.processes[name].poll() is not None:
                log = (self.folder / f"{name}.log").read_text(errors="replace")
                raise RuntimeError(f"{name} did not start:\n{log[-4000:]}")
            time.sleep(0.1)

    def names(self) -> list[str]:
        """Every process of the product."""
        return ["actions", *(f"rasa-{port}" for port in self.rasa_ports), "gateway"]

    def stop(self) -> None:
        """End everything."""
        for process in self.processes.values():
            process.terminate()
        for process in self.processes.values():
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()

    def log(self, name: str) -> str:
        """What a process has written so far."""
        return (self.folder / f"{name}.log").read_text(errors="replace")

    def _arguments(self, name: str) -> list[str]:
        if not name.startswith("rasa-"):
            return [name]
        port = name.removeprefix("rasa-")
        options = {
            "--model": str(train.model_path()),
            "--interface": LOOPBACK,
            "--port": port,
            "--endpoints": "endpoints.yml",
            "--credentials": "credentials.yml",
        }
        return ["bot", "run", *(word for option in options.items() for word in option)]

    def _health(self, name: str) -> str:
        if name.startswith("rasa-"):
            return f"http://{LOOPBACK}:{name.removeprefix('rasa-')}/webhooks/gateway/"
        port = self.gateway_port if name == "gateway" else self.actions_port
        return f"http://{LOOPBACK}:{port}/health"


def make_stack(
    folder: Path,
    *,
    rasa_servers: int = 1,
    change_settings: Callable[[str], str] = lambda text: text,
    **environment: str,
) -> Stack:
    """A stack in a folder of its own; `change_settings` edits the text of municipality.toml."""
    gateway_port, actions_port, *rasa_ports = free_ports(2 + rasa_servers)
    text = (ROOT / "municipality.toml").read_text(encoding="utf-8")
    text = text.replace("port = 8080", f"port = {gateway_port}")
    text = text.replace('host = "0.0.0.0"', f'host = "{LOOPBACK}"')
    text = text.replace("[5105, 5106]", str(rasa_ports)).replace("5155", str(actions_port))
    text = text.replace("http://localhost:8080", f"http://{LOOPBACK}:{gateway_port}")
    settings_file = folder / "municipality.toml"
    settings_file.write_text(change_settings(text), encoding="utf-8")
    return Stack(
        folder,
        gateway_port,
        rasa_ports,
        actions_port,
        environment=os.environ
        | {
            "DATABASE_URL": f"sqlite:///{folder / 'kontaktpunkt.sqlite3'}",
            "KONTAKTPUNKT_ACTIONS_PORT": str(actions_port),
            "KONTAKTPUNKT_DATA": str(folder),
            "KONTAKTPUNKT_INTERNAL_SECRET": secrets.token_urlsafe(40),
            "KONTAKTPUNKT_MUNICIPALITY": str(settings_file),
            "KONTAKTPUNKT_SECRET_KEY": secrets.token_urlsafe(40),
            "OMP_NUM_THREADS": "1",
        }
        | environment,
    )


def _answers(address: str) -> bool:
    try:
        with urllib.request.urlopen(address, timeout=2) as response:
            return bool(response.status == 200)
    except (urllib.error.URLError, OSError):
        return False
