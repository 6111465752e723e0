"""Kept entries that the registry would complete: looked up, given a version, or refused."""

from __future__ import annotations

import io
import uuid
from collections.abc import Callable
from typing import Any

import pytest
import requests
from local_registry.faults import FaultRule
from local_registry.testing import add_bucket, add_user
from msgspec.structs import replace

from quilt_core import QuiltOps, S3Uri, ValidationError
from quilt_core.manifest import (
    DirectoryRecord,
    EntryHash,
    ManifestEntry,
    ManifestHeader,
    hash_bytes,
    write_manifest,
)
from quilt_core.manifest.layout import manifest_key

BODY = b"data"


@pytest.fixture
def plain_bucket(registry: Any) -> str:
    """A bucket without versions."""
    return add_bucket(registry, versioning=False)


@pytest.fixture
def far_bucket(registry: Any) -> str:
    """A bucket in another region."""
    name = f"far-{uuid.uuid4().hex[:12]}"
    where = {"LocationConstraint": "eu-north-1"}
    registry.context.s3.create_bucket(Bucket=name, CreateBucketConfiguration=where)
    return add_bucket(registry, name)


@pytest.fixture
def put_known(registry: Any, bucket: str) -> Callable[..., str]:
    """Puts an object of which S3 knows the SHA-256; returns its version."""

    def make(key: str, body: bytes = BODY, into: str = "") -> str | None:
        answer = registry.s3_client().put_object(
            Bucket=into or bucket, Key=key, Body=body, ChecksumAlgorithm="SHA256"
        )
        version: str | None = answer.get("VersionId")
        return version

    return make


@pytest.fixture
def given(registry: Any, bucket: str) -> Callable[..., str]:
    """Writes a package's manifest and pointers in the way that Quilt did years ago."""

    def make(*entries: ManifestEntry, into: str = "", **directories: dict[str, Any]) -> str:
        manifest = io.BytesIO()
        records = [
            DirectoryRecord(logical_key=f"{path}/", meta=meta) for path, meta in directories.items()
        ]
        top_hash = write_manifest(ManifestHeader(message="Old"), records, entries, manifest)
        s3, where = registry.s3_client(), into or bucket
        s3.put_object(Bucket=where, Key=manifest_key(top_hash), Body=manifest.getvalue())
        for name in ("1600000000", "latest"):
            key = f".quilt/named_packages/a/b/{name}"
            s3.put_object(Bucket=where, Key=key, Body=top_hash.encode())
        return top_hash

    return make


def entry(bucket: str, key: str, body: bytes = BODY, **changes: Any) -> ManifestEntry:
    """An entry without a version."""
    made = ManifestEntry(
        logical_key=key,
        physical_key=f"s3://{bucket}/{key}",
        size=len(body),
        hash=hash_bytes(body),
        meta={},
    )
    return replace(made, **changes)


def held(ops: QuiltOps) -> dict[str, tuple[str | None, int | None]]:
    items = ops.browse_content("a/b", recursive=True)
    return {item.path: (item.physical_key, item.size) for item in items}


def test_an_entry_with_the_same_bytes_is_pinned(
    ops: QuiltOps, bucket: str, put_known: Any, given: Any
) -> None:
    version = put_known("k")
    digest = EntryHash("SHA256", "3a6eb0790f39ac87c94f3856b2dd2c5d110e6811602261a9a923d3bb23adc8b7")
    put_known("old")
    given(entry(bucket, "k"), entry(bucket, "old", hash=digest))
    result = ops.update_package_revision("a/b", metadata={"checked": True})
    assert result.completed == ("k", "old")
    assert held(ops)["k"] == (S3Uri(bucket, "k", version).url, 4)
    again = ops.update_package_revision("a/b", metadata={"checked": 2})
    assert again.completed == ()


def test_an_entry_that_would_change_is_refused_and_nothing_is_sent(
    ops: QuiltOps, bucket: str, put: Any, put_known: Any, given: Any, counted: Any
) -> None:
    put_known("newer", b"another, longer")
    put_known("same-size", b"DATA")
    put("no-checksum", BODY)
    put_known("fine")
    keys = ["fine", "gone", "newer", "no-checksum", "same-size"]
    before = given(*(entry(bucket, key) for key in keys))
    counted.start()
    with pytest.raises(ValidationError) as caught:
        ops.update_package_revision("a/b", metadata={"checked": True})
    assert set(caught.value.context["entries"]) == {*keys} - {"fine"}
    assert "packageConstruct" not in counted.operations()
    assert ops.get_package_info("a/b").top_hash == before


