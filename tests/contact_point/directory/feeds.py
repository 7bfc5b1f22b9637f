"""Services for tests of the directory, and the standard's own examples."""

import json
import warnings
from pathlib import Path
from typing import Any
from uuid import NAMESPACE_URL, uuid5

import pytest

from contact_point.database import Database
from contact_point.directory.feed import Feed
from contact_point.directory.importer import ImportResult, import_feed
from contact_point.settings import ROOT

STANDARD = ROOT.parent / "shared" / "hsds"
EXAMPLES = STANDARD / "examples-3.2.3"


def needs_standard() -> None:
    """Skip, loudly, where the standard's files don't lie beside the project."""
    if not EXAMPLES.is_dir():
        warnings.warn(f"HSDS's own examples are not tested: {EXAMPLES} is missing", stacklevel=2)
        pytest.skip(f"NOT TESTED against HSDS's own examples: {EXAMPLES} is missing")


def identifier(name: str) -> str:
    """The same id for the same name."""
    return str(uuid5(NAMESPACE_URL, name))


def service(name: str) -> dict[str, Any]:
    """A service with hours at a place."""
    return {
        "id": identifier(name),
        "name": name,
        "status": "active",
        "languages": [{"id": identifier(f"{name} sv"), "code": "sv"}],
        "phones": [{"id": identifier(f"{name} phone"), "number": "0500-00 20 00"}],
        "service_at_locations": [
            {
                "id": identifier(f"{name} there"),
                "location": {
                    "id": identifier(f"{name} place"),
                    "location_type": "physical",
                    "latitude": 58.3,
                    "longitude": 13.8,
                    "addresses": [
                        {
                            "id": identifier(f"{name} address"),
                            "address_1": "Storgatan 1",
                            "city": "Exempelby",
                            "state_province": "Västra Götalands län",
                            "postal_code": "999 01",
                            "country": "SE",
                            "address_type": "physical",
                        }
                    ],
                },
                "schedules": [
                    {
                        "id": identifier(f"{name} hours"),
                        "freq": "WEEKLY",
                        "byday": "MO",
                        "opens_at": "09:00",
                        "closes_at": "16:00",
                    }
                ],
            }
        ],
    }


def write(folder: Path, content: object) -> Path:
    """A JSON file."""
    path = folder / "services.json"
    path.write_text(json.dumps(content), encoding="utf-8")
    return path


def take_in(database: Database, feed: Feed, strict: bool = False) -> ImportResult:
    """Import a feed."""
    with database.transaction() as session:
        return import_feed(session, feed, strict=strict)
