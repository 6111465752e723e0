"""What the engine reads: packages and files, with the permissions of the caller.

An implementation is made for one identity, and gives what that identity may read, nothing else: the
engine trusts it, and shows all of it. It raises `quilt_core.errors` only. The engine calls it from
several threads.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, BinaryIO, Protocol

import attrs

if TYPE_CHECKING:  # manifests import msgspec, which the help of a command does not need
    from quilt_core.manifest.model import DirectoryRecord, ManifestEntry


@attrs.frozen
class Pointer:
    """A pointer of a package: a time, or a tag, and the revision that it names."""

    package: str
    """`namespace/name`."""
    name: str
    """Ten digits of Unix seconds for a revision; otherwise a tag, such as `latest`."""
    top_hash: str
    manifest: str = ""
    """What tells this manifest from another one of the same top hash, which does not cover physical
    keys: its entity tag, for one. Empty where nothing does."""


@attrs.frozen
class RevisionContent:
    """A revision as its manifest has it; `records` are read once, in any order."""

    message: str | None
    metadata: str | None
    """The user metadata as JSON text; None where the manifest has none."""
    records: Iterator[DirectoryRecord | ManifestEntry]


class TableSource(Protocol):
    """The packages of the buckets, or of the folder, that an identity may read."""

    def buckets(self) -> Iterable[str]:
        """The names of the buckets (or the prefix of the folder) that have tables, for listings.

        A query may name further ones, which `pointers` then finds or does not.
        """
        ...

    def scope(self, bucket: str) -> str | None:
        """What the cache of a bucket's revisions is kept under; it is hashed.

        Sources of one scope share it: those of one registry whose identities may read the same. It
        names the registry and, where identities may read different things, the identity, by a key
        that is not a secret. None: what is read is kept for one query only, as it must be where
        nothing tells manifests of one top hash apart.
        """
        ...

    def pointers(self, bucket: str) -> Iterable[Pointer]:
        """All pointers of a bucket's packages that this identity may read, in any order.

        Raises `NotFoundError` or `PermissionDeniedError` for a bucket that is not there, or may not
        be read; to a query, both mean that there is no such table.
        """
        ...

    def read_revision(self, bucket: str, pointer: Pointer) -> RevisionContent:
        """The content of a revision that a pointer names, read while `records` are.

        It is called when the cache of the scope has not got it: whether this identity may read the
        revision is decided by `pointers`. Raises `NotFoundError` when its manifest is gone, so that
        the revision has no rows but those of its pointers; `ProtocolError` when it is damaged.
        """
        ...

    def tabulator_tables(self, bucket: str) -> Iterable[tuple[str, str]]:
        """The tabulator tables of a bucket: name and configuration, which is YAML; maybe none."""
        ...

    def open_object(self, physical_key: str) -> BinaryIO:
        """Open an object that an entry names, for reading; the file is seekable.

        Raises `NotFoundError`, `PermissionDeniedError` when it is not there, or may not be read.
        """
        ...
