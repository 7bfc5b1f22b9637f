"""HSDS 3.2 tables: all of them, with all columns, so that what comes in can go out again.

Names of tables and columns are those of the standard. Two tables are declared extensions:
`translation`, texts of an entity's field in other languages, and `holiday_schedule`, which HSDS had
until version 1: other hours than usual. `info` of a column says what the standard adds to its type:
the `values` allowed, the `format` in which it is written, its `minimum` and `maximum`.

Private columns, never exported: `position`, the place among the rows of the same file, and
`service.source`, the feed that a service came from.
"""

from functools import cache
from typing import Any

from sqlalchemy import Column, Dialect, Float, ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship
from sqlalchemy.types import TypeDecorator

from contact_point.database import Base

_Id = String(36)
_UUID: dict[str, Any] = {"format": "uuid"}
_URI: dict[str, Any] = {"format": "uri"}
_EMAIL: dict[str, Any] = {"format": "email"}
_WHOLE: dict[str, Any] = {"whole": True, "minimum": 1}
_AGE: dict[str, Any] = {"minimum": 0, "maximum": 130}
_DEGREES: dict[str, Any] = {"minimum": -180, "maximum": 180}
_DATE: dict[str, Any] = {"format": "date"}
_TIME: dict[str, Any] = {"format": "time"}
_INSTANT: dict[str, Any] = {"format": "date-time"}
_LANGUAGE: dict[str, Any] = {"format": "language"}
_PLACES: dict[str, Any] = {"values": ("physical", "postal", "virtual")}
_PRIVATE: dict[str, Any] = {"private": True}


class Number(TypeDecorator[float]):
    """A number as JSON has it: 12 stays 12, 12.5 stays 12.5."""

    impl = Float
    cache_ok = True

    def process_result_value(self, value: float | None, dialect: Dialect) -> float | None:
        return int(value) if value is not None and value.is_integer() else value


def _key(target: str, required: bool = False) -> Mapped[Any]:
    """A reference that holds: without its target the row makes no sense."""
    return mapped_column(
        _Id,
        ForeignKey(f"{target}.id", ondelete="CASCADE"),
        index=True,
        nullable=not required,
        info=_UUID,
    )


def _link(target: str) -> Mapped[str | None]:
    """One of several parents, or a reference out of the file: it may lead nowhere."""
    return mapped_column(_Id, index=True, info={"link": target, "format": "uuid"})


def _parts(owner: str, target: str, back: str) -> Mapped[list[Any]]:
    """The rows of another table that name this one in their column `back`."""
    return relationship(
        target,
        primaryjoin=f"{owner}.id == foreign({target}.{back})",
        order_by=f"[{target}.position, {target}.id]",
        viewonly=True,
    )


class HsdsTable(Base):
    """What all tables have."""

    __abstract__ = True

    id: Mapped[str] = mapped_column(_Id, primary_key=True, info=_UUID, sort_order=-2)
    position: Mapped[int] = mapped_column(
        default=0, server_default="0", info=_PRIVATE, sort_order=-1
    )


class Organization(HsdsTable):
    """Who provides services."""

    __tablename__ = "organization"

    name: Mapped[str] = mapped_column(Text)
    alternate_name: Mapped[str | None] = mapped_column(Text)
    description: Mapped[str] = mapped_column(Text)
    email: Mapped[str | None] = mapped_column(Text, info=_EMAIL)
    website: Mapped[str | None] = mapped_column(Text, info=_URI)
    tax_status: Mapped[str | None] = mapped_column(Text)
    tax_id: Mapped[str | None] = mapped_column(Text)
    year_incorporated: Mapped[float | None] = mapped_column(Number)
    legal_status: Mapped[str | None] = mapped_column(Text)
    logo: Mapped[str | None] = mapped_column(Text)
    uri: Mapped[str | None] = mapped_column(Text, info=_URI)
    parent_organization_id: Mapped[str | None] = _link("organization")

    holiday_schedules: Mapped[list["HolidaySchedule"]] = _parts(
        "Organization", "HolidaySchedule", "organization_id"
    )


