"""JSON Schemas (draft 2020-12) of HSDS rows, made from the tables."""

from functools import cache
from typing import Any

from sqlalchemy import Column

from contact_point.directory.tables import Number, public_columns

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
    elif not column.nullable:
        schema["minLength"] = 1
    if "values" in column.info:
        schema["enum"] = list(column.info["values"])
    schema |= {
        key: column.info[key] for key in ("format", "minimum", "maximum") if key in column.info
    }
    length = getattr(column.type, "length", None)
    return schema | {"maxLength": length} if length else schema
