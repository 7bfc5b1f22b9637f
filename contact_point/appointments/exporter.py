"""Writes offices, appointment types, caseworkers and interpreters as the file that `importer`
reads."""

from datetime import date

import msgspec
import tomli_w
from sqlalchemy.orm import Session

from contact_point.appointments.stored_records import stored


def export_text(session: Session) -> str:
    """All that is in use, as TOML. What can be left out is: importing it changes nothing."""
    return tomli_w.dumps(msgspec.to_builtins(stored(session), builtin_types=(date,)))
