"""Uploads in parts."""

from __future__ import annotations

import re
import secrets
from collections.abc import Sequence
from contextlib import ExitStack

import msgspec

from local_registry.http.messages import Reply
from local_registry.numbers import whole_number
from local_registry.s3.checksums import (
    ALGORITHMS,
    COMPOSABLE,
    PREFIX,
    WHOLE,
    checksum,
    composite,
    md5_etag,
    parts_etag,
)
from local_registry.s3.errors import S3Error
from local_registry.s3.objects.call import (
    Call,
    answer,
    bare,
    bucket_of,
    copy_source,
    named,
    version_of,
)
from local_registry.s3.objects.conditions import check_read, check_write
from local_registry.s3.objects.listings import iso_time, url_encoder
from local_registry.s3.objects.model import (
    Checksum,
    ChecksumKind,
    Part,
    PartStored,
    Piece,
    Stored,
    Upload,
    UploadBegun,
    UploadGone,
    Version,
)
from local_registry.s3.objects.reading import add_checksum, check_archive, checksum_headers
from local_registry.s3.objects.store import Bucket, OngoingUpload
from local_registry.s3.objects.writing import given_attributes, given_checksum, new_id
from local_registry.s3.xml import Element, Given, malformed, parse

_MAX_PARTS = 10_000
_MIN_PART = 5 * 1024**2
_PAGE = 1000
_RANGE = re.compile(r"bytes=(\d{1,20})-(\d{1,20})$", re.ASCII)


def create_upload(call: Call) -> Reply:
    """Begin an upload."""
    algorithm, kind = _declared(call)
    upload = Upload(
        id=secrets.token_hex(24),
        key=call.key,
        begun=call.store.now(),
        attributes=given_attributes(call.headers),
        algorithm=algorithm,
        kind=kind,
    )
    with call.store.change() as record:
        bucket = call.bucket()
        record(UploadBegun(bucket.name, upload))
    root = Element("InitiateMultipartUploadResult")
    root.add("Bucket", bucket.name)
    root.add("Key", call.key)
    root.add("UploadId", upload.id)
    checks = {f"{PREFIX}algorithm": algorithm, f"{PREFIX}type": kind} if algorithm else {}
    return answer(root, checks)


def upload_part(call: Call) -> Reply:
    """Store a part."""
    with call.store.lock:
        upload = _ongoing(call).upload
    given = given_checksum(call.headers)
    found = given.algorithm if given is not None else "null"
    if upload.algorithm and found != upload.algorithm:
        raise S3Error(
            "InvalidRequest",
            "Checksum Type mismatch occurred, expected checksum Type: "
            f"{upload.algorithm.lower()}, actual checksum Type: {found.lower()}",
        )
    part = _keep(call, call.body, given)
    return bare(200, {"etag": f'"{part.etag}"', **checksum_headers(part.checksum)})


def copy_part(call: Call) -> Reply:
    """Store a part from another object, or from a range of it."""
    name, key, version_id = copy_source(call)
    with ExitStack() as stack:
        with call.store.lock:
            upload = _ongoing(call).upload
            origin = bucket_of(call.store, name)
            source = version_of(origin, key, version_id)
            stack.enter_context(call.store.holding(source.pieces))
        check_archive(call, source)
        check_read(call.headers, source, prefix="x-amz-copy-source-")
        data = call.store.bodies.read(source.pieces, *_copied_range(call, source.size))
    made = (
        Checksum(upload.algorithm, checksum(upload.algorithm, [data])) if upload.algorithm else None
    )
    part = _keep(call, data, made)
    root = Element("CopyPartResult")
    root.add("ETag", f'"{part.etag}"')
    root.add("LastModified", iso_time(part.modified))
    if made is not None:
        root.add(f"Checksum{made.algorithm}", made.value)
    headers = {"x-amz-copy-source-version-id": source.id} if origin.versioning else {}
    return answer(root, headers)


def complete_upload(call: Call) -> Reply:
    """Make an object from the named parts.

    A client that repeats the request because the answer was lost gets the same answer, as in S3.
    """
    given = list(parse(call.body, "CompleteMultipartUpload").children("Part"))
    with ExitStack() as stack:
        with call.store.lock:
            bucket = call.bucket()
            done = bucket.keys.uploaded(call.key, call.query["uploadId"])
            if done is not None:
                return _completed(call, bucket, done)
            upload = _ongoing(call).upload
            seen = bucket.keys.live(call.key)
            check_write(call.headers, seen, seen)
            parts = _chosen(_ongoing(call), given)
            pieces = tuple(piece for part in parts for piece in part.pieces)
            stack.enter_context(call.store.holding(pieces))
        _check_size(call, parts)
        made = _object_checksum(call, upload, parts, pieces)
        with call.store.change() as record:
            bucket = call.bucket()
            check_write(call.headers, bucket.keys.live(call.key), seen)
            if _chosen(_ongoing(call), given) != parts:
                raise _invalid_part()
            version = Version(
                key=call.key,
                id=new_id(bucket),
                modified=call.store.now(),
                etag=parts_etag(part.etag for part in parts),
                size=sum(part.size for part in parts),
                pieces=pieces,
                attributes=upload.attributes,
                checksum=made,
                parts=tuple(msgspec.structs.replace(part, pieces=()) for part in parts),
                upload=upload.id,
            )
            record(Stored(bucket.name, version))
    return _completed(call, bucket, version)


