"""HSDS 3.2 tables. Names of tables and columns are those of the standard.

`translation` is the declared extension: texts of an entity's field in other languages.
"""

from sqlalchemy import Float, ForeignKey, Integer, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from contact_point.database import Base

_Id = String(36)


def _key(target: str) -> Mapped[str | None]:
    return mapped_column(_Id, ForeignKey(f"{target}.id", ondelete="CASCADE"), index=True)


class Organization(Base):
    """Who provides services."""

    __tablename__ = "organization"

    id: Mapped[str] = mapped_column(_Id, primary_key=True)
    name: Mapped[str] = mapped_column(Text)
    description: Mapped[str] = mapped_column(Text)
    email: Mapped[str | None] = mapped_column(Text)
    website: Mapped[str | None] = mapped_column(Text)


class Service(Base):
    """What is provided. `status`: active, inactive, defunct or temporarily closed."""

    __tablename__ = "service"

    id: Mapped[str] = mapped_column(_Id, primary_key=True)
    organization_id: Mapped[str | None] = _key("organization")
    name: Mapped[str] = mapped_column(Text)
    alternate_name: Mapped[str | None] = mapped_column(Text)
    description: Mapped[str | None] = mapped_column(Text)
    url: Mapped[str | None] = mapped_column(Text)
    email: Mapped[str | None] = mapped_column(Text)
    status: Mapped[str] = mapped_column(String(20), index=True)
    interpretation_services: Mapped[str | None] = mapped_column(Text)
    application_process: Mapped[str | None] = mapped_column(Text)
    fees_description: Mapped[str | None] = mapped_column(Text)
    eligibility_description: Mapped[str | None] = mapped_column(Text)
    minimum_age: Mapped[float | None] = mapped_column(Float)
    maximum_age: Mapped[float | None] = mapped_column(Float)
    alert: Mapped[str | None] = mapped_column(Text)
    last_modified: Mapped[str | None] = mapped_column(String(40))

    organization: Mapped[Organization | None] = relationship()
    schedules: Mapped[list["Schedule"]] = relationship(viewonly=True)
    phones: Mapped[list["Phone"]] = relationship(viewonly=True)
    languages: Mapped[list["Language"]] = relationship(viewonly=True)
    cost_options: Mapped[list["CostOption"]] = relationship(viewonly=True)
    required_documents: Mapped[list["RequiredDocument"]] = relationship(viewonly=True)


class Location(Base):
    """Where. `location_type`: physical, postal or virtual."""

    __tablename__ = "location"

    id: Mapped[str] = mapped_column(_Id, primary_key=True)
    location_type: Mapped[str] = mapped_column(String(20))
    name: Mapped[str | None] = mapped_column(Text)
    alternate_name: Mapped[str | None] = mapped_column(Text)
    description: Mapped[str | None] = mapped_column(Text)
    transportation: Mapped[str | None] = mapped_column(Text)
    url: Mapped[str | None] = mapped_column(Text)
    latitude: Mapped[float | None] = mapped_column(Float)
    longitude: Mapped[float | None] = mapped_column(Float)

    addresses: Mapped[list["Address"]] = relationship(viewonly=True)
    schedules: Mapped[list["Schedule"]] = relationship(viewonly=True)
    phones: Mapped[list["Phone"]] = relationship(viewonly=True)
    languages: Mapped[list["Language"]] = relationship(viewonly=True)
    accessibility: Mapped[list["Accessibility"]] = relationship(viewonly=True)


class ServiceAtLocation(Base):
    """A service at a place."""

    __tablename__ = "service_at_location"

    id: Mapped[str] = mapped_column(_Id, primary_key=True)
    service_id: Mapped[str | None] = _key("service")
    location_id: Mapped[str | None] = _key("location")
    description: Mapped[str | None] = mapped_column(Text)

    service: Mapped[Service] = relationship()
    location: Mapped[Location] = relationship()
    schedules: Mapped[list["Schedule"]] = relationship(viewonly=True)
    phones: Mapped[list["Phone"]] = relationship(viewonly=True)


