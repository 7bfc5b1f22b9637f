"""Every kind of source that services are imported from, told apart by its name."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from contact_point.directory.feed import Feed, SourceError
from contact_point.directory.hsds_json import read_json
from contact_point.directory.remote import read_server
from contact_point.directory.spreadsheet import read_spreadsheet
from contact_point.directory.tabular import DESCRIPTOR, read_package


def read_source(
    where: str,
    county: str,
    modified_after: datetime | None = None,
    progress: Callable[[int, int], None] = lambda _done, _all: None,
) -> Feed:
    """Read a server's address, a data package (folder, .zip), HSDS JSON, or a sheet (.xlsx, .csv).

    `county` (län) completes the addresses of a sheet; `modified_after` is for servers;
    `progress` is told (services read, services in all) of a server.

    Raises:
        SourceError: when it can't be read as any of them.
    """
    if where.startswith(("http://", "https://")):
        return read_server(where, modified_after, progress)
    if modified_after:
        raise SourceError(f"{where}: only a server can be asked for what changed after a time")
    path = Path(where)
    if path.is_dir() or path.suffix == ".zip" or path.name == DESCRIPTOR:
        return read_package(path)
    match path.suffix.lower():
        case ".json":
            return read_json(path)
        case ".xlsx" | ".csv":
            return read_spreadsheet(path, county)
        case _:
            raise SourceError(
                f"{where}: give a server's address, a data package (folder or .zip), "
                "HSDS JSON (.json), or a sheet (.xlsx, .csv)"
            )
