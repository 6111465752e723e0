"""The fields of the indexes: what each holds, and how a query reaches it (docs/protocol.md, I.2).

A keyword is found as a whole, a text by its words, a path (a key, a name, an extension) by both.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Literal

import attrs

from quilt_core.search import Field, Fields, time_of, words_of
from quilt_core.search.text import Value

Kind = Literal["keyword", "text", "path", "number", "date", "boolean"]
Document = dict[str, Any]

KINDS: Mapping[str, Kind] = {
    "_id": "keyword", "_index": "keyword",
    # objects
    "key": "path", "key_text": "text", "ext": "path", "content": "text", "user_meta": "text",
    "s3_tags": "text", "version_id": "keyword", "etag": "keyword", "event": "keyword",
    "size": "number", "last_modified": "date", "updated": "date", "delete_marker": "boolean",
    "was_packaged": "boolean",
    # packages
    "join_field": "keyword", "ptr_name": "path", "ptr_tag": "keyword", "ptr_last_modified": "date",
    "mnfst_hash": "keyword", "mnfst_last_modified": "date", "mnfst_message": "text",
    "mnfst_metadata": "text", "mnfst_stats.total_bytes": "number",
    "mnfst_stats.total_files": "number", "mnfst_workflow.id": "keyword",
    "mnfst_workflow.config_version_id": "keyword", "mnfst_workflow.schemas.id": "keyword",
    "mnfst_workflow.schemas.url": "keyword", "entry_lk": "path", "entry_pk": "keyword",
    "entry_pk_parsed.s3.bucket": "keyword", "entry_pk_parsed.s3.key": "keyword",
    "entry_pk_parsed.s3.version_id": "keyword", "entry_size": "number",
    "entry_hash.type": "keyword", "entry_hash.value": "keyword", "entry_metadata": "text",
}  # fmt: skip
"""What each field holds."""

NESTED = "mnfst_metadata_fields"
NESTED_KINDS: Mapping[str, Kind] = {
    f"{NESTED}.json_pointer": "keyword", f"{NESTED}.type": "keyword", f"{NESTED}.text": "text",
    f"{NESTED}.keyword": "keyword", f"{NESTED}.date": "date", f"{NESTED}.double": "number",
    f"{NESTED}.boolean": "boolean",
}  # fmt: skip
"""The fields of user metadata, which only a `nested` query reaches."""

_TYPES: Mapping[Kind, tuple[type, ...]] = {"number": (int, float), "boolean": (bool,)}
_WEIGHTS: Mapping[str, float] = {
    "key": 4.0, "ext": 1.0, "content": 1.0, "user_meta": 1.5,
    "ptr_name": 4.0, "mnfst_message": 2.0, "mnfst_metadata": 1.5, "mnfst_workflow.id": 1.0,
    "entry_lk": 2.0, "entry_metadata": 1.0,
}  # fmt: skip
"""The fields that a search text without field names is about, and how much each counts."""


class DocumentFields:
    """The fields of a document, made when a query first asks for them: most are never asked for."""

    def __init__(self, source: Mapping[str, Any], kinds: Mapping[str, Kind]) -> None:
        self._source = source
        self._kinds = kinds
        self._made: dict[str, Field | None] = {}

    def named(self, name: str | None) -> Iterator[Field]:
        """The field of a name; for None those that are searched without being named."""
        for each in _WEIGHTS if name is None else (name,):
            known = each in self._kinds and each.partition(".")[0] in self._source
            if known and (field := self._field(each)) is not None:
                yield field

    def _field(self, name: str) -> Field | None:
        if name not in self._made:
            found = list(values_in(self._source, name))
            self._made[name] = _field(name, self._kinds[name], found) if found else None
        return self._made[name]


@attrs.frozen
class Searchable:
    """A document, what a query is held against, and the same of its nested documents."""

    document: Document
    text: Fields
    nested: tuple[Searchable, ...] = ()


def searchable(document: Document) -> Searchable:
    """Prepare a document (`_index`, `_id`, `_source`)."""
    source = document["_source"]
    whole = {**source, "_id": document["_id"], "_index": document["_index"]}
    if "key" in source:
        whole["key_text"] = source["key"]
    nested = tuple(
        Searchable(document, DocumentFields({NESTED: one}, NESTED_KINDS))
        for one in source.get(NESTED, ())
    )
    return Searchable(document, DocumentFields(whole, KINDS), nested)


def kind_of(field: str) -> Kind | None:
    """What a field holds; `None` for a field that no document has."""
    return KINDS.get(field) or NESTED_KINDS.get(field)


def canonical(field: str) -> str:
    """The field's own name: `.keyword` is the whole value of a path, which it has anyway."""
    name = field.removesuffix(".keyword")
    return name if KINDS.get(name) in ("path", "keyword") else field


def values_in(source: Any, path: str) -> Iterator[Any]:
    """The values at a dotted path; the items of a list each count, a join field is its name."""
    name, _, rest = path.partition(".")
    found = source.get(name) if isinstance(source, Mapping) else None
    for one in found if isinstance(found, list) else [found]:
        if rest:
            yield from values_in(one, rest)
        elif isinstance(one, Mapping):
            yield one.get("name")
        elif one is not None:
            yield one


def _field(name: str, kind: Kind, given: list[Any]) -> Field:
    words = words_of(" ".join(map(str, given))) if kind in ("text", "path") else ()
    return Field((name,), words, tuple(_values(kind, given)), _WEIGHTS.get(name, 0.0))


def _values(kind: Kind, given: list[Any]) -> Iterator[Value]:
    """The values that are of the field's kind: metadata may hold anything."""
    for one in given:
        if kind in ("keyword", "path"):
            yield str(one)
        elif kind == "date" and (moment := time_of(one)) is not None:
            yield moment
        elif type(one) in _TYPES.get(kind, ()):
            yield one
