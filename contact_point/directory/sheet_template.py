"""The columns of a sheet of services, and the template that tells what each one takes."""

from typing import NamedTuple

from openpyxl import Workbook
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter

from contact_point.directory.categories import CATEGORIES
from contact_point.translations import translate

_ROWS = 500
"""Rows of the template that hold text, whatever is written there."""


class Column(NamedTuple):
    """A column: its headers, and what to write there, in Swedish and English."""

    swedish: str
    english: str
    help_sv: str
    help_en: str
    required: bool = False


COLUMNS = {
    "organization": Column(
        "Organisation", "Organization", "Vem som ansvarar.", "Who provides it.", True
    ),
    "service": Column("Tjänst", "Service", "Vad det heter.", "What it is called.", True),
    "description": Column(
        "Beskrivning", "Description", "En eller två meningar.", "One or two sentences."
    ),
    "category": Column(
        "Kategori",
        "Category",
        "En eller flera, med semikolon mellan: {categories}.",
        "One or several, with semicolons between: {categories}.",
        True,
    ),
    "url": Column("Webbplats", "Website", "Börjar med https://", "Begins with https://"),
    "email": Column("E-post", "E-mail", "Tjänstens adress.", "The service's address."),
    "phone": Column(
        "Telefon",
        "Phone",
        "Skriv som text, så att nollan först blir kvar.",
        "Write it as text, so that the zero at the beginning stays.",
    ),
    "languages": Column(
        "Språk",
        "Languages",
        "Som personalen talar, med semikolon mellan: svenska; arabiska.",
        "That staff speak, with semicolons between: Swedish; Arabic.",
    ),
    "interpreter": Column("Tolk", "Interpreter", "Ja eller nej.", "Yes or no."),
    "fee": Column("Avgift", "Fee", "Kronor; 0 om det är gratis.", "Kronor; 0 where it is free."),
    "eligibility": Column("För vem", "For whom", "Vem som får komma.", "Who may come."),
    "apply": Column("Så gör du", "How to apply", "Hur man får en tid.", "How to get a time."),
    "place": Column("Plats", "Place", "Husets namn.", "The name of the house.", True),
    "address": Column("Gatuadress", "Street address", "Gata och nummer.", "Street and number."),
    "postal_code": Column("Postnummer", "Postal code", "Fem siffror.", "Five digits."),
    "city": Column("Ort", "City", "Postort.", "Postal town."),
    "latitude": Column("Latitud", "Latitude", "Grader: 58,39.", "Degrees: 58.39."),
    "longitude": Column("Longitud", "Longitude", "Grader: 13,84.", "Degrees: 13.84."),
    **{
        code: Column(swedish, english, "09:00–12:00, 13:00–16:00", "09:00–12:00, 13:00–16:00")
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
    "alert": Column("Meddelande", "Alert", "Visas först.", "Is shown first."),
    "checked": Column(
        "Kontrollerad", "Checked", "När uppgifterna senast stämde: 2026-11-26.",
        "When the details were last right: 2026-11-26.",
    ),
}  # fmt: skip


def template(language: str) -> Workbook:
    """An empty sheet with headers, one example, and what each column takes."""
    book = Workbook()
    sheet, guide = book.active, book.create_sheet({"sv": "Så fyller du i"}.get(language, "Guide"))
    assert sheet is not None
    sheet.title = {"sv": "Tjänster"}.get(language, "Services")
    for index, (column, described) in enumerate(COLUMNS.items(), start=1):
        header = _header(column, language)
        sheet.cell(1, index, header).font = Font(bold=True)
        sheet.cell(2, index, _EXAMPLE.get(column, ("", ""))[language != "sv"])
        letter = get_column_letter(index)
        sheet.column_dimensions[letter].width = max(14, len(header) + 4)
        for row in range(2, _ROWS):
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
    return COLUMNS[column].swedish if language == "sv" else COLUMNS[column].english
