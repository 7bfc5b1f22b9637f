"""HSDS as a tabular data package: CSV files beside a datapackage.json, in a folder or zipped."""

import csv
import io
import json
import math
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from sqlalchemy import Boolean, Column, select
from sqlalchemy.orm import Session

from contact_point.directory.feed import Feed, FeedRow, PartsList, SourceError
from contact_point.directory.nesting import ANYWHERE, PARTS, may_have
from contact_point.directory.tables import ENTITIES, Number, public_columns, target_of
from contact_point.directory.validation import Fault

DESCRIPTOR = "datapackage.json"
FILES = {
    "organization": "organizations.csv",
    "program": "programs.csv",
    "service": "services.csv",
    "location": "locations.csv",
    "service_at_location": "service_at_location.csv",
    "contact": "contacts.csv",
    "phone": "phones.csv",
    "schedule": "schedules.csv",
    "funding": "funding.csv",
    "service_area": "service_areas.csv",
    "required_document": "required_documents.csv",
    "language": "languages.csv",
    "address": "addresses.csv",
    "accessibility": "accessibility.csv",
    "cost_option": "cost_options.csv",
    "organization_identifier": "organization_identifiers.csv",
    "unit": "units.csv",
    "service_capacity": "service_capacity.csv",
    "url": "url.csv",
    "taxonomy": "taxonomies.csv",
    "taxonomy_term": "taxonomy_terms.csv",
    "attribute": "attributes.csv",
    "metadata": "metadata.csv",
    "meta_table_description": "meta_table_descriptions.csv",
    "translation": "translations.csv",
    "holiday_schedule": "holiday_schedules.csv",
}
"""Table → file, as the standard's own package names them."""
_BOOLEANS = {"true": True, "false": False}


def read_package(path: Path) -> Feed:
    """A package: its folder, its zip file, or its datapackage.json.

    Raises:
        SourceError: when it is none, or names a file that isn't there.
    """
    feed = Feed(path.parent.name if path.name == DESCRIPTOR else path.stem)
    tables = {}
    with _Package(path) as package:
        for entity, name in package.resources():
            tables[entity] = name
            _read_table(feed, entity, name, package.text(name))
    for row in feed.rows:
        feed.complete_lists.update(_lists_of(row, tables.keys()))
    return feed


def write_package(session: Session, path: Path) -> None:
    """Write the whole directory: into a zip file where the path ends so, else into a folder."""
    if path.suffix == ".zip":
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, text in _files(session):
                archive.writestr(name, text)
        return
    path.mkdir(parents=True, exist_ok=True)
    for name, text in _files(session):
        (path / name).write_text(text, encoding="utf-8", newline="")


