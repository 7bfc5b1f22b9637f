"""Working time as it is written: "08:30-12:00@centrum, 13:00-16:30@norr"."""

from collections.abc import Iterable
from datetime import time
from typing import NamedTuple

from contact_point.settings import parse_intervals


class Stretch(NamedTuple):
    """From when to when by the clock on the wall, and the id of the office where."""

    opens: time
    closes: time
    office_id: str | None = None


def read_hours(text: str) -> list[Stretch]:
    """The stretches of a day, earliest first.

    Raises:
        ValueError: when a part isn't two times, or closes before it opens.
    """
    stretches = []
    for part in filter(None, (piece.strip() for piece in text.split(","))):
        wall, _, office_id = part.partition("@")
        try:
            intervals = parse_intervals(wall)
        except TypeError:  # one time with a zone, one without
            intervals = []
        if not intervals or intervals[0][0].tzinfo:
            raise ValueError(f"{part!r} is not two times")
        stretches.append(Stretch(*intervals[0], office_id.strip() or None))
    return sorted(stretches, key=lambda stretch: stretch[:2])


def show_hours(stretches: Iterable[Stretch]) -> str:
    """The stretches of a day as `read_hours` reads them."""
    return ", ".join(
        f"{each.opens:%H:%M}-{each.closes:%H:%M}" + (f"@{each.office_id}" if each.office_id else "")
        for each in stretches
    )
