"""Listings of buckets: complete, in order, one level or everything."""

from __future__ import annotations

from typing import Any

import pytest
from quilt_registry.s3.listing import list_objects

from quilt_core.domain.objects import S3Prefix
from quilt_core.domain.uris import S3Uri
from quilt_core.errors import NotFoundError, ProtocolError, ValidationError

KEYS = ["a/1", "a/2/x", "a-b", "a.txt", "a b%?#é.txt", "b", "b/", "z/deep/er"]


@pytest.fixture
def filled(s3: Any, bucket: str) -> str:
    for key in KEYS:
        s3.put_object(Bucket=bucket, Key=key, Body=key.encode())
    return bucket


def keys(found: Any, bucket: str) -> list[str]:
    prefix = len(f"s3://{bucket}/")
    return [one.uri[prefix:] if one.is_prefix else S3Uri.parse(one.uri).key for one in found]


@pytest.mark.parametrize("page", [1, 3, 1000])
def test_everything_is_listed_in_the_order_of_keys(
    s3: Any, filled: str, monkeypatch: pytest.MonkeyPatch, page: int
) -> None:
    _paged(s3, page)
    found = list(list_objects(s3, S3Prefix(filled), recursive=True))
    assert keys(found, filled) == sorted(KEYS)
    assert [one.size for one in found] == [len(key.encode()) for key in sorted(KEYS)]
    assert all(one.modified and one.modified.tzinfo and one.etag for one in found)


@pytest.mark.parametrize("page", [1, 3, 1000])
def test_one_level(s3: Any, filled: str, page: int) -> None:
    _paged(s3, page)
    found = list(list_objects(s3, S3Prefix(filled), recursive=False))
    assert keys(found, filled) == ["a b%?#é.txt", "a-b", "a.txt", "a/", "b", "b/", "z/"]
    below = list(list_objects(s3, S3Prefix.parse(f"s3://{filled}/a"), recursive=False))
    assert keys(below, filled) == ["a/1", "a/2/"]


def test_a_limit_makes_no_more_requests_than_needed(
    s3: Any, filled: str, served: list[tuple[str, str]]
) -> None:
    served.clear()
    assert len(list(list_objects(s3, S3Prefix(filled), recursive=True, limit=3))) == 3
    assert len(served) == 1
    assert "max-keys=3" in served[0][1]


def test_an_empty_listing_and_a_missing_bucket(s3: Any, bucket: str) -> None:
    assert list(list_objects(s3, S3Prefix(bucket), recursive=True)) == []
    assert list(list_objects(s3, S3Prefix(bucket, "no/"), recursive=False)) == []
    with pytest.raises(NotFoundError):
        list_objects(s3, S3Prefix("no-such-bucket"), recursive=True)


@pytest.mark.parametrize("token", [None, "", "same"])
def test_pages_without_a_usable_token_are_an_error(token: str | None) -> None:
    class Stuck:
        def list_objects_v2(self, **_: Any) -> dict[str, Any]:
            return {"IsTruncated": True, "NextContinuationToken": token}

    with pytest.raises(ProtocolError, match="not how to get it"):
        list(list_objects(Stuck(), S3Prefix("bucket"), recursive=True))


@pytest.mark.parametrize(
    ("text", "prefix"),
    [
        ("s3://bucket", ""),
        ("s3://bucket/", ""),
        ("s3://bucket/a", "a/"),
        ("s3://bucket/a%20b/", "a b/"),
        ("s3://bucket/a//", "a//"),
    ],
)
def test_valid_prefixes(text: str, prefix: str) -> None:
    assert S3Prefix.parse(text) == S3Prefix("bucket", prefix)


@pytest.mark.parametrize(
    "text",
    ["s3://", "s3://B", "bucket", "s3://bucket/a?versionId=1", "s3://bucket/%ff", "s3://b\t/"],
)
def test_invalid_prefixes(text: str) -> None:
    with pytest.raises(ValidationError):
        S3Prefix.parse(text)


def _paged(s3: Any, size: int) -> None:
    """Limits every page to that many keys."""

    def ask_for_less(params: dict[str, Any], **_: Any) -> None:
        params.setdefault("MaxKeys", size)

    s3.meta.events.register("provide-client-params.s3.ListObjectsV2", ask_for_less)
