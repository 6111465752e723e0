"""A package's pointers, which define its revisions and the latest one.

A pointer is an object of 64 hexadecimal digits. Its ETag is the MD5 of those digits unless the
bucket encrypts with KMS; so one listing usually tells which pointers hold a given hash, and
pointers with one ETag hold one hash. If the ETag is not sufficient, pointers are read.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Any

import attrs

from quilt_core.domain.names import PackageName
from quilt_core.domain.uris import S3Uri
from quilt_core.error_messages import damaged_pointer
from quilt_core.errors import ConflictError, NotFoundError
from quilt_core.manifest.layout import (
    LATEST,
    is_timestamp,
    is_top_hash,
    pointer_key,
    pointer_time,
    pointers_prefix,
)
from quilt_core.outcome import Outcome
from quilt_core.parallel import bounded_map
from quilt_registry.s3.errors import s3_errors
from quilt_registry.s3.listing import pages
from quilt_registry.s3.objects import read_object
from quilt_registry.s3.response_checks import may_have_been_done

POINTER_BYTES = 1000
"""The number of bytes that are read of a pointer, which has 64."""


@attrs.frozen(kw_only=True)
class Pointer:
    """One pointer in a listing, without its content."""

    name: str
    """`latest`, or Unix seconds."""
    etag: str
    """The entity tag without quotes; empty if there is none (in a folder)."""
    modified: datetime
    """When the object was written; the pointer's own time is in its name."""


@attrs.frozen(kw_only=True)
class Pointed:
    """The content of a pointer."""

    top_hash: str
    etag: str
    """The entity tag of the object that was read, without quotes."""

    def is_content_of(self, pointer: Pointer) -> bool:
        """Whether the pointer certainly held this top hash when it was listed."""
        return pointer.etag in (self.etag, _md5(self.top_hash)) and bool(pointer.etag)


@attrs.frozen(kw_only=True)
class PointerListing:
    """All pointers of a package, with the timestamps newest first."""

    package_name: PackageName
    latest: Pointer | None
    timestamps: tuple[Pointer, ...]

    @classmethod
    def of(cls, package_name: PackageName, pointers: Iterable[Pointer]) -> PointerListing:
        """Sort the pointers; names that are neither `latest` nor a time are ignored."""
        latest, timestamps = None, []
        for pointer in pointers:
            if pointer.name == LATEST:
                latest = pointer
            elif is_timestamp(pointer.name):
                timestamps.append(pointer)
        timestamps.sort(key=lambda pointer: pointer.name, reverse=True)
        return cls(package_name=package_name, latest=latest, timestamps=tuple(timestamps))

    @property
    def all(self) -> tuple[Pointer, ...]:
        """`latest` first, if there is one, then the timestamps, newest first."""
        return (self.latest, *self.timestamps) if self.latest else self.timestamps

    @property
    def newest_second(self) -> int:
        """The newest timestamp in Unix seconds; 0 if there is none."""
        return int(self.timestamps[0].name) if self.timestamps else 0


def list_pointers(s3: Any, bucket: str, package_name: PackageName) -> PointerListing:
    """List a package's pointers, with one request per 1,000 of them.

    A package that does not exist has none. Raises the errors of `quilt_registry.s3.s3_errors`, and
    `ProtocolError` when the pages make no progress.
    """
    prefix = pointers_prefix(package_name)
    url = f"s3://{bucket}/{prefix}"
    found = [
        Pointer(
            name=item["Key"][len(prefix) :],
            etag=item["ETag"].strip('"'),
            modified=item["LastModified"],
        )
        for page in pages(s3, "list the revisions in", url, Bucket=bucket, Prefix=prefix)
        for item in page.get("Contents", ())
    ]
    return PointerListing.of(package_name, found)


def read_pointer(s3: Any, bucket: str, package_name: PackageName, name: str) -> str:
    """Read the top hash in a pointer; raises the errors of `read_pointed`."""
    return read_pointed(s3, bucket, package_name, name).top_hash


def read_pointed(s3: Any, bucket: str, package_name: PackageName, name: str) -> Pointed:
    """Read a pointer.

    Raises `NotFoundError` if it does not exist, `ProtocolError` if it does not hold a top hash, and
    the other errors of `quilt_registry.s3.s3_errors`.
    """
    key = pointer_key(package_name, name)
    found = read_object(s3, S3Uri(bucket, key), "read the pointer", beginning=POINTER_BYTES)
    top_hash = parse_pointer(found.content, found.uri.url)
    return Pointed(top_hash=top_hash, etag=found.etag.strip('"'))


