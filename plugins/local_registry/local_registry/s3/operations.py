"""The meaning of an S3 request: operation, bucket, key, and the right that it needs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal
from urllib.parse import parse_qsl, unquote

import attrs

from local_registry.http.messages import Request

Need = Literal["list-buckets", "read", "write", "own"]

# The sub-resource that is named first in the query decides, else the plain operation.
_BUCKET_SPECIAL = {
    ("GET", "versions"): "ListObjectVersions",
    ("GET", "uploads"): "ListMultipartUploads",
    ("GET", "location"): "GetBucketLocation",
    ("GET", "versioning"): "GetBucketVersioning",
    ("GET", "list-type"): "ListObjectsV2",
    ("PUT", "versioning"): "PutBucketVersioning",
    ("POST", "delete"): "DeleteObjects",
}
_LISTING = frozenset({"prefix", "delimiter", "marker", "max-keys", "encoding-type", "x-id"})
_OBJECT = frozenset({"versionId", "partNumber", "x-id"})
_SIGNING = ("X-Amz-", "x-amz-", "AWSAccessKeyId", "Signature", "Expires")
_PLAIN = {
    ("GET", False): "ListObjects",
    ("HEAD", False): "HeadBucket",
    ("PUT", False): "CreateBucket",
    ("DELETE", False): "DeleteBucket",
    ("POST", False): "PostObject",
    ("GET", True): "GetObject",
    ("HEAD", True): "HeadObject",
    ("PUT", True): "PutObject",
    ("DELETE", True): "DeleteObject",
    ("POST", True): "PostObject",
}
_KEY_SPECIAL = {
    ("GET", "attributes"): "GetObjectAttributes",
    ("GET", "uploadId"): "ListParts",
    ("GET", "tagging"): "GetObjectTagging",
    ("GET", "acl"): "GetObjectAcl",
    ("POST", "restore"): "RestoreObject",
    ("POST", "uploads"): "CreateMultipartUpload",
    ("POST", "uploadId"): "CompleteMultipartUpload",
    ("POST", "select"): "SelectObjectContent",
    ("PUT", "uploadId"): "UploadPart",
    ("PUT", "tagging"): "PutObjectTagging",
    ("DELETE", "uploadId"): "AbortMultipartUpload",
    ("DELETE", "tagging"): "DeleteObjectTagging",
}
_READ_POSTS = ("SelectObjectContent",)


@attrs.frozen(kw_only=True)
class S3Operation:
    """A request in S3's terms; `source_bucket` is where a copy reads from."""

    name: str
    bucket: str | None
    key: str | None
    need: Need
    source_bucket: str | None = None

    @property
    def target(self) -> str:
        """`bucket/key`, for the log."""
        return "/".join(part for part in (self.bucket, self.key) if part)


def parse_operation(request: Request) -> S3Operation:
    """Name the operation of a path-style request."""
    bucket, _, key = request.raw_path.removeprefix("/").partition("/")
    query = dict(parse_qsl(request.query, keep_blank_values=True))
    if not bucket:
        return S3Operation(name="ListBuckets", bucket=None, key=None, need="list-buckets")
    source = request.header("x-amz-copy-source")
    name = _name(request.method, bool(key), query, copied=source is not None)
    return S3Operation(
        name=name,
        bucket=unquote(bucket),
        key=unquote(key) or None,
        need=_need(request.method, name, has_key=bool(key)),
        source_bucket=unquote(source).lstrip("/").partition("/")[0] if source else None,
    )


def _name(method: str, has_key: bool, query: Mapping[str, str], *, copied: bool) -> str:
    for (verb, resource), special in (_KEY_SPECIAL if has_key else _BUCKET_SPECIAL).items():
        if verb == method and resource in query:
            return special + "Copy" if copied and special == "UploadPart" else special
    if has_key:
        if any(_is_resource(each, _OBJECT) for each in query):
            return f"{method.title()}ObjectConfiguration"
        return "CopyObject" if copied and method == "PUT" else _PLAIN.get((method, True), method)
    if any(_is_resource(each, _LISTING) for each in query):
        return f"{method.title()}BucketConfiguration"
    return _PLAIN.get((method, False), method)


def _is_resource(parameter: str, plain: frozenset[str]) -> bool:
    return parameter not in plain and not parameter.startswith((*_SIGNING, "response-"))


def _need(method: str, name: str, *, has_key: bool) -> Need:
    if method in ("GET", "HEAD") or name in _READ_POSTS:
        return "read"
    if has_key or name in ("DeleteObjects", "PostObject"):
        return "write"
    return "own"
