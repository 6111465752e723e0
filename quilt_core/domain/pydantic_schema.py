"""What pydantic needs to know of domain objects, told without importing pydantic.

pydantic asks a class for a core schema, which is a plain dictionary
(https://docs.pydantic.dev/latest/api/pydantic_core_schema/). Ours is a dictionary with the fields,
around which a function makes the object, so that validators of attrs run and JSON schemas, in
OpenAPI too, name each field.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any, get_type_hints

import attrs
import msgspec

from quilt_core.domain.base import DomainObject


def core_schema(cls: type[DomainObject] | type[msgspec.Struct], handler: Any) -> dict[str, Any]:
    """The core schema of a class.

    Parameters
    ----------
    cls:
        A class of domain objects, or one of msgspec's that they hold, such as `EntryHash`.
    handler:
        pydantic's `GetCoreSchemaHandler`, which makes the schemas of the fields' types.

    Returns
    -------
    dict
        A schema that takes the object itself, or a mapping with its fields and no others, and that
        writes the object as a mapping without its secrets.
    """
    hints = get_type_hints(cls)
    fields = {
        name: {
            "type": "typed-dict-field",
            "schema": handler.generate_schema(hints[name]),
            "required": required,
        }
        for name, required in _required(cls)
    }

    def make(value: Any, validate: Callable[[Any], dict[str, Any]]) -> Any:
        return value if isinstance(value, cls) else cls(**validate(value))

    told = cls.told_fields() if issubclass(cls, DomainObject) else tuple(fields)
    return {
        "type": "function-wrap",
        "function": {"type": "no-info", "function": make},
        "schema": _mapping(cls.__name__, fields, fields),
        "ref": f"{cls.__module__}.{cls.__qualname__}",
        "serialization": {
            "type": "function-plain",
            "function": dict if issubclass(cls, DomainObject) else msgspec.structs.asdict,
            "return_schema": _mapping(cls.__name__, fields, told),
        },
    }


def _required(cls: type[Any]) -> Iterator[tuple[str, bool]]:
    """The fields' names, and whether each has to be given."""
    if issubclass(cls, msgspec.Struct):
        yield from ((field.name, field.required) for field in msgspec.structs.fields(cls))
    else:
        yield from ((field.name, field.default is attrs.NOTHING) for field in attrs.fields(cls))


def _mapping(name: str, fields: dict[str, Any], names: Iterable[str]) -> dict[str, Any]:
    return {
        "type": "typed-dict",
        "cls_name": name,
        "fields": {one: fields[one] for one in names},
        "extra_behavior": "forbid",
        "config": {"title": name},
    }
