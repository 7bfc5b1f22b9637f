"""Finds services of the directory by meaning.

The directory is read when it is first asked for, and anew now and then, never at every turn.
"""

import logging
import time
from functools import lru_cache

from sqlalchemy.exc import OperationalError, ProgrammingError

from contact_point.database import Database
from contact_point.directory.meaning import ServiceMeanings
from contact_point.directory.naming import NamedService, named_services
from contact_point.embedding.embedding_model import Array
from contact_point.settings import settings

logger = logging.getLogger(__name__)
_READ_AGAIN_SECONDS = 300.0


class Services:
    """The services by meaning, as they lately were."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._meanings = ServiceMeanings()
        self._read_at = -_READ_AGAIN_SECONDS

    def nearest(self, vector: Array) -> tuple[NamedService, float] | None:
        """The service nearest to a message's vector, and the likeness (cosine)."""
        self._refresh()
        return self._meanings.nearest(vector)

    def _refresh(self) -> None:
        if time.monotonic() - self._read_at < _READ_AGAIN_SECONDS:
            return
        self._read_at = time.monotonic()
        try:
            with self._database.reading() as session:
                self._meanings = ServiceMeanings(named_services(session))
        except (OperationalError, ProgrammingError):
            # Before the first start there are no tables; answers come without services then.
            logger.warning("The service directory can't be read")


@lru_cache(maxsize=1)
def services() -> Services:
    """The services of this process."""
    return Services(Database(settings().database_url))
