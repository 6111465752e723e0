"""The data of the store, and the records that change it.

A record contains everything needed to repeat its change: the journal is a list of records, and
applying them in order gives the state of a store.
"""

from __future__ import annotations

from typing import Literal

import msgspec

FORMAT = 1
NULL = "null"
Versioning = Literal["", "Enabled", "Suspended"]
ChecksumKind = Literal["FULL_OBJECT", "COMPOSITE"]


class Piece(msgspec.Struct, frozen=True, array_like=True):
    """Bytes of an object: in a file, or, when they are few, in the record itself.

    size: bytes; crc: their CRC-32, checked when they are read; file: the name of the file in the
    folder of bodies, empty when `data` has the bytes.
    """

    size: int
    crc: int
    file: str = ""
    data: bytes = b""


class Checksum(msgspec.Struct, frozen=True, array_like=True):
    """A checksum as S3 gives it: base64, a composite one with `-` and the number of parts."""

    algorithm: str
    value: str
    kind: ChecksumKind = "FULL_OBJECT"


class Part(msgspec.Struct, frozen=True):
    """A part of an upload, and later of the object that the upload became."""

    number: int
    size: int
    etag: str
    modified: int
    pieces: tuple[Piece, ...] = ()
    checksum: Checksum | None = None


class Attributes(msgspec.Struct, frozen=True, omit_defaults=True):
    """What a client says about an object beside its bytes.

    headers: the headers that are answered as they were given, by lower-case name.
    """

    headers: dict[str, str] = {}
    tags: dict[str, str] = {}
    storage_class: str = "STANDARD"


class Version(msgspec.Struct, frozen=True, omit_defaults=True):
    """A version of an object, or a delete marker.

    id: `null` for one written while versioning was off or suspended; modified: unix seconds;
    parts: of an object that was uploaded in parts, without pieces; upload: the upload's id;
    restored: until when an archived one can be read, unix seconds.
    """

    key: str
    id: str
    modified: int
    marker: bool = False
    etag: str = ""
    size: int = 0
    pieces: tuple[Piece, ...] = ()
    attributes: Attributes = Attributes()
    checksum: Checksum | None = None
    parts: tuple[Part, ...] = ()
    upload: str = ""
    restored: int = 0


class Upload(msgspec.Struct, frozen=True):
    """An upload in parts that goes on; algorithm and kind are those of its checksums, if any."""

    id: str
    key: str
    begun: int
    attributes: Attributes
    algorithm: str = ""
    kind: ChecksumKind = "COMPOSITE"


class Began(msgspec.Struct, frozen=True, tag=True):
    """The first record of a journal."""

    format: int


class BucketMade(msgspec.Struct, frozen=True, tag=True):
    """A new bucket; made: unix seconds."""

    bucket: str
    region: str
    made: int


class BucketGone(msgspec.Struct, frozen=True, tag=True):
    """A bucket was deleted."""

    bucket: str


class VersioningSet(msgspec.Struct, frozen=True, tag=True):
    """The versioning of a bucket from now on."""

    bucket: str
    versioning: Versioning


class Configured(msgspec.Struct, frozen=True, tag=True):
    """A configuration document of a bucket, by its sub-resource; `None` removes it."""

    bucket: str
    resource: str
    document: bytes | None


class Stored(msgspec.Struct, frozen=True, tag=True):
    """A new newest version of a key; one with the same id goes, and so does its upload."""

    bucket: str
    version: Version


class Removed(msgspec.Struct, frozen=True, tag=True):
    """A version or a delete marker was removed for good."""

    bucket: str
    key: str
    id: str


class Tagged(msgspec.Struct, frozen=True, tag=True):
    """The tags of a version from now on."""

    bucket: str
    key: str
    id: str
    tags: dict[str, str]


class Restored(msgspec.Struct, frozen=True, tag=True):
    """An archived version can be read until then; until: unix seconds."""

    bucket: str
    key: str
    id: str
    until: int


class UploadBegun(msgspec.Struct, frozen=True, tag=True):
    """An upload in parts began."""

    bucket: str
    upload: Upload


class PartStored(msgspec.Struct, frozen=True, tag=True):
    """A part of an upload; one with the same number goes."""

    bucket: str
    upload: str
    part: Part


class UploadGone(msgspec.Struct, frozen=True, tag=True):
    """An upload was given up."""

    bucket: str
    upload: str


Change = (
    BucketMade
    | BucketGone
    | VersioningSet
    | Configured
    | Stored
    | Removed
    | Tagged
    | Restored
    | UploadBegun
    | PartStored
    | UploadGone
)
Entry = Began | Change
