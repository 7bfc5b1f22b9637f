"""Full text finds words, misspelt words and parts of compounds, the same on both databases."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from contact_point.database import Database
from contact_point.directory.full_text import ServiceText, find, parts, words, write

TEXTS = [
    ServiceText("library", ("Stadsbiblioteket", "المكتبة"), ("Låna böcker och datorer.",)),
    ServiceText("dentist", ("Folktandvården",), ("Tandläkare för barn och vuxna.",)),
    ServiceText("cycle", ("Cykelköket",), ("Laga din cykel själv. Det är gratis.",)),
]


def _find(database: Database, query: str) -> list[str]:
    with database.transaction() as session:
        write(session, TEXTS)
        return list(find(session, query, 10))


@pytest.mark.parametrize(
    ("query", "first"),
    [
        ("stadsbiblioteket", "library"),
        ("BIBLIOTEK", "library"),
        ("bibloteket", "library"),
        ("tandvård", "dentist"),
        ("tandvard", "dentist"),
        ("böcker", "library"),
        ("laga cykeln", "cycle"),
        ("المكتبه", "library"),
    ],
)
def test_what_comes_first(database: Database, query: str, first: str) -> None:
    assert _find(database, query)[0] == first


@pytest.mark.parametrize(
    "query", ["", "?!", "'); DROP TABLE service;--", '" OR *', "a & b | !c :*"]
)
def test_odd_queries_do_no_harm(database: Database, query: str) -> None:
    assert isinstance(_find(database, query), list)


def test_writing_again_replaces(database: Database) -> None:
    with database.transaction() as session:
        write(session, TEXTS)
        write(session, [ServiceText("library", ("Arkivet",), ())])
        assert "library" not in find(session, "böcker", 10)
        assert next(iter(find(session, "arkivet", 10))) == "library"


@settings(
    derandomize=True,
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(query=st.text(max_size=60))
def test_any_text_may_be_asked(sqlite: Database, query: str) -> None:
    with sqlite.transaction() as session:
        write(session, TEXTS)
        ranks = find(session, query, 10)
    assert all(0 <= rank <= 1 for rank in ranks.values())


@given(st.text(min_size=1, max_size=30))
@settings(derandomize=True)
def test_parts_cover_a_word(word: str) -> None:
    assert set("".join(parts(word))) == set(word)


def test_words_are_written_one_way() -> None:
    assert words("Språkkafé, SPRÅKKAFÉ!") == ["sprakkafe"]
