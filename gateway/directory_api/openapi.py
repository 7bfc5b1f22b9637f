"""The OpenAPI file of the directory API, and the HSDS Profile that says what it adds."""

from typing import Any

from contact_point.directory.json_schema import nested_schema, row_schema
from contact_point.directory.listing import LISTS
from contact_point.directory.tables import ENTITIES
from gateway.directory_api.parameters import PARAMETERS

_PAGE = {
    "total_items": {"type": "integer"},
    "total_pages": {"type": "integer"},
    "page_number": {"type": "integer"},
    "size": {"type": "integer"},
    "first_page": {"type": "boolean"},
    "last_page": {"type": "boolean"},
    "empty": {"type": "boolean"},
}
_ERROR = {
    "description": "What is wrong, and how to mend it.",
    "content": {
        "application/json": {
            "schema": {
                "type": "object",
                "properties": {"error": {"type": "string"}, "message": {"type": "string"}},
                "required": ["error"],
            }
        }
    },
}


def document(base_url: str) -> dict[str, Any]:
    """The OpenAPI 3.1 description of this API."""
    paths: dict[str, Any] = {"/": {"get": _operation("About this API.", {"type": "object"})}}
    for path, table in LISTS.items():
        entity = table.__tablename__
        paths[f"/{path}"] = {"get": _list_operation(path, entity)}
        paths[f"/{path}/{{id}}"] = {"get": _one_operation(path, entity)}
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Service directory (HSDS)",
            "version": "3.2",
            "license": {"name": "EUPL-1.2", "identifier": "EUPL-1.2"},
        },
        "servers": [{"url": base_url}],
        "paths": paths,
        "components": {"schemas": {entity: nested_schema(entity) for entity in ENTITIES}},
    }


def profile() -> dict[str, Any]:
    """What this API adds to HSDS, as merge patches (RFC 7386) of its schemas and its API."""
    return {
        "name": "Kontaktpunkt",
        "description": "Texts in several languages beside the Swedish ones, other hours on "
        "holidays and at certain times, and ways to ask for services by meaning, language, opening "
        "hours and distance.",
        "schema": {
            "translation.json": row_schema("translation"),
            "holiday_schedule.json": row_schema("holiday_schedule"),
            "service.json": _with_lists("translations", "holiday_schedules"),
            "organization.json": _with_lists("translations", "holiday_schedules"),
            "location.json": _with_lists("translations", "holiday_schedules"),
            "service_at_location.json": _with_lists("holiday_schedules"),
        },
        "parameters": {
            name: {"schema": each.schema, "description": each.description}
            for name, each in PARAMETERS.items()
            if each.of_profile
        },
    }


def _with_lists(*names: str) -> dict[str, Any]:
    return {
        "properties": {
            name: {"type": "array", "items": {"$ref": f"{name.removesuffix('s')}.json"}}
            for name in names
        }
    }


def _list_operation(path: str, entity: str) -> dict[str, Any]:
    page = {
        "type": "object",
        "properties": _PAGE | {"contents": {"type": "array", "items": {"type": "object"}}},
        "required": [*_PAGE, "contents"],
    }
    operation = _operation(f"{path}, page by page.", page)
    content = operation["responses"]["200"]["content"]
    content["application/x-ndjson"] = {"schema": {"$ref": f"#/components/schemas/{entity}"}}
    operation["parameters"] = [
        _described(name) for name, parameter in PARAMETERS.items() if path in parameter.lists
    ]
    operation["responses"]["400"] = _ERROR
    return operation


def _one_operation(path: str, entity: str) -> dict[str, Any]:
    operation = _operation(f"One of {path}, in full.", {"$ref": f"#/components/schemas/{entity}"})
    identifier = {"name": "id", "in": "path", "required": True, "schema": {"type": "string"}}
    operation["parameters"] = [
        identifier,
        *(
            _described(name)
            for name, parameter in PARAMETERS.items()
            if path in parameter.lists and parameter.one
        ),
    ]
    operation["responses"]["400"] = operation["responses"]["404"] = _ERROR
    return operation


def _operation(summary: str, schema: dict[str, Any]) -> dict[str, Any]:
    return {
        "summary": summary,
        "responses": {
            "200": {
                "description": summary,
                "content": {"application/json": {"schema": schema}},
            },
            "304": {"description": "Nothing changed since the ETag in If-None-Match."},
            "429": _ERROR,
        },
    }


def _described(name: str) -> dict[str, Any]:
    parameter = PARAMETERS[name]
    return {
        "name": name,
        "in": "query",
        "required": False,
        "description": parameter.description,
        "schema": parameter.schema,
    }
