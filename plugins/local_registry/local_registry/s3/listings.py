"""Listings of a bucket: objects (both forms) and versions.

Answered here and not by moto, which sorts, and for versions copies, a whole bucket for each page,
and gives common prefixes below which everything was deleted.
"""

from __future__ import annotations

import binascii
from collections.abc import Callable, Mapping
from itertools import islice
from typing import Any
from urllib.parse import parse_qsl, quote

from local_registry.http.messages import Reply, Request
from local_registry.s3.errors import error_reply
from local_registry.s3.listing_xml import Element, document
from local_registry.s3.moto_keys import SortedKeys
from local_registry.s3.operations import parse_operation

_MAX_KEYS = 1000
Query = Mapping[str, str]


def answer_listing(keys_of: Callable[[str], SortedKeys | None], request: Request) -> Reply | None:
    """The answer to a listing of a bucket that is there; `None` for any other request."""
    operation = parse_operation(request)
    make = _LISTINGS.get(operation.name)
    keys = keys_of(operation.bucket) if make and operation.bucket else None
    if make is None or keys is None:
        return None
    query = dict(parse_qsl(request.query, keep_blank_values=True))
    try:
        root = make(keys, query, _limit(query))
    except ValueError as error:
        return error_reply(400, "InvalidArgument", str(error))
    root.add("Name", operation.bucket)
    return Reply.of(200, "application/xml", document(root))


def _limit(query: Query) -> int:
    text = query.get("max-keys", str(_MAX_KEYS))
    if not text.isdigit():
        raise ValueError("Provided max-keys not an integer or within integer range")
    return min(int(text), _MAX_KEYS)


def _encoder(query: Query) -> Callable[[str], str]:
    if query.get("encoding-type") == "url":
        return lambda text: quote(text, safe="/")
    return lambda text: text


def _page(keys: SortedKeys, query: Query, after: str | None, limit: int) -> tuple[list[str], bool]:
    names = keys.names(query.get("prefix", ""), after, query.get("delimiter") or None)
    found = list(islice(names, limit))
    return found, bool(found) and next(names, None) is not None


def _objects_v2(keys: SortedKeys, query: Query, limit: int) -> Element:
    token = query.get("continuation-token")
    after = _from_token(token) if token is not None else query.get("start-after")
    found, truncated = _page(keys, query, after, limit)
    root = _objects(keys, query, found, limit, truncated=truncated)
    root.add("KeyCount", len(found))
    if token is not None:
        root.add("ContinuationToken", token)
    if "start-after" in query:
        root.add("StartAfter", _encoder(query)(query["start-after"]))
    if truncated:
        root.add("NextContinuationToken", found[-1].encode().hex())
    return root


def _objects_v1(keys: SortedKeys, query: Query, limit: int) -> Element:
    found, truncated = _page(keys, query, query.get("marker") or None, limit)
    root = _objects(keys, query, found, limit, truncated=truncated)
    root.add("Marker", _encoder(query)(query.get("marker", "")))
    if truncated:
        root.add("NextMarker", _encoder(query)(found[-1]))
    return root


def _from_token(token: str) -> str:
    try:
        return binascii.unhexlify(token).decode()
    except (binascii.Error, UnicodeError):
        raise ValueError("The continuation token provided is incorrect") from None


def _head(root: Element, query: Query, limit: int, *, truncated: bool) -> None:
    encode = _encoder(query)
    root.add("Prefix", encode(query.get("prefix", "")))
    if query.get("delimiter"):
        root.add("Delimiter", encode(query["delimiter"]))
    if "encoding-type" in query:
        root.add("EncodingType", query["encoding-type"])
    root.add("MaxKeys", limit)
    root.add("IsTruncated", "true" if truncated else "false")


def _objects(
    keys: SortedKeys, query: Query, found: list[str], limit: int, *, truncated: bool
) -> Element:
    root = Element("ListBucketResult")
    _head(root, query, limit, truncated=truncated)
    encode, delimiter = _encoder(query), query.get("delimiter")
    start = len(query.get("prefix", ""))
    for name in found:
        if delimiter and delimiter in name[start:]:
            root.child("CommonPrefixes").add("Prefix", encode(name))
            continue
        version = keys[name]
        item = root.child("Contents")
        item.add("Key", encode(name))
        _describe(item, version)
        if version.checksum_algorithm:
            item.add("ChecksumAlgorithm", version.checksum_algorithm)
    return root


def _describe(item: Element, version: Any) -> None:
    item.add("LastModified", f"{version.last_modified:%Y-%m-%dT%H:%M:%S}.000Z")
    if hasattr(version, "etag"):
        item.add("ETag", version.etag)
        item.add("Size", version.size)
        item.add("StorageClass", version.storage_class)


def _versions(keys: SortedKeys, query: Query, limit: int) -> Element:
    prefix, delimiter = query.get("prefix", ""), query.get("delimiter") or None
    key_marker, version_marker = query.get("key-marker"), query.get("version-id-marker")
    root = Element("ListVersionsResult")
    encode, count = _encoder(query), 0
    last: tuple[str, str] | None = None
    truncated = False
    for name, version in keys.versions(prefix, key_marker, version_marker or None, delimiter):
        if count >= limit:
            truncated = limit > 0
            break
        count += 1
        last = (name, str(version.version_id) if version is not None else "")
        if version is None:
            root.child("CommonPrefixes").add("Prefix", encode(name))
            continue
        item = root.child("Version" if hasattr(version, "etag") else "DeleteMarker")
        item.add("Key", encode(name))
        item.add("VersionId", version.version_id)
        item.add("IsLatest", "true" if version is keys[name] else "false")
        _describe(item, version)
    _head(root, query, limit, truncated=truncated)
    root.add("KeyMarker", encode(key_marker or ""))
    root.add("VersionIdMarker", version_marker or "")
    if truncated and last is not None:
        root.add("NextKeyMarker", encode(last[0]))
        if last[1]:
            root.add("NextVersionIdMarker", last[1])
    return root


_LISTINGS: Mapping[str, Callable[[SortedKeys, Query, int], Element]] = {
    "ListObjects": _objects_v1,
    "ListObjectsV2": _objects_v2,
    "ListObjectVersions": _versions,
}
