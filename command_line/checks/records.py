"""The sample data: the service directory and the caseworkers."""

from collections.abc import Iterator

from command_line import sample
from contact_point.appointments import importer as appointments
from contact_point.directory import importer as directory
from contact_point.settings import settings


def faults() -> Iterator[str]:
    """Faults in the sample files of a fictitious municipality."""
    if settings().municipality.fictitious:
        yield from map(str, directory.faults_in_file(sample.DIRECTORY_FILE))
        yield from map(str, appointments.faults_in_file(sample.CASEWORKERS_FILE))
