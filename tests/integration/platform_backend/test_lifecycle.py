"""Roles, rollback, promotion and deletion with a registry: the requests, and whose rights."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from local_registry.faults import FaultRule
from local_registry.server import LocalRegistry
from local_registry.testing import add_bucket, add_user

import quilt_core
from quilt_core import NotSupportedError, PermissionDeniedError, QuiltOps


def asked(registry: LocalRegistry, call: Callable[[], object]) -> list[str]:
    """The requests of a call to the registry and to S3."""
    before = len(registry.log.requests())
    call()
    return [
        one.operation or f"{one.method} {one.target.partition('?')[0]}"
        for one in registry.log.requests()[before:]
    ]


@pytest.mark.parametrize("backend", ["platform", "quilt3"])
def test_a_switched_role_has_credentials_of_its_own(
    registry: LocalRegistry, bucket: str, backend: str
) -> None:
    user = add_user(registry, writes=[bucket], extra_roles=[f"Nothing-{backend}"])
    role = f"Role-{user.name}"
    with quilt_core.connect(
        backend,
        registry=f"s3://{bucket}",
        registry_url=registry.endpoints.registry_url,
        region="us-east-1",
        token=registry.token(user.name),
    ) as ops:
        ops.get_boto3_client("s3").put_object(Bucket=bucket, Key="o", Body=b"x")
        assert ops.switch_role(f"Nothing-{backend}").role == f"Nothing-{backend}"
        s3 = ops.get_boto3_client("s3")
        with pytest.raises(s3.exceptions.ClientError):
            s3.put_object(Bucket=bucket, Key="o", Body=b"x")
        assert ops.switch_role(role).role == role
        ops.get_boto3_client("s3").put_object(Bucket=bucket, Key="o", Body=b"x")


def test_a_package_is_deleted_with_two_requests(
    registry: LocalRegistry, ops: QuiltOps, bucket: str, put: Callable[..., str]
) -> None:
    ops.create_package_revision("a/b", [put("a.csv")])
    ops.update_package_revision("a/b", metadata={"n": 1})
    assert asked(registry, lambda: ops.delete_package("a/b")) == [
        "listVersions",
        "packageDelete",
    ]
    assert ops.list_all_packages() == []


def test_a_deletion_whose_answer_is_lost_is_reported_as_done(
    registry: LocalRegistry, ops: QuiltOps, put: Callable[..., str]
) -> None:
    first = ops.create_package_revision("a/b", [put("a.csv")]).top_hash
    registry.faults.replace([FaultRule(kind="reset-after", operation="packageDelete")])
    assert ops.delete_package("a/b").deleted == (first,)


def test_a_rollback_whose_answer_is_lost_is_reported_as_done(
    registry: LocalRegistry, ops: QuiltOps, bucket: str, put: Callable[..., str]
) -> None:
    first = ops.create_package_revision("a/b", [put("a.csv")]).top_hash
    ops.update_package_revision("a/b", metadata={"n": 1})
    second = ops.get_package_info("a/b").top_hash
    ops.list_workflows()  # so that there are AWS credentials
    assert asked(registry, lambda: ops.rollback_package("a/b", top_hash=first)) == [
        "packageInfo",
        "ListObjectsV2",
        "GetObject",
        "PutObject",
    ]
    registry.faults.replace([FaultRule(kind="reset-after", operation="PutObject", count=1)])
    assert ops.rollback_package("a/b", top_hash=second).previous_top_hash == first
    assert ops.get_package_info("a/b").top_hash == second


def test_a_promotion_without_the_right_to_write_copies_nothing(
    registry: LocalRegistry, connect: Any, bucket: str, put: Callable[..., str]
) -> None:
    other = add_bucket(registry)
    user = add_user(registry, writes=[bucket], reads=[other])
    ops = connect(user.name, registry=f"s3://{bucket}")
    ops.create_package_revision("a/b", [put("a.csv")])
    with pytest.raises(PermissionDeniedError) as caught:
        ops.promote_package("a/b", destination=f"s3://{other}")
    assert caught.value.context["outcome"] == "not_written"
    assert registry.s3_client().list_objects_v2(Bucket=other)["KeyCount"] == 0


def test_without_a_catalog_there_is_no_link(ops: QuiltOps) -> None:
    with pytest.raises(NotSupportedError, match="no catalog is configured"):
        ops.get_catalog_link("a/b")
