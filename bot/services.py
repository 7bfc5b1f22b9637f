"""Finds services of the directory by meaning.

The directory is read when it is first asked for, and anew now and then, never at every turn.
"""

import logging
import time
from functools import lru_cache

import numpy as np
from sqlalchemy.exc import OperationalError, ProgrammingError

from bot.embedding_model import Array
from bot.sentence_embedder import WIDTH, training_embedder
from bot.text_normaliser import normalise
from contact_point.database import Database
from contact_point.directory.naming import NamedService, named_services
from contact_point.settings import settings

logger = logging.getLogger(__name__)
_READ_AGAIN_SECONDS = 300.0


class Services:
    """Every active service with the vectors of its texts."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._services: list[NamedService] = []
        self._service_of = np.zeros(0, int)
        self._vectors: Array = np.zeros((0, WIDTH), np.float32)
        self._read_at = -_READ_AGAIN_SECONDS

    def nearest(self, vector: Array) -> tuple[NamedService, float] | None:
        """The service nearest to a message's vector, and the likeness (cosine)."""
        self._refresh()
        if not len(self._vectors):
            return None
        likeness = self._vectors @ vector
        best = int(likeness.argmax())
        return self._services[int(self._service_of[best])], float(likeness[best])

    def _refresh(self) -> None:
        if time.monotonic() - self._read_at < _READ_AGAIN_SECONDS:
            return
        self._read_at = time.monotonic()
        try:
            with self._database.reading() as session:
                services = named_services(session)
        except (OperationalError, ProgrammingError):
            # Before the first start there are no tables; answers come without services then.
            logger.warning("The service directory can't be read")
            return
        entries = [
            (number, normalise(text))
            for number, service in enumerate(services)
            for text in service.texts
        ]
        self._services = services
        self._service_of = np.array([number for number, _ in entries], int)
        self._vectors = training_embedder().embed([text for _, text in entries])


@lru_cache(maxsize=1)
def services() -> Services:
    """The services of this process."""
    return Services(Database(settings().database_url))