class Program(HsdsTable):
    """A group of services of an organization."""

    __tablename__ = "program"

    organization_id: Mapped[str | None] = _key("organization")
    name: Mapped[str] = mapped_column(Text)
    alternate_name: Mapped[str | None] = mapped_column(Text)
    description: Mapped[str] = mapped_column(Text)


class Service(HsdsTable):
    """What is provided."""

    __tablename__ = "service"

    organization_id: Mapped[str | None] = _key("organization")
    program_id: Mapped[str | None] = _key("program")
    name: Mapped[str] = mapped_column(Text)
    alternate_name: Mapped[str | None] = mapped_column(Text)
    description: Mapped[str | None] = mapped_column(Text)
    url: Mapped[str | None] = mapped_column(Text, info=_URI)
    email: Mapped[str | None] = mapped_column(Text, info=_EMAIL)
    status: Mapped[str] = mapped_column(
        String(20),
        index=True,
        info={"values": ("active", "inactive", "defunct", "temporarily closed")},
    )
    interpretation_services: Mapped[str | None] = mapped_column(Text)
    application_process: Mapped[str | None] = mapped_column(Text)
    fees_description: Mapped[str | None] = mapped_column(Text)
    wait_time: Mapped[str | None] = mapped_column(Text)
    fees: Mapped[str | None] = mapped_column(Text)
    accreditations: Mapped[str | None] = mapped_column(Text)
    eligibility_description: Mapped[str | None] = mapped_column(Text)
    minimum_age: Mapped[float | None] = mapped_column(Number, info=_AGE)
    maximum_age: Mapped[float | None] = mapped_column(Number, info=_AGE)
    assured_date: Mapped[str | None] = mapped_column(String(10), info=_DATE)
    assurer_email: Mapped[str | None] = mapped_column(Text, info=_EMAIL)
    licenses: Mapped[str | None] = mapped_column(Text)
    alert: Mapped[str | None] = mapped_column(Text)
    last_modified: Mapped[str | None] = mapped_column(String(40), info=_INSTANT)
    source: Mapped[str | None] = mapped_column(Text, index=True, info=_PRIVATE)

    organization: Mapped[Organization | None] = relationship(viewonly=True)
    schedules: Mapped[list["Schedule"]] = _parts("Service", "Schedule", "service_id")
    phones: Mapped[list["Phone"]] = _parts("Service", "Phone", "service_id")
    languages: Mapped[list["Language"]] = _parts("Service", "Language", "service_id")
    cost_options: Mapped[list["CostOption"]] = _parts("Service", "CostOption", "service_id")
    required_documents: Mapped[list["RequiredDocument"]] = _parts(
        "Service", "RequiredDocument", "service_id"
    )
    service_areas: Mapped[list["ServiceArea"]] = _parts("Service", "ServiceArea", "service_id")
    holiday_schedules: Mapped[list["HolidaySchedule"]] = _parts(
        "Service", "HolidaySchedule", "service_id"
    )


class Location(HsdsTable):
    """Where."""

    __tablename__ = "location"

    location_type: Mapped[str] = mapped_column(String(20), info=_PLACES)
    url: Mapped[str | None] = mapped_column(Text, info=_URI)
    organization_id: Mapped[str | None] = _link("organization")
    name: Mapped[str | None] = mapped_column(Text)
    alternate_name: Mapped[str | None] = mapped_column(Text)
    description: Mapped[str | None] = mapped_column(Text)
    transportation: Mapped[str | None] = mapped_column(Text)
    latitude: Mapped[float | None] = mapped_column(Number, info=_DEGREES)
    longitude: Mapped[float | None] = mapped_column(Number, info=_DEGREES)
    external_identifier: Mapped[str | None] = mapped_column(Text)
    external_identifier_type: Mapped[str | None] = mapped_column(Text)

    addresses: Mapped[list["Address"]] = _parts("Location", "Address", "location_id")
    schedules: Mapped[list["Schedule"]] = _parts("Location", "Schedule", "location_id")
    phones: Mapped[list["Phone"]] = _parts("Location", "Phone", "location_id")
    languages: Mapped[list["Language"]] = _parts("Location", "Language", "location_id")
    accessibility: Mapped[list["Accessibility"]] = _parts(
        "Location", "Accessibility", "location_id"
    )
    holiday_schedules: Mapped[list["HolidaySchedule"]] = _parts(
        "Location", "HolidaySchedule", "location_id"
    )


