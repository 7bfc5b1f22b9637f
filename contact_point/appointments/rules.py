"""How appointments are given: lengths, buffers, notice and horizon."""

import msgspec

CELL_MINUTES = 15
"""The grain of working time and of lengths."""


class Rules(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The rules for one kind of appointment.

    Raises:
        ValueError: when a length is no positive multiple of 15 minutes, a buffer no multiple, a
            notice is negative, or the horizon or the daily maximum is less than one.
    """

    minutes: int = 30
    """Length of an appointment."""
    minutes_with_interpreter: int = 45
    """Length when everything is said twice."""
    buffer_before: int = 0
    """Minutes of the caseworker's working time that it takes before, for preparing."""
    buffer_after: int = 0
    notice_hours: int = 2
    """The earliest time offered is this far ahead."""
    horizon_days: int = 21
    """The last day offered, counted from today."""
    daily_maximum: int | None = None
    """How many a caseworker has in a day at most."""
    needs_confirmation: bool = False
    """Whether staff must say yes before it counts as booked."""

    def __post_init__(self) -> None:
        for name in ("minutes", "minutes_with_interpreter", "buffer_before", "buffer_after"):
            value, least = getattr(self, name), 0 if name.startswith("buffer") else CELL_MINUTES
            if value < least or value % CELL_MINUTES:
                raise ValueError(f"{name}: {value} is not a multiple of {CELL_MINUTES} minutes")
        if self.notice_hours < 0:
            raise ValueError(f"notice_hours: {self.notice_hours} is negative")
        if self.horizon_days < 1:
            raise ValueError(f"horizon_days: {self.horizon_days} is less than one day")
        if self.daily_maximum is not None and self.daily_maximum < 1:
            raise ValueError(f"daily_maximum: {self.daily_maximum} is less than one")


class InterpreterNotice(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How many working days ahead interpreters are ordered, where they don't say it themselves.

    Raises:
        ValueError: when a number is negative.
    """

    working_days: int = 2
    rare_working_days: int = 5
    rare_languages: tuple[str, ...] = ("ti",)
    """BCP 47 tags of languages with few interpreters."""

    def __post_init__(self) -> None:
        for name in ("working_days", "rare_working_days"):
            if getattr(self, name) < 0:
                raise ValueError(f"{name}: {getattr(self, name)} is negative")

    def days(self, language: str) -> int:
        """Working days ahead for a language."""
        return self.rare_working_days if language in self.rare_languages else self.working_days
