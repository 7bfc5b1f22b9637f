"""Services from a spreadsheet (.xlsx or .csv) for a municipality that keeps them in Excel.

One row is a service at a place. Headers are Swedish or English; what each column takes is told in
the template (`template`). Rows that name the same organization, service or place share it: ids
are UUIDv5 of those names, so that the same sheet gives the same ids.
"""

import csv
import io
import re
from collections.abc import Callable, Iterator
from datetime import date, datetime, time
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple
from uuid import UUID, uuid5
from zipfile import BadZipFile

import langcodes
from babel import Locale
from openpyxl import Workbook, load_workbook
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter
from openpyxl.utils.exceptions import InvalidFileException

from contact_point.directory.categories import CATEGORIES, taxonomy_rows, term_id
from contact_point.directory.feed import Feed, FeedRow, PartsList, Record, SourceError
from contact_point.directory.nesting import PARTS
from contact_point.directory.validation import Fault
from contact_point.translations import translate

_NAMESPACE = UUID("6f6d2d0a-5f4e-5b61-9a53-0d6f6b6e7470")
_SHEET_LANGUAGES = ("sv", "en")


class _Column(NamedTuple):
    """A column: its headers, and what to write there, in Swedish and English."""

    swedish: str
    english: str
    help_sv: str
    help_en: str
    required: bool = False


_COLUMNS = {
    "organization": _Column(
        "Organisation", "Organization", "Vem som ansvarar.", "Who provides it.", True
    ),
    "service": _Column("Tjänst", "Service", "Vad det heter.", "What it is called.", True),
    "description": _Column(
        "Beskrivning", "Description", "En eller två meningar.", "One or two sentences."
    ),
    "category": _Column(
        "Kategori",
        "Category",
        "En eller flera, med semikolon mellan: {categories}.",
        "One or several, with semicolons between: {categories}.",
        True,
    ),
    "url": _Column("Webbplats", "Website", "Börjar med https://", "Begins with https://"),
    "email": _Column("E-post", "E-mail", "Tjänstens adress.", "The service's address."),
    "phone": _Column(
        "Telefon",
        "Phone",
        "Skriv som text, så att nollan först blir kvar.",
        "Write it as text, so that the zero at the beginning stays.",
    ),
    "languages": _Column(
        "Språk",
        "Languages",
        "Som personalen talar, med semikolon mellan: svenska; arabiska.",
        "That staff speak, with semicolons between: Swedish; Arabic.",
    ),
    "interpreter": _Column("Tolk", "Interpreter", "Ja eller nej.", "Yes or no."),
    "fee": _Column("Avgift", "Fee", "Kronor; 0 om det är gratis.", "Kronor; 0 where it is free."),
    "eligibility": _Column("För vem", "For whom", "Vem som får komma.", "Who may come."),
    "apply": _Column("Så gör du", "How to apply", "Hur man får en tid.", "How to get a time."),
    "place": _Column("Plats", "Place", "Husets namn.", "The name of the house.", True),
    "address": _Column("Gatuadress", "Street address", "Gata och nummer.", "Street and number."),
    "postal_code": _Column("Postnummer", "Postal code", "Fem siffror.", "Five digits."),
    "city": _Column("Ort", "City", "Postort.", "Postal town."),
    "latitude": _Column("Latitud", "Latitude", "Grader: 58,39.", "Degrees: 58.39."),
    "longitude": _Column("Longitud", "Longitude", "Grader: 13,84.", "Degrees: 13.84."),
    **{
        code: _Column(swedish, english, "09:00–12:00, 13:00–16:00", "09:00–12:00, 13:00–16:00")
        for code, swedish, english in (
            ("MO", "Måndag", "Monday"),
            ("TU", "Tisdag", "Tuesday"),
            ("WE", "Onsdag", "Wednesday"),
            ("TH", "Torsdag", "Thursday"),
            ("FR", "Fredag", "Friday"),
            ("SA", "Lördag", "Saturday"),
            ("SU", "Söndag", "Sunday"),
        )
    },
    "alert": _Column("Meddelande", "Alert", "Visas först.", "Is shown first."),
    "checked": _Column(
        "Kontrollerad", "Checked", "När uppgifterna senast stämde: 2026-11-26.",
        "When the details were last right: 2026-11-26.",
    ),
}  # fmt: skip
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


