"""A service as staff edit it: what is stored, whether a change is sound, and saving it whole.

Only what differs is written, each change with who made it. An import leaves it alone afterwards.
"""

import hashlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import uuid4

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from contact_point.clock import Clock
from contact_point.directory.categories import CATEGORIES, taxonomy_rows, term_id
from contact_point.directory.categorising import ServiceCategory
from contact_point.directory.changes import DirectoryChange
from contact_point.directory.hours_rows import (
    ExceptionRow,
    HoursRow,
    exception_row,
    exception_values,
    hours_row,
    hours_values,
)
from contact_point.directory.index import index_services
from contact_point.directory.tables import (
    ENTITIES,
    Attribute,
    HolidaySchedule,
    HsdsTable,
    Language,
    Location,
    Phone,
    Schedule,
    Service,
    ServiceAtLocation,
    Translation,
)
from contact_point.directory.validation import row_faults

TRANSLATED = ("name", "description", "alert")
STATUSES = ("active", "temporarily closed", "inactive", "defunct")
_TEXTS = ("name", "description", "status", "alert", "interpretation_services", "email", "url")


@dataclass(frozen=True)
class PhoneRow:
    """A number and what it is for."""

    id: str | None
    number: str
    description: str = ""


@dataclass(frozen=True)
class Section:
    """Hours and numbers of one owner: the service everywhere, the service at a place, or a house
    for all of its services."""

    entity: str
    id: str
    name: str = ""
    hours: tuple[HoursRow, ...] = ()
    exceptions: tuple[ExceptionRow, ...] = ()
    phones: tuple[PhoneRow, ...] = ()
    kept: tuple[str, ...] = ()
    """Hours that the form can't show, in words of the standard; they stay."""


@dataclass(frozen=True)
class TranslationRow:
    """A service's texts in a language. `is_stale`: the Swedish text has changed since."""

    texts: dict[str, str] = field(default_factory=dict)
    is_reviewed: bool = False
    is_stale: bool = False


@dataclass(frozen=True)
class ServiceEdit:
    """All that staff may change of a service."""

    texts: dict[str, str]
    categories: frozenset[str]
    languages: tuple[str, ...]
    sections: tuple[Section, ...]
    translations: dict[str, TranslationRow]


@dataclass(frozen=True)
class Problem:
    """What is wrong: where in the form, and a reason that the page words."""

    where: str
    reason: str


class EditedMeanwhile(Exception):  # noqa: N818 - a refusal, not a fault
    """Somebody else has changed the service since the form was opened."""


def stored(session: Session, service: Service, languages: Sequence[str]) -> ServiceEdit:
    """A service as it is now. `languages`: those with a form for translations."""
    categories = session.scalars(
        select(ServiceCategory.category).where(ServiceCategory.service_id == service.id)
    )
    return ServiceEdit(
        {name: getattr(service, name) or "" for name in _TEXTS},
        frozenset(categories),
        tuple(dict.fromkeys(each.code for each in service.languages if each.code)),
        tuple(_sections(session, service)),
        {tag: _translation(session, service, tag) for tag in languages},
    )


def latest_change(session: Session, service_id: str) -> int:
    """The number of the latest change of a service, to notice that two edit it at once."""
    statement = select(DirectoryChange.id).where(DirectoryChange.service_id == service_id)
    return session.scalar(statement.order_by(DirectoryChange.id.desc()).limit(1)) or 0


def problems(edit: ServiceEdit) -> list[Problem]:
    """Everything that has to be mended before a change can be saved."""
    found = []
    if not edit.texts["name"].strip():
        found.append(Problem("name", "name"))
    for name in ("email", "url"):
        if edit.texts[name] and _is_faulty("service", {name: edit.texts[name]}, name):
            found.append(Problem(name, name))
    for section in edit.sections:
        for number, hours in enumerate(section.hours):
            where = f"{section.id}-hours-{number}"
            found += [Problem(where, reason) for reason in hours.problems()]
        for number, exception in enumerate(section.exceptions):
            where = f"{section.id}-exception-{number}"
            found += [Problem(where, reason) for reason in exception.problems()]
        for number, phone in enumerate(section.phones):
            if _is_faulty("phone", {"number": phone.number}, "number"):
                found.append(Problem(f"{section.id}-phone-{number}", "phone"))
    return found