def abort_upload(call: Call) -> Reply:
    """Give an upload up, with its parts."""
    with call.store.change() as record:
        bucket, upload = call.bucket(), _ongoing(call).upload
        record(UploadGone(bucket.name, upload.id))
    return bare(204)


def list_parts(call: Call) -> Reply:
    """ListParts."""
    most = call.number("max-parts", _PAGE, _PAGE)
    after = call.number("part-number-marker", 0, _MAX_PARTS)
    with call.store.lock:
        bucket, ongoing = call.bucket(), _ongoing(call)
        rest = [part for number, part in sorted(ongoing.parts.items()) if number > after]
    root = Element("ListPartsResult")
    root.add("Bucket", bucket.name)
    root.add("Key", call.key)
    root.add("UploadId", ongoing.upload.id)
    root.add("StorageClass", ongoing.upload.attributes.storage_class)
    root.add("PartNumberMarker", after)
    root.add("MaxParts", most)
    root.add("IsTruncated", "true" if len(rest) > most else "false")
    page = rest[:most]
    if page:
        root.add("NextPartNumberMarker", page[-1].number)
    if ongoing.upload.algorithm:
        root.add("ChecksumAlgorithm", ongoing.upload.algorithm)
        root.add("ChecksumType", ongoing.upload.kind)
    for part in page:
        item = root.child("Part")
        item.add("PartNumber", part.number)
        item.add("LastModified", iso_time(part.modified))
        item.add("ETag", f'"{part.etag}"')
        item.add("Size", part.size)
        if part.checksum is not None:
            item.add(f"Checksum{part.checksum.algorithm}", part.checksum.value)
    return answer(root)


def list_uploads(call: Call) -> Reply:
    """ListMultipartUploads, without a delimiter."""
    if call.query.get("delimiter"):
        raise S3Error("NotImplemented", "Uploads are listed without a delimiter")
    most = call.number("max-uploads", _PAGE, _PAGE)
    prefix, key_marker = call.query.get("prefix", ""), call.query.get("key-marker", "")
    marker = call.query.get("upload-id-marker", "")
    with call.store.lock:
        bucket = call.bucket()
        uploads = [ongoing.upload for ongoing in bucket.uploads.values()]
    after = (key_marker, marker or "\U0010ffff")
    listed = sorted((each.key, each.id) for each in uploads if each.key.startswith(prefix))
    rest = [each for each in listed if not key_marker or each > after]
    page = rest[:most]
    by_id, encode = {each.id: each for each in uploads}, url_encoder(call.query)
    root = Element("ListMultipartUploadsResult")
    root.add("Bucket", bucket.name)
    root.add("KeyMarker", encode(key_marker))
    root.add("UploadIdMarker", marker)
    root.add("Prefix", encode(prefix))
    root.add("MaxUploads", most)
    if "encoding-type" in call.query:
        root.add("EncodingType", call.query["encoding-type"])
    root.add("IsTruncated", "true" if len(rest) > most else "false")
    if page:
        root.add("NextKeyMarker", encode(page[-1][0]))
        root.add("NextUploadIdMarker", page[-1][1])
    for key, identifier in page:
        item = root.child("Upload")
        item.add("Key", encode(key))
        item.add("UploadId", identifier)
        item.add("Initiated", iso_time(by_id[identifier].begun))
        item.add("StorageClass", by_id[identifier].attributes.storage_class)
    return answer(root)


def _declared(call: Call) -> tuple[str, ChecksumKind]:
    algorithm = call.headers.get(f"{PREFIX}algorithm", "").upper()
    kind = call.headers.get(f"{PREFIX}type", "").upper()
    if algorithm and algorithm not in ALGORITHMS:
        raise S3Error("InvalidRequest", f"Checksum algorithm {algorithm} is not known")
    if not kind:
        return algorithm, "COMPOSITE" if algorithm in COMPOSABLE else "FULL_OBJECT"
    if kind == "COMPOSITE" and algorithm in COMPOSABLE:
        return algorithm, "COMPOSITE"
    if kind == "FULL_OBJECT" and algorithm in WHOLE:
        return algorithm, "FULL_OBJECT"
    raise S3Error(
        "InvalidRequest",
        f"The {kind} checksum type cannot be used with the {algorithm.lower()} checksum algorithm.",
    )


