"""Finding offices: what fits, in which order, and what is shown when nothing fits."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy.orm import Session

from contact_point.clock import system_clock
from contact_point.database import Database
from contact_point.directory.changes import DirectoryChange
from contact_point.directory.finding import Offices, find_offices, heading
from contact_point.directory.index import index_services
from contact_point.directory.places import towns
from contact_point.directory.presentation import Reader, card
from contact_point.directory.relevance import is_named, is_stated
from contact_point.directory.search import Wish, search
from contact_point.directory.tables import (
    Accessibility,
    Address,
    Attribute,
    CostOption,
    Language,
    Location,
    Phone,
    Schedule,
    Service,
    ServiceArea,
    ServiceAtLocation,
    TaxonomyTerm,
    Translation,
)

ZONE = ZoneInfo("Europe/Stockholm")
MORNING = datetime(2026, 11, 24, 10, 0, tzinfo=ZONE)
EVENING = datetime(2026, 11, 24, 18, 0, tzinfo=ZONE)


def _add(
    session: Session,
    name: str,
    *categories: str,
    city: str = "Exempelby",
    languages: tuple[str, ...] = ("sv",),
    interpreter: bool = False,
    opens: str = "09:00",
    closes: str = "16:00",
    status: str = "active",
) -> None:
    """A service at a place of its own; ids are made of the name."""
    key = name.lower()
    session.add(
        Service(
            id=key,
            name=name,
            status=status,
            description=f"{name} hjälper dig.",
            interpretation_services="Tolk kan bokas." if interpreter else None,
        )
    )
    session.add(Location(id=f"{key} place", location_type="physical", name=f"{name}huset"))
    session.flush()
    session.add(
        Address(
            id=f"{key} address",
            location_id=f"{key} place",
            address_1="Storgatan 1",
            city=city,
            state_province="Västra Götalands län",
            postal_code="999 01",
            country="SE",
            address_type="physical",
        )
    )
    session.add(ServiceAtLocation(id=f"{key} at", service_id=key, location_id=f"{key} place"))
    session.flush()
    session.add(
        Schedule(
            id=f"{key} hours",
            service_at_location_id=f"{key} at",
            freq="WEEKLY",
            byday="MO,TU,WE,TH,FR",
            opens_at=opens,
            closes_at=closes,
        )
    )
    for position, code in enumerate(languages):
        session.add(Language(id=f"{key} {code}", service_id=key, code=code, position=position))
    for category in categories:
        if session.get(TaxonomyTerm, category) is None:
            session.add(
                TaxonomyTerm(id=category, code=category, name=category, description=category)
            )
            session.flush()
        session.add(
            Attribute(
                id=f"{key} {category}"[:36],
                link_id=key,
                link_entity="service",
                taxonomy_term_id=category,
            )
        )


@pytest.fixture
def session(database: Database) -> Iterator[Session]:
    """A small directory."""
    with database.transaction() as session:
        _add(session, "Allt", "healthcare", "housing", "work")
        _add(session, "Berga", "healthcare", languages=("sv", "ar"))
        _add(session, "Cedern", "healthcare", city="Sjöstad", languages=("sv", "so"))
        _add(session, "Dalen", "healthcare", interpreter=True)
        _add(session, "Eken", "healthcare", opens="13:00", closes="20:00", languages=("sv", "ar"))
        _add(session, "Fyren", "housing", city="Sjöstad")
        _add(session, "Gamla", "healthcare", status="defunct")
        _index(session)
        yield session


def _names(session: Session, wish: Wish, at: datetime = MORNING, **page: int) -> list[str]:
    page = {"limit": 10} | page
    return [hit.service.name for hit in search(session, wish, at, ZONE, **page).hits]


def _index(session: Session) -> None:
    """As after a change."""
    session.flush()
    index_services(session)
    session.add(DirectoryChange(at=system_clock(), source="test", entity="test", field="test"))
    session.flush()


HEALTH = Wish(category="healthcare")


def test_open_ones_first_then_the_special_ones_then_by_name(session: Session) -> None:
    assert _names(session, HEALTH) == ["Berga", "Cedern", "Dalen", "Allt", "Eken"]
    assert _names(session, HEALTH, EVENING) == ["Eken", "Berga", "Cedern", "Dalen", "Allt"]


def test_only_active_services_of_the_category(session: Session) -> None:
    assert _names(session, Wish(category="housing")) == ["Fyren", "Allt"]
    assert _names(session, Wish(category="dental_care")) == []
    assert "Gamla" not in _names(session, Wish())


def test_own_staff_before_an_interpreter(session: Session) -> None:
    """Eken is closed: whoever can help now comes first."""
    assert _names(session, replace(HEALTH, language="ar")) == ["Berga", "Dalen", "Eken"]
    assert _names(session, replace(HEALTH, language="ar"), EVENING) == ["Eken", "Berga", "Dalen"]
    assert _names(session, replace(HEALTH, language="ti")) == ["Dalen"]


def test_languages_of_the_place_count(session: Session) -> None:
    session.add(Language(id="place", location_id="fyren place", code="ti"))
    session.flush()
    assert _names(session, Wish(category="housing", language="ti")) == ["Fyren"]


@pytest.mark.parametrize("place", ["Sjöstad", "sjöstad", "SJOSTAD", "Sjöst"])
def test_a_place_however_it_is_written(session: Session, place: str) -> None:
    assert _names(session, replace(HEALTH, place=place)) == ["Cedern"]


def test_a_place_by_the_name_of_its_building(session: Session) -> None:
    assert _names(session, Wish(place="ekenhuset")) == ["Eken"]
    assert towns(session) == ["Exempelby", "Sjöstad"]


def test_open_now(session: Session) -> None:
    assert _names(session, replace(HEALTH, open_now=True), EVENING) == ["Eken"]
    assert "Eken" not in _names(session, replace(HEALTH, open_now=True), MORNING)


@pytest.mark.parametrize(
    "words", ["var ligger dalen", "Dalens telefon", "DALEN", "وين الوادي", "hitta till dalén!"]
)
def test_a_service_that_is_named_comes_first(session: Session, words: str) -> None:
    _translate(session, "dalen", name="الوادي")
    assert is_named(session, words)
    assert _names(session, Wish(words=words)) == ["Dalen"]
    first, *others = _names(session, Wish("housing", words=words))
    assert (first, set(others)) == ("Dalen", {"Fyren", "Allt"})
    assert "Dalen" not in _names(session, Wish("housing"))


def test_a_part_of_the_name_counts_within_the_category(session: Session) -> None:
    _add(session, "Eken barnens hälsa", "healthcare")
    _index(session)
    words = "min barns hälsa"
    assert not is_named(session, words)
    assert _names(session, Wish("healthcare", words=words))[0] == "Eken barnens hälsa"
    assert "Eken barnens hälsa" not in _names(session, Wish("housing", words=words))
    assert not is_stated(session, "tack så mycket")


def test_pages_have_everything_once(session: Session) -> None:
    pages = [search(session, HEALTH, MORNING, ZONE, limit=2, offset=offset) for offset in (0, 2, 4)]
    assert [page.total for page in pages] == [5, 5, 5]
    assert [len(page.hits) for page in pages] == [2, 2, 1]
    assert [hit.service.name for page in pages for hit in page.hits] == _names(session, HEALTH)
    assert search(session, HEALTH, MORNING, ZONE, limit=2, offset=6).hits == []


def _find(session: Session, wish: Wish, at: datetime = MORNING, language: str = "en") -> Offices:
    return find_offices(session, wish, 0, Reader(at, ZONE, language))


def test_a_wish_that_fits_is_kept(session: Session) -> None:
    wish = replace(HEALTH, language="ar", open_now=True)
    found = _find(session, wish)
    assert (found.wish, found.loosened, found.total) == (wish, "", 2)


def test_the_hour_is_let_go_of_first(session: Session) -> None:
    found = _find(session, Wish("housing", place="Sjöstad", open_now=True), EVENING)
    assert found.wish == Wish("housing", place="Sjöstad")
    assert found.loosened == "None of them is open right now."
    assert found.cards[0].title == "**Fyren**"


def test_then_the_language_then_the_place(session: Session) -> None:
    found = _find(session, Wish("housing", language="so", place="Sjöstad"))
    assert found.wish == Wish("housing", place="Sjöstad")
    assert found.loosened == "I found none that speaks Somali. Ask for an interpreter."
    found = _find(session, Wish("work", language="so", place="Sjöstad"))
    assert found.wish == Wish("work")
    assert found.loosened == (
        "I found none that speaks Somali. Ask for an interpreter. I found none in Sjöstad."
    )


def test_nothing_is_called_closed_that_is_open(session: Session) -> None:
    """Where only the language can't be had, the wish for an open office still holds."""
    found = _find(session, Wish("housing", language="so", open_now=True), MORNING)
    assert found.total == 2
    assert found.loosened == "I found none that speaks Somali. Ask for an interpreter."
    assert all("Open now" in each.markdown for each in found.cards)


