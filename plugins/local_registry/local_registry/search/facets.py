"""What user metadata the hits have: paths, types and extents, for the filters of a search."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from local_registry.search.index import Hit
from quilt_core.search import matches_wildcard, time_of

_LONGEST_KEYWORD = 256
"""Characters; longer texts are searched by words only."""


def user_metadata_facets(hits: Iterable[Hit]) -> list[dict[str, Any]]:
    """The facets, by path and type: members of `PackageUserMetaFacet`."""
    found: dict[tuple[str, str], list[Any]] = {}
    for hit in hits:
        for path, value in _leaves(hit.meta or {}, ""):
            kind = _kind(value)
            if kind is not None:
                found.setdefault((path, kind), []).append(value)
    return [_facet(path, kind, values) for (path, kind), values in sorted(found.items())]


def filtered(
    facets: Iterable[Mapping[str, Any]], path: str, kind: str | None
) -> list[Mapping[str, Any]]:
    """Those whose path contains a text, or fits it where it has wildcards, and of one type."""
    pattern = path.lower() if set(path) & set("*?") else f"*{path.lower()}*"
    return [
        facet
        for facet in facets
        if matches_wildcard(facet["path"].lower(), pattern)
        and (kind is None or facet["__typename"].upper().startswith(kind))
    ]


def metadata_fields(meta: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """User metadata as the index has it: `mnfst_metadata_fields` (docs/protocol.md, I.2)."""
    for path, value in _leaves(meta, ""):
        kind = _kind(value)
        if kind is not None:
            name = _NAMES[kind]
            yield {"json_pointer": path, "type": name, "text": str(value), name: value}


_NAMES = {"Boolean": "boolean", "Number": "double", "Datetime": "date", "Keyword": "keyword",
          "Text": "text"}  # fmt: skip


def _leaves(value: Any, path: str) -> Iterator[tuple[str, Any]]:
    """Values by JSON pointer; the items of a list stand for the list. Deep nesting takes no
    recursion.
    """
    waiting = [(value, path)]
    while waiting:
        value, path = waiting.pop()
        if isinstance(value, Mapping):
            waiting += [
                (item, f"{path}/{key.replace('~', '~0').replace('/', '~1')}")
                for key, item in reversed([*value.items()])
            ]
        elif isinstance(value, list):
            for item in value:
                if not isinstance(item, (Mapping, list)):
                    yield path, item
        else:
            yield path, value


def _kind(value: Any) -> str | None:
    if isinstance(value, bool):
        return "Boolean"
    if isinstance(value, (int, float)):
        return "Number"
    if not isinstance(value, str):
        return None
    if time_of(value) is not None:
        return "Datetime"
    return "Keyword" if len(value) <= _LONGEST_KEYWORD else "Text"


def _facet(path: str, kind: str, values: list[Any]) -> dict[str, Any]:
    facet = {"__typename": f"{kind}PackageUserMetaFacet", "path": path, "sortable": kind != "Text"}
    extents = _EXTENTS.get(kind)
    return facet if extents is None else {**facet, "extents": extents(values)}


def _limits(values: list[Any]) -> dict[str, Any]:
    return {"min": min(values), "max": max(values)}


_EXTENTS: Mapping[str, Callable[[list[Any]], dict[str, Any]]] = {
    "Number": _limits,
    "Datetime": lambda values: _limits([str(time_of(value)) for value in values]),
    "Keyword": lambda values: {"values": sorted(set(values))},
}