def _ongoing(call: Call) -> OngoingUpload:
    ongoing = call.bucket().uploads.get(call.query["uploadId"])
    if ongoing is None or ongoing.upload.key != call.key:
        raise S3Error(
            "NoSuchUpload",
            "The specified multipart upload does not exist. The upload ID might be invalid, or "
            "the multipart upload might have been aborted or completed.",
            details={"UploadId": call.query["uploadId"]},
        )
    return ongoing


def _keep(call: Call, data: bytes, given: Checksum | None) -> Part:
    number = call.number("partNumber", 0, _MAX_PARTS + 1)
    if not 1 <= number <= _MAX_PARTS:
        raise S3Error(
            "InvalidArgument", "Part number must be an integer between 1 and 10000, inclusive"
        )
    etag = md5_etag([data])
    with call.store.staged(data, given) as piece, call.store.change() as record:
        bucket, upload = call.bucket(), _ongoing(call).upload
        part = Part(number, piece.size, etag, call.store.now(), (piece,), given)
        record(PartStored(bucket.name, upload.id, part))
    return part


def _copied_range(call: Call, size: int) -> tuple[int, int]:
    text = call.headers.get("x-amz-copy-source-range")
    if text is None:
        return 0, size
    found = _RANGE.match(text)
    start, stop = (int(found[1]), int(found[2]) + 1) if found else (0, 0)
    if not start < stop <= size:
        raise S3Error(
            "InvalidArgument",
            "The x-amz-copy-source-range value must be of the form "
            "bytes=first-last where first and last are the zero-based offsets, within "
            "the source object",
        )
    return start, stop


def _chosen(ongoing: OngoingUpload, given: Sequence[Given]) -> list[Part]:
    """The parts that are named, which must be those that came."""
    if not given:
        raise malformed()
    parts: list[Part] = []
    for item in given:
        number = whole_number(item.text("PartNumber") or "")
        part = None if number is None else ongoing.parts.get(number)
        if part is None or (item.text("ETag") or "").strip('"') != part.etag:
            raise _invalid_part()
        _check_named(ongoing.upload, item, part)
        if parts and parts[-1].number >= part.number:
            raise S3Error("InvalidPartOrder", "The list of parts was not in ascending order.")
        parts.append(part)
    if any(part.size < _MIN_PART for part in parts[:-1]):
        raise S3Error(
            "EntityTooSmall", "Your proposed upload is smaller than the minimum allowed size"
        )
    return parts


def _check_named(upload: Upload, item: Given, part: Part) -> None:
    if part.checksum is None:
        return
    told = item.text(f"Checksum{part.checksum.algorithm}")
    if told is None and upload.algorithm and upload.kind == "COMPOSITE":
        algorithm = upload.algorithm.lower()
        raise S3Error(
            "InvalidRequest",
            f"The upload was created using a {algorithm} checksum. The complete request must "
            "include the checksum for each part. It was missing for part "
            f"{part.number} in the request.",
        )
    if told is not None and told != part.checksum.value:
        raise _invalid_part()


def _invalid_part() -> S3Error:
    return S3Error(
        "InvalidPart",
        "One or more of the specified parts could not be found. The part may not have been "
        "uploaded, or the specified entity tag may not match the part's entity tag.",
    )


def _check_size(call: Call, parts: Sequence[Part]) -> None:
    told = call.headers.get("x-amz-mp-object-size")
    if told is not None and told != str(sum(part.size for part in parts)):
        raise S3Error(
            "InvalidRequest", f"The provided 'x-amz-mp-object-size' header value {told} is wrong"
        )


def _object_checksum(
    call: Call, upload: Upload, parts: Sequence[Part], pieces: Sequence[Piece]
) -> Checksum | None:
    if not upload.algorithm:
        return None
    if upload.kind == "COMPOSITE":
        value = composite(upload.algorithm, [p.checksum.value for p in parts if p.checksum])
    else:
        value = checksum(upload.algorithm, call.store.bodies.chunks(pieces))
    told = call.headers.get(f"{PREFIX}{upload.algorithm.lower()}")
    if told is not None and told not in (value, value.partition("-")[0]):
        raise S3Error(
            "BadDigest",
            f"The {upload.algorithm.lower()} you specified did not match what we received.",
        )
    return Checksum(upload.algorithm, value, upload.kind)


def _completed(call: Call, bucket: Bucket, version: Version) -> Reply:
    root = Element("CompleteMultipartUploadResult")
    root.add("Location", f"/{bucket.name}/{call.key}")
    root.add("Bucket", bucket.name)
    root.add("Key", call.key)
    root.add("ETag", f'"{version.etag}"')
    add_checksum(root, version.checksum)
    return answer(root, named(bucket, version))