class ServiceAtLocation(HsdsTable):
    """A service at a place."""

    __tablename__ = "service_at_location"

    service_id: Mapped[str] = _key("service", required=True)
    location_id: Mapped[str] = _key("location", required=True)
    description: Mapped[str | None] = mapped_column(Text)

    service: Mapped[Service] = relationship(viewonly=True)
    location: Mapped[Location] = relationship(viewonly=True)
    schedules: Mapped[list["Schedule"]] = _parts(
        "ServiceAtLocation", "Schedule", "service_at_location_id"
    )
    phones: Mapped[list["Phone"]] = _parts("ServiceAtLocation", "Phone", "service_at_location_id")
    service_areas: Mapped[list["ServiceArea"]] = _parts(
        "ServiceAtLocation", "ServiceArea", "service_at_location_id"
    )
    holiday_schedules: Mapped[list["HolidaySchedule"]] = _parts(
        "ServiceAtLocation", "HolidaySchedule", "service_at_location_id"
    )


class Contact(HsdsTable):
    """A person or role to turn to."""

    __tablename__ = "contact"

    organization_id: Mapped[str | None] = _link("organization")
    service_id: Mapped[str | None] = _link("service")
    service_at_location_id: Mapped[str | None] = _link("service_at_location")
    location_id: Mapped[str | None] = _link("location")
    name: Mapped[str | None] = mapped_column(Text)
    title: Mapped[str | None] = mapped_column(Text)
    department: Mapped[str | None] = mapped_column(Text)
    email: Mapped[str | None] = mapped_column(Text, info=_EMAIL)


class Phone(HsdsTable):
    """A number of a service, a place, an organization or a contact."""

    __tablename__ = "phone"

    location_id: Mapped[str | None] = _link("location")
    service_id: Mapped[str | None] = _link("service")
    organization_id: Mapped[str | None] = _link("organization")
    contact_id: Mapped[str | None] = _link("contact")
    service_at_location_id: Mapped[str | None] = _link("service_at_location")
    number: Mapped[str] = mapped_column(Text, info={"format": "phone"})
    extension: Mapped[float | None] = mapped_column(Number)
    type: Mapped[str | None] = mapped_column(Text)
    description: Mapped[str | None] = mapped_column(Text)

    languages: Mapped[list["Language"]] = _parts("Phone", "Language", "phone_id")


