"""Packages in buckets: what is written, with whose rights, and with how many requests."""

from __future__ import annotations

import json
import urllib.request
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from local_registry.faults import FaultRule
from local_registry.server import LocalRegistry
from local_registry.testing import add_bucket, add_user

from quilt_core import QuiltOps
from quilt_core.domain import Progress, S3Uri
from quilt_core.errors import (
    AuthenticationError,
    ConflictError,
    NotFoundError,
    PermissionDeniedError,
    ValidationError,
)

Put = Callable[..., str]
Connect = Callable[..., QuiltOps]
KEYS = ["plain.csv", "a b/c+d.csv", "50%/q?.csv", "h#sh/é ü.csv", "tab\tle.csv"]


def s3_requests(registry: LocalRegistry) -> Counter[str]:
    return Counter(one.operation for one in registry.log.requests() if one.side == "s3")


def test_keys_of_every_kind_survive_the_round_trip(ops: QuiltOps, put: Put) -> None:
    uris = [put(f"in/{key}", key.encode()) for key in KEYS]

    made = ops.create_package_revision("a/b", uris)

    assert set(made.added) == {f"in/{key}" for key in KEYS}
    for key in KEYS:
        url = ops.get_content_url("a/b", path=f"in/{key}")
        with urllib.request.urlopen(url, timeout=10) as answer:
            assert answer.read() == key.encode()


def test_hashes_that_s3_knows_are_not_computed_again(
    ops: QuiltOps, put: Put, registry: LocalRegistry
) -> None:
    uris = [put(f"k{n}", b"x" * n, ChecksumAlgorithm="SHA256") for n in range(5)]
    registry.log.clear()

    ops.create_package_revision("a/b", uris)

    read = [one.target for one in registry.log.requests() if one.operation == "GetObject"]
    assert not [target for target in read if "/k" in target]


def test_an_update_looks_at_no_object_that_stays(
    ops: QuiltOps, put: Put, registry: LocalRegistry
) -> None:
    ops.create_package_revision("a/b", [put(f"old{n}", b"x") for n in range(20)])
    fresh = put("new", b"y")
    registry.log.clear()

    ops.update_package_revision("a/b", [fresh])

    touched = [
        one.target for one in registry.log.requests() if one.side == "s3" and "old" in one.target
    ]
    assert touched == []


def test_an_object_with_many_logical_keys_is_looked_up_once(
    ops: QuiltOps, put: Put, registry: LocalRegistry
) -> None:
    uri = put("k", b"x")
    registry.log.clear()

    ops.create_package_revision("a/b", {f"d/{n}": uri for n in range(100)})

    targets = [one.target for one in registry.log.requests() if one.side == "s3"]
    assert (
        sum(target.endswith("/k") for target in targets) == 2
    )  # one look-up, and a read to hash it


def test_progress_of_hashing_is_reported(ops: QuiltOps, put: Put) -> None:
    seen: list[Progress] = []

    ops.create_package_revision(
        "a/b", [put("one", b"x" * 1000), put("two", b"y" * 500)], progress=seen.append
    )

    hashing = [one for one in seen if one.phase == "hashing"]
    assert (hashing[-1].done, hashing[-1].total, hashing[-1].unit) == (1500, 1500, "bytes")


def test_the_named_versions_are_the_ones_that_are_kept(ops: QuiltOps, s3: Any, bucket: str) -> None:
    first = s3.put_object(Bucket=bucket, Key="k", Body=b"old")["VersionId"]
    s3.put_object(Bucket=bucket, Key="k", Body=b"newer")

    ops.create_package_revision("a/b", [S3Uri(bucket, "k", first).url])

    (entry,) = ops.browse_content("a/b")
    assert entry.path == "k"
    assert entry.size == 3
    assert entry.physical_key == S3Uri(bucket, "k", first).url