class Schedule(Base):
    """When, as an RRULE in fields (RFC 5545) with opening times of the day."""

    __tablename__ = "schedule"

    id: Mapped[str] = mapped_column(_Id, primary_key=True)
    service_id: Mapped[str | None] = _key("service")
    location_id: Mapped[str | None] = _key("location")
    service_at_location_id: Mapped[str | None] = _key("service_at_location")
    valid_from: Mapped[str | None] = mapped_column(String(10))
    valid_to: Mapped[str | None] = mapped_column(String(10))
    dtstart: Mapped[str | None] = mapped_column(String(10))
    until: Mapped[str | None] = mapped_column(String(10))
    count: Mapped[int | None] = mapped_column(Integer)
    freq: Mapped[str | None] = mapped_column(String(10))
    interval: Mapped[int | None] = mapped_column(Integer)
    byday: Mapped[str | None] = mapped_column(Text)
    bymonthday: Mapped[str | None] = mapped_column(Text)
    wkst: Mapped[str | None] = mapped_column(String(2))
    opens_at: Mapped[str | None] = mapped_column(String(20))
    closes_at: Mapped[str | None] = mapped_column(String(20))
    description: Mapped[str | None] = mapped_column(Text)
    schedule_link: Mapped[str | None] = mapped_column(Text)
    attending_type: Mapped[str | None] = mapped_column(Text)
    notes: Mapped[str | None] = mapped_column(Text)


class Phone(Base):
    """A number of a service, a place, an organization or a contact."""

    __tablename__ = "phone"

    id: Mapped[str] = mapped_column(_Id, primary_key=True)
    location_id: Mapped[str | None] = _key("location")
    service_id: Mapped[str | None] = _key("service")
    organization_id: Mapped[str | None] = _key("organization")
    service_at_location_id: Mapped[str | None] = _key("service_at_location")
    contact_id: Mapped[str | None] = _key("contact")
    number: Mapped[str] = mapped_column(Text)
    type: Mapped[str | None] = mapped_column(Text)
    description: Mapped[str | None] = mapped_column(Text)


class Contact(Base):
    """A person or role to turn to."""

    __tablename__ = "contact"

    id: Mapped[str] = mapped_column(_Id, primary_key=True)
    service_id: Mapped[str | None] = _key("service")
    organization_id: Mapped[str | None] = _key("organization")
    location_id: Mapped[str | None] = _key("location")
    service_at_location_id: Mapped[str | None] = _key("service_at_location")
    name: Mapped[str | None] = mapped_column(Text)
    title: Mapped[str | None] = mapped_column(Text)
    email: Mapped[str | None] = mapped_column(Text)


class Language(Base):
    """A language in which a service is given. `code`: ISO 639."""

    __tablename__ = "language"

    id: Mapped[str] = mapped_column(_Id, primary_key=True)
    service_id: Mapped[str | None] = _key("service")
    location_id: Mapped[str | None] = _key("location")
    phone_id: Mapped[str | None] = _key("phone")
    name: Mapped[str | None] = mapped_column(Text)
    code: Mapped[str | None] = mapped_column(String(8), index=True)
    note: Mapped[str | None] = mapped_column(Text)


class Address(Base):
    """An address of a place."""

    __tablename__ = "address"

    id: Mapped[str] = mapped_column(_Id, primary_key=True)
    location_id: Mapped[str | None] = _key("location")
    attention: Mapped[str | None] = mapped_column(Text)
    address_1: Mapped[str] = mapped_column(Text)
    address_2: Mapped[str | None] = mapped_column(Text)
    city: Mapped[str] = mapped_column(Text)
    region: Mapped[str | None] = mapped_column(Text)
    state_province: Mapped[str] = mapped_column(Text)
    postal_code: Mapped[str] = mapped_column(Text)
    country: Mapped[str] = mapped_column(String(2))
    address_type: Mapped[str] = mapped_column(String(10))


class Accessibility(Base):
    """How a place can be entered and used."""

    __tablename__ = "accessibility"

    id: Mapped[str] = mapped_column(_Id, primary_key=True)
    location_id: Mapped[str | None] = _key("location")
    description: Mapped[str | None] = mapped_column(Text)
    details: Mapped[str | None] = mapped_column(Text)
    url: Mapped[str | None] = mapped_column(Text)


