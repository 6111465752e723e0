"""The types of the fields of domain objects, for code that makes objects from other data."""

from __future__ import annotations

from typing import Any, get_type_hints

from quilt_core.domain import content, entries, objects, transfer
from quilt_core.domain.base import DomainObject
from quilt_core.manifest.model import EntryHash


def complete_modules() -> None:
    """Add to the modules of domain objects the names that they import only for type checkers.

    The modules avoid these imports so that starting does not load msgspec. But msgspec, attrs and
    `typing` look names up in the module of a class when they need its types.
    """
    for module in (content, entries, objects, transfer):
        vars(module)["EntryHash"] = EntryHash


def field_types(cls: type[DomainObject]) -> dict[str, Any]:
    """The types of a class's fields by name, with no forward reference left in them."""
    complete_modules()
    return get_type_hints(cls)
