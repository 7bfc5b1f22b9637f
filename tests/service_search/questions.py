"""Labelled questions for finding services: `<language>.tsv`, a question and the right services.

They were written by others than those who wrote the words that the search knows, who had not seen
them.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).parent


@dataclass(frozen=True)
class Question:
    """What a newcomer writes, and the Swedish names of the services that are right."""

    language: str
    words: str
    right: frozenset[str]

    def is_answered_by(self, names: Iterable[str]) -> bool:
        """Whether one of the services is right."""
        return not self.right.isdisjoint(names)


def questions() -> list[Question]:
    """All of them, by language."""
    found = []
    for path in sorted(HERE.glob("*.tsv")):
        for line in path.read_text(encoding="utf-8").splitlines():
            words, right = line.split("\t")
            found.append(Question(path.stem, words, frozenset(right.split("|"))))
    return found