def replace_pointer(
    s3: Any, bucket: str, package_name: PackageName, name: str, top_hash: str, seen: Pointer | None
) -> None:
    """Write a pointer if it is still as in `seen` (None: if it does not exist).

    Raises `ConflictError` if it is not, with the outcome "not_written" if this call certainly did
    not write it in an earlier attempt; otherwise the errors of `quilt_registry.s3.s3_errors`.
    """
    key = pointer_key(package_name, name)
    condition = {"IfNoneMatch": "*"} if seen is None else {"IfMatch": f'"{seen.etag}"'}
    try:
        with s3_errors("write the pointer", f"s3://{bucket}/{key}"):
            s3.put_object(Bucket=bucket, Key=key, Body=top_hash.encode(), **condition)
    except (ConflictError, NotFoundError) as error:
        # An attempt before the refused one may have written it.
        outcome = Outcome.UNKNOWN if may_have_been_done(error) else Outcome.NOT_WRITTEN
        raise ConflictError(
            f"The pointer s3://{bucket}/{key} was written by another writer.",
            context={**error.context, "outcome": outcome.value},
        ) from error


def parse_pointer(content: bytes, uri: str) -> str:
    """The top hash in a pointer's bytes; raises `ProtocolError` if there is none."""
    text = content.decode("ascii", errors="replace").strip()
    if not is_top_hash(text):
        raise damaged_pointer(uri, text)
    return text


def read_hashes(
    listing: PointerListing, read: Callable[[str], str], workers: int
) -> Mapping[str, str]:
    """The top hash of every pointer, by pointer name; each distinct ETag is read once.

    A pointer that has disappeared since the listing is left out: its revision was deleted, or a
    conflicting write was undone.

    Parameters
    ----------
    listing:
        The package's pointers.
    read:
        Reads one pointer, by name.
    workers:
        How many to read at once.
    """
    groups: dict[str, list[str]] = {}
    # A timestamp represents its group, because `latest` may have moved since the listing.
    for pointer in sorted(listing.all, key=lambda one: one.name == LATEST):
        # An MD5 identifies the content; any other ETag only identifies the object.
        known = len(pointer.etag) == 32
        groups.setdefault(pointer.etag if known else f"={pointer.name}", []).append(pointer.name)

    def read_any(names: list[str]) -> str | None:
        for name in names:
            try:
                return read(name)
            except NotFoundError as error:
                if error.context.get("code") == "NoSuchBucket":
                    raise
        return None

    hashes = bounded_map(read_any, groups.values(), workers)
    return {
        name: top_hash
        for names, top_hash in zip(groups.values(), hashes, strict=True)
        for name in names
        if top_hash is not None
    }


def find_pointers(
    listing: PointerListing, top_hash: str, read: Callable[[str], str], workers: int
) -> tuple[Pointer, ...]:
    """The pointers that hold `top_hash`, `latest` first, then newest first.

    Empty if the package has no such revision. It reads nothing if an ETag matches, and otherwise
    every pointer, because in a bucket that encrypts with KMS an ETag that does not match proves
    nothing.
    """
    etag = _md5(top_hash)
    matching = tuple(pointer for pointer in listing.all if pointer.etag == etag)
    if matching:
        return matching
    hashes = read_hashes(listing, read, workers)
    return tuple(pointer for pointer in listing.all if hashes.get(pointer.name) == top_hash)


def newest_time(pointers: Iterable[Pointer]) -> datetime | None:
    """When a revision was published: the time in the name of its newest timestamp pointer.

    If there is only `latest`, the time when it was written, in whole seconds; None if there is no
    pointer.
    """
    pointers = tuple(pointers)
    names = [pointer.name for pointer in pointers if is_timestamp(pointer.name)]
    if names:
        return pointer_time(max(names))
    for pointer in pointers:
        return pointer.modified.replace(microsecond=0)
    return None


def _md5(top_hash: str) -> str:
    """The entity tag of a pointer that holds a top hash, unless the bucket encrypts with KMS."""
    return hashlib.md5(top_hash.encode(), usedforsecurity=False).hexdigest()
