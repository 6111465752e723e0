"""Pydantic's schemas of domain objects, built without importing pydantic.

pydantic asks a class for a core schema, which is a plain dictionary
(https://docs.pydantic.dev/latest/api/pydantic_core_schema/). Ours is a dictionary with the fields,
around which a function makes the object, so that validators of attrs run and JSON schemas, in
OpenAPI too, name each field.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import attrs
from msgspec import structs

from quilt_core.domain.base import DomainObject
from quilt_core.domain.hints import field_types
from quilt_core.manifest.model import EntryHash


def core_schema(cls: type[DomainObject], handler: Any) -> dict[str, Any]:
    """The core schema of a class.

    Parameters
    ----------
    cls:
        A class of domain objects.
    handler:
        pydantic's `GetCoreSchemaHandler`, which makes the schemas of the fields' types.

    Returns
    -------
    dict
        A schema that takes the object itself, or a mapping with its fields and no others, and that
        writes the object as a mapping without its secrets.
    """
    hints, told = field_types(cls), cls.told_fields()
    fields = {
        field.name: _field(handler, hints[field.name], required=field.default is attrs.NOTHING)
        for field in attrs.fields(cls)  # type: ignore[arg-type]
        if field.name in told or field.default is attrs.NOTHING  # plain data has no others
    }
    return _schema(cls, fields, told, dict)


def hash_schema(handler: Any) -> dict[str, Any]:
    """The core schema of an `EntryHash`, which is a msgspec struct; see `core_schema`."""
    fields = {
        field.name: _field(handler, field.type, required=field.required)
        for field in structs.fields(EntryHash)
    }
    return _schema(EntryHash, fields, fields, structs.asdict)


def _field(handler: Any, of_type: Any, *, required: bool) -> dict[str, Any]:
    return {
        "type": "typed-dict-field",
        "schema": handler.generate_schema(of_type),
        "required": required,
    }


def _schema(
    cls: type, fields: dict[str, Any], told: Iterable[str], write: Callable[[Any], dict[str, Any]]
) -> dict[str, Any]:
    def make(value: Any, validate: Callable[[Any], dict[str, Any]]) -> Any:
        return value if isinstance(value, cls) else cls(**validate(value))

    return {
        "type": "function-wrap",
        "function": {"type": "no-info", "function": make},
        "schema": _mapping(cls.__name__, fields, fields),
        "ref": f"{cls.__module__}.{cls.__qualname__}",
        "serialization": {
            "type": "function-plain",
            "function": write,
            "return_schema": _mapping(cls.__name__, fields, told),
        },
    }


def _mapping(name: str, fields: dict[str, Any], names: Iterable[str]) -> dict[str, Any]:
    return {
        "type": "typed-dict",
        "cls_name": name,
        "fields": {one: fields[one] for one in names},
        "extra_behavior": "forbid",
        "config": {"title": name},
    }
