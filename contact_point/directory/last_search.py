"""What a newcomer looked for and was shown last, and what a next wish makes of it."""

from dataclasses import dataclass, replace
from typing import Literal, get_args

import msgspec

from contact_point.directory.search import Wish

Refinement = Literal[
    "nearer", "more", "first", "second", "third",
    "call", "directions", "compare", "save", "book", "narrow",
]  # fmt: skip
"""How newcomers go on from results; "narrow" only adds to the wish."""
REFINEMENTS: tuple[str, ...] = get_args(Refinement)
ORDINALS = {"first": 0, "second": 1, "third": 2}


@dataclass(frozen=True)
class LastSearch:
    """A search as the conversation remembers it.

    Attributes:
        shown: ids of the services at places on the page that was shown.
        chosen: the one of them that was asked for.
        asked_where: whether the newcomer was asked where they are.
    """

    wish: Wish
    offset: int = 0
    shown: tuple[str, ...] = ()
    chosen: str | None = None
    asked_where: bool = False

    @property
    def about(self) -> tuple[str, ...]:
        """What a question is about: the one that was chosen, else all that are shown."""
        return (self.chosen,) if self.chosen else self.shown

    def to_json(self) -> str:
        """For a slot."""
        return msgspec.json.encode(self).decode()


def last_search(written: str | None) -> LastSearch | None:
    """A search from a slot; None where there is none, or one of another version."""
    if not written:
        return None
    try:
        return msgspec.json.decode(written, type=LastSearch)
    except msgspec.ValidationError:
        return None


def narrowed(before: Wish, added: Wish) -> Wish:
    """A wish with what a next message adds to it; what it is about stays."""
    wish = replace(
        before,
        language=added.language or before.language,
        place=added.place or before.place,
        near=added.near or before.near,
        nearest=added.nearest or before.nearest,
    )
    if added.open_now or added.open_on:
        wish = replace(wish, open_now=added.open_now, open_on=added.open_on)
    return wish
