"""Services from a spreadsheet (.xlsx or .csv) for a municipality that keeps them in Excel.

One row is a service at a place. Headers are Swedish or English (see `sheet_template`); a column
that a sheet does not have says nothing. Rows that name the same organization, service or place
share it: ids are UUIDv5 of those names, so that the same sheet gives the same ids.
"""

import csv
import io
import re
from collections.abc import Callable, Iterator
from datetime import date, datetime, time
from functools import cache
from pathlib import Path
from typing import Any
from uuid import UUID, uuid5
from zipfile import BadZipFile

import langcodes
from babel import Locale
from openpyxl import load_workbook
from openpyxl.utils.exceptions import InvalidFileException

from contact_point.directory.categories import CATEGORIES, taxonomy_rows, term_id
from contact_point.directory.feed import Feed, FeedRow, PartsList, Record, SourceError
from contact_point.directory.nesting import PARTS
from contact_point.directory.sheet_template import COLUMNS
from contact_point.directory.validation import Fault
from contact_point.translations import translate

_NAMESPACE = UUID("6f6d2d0a-5f4e-5b61-9a53-0d6f6b6e7470")
_SHEET_LANGUAGES = ("sv", "en")


_WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
_HOURS = re.compile(r"(\d{1,2})(?:[:.](\d\d))?\s*[-–—]\s*(\d{1,2})(?:[:.](\d\d))?")
_CLOSED = {"", "-", "–", "stängt", "closed"}
_YES, _NO = {"ja", "yes", "x", "1"}, {"nej", "no", "-", "0", ""}

Cells = dict[str, Any]
"""Column → cell, for the columns that a sheet has."""


def read_spreadsheet(path: Path, county: str) -> Feed:
    """A sheet; `county` (län) completes its addresses.

    Raises:
        SourceError: when it can't be read, or lacks a column that every row needs.
    """
    table = _workbook(path) if path.suffix.lower() == ".xlsx" else _csv(path)
    lines = list(table)
    if not lines:
        raise SourceError(f"{path}: is empty; begin with `kontaktpunkt directory template`")
    columns = _columns(path, lines[0])
    feed = Feed(path.stem)
    for number, line in enumerate(lines[1:], start=2):
        cells = {
            column: line[index] if index < len(line) else None for column, index in columns.items()
        }
        if any(str(cell or "").strip() for cell in cells.values()):
            headers = {column: str(lines[0][index]) for column, index in columns.items()}
            _Line(feed, path.name, f"row {number}", cells, headers, county).read()
            feed.records += 1
    return feed


def _workbook(path: Path) -> Iterator[list[Any]]:
    try:
        book = load_workbook(path, read_only=True, data_only=True)
    except FileNotFoundError as error:
        raise SourceError(f"{path}: no such file") from error
    except (BadZipFile, InvalidFileException, KeyError) as error:
        raise SourceError(f"{path}: not an .xlsx workbook") from error
    try:
        for row in book.worksheets[0].iter_rows(values_only=True):
            yield list(row)
    finally:
        book.close()


def _csv(path: Path) -> Iterator[list[Any]]:
    try:
        content = path.read_bytes()
    except FileNotFoundError as error:
        raise SourceError(f"{path}: no such file") from error
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        # What Excel calls CSV on a Swedish computer.
        text = content.decode("cp1252", errors="replace")
    first = text.partition("\n")[0]
    delimiter = max(";,\t", key=first.count)
    yield from csv.reader(io.StringIO(text), delimiter=delimiter)


def _columns(path: Path, header: list[Any]) -> dict[str, int]:
    known = {
        _plain(name): column
        for column, described in COLUMNS.items()
        for name in (described.swedish, described.english)
    }
    found = {
        known[_plain(cell)]: index for index, cell in enumerate(header) if _plain(cell) in known
    }
    for column, described in COLUMNS.items():
        if described.required and column not in found:
            raise SourceError(
                f'{path}: row 1 has no column "{described.swedish}" (or "{described.english}"); '
                "`kontaktpunkt directory template` writes a sheet that has all"
            )
    return found


