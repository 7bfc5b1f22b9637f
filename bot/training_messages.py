"""Reads data/ for Rasa.

Rasa's own importer parses each file three times to find out its kind, validates it against a schema
written in Python, and hashes all messages anew at each of a dozen merges: a minute for our thirty
thousand. `kontaktpunkt check` validates the files; here they are only read.
"""

import hashlib
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml
from rasa.shared.importers.rasa import RasaFileImporter
from rasa.shared.nlu.constants import INTENT, METADATA, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.text_normaliser import NORMALISED
from contact_point.settings import ROOT

NLU, RULES = ROOT / "data" / "nlu", ROOT / "data" / "rules"


class TrainingMessages(RasaFileImporter):
    """All messages in data/nlu and all rules in data/rules."""

    def __init__(
        self,
        config_file: str | None = None,
        domain_path: str | None = None,
        training_data_paths: str | list[str] | None = None,
    ) -> None:
        super().__init__(config_file, domain_path, training_data_paths=[])
        self._story_files = [str(path) for path in sorted(RULES.glob("*.yml"))]

    def get_nlu_data(self, language: str | None = "en") -> TrainingData:
        """Every labelled message, whatever its language."""
        return TrainingData([TrainingMessage(message.data.copy()) for message in _messages()])


class TrainingMessage(Message):
    """A labelled message that is told apart by what training makes use of."""

    def fingerprint(self) -> str:
        """A hash of text, topic, language and normalised text."""
        parts = [self.get(name) for name in (TEXT, INTENT, METADATA, NORMALISED)]
        return hashlib.md5(repr(parts).encode(), usedforsecurity=False).hexdigest()

    def __deepcopy__(self, memo: dict[int, Any]) -> "TrainingMessage":
        """Rasa copies all messages a dozen times; their values are never altered in place."""
        return TrainingMessage(self.data.copy(), set(self.output_properties), self.time)


def blocks(path: Path) -> Iterator[tuple[dict[str, Any], list[str]]]:
    """Each block of a file with its examples."""
    content = yaml.load(path.read_text(encoding="utf-8"), yaml.CSafeLoader)
    for block in content["nlu"]:
        lines = block["examples"].splitlines()
        yield block, [line.removeprefix("- ").strip() for line in lines if line.strip()]


@lru_cache(maxsize=1)
def _messages() -> list[Message]:
    return [
        Message.build(text, block["intent"], intent_metadata=block.get("metadata"))
        for path in sorted(NLU.glob("*/*.yml"))
        for block, texts in blocks(path)
        for text in texts
    ]
