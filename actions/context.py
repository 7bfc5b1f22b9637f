"""What every action works with, made once per process."""

from dataclasses import dataclass
from functools import lru_cache

from contact_point.clock import Clock, process_clock
from contact_point.database import Database
from contact_point.settings import Settings, settings


@dataclass(frozen=True)
class Context:
    """Settings, database and clock of this action server."""

    settings: Settings
    database: Database
    clock: Clock


@lru_cache(maxsize=1)
def context() -> Context:
    """The one context of this process."""
    return Context(settings(), Database(settings().database_url), process_clock())
