"""Objects with a registry's credentials: request counts and checksums, with either engine."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from local_registry.server import LocalRegistry
from local_registry.testing import add_bucket, add_user

import quilt_core
from quilt_core import PermissionDeniedError, QuiltOps

BACKENDS = ("platform", "quilt3")
CHUNK = 8 << 20


@pytest.fixture
def bucket(registry: LocalRegistry) -> str:
    return add_bucket(registry)


@pytest.fixture(params=[(one, engine) for one in BACKENDS for engine in ("boto3", "auto")])
def ops(registry: LocalRegistry, bucket: str, request: Any) -> Iterator[QuiltOps]:
    backend, engine = request.param
    user = add_user(registry, writes=[bucket])
    with quilt_core.connect(
        backend,
        registry_url=registry.endpoints.registry_url,
        registry=f"s3://{bucket}",
        region="us-east-1",
        token=registry.token(user.name),
        transfer_engine=engine,
    ) as ops:
        ops.get_boto3_session()  # so that the credentials have been issued
        yield ops


def test_auto_is_obstore_where_it_is_installed(
    registry: LocalRegistry, bucket: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("obstore")
    from quilt_registry.transfer.boto import Boto3Engine

    def refuse(*_: object) -> None:
        raise AssertionError("boto3 was asked")

    monkeypatch.setattr(Boto3Engine, "put", refuse)
    user = add_user(registry, writes=[bucket])
    for backend in BACKENDS:
        with quilt_core.connect(
            backend,
            registry_url=registry.endpoints.registry_url,
            region="us-east-1",
            token=registry.token(user.name),
        ) as ops:
            assert ops.put_object(b"1", f"s3://{bucket}/folder/k.csv").version


def s3_requests(registry: LocalRegistry, bucket: str, start: int) -> list[str]:
    """The methods of the requests for the bucket's objects since then."""
    found = list(registry.log.requests())[start:]
    return [one.method for one in found if bucket in one.target]


@pytest.mark.parametrize(("size", "sent"), [(5, ["PUT"]), (CHUNK, ["POST", "PUT", "POST"])])
def test_an_upload_makes_only_the_requests_that_it_needs(
    ops: QuiltOps, registry: LocalRegistry, bucket: str, tmp_path: Path, size: int, sent: list[str]
) -> None:
    source = tmp_path / "file"
    source.write_bytes(b"x" * size)
    start = len(list(registry.log.requests()))

    stored = ops.put_object(source, f"s3://{bucket}/folder/file.bin")

    assert s3_requests(registry, bucket, start) == sent
    info = ops.get_object_info(stored.uri)
    assert info.checksum == stored.hash
    with ops.open_object(stored.uri) as file:
        start = len(list(registry.log.requests()))
        assert len(file.read()) == size
    assert s3_requests(registry, bucket, start) == ["GET"]


def test_the_checksum_of_a_multipart_object_is_used_when_it_becomes_an_entry(
    ops: QuiltOps, registry: LocalRegistry, bucket: str
) -> None:
    stored = ops.put_object(b"x" * (CHUNK + 1), f"s3://{bucket}/large.bin")
    start = len(list(registry.log.requests()))
    ops.create_package_revision("team/data", {"large.bin": stored.uri})
    read = [
        one
        for one in list(registry.log.requests())[start:]
        if one.method == "GET" and "large.bin" in one.target
    ]
    assert read == []


def test_a_refusal_is_reported_as_a_refusal(ops: QuiltOps, registry: LocalRegistry) -> None:
    hidden = add_bucket(registry)
    for _ in range(2):
        with pytest.raises(PermissionDeniedError) as caught:
            ops.put_object(b"1", f"s3://{hidden}/folder/k.csv")
        assert caught.value.context["outcome"] == "not_written"
