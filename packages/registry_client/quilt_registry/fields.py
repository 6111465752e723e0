"""Read fields of a registry's answer, each with the type that the schema defines.

A field that is missing, wrongly null, or of another type raises `ProtocolError`, which names it; it
never leads to an `AttributeError`, a `KeyError` or an incomplete object. Functions named
`get_optional_…` accept null and, if they do not say otherwise, a field that is missing.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, NoReturn

from quilt_core.errors import ProtocolError

Node = Mapping[str, Any]
_FIRST_INEXACT = 2**53
"""The first whole number that a double cannot distinguish from its neighbour."""


class InexactSizeError(Exception):
    """A size that was received rounded; the manifest has the true one. This error never leaves a
    backend.
    """

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.name = name


def unexpected(name: str, value: Any, expected: str) -> NoReturn:
    """Raise the `ProtocolError` for a field that is not what it should be."""
    what = "nothing" if value is None else f"a {type(value).__name__}"
    raise ProtocolError(
        f"The registry answered with {what} in {name!r}, where {expected} belongs.",
        hint="The registry may be newer than this backend, or a proxy may change its answers.",
        context={"field": name},
    )


def as_object(value: Any, name: str) -> Node:
    """`value`, an object."""
    # The first question is answered at once; a listing has thousands of objects.
    if type(value) is not dict and not isinstance(value, Mapping):
        unexpected(name, value, "an object")
    return value


def get_object(parent: Node, name: str) -> Node:
    """The object in a field."""
    return as_object(parent.get(name), name)


def get_optional_object(parent: Node, name: str) -> Node | None:
    """The object in a field that must exist and may be null."""
    if name not in parent:
        unexpected(name, None, "an object or null")
    value = parent[name]
    return None if value is None else as_object(value, name)


def get_objects(parent: Node, name: str) -> list[Node]:
    """The list of objects in a field."""
    return [
        item if type(item) is dict else as_object(item, name) for item in _sequence(parent, name)
    ]


def get_str(parent: Node, name: str) -> str:
    """The text in a field."""
    value = parent.get(name)
    if not isinstance(value, str):
        unexpected(name, value, "text")
    return value


def get_optional_str(parent: Node, name: str) -> str | None:
    """The text in a field that may be null."""
    return None if parent.get(name) is None else get_str(parent, name)


def get_strs(parent: Node, name: str) -> tuple[str, ...]:
    """The list of texts in a field."""
    values = _sequence(parent, name)
    for value in values:
        if not isinstance(value, str):
            unexpected(name, value, "text")
    return tuple(values)


def get_optional_strs(parent: Node, name: str) -> tuple[str, ...] | None:
    """The list of texts in a field that may be null."""
    return None if parent.get(name) is None else get_strs(parent, name)


def get_bool(parent: Node, name: str) -> bool:
    """The boolean in a field."""
    value = parent.get(name)
    if not isinstance(value, bool):
        unexpected(name, value, "true or false")
    return value


def get_optional_bool(parent: Node, name: str) -> bool | None:
    """The boolean in a field that may be null."""
    return None if parent.get(name) is None else get_bool(parent, name)


def check_same(parent: Node, name: str, wanted: str | bool) -> None:
    """Raise `ProtocolError` if an answer is about another thing than the request, or has another
    value than it set.

    Parameters
    ----------
    parent, name:
        The object of the answer, and its field.
    wanted:
        The text or the boolean that the request had.
    """
    found = get_bool(parent, name) if isinstance(wanted, bool) else get_str(parent, name)
    if found != wanted:
        raise ProtocolError(
            f"The registry answered with {found!r} in {name!r} where the request has {wanted!r}.",
            hint="A proxy or a cache may mix up answers; check what the registry has now.",
            context={"field": name},
        )


def get_int(parent: Node, name: str) -> int:
    """The whole number in a field; sizes have the type `Float`, because `Int` has only 32 bits."""
    value = parent.get(name)
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        unexpected(name, value, "a number")
    if isinstance(value, float) and not value.is_integer():
        unexpected(name, value, "a whole number")
    return int(value)


def get_number(parent: Node, name: str) -> float:
    """The finite number in a field."""
    value = parent.get(name)
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        unexpected(name, value, "a number")
    try:
        number = float(value)
    except OverflowError:  # JSON's whole numbers have no limit
        number = math.inf
    if not math.isfinite(number):
        unexpected(name, value, "a number that is not too large")
    return number


def get_optional_int(parent: Node, name: str) -> int | None:
    """The whole number in a field that may be null."""
    return None if parent.get(name) is None else get_int(parent, name)


def get_size(parent: Node, name: str = "size") -> int:
    """A number of bytes or items: whole and not negative."""
    value = get_int(parent, name)
    if value < 0:
        unexpected(name, value, "a number of at least 0")
    return value


def get_bytes(parent: Node, name: str = "size") -> int:
    """A number of bytes in a field of the type `Float`, exact.

    Raises `InexactSizeError` for one that a double may have rounded: 2**53 and above.
    """
    given: Any = parent.get(name)
    if type(given) in (float, int) and 0 <= given < _FIRST_INEXACT and given == int(given):
        return int(given)  # as nearly all are
    value = get_size(parent, name)
    if value >= _FIRST_INEXACT:
        raise InexactSizeError(name)
    return value


def get_optional_bytes(parent: Node, name: str) -> int | None:
    """Like `get_bytes`, for a field that may be null."""
    return None if parent.get(name) is None else get_bytes(parent, name)


def get_json_bytes(parent: Node, name: str = "size") -> int:
    """A number of bytes inside a JSON scalar, where whole numbers are exact at any size.

    Raises `InexactSizeError` for a large one that is written as a float.
    """
    return get_size(parent, name) if isinstance(parent.get(name), int) else get_bytes(parent, name)


def get_time(parent: Node, name: str) -> datetime:
    """The time in a field (`Datetime`, ISO 8601), in UTC; a time without a zone is UTC."""
    value = parent.get(name)
    if not isinstance(value, str):
        unexpected(name, value, "a time")
    try:
        moment = datetime.fromisoformat(value)
        return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    except (ValueError, OverflowError):
        unexpected(name, value, "an ISO 8601 time")


def get_optional_time(parent: Node, name: str) -> datetime | None:
    """The time in a field that may be null."""
    return None if parent.get(name) is None else get_time(parent, name)


def get_whole_second(parent: Node, name: str) -> datetime:
    """The time in a field without the fraction of its second, as pointers have it."""
    return get_time(parent, name).replace(microsecond=0)


def get_optional_record(parent: Node, name: str) -> dict[str, Any] | None:
    """The JSON object in a field (`JsonRecord`) that may be null."""
    value = parent.get(name)
    if value is None:
        return None
    if type(value) is not dict and not isinstance(value, Mapping):
        unexpected(name, value, "a JSON object")
    return dict(value)


def _sequence(parent: Node, name: str) -> Sequence[Any]:
    value = parent.get(name)
    if not isinstance(value, list):
        unexpected(name, value, "a list")
    return value
