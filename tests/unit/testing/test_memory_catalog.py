"""The catalog in memory, as the tests of an application fill it."""

from __future__ import annotations

import pytest

from quilt_core import ValidationError
from quilt_core.testing.memory import MemoryCatalog, connect


@pytest.mark.parametrize("name", ["b", "", "My_Bucket", "a/b", "s3://"])
def test_a_bucket_that_no_connection_would_accept_is_refused(name: str) -> None:
    with pytest.raises(ValidationError, match="is not a bucket name"):
        MemoryCatalog().add_bucket(name)


def test_a_registry_in_the_place_of_a_bucket() -> None:
    catalog = MemoryCatalog()
    registry = catalog.add_bucket("s3://my-bucket", versioning=False)
    assert registry == "s3://my-bucket"
    with connect(catalog, registry=registry) as ops:
        assert [one.name for one in ops.list_buckets()] == ["my-bucket"]
    assert catalog.unversioned_buckets == {"my-bucket"}
