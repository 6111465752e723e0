"""Objects in their stores: the results of listing, describing, writing and searching them."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, Self

import attrs

from quilt_core.domain.base import DomainObject, aware
from quilt_core.domain.names import check_uri_text, decode_percent, parse_bucket
from quilt_core.domain.uris import FileUri, S3Uri
from quilt_core.errors import ValidationError

if TYPE_CHECKING:  # manifests import msgspec, which the help of a command does not need
    from quilt_core.manifest.model import EntryHash

ObjectSource = Path | bytes | BinaryIO
"""The source of an upload: a local file, bytes, or an open binary file, which is read from its
current position to its end."""

LARGEST_BLOCK = 1 << 26
"""The largest `block_size` of `open_object`, in bytes per request."""


@attrs.frozen
class S3Prefix:
    """A folder in S3: a bucket and a prefix, which is empty or ends with a slash."""

    bucket: str
    prefix: str = ""

    @classmethod
    def parse(cls, text: str) -> Self:
        """Parse the address of a bucket or of a folder in one.

        Parameters
        ----------
        text:
            `s3://bucket[/percent%20encoded/folder[/]]`.

        Raises
        ------
        ValidationError
            For anything else.
        """
        if isinstance(text, str) and text.startswith("s3://"):
            bucket, _, path = check_uri_text(text, "s3_uri")[5:].partition("/")
            prefix = decode_percent(path)
            if prefix is not None and "?" not in text and "#" not in text:
                slash = "" if not prefix or prefix.endswith("/") else "/"
                return cls(parse_bucket(bucket), prefix + slash)
        raise ValidationError(
            f"{text!r} is not the URI of a bucket or of a folder in one.",
            hint="It looks like 's3://bucket' or 's3://bucket/folder/'; it names no version, and "
            "'?', '#' and '%' in a key are percent-encoded.",
            context={"s3_uri": str(text)},
        )

    @property
    def url(self) -> str:
        """The URI, percent-encoded: `s3://bucket/`, `s3://bucket/folder/`."""
        return S3Uri(self.bucket, self.prefix).url

    def __str__(self) -> str:
        return self.url


ObjectPrefix = S3Prefix | FileUri
"""The folder to list: a bucket, a folder in a bucket, or a local folder."""


def parse_object_prefix(text: str) -> ObjectPrefix:
    """Parse `s3://bucket[/folder]` or `file:///folder`; raise `ValidationError` for
    anything else.
    """
    if isinstance(text, str) and text.startswith("file:"):
        return FileUri.parse(text)
    return S3Prefix.parse(text)


@attrs.frozen(kw_only=True, repr=False)
class ObjectInfo(DomainObject):
    """An object, or a folder in a listing of one level (`is_prefix`)."""

    uri: str
    """Percent-encoded; with the version if it is known, and with a trailing slash for a folder."""
    size: int | None
    """Bytes; None for a folder."""
    modified: datetime | None = attrs.field(validator=aware)
    version: str | None
    """The version's id; None if the store keeps no versions, and in S3 listings, which lack it."""
    etag: str | None
    """S3's entity tag without quotation marks; it is not a checksum."""
    content_type: str | None
    """The content type; None if it is not known, and in listings."""
    storage_class: str | None
    """S3's storage class, such as `STANDARD` or `GLACIER`; None if there is none."""
    checksum: EntryHash | None
    """The hash as in a manifest, if the store has it; it is never computed."""
    is_prefix: bool = False
    """Whether this is a folder; a listing has only the name of a folder."""


@attrs.frozen(kw_only=True, repr=False)
class StoredObject(DomainObject):
    """An object that was written, in the form needed for an entry of a package."""

    uri: str
    """Percent-encoded, with its version if the store keeps versions."""
    size: int
    hash: EntryHash
    """The `sha2-256-chunked` hash of the bytes sent, verified by the store if it can."""
    version: str | None


@attrs.frozen(kw_only=True, repr=False)
class ObjectHit(DomainObject):
    """An object found by a search, as known to the index, which may lag slightly behind."""

    uri: str
    """Percent-encoded, with the version that the index has."""
    bucket: str
    key: str
    version: str | None
    size: int
    modified: datetime = attrs.field(validator=aware)
    score: float
    """How well it matches; larger is better, and only comparable within one search."""