def save(
    session: Session,
    service: Service,
    edit: ServiceEdit,
    opened_at_change: int,
    account_id: int,
    clock: Clock,
) -> int:
    """Store what differs; returns the number of changes.

    Raises:
        EditedMeanwhile: when the service has changed since the form was opened.
    """
    if latest_change(session, service.id) != opened_at_change:
        raise EditedMeanwhile
    before = stored(session, service, tuple(edit.translations))
    note = _Notes(session, service.id, account_id, clock)
    _save_texts(service, before, edit, note)
    _save_categories(session, service, before, edit, note)
    _save_languages(session, service, before, edit, note)
    for old, new in zip(before.sections, edit.sections, strict=True):
        _save_section(session, old, new, note)
    for tag, row in edit.translations.items():
        _save_translation(session, service, tag, before, row, note)
    if note.count:
        service.last_modified = clock().isoformat(timespec="seconds")
        _mark_stale(session, service, before)
        session.flush()
        session.expire_all()
        index_services(session, [service.id])
    return note.count


def mark_checked(
    session: Session, service: Service, day: date, account_id: int, clock: Clock
) -> None:
    """Somebody has made sure on a day that all of it is right."""
    today = day.isoformat()
    note = _Notes(session, service.id, account_id, clock)
    note("service", service.id, "assured_date", service.assured_date, today)
    service.assured_date = today
    session.flush()


def set_alert(session: Session, service: Service, text: str, account_id: int, clock: Clock) -> None:
    """Say something urgent with the service, or end it with an empty text."""
    alert = text.strip() or None
    if alert != service.alert:
        note = _Notes(session, service.id, account_id, clock)
        note("service", service.id, "alert", service.alert, alert)
        service.alert = alert
        session.flush()


def text_hash(text: str) -> str:
    """Of the text that a translation was made from."""
    return hashlib.sha256(text.encode()).hexdigest()[:16]


class _Notes:
    """Writes the history of one edit."""

    def __init__(self, session: Session, service_id: str, account_id: int, clock: Clock) -> None:
        self._session, self._service_id, self._account_id = session, service_id, account_id
        self._now = clock()
        self.count = 0

    def __call__(
        self, entity: str, identifier: str, name: str, before: str | None, after: str | None
    ) -> None:
        self.count += 1
        self._session.add(
            DirectoryChange(
                at=self._now,
                account_id=self._account_id,
                service_id=self._service_id,
                entity=entity,
                entity_id=identifier,
                field=name,
                before=before or None,
                after=after or None,
            )
        )


def _sections(session: Session, service: Service) -> Iterator[Section]:
    """The service's own section where it has something, then one or two of each place."""
    places = session.scalars(
        select(ServiceAtLocation)
        .where(ServiceAtLocation.service_id == service.id)
        .order_by(ServiceAtLocation.position, ServiceAtLocation.id)
    ).all()
    own = _section("service", service, "")
    if own.hours or own.exceptions or own.phones or own.kept or not places:
        yield own
    for place in places:
        yield _section("service_at_location", place, _name(place.location))
    for location in {place.location_id: place.location for place in places}.values():
        house = _section("location", location, _name(location))
        if house.hours or house.exceptions or house.phones or house.kept:
            yield house


def _section(entity: str, owner: Any, name: str) -> Section:
    rows = [(schedule, hours_row(schedule)) for schedule in owner.schedules]
    return Section(
        entity,
        owner.id,
        name,
        tuple(row for _, row in rows if row),
        tuple(exception_row(each) for each in owner.holiday_schedules),
        tuple(PhoneRow(each.id, each.number, each.description or "") for each in owner.phones),
        tuple(_rule(schedule) for schedule, row in rows if row is None),
    )


def _rule(schedule: Schedule) -> str:
    names = ("freq", "interval", "byday", "bymonthday", "byweekno", "byyearday", "count", "until")
    told = [f"{name} {getattr(schedule, name)}" for name in names if getattr(schedule, name)]
    return f"{', '.join(told)} {schedule.opens_at or ''}–{schedule.closes_at or ''}".strip()


def _name(location: Location) -> str:
    return location.name or (location.addresses[0].address_1 if location.addresses else "–")


def _translation(session: Session, service: Service, tag: str) -> TranslationRow:
    rows = session.scalars(
        select(Translation).where(
            Translation.entity_id == service.id,
            Translation.language == tag,
            Translation.field.in_(TRANSLATED),
        )
    ).all()
    return TranslationRow(
        {name: next((row.text for row in rows if row.field == name), "") for name in TRANSLATED},
        bool(rows) and all(row.status == "reviewed" for row in rows),
        any(
            row.source_hash and row.source_hash != text_hash(getattr(service, row.field) or "")
            for row in rows
        ),
    )


def _is_faulty(entity: str, row: dict[str, Any], column: str) -> bool:
    return any(fault.column == column for fault in row_faults(entity, row, "", ""))


def _save_texts(service: Service, before: ServiceEdit, edit: ServiceEdit, note: _Notes) -> None:
    for name in _TEXTS:
        text = edit.texts.get(name, before.texts[name]).strip()
        if text != before.texts[name]:
            setattr(service, name, text or None)
            note("service", service.id, name, before.texts[name], text)


