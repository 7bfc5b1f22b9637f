"""JSON Schemas (draft 2020-12) of HSDS rows, made from the tables."""

from functools import cache
from typing import Any

from sqlalchemy import Boolean, Column

from contact_point.directory.nesting import ANYWHERE, PARTS, REFERENCES, may_have
from contact_point.directory.tables import Number, is_key, public_columns

Schema = dict[str, Any]


@cache
def row_schema(entity: str) -> Schema:
    """The schema of one row, nothing nested."""
    columns = public_columns(entity)
    return {
        "type": "object",
        "properties": {name: _value_schema(column) for name, column in columns.items()},
        "required": [name for name, column in columns.items() if not column.nullable],
    }


def _value_schema(column: Column[Any]) -> Schema:
    schema: Schema = {"type": "string"}
    if isinstance(column.type, Number):
        schema["type"] = "integer" if column.info.get("whole") else "number"
    elif isinstance(column.type, Boolean):
        schema["type"] = "boolean"
    elif not column.nullable:
        schema["minLength"] = 1
    if "values" in column.info:
        schema["enum"] = list(column.info["values"])
    schema |= {
        key: column.info[key] for key in ("format", "minimum", "maximum") if key in column.info
    }
    length = getattr(column.type, "length", None)
    return schema | {"maxLength": length} if length else schema


def nested_schema(entity: str) -> Schema:
    """The schema of a row with what HSDS nests in it, for `components/schemas` of OpenAPI."""
    schema = row_schema(entity)
    properties = dict(schema["properties"])
    for key, reference in REFERENCES.get(entity, {}).items():
        properties[key] = _of(reference.entity)
    for key, parts in PARTS.get(entity, {}).items():
        properties[key] = {"type": "array", "items": _of(parts.entity)}
    for key, anywhere in ANYWHERE.items():
        if may_have(entity, key):
            properties[key] = {"type": "array", "items": _of(anywhere.entity)}
    # Whose part a row is, nesting says.
    required = [name for name in schema["required"] if not _is_nested(entity, name)]
    return schema | {"properties": properties, "required": required}


def _of(entity: str) -> Schema:
    return {"$ref": f"#/components/schemas/{entity}"}


def _is_nested(entity: str, name: str) -> bool:
    nested = {anywhere.id_column for anywhere in ANYWHERE.values() if anywhere.entity == entity}
    nested |= {anywhere.kind_column for anywhere in ANYWHERE.values() if anywhere.entity == entity}
    return name in nested or is_key(public_columns(entity)[name])
