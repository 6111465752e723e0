"""One request to the store, with the data that every operation needs."""

from __future__ import annotations

from collections.abc import Mapping
from email.utils import formatdate
from urllib.parse import parse_qs, parse_qsl, unquote

import attrs

from local_registry.http.messages import Reply, Request
from local_registry.numbers import whole_number
from local_registry.s3.errors import S3Error
from local_registry.s3.objects.model import Version
from local_registry.s3.objects.store import Bucket, ObjectStore
from local_registry.s3.operations import S3Operation
from local_registry.s3.xml import Element, document

Headers = dict[str, str]
_MAX_KEY = 1024


@attrs.frozen(kw_only=True)
class Call:
    """A request whose rights were checked.

    headers: by lower-case name; query: by name, the last of each.
    """

    store: ObjectStore
    operation: S3Operation
    body: bytes
    query: Mapping[str, str]
    headers: Mapping[str, str]

    @classmethod
    def of(cls, store: ObjectStore, operation: S3Operation, request: Request) -> Call:
        """Read a request; raises `S3Error` for a key that S3 does not take."""
        headers: Headers = {}
        for raw_name, raw_value in request.headers:
            name, value = raw_name.decode("latin-1").lower(), raw_value.decode("latin-1")
            headers[name] = f"{headers[name]},{value}" if name in headers else value
        if len((operation.key or "").encode()) > _MAX_KEY:
            raise S3Error("KeyTooLongError", "Your key is too long")
        return cls(
            store=store,
            operation=operation,
            body=request.body,
            query=dict(parse_qsl(request.query, keep_blank_values=True)),
            headers=headers,
        )

    @property
    def key(self) -> str:
        """The key of the object."""
        return self.operation.key or ""

    def bucket(self) -> Bucket:
        """The bucket, for as long as the store's lock is held; raises `S3Error`."""
        return bucket_of(self.store, self.operation.bucket or "")

    def version(self) -> Version:
        """The requested version: the newest, or that of `versionId`.

        Raises `S3Error`: NoSuchBucket, NoSuchKey, NoSuchVersion, MethodNotAllowed for a delete
        marker.
        """
        return version_of(self.bucket(), self.key, self.query.get("versionId"))

    def number(self, name: str, default: int, most: int) -> int:
        """A number of the query from 0 to `most`; more is `most`. Raises `S3Error`."""
        number = whole_number(self.query.get(name) or str(default))
        if number is None:
            raise S3Error(
                "InvalidArgument", f"Provided {name} not an integer or within integer range"
            )
        return min(number, most)


def bucket_of(store: ObjectStore, name: str) -> Bucket:
    """A bucket by its name; raises `S3Error` (NoSuchBucket)."""
    bucket = store.buckets.get(name)
    if bucket is None:
        raise S3Error(
            "NoSuchBucket", "The specified bucket does not exist", details={"BucketName": name}
        )
    return bucket


def version_of(bucket: Bucket, key: str, version_id: str | None) -> Version:
    """The newest version of a key, or one by its id; raises `S3Error` as `Call.version` does."""
    if version_id == "":
        raise S3Error("InvalidArgument", "Version id cannot be the empty string")
    if version_id is None:
        found = bucket.keys.newest(key)
    else:
        found = bucket.keys.find(key, version_id)
        if found is None:
            raise S3Error(
                "NoSuchVersion",
                "The specified version does not exist.",
                details={"Key": key, "VersionId": version_id},
            )
    if found is None or found.marker:
        marked = {} if found is None else {"x-amz-delete-marker": "true", **named(bucket, found)}
        if found is not None and version_id is not None:
            raise S3Error(
                "MethodNotAllowed",
                "The specified method is not allowed against this resource.",
                headers={**marked, "allow": "DELETE"},
            )
        raise S3Error(
            "NoSuchKey",
            "The specified key does not exist.",
            details={"Key": key},
            headers=marked,
        )
    return found


def copy_source(call: Call) -> tuple[str, str, str | None]:
    """Bucket, key and version id (or `None`) of the header that names what is copied.

    Raises `S3Error` (InvalidArgument).
    """
    path, _, query = call.headers["x-amz-copy-source"].partition("?")
    bucket, _, key = unquote(path).removeprefix("/").partition("/")
    # the right to read was checked for the bucket that the operation names
    if bucket != call.operation.source_bucket or not key:
        raise S3Error("InvalidArgument", "Copy Source must mention the source bucket and key")
    versions = parse_qs(query, keep_blank_values=True).get("versionId")
    return bucket, key, versions[0] if versions else None


def named(bucket: Bucket, version: Version) -> Headers:
    """The header with the version's id, which buckets without versioning do not give."""
    return {"x-amz-version-id": version.id} if bucket.versioning else {}


def http_date(seconds: int) -> str:
    """A time as headers have it."""
    return formatdate(seconds, usegmt=True)


def answer(root: Element, headers: Mapping[str, str] | None = None) -> Reply:
    """A document with status 200."""
    return Reply.of(200, "application/xml", document(root), headers)


def bare(status: int, headers: Mapping[str, str] | None = None) -> Reply:
    """An answer without a body."""
    raw = [
        (key.encode("latin-1"), value.encode("latin-1")) for key, value in (headers or {}).items()
    ]
    return Reply(status=status, headers=raw, body=b"")
