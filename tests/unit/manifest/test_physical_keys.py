"""Physical keys as objects."""

from __future__ import annotations

import pytest

from quilt_core.domain.stored_keys import stored_object
from quilt_core.manifest import PhysicalKey


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("s3://bucket/a%20b.csv?versionId=x%2By", PhysicalKey("bucket", "a b.csv", "x+y")),
        ("s3://bucket/a;versionId=1", PhysicalKey("bucket", "a;versionId=1")),
        ("file:///folder/a%20b.csv", PhysicalKey(None, "/folder/a b.csv")),
    ],
)
def test_physical_keys(url: str, expected: PhysicalKey) -> None:
    assert PhysicalKey.parse(url) == expected
    assert PhysicalKey.parse(expected.url) == expected


@pytest.mark.parametrize(
    "url",
    [
        "s3://bucket/a\tb.csv", "s3://bucket/a\n/b", "s3://bucket/", "s3://bucket/a?versionId=",
        "s3://bucket/a?other=1", "s3://bucket/a#b", "file://host/a", "file:///a?versionId=1",
        "file:///a\tb", "https://example.com/a", "a", "",
    ],
)  # fmt: skip
def test_what_is_no_physical_key(url: str) -> None:
    with pytest.raises(ValueError, match="is not a physical key"):
        PhysicalKey.parse(url)


@pytest.mark.parametrize("url", ["s3://bucket/%ff", "s3://bucket/x?versionId=%ff", "s3://b/%41"])
def test_the_object_is_the_one_that_operations_read(url: str) -> None:
    found = stored_object(url)
    if found is None:
        with pytest.raises(ValueError, match="is not a physical key"):
            PhysicalKey.parse(url)
    else:
        key = PhysicalKey.parse(url)
        assert (key.bucket, key.path, key.version_id) == (found.bucket, found.key, found.version_id)