class CostOption(Base):
    """What a service costs."""

    __tablename__ = "cost_option"

    id: Mapped[str] = mapped_column(_Id, primary_key=True)
    service_id: Mapped[str | None] = _key("service")
    option: Mapped[str | None] = mapped_column(Text)
    currency: Mapped[str | None] = mapped_column(String(3))
    amount: Mapped[float | None] = mapped_column(Float)
    amount_description: Mapped[str | None] = mapped_column(Text)


class RequiredDocument(Base):
    """What to bring."""

    __tablename__ = "required_document"

    id: Mapped[str] = mapped_column(_Id, primary_key=True)
    service_id: Mapped[str | None] = _key("service")
    document: Mapped[str | None] = mapped_column(Text)
    uri: Mapped[str | None] = mapped_column(Text)


class ServiceArea(Base):
    """Whom a service is for by where they live."""

    __tablename__ = "service_area"

    id: Mapped[str] = mapped_column(_Id, primary_key=True)
    service_id: Mapped[str | None] = _key("service")
    service_at_location_id: Mapped[str | None] = _key("service_at_location")
    name: Mapped[str | None] = mapped_column(Text)
    description: Mapped[str | None] = mapped_column(Text)
    extent: Mapped[str | None] = mapped_column(Text)
    extent_type: Mapped[str | None] = mapped_column(String(20))


class Taxonomy(Base):
    """A vocabulary of terms."""

    __tablename__ = "taxonomy"

    id: Mapped[str] = mapped_column(_Id, primary_key=True)
    name: Mapped[str] = mapped_column(Text)
    description: Mapped[str] = mapped_column(Text)
    uri: Mapped[str | None] = mapped_column(Text)
    version: Mapped[str | None] = mapped_column(Text)


class TaxonomyTerm(Base):
    """A term; `code` is the contact point's category where the taxonomy is its own."""

    __tablename__ = "taxonomy_term"

    id: Mapped[str] = mapped_column(_Id, primary_key=True)
    taxonomy_id: Mapped[str | None] = _key("taxonomy")
    parent_id: Mapped[str | None] = mapped_column(_Id)
    code: Mapped[str | None] = mapped_column(Text, index=True)
    name: Mapped[str] = mapped_column(Text)
    description: Mapped[str] = mapped_column(Text)
    language: Mapped[str | None] = mapped_column(String(8))


class Attribute(Base):
    """Ties a term to any entity."""

    __tablename__ = "attribute"

    id: Mapped[str] = mapped_column(_Id, primary_key=True)
    link_id: Mapped[str] = mapped_column(_Id, index=True)
    link_entity: Mapped[str] = mapped_column(String(40))
    link_type: Mapped[str | None] = mapped_column(Text)
    value: Mapped[str | None] = mapped_column(Text)
    label: Mapped[str | None] = mapped_column(Text)
    taxonomy_term_id: Mapped[str | None] = _key("taxonomy_term")


class Translation(Base):
    """An entity's text in another language (extension). `status`: draft or reviewed."""

    __tablename__ = "translation"

    id: Mapped[str] = mapped_column(_Id, primary_key=True)
    entity: Mapped[str] = mapped_column(String(40))
    entity_id: Mapped[str] = mapped_column(_Id, index=True)
    field: Mapped[str] = mapped_column(String(40))
    language: Mapped[str] = mapped_column(String(8))
    text: Mapped[str] = mapped_column(Text)
    status: Mapped[str] = mapped_column(String(10))


ENTITIES: dict[str, type[Base]] = {
    table.__tablename__: table
    for table in (
        Organization,
        Service,
        Location,
        ServiceAtLocation,
        Contact,
        Phone,
        Schedule,
        Language,
        Address,
        Accessibility,
        CostOption,
        RequiredDocument,
        ServiceArea,
        Taxonomy,
        TaxonomyTerm,
        Attribute,
        Translation,
    )
}
"""Tables by HSDS name, each after those that it refers to."""
