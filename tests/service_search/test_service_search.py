"""Services described in Swedish are found by words of any language."""

import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select

from command_line.sample import DIRECTORY_FILE
from contact_point.clock import system_clock
from contact_point.database import Base, Database
from contact_point.directory.categories import CATEGORIES
from contact_point.directory.categorising import ServiceCategory, by_meaning
from contact_point.directory.hsds_json import read_content
from contact_point.directory.importer import import_feed
from contact_point.directory.naming import named_services
from contact_point.directory.needs import called, needs, words
from contact_point.directory.relevance import Relevance, is_stated
from contact_point.directory.search import Wish, search
from contact_point.settings import settings
from contact_point.tables import ALL_TABLES
from tests.contact_point.conftest import postgresql_url  # noqa: F401 - a fixture
from tests.service_search.questions import questions

FIRST = 5
LEAST_RIGHT = 0.9
ZONE = ZoneInfo("Europe/Stockholm")


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def swedish(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Database]:
    """The sample without its translations, as most municipalities' data is."""
    content = json.loads(Path(DIRECTORY_FILE).read_text(encoding="utf-8"))
    for service in content:
        service.pop("translations", None)
    assert ALL_TABLES
    url = (
        f"sqlite:///{tmp_path_factory.mktemp('search')}/sample.sqlite3"
        if request.param == "sqlite"
        else request.getfixturevalue("postgresql_url")
    )
    database = Database(url)
    Base.metadata.create_all(database.engine)
    with database.transaction() as session:
        assert import_feed(session, read_content(content, "x.json", "x")).faults == []
    yield database
    Base.metadata.drop_all(database.engine)
    database.close()


def test_nine_in_ten_questions_find_the_right_service_among_the_first_five(
    swedish: Database,
) -> None:
    asked = questions()
    assert Counter(question.language for question in asked) == dict.fromkeys(
        settings().municipality.languages, 20
    )
    with swedish.reading() as session:
        names = {service.id: service.name for service in named_services(session)}
        missed = [
            question
            for question in asked
            if not question.is_answered_by(
                names[key] for key in Relevance(session, question.words).best(FIRST)
            )
        ]
    share = 1 - len(missed) / len(asked)
    assert share >= LEAST_RIGHT, (share, [(each.language, each.words) for each in missed])


@pytest.mark.parametrize(
    ("words", "name"),
    [
        ("vardsentralen sjostad", "Sjöstads vårdcentral"),
        ("biblotek", "Sjöstads bibliotek"),
        ("sprakcafe", "Språkkafé på biblioteket"),
        ("barnmorskemotagning", "Barnmorskemottagningen"),
        ("lägenhetskö", "Bostadskön"),
        ("skuldradgivare", "Budget- och skuldrådgivning"),
        ("simskolan", "Simskola för barn och kvinnor"),
        ("körkortsteori", "Trafikskolan Vägvisaren"),
    ],
)
def test_misspelt_and_compound_words(swedish: Database, words: str, name: str) -> None:
    with swedish.reading() as session:
        found = search(session, Wish(words=words), system_clock(), ZONE, limit=FIRST)
    assert name in [hit.service.name for hit in found.hits]


@pytest.mark.parametrize(
    ("words", "stated"),
    [
        ("jag behöver en tandläkare", True),
        ("doctor", True),
        ("where is the library", True),
        ("وين في دكتور قريب", True),
        ("which office can help me", False),
        ("har ni öppet nu", False),
        ("nearest office", False),
        ("tack så mycket", False),
        ("أي مكتب يمكنه مساعدتي؟", False),
    ],
)
def test_whether_words_say_what_is_needed(swedish: Database, words: str, stated: bool) -> None:
    with swedish.reading() as session:
        assert is_stated(session, words) == stated


def test_every_need_has_a_category_and_every_category_a_need() -> None:
    assert set(needs().categories) == set(CATEGORIES)


def test_services_without_terms_get_the_right_category(swedish: Database) -> None:
    with swedish.reading() as session:
        rows = session.execute(
            select(ServiceCategory.service_id, ServiceCategory.category)
        ).tuples()
        known: dict[str, set[str]] = {}
        for service_id, category in rows:
            known.setdefault(service_id, set()).add(category)
        found = [
            (by_meaning(f"{service.name}. {service.description}"), known[service.id])
            for service in named_services(session)
        ]
    taken = [(guess[0], right) for guess, right in found if guess]
    assert len(taken) >= 0.9 * len(found)
    assert sum(guess in right for guess, right in taken) >= 0.94 * len(taken)


@pytest.mark.parametrize("tag", settings().municipality.languages)
def test_every_need_has_words_in_every_language(tag: str) -> None:
    known = words(tag)
    assert set(known) == set(called())
    assert all(len(phrases) >= 4 and all(phrases) for phrases in known.values())