@pytest.mark.parametrize("mode", ["all", "new"])
def test_copies_are_complete_before_the_revision_is_published(
    ops: QuiltOps, put: Put, s3: Any, bucket: str, registry: LocalRegistry, mode: str
) -> None:
    other = add_bucket(registry, versioning=False)
    mine = add_user(registry, reads=[other], writes=[bucket]).name
    import quilt_core

    with quilt_core.connect("quilt3", token=registry.token(mine), registry=f"s3://{bucket}") as ops:
        sources = {"in.csv": put("in.csv", b"in"), "out.csv": put("o é.csv", b"out", into=other)}
        made = ops.create_package_revision("a/b", sources, copy=mode)
        assert made.copied == (2 if mode == "all" else 1)
        keys = {entry.path: entry.physical_key for entry in ops.browse_content("a/b")}
        assert keys["out.csv"].startswith(f"s3://{bucket}/a/b/out.csv?versionId=")
        assert keys["in.csv"].startswith(
            f"s3://{bucket}/{'a/b/in.csv' if mode == 'all' else 'in.csv'}?versionId="
        )
        again = ops.update_package_revision("a/b", metadata={"a": 1}, copy=mode)
        assert again.copied == 0


def test_a_workflow_refuses_before_anything_is_copied(
    registry: LocalRegistry, connect: Connect, s3: Any
) -> None:
    bucket = add_bucket(
        registry,
        workflows={
            "version": "1",
            "workflows": {"alpha": {"name": "A", "is_message_required": True}},
            "default_workflow": "alpha",
        },
    )
    ops = connect(add_user(registry, writes=[bucket]).name, registry=f"s3://{bucket}")
    s3.put_object(Bucket=bucket, Key="k", Body=b"x")

    with pytest.raises(ValidationError, match="message"):
        ops.create_package_revision("a/b", [f"s3://{bucket}/k"], message=None, copy=True)

    keys = {item["Key"] for item in s3.list_objects_v2(Bucket=bucket)["Contents"]}
    assert keys == {"k", ".quilt/workflows/config.yml"}
    made = ops.create_package_revision("a/b", [f"s3://{bucket}/k"], message="m")
    assert ops.get_package_info("a/b").workflow == "alpha"
    stored = s3.get_object(Bucket=bucket, Key=f".quilt/packages/{made.top_hash}")["Body"].read()
    header = json.loads(stored.partition(b"\n")[0])
    assert header["workflow"]["config"].startswith(
        f"s3://{bucket}/.quilt/workflows/config.yml?versionId="
    )


def test_the_rights_of_the_user_apply(
    registry: LocalRegistry, connect: Connect, put: Put, s3: Any, bucket: str
) -> None:
    uri = put("k", b"x")
    reader = connect(add_user(registry, reads=[bucket]).name, registry=f"s3://{bucket}")
    stranger = connect(add_user(registry).name, registry=f"s3://{bucket}")

    with pytest.raises(PermissionDeniedError):
        reader.create_package_revision("a/b", [uri])
    for denied in (
        stranger.list_all_packages,
        lambda: stranger.get_package_info("a/b"),
        lambda: stranger.create_package_revision("a/b", [uri]),
    ):
        with pytest.raises(NotFoundError):
            denied()
    listed = s3.list_objects_v2(Bucket=bucket)["Contents"]
    assert [item["Key"] for item in listed] == ["k"]


def test_a_reader_may_not_delete(
    ops: QuiltOps, registry: LocalRegistry, connect: Connect, put: Put, bucket: str
) -> None:
    made = ops.create_package_revision("a/b", [put("k", b"x")])
    reader = connect(add_user(registry, reads=[bucket]).name, registry=f"s3://{bucket}")

    with pytest.raises(PermissionDeniedError):
        reader.delete_package("a/b", f"s3://{bucket}")
    assert ops.get_package_info("a/b").top_hash == made.top_hash


def test_an_object_that_may_not_be_read_is_a_permission_error(
    ops: QuiltOps, registry: LocalRegistry, put: Put, bucket: str, s3: Any
) -> None:
    secret = put("k", b"x", into=add_bucket(registry))

    with pytest.raises(PermissionDeniedError, match=secret):
        ops.create_package_revision("a/b", {"k": secret})
    assert "Contents" not in s3.list_objects_v2(Bucket=bucket)


