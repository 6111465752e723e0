"""Listings of a bucket: objects (both forms) and versions."""

from __future__ import annotations

import binascii
import time
from collections.abc import Callable, Mapping
from itertools import islice
from urllib.parse import quote

from local_registry.http.messages import Reply
from local_registry.s3.errors import S3Error
from local_registry.s3.objects.call import Call, answer
from local_registry.s3.objects.keys import Keys
from local_registry.s3.objects.model import Version
from local_registry.s3.xml import Element

_MAX_KEYS = 1000
Query = Mapping[str, str]
Page = list[tuple[str, Version | None]]  # keys, and common prefixes with `None`


def list_objects(call: Call) -> Reply:
    """ListObjects, the older form."""
    return _listing(call, _objects_v1)


def list_objects_v2(call: Call) -> Reply:
    """ListObjectsV2."""
    return _listing(call, _objects_v2)


def list_versions(call: Call) -> Reply:
    """ListObjectVersions."""
    return _listing(call, _versions)


def iso_time(seconds: int) -> str:
    """A time as documents have it."""
    return time.strftime("%Y-%m-%dT%H:%M:%S.000Z", time.gmtime(seconds))


def url_encoder(query: Query) -> Callable[[str], str]:
    """How keys are written: encoded, if the client asks for it."""
    if query.get("encoding-type") == "url":
        return lambda text: quote(text, safe="/")
    return lambda text: text


def _listing(call: Call, make: Callable[[Keys, Query, int], Element]) -> Reply:
    limit = call.number("max-keys", _MAX_KEYS, _MAX_KEYS)
    with call.store.lock:
        bucket = call.bucket()
        root = make(bucket.keys, call.query, limit)
    root.add("Name", bucket.name)
    return answer(root, {"x-amz-bucket-region": bucket.region})


def _page(keys: Keys, query: Query, after: str | None, limit: int) -> tuple[Page, bool]:
    objects = keys.objects(query.get("prefix", ""), after, query.get("delimiter") or None)
    found = list(islice(objects, limit))
    return found, bool(found) and next(objects, None) is not None


def _objects_v2(keys: Keys, query: Query, limit: int) -> Element:
    token = query.get("continuation-token")
    after = _from_token(token) if token is not None else query.get("start-after")
    found, truncated = _page(keys, query, after, limit)
    root = _objects(query, found, limit, truncated=truncated)
    root.add("KeyCount", len(found))
    if token is not None:
        root.add("ContinuationToken", token)
    if "start-after" in query:
        root.add("StartAfter", url_encoder(query)(query["start-after"]))
    if truncated:
        root.add("NextContinuationToken", found[-1][0].encode().hex())
    return root


def _objects_v1(keys: Keys, query: Query, limit: int) -> Element:
    found, truncated = _page(keys, query, query.get("marker") or None, limit)
    root = _objects(query, found, limit, truncated=truncated)
    root.add("Marker", url_encoder(query)(query.get("marker", "")))
    if truncated:
        root.add("NextMarker", url_encoder(query)(found[-1][0]))
    return root


def _from_token(token: str) -> str:
    try:
        return binascii.unhexlify(token).decode()
    except (binascii.Error, UnicodeError):
        raise S3Error("InvalidArgument", "The continuation token provided is incorrect") from None


def _head(root: Element, query: Query, limit: int, *, truncated: bool) -> None:
    encode = url_encoder(query)
    root.add("Prefix", encode(query.get("prefix", "")))
    if query.get("delimiter"):
        root.add("Delimiter", encode(query["delimiter"]))
    if "encoding-type" in query:
        root.add("EncodingType", query["encoding-type"])
    root.add("MaxKeys", limit)
    root.add("IsTruncated", "true" if truncated else "false")


def _objects(query: Query, found: Page, limit: int, *, truncated: bool) -> Element:
    root = Element("ListBucketResult")
    _head(root, query, limit, truncated=truncated)
    encode = url_encoder(query)
    for name, version in found:
        if version is None:
            root.child("CommonPrefixes").add("Prefix", encode(name))
            continue
        item = root.child("Contents")
        item.add("Key", encode(name))
        _describe(item, version)
    return root


def _describe(item: Element, version: Version) -> None:
    item.add("LastModified", iso_time(version.modified))
    if version.marker:
        return
    item.add("ETag", f'"{version.etag}"')
    item.add("Size", version.size)
    item.add("StorageClass", version.attributes.storage_class)
    if version.checksum is not None:
        item.add("ChecksumAlgorithm", version.checksum.algorithm)
        item.add("ChecksumType", version.checksum.kind)


def _versions(keys: Keys, query: Query, limit: int) -> Element:
    prefix, delimiter = query.get("prefix", ""), query.get("delimiter") or None
    key_marker, version_marker = query.get("key-marker"), query.get("version-id-marker")
    root = Element("ListVersionsResult")
    encode, count = url_encoder(query), 0
    last: tuple[str, str] | None = None
    truncated = False
    for name, version in keys.versions(prefix, key_marker, version_marker or None, delimiter):
        if count >= limit:
            truncated = limit > 0
            break
        count += 1
        last = (name, version.id if version is not None else "")
        if version is None:
            root.child("CommonPrefixes").add("Prefix", encode(name))
            continue
        item = root.child("DeleteMarker" if version.marker else "Version")
        item.add("Key", encode(name))
        item.add("VersionId", version.id)
        item.add("IsLatest", "true" if version is keys.newest(name) else "false")
        _describe(item, version)
    _head(root, query, limit, truncated=truncated)
    root.add("KeyMarker", encode(key_marker or ""))
    root.add("VersionIdMarker", version_marker or "")
    if truncated and last is not None:
        root.add("NextKeyMarker", encode(last[0]))
        if last[1]:
            root.add("NextVersionIdMarker", last[1])
    return root
