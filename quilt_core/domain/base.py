"""What all domain objects share: a dictionary form that `json.dumps` takes."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from enum import Enum
from typing import Any

import attrs


class DomainObject:
    """Mixin of the attrs classes that operations return: immutable, compared by value."""

    __slots__ = ()

    def to_dict(self) -> dict[str, Any]:
        """Return the fields as plain JSON types: times as ISO 8601 text, enums as values."""
        return {
            field.name: to_plain(getattr(self, field.name))
            for field in attrs.fields(type(self))  # type: ignore[arg-type]
        }

    def _repr_html_(self) -> str:
        """The object as a table, for notebooks; what has no repr is left out."""
        from quilt_core.domain.html import html_table

        shown = [
            (field.name, to_plain(getattr(self, field.name)))
            for field in attrs.fields(type(self))  # type: ignore[arg-type]
            if field.repr
        ]
        return html_table(type(self).__name__, shown)


def to_plain(value: Any) -> Any:
    """Turn a domain value into what `json.dumps` takes, recursively."""
    if isinstance(value, DomainObject):
        return value.to_dict()
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, datetime):
        return value.isoformat()
    if hasattr(value, "__struct_fields__"):  # one of msgspec's, such as a manifest's hash
        value = {name: getattr(value, name) for name in value.__struct_fields__}
    if isinstance(value, Mapping):
        return {key: to_plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple, frozenset)):
        return [to_plain(item) for item in value]
    return value


def aware(instance: Any, attribute: attrs.Attribute[Any], value: datetime | None) -> None:
    """attrs validator: a time must name its time zone."""
    if value is not None and value.tzinfo is None:
        raise ValueError(f"{attribute.name} must be timezone-aware, got {value!r}")
