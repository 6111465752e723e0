"""Objects where they lie: what listings, descriptions, uploads and searches of them return."""

from __future__ import annotations

from datetime import datetime
from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, Literal, Self

import attrs

from quilt_core.domain.base import DomainObject, aware
from quilt_core.domain.names import check_uri_text, decode_percent, parse_bucket
from quilt_core.domain.uris import FileUri, S3Uri
from quilt_core.errors import ValidationError

if TYPE_CHECKING:  # manifests bring msgspec, which a command's help does without
    from quilt_core.manifest.model import EntryHash

ObjectSource = Path | bytes | BinaryIO
"""What an upload takes: a file of this machine, bytes, or an open binary file, which is read to
its end from where it stands."""

LARGEST_BLOCK = 1 << 26
"""The most bytes that `block_size` of `open_object` may ask for with one request."""


class StorageLibrary(Enum):
    """Whose names storage options have."""

    FSSPEC = "fsspec"
    """s3fs, and with it pandas, dask and pyarrow's fsspec file systems."""
    OBJECT_STORE = "object_store"
    """The Rust crate, and with it polars, delta-rs and obstore; of obstore alone `aws_allow_http`,
    which there is with an `http://` endpoint only, belongs to its `client_options`."""


StorageLibraryName = Literal["fsspec", "object_store"]
"""The values of `StorageLibrary`, as facade methods take them too."""


@attrs.frozen
class S3Prefix:
    """A folder in S3: a bucket, and the beginning of keys, which is empty or ends in a slash."""

    bucket: str
    prefix: str = ""

    @classmethod
    def parse(cls, text: str) -> Self:
        """Parse `s3://bucket[/percent%20encoded/folder[/]]`; else `ValidationError`."""
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
"""Where a listing begins: a bucket, a folder in one, or a folder of this machine."""


def parse_object_prefix(text: str) -> ObjectPrefix:
    """Parse `s3://bucket[/folder]` or `file:///folder`; else `ValidationError`."""
    if isinstance(text, str) and text.startswith("file:"):
        return FileUri.parse(text)
    return S3Prefix.parse(text)


@attrs.frozen(kw_only=True)
class ObjectInfo(DomainObject):
    """An object, or a folder in a listing of one level (`is_prefix`), where it lies."""

    uri: str
    """Percent-encoded; with the version where it is known, and with a slash at the end of a
    folder's."""
    size: int | None
    """Bytes; None for a folder."""
    modified: datetime | None = attrs.field(validator=aware)
    version: str | None
    """The version's id; None where the store keeps none, and in S3's listings, which do not say."""
    etag: str | None
    """S3's entity tag without quotation marks; it is not a checksum."""
    content_type: str | None
    """None where nobody said, and in listings."""
    storage_class: str | None
    """S3's storage class, such as `STANDARD` or `GLACIER`; None where there is none."""
    checksum: EntryHash | None
    """The hash that a manifest has for these bytes, where the store knows it; never computed."""
    is_prefix: bool = False
    """Whether this is a folder, of which a listing knows nothing but the name."""


@attrs.frozen(kw_only=True)
class StoredObject(DomainObject):
    """An object that was written, as an entry of a package refers to it."""

    uri: str
    """Percent-encoded, with its version where the store keeps versions."""
    size: int
    hash: EntryHash
    """Of the bytes that were sent, which the store verified where it can: `sha2-256-chunked`."""
    version: str | None


@attrs.frozen(kw_only=True)
class ObjectHit(DomainObject):
    """An object that a search found; what the index knew of it, which may be a moment behind."""

    uri: str
    """Percent-encoded, with the version that the index has."""
    bucket: str
    key: str
    version: str | None
    size: int
    modified: datetime = attrs.field(validator=aware)
    score: float
    """How well it fits, larger is better; comparable within one search only."""
