"""The GraphQL documents: one file per operation, fragments in files of their own.

`name.graphql` is valid on every registry that has the operation. If a single document cannot be,
there are variants, `name.2026-08.graphql`, `name.2025-02.graphql`, …: the label is the oldest state
of the schema for which the variant is meant, and the newest is tried first. Comments at the top add
details: `# since: 2026-01` means that older registries lack the operation altogether, and `# guard:
admin` that it is for administrators.
"""

from __future__ import annotations

import re
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable

import attrs

_OWN = "quilt_registry"
_SPREAD = re.compile(r"\.\.\.\s*(?!on\b)(\w+)")
_OPERATION = re.compile(r"^(query|mutation)\s+(\w+)", re.MULTILINE)
_REMARK = re.compile(r"^#\s*(\w+):\s*(\S+)\s*$", re.MULTILINE)


@attrs.frozen(kw_only=True)
class Variant:
    """A document in the form in which it is sent."""

    label: str
    """The schema's state, such as `2026-08`; empty for the only variant."""
    text: str = attrs.field(repr=False)
    operation_name: str
    is_mutation: bool
    since: str | None
    """The first state of the schema that has the operation; None for all of them."""
    for_admins: bool


@attrs.frozen(kw_only=True)
class Document:
    """All variants of one operation, newest first."""

    name: str
    variants: tuple[Variant, ...]


class DocumentLibrary:
    """The documents in the folder `documents` of some packages: a backend's and this one's.

    Parameters
    ----------
    packages:
        Names of packages; this one is always included.
    """

    def __init__(self, *packages: str) -> None:
        self._packages = (_OWN, *packages)
        self._documents: dict[str, Document] = {}

    def names(self) -> tuple[str, ...]:
        """The names of all documents, sorted."""
        return tuple(sorted(_names(self._packages)))

    def load(self, name: str) -> Document:
        """The document with that name, with the fragments that it uses; raises `KeyError` if there
        is none.
        """
        document = self._documents.get(name)
        if document is None:
            entries = _names(self._packages)[name]
            folders = _folders(self._packages)
            document = self._documents[name] = Document(
                name=name,
                variants=tuple(_variant(label, entry, folders) for label, entry in entries),
            )
        return document


def _folders(packages: tuple[str, ...]) -> tuple[Traversable, ...]:
    return tuple(files(package) / "documents" for package in packages)


@cache
def _names(packages: tuple[str, ...]) -> dict[str, tuple[tuple[str, Traversable], ...]]:
    found: dict[str, list[tuple[str, Traversable]]] = {}
    for folder in _folders(packages):
        for entry in folder.iterdir():
            if entry.name.endswith(".graphql"):
                name, _, label = entry.name.removesuffix(".graphql").partition(".")
                found.setdefault(name, []).append((label, entry))
    return {
        name: tuple(sorted(entries, key=lambda entry: entry[0], reverse=True))
        for name, entries in found.items()
    }


def _variant(label: str, entry: Traversable, folders: tuple[Traversable, ...]) -> Variant:
    source = entry.read_text(encoding="utf-8")
    operation = _OPERATION.search(source)
    if operation is None:
        raise ValueError(f"{entry.name} has no named operation")
    remarks = dict(_REMARK.findall(source))
    return Variant(
        label=label,
        text=_with_fragments(source, folders),
        operation_name=operation.group(2),
        is_mutation=operation.group(1) == "mutation",
        since=remarks.get("since"),
        for_admins=remarks.get("guard") == "admin",
    )


def _with_fragments(source: str, folders: tuple[Traversable, ...]) -> str:
    wanted, parts = list(_SPREAD.findall(source)), [source]
    seen: set[str] = set()
    while wanted:
        name = wanted.pop()
        if name not in seen and f"fragment {name} " not in source:
            seen.add(name)
            fragment = _fragment(name, folders)
            parts.append(fragment)
            wanted += _SPREAD.findall(fragment)
    return "\n".join(parts)


def _fragment(name: str, folders: tuple[Traversable, ...]) -> str:
    candidates = (folder / "fragments" / f"{name}.graphql" for folder in folders)
    return next(file for file in candidates if file.is_file()).read_text(encoding="utf-8")
