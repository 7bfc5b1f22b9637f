"""The sample data: the service directory and the caseworkers."""

from collections.abc import Iterator

from command_line import sample
from contact_point.appointments.importer import ImportFault, read_file
from contact_point.directory.feed import SourceError
from contact_point.directory.hsds_json import read_json
from contact_point.directory.validation import row_faults
from contact_point.settings import settings


def faults() -> Iterator[str]:
    """Faults in the sample files of a fictitious municipality."""
    if not settings().municipality.fictitious:
        return
    yield from _directory_faults()
    try:
        read_file(sample.CASEWORKERS_FILE)
    except ImportFault as fault:
        yield str(fault)


def _directory_faults() -> Iterator[str]:
    try:
        feed = read_json(sample.DIRECTORY_FILE)
    except SourceError as error:
        yield str(error)
        return
    yield from (str(fault) for _, fault in feed.faults)
    for row in feed.rows:
        yield from map(str, row_faults(row.entity, row.values, row.file, row.at))
