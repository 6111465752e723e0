"""Athena's types, and converting its texts to values.

For an array, a map or a row, Athena reports only this kind, and writes it in a form that cannot be
parsed (`{a=1, b=x, y}`), so these stay text. In SQL, `CAST(column AS json)` and `json_format` give
text that can be parsed.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from quilt_core.domain.query import QueryColumn, QueryRow
from quilt_core.errors import ProtocolError
from quilt_core.query.arrow import type_parts

_ZONED = re.compile(r"(?P<time>\S+ \S+) (?P<zone>\S+)")
_FRACTION = re.compile(r"\.(\d+)")
_HIVE = {
    "string": "varchar",
    "int": "integer",
    "float": "real",
    "binary": "varbinary",
    "timestamp": "timestamp(6)",
    "timestamp with time zone": "timestamp(6) with time zone",
    "time": "time(6)",
}
"""Trino's names of Hive's types; Athena does not report the number of digits of a second, of which
up to six are kept.
"""


def result_column(info: Mapping[str, Any]) -> QueryColumn:
    """A column of a result, from Athena's `ColumnInfo`."""
    name, kind = info.get("Name"), info.get("Type")
    if not isinstance(name, str) or not isinstance(kind, str):
        raise ProtocolError("Athena's description of a result has a column without name or type.")
    kind = kind.lower()
    if kind == "decimal":
        kind = f"decimal({info.get('Precision', 38)},{info.get('Scale', 0)})"
    return QueryColumn(name=name, type=_HIVE.get(kind, kind))


def table_column(info: Mapping[str, Any]) -> QueryColumn:
    """A column of a table, from the `Column` of its metadata."""
    return QueryColumn(name=str(info.get("Name", "")), type=trino_type(str(info.get("Type", ""))))


def trino_type(hive: str) -> str:
    """Trino's name of a Hive type: `array(varchar)` for `array<string>`."""
    kind = hive.strip().lower()
    outer, bracket, rest = kind.partition("<")
    if not bracket:
        return _HIVE.get(kind, kind)
    parts = type_parts(rest.removesuffix(">"))
    if outer == "struct":
        fields = (part.partition(":") for part in parts)
        return f"row({', '.join(f'{name} {trino_type(inner)}' for name, _, inner in fields)})"
    return f"{outer}({', '.join(map(trino_type, parts))})"


def row_reader(columns: Sequence[QueryColumn]) -> Callable[[Sequence[str | None]], QueryRow]:
    """Return a function that converts a row of texts to a row of values; None stays None.

    The function raises `ProtocolError` for a text that is not a value of its column's type.
    """
    readers = [reader_of(column.type) for column in columns]

    def read(texts: Sequence[str | None]) -> QueryRow:
        pairs = zip(readers, texts, strict=True)
        try:
            return tuple(None if text is None else reader(text) for reader, text in pairs)
        except (ValueError, ArithmeticError, LookupError, OSError) as error:
            raise ProtocolError(
                f"A value in a result of Athena cannot be interpreted: {error}."
            ) from None

    return read


def reader_of(kind: str) -> Callable[[str], Any]:
    """The function that converts a text to a value of a type."""
    base = kind.partition("(")[0]
    if base in ("timestamp", "time") and kind.endswith("with time zone"):
        return _zoned_timestamp if base == "timestamp" else str
    return _READERS.get(base, str)


def _boolean(text: str) -> bool:
    return {"true": True, "false": False}[text.lower()]


def _microseconds(text: str) -> str:
    """Python accepts three or six digits, and Trino writes up to twelve."""

    def six(found: re.Match[str]) -> str:
        if found[1][6:].strip("0"):
            raise ValueError(f"{text!r} is finer than microseconds, CAST it AS timestamp(6)")
        return f".{found[1][:6]:0<6}"

    return _FRACTION.sub(six, text)


def _timestamp(text: str) -> dt.datetime:
    return dt.datetime.fromisoformat(_microseconds(text))


def _zoned_timestamp(text: str) -> dt.datetime:
    found = _ZONED.fullmatch(text)
    if found is None:
        raise ValueError(f"{text!r} is not a time with a zone")
    zone = found["zone"]
    if zone[0] in "+-":
        return dt.datetime.fromisoformat(_microseconds(found["time"]) + zone)
    tz = dt.UTC if zone in ("UTC", "Z") else ZoneInfo(zone)
    return _timestamp(found["time"]).replace(tzinfo=tz)


def _time(text: str) -> dt.time:
    return dt.time.fromisoformat(_microseconds(text))


_READERS: Mapping[str, Callable[[str], Any]] = {
    **dict.fromkeys(("tinyint", "smallint", "integer", "bigint"), int),
    **dict.fromkeys(("real", "double"), float),
    "boolean": _boolean,
    "date": dt.date.fromisoformat,
    "decimal": Decimal,
    "time": _time,
    "timestamp": _timestamp,
    "varbinary": bytes.fromhex,
}
