"""How HSDS JSON nests what its tables link: one description for reading and for writing."""

from typing import NamedTuple


class Parts(NamedTuple):
    """A nested list: rows of `entity` whose column `back` names the row that they are part of."""

    entity: str
    back: str


class Reference(NamedTuple):
    """A nested object: the row of `entity` that the column `column` names."""

    entity: str
    column: str


PARTS: dict[str, dict[str, Parts]] = {
    "organization": {
        "additional_websites": Parts("url", "organization_id"),
        "funding": Parts("funding", "organization_id"),
        "contacts": Parts("contact", "organization_id"),
        "phones": Parts("phone", "organization_id"),
        "locations": Parts("location", "organization_id"),
        "programs": Parts("program", "organization_id"),
        "holiday_schedules": Parts("holiday_schedule", "organization_id"),
        "organization_identifiers": Parts("organization_identifier", "organization_id"),
        "services": Parts("service", "organization_id"),
    },
    "service": {
        "additional_urls": Parts("url", "service_id"),
        "phones": Parts("phone", "service_id"),
        "schedules": Parts("schedule", "service_id"),
        "holiday_schedules": Parts("holiday_schedule", "service_id"),
        "service_areas": Parts("service_area", "service_id"),
        "service_at_locations": Parts("service_at_location", "service_id"),
        "languages": Parts("language", "service_id"),
        "funding": Parts("funding", "service_id"),
        "cost_options": Parts("cost_option", "service_id"),
        "required_documents": Parts("required_document", "service_id"),
        "contacts": Parts("contact", "service_id"),
        "capacities": Parts("service_capacity", "service_id"),
    },
    "service_at_location": {
        "service_areas": Parts("service_area", "service_at_location_id"),
        "contacts": Parts("contact", "service_at_location_id"),
        "phones": Parts("phone", "service_at_location_id"),
        "holiday_schedules": Parts("holiday_schedule", "service_at_location_id"),
        "schedules": Parts("schedule", "service_at_location_id"),
    },
    "location": {
        "languages": Parts("language", "location_id"),
        "addresses": Parts("address", "location_id"),
        "contacts": Parts("contact", "location_id"),
        "accessibility": Parts("accessibility", "location_id"),
        "phones": Parts("phone", "location_id"),
        "holiday_schedules": Parts("holiday_schedule", "location_id"),
        "schedules": Parts("schedule", "location_id"),
    },
    "contact": {"phones": Parts("phone", "contact_id")},
    "phone": {"languages": Parts("language", "phone_id")},
}

REFERENCES: dict[str, dict[str, Reference]] = {
    "service": {
        "organization": Reference("organization", "organization_id"),
        "program": Reference("program", "program_id"),
    },
    "service_at_location": {
        "location": Reference("location", "location_id"),
        "service": Reference("service", "service_id"),
    },
    "service_capacity": {"unit": Reference("unit", "unit_id")},
    "attribute": {"taxonomy_term": Reference("taxonomy_term", "taxonomy_term_id")},
    "taxonomy_term": {"taxonomy_detail": Reference("taxonomy", "taxonomy_id")},
}


class Anywhere(NamedTuple):
    """A list that any row may have: `id_column` holds the row's id, `kind_column` its table.

    `kind_tells`: whether that table has to be right; the standard's own example of metadata has
    another one.
    """

    entity: str
    id_column: str
    kind_column: str
    kind_tells: bool = True


ANYWHERE = {
    "attributes": Anywhere("attribute", "link_id", "link_entity"),
    "metadata": Anywhere("metadata", "resource_id", "resource_type", kind_tells=False),
    "translations": Anywhere("translation", "entity_id", "entity"),
}

ROOTS = ("organization", "program", "service", "location", "unit", "taxonomy", "taxonomy_term")
"""Rows that stand for themselves: they are never removed with what names them."""


def may_have(entity: str, key: str) -> bool:
    """Whether rows of a table may have attributes, metadata or translations."""
    bare = ("metadata", "translation", "meta_table_description")
    without_terms = ("attribute", "taxonomy", "taxonomy_term")
    return entity not in bare and not (key == "attributes" and entity in without_terms)


def parts_list(entity: str, key: str) -> tuple[str, str] | None:
    """The table of a list of parts, and the column that names their owner."""
    parts = PARTS.get(entity, {}).get(key)
    if parts:
        return parts.entity, parts.back
    anywhere = ANYWHERE.get(key)
    return (anywhere.entity, anywhere.id_column) if anywhere else None