def template(language: str) -> Workbook:
    """An empty sheet with headers, one example, and what each column takes."""
    book = Workbook()
    sheet, guide = book.active, book.create_sheet({"sv": "Så fyller du i"}.get(language, "Guide"))
    assert sheet is not None
    sheet.title = {"sv": "Tjänster"}.get(language, "Services")
    for index, (column, described) in enumerate(_COLUMNS.items(), start=1):
        header = _header(column, language)
        sheet.cell(1, index, header).font = Font(bold=True)
        sheet.cell(2, index, _EXAMPLE.get(column, ("", ""))[language != "sv"])
        letter = get_column_letter(index)
        sheet.column_dimensions[letter].width = max(14, len(header) + 4)
        for row in range(2, 500):
            # Excel would take the zero from "0500-00 10 00", and make a date of "9-12".
            sheet.cell(row, index).number_format = "@"
        guide.cell(index, 1, header).font = Font(bold=True)
        text = described.help_sv if language == "sv" else described.help_en
        if described.required:
            text = f"{text} {'Måste fyllas i.' if language == 'sv' else 'Must be filled in.'}"
        names = "; ".join(translate(name, language) for name in CATEGORIES.values())
        guide.cell(index, 2, text.format(categories=names))
        guide.cell(index, 2).alignment = Alignment(wrap_text=True, vertical="top")
    guide.column_dimensions["A"].width, guide.column_dimensions["B"].width = 18, 90
    sheet.freeze_panes = "A2"
    return book


_EXAMPLE = {
    "organization": ("Exempelby kommun", "Exempelby kommun"),
    "service": ("Öppna förskolan", "Open preschool"),
    "description": ("För barn med en vuxen. Gratis.", "For children with an adult. Free."),
    "category": ("Familj och barn", "Family and children"),
    "phone": ("0500-00 00 00", "0500-00 00 00"),
    "languages": ("svenska; engelska", "Swedish; English"),
    "interpreter": ("nej", "no"),
    "fee": ("0", "0"),
    "place": ("Familjens hus", "Familjens hus"),
    "address": ("Skolgatan 2", "Skolgatan 2"),
    "postal_code": ("999 01", "999 01"),
    "city": ("Exempelby", "Exempelby"),
    "MO": ("09:00–12:00, 13:00–15:30", "09:00–12:00, 13:00–15:30"),
    "TH": ("09:00–12:00", "09:00–12:00"),
    "checked": ("2026-11-26", "2026-11-26"),
}


def _header(column: str, language: str) -> str:
    return _COLUMNS[column].swedish if language == "sv" else _COLUMNS[column].english


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
        for column, described in _COLUMNS.items()
        for name in (described.swedish, described.english)
    }
    found = {
        known[_plain(cell)]: index for index, cell in enumerate(header) if _plain(cell) in known
    }
    for column, described in _COLUMNS.items():
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
        for column, described in _COLUMNS.items():
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
        for entity, identifier in (("service", service), ("service_at_location", at_location)):
            for key in ("languages", "phones", "schedules", "cost_options"):
                parts = PARTS[entity].get(key)
                if parts:
                    self._feed.complete_lists.add(PartsList(parts.entity, parts.back, identifier))
        places = PARTS["service"]["service_at_locations"]
        self._feed.complete_lists.add(PartsList(places.entity, places.back, service))
        self._feed.complete_lists.add(PartsList("attribute", "link_id", service))

    def _add_service(self, service: str, organization: str) -> None:
        names = {
            "name": "service", "description": "description", "url": "url", "email": "email",
            "alert": "alert", "eligibility_description": "eligibility",
            "application_process": "apply",
        }  # fmt: skip
        values = {name: self._text(column) or None for name, column in names.items()}
        values |= {
            "status": "active",
            "organization_id": organization,
            "interpretation_services": self._interpreter(),
            "assured_date": self._date("checked"),
        }
        self._add("service", service, names | {"assured_date": "checked"}, values)
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
        values = {
            "name": self._text("place"),
            "location_type": "physical",
            "latitude": self._number("latitude"),
            "longitude": self._number("longitude"),
        }
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
        try:
            return float(text)
        except ValueError:
            self._fault(column, "is not a number", "write digits only")
            return None

    def _date(self, column: str) -> str | None:
        return self._text(column) or None

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
        header = self._headers.get(column, _COLUMNS[column].swedish)
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
