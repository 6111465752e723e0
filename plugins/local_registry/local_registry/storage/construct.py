"""Write and delete revisions: `packageConstruct`, `packageDelete`, `packageRevisionDelete`.

See docs/protocol.md, E, F and P.5.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import attrs
from botocore.exceptions import ClientError
from msgspec import UNSET

from local_registry.identity.errors import InputProblem, InvalidInputError
from local_registry.storage.errors import failed
from local_registry.storage.store import PackageStore
from local_registry.storage.workflows import apply_workflow
from quilt_core.domain.names import PackageName
from quilt_core.domain.uris import check_logical_key
from quilt_core.errors import ValidationError
from quilt_core.manifest import (
    EntryHash,
    ManifestEntry,
    ManifestHeader,
    PhysicalKey,
    TopHasher,
    chunked_sha256,
    manifest_lines,
    sort_key,
)
from quilt_core.manifest.layout import manifest_key, pointer_key

# S3's error for the caller, in the words of botocore
_NOT_THERE = "An error occurred (404) when calling the HeadObject operation: Not Found"
_FORBIDDEN = "An error occurred (403) when calling the HeadObject operation: Forbidden"
_HASH_TYPES = ("SHA256", "sha2-256-chunked", "CRC64NVME")


def construct(
    store: PackageStore,
    params: Mapping[str, Any],
    entries: Sequence[Mapping[str, Any]],
    can_read: Callable[[str], bool],
) -> str:
    """Write a revision and return its top hash; `can_read` says which buckets may be read for it.

    Raises `InvalidInputError`, `OperationFailedError`.
    """
    bucket, name = params["bucket"], params["name"]
    problems = _check_params(params)
    if problems:
        raise InvalidInputError(*problems)
    if not store.bucket_exists(bucket):
        raise failed(
            "InvalidRegistry", f"There is no bucket {bucket}.", registry_url=f"s3://{bucket}"
        )
    parsed = _parse_entries(entries)
    # Complete entries are not looked up (docs/protocol.md, E.2).
    check_readable(store, [entry for entry in parsed if not _is_complete(entry)], can_read)
    complete = _complete_all(store, parsed)
    complete.sort(key=lambda entry: sort_key(entry.logical_key))
    header = ManifestHeader(
        message=params.get("message"),
        user_meta=UNSET if params.get("userMeta") is None else params["userMeta"],
        workflow=apply_workflow(store.s3, params, complete),
    )
    return publish(store, bucket, name, header, complete)


def check_readable(
    store: PackageStore, entries: Sequence[ManifestEntry], can_read: Callable[[str], bool]
) -> None:
    """Refuse objects of buckets that the caller cannot read: their sizes and hashes are secret.

    Raises `OperationFailedError` (FailedToFetchObjectMetadata).
    """
    for entry in entries:
        bucket = PhysicalKey.parse(entry.physical_key).bucket
        if bucket is not None and not can_read(bucket):
            raise failed(
                "FailedToFetchObjectMetadata",
                f"{entry.physical_key} cannot be read.",
                logical_key=entry.logical_key,
                physical_key=entry.physical_key,
                error=_FORBIDDEN if store.bucket_exists(bucket) else _NOT_THERE,
            )


def publish(
    store: PackageStore,
    bucket: str,
    name: str,
    header: ManifestHeader,
    entries: Sequence[ManifestEntry],
) -> str:
    """Write manifest, timestamp and `latest`, in this order; never onto a taken timestamp."""
    hasher = TopHasher(header)
    try:
        body = b"".join(manifest_lines(header, (), entries, hasher))
    except ValidationError as error:
        raise failed("InvalidInputParameters", str(error), details=str(error)) from error
    top_hash = hasher.hexdigest()
    package = PackageName.parse(name)
    store.s3.put_object(Bucket=bucket, Key=manifest_key(top_hash), Body=body)
    with store.lock_of(bucket, name):
        taken = {pointer.name for pointer in store.pointers(bucket, name).timestamps}
        while str(int(time.time())) in taken:
            time.sleep(0.02)
        for pointer in (str(int(time.time())), "latest"):
            key = pointer_key(package, pointer)
            store.s3.put_object(Bucket=bucket, Key=key, Body=top_hash.encode())
    return top_hash


def delete_revision(store: PackageStore, bucket: str, name: str, top_hash: str) -> None:
    """Delete every pointer to a revision; `latest` moves to the newest one that remains."""
    with store.lock_of(bucket, name):
        listing = store.pointers(bucket, name)
        package = PackageName.parse(name) if listing.all else None
        hashes = store.hashes(bucket, name, listing)
        doomed = [pointer for pointer, one in hashes.items() if one == top_hash]
        if package is None or not doomed:
            raise failed("RevisionNotFound", f"{name} has no revision {top_hash}.")
        remaining = [p.name for p in listing.timestamps if hashes.get(p.name, top_hash) != top_hash]
        for pointer in sorted(doomed, reverse=True):
            if pointer == "latest" and remaining:
                body = hashes[max(remaining)].encode()
                store.s3.put_object(Bucket=bucket, Key=pointer_key(package, pointer), Body=body)
            else:
                store.s3.delete_object(Bucket=bucket, Key=pointer_key(package, pointer))


def delete_package(store: PackageStore, bucket: str, name: str) -> None:
    """Delete every pointer of a package, `latest` first; manifests and objects stay.

    Raises
    ------
    OperationFailedError
        `PackageNotFound` when the bucket has no package of that name.
    """
    with store.lock_of(bucket, name):
        listing = store.pointers(bucket, name)
        if not listing.all:
            raise failed("PackageNotFound", f"There is no package {name} in {bucket}.")
        package = PackageName.parse(name)
        for pointer in sorted((one.name for one in listing.all), reverse=True):
            store.s3.delete_object(Bucket=bucket, Key=pointer_key(package, pointer))


def _check_params(params: Mapping[str, Any]) -> list[InputProblem]:
    problems = []
    try:
        PackageName.parse(params["name"])
    except ValidationError as error:
        problems.append(InputProblem(path="params.name", name="InvalidName", message=str(error)))
    if params.get("message") == "":
        problems.append(
            InputProblem(path="params.message", name="InvalidMessage", message="It is empty.")
        )
    meta = params.get("userMeta")
    if meta is not None and not isinstance(meta, Mapping):
        problems.append(
            InputProblem(path="params.userMeta", name="InvalidMeta", message="It is not an object.")
        )
    return problems


def _parse_entries(entries: Sequence[Mapping[str, Any]]) -> list[ManifestEntry]:
    parsed: dict[str, ManifestEntry] = {}
    problems = []
    for entry in entries:
        key = entry["logicalKey"]
        try:
            check_logical_key(key)
            if key in parsed:
                raise ValueError("it is there twice")
            parsed[key] = _parse_entry(entry)
        except (ValidationError, ValueError) as error:
            message = f"{key!r}: {error}"
            problems.append(InputProblem(path="src.entries", name="InvalidEntry", message=message))
    for key in parsed:
        parent = key.rpartition("/")[0]
        while parent:
            if parent in parsed:
                message = f"{parent!r} is a file and a directory"
                problems.append(
                    InputProblem(path="src.entries", name="InvalidEntry", message=message)
                )
            parent = parent.rpartition("/")[0]
    if problems:
        raise InvalidInputError(*problems)
    return list(parsed.values())


def _parse_entry(entry: Mapping[str, Any]) -> ManifestEntry:
    url = entry["physicalKey"]
    try:
        physical = PhysicalKey.parse(url)
    except ValueError:
        raise failed("InvalidS3PhysicalKey", f"{url} is not an S3 URL.", physical_key=url) from None
    if physical.bucket is None:
        raise failed("InvalidLocalPhysicalKey", f"{url} is a local file.", physical_key=url)
    given = entry.get("hash")
    if given is not None and given["type"] not in _HASH_TYPES:
        raise ValueError(f"the hash type {given['type']!r} is unknown")
    size = entry.get("size")
    if size is not None and (size < 0 or size != int(size)):
        raise ValueError(f"the size {size!r} is not a number of bytes")
    return ManifestEntry(
        logical_key=entry["logicalKey"],
        physical_key=physical.url,
        size=-1 if size is None else int(size),
        hash=EntryHash(given["type"], given["value"]) if given else None,
        meta=dict(entry.get("meta") or {}),
    )


@attrs.frozen
class _LookedUpObject:
    """The properties of an object in S3."""

    version_id: str | None
    size: int
    hash: EntryHash | None


def _complete_all(store: PackageStore, entries: Sequence[ManifestEntry]) -> list[ManifestEntry]:
    """Fill in missing versions, sizes and hashes; each object is looked at once."""
    wanted: dict[tuple[str, bool], str] = {}
    for entry in entries:
        if not _is_complete(entry):
            wanted.setdefault((entry.physical_key, entry.hash is None), entry.logical_key)
    with ThreadPoolExecutor(16) as pool:
        answers = pool.map(lambda each: _look_up(store, each[0], each[1], wanted[each]), wanted)
        found = dict(zip(wanted, answers, strict=True))
    return [
        entry
        if _is_complete(entry)
        else _complete(entry, found[entry.physical_key, entry.hash is None])
        for entry in entries
    ]


def _is_complete(entry: ManifestEntry) -> bool:
    versioned = PhysicalKey.parse(entry.physical_key).version_id is not None
    return versioned and entry.size >= 0 and entry.hash is not None


def _complete(entry: ManifestEntry, found: _LookedUpObject) -> ManifestEntry:
    physical = PhysicalKey.parse(entry.physical_key)
    return ManifestEntry(
        logical_key=entry.logical_key,
        physical_key=PhysicalKey(physical.bucket, physical.path, found.version_id).url,
        size=found.size,
        hash=entry.hash or found.hash,
        meta=entry.meta,
    )


def _look_up(
    store: PackageStore, physical_key: str, needs_hash: bool, logical_key: str
) -> _LookedUpObject:
    """Version and size of an object, and its hash when that is needed."""
    physical = PhysicalKey.parse(physical_key)
    where = {"Bucket": physical.bucket, "Key": physical.path}
    if physical.version_id:
        where["VersionId"] = physical.version_id
    try:
        head = store.s3.head_object(**where)
        version, size = physical.version_id or head.get("VersionId"), head["ContentLength"]
        if not needs_hash:
            return _LookedUpObject(version, size, None)
        if version:
            where["VersionId"] = version
        body = store.s3.get_object(**where)["Body"]
        return _LookedUpObject(version, size, chunked_sha256(body.iter_chunks(1 << 20), size))
    except ClientError as error:
        raise failed(
            "FailedToFetchObjectMetadata",
            f"{physical_key} cannot be read.",
            logical_key=logical_key,
            physical_key=physical_key,
            error=str(error),
        ) from error
