"""GetObject, HeadObject, GetObjectAttributes and the rest that reads one object."""

from __future__ import annotations

import re
from contextlib import ExitStack
from itertools import accumulate

import attrs

from local_registry.http.messages import Reply
from local_registry.numbers import whole_number
from local_registry.s3.errors import S3Error
from local_registry.s3.objects.call import Call, Headers, answer, bare, http_date, named
from local_registry.s3.objects.conditions import NotModifiedError, check_read
from local_registry.s3.objects.model import Checksum, Version
from local_registry.s3.xml import Element

ARCHIVED = frozenset({"GLACIER", "DEEP_ARCHIVE"})
_RANGE = re.compile(r"bytes=(\d{0,20})-(\d{0,20})$", re.ASCII)
_MAX_PARTS = 1000


@attrs.frozen
class _Extent:
    """The bytes that are answered: from `start` until before `stop`."""

    status: int
    start: int
    stop: int
    headers: Headers
    checksum: Checksum | None


def get_object(call: Call) -> Reply:
    """The bytes of a version, all or a range of them."""
    with ExitStack() as stack:
        with call.store.lock:
            bucket, version = call.bucket(), call.version()
            stack.enter_context(call.store.holding(version.pieces))
        check_archive(call, version)
        reply = _describe(call, version, named(bucket, version))
        if isinstance(reply, Reply):
            return reply
        extent, headers = reply
        body = call.store.bodies.read(version.pieces, extent.start, extent.stop)
    return attrs.evolve(bare(extent.status, headers), body=body)


def head_object(call: Call) -> Reply:
    """What `get_object` answers, without the bytes."""
    with call.store.lock:
        bucket, version = call.bucket(), call.version()
    reply = _describe(call, version, named(bucket, version))
    if isinstance(reply, Reply):
        return reply
    extent, headers = reply
    return bare(extent.status, headers)


def get_attributes(call: Call) -> Reply:
    """GetObjectAttributes: those that the header names."""
    with call.store.lock:
        bucket, version = call.bucket(), call.version()
    wanted = {
        each.strip() for each in call.headers.get("x-amz-object-attributes", "").split(",")
    } - {""}
    if not wanted:
        raise S3Error("InvalidArgument", "The x-amz-object-attributes header is missing")
    root = Element("GetObjectAttributesResponse")
    if "ETag" in wanted:
        root.add("ETag", version.etag)
    if "Checksum" in wanted and version.checksum is not None:
        add_checksum(root.child("Checksum"), version.checksum)
    if "ObjectParts" in wanted and version.parts:
        _add_parts(call, root.child("ObjectParts"), version)
    if "StorageClass" in wanted:
        root.add("StorageClass", version.attributes.storage_class)
    if "ObjectSize" in wanted:
        root.add("ObjectSize", version.size)
    modified = {"last-modified": http_date(version.modified)}
    return answer(root, {**modified, **named(bucket, version)})


def get_tagging(call: Call) -> Reply:
    """GetObjectTagging."""
    with call.store.lock:
        bucket, version = call.bucket(), call.version()
    root = Element("Tagging")
    tags = root.child("TagSet")
    for key, value in version.attributes.tags.items():
        tag = tags.child("Tag")
        tag.add("Key", key)
        tag.add("Value", value)
    return answer(root, named(bucket, version))


def get_acl(call: Call) -> Reply:
    """GetObjectAcl: everything belongs to the one owner."""
    with call.store.lock:
        bucket, version = call.bucket(), call.version()
    return answer(owner_only(), named(bucket, version))


def owner_only() -> Element:
    """An access control list that gives the owner everything."""
    root = Element("AccessControlPolicy")
    root.child("Owner").add("ID", "local")
    grant = root.child("AccessControlList").child("Grant")
    kind = 'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:type="CanonicalUser"'
    grant.child("Grantee", kind).add("ID", "local")
    grant.add("Permission", "FULL_CONTROL")
    return root


def add_checksum(element: Element, checksum: Checksum | None) -> None:
    """Add a checksum as documents have it."""
    if checksum is not None:
        element.add(f"Checksum{checksum.algorithm}", checksum.value)
        element.add("ChecksumType", checksum.kind)


def checksum_headers(checksum: Checksum | None) -> Headers:
    """A checksum as headers have it."""
    if checksum is None:
        return {}
    name = f"x-amz-checksum-{checksum.algorithm.lower()}"
    return {name: checksum.value, "x-amz-checksum-type": checksum.kind}


