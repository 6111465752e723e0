"""A proxy's page with status 200 is never taken for an answer from S3."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from local_registry.faults import FaultRule
from local_registry.server import LocalRegistry
from local_registry.testing import add_bucket, add_user

import quilt_core
from quilt_core import BackendError, NotFoundError, QuiltOps, TransportError

CALLS: dict[str, Callable[[QuiltOps, str], Any]] = {
    "ListObjectsV2": lambda ops, _: ops.list_package_versions("team/data"),
    "GetObject": lambda ops, _: ops.get_package_info("team/data").total_entries,
    "HeadObject": lambda ops, uri: ops.create_package_revision("team/head", {"a": uri}).added,
    "PutObject": lambda ops, uri: ops.create_package_revision("team/put", {"a": uri}).added,
    "CopyObject": lambda ops, uri: (
        ops.create_package_revision("team/copy", {"a": uri}, copy="all").copied
    ),
    "DeleteObjects": lambda ops, _: len(ops.delete_package("team/data").deleted),
}


@pytest.fixture
def bucket(shared_local_registry: LocalRegistry, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    monkeypatch.setenv("AWS_ENDPOINT_URL_S3", shared_local_registry.endpoints.s3_endpoint)
    bucket = add_bucket(shared_local_registry)
    shared_local_registry.context.s3.put_object(Bucket=bucket, Key="a", Body=b"content")
    yield bucket
    shared_local_registry.faults.replace(())


@pytest.fixture
def ops(shared_local_registry: LocalRegistry, bucket: str, impatient: None) -> Iterator[QuiltOps]:
    user = add_user(shared_local_registry, writes=[bucket]).name
    with quilt_core.connect(
        "quilt3",
        registry=f"s3://{bucket}",
        registry_url=shared_local_registry.endpoints.registry_url,
        token=shared_local_registry.token(user),
        use_quilt3_login=False,
    ) as connected:
        connected.create_package_revision("team/data", {"a": f"s3://{bucket}/a"})
        yield connected


@pytest.mark.parametrize("operation", CALLS)
def test_a_single_page_is_overcome_by_asking_again(
    ops: QuiltOps, shared_local_registry: LocalRegistry, bucket: str, operation: str
) -> None:
    rule = FaultRule(kind="html", side="s3", operation=operation, count=1)
    shared_local_registry.faults.replace([rule])
    assert CALLS[operation](ops, f"s3://{bucket}/a")
    assert shared_local_registry.faults.counts()[0][2] == 1


@pytest.mark.parametrize("operation", [one for one in CALLS if one != "DeleteObjects"])
def test_repeated_pages_are_an_error(
    ops: QuiltOps, shared_local_registry: LocalRegistry, bucket: str, operation: str
) -> None:
    rule = FaultRule(kind="html", side="s3", operation=operation)
    shared_local_registry.faults.replace([rule])
    with pytest.raises(TransportError, match="did not come from S3"):
        CALLS[operation](ops, f"s3://{bucket}/a")


def test_a_deletion_whose_answers_are_pages_is_checked(
    ops: QuiltOps, shared_local_registry: LocalRegistry, bucket: str
) -> None:
    """The local registry deletes, only the answer is lost: what is gone is reported as deleted."""
    rule = FaultRule(kind="html", side="s3", operation="DeleteObjects")
    shared_local_registry.faults.replace([rule])
    assert len(ops.delete_package("team/data").deleted) == 1
    assert shared_local_registry.faults.counts()[0][2] > 1
    shared_local_registry.faults.replace(())
    with pytest.raises(NotFoundError):
        ops.get_package_info("team/data")


def test_a_pointer_whose_answer_was_lost_is_no_second_revision(
    ops: QuiltOps, shared_local_registry: LocalRegistry, bucket: str
) -> None:
    for number, kind in enumerate(("html", "reset-after")):
        rule = FaultRule(kind=kind, side="s3", operation="PutObject", count=1, path="*/team/once*")
        shared_local_registry.faults.replace([rule])
        made = ops.create_package_revision(f"team/once{number}", {"a": f"s3://{bucket}/a"})
        shared_local_registry.faults.replace(())
        (version,) = ops.list_package_versions(f"team/once{number}")
        assert version.top_hash == made.top_hash


@pytest.mark.parametrize("kind", ["expired-token", "status", "reset-before"])
def test_a_revision_that_latest_does_not_name_is_not_reported_as_failed(
    ops: QuiltOps, shared_local_registry: LocalRegistry, bucket: str, kind: Any
) -> None:
    rule = FaultRule(kind=kind, side="s3", operation="PutObject", path="*/latest")
    shared_local_registry.faults.replace([rule])
    with pytest.raises(BackendError, match="was published") as caught:
        ops.create_package_revision("team/half", {"a": f"s3://{bucket}/a"})
    shared_local_registry.faults.replace(())
    assert caught.value.context["outcome"] == "unknown"
    (version,) = ops.list_package_versions("team/half")
    assert version.top_hash == caught.value.context["top_hash"]