def test_nothing_at_all(session: Session) -> None:
    found = _find(session, Wish("dental_care", "so", "Sjöstad", open_now=True))
    assert (found.cards, found.total, found.loosened) == ([], 0, "")


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("sv", "Jag hittade inget där personalen talar somaliska. Be om tolk."),
        ("ar", "لم أجد مكانًا يتكلم موظفوه الصومالية. اطلب مترجمًا."),
    ],
)
def test_what_was_let_go_of_in_the_newcomers_words(
    session: Session, language: str, words: str
) -> None:
    assert _find(session, Wish("housing", language="so"), language=language).loosened == words


def test_headings(session: Session) -> None:
    first = _find(session, HEALTH)
    assert heading(first.wish, first, 0, "en") == "Healthcare: 1–3 of 5"
    second = find_offices(session, HEALTH, 3, Reader(MORNING, ZONE, "en"))
    assert heading(second.wish, second, 3, "en") == "Healthcare: 4–5 of 5"
    housing = _find(session, Wish("housing"))
    assert heading(housing.wish, housing, 0, "en") == "Housing: 2 found"


def _translate(session: Session, service: str, language: str = "ar", **texts: str) -> None:
    for field, text in texts.items():
        session.add(
            Translation(
                id=f"{service} {field} {language}",
                entity="service",
                entity_id=service,
                field=field,
                language=language,
                text=text,
                status="reviewed",
            )
        )
    _index(session)


