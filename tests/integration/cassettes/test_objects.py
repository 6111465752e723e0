"""Success of the operations on objects, and of those that let other libraries read them."""

from __future__ import annotations

from typing import Any

import pytest

from quilt_core import NotFoundError, QuiltOps
from quilt_core.domain.uris import S3Uri
from quilt_core.manifest import hash_bytes

CONTENT = b"species,island\nAdelie,Torgersen\n"


def test_list_objects(place: Any, ops: QuiltOps) -> None:
    found = list(ops.list_objects(place.uri("data")))
    assert [S3Uri.parse(one.uri).key for one in found] == ["data/a.csv", "data/b.csv"]
    assert found[0].size == len(CONTENT)
    level = list(ops.list_objects(f"s3://{place.bucket}", recursive=False))
    assert {place.uri("data/"), place.uri("more/")} <= {one.uri for one in level if one.is_prefix}


def test_get_object_info(place: Any, ops: QuiltOps) -> None:
    info = ops.get_object_info(place.uri("data/a.csv"))
    assert (info.size, info.uri) == (
        len(CONTENT),
        f"{place.uri('data/a.csv')}?versionId={info.version}",
    )
    assert info.checksum in (None, hash_bytes(CONTENT))


def test_get_object_info__missing(place: Any, ops: QuiltOps) -> None:
    with pytest.raises(NotFoundError):
        ops.get_object_info(place.uri("data/none.csv"))


def test_open_object(place: Any, ops: QuiltOps) -> None:
    with ops.open_object(place.uri("data/a.csv"), block_size=10) as file:
        assert file.readline() == b"species,island\n"
        file.seek(-10, 2)
        assert file.read() == b"Torgersen\n"


def test_put_object(place: Any, ops: QuiltOps) -> None:
    stored = ops.put_object(b"1,2\n", place.uri("put/new.csv"), metadata={"origin": "test"})
    assert (stored.size, stored.hash) == (4, hash_bytes(b"1,2\n"))
    assert ops.get_object_info(stored.uri).version == stored.version


def test_search_objects(place: Any, ops: QuiltOps) -> None:
    (hit,) = ops.search_objects("c.txt")
    assert (hit.key, hit.bucket, hit.size) == ("more/c.txt", place.bucket, 10)


def test_get_boto3_session(place: Any, ops: QuiltOps) -> None:
    s3 = ops.get_boto3_session().client("s3", endpoint_url=place.s3_endpoint or None)
    assert s3.head_object(Bucket=place.bucket, Key="data/a.csv")["ContentLength"] == len(CONTENT)


def test_get_storage_options(place: Any, ops: QuiltOps) -> None:
    options = ops.get_storage_options("object_store", bucket=place.bucket)
    assert options["aws_access_key_id"]
    assert options["aws_region"] == "us-east-1"
