"""Finding an office for a newcomer: the best results, or the nearest thing to what was wished."""

from dataclasses import dataclass, replace
from datetime import datetime

from babel import Locale
from sqlalchemy import update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from contact_point.directory.categories import CATEGORIES
from contact_point.directory.changes import ServiceShowing
from contact_point.directory.presentation import Card, Reader, card
from contact_point.directory.relevance import Relevance
from contact_point.directory.search import Found, Wish, search
from contact_point.translations import mark, translate

PAGE = 3


@dataclass(frozen=True)
class Offices:
    """A page of services as cards, and what is left.

    `wish` is what was found in the end; `loosened` says in words what was let go of, or is empty.
    """

    cards: list[Card]
    total: int
    wish: Wish
    loosened: str
    service_ids: tuple[str, ...] = ()


def find_offices(session: Session, wish: Wish, offset: int, reader: Reader) -> Offices:
    """Up to three offices. Where nothing fits, one wish after another is let go of: the hour or
    day, the language, the place."""
    relevance = Relevance(session, wish.words) if wish.words else None

    def page_of(some: Wish) -> Found:
        return search(session, some, reader.at, reader.zone, PAGE, offset, relevance)

    fitting, found = wish, page_of(wish)
    loosened = []
    for name, gentler in _gentler(wish):
        if found.total:
            break
        loosened.append(name)
        fitting, found = gentler, page_of(gentler)
    if "open" in loosened and len(loosened) > 1:
        # Once the language or the place is let go of, the hour may not have to be.
        open_ones = replace(fitting, open_now=wish.open_now, open_on=wish.open_on)
        now_open = page_of(open_ones)
        if now_open.total:
            fitting, found = open_ones, now_open
            loosened.remove("open")
    if not found.total:
        loosened = []
    reader = replace(reader, day=fitting.open_on)
    return Offices(
        [card(session, hit, reader) for hit in found.hits],
        found.total,
        fitting,
        _in_words(loosened, wish, reader.language),
        tuple(hit.service_id for hit in found.hits),
    )


def note_showings(session: Session, service_ids: tuple[str, ...], at: datetime) -> None:
    """Count that newcomers were shown services, so that staff see which are never found."""
    for service_id in dict.fromkeys(service_ids):
        counted = session.execute(
            update(ServiceShowing)
            .where(ServiceShowing.service_id == service_id)
            .values(times=ServiceShowing.times + 1, last_at=at)
        )
        if not counted.rowcount:  # type: ignore[attr-defined]
            dialect = postgresql if session.get_bind().dialect.name == "postgresql" else sqlite
            first = dialect.insert(ServiceShowing).values(
                service_id=service_id, times=1, last_at=at
            )
            session.execute(first.on_conflict_do_nothing())


def heading(wish: Wish, found: Offices, offset: int, language: str) -> str:
    """For example "Healthcare: 3 of 7"."""
    name = CATEGORIES[wish.category] if wish.category else mark("Offices")
    category = translate(name, language)
    shown = f"{offset + 1}–{offset + len(found.cards)}"
    if len(found.cards) == found.total:
        return translate(
            "{category}: {total} found", language, category=category, total=found.total
        )
    return translate(
        "{category}: {shown} of {total}",
        language,
        category=category,
        shown=shown,
        total=found.total,
    )


def _gentler(wish: Wish) -> list[tuple[str, Wish]]:
    steps = []
    if wish.open_now or wish.open_on:
        wish = replace(wish, open_now=False, open_on=None)
        steps.append(("open", wish))
    if wish.language:
        wish = replace(wish, language=None)
        steps.append(("language", wish))
    if wish.place:
        wish = replace(wish, place=None)
        steps.append(("place", wish))
    return steps


def _in_words(loosened: list[str], wish: Wish, language: str) -> str:
    sentences = []
    if "open" in loosened:
        sentences.append(
            translate("None of them is open then.", language)
            if wish.open_on
            else translate("None of them is open right now.", language)
        )
    if "language" in loosened:
        name = Locale.parse(wish.language or "sv").get_display_name(language)
        sentences.append(
            translate(
                "I found none that speaks {language}. Ask for an interpreter.",
                language,
                language=name,
            )
        )
    if "place" in loosened:
        sentences.append(translate("I found none in {place}.", language, place=wish.place))
    return " ".join(sentences)
