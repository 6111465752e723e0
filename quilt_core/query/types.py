"""DuckDB's types by Trino's names."""

from __future__ import annotations

import re

from quilt_core.domain.query import quote_identifier
from quilt_core.errors import ValidationError
from quilt_core.query.arrow import field_parts, type_parts

_NAMES = {
    "BOOLEAN": "boolean",
    "TINYINT": "tinyint",
    "SMALLINT": "smallint",
    "INTEGER": "integer",
    "BIGINT": "bigint",
    "UTINYINT": "smallint",
    "USMALLINT": "integer",
    "UINTEGER": "bigint",
    # In Trino a sum is a bigint, in DuckDB a wider number; a sum that does not fit raises an error.
    "UBIGINT": "bigint",
    "HUGEINT": "bigint",
    "UHUGEINT": "bigint",
    "FLOAT": "real",
    "DOUBLE": "double",
    "VARCHAR": "varchar",
    "BLOB": "varbinary",
    "DATE": "date",
    "TIME": "time(6)",
    "TIMESTAMP": "timestamp(6)",
    "TIMESTAMP_S": "timestamp(0)",
    "TIMESTAMP_MS": "timestamp(3)",
    "TIMESTAMP_NS": "timestamp(9)",
    "TIMESTAMP WITH TIME ZONE": "timestamp(6) with time zone",
    "JSON": "json",
    "UUID": "uuid",
    '"NULL"': "unknown",
}
_DECIMAL = re.compile(r"DECIMAL\((\d+),(\d+)\)")
_ARRAY = re.compile(r"(.*)\[\d*\]", re.DOTALL)


def trino_type(text: str, column: str) -> str:
    """Trino's name of a type.

    Parameters
    ----------
    text:
        DuckDB's name.
    column:
        The column, for the message.

    Raises
    ------
    ValidationError
        For a type that results cannot have, such as an interval.
    """
    if text in _NAMES:
        return _NAMES[text]
    if found := _DECIMAL.fullmatch(text):
        return f"decimal({found[1]},{found[2]})"
    if found := _ARRAY.fullmatch(text):
        return f"array({trino_type(found[1], column)})"
    kind, _, inner = text.partition("(")
    parts = type_parts(inner.removesuffix(")"))
    if kind == "MAP":
        return f"map({', '.join(trino_type(part, column) for part in parts)})"
    if kind == "STRUCT":
        return f"row({', '.join(_field(part, column) for part in parts)})"
    if kind == "ENUM":
        return "varchar"
    raise ValidationError(
        f"The column {column!r} has the type {text}, which a result cannot have.",
        hint="Cast it: CAST(… AS varchar).",
    )


def _field(text: str, column: str) -> str:
    name, kind = field_parts(text)
    return f"{quote_identifier(name)} {trino_type(kind, column)}"
