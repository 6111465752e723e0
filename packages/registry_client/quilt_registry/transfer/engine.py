"""What moves bytes: the protocol that the rest of the transfers stands on."""

from __future__ import annotations

from collections.abc import Generator, Iterable, Mapping
from typing import Protocol, TypeVar

import attrs

from quilt_core.domain.uris import ObjectUri, S3Uri
from quilt_registry.s3.objects import ObjectFacts
from quilt_registry.transfer.unfinished import SourceState

U_contra = TypeVar("U_contra", bound=ObjectUri, contravariant=True)
Chunks = Generator["bytes | memoryview"]
"""Bytes as they arrive; close it if it is not read to the end."""


@attrs.frozen(kw_only=True)
class Part:
    """A piece of an object on its way: its number, from 1 on, its bytes and their SHA-256."""

    number: int
    data: bytes | memoryview = attrs.field(repr=False)
    digest: bytes = attrs.field(repr=False)


@attrs.frozen(kw_only=True)
class Written:
    """What the store says of an object that it has taken."""

    version: str | None
    checksum: str | None
    """The checksum that it computed, base64, as it says it; None where it says none."""


@attrs.frozen(kw_only=True)
class Begun:
    """An object of which the beginning is being read."""

    uri: S3Uri
    """With the version that is read, where the bucket is versioned."""
    size: int
    etag: str
    """With its quotation marks."""
    chunks: Chunks


class PartWriter(Protocol[U_contra]):
    """Writes objects at addresses of one kind.

    Every method raises this framework's errors. An error says in its context, as the outcome,
    whether the object may be there.
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
        """Write an object in parts, each of which the store verifies; 2 requests and 1 per part.

        `source` is the file that they are read from, where it is one.

        Whatever goes wrong, the iteration over `parts` included, ends the upload without leaving
        parts behind.
        """


class TransferEngine(PartWriter[S3Uri], Protocol):
    """Reads and writes objects of S3 with one identity's rights; safe for threads.

    Errors are as `quilt_registry.s3.s3_errors` has them.
    """

    def head(self, uri: S3Uri) -> ObjectFacts:
        """Look an object up, without what only its parts tell; one request."""

    def get(self, uri: S3Uri, count: int) -> Begun:
        """Read an object's first `count` bytes, of which there is at least one; one request.

        A connection that breaks is taken up again where it broke.
        """

    def range(self, uri: S3Uri, start: int, stop: int, etag: str) -> Chunks:
        """The bytes from `start` to before `stop` of the version with this entity tag.

        One request, and otherwise as `get`.
        """
