"""The sample data: the service directory and the caseworkers."""

from collections.abc import Iterator

from command_line import sample
from contact_point.appointments.importer import ImportFault, read_file
from contact_point.directory.importer import faults_in_file
from contact_point.settings import settings


def faults() -> Iterator[str]:
    """Faults in the sample files of a fictitious municipality."""
    if not settings().municipality.fictitious:
        return
    yield from map(str, faults_in_file(sample.DIRECTORY_FILE))
    try:
        read_file(sample.CASEWORKERS_FILE)
    except ImportFault as fault:
        yield str(fault)
