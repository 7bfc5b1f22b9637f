"""The configuration of supervisord: which processes there are and how they are kept alive."""

import sys
from configparser import RawConfigParser
from pathlib import Path

from contact_point.settings import ROOT, Settings

_KEPT_ALIVE = {
    "autorestart": "true",
    "startsecs": "1",
    "startretries": "20",
    "stopwaitsecs": "10",
    "stopasgroup": "true",
    "killasgroup": "true",
    "redirect_stderr": "true",
    "stdout_logfile_maxbytes": "5MB",
    "stdout_logfile_backups": "2",
}


def write_configuration(settings: Settings, model: Path, data: Path) -> Path:
    """Write supervisord's configuration; secrets reach the processes by the environment only."""
    logs = data / "log"
    logs.mkdir(parents=True, exist_ok=True)
    server = settings.municipality.server
    configuration = RawConfigParser()
    configuration["supervisord"] = {
        "logfile": _escaped(logs / "supervisord.log"),
        "pidfile": _escaped(data / "supervisord.pid"),
        "directory": _escaped(ROOT),
        # Every setting is the same in all processes; each library gets one thread, because
        # several processes share the cores.
        "environment": f'KONTAKTPUNKT_ACTIONS_PORT="{server.actions_port}",OMP_NUM_THREADS="1",'
        'OPENBLAS_NUM_THREADS="1"',
    }
    commands = {"gateway": "-m gateway", "actions": "-m actions"} | {
        f"rasa-{port}": f"-m bot run --model {model} --interface 127.0.0.1 --port {port} "
        "--endpoints endpoints.yml --credentials credentials.yml"
        for port in server.rasa_ports
    }
    for name, command in commands.items():
        configuration[f"program:{name}"] = _KEPT_ALIVE | {
            "command": _escaped(f"{sys.executable} {command}"),
            "stdout_logfile": _escaped(logs / f"{name}.log"),
        }
    path = data / "supervisord.conf"
    with path.open("w", encoding="utf-8") as file:
        configuration.write(file)
    return path


def _escaped(value: object) -> str:
    """Supervisord expands %(names)s; a plain % is doubled."""
    return str(value).replace("%", "%%")
