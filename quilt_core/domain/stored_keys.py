"""Physical keys as in manifests.

They are data, written by any program at any time, and are therefore read, shown, compared and kept
unchanged. The rules of `quilt_core.domain.uris`, which are stricter, are for URIs that a caller
passes.
"""

from __future__ import annotations

import re

from quilt_core.domain.names import decode_percent
from quilt_core.domain.uris import S3Uri, parse_version
from quilt_core.error_messages import object_not_served

_AMBIGUOUS = re.compile("[\x00-\x20\x7f#]")
"""Some readers drop a raw control character and others keep it, so that they refer to different
objects.
"""
_BUCKET = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,254}")
_PLAINLY_VERSIONED = re.compile(
    r"s3://[A-Za-z0-9][A-Za-z0-9._-]{0,254}/[A-Za-z0-9!&'()*+,./:;=@_~-]+"
    r"\?versionId=[A-Za-z0-9._~-]+"
)
_ARN_PARTS = {":accesspoint": 1, ":outpost": 3}
"""How many parts of the path belong to an ARN, by how the ARN ends before the first slash."""


def stored_object(physical_key: str) -> S3Uri | None:
    """The object in S3 that a stored physical key refers to; None if it does not refer to one.

    The bucket may have any name that S3 has ever allowed, or be the ARN of an access point, as S3
    clients accept it: `s3://arn:aws:s3:…:accesspoint/name/key`.
    """
    if not physical_key.startswith("s3://") or _AMBIGUOUS.search(physical_key):
        return None
    place, question, query = physical_key[5:].partition("?")
    bucket, _, path = place.partition("/")
    if bucket.startswith("arn:"):
        for ending, count in _ARN_PARTS.items():
            if bucket.endswith(ending):
                *names, path = [*path.split("/", count), *[""] * count][: count + 1]
                bucket = "/".join([bucket, *names])
    elif not _BUCKET.fullmatch(bucket):
        return None
    key = decode_percent(path)
    version = parse_version(query) if question else None
    return S3Uri(bucket, key, version) if key and version != "" else None


def is_plainly_versioned(physical_key: str) -> bool:
    """Whether a stored physical key certainly refers to an object in S3 and names its version.

    It costs a tenth of `stored_object`, which decides for keys where this returns False.
    """
    return _PLAINLY_VERSIONED.fullmatch(physical_key) is not None


def reachable_object(physical_key: str, operation: str, logical_key: str) -> S3Uri:
    """As `stored_object`, for an operation that needs the object.

    Raises
    ------
    NotSupportedError
        When the key does not refer to an object in S3; the message names both keys.
    """
    found = stored_object(physical_key)
    if found is None:
        raise object_not_served(operation, logical_key, physical_key)
    return found
