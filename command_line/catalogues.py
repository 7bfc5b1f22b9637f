"""`kontaktpunkt catalogues`: the interface strings of each language, kept in step with the code."""

from pathlib import Path

import typer
from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.frontend import parse_mapping_cfg
from babel.messages.pofile import read_po, write_po
from rich.console import Console

from contact_point.settings import ROOT, settings
from contact_point.translations import LOCALES

app = typer.Typer(no_args_is_help=True)
_KEYWORDS = {"translate": None, "mark": None, "_": None, "gettext": None}


@app.command()
def update() -> None:
    """Bring every offered language's messages.po in step with code and domain.yml."""
    template = extract()
    for language in settings().municipality.languages:
        if language == "en":
            continue  # the source language
        path = po_path(language)
        catalogue = (
            read(language) if path.exists() else Catalog(locale=language, project="Kontaktpunkt")
        )
        catalogue.update(template, no_fuzzy_matching=True)
        catalogue.obsolete.clear()
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("wb") as file:
            write_po(file, catalogue, width=0, sort_output=True, omit_header=False)
        missing = sum(1 for message in catalogue if message.id and not message.string)
        Console().print(f"{language}: {len(catalogue)} strings, {missing} to translate")


def extract() -> Catalog:
    """Every translatable string of the product, with the places where it stands."""
    catalogue = Catalog(project="Kontaktpunkt", charset="utf-8")
    with (ROOT / "babel.cfg").open(encoding="utf-8") as file:
        methods, options = parse_mapping_cfg(file)  # type: ignore[no-untyped-call]
    for name, line, message, comments, _ in extract_from_dir(
        ROOT,
        methods,
        options,
        keywords=_KEYWORDS,
        directory_filter=lambda path: not Path(path).name.startswith((".", "var", "models")),
    ):
        catalogue.add(message, None, [(name, line)], auto_comments=comments)
    return catalogue


def read(language: str) -> Catalog:
    """The catalogue of a language as its translators left it."""
    with po_path(language).open("rb") as file:
        return read_po(file, locale=language)


def po_path(language: str) -> Path:
    """Where a language's strings live."""
    return LOCALES / language / "LC_MESSAGES" / "messages.po"
