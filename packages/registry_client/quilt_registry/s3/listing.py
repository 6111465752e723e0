"""List the objects of a bucket, complete to the last page."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import chain, islice
from typing import Any

from quilt_core import deadline
from quilt_core.domain.objects import ObjectInfo, S3Prefix
from quilt_core.domain.uris import S3Uri
from quilt_core.errors import ProtocolError
from quilt_registry.s3.errors import s3_errors

_PAGE = 1000
"""The maximum number of items that S3 returns in one page."""


def list_objects(
    s3: Any, place: S3Prefix, *, recursive: bool, limit: int | None = None
) -> Iterator[ObjectInfo]:
    """The objects below a prefix, in the order of their keys.

    The first page is requested immediately, so that errors are raised immediately; each further
    page is requested when its first item is needed.

    Parameters
    ----------
    s3, place:
        The client, and the prefix to list.
    recursive:
        False for one level, in which folders are separate items.
    limit:
        The maximum number of items; None for all.

    Raises
    ------
    NotFoundError, PermissionDeniedError, TransportError, …
        As `quilt_registry.s3.s3_errors`.
    ProtocolError
        When the pages make no progress.
    """
    params: dict[str, Any] = {"Bucket": place.bucket, "Prefix": place.prefix}
    if not recursive:
        params["Delimiter"] = "/"
    if limit is not None and limit < _PAGE:
        params["MaxKeys"] = limit
    found = pages(s3, "list", place.url, **params)
    first = next(found)
    return islice(chain(_items(first, place), _following(found, place)), limit)


def pages(s3: Any, what: str, url: str, **params: Any) -> Iterator[Mapping[str, Any]]:
    """The pages of a listing, to the last one; each is requested when it is needed.

    botocore's paginator takes a page that does not tell how to get the next one for the last.

    Raises
    ------
    ProtocolError
        When the pages make no progress.
    NotFoundError, PermissionDeniedError, TransportError, …
        As `quilt_registry.s3.s3_errors`, for the action `what` on `url`.
    """
    token = None
    while True:
        deadline.check()
        with s3_errors(what, url):
            page: Mapping[str, Any] = s3.list_objects_v2(**params)
        yield page
        if not page["IsTruncated"]:
            return
        last, token = token, page.get("NextContinuationToken")
        if not token or token == last:
            raise no_progress(url)
        params["ContinuationToken"] = token


def no_progress(url: str) -> ProtocolError:
    """The error for a listing that does not end and does not continue."""
    return ProtocolError(
        f"The listing of {url} says that there is more, but not how to get it.",
        context={"uri": url},
    )


def _following(found: Iterator[Mapping[str, Any]], place: S3Prefix) -> Iterator[ObjectInfo]:
    for page in found:
        yield from _items(page, place)


def _items(page: Mapping[str, Any], place: S3Prefix) -> list[ObjectInfo]:
    """A page's objects and folders in one order; S3 lists them separately."""
    found = [(one["Key"], _object(place.bucket, one)) for one in page.get("Contents", ())]
    found += [
        (one["Prefix"], _folder(place.bucket, one["Prefix"]))
        for one in page.get("CommonPrefixes", ())
    ]
    return [item for _, item in sorted(found, key=lambda one: one[0])]


def _object(bucket: str, one: Mapping[str, Any]) -> ObjectInfo:
    return ObjectInfo(
        uri=S3Uri(bucket, one["Key"]).url,
        size=int(one["Size"]),
        modified=one["LastModified"],
        version=None,
        etag=str(one["ETag"]).strip('"'),
        content_type=None,
        storage_class=one.get("StorageClass"),
        checksum=None,
    )


def _folder(bucket: str, prefix: str) -> ObjectInfo:
    return ObjectInfo(
        uri=S3Prefix(bucket, prefix).url, size=None, modified=None, version=None, etag=None,
        content_type=None, storage_class=None, checksum=None, is_prefix=True,
    )  # fmt: skip