def _describe(call: Call, version: Version, names: Headers) -> Reply | tuple[_Extent, Headers]:
    attributes = version.attributes
    about = {
        "last-modified": http_date(version.modified),
        "etag": f'"{version.etag}"',
        **names,
    }
    try:
        check_read(call.headers, version)
    except NotModifiedError:
        return bare(304, about)
    extent = _extent(call, version)
    headers = {
        "content-type": "binary/octet-stream",
        "content-length": str(extent.stop - extent.start),
        "accept-ranges": "bytes",
        "x-amz-server-side-encryption": "AES256",
        **attributes.headers,
        **about,
        **extent.headers,
    }
    if attributes.storage_class != "STANDARD":
        headers["x-amz-storage-class"] = attributes.storage_class
    if version.restored > call.store.now():
        until = http_date(version.restored)
        headers["x-amz-restore"] = f'ongoing-request="false", expiry-date="{until}"'
    if attributes.tags:
        headers["x-amz-tagging-count"] = str(len(attributes.tags))
    if call.headers.get("x-amz-checksum-mode", "").upper() == "ENABLED":
        headers |= checksum_headers(extent.checksum)
    for name, value in call.query.items():
        if name.startswith("response-"):
            headers[name.removeprefix("response-")] = value
    return extent, headers


def _extent(call: Call, version: Version) -> _Extent:
    size = version.size
    if "partNumber" in call.query:
        return _part(call, version)
    found = _RANGE.match(call.headers.get("range", ""))
    if found is None or found.groups() == ("", ""):
        return _Extent(200, 0, size, {}, version.checksum)  # S3 ignores ranges that it cannot read
    if found[1]:
        start = int(found[1])
        stop = min(int(found[2]) + 1, size) if found[2] else size
        if found[2] and int(found[2]) < start:
            return _Extent(200, 0, size, {}, version.checksum)
    else:
        start, stop = max(size - int(found[2]), 0), size
    if start >= stop:
        raise S3Error(
            "InvalidRange",
            "The requested range is not satisfiable",
            details={"RangeRequested": call.headers["range"], "ActualObjectSize": str(size)},
            headers={"content-range": f"bytes */{size}"},
        )
    return _Extent(206, start, stop, _content_range(start, stop, size), None)


def _part(call: Call, version: Version) -> _Extent:
    if "range" in call.headers:
        raise S3Error("InvalidRequest", "Cannot specify both Range header and partNumber query")
    number = call.number("partNumber", 1, 10_001)
    numbers = [part.number for part in version.parts] or [1]
    if number not in numbers:
        raise S3Error("InvalidPartNumber", "The requested partnumber is not satisfiable")
    if not version.parts:
        headers = _content_range(0, version.size, version.size) if version.size else {}
        return _Extent(206, 0, version.size, headers, version.checksum)
    position = numbers.index(number)
    stops = list(accumulate(part.size for part in version.parts))
    part = version.parts[position]
    start, stop = stops[position] - part.size, stops[position]
    headers = {"x-amz-mp-parts-count": str(len(numbers))}
    if part.size:
        headers |= _content_range(start, stop, version.size)
    return _Extent(206, start, stop, headers, part.checksum)


def _content_range(start: int, stop: int, size: int) -> Headers:
    return {"content-range": f"bytes {start}-{stop - 1}/{size}"}


def check_archive(call: Call, version: Version) -> None:
    """Raise `S3Error` (InvalidObjectState) for a version that has to be restored first."""
    archived = version.attributes.storage_class in ARCHIVED
    if archived and version.restored <= call.store.now():
        raise S3Error(
            "InvalidObjectState",
            "The operation is not valid for the object's storage class",
            details={"StorageClass": version.attributes.storage_class},
        )


def _add_parts(call: Call, element: Element, version: Version) -> None:
    """Without checksums S3 tells how many parts there are and nothing else."""
    element.add("PartsCount", len(version.parts))
    if all(part.checksum is None for part in version.parts):
        return
    after = whole_number(call.headers.get("x-amz-part-number-marker", "0"))
    most = whole_number(call.headers.get("x-amz-max-parts", str(_MAX_PARTS)))
    if after is None or most is None:
        raise S3Error("InvalidArgument", "A part number is not a number")
    rest = [part for part in version.parts if part.number > after]
    page = rest[: min(most, _MAX_PARTS)]
    element.add("PartNumberMarker", after)
    element.add("MaxParts", min(most, _MAX_PARTS))
    element.add("IsTruncated", "true" if len(page) < len(rest) else "false")
    if page:
        element.add("NextPartNumberMarker", page[-1].number)
    for part in page:
        item = element.child("Part")
        item.add("PartNumber", part.number)
        item.add("Size", part.size)
        if part.checksum is not None:
            item.add(f"Checksum{part.checksum.algorithm}", part.checksum.value)
