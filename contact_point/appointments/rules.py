"""How appointments are given: lengths, notice and horizon. A municipality may change them."""

import msgspec

CELL_MINUTES = 15
"""The grain of working time and of lengths."""


class Rules(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The rules of one municipality.

    Raises:
        ValueError: when a length is no positive multiple of 15 minutes, a notice is negative,
            or the horizon is shorter than a day.
    """

    minutes: int = 30
    """Length of an appointment."""
    minutes_with_interpreter: int = 45
    """Length when everything is said twice."""
    notice_hours: int = 2
    """The earliest time offered is this far ahead."""
    interpreter_notice_hours: int = 48
    """The same where an interpreter must be ordered."""
    horizon_days: int = 21
    """The last day offered, counted from today."""

    def __post_init__(self) -> None:
        for name in ("minutes", "minutes_with_interpreter"):
            value = getattr(self, name)
            if value <= 0 or value % CELL_MINUTES:
                raise ValueError(f"{name}: {value} is not a multiple of {CELL_MINUTES} minutes")
        for name in ("notice_hours", "interpreter_notice_hours"):
            if getattr(self, name) < 0:
                raise ValueError(f"{name}: {getattr(self, name)} is negative")
        if self.horizon_days < 1:
            raise ValueError(f"horizon_days: {self.horizon_days} is less than one day")