class Schedule(HsdsTable):
    """When, as an RRULE in fields (RFC 5545) with opening times of the day."""

    __tablename__ = "schedule"

    service_id: Mapped[str | None] = _link("service")
    location_id: Mapped[str | None] = _link("location")
    service_at_location_id: Mapped[str | None] = _link("service_at_location")
    valid_from: Mapped[str | None] = mapped_column(String(10), info=_DATE)
    valid_to: Mapped[str | None] = mapped_column(String(10), info=_DATE)
    dtstart: Mapped[str | None] = mapped_column(String(10), info=_DATE)
    timezone: Mapped[float | None] = mapped_column(Number)
    until: Mapped[str | None] = mapped_column(String(10), info=_DATE)
    count: Mapped[float | None] = mapped_column(Number, info=_WHOLE)
    wkst: Mapped[str | None] = mapped_column(
        String(2), info={"values": ("MO", "TU", "WE", "TH", "FR", "SA", "SU")}
    )
    freq: Mapped[str | None] = mapped_column(String(10), info={"values": ("WEEKLY", "MONTHLY")})
    interval: Mapped[float | None] = mapped_column(Number, info=_WHOLE)
    byday: Mapped[str | None] = mapped_column(Text, info={"format": "weekdays"})
    byweekno: Mapped[str | None] = mapped_column(Text, info={"format": "week-numbers"})
    bymonthday: Mapped[str | None] = mapped_column(Text, info={"format": "month-days"})
    byyearday: Mapped[str | None] = mapped_column(Text, info={"format": "year-days"})
    description: Mapped[str | None] = mapped_column(Text)
    opens_at: Mapped[str | None] = mapped_column(String(20), info=_TIME)
    closes_at: Mapped[str | None] = mapped_column(String(20), info=_TIME)
    schedule_link: Mapped[str | None] = mapped_column(Text, info=_URI)
    attending_type: Mapped[str | None] = mapped_column(Text)
    notes: Mapped[str | None] = mapped_column(Text)


class HolidaySchedule(HsdsTable):
    """Other hours than usual (extension, after HSDS 1.1).

    On which days: those of a kind (`day`), those from `start_date` to `end_date`, or both. What
    then: `closed`; or open from `opens_at` to `closes_at`; with one of the two, the usual hours
    begin or end there; with neither, it is open as usual.
    """

    __tablename__ = "holiday_schedule"

    organization_id: Mapped[str | None] = _link("organization")
    service_id: Mapped[str | None] = _link("service")
    location_id: Mapped[str | None] = _link("location")
    service_at_location_id: Mapped[str | None] = _link("service_at_location")
    day: Mapped[str | None] = mapped_column(
        String(30), info={"values": ("public_holiday", "day_before_public_holiday")}
    )
    start_date: Mapped[str | None] = mapped_column(String(10), info=_DATE)
    end_date: Mapped[str | None] = mapped_column(String(10), info=_DATE)
    closed: Mapped[bool]
    opens_at: Mapped[str | None] = mapped_column(String(20), info=_TIME)
    closes_at: Mapped[str | None] = mapped_column(String(20), info=_TIME)
    description: Mapped[str | None] = mapped_column(Text)


class Funding(HsdsTable):
    """Who pays."""

    __tablename__ = "funding"

    organization_id: Mapped[str | None] = _link("organization")
    service_id: Mapped[str | None] = _link("service")
    source: Mapped[str | None] = mapped_column(Text)


class ServiceArea(HsdsTable):
    """Whom a service is for by where they live."""

    __tablename__ = "service_area"

    service_id: Mapped[str | None] = _link("service")
    service_at_location_id: Mapped[str | None] = _link("service_at_location")
    name: Mapped[str | None] = mapped_column(Text)
    description: Mapped[str | None] = mapped_column(Text)
    extent: Mapped[str | None] = mapped_column(Text)
    extent_type: Mapped[str | None] = mapped_column(String(20))
    uri: Mapped[str | None] = mapped_column(Text, info=_URI)


class RequiredDocument(HsdsTable):
    """What to bring."""

    __tablename__ = "required_document"

    service_id: Mapped[str | None] = _key("service")
    document: Mapped[str | None] = mapped_column(Text)
    uri: Mapped[str | None] = mapped_column(Text, info=_URI)


class Language(HsdsTable):
    """A language in which a service is given. `code`: ISO 639."""

    __tablename__ = "language"

    service_id: Mapped[str | None] = _link("service")
    location_id: Mapped[str | None] = _link("location")
    phone_id: Mapped[str | None] = _link("phone")
    name: Mapped[str | None] = mapped_column(Text)
    code: Mapped[str | None] = mapped_column(String(8), index=True, info=_LANGUAGE)
    note: Mapped[str | None] = mapped_column(Text)


