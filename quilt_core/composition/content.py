"""Read one file of a package."""

from __future__ import annotations

import os
from typing import BinaryIO, Protocol

from quilt_core.composition.calls import Calls
from quilt_core.domain.content import ContentInfo
from quilt_core.domain.names import PackageName, Registry, RevisionRef
from quilt_core.domain.stored_keys import stored_object
from quilt_core.domain.uris import ObjectUri, S3Uri, parse_object_uri
from quilt_core.error_messages import not_a_file, object_not_served
from quilt_core.errors import ProtocolError, ValidationError
from quilt_core.manifest import EntryHash
from quilt_core.transfer.hashing import can_hash, hash_data


def open_file(
    calls: Calls, name: PackageName, registry: Registry, path: str, ref: RevisionRef
) -> BinaryIO:
    """The composition of `open_content`."""
    item = _file(calls, name, registry, path, ref)
    uri = object_of(item, registry, "open_content")
    return of_its_size(item, calls.open_object(uri, None))


def read_file(
    calls: Calls,
    name: PackageName,
    registry: Registry,
    path: str,
    ref: RevisionRef,
    limit: int | None,
) -> bytes:
    """The composition of `read_content`."""
    item = _file(calls, name, registry, path, ref)
    if limit is not None and item.size > limit:
        raise ValidationError(
            f"{path!r} has {item.size} bytes, which is more than the limit of {limit}.",
            hint="Raise the limit, or read the file in parts: open_content().",
            context={
                "package": str(name),
                "registry": registry.url,
                "path": path,
                "size": item.size,
                "limit": limit,
            },
        )
    uri = object_of(item, registry, "read_content")
    with of_its_size(item, calls.open_object(uri, item.size)) as file:
        data = file.read()
    check_bytes(item, data)
    return data


def of_its_size(item: PackageFile, file: BinaryIO) -> BinaryIO:
    """The open object of a file in a package, if it has the size of the entry.

    An open object knows its size, so this makes no request. Raises `ProtocolError`, and closes the
    object, if it has another size.
    """
    size = file.seek(0, os.SEEK_END)
    file.seek(0)
    if size != item.size:
        file.close()
        raise wrong_bytes(item, size, None)
    return file


def check_bytes(item: ContentInfo, data: bytes) -> None:
    """Raise `ProtocolError` if these bytes are not the whole content of a file of a package."""
    found = None
    if item.hash is not None and can_hash(item.hash.type):
        found = hash_data(item.hash.type, data)
    if len(data) != item.size or found not in (None, item.hash):
        raise wrong_bytes(item, len(data), found.value if found else None)


class PackageFile(Protocol):
    """The data that identifies the object of a file in a package and its content."""

    @property
    def path(self) -> str: ...

    @property
    def size(self) -> int: ...

    @property
    def physical_key(self) -> str | None: ...

    @property
    def hash(self) -> EntryHash | None: ...


def object_of(item: PackageFile, registry: Registry, operation: str) -> ObjectUri:
    """The object of a file in a package.

    Anybody who may publish can write a manifest, and it is read on other people's machines. A local
    file that it names is therefore opened only if the registry itself is a local folder.

    Raises
    ------
    NotSupportedError
        When the physical key does not name an object, or names a local file although the registry
        is not a folder.
    """
    physical_key = item.physical_key or ""
    found: ObjectUri | None = stored_object(physical_key)
    if found is None and registry.scheme != "s3":
        try:
            found = parse_object_uri(physical_key)
        except ValidationError:
            found = None
    if found is None or (not isinstance(found, S3Uri) and not registry.is_local):
        raise object_not_served(operation, item.path, physical_key)
    return found


def wrong_bytes(item: PackageFile, size: int, found: str | None) -> ProtocolError:
    """The error for bytes that are not those of an entry."""
    if size != item.size or item.hash is None:
        what = f"has {size} bytes, but the package says {item.size}"
        expected = item.hash.value if item.hash else None
    else:
        expected = item.hash.value
        what = f"has the {item.hash.type} hash {found}, but the package says {expected}"
    return ProtocolError(
        f"What {item.physical_key} contains is not the file {item.path!r}: it {what}.",
        hint="The object was damaged, or overwritten in a bucket without versioning.",
        context={
            "path": item.path,
            "physical_key": item.physical_key,
            "expected": expected,
            "found": found,
            "expected_size": item.size,
            "found_size": size,
        },
    )


def _file(
    calls: Calls, name: PackageName, registry: Registry, path: str, ref: RevisionRef
) -> ContentInfo:
    first = next(calls.browse(name, registry, ref, path, recursive=False), None)
    if first is None or first.path != path or first.is_directory:
        raise not_a_file(path, name, registry)
    return first