def _save_categories(
    session: Session, service: Service, before: ServiceEdit, edit: ServiceEdit, note: _Notes
) -> None:
    chosen = [code for code in CATEGORIES if code in edit.categories]
    if edit.categories == before.categories:
        return
    own_terms = [term_id(code) for code in CATEGORIES]
    session.execute(
        delete(Attribute).where(
            Attribute.link_id == service.id, Attribute.taxonomy_term_id.in_(own_terms)
        )
    )
    for position, code in enumerate(chosen):
        for entity, row in taxonomy_rows(code):
            if session.get(ENTITIES[entity], row["id"]) is None:
                session.add(ENTITIES[entity](**row))
                session.flush()
        session.add(
            Attribute(
                id=str(uuid4()),
                position=position,
                link_id=service.id,
                link_entity="service",
                taxonomy_term_id=term_id(code),
            )
        )
    before_names = ", ".join(sorted(before.categories))
    note("service", service.id, "attributes", before_names, ", ".join(chosen))


def _save_languages(
    session: Session, service: Service, before: ServiceEdit, edit: ServiceEdit, note: _Notes
) -> None:
    if set(edit.languages) == set(before.languages):
        return
    for row in list(service.languages):
        if row.code not in edit.languages:
            session.delete(row)
    for position, code in enumerate(edit.languages):
        if code not in before.languages:
            session.add(
                Language(id=str(uuid4()), position=position, service_id=service.id, code=code)
            )
    note("service", service.id, "languages", ", ".join(before.languages), ", ".join(edit.languages))


def _save_section(session: Session, old: Section, new: Section, note: _Notes) -> None:
    column = f"{old.entity}_id"

    def schedule(row: HoursRow) -> dict[str, Any]:
        return hours_values(row)

    def phone(row: PhoneRow) -> dict[str, Any]:
        return {"number": row.number, "description": row.description or None}

    lists: tuple[tuple[str, type[HsdsTable], Sequence[Any], Sequence[Any], Any], ...] = (
        ("schedules", Schedule, old.hours, new.hours, schedule),
        ("holiday_schedules", HolidaySchedule, old.exceptions, new.exceptions, exception_values),
        ("phones", Phone, old.phones, new.phones, phone),
    )
    for name, table, before, after, values in lists:
        if list(before) == list(after):
            continue
        _save_rows(session, table, {column: old.id}, before, after, values)
        note(old.entity, old.id, name, _listed(before), _listed(after))


def _save_rows(
    session: Session,
    table: type[HsdsTable],
    owner: dict[str, str],
    before: Iterable[Any],
    after: Iterable[Any],
    values: Callable[[Any], dict[str, Any]],
) -> None:
    kept = {row.id for row in after if row.id}
    for row in before:
        if row.id not in kept:
            session.delete(session.get_one(table, row.id))
    for position, row in enumerate(after):
        known = session.get(table, row.id) if row.id else None
        if known is None:
            session.add(table(id=str(uuid4()), position=position, **owner, **values(row)))
        else:
            for name, value in (values(row) | {"position": position}).items():
                setattr(known, name, value)


def _listed(rows: Iterable[Any]) -> str:
    return "; ".join(
        f"{row.number} {row.description}".strip() if isinstance(row, PhoneRow) else str(row)
        for row in rows
    )


def _save_translation(
    session: Session,
    service: Service,
    tag: str,
    before: ServiceEdit,
    row: TranslationRow,
    note: _Notes,
) -> None:
    known = before.translations[tag]
    status = "reviewed" if row.is_reviewed else "draft"
    for name in TRANSLATED:
        text = row.texts.get(name, known.texts[name]).strip()
        is_new_text = text != known.texts[name]
        if not is_new_text and (not text or row.is_reviewed == known.is_reviewed):
            continue
        own = (
            Translation.entity_id == service.id,
            Translation.field == name,
            Translation.language == tag,
        )
        session.execute(delete(Translation).where(*own))
        if text:
            session.add(
                Translation(
                    id=str(uuid4()),
                    entity="service",
                    entity_id=service.id,
                    field=name,
                    language=tag,
                    text=text,
                    source_hash=text_hash(getattr(service, name) or ""),
                    status=status,
                )
            )
        after = f"{tag}: {text} ({status})" if text else f"{tag}: –"
        note("service", service.id, "translations", f"{tag}: {known.texts[name]}", after)


def _mark_stale(session: Session, service: Service, before: ServiceEdit) -> None:
    """Translations of a text that has changed remember the text that they were made from."""
    session.flush()
    for name in TRANSLATED:
        if (getattr(service, name) or "") == before.texts[name]:
            continue
        old = text_hash(before.texts[name])
        for row in session.scalars(
            select(Translation).where(
                Translation.entity_id == service.id,
                Translation.field == name,
                Translation.source_hash.is_(None),
            )
        ):
            row.source_hash = old