def test_a_conflict_keeps_the_other_revision(
    ops: QuiltOps, connect: Connect, user: str, put: Put, bucket: str
) -> None:
    first = ops.create_package_revision("a/b", [put("k", b"x")])
    other = connect(user, "platform", registry=f"s3://{bucket}")
    uri, between = put("l", b"y"), []

    def interfere(_: Progress) -> None:
        if not between:
            between.append(other.update_package_revision("a/b", metadata={"by": "other"}))

    with pytest.raises(ConflictError) as caught:
        ops.update_package_revision("a/b", [uri], progress=interfere)
    assert caught.value.expected == first.top_hash
    assert caught.value.actual == between[0].top_hash
    assert ops.get_package_metadata("a/b") == {"by": "other"}


def test_after_a_lost_answer_to_the_last_step_the_outcome_is_looked_up(
    ops: QuiltOps, put: Put, registry: LocalRegistry
) -> None:
    made = ops.create_package_revision("a/b", [put("k", b"x")])
    registry.faults.replace(
        [FaultRule(kind="reset-after", side="s3", operation="PutObject", path="*/latest", count=9)]
    )

    update = ops.update_package_revision("a/b", metadata={"a": 1})

    assert update.previous_top_hash == made.top_hash
    registry.faults.replace(())
    assert ops.get_package_info("a/b").top_hash == update.top_hash
    assert len(ops.list_package_versions("a/b")) == 2


def test_a_truncated_manifest_is_never_taken_as_complete(
    ops: QuiltOps, put: Put, registry: LocalRegistry
) -> None:
    uri = put("k", b"x")
    ops.create_package_revision("a/b", {f"d/{n:05}.csv": uri for n in range(3000)})
    registry.faults.replace(
        [FaultRule(kind="truncate", side="s3", operation="GetObject", path="*packages/*", count=1)]
    )

    assert len(list(ops.browse_content("a/b", recursive=True))) == 3000


def test_unversioned_buckets_work(registry: LocalRegistry, connect: Connect, s3: Any) -> None:
    bucket = add_bucket(registry, versioning=False)
    ops = connect(add_user(registry, writes=[bucket]).name, registry=f"s3://{bucket}")
    s3.put_object(Bucket=bucket, Key="k", Body=b"x")

    ops.create_package_revision("a/b", [f"s3://{bucket}/k"])

    assert ops.browse_content("a/b")[0].physical_key == f"s3://{bucket}/k"
    ops.delete_package("a/b", f"s3://{bucket}")
    assert ops.list_all_packages() == []


def test_the_processs_own_aws_identity_is_used_only_when_asked_for(
    registry: LocalRegistry, bucket: str, put: Put, monkeypatch: pytest.MonkeyPatch
) -> None:
    import quilt_core

    keys = registry.credentials(add_user(registry, writes=[bucket]).name)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", keys.access_key)
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", keys.secret_key)
    monkeypatch.setenv("AWS_SESSION_TOKEN", keys.session_token)
    uri = put("k", b"x")

    with (
        quilt_core.connect("quilt3", registry=f"s3://{bucket}") as ops,
        pytest.raises(AuthenticationError, match="not logged in"),
    ):
        ops.create_package_revision("a/b", [uri])
    with quilt_core.connect("quilt3", registry=f"s3://{bucket}", aws_identity="ambient") as ops:
        ops.create_package_revision("a/b", [uri])
        assert ops.list_all_packages() == ["a/b"]
        assert ops.get_boto3_client("s3").head_object(Bucket=bucket, Key="k")


def test_no_revision_of_many_writers_is_lost(ops: QuiltOps, put: Put) -> None:
    uri = put("k", b"x")

    def write(number: int) -> str:
        made = ops.create_package_revision("a/b", [uri], {"number": number}, force=True)
        return made.top_hash

    with ThreadPoolExecutor(4) as pool:
        made = set(pool.map(write, range(4)))

    assert {version.top_hash for version in ops.list_package_versions("a/b")} == made
