"""Values as text, as Athena writes them."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from typing import Any

_PLAIN_FROM, _PLAIN_BELOW = 1e-3, 1e7  # Java writes doubles beyond these with an exponent


def text_of(value: Any) -> str | None:
    """The text of a Python value; `None` for NULL.

    Numbers, arrays, maps and rows are written as Trino casts them in Athena's results:
    `[a, b]`, `{key=value}`.
    """
    if value is None or type(value) is str:
        return value
    for kind, write in _TEXTS:
        if isinstance(value, kind):
            return write(value)
    return str(value)


def _inner(value: Any) -> str:
    text = text_of(value)
    return "null" if text is None else text


def _double(value: float) -> str:
    """As Java's `Double.toString`."""
    if math.isnan(value):
        return "NaN"
    if math.isinf(value):
        return "Infinity" if value > 0 else "-Infinity"
    size = abs(value)
    if value == 0 or _PLAIN_FROM <= size < _PLAIN_BELOW:
        text = repr(value)
        return text if "e" not in text else format(Decimal(text), "f")
    digits, exponent = f"{Decimal(repr(value)):E}".split("E")
    digits = digits.rstrip("0").rstrip(".") if "." in digits else digits
    return f"{digits if '.' in digits else digits + '.0'}E{int(exponent)}"


def _timestamp(value: dt.datetime) -> str:
    """Always with milliseconds, with microseconds if there are any; the zone follows a space."""
    spec = "microseconds" if value.microsecond % 1000 else "milliseconds"
    text = value.replace(tzinfo=None).isoformat(sep=" ", timespec=spec)
    if value.tzinfo is None:
        return text
    offset = value.isoformat()[-6:]
    return f"{text} UTC" if offset == "+00:00" else f"{text} {offset}"


def _map(value: Mapping[Any, Any]) -> str:
    return "{" + ", ".join(f"{_inner(key)}={_inner(each)}" for key, each in value.items()) + "}"


def _array(value: Sequence[Any]) -> str:
    return "[" + ", ".join(map(_inner, value)) + "]"


_TEXTS: tuple[tuple[Any, Callable[[Any], str]], ...] = (
    (str, str),
    (bool, lambda value: "true" if value else "false"),
    (int, str),
    (float, _double),
    (Decimal, lambda value: format(value, "f")),
    (dt.datetime, _timestamp),
    (dt.date, dt.date.isoformat),
    (dt.time, lambda value: value.isoformat(timespec="milliseconds")),
    (bytes | bytearray | memoryview, lambda value: bytes(value).hex(" ")),
    (Mapping, _map),
    (Sequence, _array),
)
"""How each kind of value is written: the first that fits, `bool` before `int`."""