def _plain(cell: Any) -> str:
    return str(cell or "").strip().casefold()


class _Line:
    """One row of a sheet, taken apart."""

    def __init__(
        self, feed: Feed, file: str, at: str, cells: Cells, headers: dict[str, str], county: str
    ) -> None:
        self._feed, self._file, self._at, self._county = feed, file, at, county
        self._cells, self._headers = cells, headers

    def read(self) -> None:
        for column, described in COLUMNS.items():
            if described.required and not self._text(column):
                self._fault(column, "is missing", "every row needs it")
        organization = _id("organization", self._text("organization"))
        service = _id("service", self._text("organization"), self._text("service"))
        location = _id(
            "location", self._text("place"), self._text("address"), self._text("postal_code")
        )
        at_location = _id("service_at_location", service, location)
        self._add(
            "organization",
            organization,
            {"name": "organization", "description": "organization"},
            {"name": self._text("organization"), "description": self._text("organization")},
        )
        self._add_service(service, organization)
        self._add_place(location)
        links = {"service_id": service, "location_id": location}
        self._add("service_at_location", at_location, {}, links)
        self._add_hours(at_location)
        self._say_complete("service", "service_at_locations", service)
        for key, column in (
            ("languages", "languages"),
            ("phones", "phone"),
            ("cost_options", "fee"),
        ):
            if column in self._cells:
                self._say_complete("service", key, service)
        if self._cells.keys() & set(_WEEKDAYS):
            self._say_complete("service_at_location", "schedules", at_location)
        self._feed.complete_lists.add(PartsList("attribute", "link_id", service))

    def _say_complete(self, entity: str, key: str, owner: str) -> None:
        parts = PARTS[entity][key]
        self._feed.complete_lists.add(PartsList(parts.entity, parts.back, owner))

    def _add_service(self, service: str, organization: str) -> None:
        names = {
            "name": "service", "description": "description", "url": "url", "email": "email",
            "alert": "alert", "eligibility_description": "eligibility",
            "application_process": "apply", "assured_date": "checked",
        }  # fmt: skip
        values = {
            name: self._text(column) or None
            for name, column in names.items()
            if column in self._cells
        }
        if "interpreter" in self._cells:
            values["interpretation_services"] = self._interpreter()
        values |= {"status": "active", "organization_id": organization}
        self._add("service", service, names, values)
        for code in self._each(
            "languages", _language_code, "write a language, for example arabiska"
        ):
            part = _id("language", service, code)
            self._add("language", part, {}, {"service_id": service, "code": code})
        if self._text("phone"):
            number: Record = {"service_id": service, "number": self._phone()}
            self._add("phone", _id("phone", service), {"number": "phone"}, number)
        fee = self._number("fee")
        if fee is not None:
            cost: Record = {"service_id": service, "amount": fee, "currency": "SEK"}
            self._add("cost_option", _id("cost_option", service), {"amount": "fee"}, cost)
        for code in self._each("category", _category_code, "write one of the guide's categories"):
            for entity, row in taxonomy_rows(code):
                self._add(entity, row["id"], {}, row)
            values = {
                "link_id": service, "link_entity": "service", "taxonomy_term_id": term_id(code),
            }  # fmt: skip
            self._add("attribute", _id("attribute", service, code), {}, values)

    def _add_place(self, location: str) -> None:
        values: Record = {"name": self._text("place"), "location_type": "physical"}
        for column in ("latitude", "longitude"):
            if column in self._cells:
                values[column] = self._number(column)
        names = {"name": "place", "latitude": "latitude", "longitude": "longitude"}
        self._add("location", location, names, values)
        if not self._text("address"):
            return
        names = {"address_1": "address", "postal_code": "postal_code", "city": "city"}
        address: Record = {name: self._text(column) or None for name, column in names.items()}
        address |= {
            "location_id": location,
            "state_province": self._county,
            "country": "SE",
            "address_type": "physical",
        }
        self._add("address", _id("address", location), names, address)

    def _add_hours(self, at_location: str) -> None:
        for day in _WEEKDAYS:
            written = self._text(day)
            if written.casefold() in _CLOSED:
                continue
            parts = [part for part in re.split(r"[,;\n]|\boch\b|\band\b", written) if part.strip()]
            for part in parts:
                match = _HOURS.fullmatch(part.strip())
                if not match:
                    self._fault(day, "is not a time", "write 09:00–12:00, 13:00–16:00")
                    continue
                opens, closes = (
                    f"{int(hour):02}:{minute or '00'}"
                    for hour, minute in (match.group(1, 2), match.group(3, 4))
                )
                values = {
                    "service_at_location_id": at_location, "freq": "WEEKLY", "byday": day,
                    "opens_at": opens, "closes_at": closes,
                }  # fmt: skip
                names = dict.fromkeys(("opens_at", "closes_at"), day)
                self._add("schedule", _id("schedule", at_location, day, opens), names, values)

    def _add(self, entity: str, identifier: str, names: dict[str, str], values: Record) -> None:
        headers = {name: self._headers.get(column, column) for name, column in names.items()}
        self._feed.rows.append(
            FeedRow(
                entity, {"id": identifier} | values, self._feed.records, self._file, self._at,
                headers=headers,
            )
        )  # fmt: skip

    def _text(self, column: str) -> str:
        cell = self._cells.get(column)
        if isinstance(cell, datetime):
            cell = cell.date()
        if isinstance(cell, date | time):
            return cell.isoformat()
        if isinstance(cell, float) and cell.is_integer():
            cell = int(cell)
        text = str(cell if cell is not None else "").strip()
        if column == "postal_code" and re.fullmatch(r"\d{5}", text):
            return f"{text[:3]} {text[3:]}"
        return text

    def _phone(self) -> str:
        if isinstance(self._cells.get("phone"), int | float):
            self._fault("phone", "is a number, so its first zero is lost", "write it as text")
        return self._text("phone")

    def _number(self, column: str) -> float | None:
        text = self._text(column).replace(",", ".").removesuffix("kr").strip()
        if not text:
            return None
        if not re.fullmatch(r"-?\d+(\.\d+)?", text):
            self._fault(column, "is not a number", "write digits only")
            return None
        return float(text)

    def _interpreter(self) -> str | None:
        text = self._text("interpreter").casefold()
        if text in _YES:
            return "Tolk kan bokas."
        if text not in _NO:
            self._fault("interpreter", "is neither yes nor no", "write ja, nej, yes or no")
        return None

    def _each(self, column: str, find: Callable[[str], str | None], mend: str) -> Iterator[str]:
        for part in re.split(r"[;,]", self._text(column)):
            if part.strip():
                code = find(part.strip())
                if code:
                    yield code
                else:
                    self._fault(column, "is not known", mend, part.strip())

    def _fault(self, column: str, problem: str, mend: str, value: str | None = None) -> None:
        shown = self._text(column)[:60] if value is None else value
        header = self._headers.get(column, COLUMNS[column].swedish)
        fault = Fault(self._file, self._at, header, shown, problem, mend)
        self._feed.faults.append((self._feed.records, fault))


def _id(*names: str) -> str:
    return str(uuid5(_NAMESPACE, "\n".join(name.casefold() for name in names)))


@cache
def _language_names() -> dict[str, str]:
    return {
        name.casefold(): code
        for language in reversed(_SHEET_LANGUAGES)
        for code, name in Locale(language).languages.items()
    }


def _language_code(text: str) -> str | None:
    code = _language_names().get(text.casefold())
    if code:
        return code
    is_code = len(text) <= 3 and text.islower() and langcodes.tag_is_valid(text)
    return text if is_code else None


def _category_code(text: str) -> str | None:
    for code, name in CATEGORIES.items():
        names = {code, *(translate(name, language).casefold() for language in _SHEET_LANGUAGES)}
        if text.casefold() in names:
            return code
    return None