class Address(HsdsTable):
    """Where a location is. In Sweden `state_province` is the county (län)."""

    __tablename__ = "address"

    location_id: Mapped[str | None] = _key("location")
    attention: Mapped[str | None] = mapped_column(Text)
    address_1: Mapped[str] = mapped_column(Text)
    address_2: Mapped[str | None] = mapped_column(Text)
    city: Mapped[str] = mapped_column(Text)
    region: Mapped[str | None] = mapped_column(Text)
    state_province: Mapped[str] = mapped_column(Text)
    postal_code: Mapped[str] = mapped_column(Text)
    country: Mapped[str] = mapped_column(String(2), info={"format": "country"})
    address_type: Mapped[str] = mapped_column(String(10), info=_PLACES)


class Accessibility(HsdsTable):
    """How a place can be entered and used."""

    __tablename__ = "accessibility"

    location_id: Mapped[str | None] = _key("location")
    description: Mapped[str | None] = mapped_column(Text)
    details: Mapped[str | None] = mapped_column(Text)
    url: Mapped[str | None] = mapped_column(Text, info=_URI)


class CostOption(HsdsTable):
    """What a service costs."""

    __tablename__ = "cost_option"

    service_id: Mapped[str] = _key("service", required=True)
    valid_from: Mapped[str | None] = mapped_column(String(10), info=_DATE)
    valid_to: Mapped[str | None] = mapped_column(String(10), info=_DATE)
    option: Mapped[str | None] = mapped_column(Text)
    currency: Mapped[str | None] = mapped_column(String(3), info={"format": "currency"})
    amount: Mapped[float | None] = mapped_column(Number)
    amount_description: Mapped[str | None] = mapped_column(Text)


class OrganizationIdentifier(HsdsTable):
    """A number in a register of organizations."""

    __tablename__ = "organization_identifier"

    organization_id: Mapped[str] = _key("organization", required=True)
    identifier_scheme: Mapped[str | None] = mapped_column(Text)
    identifier_type: Mapped[str] = mapped_column(Text)
    identifier: Mapped[str] = mapped_column(Text)


class Unit(HsdsTable):
    """What capacity is counted in."""

    __tablename__ = "unit"

    name: Mapped[str] = mapped_column(Text)
    scheme: Mapped[str | None] = mapped_column(Text)
    identifier: Mapped[str | None] = mapped_column(Text)
    uri: Mapped[str | None] = mapped_column(Text, info=_URI)


class ServiceCapacity(HsdsTable):
    """How many can be served."""

    __tablename__ = "service_capacity"

    service_id: Mapped[str] = _key("service", required=True)
    unit_id: Mapped[str] = _key("unit", required=True)
    available: Mapped[float] = mapped_column(Number)
    maximum: Mapped[float | None] = mapped_column(Number)
    description: Mapped[str | None] = mapped_column(Text)
    updated: Mapped[str] = mapped_column(String(40), info=_INSTANT)


class Url(HsdsTable):
    """A further web address of a service or an organization."""

    __tablename__ = "url"

    label: Mapped[str | None] = mapped_column(Text)
    url: Mapped[str] = mapped_column(Text, info=_URI)
    organization_id: Mapped[str | None] = _link("organization")
    service_id: Mapped[str | None] = _link("service")


class Taxonomy(HsdsTable):
    """A vocabulary of terms."""

    __tablename__ = "taxonomy"

    name: Mapped[str] = mapped_column(Text)
    description: Mapped[str] = mapped_column(Text)
    uri: Mapped[str | None] = mapped_column(Text, info=_URI)
    version: Mapped[str | None] = mapped_column(Text)


