"""How fast 5,000 services with 12,000 schedules go in, again, and out: `python -m bench.directory`.

A made-up data package of CSV files (services like the sample's, numbered), imported into a new
SQLite file. An import ends with the index: full text, categories, and a vector of every new text.
"""

import csv
import json
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from uuid import NAMESPACE_URL, uuid5

from rich.console import Console

from command_line.sample import DIRECTORY_FILE
from contact_point.database import Base, Database
from contact_point.directory.importer import import_feed
from contact_point.directory.needs import needs
from contact_point.directory.tabular import FILES, descriptor, read_package, write_package
from contact_point.embedding import sentence_embedder
from contact_point.tables import ALL_TABLES

SERVICES, SCHEDULES, PLACES = 5_000, 12_000, 1_500
DAYS = ("MO", "TU", "WE", "TH", "FR")
console = Console()


def _id(*parts: object) -> str:
    return str(uuid5(NAMESPACE_URL, " ".join(map(str, parts))))


def _rows(entity: str) -> Iterator[dict[str, object]]:
    match entity:
        case "organization":
            for number in range(200):
                yield {"id": _id("org", number), "name": f"Verksamhet {number}", "description": "-"}
        case "location":
            for number in range(PLACES):
                yield {
                    "id": _id("place", number),
                    "location_type": "physical",
                    "name": f"Huset {number}",
                    "latitude": 58 + number / PLACES,
                    "longitude": 13 + number / PLACES,
                }
        case "address":
            for number in range(PLACES):
                yield {
                    "id": _id("address", number),
                    "location_id": _id("place", number),
                    "address_1": f"Storgatan {number}",
                    "city": "Exempelby",
                    "state_province": "Västra Götalands län",
                    "postal_code": "999 01",
                    "country": "SE",
                    "address_type": "physical",
                }
        case "service":
            like = json.loads(DIRECTORY_FILE.read_text(encoding="utf-8"))
            for number in range(SERVICES):
                model = like[number % len(like)]
                yield {
                    "id": _id("service", number),
                    "organization_id": _id("org", number % 200),
                    "name": f"{model['name']} {number}",
                    "description": model["description"],
                    "status": "active",
                }
        case "service_at_location":
            for number in range(SERVICES):
                yield {
                    "id": _id("at", number),
                    "service_id": _id("service", number),
                    "location_id": _id("place", number % PLACES),
                }
        case "phone":
            for number in range(SERVICES):
                yield {
                    "id": _id("phone", number),
                    "service_id": _id("service", number),
                    "number": f"0500-{number:06}",
                }
        case "schedule":
            for number in range(SCHEDULES):
                yield {
                    "id": _id("hours", number),
                    "service_at_location_id": _id("at", number % SERVICES),
                    "freq": "WEEKLY",
                    "byday": DAYS[number // SERVICES],
                    "opens_at": "09:00",
                    "closes_at": "16:00",
                }


def make_package(folder: Path) -> None:
    """A data package of made-up services."""
    entities = (
        "organization", "location", "address", "service", "service_at_location", "phone",
        "schedule",
    )  # fmt: skip
    described = descriptor()
    described["resources"] = [each for each in described["resources"] if each["name"] in entities]
    (folder / "datapackage.json").write_text(json.dumps(described), encoding="utf-8")
    for entity in entities:
        rows = list(_rows(entity))
        with (folder / FILES[entity]).open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, list(rows[0]))
            writer.writeheader()
            writer.writerows(rows)


def _timed(what: str, work: Callable[[], str]) -> None:
    started = time.perf_counter()
    result = work()
    console.print(f"{what}: {time.perf_counter() - started:.1f} s ({result})", highlight=False)


def main() -> None:
    """Print the seconds of each step."""
    assert ALL_TABLES
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        package = folder / "package"
        package.mkdir()
        make_package(package)
        sentence_embedder.VECTORS = folder / "vectors.sqlite3"  # as on a new machine
        needs()
        database = Database(f"sqlite:///{folder / 'directory.sqlite3'}")
        Base.metadata.create_all(database.engine)

        def take_in() -> str:
            with database.transaction() as session:
                result = import_feed(session, read_package(package))
            return f"{result.accepted} rows, {len(result.changes)} changes"

        def write_out() -> str:
            with database.reading() as session:
                write_package(session, folder / "out.zip")
            return f"{(folder / 'out.zip').stat().st_size / 1e6:.1f} MB"

        _timed("import", take_in)
        _timed("the same again", take_in)
        _timed("export", write_out)
        database.close()


if __name__ == "__main__":
    main()
