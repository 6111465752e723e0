"""The orders of package hits: by relevance, a field of the system, or user metadata."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from local_registry.identity.errors import InvalidInputError
from local_registry.search.index import Hit
from quilt_core.search import values_at

_SYSTEM: dict[str, Callable[[Hit], Any]] = {
    "name": lambda hit: hit.name,
    "modified": lambda hit: hit.modified,
    "size": lambda hit: hit.size,
    "entries": lambda hit: hit.entries,
    "hash": lambda hit: hit.top_hash,
    "workflow": lambda hit: (hit.workflow or {}).get("id") or "",
    "comment": lambda hit: hit.comment or "",
}
_ENUM = {"NEWEST": "sys:modified:desc", "OLDEST": "sys:modified:asc",
         "LEX_ASC": "sys:name:asc", "LEX_DESC": "sys:name:desc"}  # fmt: skip


def ordered(hits: list[Hit], state: Mapping[str, Any]) -> list[Hit]:
    """The hits in the order that `ordering` or, before 2026-08, `order` asks for.

    Raises `InvalidInputError` for an ordering that cannot be parsed or applied.
    """
    ordering = state.get("ordering") or _ENUM.get(state.get("order") or "")
    if not ordering:
        return hits
    match = re.fullmatch(r"sys:(\w+):(asc|desc)", ordering)
    custom = re.fullmatch(r"usr:(/.*):(number|datetime|keyword|text|boolean):(asc|desc)", ordering)
    if match and match[1] in _SYSTEM:
        return sorted(hits, key=_SYSTEM[match[1]], reverse=match[2] == "desc")
    if custom:
        known = [hit for hit in hits if values_at(hit.meta, custom[1])]
        try:
            known.sort(
                key=lambda hit: values_at(hit.meta, custom[1])[0], reverse=custom[3] == "desc"
            )
        except TypeError as error:
            raise InvalidInputError.at("ordering", "UnsupportedSort", str(error)) from error
        return known + [hit for hit in hits if not values_at(hit.meta, custom[1])]
    raise InvalidInputError.at("ordering", "ordering", f"{ordering!r} is not an ordering")
