"""The data that the engine reads: packages and files, with the permissions of the caller.

An implementation is made for one identity and returns only data that this identity may read,
because the engine shows all of it. It raises only errors of `quilt_core.errors`. The engine calls
it from several threads.
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
    """A value that distinguishes this manifest from another one with the same top hash, which does
    not cover physical keys: for example its entity tag. Empty if there is none.
    """


@attrs.frozen
class RevisionContent:
    """A revision as in its manifest; `records` are read once, in any order."""

    message: str | None
    metadata: str | None
    """The user metadata as JSON text; None if the manifest has none."""
    records: Iterator[DirectoryRecord | ManifestEntry]


class TableSource(Protocol):
    """The packages of the buckets, or of the folder, that an identity may read."""

    def buckets(self) -> Iterable[str]:
        """The names of the buckets (or the prefix of the folder) that have tables, for listings.

        A query may name others, for which `pointers` is then called.
        """
        ...

    def scope(self, bucket: str) -> str | None:
        """The key under which a bucket's revisions are cached; it is hashed.

        Sources with the same scope share the cache: those of one registry whose identities may read
        the same. The scope names the registry and, if identities may read different things, the
        identity, by a key that is not a secret. With None, revisions are kept for one query only,
        which is required if manifests with the same top hash cannot be distinguished.
        """
        ...

    def pointers(self, bucket: str) -> Iterable[Pointer]:
        """All pointers of a bucket's packages that this identity may read, in any order.

        Raises `NotFoundError` or `PermissionDeniedError` for a bucket that does not exist or may
        not be read; for a query, both mean that there is no such table.
        """
        ...

    def read_revision(self, bucket: str, pointer: Pointer) -> RevisionContent:
        """The content of a revision that a pointer names, read while `records` are.

        It is called if the cache of the scope lacks the revision; `pointers` decides whether this
        identity may read it. Raises `NotFoundError` if the manifest is missing, in which case the
        revision has only the rows of its pointers, and `ProtocolError` if it is damaged.
        """
        ...

    def tabulator_tables(self, bucket: str) -> Iterable[tuple[str, str]]:
        """The tabulator tables of a bucket, if any: name and YAML configuration."""
        ...

    def open_object(self, physical_key: str) -> BinaryIO:
        """Open an object that an entry names, for reading; the file is seekable.

        Raises `NotFoundError` if it does not exist, and `PermissionDeniedError` if it may not be
        read.
        """
        ...
