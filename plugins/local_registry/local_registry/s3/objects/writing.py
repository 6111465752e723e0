"""PutObject, CopyObject, DeleteObject(s) and tags."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from contextlib import ExitStack
from urllib.parse import parse_qsl

from local_registry.http.messages import Reply
from local_registry.numbers import whole_number
from local_registry.s3.checksums import ALGORITHMS, PREFIX, checksum, md5_etag
from local_registry.s3.errors import S3Error
from local_registry.s3.objects.call import (
    Call,
    Headers,
    answer,
    bare,
    bucket_of,
    copy_source,
    named,
    version_of,
)
from local_registry.s3.objects.conditions import check_read, check_write
from local_registry.s3.objects.listings import iso_time
from local_registry.s3.objects.model import (
    NULL,
    Attributes,
    Checksum,
    Removed,
    Restored,
    Stored,
    Tagged,
    Version,
)
from local_registry.s3.objects.reading import (
    ARCHIVED,
    add_checksum,
    check_archive,
    checksum_headers,
)
from local_registry.s3.objects.store import Bucket, Recorder
from local_registry.s3.xml import Element, malformed, parse

_KEPT = frozenset(
    {
        "cache-control",
        "content-disposition",
        "content-encoding",
        "content-language",
        "content-type",
        "expires",
        "x-amz-website-redirect-location",
    }
)
_META = "x-amz-meta-"
_MAX_META = 2048
_MAX_TAGS = 10
_MAX_DELETED = 1000
_MAX_DAYS = 36_500
"""How long a restored copy may be kept: a century, after which there are still dates."""


def put_object(call: Call) -> Reply:
    """A new version of an object."""
    attributes, given = given_attributes(call.headers), given_checksum(call.headers)
    with call.store.lock:
        seen = call.bucket().keys.live(call.key)
        check_write(call.headers, seen, seen)
    etag = md5_etag([call.body])
    with call.store.staged(call.body, given) as piece, call.store.change() as record:
        bucket = call.bucket()
        check_write(call.headers, bucket.keys.live(call.key), seen)
        version = Version(
            key=call.key,
            id=new_id(bucket),
            modified=call.store.now(),
            etag=etag,
            size=piece.size,
            pieces=(piece,),
            attributes=attributes,
            checksum=given,
        )
        record(Stored(bucket.name, version))
        headers = {"etag": f'"{etag}"', **named(bucket, version), **checksum_headers(given)}
    return bare(200, {**headers, "x-amz-server-side-encryption": "AES256"})


def copy_object(call: Call) -> Reply:
    """A new version with the bytes of another one, which are not copied but shared."""
    name, key, version_id = copy_source(call)
    with ExitStack() as stack:
        with call.store.lock:
            seen = call.bucket().keys.live(call.key)
            check_write(call.headers, seen, seen)
            origin = bucket_of(call.store, name)
            source = version_of(origin, key, version_id)
            stack.enter_context(call.store.holding(source.pieces))
        check_archive(call, source)
        check_read(call.headers, source, prefix="x-amz-copy-source-")
        attributes = _copied_attributes(call, source, name, key, version_id)
        etag, made = source.etag, _copied_checksum(call, source)
        if source.parts:  # the copy is one whole
            etag = md5_etag(call.store.bodies.chunks(source.pieces))
        with call.store.change() as record:
            bucket = call.bucket()
            check_write(call.headers, bucket.keys.live(call.key), seen)
            version = Version(
                key=call.key,
                id=new_id(bucket),
                modified=call.store.now(),
                etag=etag,
                size=source.size,
                pieces=source.pieces,
                attributes=attributes,
                checksum=made,
            )
            record(Stored(bucket.name, version))
            headers = named(bucket, version)
    if origin.versioning:
        headers["x-amz-copy-source-version-id"] = source.id
    root = Element("CopyObjectResult")
    root.add("ETag", f'"{etag}"')
    root.add("LastModified", iso_time(version.modified))
    add_checksum(root, made)
    return answer(root, headers)


def delete_object(call: Call) -> Reply:
    """Remove a version for good, or hide the object behind a delete marker."""
    with call.store.change() as record:
        bucket = call.bucket()
        now, wanted = bucket.keys.live(call.key), call.headers.get("if-match")
        if now is not None and wanted is not None:
            check_write({"if-match": wanted}, now, now)
        headers = _delete(call, record, bucket, call.key, call.query.get("versionId"))
    return bare(204, headers)


def delete_objects(call: Call) -> Reply:
    """Do what `delete_object` does to up to 1,000 objects."""
    given = parse(call.body, "Delete")
    objects = [
        (item.text("Key") or "", item.text("VersionId")) for item in given.children("Object")
    ]
    if not 0 < len(objects) <= _MAX_DELETED or not all(key for key, _ in objects):
        raise malformed()
    quiet = (given.text("Quiet") or "").lower() == "true"
    root = Element("DeleteResult")
    with call.store.change() as record:
        bucket = call.bucket()
        for key, version_id in objects:
            headers = _delete(call, record, bucket, key, version_id)
            if not quiet:
                _add_deleted(root.child("Deleted"), key, version_id, headers)
    return answer(root)


def put_tagging(call: Call) -> Reply:
    """PutObjectTagging."""
    given = parse(call.body, "Tagging").child("TagSet")
    tags = given.children("Tag") if given is not None else ()
    return _tag(call, [(tag.text("Key") or "", tag.text("Value") or "") for tag in tags], 200)


def delete_tagging(call: Call) -> Reply:
    """DeleteObjectTagging."""
    return _tag(call, [], 204)


def restore_object(call: Call) -> Reply:
    """RestoreObject: the bytes of an archived version can be read at once, for some days."""
    days = whole_number(parse(call.body, "RestoreRequest").text("Days") or "")
    if days is None or not 1 <= days <= _MAX_DAYS:
        raise S3Error("MalformedXML", "The number of days is missing or is not a positive number")
    with call.store.change() as record:
        bucket, version = call.bucket(), call.version()
        if version.attributes.storage_class not in ARCHIVED:
            raise S3Error(
                "InvalidObjectState", "Restore is not allowed for the object's storage class"
            )
        now = call.store.now()
        record(Restored(bucket.name, version.key, version.id, now + days * 86_400))
    return bare(200 if version.restored > now else 202, named(bucket, version))


def new_id(bucket: Bucket) -> str:
    """The id of a version that is written now."""
    return secrets.token_hex(16) if bucket.versioning == "Enabled" else NULL


def given_attributes(headers: Mapping[str, str]) -> Attributes:
    """What a client says about an object; raises `S3Error`."""
    kept = {k: v for k, v in headers.items() if k in _KEPT or k.startswith(_META)}
    meta = sum(len(k) - len(_META) + len(v) for k, v in kept.items() if k.startswith(_META))
    if meta > _MAX_META:
        raise S3Error(
            "MetadataTooLarge", "Your metadata headers exceed the maximum allowed metadata size"
        )
    tags = _checked_tags(parse_qsl(headers.get("x-amz-tagging", ""), keep_blank_values=True))
    return Attributes(kept, tags, headers.get("x-amz-storage-class", "STANDARD"))


def given_checksum(headers: Mapping[str, str]) -> Checksum | None:
    """The checksum that a client sent with its bytes, which were checked against it.

    Raises `S3Error` when there are several.
    """
    names = {f"{PREFIX}{algorithm.lower()}": algorithm for algorithm in ALGORITHMS}
    found = [Checksum(names[name], value) for name, value in headers.items() if name in names]
    if len(found) > 1:
        raise S3Error("InvalidRequest", f"Expecting a single {PREFIX} header")
    return found[0] if found else None


def _delete(
    call: Call, record: Recorder, bucket: Bucket, key: str, version_id: str | None
) -> Headers:
    if version_id is not None:
        gone = bucket.keys.find(key, version_id)
        if gone is not None:
            record(Removed(bucket.name, key, version_id))
        marked = {"x-amz-delete-marker": "true"} if gone is not None and gone.marker else {}
        return {"x-amz-version-id": version_id, **marked}
    if not bucket.versioning:
        if bucket.keys.newest(key) is not None:
            record(Removed(bucket.name, key, NULL))
        return {}
    marker = Version(key=key, id=new_id(bucket), modified=call.store.now(), marker=True)
    record(Stored(bucket.name, marker))
    return {"x-amz-version-id": marker.id, "x-amz-delete-marker": "true"}


def _add_deleted(item: Element, key: str, version_id: str | None, headers: Headers) -> None:
    item.add("Key", key)
    if version_id is not None:
        item.add("VersionId", version_id)
    if "x-amz-delete-marker" in headers:
        item.add("DeleteMarker", "true")
        item.add("DeleteMarkerVersionId", headers["x-amz-version-id"])


def _copied_attributes(
    call: Call, source: Version, name: str, key: str, version_id: str | None
) -> Attributes:
    given, headers = given_attributes(call.headers), call.headers
    replaced = headers.get("x-amz-metadata-directive", "COPY").upper() == "REPLACE"
    retagged = headers.get("x-amz-tagging-directive", "COPY").upper() == "REPLACE"
    same = (call.operation.bucket, call.key) == (name, key) and version_id is None
    moved = given.storage_class != source.attributes.storage_class
    if same and not (replaced or retagged or moved or "x-amz-checksum-algorithm" in headers):
        raise S3Error(
            "InvalidRequest",
            "This copy request is illegal because it is trying to copy an object to itself "
            "without changing the object's metadata, storage class, website redirect location or "
            "encryption attributes.",
        )
    kept = source.attributes
    return Attributes(
        given.headers if replaced else kept.headers,
        given.tags if retagged else kept.tags,
        given.storage_class,
    )


def _copied_checksum(call: Call, source: Version) -> Checksum | None:
    had = source.checksum
    algorithm = call.headers.get("x-amz-checksum-algorithm", had.algorithm if had else "").upper()
    if not algorithm:
        return None
    if algorithm not in ALGORITHMS:
        raise S3Error("InvalidRequest", f"Checksum algorithm {algorithm} is not known")
    if had is not None and (had.algorithm, had.kind) == (algorithm, "FULL_OBJECT"):
        return had
    return Checksum(algorithm, checksum(algorithm, call.store.bodies.chunks(source.pieces)))


def _checked_tags(pairs: list[tuple[str, str]]) -> dict[str, str]:
    tags = dict(pairs)
    if len(tags) != len(pairs) or "" in tags:
        raise S3Error(
            "InvalidTag", "Cannot provide multiple Tags with the same key, nor empty keys"
        )
    if len(tags) > _MAX_TAGS:
        raise S3Error("InvalidTag", f"Object tags cannot be greater than {_MAX_TAGS}")
    return tags


def _tag(call: Call, pairs: list[tuple[str, str]], status: int) -> Reply:
    tags = _checked_tags(pairs)
    with call.store.change() as record:
        bucket, version = call.bucket(), call.version()
        record(Tagged(bucket.name, version.key, version.id, tags))
    return bare(status, named(bucket, version))