def test_all_refused_entries_are_in_the_context(ops: QuiltOps, bucket: str, given: Any) -> None:
    given(*(entry(bucket, f"k{number:03}") for number in range(200)))
    with pytest.raises(ValidationError, match="and 195 more") as caught:
        ops.update_package_revision("a/b", metadata={"checked": True})
    assert len(caught.value.context["entries"]) == 200
    assert len(caught.value.message) < 1500


def test_the_suggested_remedies_work(
    ops: QuiltOps, bucket: str, put_known: Any, given: Any
) -> None:
    put_known("a", b"another, longer")
    given(entry(bucket, "a"), entry(bucket, "b"))
    result = ops.update_package_revision("a/b", {"a": f"s3://{bucket}/a"}, remove=["b"])
    assert (result.replaced, result.removed) == (("a",), ("b",))


def test_a_bucket_without_versions_can_still_be_used(
    registry: Any, connect: Any, put_known: Any, given: Any, plain_bucket: str
) -> None:
    put_known("k", into=plain_bucket)
    given(entry(plain_bucket, "k"), into=plain_bucket)
    user = add_user(registry, writes=[plain_bucket]).name
    ops = connect(user, registry=f"s3://{plain_bucket}")
    result = ops.update_package_revision("a/b", metadata={"checked": True})
    assert (result.completed, held(ops)) == ((), {"k": (f"s3://{plain_bucket}/k", 4)})
    put_known("k", b"longer now", into=plain_bucket)
    with pytest.raises(ValidationError, match="10 bytes"):
        ops.update_package_revision("a/b", metadata={"checked": 2})


def test_a_copy_has_the_entrys_bytes_or_is_not_made(
    registry: Any, connect: Any, put_known: Any, given: Any, plain_bucket: str
) -> None:
    put_known("k", b"DATA", into=plain_bucket)  # of the same size
    given(entry(plain_bucket, "k"), into=plain_bucket)
    user = add_user(registry, writes=[plain_bucket]).name
    ops = connect(user, registry=f"s3://{plain_bucket}")
    with pytest.raises(ValidationError, match="checksum"):
        ops.update_package_revision("a/b", metadata={"checked": True}, copy="all")
    put_known("k", into=plain_bucket)
    result = ops.update_package_revision(
        "a/b", metadata={"checked": True}, copy="all", allow_unversioned=True
    )
    assert (result.copied, result.completed) == (1, ())


def test_without_access_to_s3(
    ops: QuiltOps, registry: Any, bucket: str, put_known: Any, given: Any
) -> None:
    version = put_known("k")
    before = given(entry(bucket, "k"))
    registry.faults.replace([FaultRule(kind="status", status=403, path="*get_credentials")])
    with pytest.raises(ValidationError, match="no access to S3"):
        ops.update_package_revision("a/b", metadata={"checked": True})
    assert ops.get_package_info("a/b").top_hash == before
    given(entry(bucket, "k", physical_key=S3Uri(bucket, "k", version).url))
    result = ops.update_package_revision("a/b", metadata={"checked": True})
    assert result.lost_directory_metadata is None  # no identity could look


def test_lost_directory_metadata_is_named(
    ops: QuiltOps, bucket: str, put_known: Any, given: Any
) -> None:
    place = S3Uri(bucket, "k", put_known("k")).url
    kept = [entry(bucket, key, physical_key=place) for key in ("d/k", "gone/k")]
    given(*kept, d={"n": 1}, empty={"n": 2}, gone={"n": 3})
    result = ops.update_package_revision("a/b", remove=["gone"])
    assert result.lost_directory_metadata == ("d", "empty")
    assert ops.update_package_revision("a/b", metadata={"n": 1}).lost_directory_metadata == ()


def test_each_bucket_is_accessed_in_its_own_region(
    registry: Any, connect: Any, put_known: Any, far_bucket: str, user: str, bucket: str
) -> None:
    put_known("k", into=far_bucket)
    ops = connect(add_user(registry, writes=[bucket], reads=[far_bucket]).name)
    ops.create_package_revision("a/b", {"k": f"s3://{far_bucket}/k"}, registry=f"s3://{bucket}")
    url = ops.get_content_url("a/b", registry=f"s3://{bucket}", path="k")
    assert "%2Feu-north-1%2Fs3%2F" in url
    assert requests.get(url, timeout=10).content == BODY
    copied = ops.create_package_revision(
        "a/b", {"k": f"s3://{far_bucket}/k"}, registry=f"s3://{bucket}", copy="all"
    )
    assert copied.copied == 1
    url = ops.get_content_url("a/b", registry=f"s3://{bucket}", path="k")
    assert "%2Fus-east-1%2Fs3%2F" in url
    assert requests.get(url, timeout=10).content == BODY