class TaxonomyTerm(HsdsTable):
    """A term; `code` is the contact point's category where the taxonomy is its own."""

    __tablename__ = "taxonomy_term"

    code: Mapped[str | None] = mapped_column(Text, index=True)
    name: Mapped[str] = mapped_column(Text)
    description: Mapped[str] = mapped_column(Text)
    parent_id: Mapped[str | None] = _link("taxonomy_term")
    taxonomy: Mapped[str | None] = mapped_column(Text)
    language: Mapped[str | None] = mapped_column(String(8), info=_LANGUAGE)
    taxonomy_id: Mapped[str | None] = _link("taxonomy")
    term_uri: Mapped[str | None] = mapped_column(Text, info=_URI)


class Attribute(HsdsTable):
    """Ties a term to the row of any table."""

    __tablename__ = "attribute"

    link_id: Mapped[str] = mapped_column(_Id, index=True, info=_UUID)
    taxonomy_term_id: Mapped[str | None] = _key("taxonomy_term")
    link_type: Mapped[str | None] = mapped_column(Text)
    link_entity: Mapped[str] = mapped_column(String(40))
    value: Mapped[str | None] = mapped_column(Text)
    label: Mapped[str | None] = mapped_column(Text)


class Metadata(HsdsTable):
    """What was changed in the row of any table, by whom."""

    __tablename__ = "metadata"

    resource_id: Mapped[str] = mapped_column(_Id, index=True, info=_UUID)
    resource_type: Mapped[str] = mapped_column(Text)
    last_action_date: Mapped[str] = mapped_column(String(40), info=_INSTANT)
    last_action_type: Mapped[str] = mapped_column(Text)
    field_name: Mapped[str] = mapped_column(Text)
    previous_value: Mapped[str] = mapped_column(Text)
    replacement_value: Mapped[str] = mapped_column(Text)
    updated_by: Mapped[str] = mapped_column(Text)


class MetaTableDescription(HsdsTable):
    """What a table of the file holds."""

    __tablename__ = "meta_table_description"

    name: Mapped[str | None] = mapped_column(Text)
    language: Mapped[str | None] = mapped_column(String(8), info=_LANGUAGE)
    character_set: Mapped[str | None] = mapped_column(Text)


class Translation(HsdsTable):
    """A field's text in another language (extension).

    `source_hash`: of the Swedish text that it was made from.
    """

    __tablename__ = "translation"

    entity: Mapped[str] = mapped_column(String(40))
    entity_id: Mapped[str] = mapped_column(_Id, index=True, info=_UUID)
    field: Mapped[str] = mapped_column(String(40))
    language: Mapped[str] = mapped_column(String(8), info=_LANGUAGE)
    text: Mapped[str] = mapped_column(Text)
    source_hash: Mapped[str | None] = mapped_column(String(64))
    status: Mapped[str] = mapped_column(String(10), info={"values": ("draft", "reviewed")})


ENTITIES: dict[str, type[HsdsTable]] = {
    table.__tablename__: table
    for table in (
        Organization,
        Program,
        Service,
        Location,
        ServiceAtLocation,
        Contact,
        Phone,
        Schedule,
        HolidaySchedule,
        Funding,
        ServiceArea,
        RequiredDocument,
        Language,
        Address,
        Accessibility,
        CostOption,
        OrganizationIdentifier,
        Unit,
        ServiceCapacity,
        Url,
        Taxonomy,
        TaxonomyTerm,
        Attribute,
        Metadata,
        MetaTableDescription,
        Translation,
    )
}
"""Tables by HSDS name, each after those that it refers to."""


@cache
def public_columns(entity: str) -> dict[str, Column[Any]]:
    """The columns of the standard by name, in its order."""
    columns = ENTITIES[entity].__table__.columns
    return {
        column.name: column
        for column in columns
        if isinstance(column, Column) and not column.info.get("private")
    }


def is_key(column: Column[Any]) -> bool:
    """Whether a column names a row of another table."""
    return bool(column.foreign_keys or column.info.get("link"))


def target_of(column: Column[Any]) -> str | None:
    """The table that a column names a row of."""
    for key in column.foreign_keys:
        return key.column.table.name
    return column.info.get("link")