class _Package:
    """The files of a package by name."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._archive: zipfile.ZipFile | None = None
        self._root = ""

    def __enter__(self) -> "_Package":
        if self._path.is_file() and self._path.name != DESCRIPTOR:
            try:
                self._archive = zipfile.ZipFile(self._path)
            except zipfile.BadZipFile as error:
                raise SourceError(f"{self._path}: not a zip file") from error
            found = [name for name in self._archive.namelist() if name.endswith(DESCRIPTOR)]
            if not found:
                raise SourceError(f"{self._path}: has no {DESCRIPTOR}")
            self._root = min(found, key=len).removesuffix(DESCRIPTOR)
        return self

    def __exit__(self, *_: object) -> None:
        if self._archive:
            self._archive.close()

    def resources(self) -> Iterator[tuple[str, str]]:
        """(table, file) of each table that HSDS knows."""
        try:
            described = json.loads(self.text(DESCRIPTOR))["resources"]
            pairs = [(str(each["name"]), str(each["path"])) for each in described]
        except (ValueError, TypeError, KeyError) as error:
            raise SourceError(f"{self._path}/{DESCRIPTOR}: lists no resources") from error
        yield from ((entity, name) for entity, name in pairs if entity in ENTITIES)

    def text(self, name: str) -> str:
        """A file of the package."""
        try:
            if self._archive:
                return self._archive.read(self._root + name).decode("utf-8-sig")
            folder = self._path.parent if self._path.name == DESCRIPTOR else self._path
            file = (folder / name).resolve()
            if not file.is_relative_to(folder.resolve()):
                raise SourceError(f"{self._path}: {name} lies outside of the package")
            return file.read_text(encoding="utf-8-sig")
        except (FileNotFoundError, NotADirectoryError, KeyError) as error:
            raise SourceError(f"{self._path}: {name} is missing") from error
        except UnicodeDecodeError as error:
            raise SourceError(f"{self._path}: {name} is not UTF-8") from error


def _read_table(feed: Feed, entity: str, name: str, text: str) -> None:
    columns = public_columns(entity)
    reader = csv.reader(io.StringIO(text))
    header = [each.strip() for each in next(reader, [])]
    for unknown in filter(lambda each: each not in columns, header):
        fault = Fault(
            name, "row 1", unknown, "", "is not a field of HSDS 3.2 and is not kept", "", True
        )
        feed.faults.append((feed.records, fault))
    for cells in reader:
        if not any(cells):
            continue
        at = f"row {reader.line_num}"
        if len(cells) > len(header):
            mend = 'put "…" around values with a comma'
            fault = Fault(name, at, "", cells[-1][:60], "is one cell too many", mend)
            feed.faults.append((feed.records, fault))
        values = {
            column: _typed(columns[column], cell)
            for column, cell in zip(header, cells, strict=False)
            if column in columns
        }
        feed.rows.append(FeedRow(entity, values, feed.records, name, at, is_root=True))
        feed.records += 1


def _typed(column: Column[Any], cell: str) -> str | float | None:
    """A cell as the column's type; what isn't of it stays text, for the checks to see."""
    if cell == "":
        return None
    if isinstance(column.type, Boolean):
        return _BOOLEANS.get(cell.strip().lower(), cell)
    if isinstance(column.type, Number):
        try:
            number = float(cell)
        except ValueError:
            return cell
        if not math.isfinite(number):
            return cell
        return int(number) if number.is_integer() else number
    return cell


def _lists_of(row: FeedRow, given: Any) -> Iterator[PartsList]:
    """The lists of a row's parts that the package gives in full: those it has a file for."""
    identifier = str(row.values.get("id"))
    for parts in PARTS.get(row.entity, {}).values():
        if parts.entity in given:
            yield PartsList(parts.entity, parts.back, identifier)
    for key, anywhere in ANYWHERE.items():
        if anywhere.entity in given and may_have(row.entity, key):
            yield PartsList(anywhere.entity, anywhere.id_column, identifier)


def _files(session: Session) -> Iterator[tuple[str, str]]:
    yield DESCRIPTOR, json.dumps(descriptor(), ensure_ascii=False, indent=2) + "\n"
    for entity, name in FILES.items():
        table, columns = ENTITIES[entity], public_columns(entity)
        text = io.StringIO()
        writer = csv.writer(text, lineterminator="\n")
        writer.writerow(columns)
        statement = select(*(getattr(table, column) for column in columns))
        for row in session.execute(statement.order_by(table.position, table.id)):
            writer.writerow(map(_cell, row))
        yield name, text.getvalue()


def _cell(value: Any) -> Any:
    return str(value).lower() if isinstance(value, bool) else value


def descriptor() -> dict[str, Any]:
    """The package's description, made from the tables."""
    return {
        "name": "human_services_data",
        "title": "Human Services Data Specification",
        "profile": "tabular-data-package",
        "version": "3.2.3",
        "homepage": "https://docs.openreferral.org",
        "resources": [
            {
                "name": entity,
                "path": name,
                "profile": "tabular-data-resource",
                "format": "csv",
                "mediatype": "text/csv",
                "encoding": "utf-8",
                "schema": _table_schema(entity),
            }
            for entity, name in FILES.items()
        ],
    }


def _table_schema(entity: str) -> dict[str, Any]:
    columns = public_columns(entity)
    return {
        "primaryKey": "id",
        "fields": [_field(column) for column in columns.values()],
        "foreignKeys": [
            {"fields": name, "reference": {"resource": target, "fields": "id"}}
            for name, column in columns.items()
            if (target := target_of(column))
        ],
    }


def _field(column: Column[Any]) -> dict[str, Any]:
    kind = "number" if isinstance(column.type, Number) else "string"
    kind = "boolean" if isinstance(column.type, Boolean) else kind
    constraints: dict[str, Any] = {"required": True} if not column.nullable else {}
    if "values" in column.info:
        constraints["enum"] = list(column.info["values"])
    field = {"name": column.name, "type": kind}
    return field | ({"constraints": constraints} if constraints else {})