def _furnish(session: Session) -> None:
    """Everything that a card can show, for Berga."""
    session.add(Phone(id="phone", service_at_location_id="berga at", number="0500-00 20 00"))
    session.add(CostOption(id="dear", service_id="berga", amount=300, currency="SEK"))
    session.add(CostOption(id="cheap", service_id="berga", amount=100, currency="SEK"))
    session.add(Accessibility(id="door", location_id="berga place", description="Utan trappsteg."))
    place = session.get_one(Location, "berga place")
    place.latitude, place.longitude = 58.3899, 13.8502
    session.get_one(Service, "berga").interpretation_services = "Tolk kan bokas."
    _translate(session, "berga", name="بيرغا", description="يساعدك بيرغا.")
    session.flush()
    session.expire_all()


MAP = "https://www.openstreetmap.org/?mlat=58.3899&mlon=13.8502#map=17/58.3899/13.8502"
CARDS = {
    "sv": [
        "**Berga**",
        "Berga hjälper dig.",
        "- Öppet nu, till 16:00. I dag 09:00–16:00.",
        f"- Storgatan 1, 999 01 Exempelby – [Karta]({MAP})",
        "- Telefon: [0500-00 20 00](tel:0500002000)",
        "- Personalen talar: svenska och arabiska. Tolk kan bokas.",
        "- Kostar från 100,00 kr.",
        "- Entrén har inga trappsteg.",
    ],
    "en": [
        "**Berga**",
        "Berga hjälper dig.",
        "- Open now, until 16:00. Today 09:00–16:00.",
        f"- Storgatan 1, 999 01 Exempelby – [Map]({MAP})",
        "- Phone: [0500-00 20 00](tel:0500002000)",
        "- Staff speak: Swedish and Arabic. An interpreter can be booked.",
        "- Costs from SEK100.00.",
        "- The entrance has no steps.",
    ],
}


@pytest.mark.parametrize("language", ["sv", "en"])
def test_a_card_tells_everything(session: Session, language: str) -> None:
    _furnish(session)
    hit = search(session, Wish(words="Berga"), MORNING, ZONE).hits[0]
    text = card(session, hit, Reader(MORNING, ZONE, language)).markdown.replace("\xa0", " ")
    assert [line for line in text.split("\n") if line] == CARDS[language]


def test_an_arabic_card_keeps_the_swedish_name_for_the_sign(session: Session) -> None:
    _furnish(session)
    hit = search(session, Wish(words="Berga"), MORNING, ZONE).hits[0]
    lines = [
        line
        for line in card(session, hit, Reader(MORNING, ZONE, "ar")).markdown.split("\n")
        if line
    ]
    assert lines[:2] == ["**بيرغا** (Berga)", "يساعدك بيرغا."]
    assert lines[2].startswith("- مفتوح الآن حتى الساعة 16:00.")
    assert "(tel:0500002000)" in lines[4]
    assert "السويدية والعربية" in lines[5]
    assert len(lines) == len(CARDS["sv"])


def test_a_card_without_address_protects_it(session: Session) -> None:
    session.delete(session.get_one(Address, "berga address"))
    session.flush()
    hit = search(session, Wish(words="Berga"), MORNING, ZONE).hits[0]
    text = card(session, hit, Reader(MORNING, ZONE, "en")).markdown
    assert "- The address is secret, for safety. Call first." in text
    assert "Storgatan" not in text


def test_a_service_without_cost_is_free(session: Session) -> None:
    session.add(CostOption(id="free", service_id="berga", amount=0, currency="SEK"))
    session.flush()
    hit = search(session, Wish(words="Berga"), MORNING, ZONE).hits[0]
    assert "- Free of charge." in card(session, hit, Reader(MORNING, ZONE, "en")).markdown


