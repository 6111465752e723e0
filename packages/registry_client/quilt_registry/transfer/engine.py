"""The transfer engine: the protocol on which all transfers are based."""

from __future__ import annotations

from collections.abc import Generator, Iterable, Mapping
from typing import Protocol, TypeVar

import attrs

from quilt_core.domain.uris import ObjectUri, S3Uri
from quilt_registry.s3.objects import ObjectFacts
from quilt_registry.transfer.file_parts import FilePart
from quilt_registry.transfer.unfinished import SourceState

U_contra = TypeVar("U_contra", bound=ObjectUri, contravariant=True)
Chunks = Generator["bytes | memoryview"]
"""Bytes as they arrive; close it if it is not read to the end."""


@attrs.frozen(kw_only=True)
class Part:
    """A part of an object in transfer: its number, counted from 1, its bytes and their SHA-256."""

    number: int
    data: bytes | memoryview | FilePart = attrs.field(repr=False)
    digest: bytes = attrs.field(repr=False)

    @property
    def content(self) -> bytes | memoryview:
        """The bytes in memory; they are read if they are in a file."""
        return self.data.content() if isinstance(self.data, FilePart) else self.data


@attrs.frozen(kw_only=True)
class Written:
    """The store's answer about an object that it has accepted."""

    version: str | None
    checksum: str | None
    """The checksum that it computed, in base64, as received; None if it returns none."""


@attrs.frozen(kw_only=True)
class Begun:
    """An object whose beginning is being read."""

    uri: S3Uri
    """The URI, with the version that is read if the bucket is versioned."""
    size: int
    etag: str
    """The entity tag with its quotation marks."""
    chunks: Chunks


class PartWriter(Protocol[U_contra]):
    """Writes objects at addresses of one kind.

    Every method raises this framework's errors. The outcome in an error's context tells whether the
    object may have been written.
    """

    def put(self, uri: U_contra, part: Part, metadata: Mapping[str, str]) -> Written:
        """Write an object of one part, which the store verifies; one request."""

    def put_parts(
        self,
        uri: U_contra,
        parts: Iterable[Part],
        metadata: Mapping[str, str],
        source: SourceState | None = None,
    ) -> Written:
        """Write an object in parts, each of which the store verifies; this takes two requests and
        one per part.

        `source` is the file from which they are read, if there is one.

        Any error, including one in the iteration over `parts`, aborts the upload without leaving
        parts behind.
        """


class TransferEngine(PartWriter[S3Uri], Protocol):
    """Reads and writes objects of S3 with one identity's rights; thread-safe.

    Errors are those of `quilt_registry.s3.s3_errors`.
    """

    def head(self, uri: S3Uri) -> ObjectFacts:
        """Look up an object, without data that needs its parts; one request."""

    def get(self, uri: S3Uri, count: int) -> Begun:
        """Read the first `count` bytes of an object, at least one; one request.

        After a broken connection, reading continues where it broke.
        """

    def range(self, uri: S3Uri, start: int, stop: int, etag: str) -> Chunks:
        """The bytes from `start` to before `stop` of the version with this entity tag.

        One request; otherwise like `get`.
        """
