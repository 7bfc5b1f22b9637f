"""Any municipality's services belong to the contact point's categories."""

from typing import Any

import pytest
from sqlalchemy import select

from contact_point.database import Database
from contact_point.directory.categories import taxonomy_rows
from contact_point.directory.categorising import (
    ServiceCategory,
    Term,
    by_meaning,
    category_of_term,
    terms_in_use,
)
from contact_point.directory.hsds_json import read_content
from contact_point.directory.importer import import_feed
from tests.contact_point.directory.feeds import identifier, service


@pytest.mark.parametrize(
    ("code", "name", "expected"),
    [
        ("housing", "whatever", ("housing", "name")),
        ("X1", "Boende", ("housing", "name")),
        ("X2", "Housing", ("housing", "name")),
        ("X3", "سكن", ("housing", "meaning")),
        ("BD-1800", "Food pantries and meals", None),
        ("X4", "Tandvård för barn", ("dental_care", "meaning")),
        ("X5", "Swedish language classes", ("language_courses", "meaning")),
        ("X6", "Skuldsanering och budget", ("money", "meaning")),
        ("X7", "Qwertyuiop", None),
    ],
)
def test_what_a_foreign_term_stands_for(
    code: str, name: str, expected: tuple[str, str] | None
) -> None:
    assert category_of_term(Term("id", code, name, is_own=False)) == expected


def test_own_terms_count_as_they_are() -> None:
    assert category_of_term(Term("id", "tax", "anything", is_own=True)) == ("tax", "own")
    assert category_of_term(Term("id", "unknown", "Boende", is_own=True)) is None


def _attributes(name: str, *terms: dict[str, Any]) -> dict[str, Any]:
    return {
        "attributes": [
            {"id": identifier(f"{name} {term['code']}"), "taxonomy_term": term} for term in terms
        ]
    }


def _foreign(code: str, name: str) -> dict[str, Any]:
    taxonomy = {"id": identifier("theirs"), "name": "Kommunens egen", "description": "-"}
    return {
        "id": identifier(f"term {code}"),
        "code": code,
        "name": name,
        "description": name,
        "taxonomy_detail": taxonomy,
    }


def _own(code: str) -> dict[str, Any]:
    (_, taxonomy), (_, term) = taxonomy_rows(code)
    return {key: term[key] for key in ("id", "code", "name", "description")} | {
        "taxonomy_detail": taxonomy
    }


def test_services_with_own_foreign_and_no_terms(database: Database) -> None:
    content = [
        service("A") | _attributes("A", _own("tax"), _foreign("1", "Boende")),
        service("B") | _attributes("B", _foreign("1", "Boende"), _foreign("2", "Vård")),
        service("C")
        | {"name": "Tandläkaren", "description": "Vi lagar tänder och undersöker munnen."},
        service("D") | {"name": "Qwertyuiop", "description": "Asdfghjkl zxcvbnm."},
    ]
    with database.transaction() as session:
        assert import_feed(session, read_content(content, "x.json", "x")).faults == []
        rows = session.execute(
            select(ServiceCategory.service_id, ServiceCategory.category)
        ).tuples()
        found: dict[str, set[str]] = {}
        for service_id, category in rows:
            found.setdefault(service_id, set()).add(category)
    assert found[identifier("A")] == {"tax"}
    assert found[identifier("B")] == {"housing", "healthcare"}
    assert found[identifier("C")] == {"dental_care"}


def test_what_staff_look_over(sqlite: Database) -> None:
    content = [
        service("B") | _attributes("B", _foreign("1", "Boende"), _foreign("2", "Qwertyuiop")),
        service("C") | {"name": "Tandläkaren", "description": "Vi lagar tänder."},
    ]
    with sqlite.transaction() as session:
        import_feed(session, read_content(content, "x.json", "x"))
        assert list(terms_in_use(session)) == [
            ("Boende", "housing", "name"),
            ("Qwertyuiop", None, "term"),
            ("Tandläkaren", "dental_care", "text of the service"),
        ]


def test_a_text_about_nothing_has_no_category() -> None:
    assert by_meaning("0000 0000 0000") == []
