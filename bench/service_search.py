"""How fast and how well services are found: `python -m bench.service_search`.

Speed: 5,000 services in one SQLite file, questions in thirteen languages, one core. Quality: the
labelled questions of tests/service_search against the sample without its translations, by what the
search uses.
"""

import json
import tempfile
import time
from collections import Counter
from pathlib import Path
from statistics import median, quantiles
from zoneinfo import ZoneInfo

from rich.console import Console
from rich.table import Table
from sqlalchemy.orm import Session

from bench.directory import make_package
from command_line.sample import DIRECTORY_FILE
from contact_point.clock import system_clock
from contact_point.database import Base, Database
from contact_point.directory import full_text
from contact_point.directory.hsds_json import read_content
from contact_point.directory.importer import import_feed
from contact_point.directory.meaning import meanings, vector_of
from contact_point.directory.naming import named_services
from contact_point.directory.relevance import Relevance
from contact_point.directory.search import Wish, search
from contact_point.directory.tabular import read_package
from contact_point.tables import ALL_TABLES
from tests.service_search.questions import Question, questions

ZONE = ZoneInfo("Europe/Stockholm")
FIRST = 5
console = Console()


def main() -> None:
    """Print both tables."""
    asked = questions()
    with tempfile.TemporaryDirectory() as folder:
        _speed(Path(folder), asked)
        _quality(Path(folder), asked)


def _speed(folder: Path, asked: list[Question]) -> None:
    database = _database(folder / "many.sqlite3")
    package = folder / "package"
    package.mkdir()
    make_package(package)
    with database.transaction() as session:
        import_feed(session, read_package(package))
    milliseconds = []
    with database.reading() as session:
        search(session, Wish(words="warm up"), system_clock(), ZONE)
        for question in asked:
            started = time.perf_counter()
            search(session, Wish(words=question.words), system_clock(), ZONE)
            milliseconds.append(1000 * (time.perf_counter() - started))
    p95 = quantiles(milliseconds, n=20)[-1]
    console.print(f"5,000 services: p50 {median(milliseconds):.0f} ms, p95 {p95:.0f} ms a question")


def _quality(folder: Path, asked: list[Question]) -> None:
    content = json.loads(DIRECTORY_FILE.read_text(encoding="utf-8"))
    for service in content:
        service.pop("translations", None)
    database = _database(folder / "sample.sqlite3")
    with database.transaction() as session:
        import_feed(session, read_content(content, "sample.json", "sample"))
    ways = {"full text": _by_text, "own meaning": _by_meaning, "with needs": _by_relevance}
    total = Counter(question.language for question in asked)
    with database.reading() as session:
        names = {service.id: service.name for service in named_services(session)}
        right = {
            way: Counter(
                question.language
                for question in asked
                if question.is_answered_by([names[key] for key in find(session, question.words)])
            )
            for way, find in ways.items()
        }
    table = Table("Right among the first five", *ways)
    for tag, count in total.items():
        table.add_row(tag, *(f"{right[way][tag] / count:.0%}" for way in ways))
    table.add_row("all", *(f"{right[way].total() / total.total():.1%}" for way in ways))
    console.print(table)


def _by_text(session: Session, words: str) -> list[str]:
    return list(full_text.find(session, words, FIRST))


def _by_meaning(session: Session, words: str) -> list[str]:
    known = meanings(session)
    order = known.direct(vector_of(words)).argsort()[::-1]
    return [known.services[index].id for index in order[:FIRST]]


def _by_relevance(session: Session, words: str) -> list[str]:
    return Relevance(session, words).best(FIRST)


def _database(path: Path) -> Database:
    assert ALL_TABLES
    database = Database(f"sqlite:///{path}")
    Base.metadata.create_all(database.engine)
    return database


if __name__ == "__main__":
    main()