def _berga(session: Session, reader: Reader, **service: object) -> list[str]:
    _furnish(session)
    found = session.get_one(Service, "berga")
    for name, value in service.items():
        setattr(found, name, value)
    session.flush()
    session.expire_all()
    return _lines(session, reader)


@pytest.mark.parametrize(
    ("service", "line"),
    [
        ({"assured_date": "2026-05-28"}, None),
        ({"assured_date": "2026-05-27"}, "- Last checked on 27 May 2026: call before you go."),
        ({"alert": "Flyttat."}, "- Note (in Swedish): Flyttat."),
        ({"status": "temporarily closed"}, "- Temporarily closed. Call before you go."),
    ],
)
def test_what_a_card_warns_of(
    session: Session, service: dict[str, object], line: str | None
) -> None:
    lines = _berga(session, Reader(MORNING, ZONE, "en_GB"), **service)
    warnings = [each for each in lines if "checked" in each or "Note" in each or "Temp" in each]
    assert warnings == ([line] if line else [])


def test_an_alert_in_the_newcomers_language(session: Session) -> None:
    _translate(session, "berga", language="en", alert="Moved.")
    assert "- Note: Moved." in _berga(session, Reader(MORNING, ZONE, "en"), alert="Flyttat.")
    assert "- Obs: Flyttat." in _lines(session, Reader(MORNING, ZONE, "sv"))


def _lines(session: Session, reader: Reader) -> list[str]:
    hit = search(session, Wish(words="Berga"), MORNING, ZONE).hits[0]
    return card(session, hit, reader).markdown.split("\n")


@pytest.mark.parametrize(
    ("near", "words"),
    [
        ((58.3899, 13.8502), "50 m away"),
        ((58.3899, 13.8400), "600 m away"),
        ((58.4502, 13.9010), "7.3 km away"),
    ],
)
def test_how_far_it_is(session: Session, near: tuple[float, float], words: str) -> None:
    assert any(words in each for each in _berga(session, Reader(MORNING, ZONE, "en", near)))


def test_the_hours_of_the_day_that_was_asked_for(session: Session) -> None:
    monday = MORNING.date() + timedelta(days=6)
    lines = _berga(session, Reader(MORNING, ZONE, "en", day=monday))
    assert "- Open now, until 16:00. Monday 30 November: 09:00–16:00." in lines
    sunday = _lines(session, Reader(MORNING, ZONE, "en", day=monday - timedelta(days=1)))
    assert "- Open now, until 16:00. Sunday 29 November: closed." in sunday


def test_nearest_first_and_unknown_places_last(session: Session) -> None:
    for number, (name, latitude) in enumerate(
        [("berga", 58.41), ("cedern", 58.39), ("dalen", 58.40)]
    ):
        place = session.get_one(Location, f"{name} place")
        place.latitude, place.longitude = latitude, 13.84 + number / 1000
    session.flush()
    session.expire_all()
    names = _names(session, replace(HEALTH, near=(58.39, 13.84), nearest=True))
    assert names[:3] == ["Cedern", "Dalen", "Berga"]
    assert set(names[3:]) == {"Allt", "Eken"}


def test_open_on_a_day(session: Session) -> None:
    schedule = session.get_one(Schedule, "dalen hours")
    schedule.byday = "SA"
    session.flush()
    session.expire_all()
    saturday = MORNING.date() + timedelta(days=4)
    assert _names(session, replace(HEALTH, open_on=saturday)) == ["Dalen"]
    sunday = _find(session, replace(HEALTH, open_on=saturday + timedelta(days=1)))
    assert sunday.loosened == "None of them is open then."


def test_who_is_not_served_is_not_sent_there(session: Session) -> None:
    square = '{"type": "Polygon", "coordinates": [[[13,58],[14,58],[14,59],[13,59],[13,58]]]}'
    session.add(ServiceArea(id="area", service_id="dalen", extent=square, extent_type="geojson"))
    session.flush()
    session.expire_all()
    assert "Dalen" in _names(session, replace(HEALTH, near=(58.4, 13.8)))
    assert "Dalen" not in _names(session, replace(HEALTH, near=(57.7, 11.9)))


@pytest.mark.parametrize(
    ("spoken", "wished"),
    [("prs", "fa"), ("kmr", "ku"), ("ckb", "ku"), ("fa", "prs"), ("som", "so")],
)
def test_a_macrolanguage_covers_its_languages(session: Session, spoken: str, wished: str) -> None:
    session.add(Language(id="more", service_id="fyren", code=spoken))
    session.flush()
    session.expire_all()
    assert _names(session, Wish(category="housing", language=wished)) == ["Fyren"]
