"""`kontaktpunkt evaluate`: how well labelled messages are understood, on the screen and as a page
that an editor can read."""

import asyncio
import json
import logging
import os
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import typer
from jinja2 import Environment, FileSystemLoader
from rich.console import Console
from rich.progress import track
from rich.table import Table

from bot.evaluation import Labelled, Report, Understood
from bot.evaluation import evaluate as sum_up
from command_line import train
from contact_point.languages import LANGUAGES
from contact_point.settings import settings
from contact_point.topics import TOPICS

TOPIC_COLUMNS = {
    "messages": "messages",
    "accuracy": "right",
    "macro_f1": "macro-F1",
    "top_three": "in first 3",
    "asked": "asked back",
    "right_when_asked": "right among offered",
    "calibration_error": "calibration error",
}
OTHER_COLUMNS = {
    "language": "language, 3+ words",
    "language_long": "language, 10+ words",
    "safety_recall": "safety found",
    "safety_false_alarms": "false alarms",
    "out_of_scope_recall": "out of scope found",
    "turned_away": "turned away",
}
COLUMNS = TOPIC_COLUMNS | OTHER_COLUMNS


class Line(msgspec.Struct):
    """A line of a JSONL file."""

    text: str
    topic: str
    language: str | None = None


def evaluate(
    files: list[Path] = typer.Argument(
        help="TSV (topic, text, and perhaps language) or JSONL (topic, text, language)."
    ),
    lang: str = typer.Option(
        "", "--lang", help="Language of lines that name none; else the file's name says it."
    ),
    report: Path = typer.Option(Path("var/evaluation.html"), help="Where the page is written."),
) -> None:
    """Ask the trained model about labelled messages. Exit code 1 when a line can't be used."""
    console = Console()
    messages: list[Labelled] = []
    faults: list[str] = []
    for file in files:
        for found in read(file, lang):
            if isinstance(found, Labelled):
                messages.append(found)
            else:
                faults.append(found)
    for fault in faults:
        console.print(fault, style="red", highlight=False, markup=False, soft_wrap=True)
    if not messages:
        console.print("[red]There is no message to evaluate.[/red]")
        raise typer.Exit(2)
    train.train(force=False)
    result = sum_up(asyncio.run(understand(messages, console)))
    for columns in (TOPIC_COLUMNS, OTHER_COLUMNS):  # two tables fit eighty characters
        console.print(table(result, columns))
    report.parent.mkdir(parents=True, exist_ok=True)
    report.write_text(page(result), encoding="utf-8")
    console.print(f"Confusions and calibration: {report}", highlight=False)
    raise typer.Exit(1 if faults else 0)


def read(file: Path, lang: str = "") -> Iterator[Labelled | str]:
    """The messages of a file; a line that can't be used gives a sentence that says why."""
    try:
        lines = file.read_text(encoding="utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        yield f"{file}: can't be read as UTF-8 text: {error}"
        return
    for number, line in enumerate(lines, 1):
        if not line.strip() or line.startswith("#"):
            continue
        try:
            read_line = _json_line if file.suffix in (".jsonl", ".json") else _tsv_line
            parsed = read_line(line)
        except (msgspec.MsgspecError, ValueError) as error:
            yield f"{file}:{number}: {error}"
            continue
        language = parsed.language or lang or file.stem
        if parsed.topic not in TOPICS:
            yield f"{file}:{number}: {parsed.topic!r} is no topic"
        elif language not in LANGUAGES:
            yield f"{file}:{number}: {language!r} is no known language; use --lang, or a column"
        elif not parsed.text.strip():
            yield f"{file}:{number}: the message is empty"
        else:
            yield Labelled(parsed.text.strip(), parsed.topic, language)


async def understand(messages: list[Labelled], console: Console) -> list[Understood]:
    """Ask the model about each message, on its own, as the first of a conversation."""
    os.environ.setdefault("RASA_TELEMETRY_ENABLED", "false")
    warnings.simplefilter("ignore")
    import bot  # noqa: F401 - before anything imports rasa

    # isort: split
    from rasa.core.agent import Agent
    from rasa.utils.log_utils import configure_structlog

    from bot import graph_runner

    configure_structlog(logging.ERROR)
    graph_runner.install()
    agent = Agent.load(str(train.model_path()))
    outcomes = []
    for message in track(messages, "Understanding…", console=console, transient=True):
        parsed = await agent.parse_message(message.text)
        outcomes.append(_understood(message, parsed))
    return outcomes


def table(result: Report, columns: dict[str, str]) -> Table:
    """Some of the figures, a row a language."""
    made = Table("", *columns.values())
    for name, figures in {"all": result.everything, **result.languages}.items():
        made.add_row(name, *(_shown(key, getattr(figures, key)) for key in columns))
    return made


def page(result: Report) -> str:
    """The report as one HTML page that needs nothing else."""
    templates = Environment(
        loader=FileSystemLoader(Path(__file__).parent), autoescape=True, trim_blocks=True
    )
    return templates.get_template("evaluation.html").render(
        columns=COLUMNS,
        rows={
            name: [_shown(key, getattr(figures, key)) for key in COLUMNS]
            for name, figures in {"all": result.everything, **result.languages}.items()
        },
        result=result,
        names={key: topic.name for key, topic in TOPICS.items()},
        topics=list(TOPICS),
        groups=_groups(),
    )


def _groups() -> list[tuple[int, int]]:
    """Where each group of topics begins and ends in the catalogue."""
    places: dict[str, list[int]] = {}
    for place, topic in enumerate(TOPICS.values()):
        places.setdefault(topic.group, []).append(place)
    return [(some[0], some[-1]) for some in places.values()]


def _understood(message: Labelled, parsed: dict[str, Any]) -> Understood:
    language = next(
        (
            entity["value"]
            for entity in parsed["entities"]
            if entity["entity"] == "conversation_language"
        ),
        settings().municipality.languages[0],
    )
    ranking = [(place["name"], place["confidence"]) for place in parsed.get("intent_ranking", [])]
    return Understood(message, ranking, parsed["intent"]["name"], language)


def _tsv_line(line: str) -> Line:
    topic, *rest = line.split("\t")
    if not rest:
        raise ValueError("no tab: write topic, tab, text")
    return Line(rest[0], topic.strip(), rest[1].strip() if len(rest) > 1 else None)


def _json_line(line: str) -> Line:
    return msgspec.convert(json.loads(line), Line)


def _shown(name: str, value: float | None) -> str:
    if value is None:
        return "–"
    return str(value) if name == "messages" else f"{value:.3f}"
