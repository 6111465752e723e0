"""The base of all domain objects: conversion to and from dictionaries for `json.dumps`."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from enum import Enum
from typing import Any, ClassVar, Self

import attrs


class DomainObject:
    """Mixin of the attrs classes that operations return: immutable, compared by value."""

    __slots__ = ()

    _UNTOLD: ClassVar[frozenset[str]] = frozenset()
    """Secret fields, which are never in a dictionary or JSON of the object."""

    @classmethod
    def told_fields(cls) -> tuple[str, ...]:
        """The names of the fields in the object's dictionary."""
        return tuple(
            field.name
            for field in attrs.fields(cls)  # type: ignore[arg-type]
            if field.name not in cls._UNTOLD
        )

    def to_dict(self) -> dict[str, Any]:
        """Return the fields as plain JSON types: times as ISO 8601 text, enums as values."""
        return {name: to_plain(getattr(self, name)) for name in self.told_fields()}

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Self:
        """Make the object from what `to_dict` returns, or from JSON that was written from it.

        Parameters
        ----------
        data:
            The fields by name; those with a default may be left out. Types are not converted: text
            does not become a number.

        Raises
        ------
        ValidationError
            When a field is missing, unknown or of another type, also in a nested object; the
            message names the field.
        """
        from quilt_core.domain.from_plain import from_plain

        return from_plain(cls, data)

    def keys(self) -> tuple[str, ...]:
        """The names of the fields, so that `dict(one)` has their values unchanged."""
        return self.told_fields()

    def __getitem__(self, name: str) -> Any:
        if name not in self.told_fields():
            raise KeyError(name)
        return getattr(self, name)

    __iter__ = None
    """Refuse to iterate: an object is not a list of its fields."""

    def __repr__(self) -> str:
        # The repr that attrs would generate. Generating one for each of fifty classes would add 10
        # ms to the start.
        shown = (
            f"{field.name}={getattr(self, field.name)!r}"
            for field in attrs.fields(type(self))  # type: ignore[arg-type]
            if field.repr
        )
        return f"{type(self).__name__}({', '.join(shown)})"

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: Any) -> dict[str, Any]:
        """How pydantic, and therefore FastAPI, validates, serializes and describes the object."""
        from quilt_core.domain.pydantic_schema import core_schema

        return core_schema(cls, handler)

    def _repr_html_(self) -> str:
        """The object as a table, for notebooks; fields without a repr are left out."""
        from quilt_core.domain.html import html_table

        shown = [
            (field.name, to_plain(getattr(self, field.name)))
            for field in attrs.fields(type(self))  # type: ignore[arg-type]
            if field.repr
        ]
        return html_table(type(self).__name__, shown)


def to_plain(value: Any) -> Any:
    """Convert a domain value to types that `json.dumps` accepts, with everything inside it.

    Dictionaries and lists in the result are new ones. Metadata may be nested deeply, which takes no
    recursion.
    """
    plain = _one_level(value)
    unfinished: list[dict[Any, Any] | list[Any]] = [plain] if type(plain) in _CONTAINERS else []
    while unfinished:
        container = unfinished.pop()
        items = container.items() if isinstance(container, dict) else enumerate(container)
        for key, item in items:
            if type(item) in _SCALARS:
                continue
            container[key] = inner = _one_level(item)
            if type(inner) in _CONTAINERS:
                unfinished.append(inner)
    return plain


_SCALARS = frozenset({str, int, float, bool, type(None)})
_CONTAINERS = frozenset({dict, list})


def _one_level(value: Any) -> Any:
    """The value as a plain JSON type; what is inside it is not converted yet."""
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, datetime):
        return value.isoformat()
    # The latter is in msgspec's classes, such as that of a manifest's hash.
    named = (
        value.told_fields()
        if isinstance(value, DomainObject)
        else getattr(value, "__struct_fields__", None)
    )
    if named is not None:
        return {name: getattr(value, name) for name in named}
    if isinstance(value, Mapping):
        return dict(value)
    if isinstance(value, (list, tuple, frozenset)):
        return list(value)
    return value


def aware(instance: Any, attribute: attrs.Attribute[Any], value: datetime | None) -> None:
    """attrs validator: a time must have a time zone."""
    if value is not None and (not isinstance(value, datetime) or value.tzinfo is None):
        raise ValueError(f"{attribute.name} must be a timezone-aware datetime, got {value!r}")
