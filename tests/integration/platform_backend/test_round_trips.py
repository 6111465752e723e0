"""The number of requests that each operation makes, as the registry counts them."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from typing import Any

import pytest
from local_registry.server import LocalRegistry
from local_registry.testing import RequestCount, add_bucket, add_user

from quilt_core import QuiltOps


@pytest.fixture
def package(long_ago: None, ops: QuiltOps, put: Callable[..., str]) -> str:
    uris = [put(f"data/{number}.csv", b"x" * number) for number in range(5)]
    return ops.create_package_revision("a/b", uris, {"k": 1}).top_hash


def test_reads(ops: QuiltOps, package: str, counted: Any, put: Callable[..., str]) -> None:
    second = ops.update_package_revision("a/b", [put("new.csv")]).top_hash
    for call in (
        ops.get_auth_status,
        lambda: ops.get_package_info("a/b"),
        lambda: ops.get_package_info("a/b", top_hash=package),
        lambda: ops.browse_content("a/b"),
        lambda: ops.browse_content("a/b", path="data"),
        lambda: ops.browse_content("a/b", path="data/1.csv"),
        lambda: list(ops.browse_content("a/b", recursive=True)),
        lambda: ops.get_package_metadata("a/b"),
        lambda: ops.diff_packages("a/b", "a/b", package1_hash=package, package2_hash=second),
        lambda: ops.list_package_versions("a/b"),
        ops.search_packages,
        ops.list_buckets,
        ops.list_all_packages,
    ):
        counted.start()
        call()
        assert len(counted.operations()) == 1, counted.operations()
        assert not counted.operations("s3")


def test_content_url_asks_for_credentials_once(ops: QuiltOps, package: str, counted: Any) -> None:
    counted.start()
    ops.get_content_url("a/b", path="data/1.csv")
    assert len(counted.operations("registry")) == 2
    counted.start()
    ops.get_content_url("a/b", path="data/2.csv")
    assert len(counted.operations()) == 1
    assert not counted.operations("s3")


def test_writes(ops: QuiltOps, package: str, counted: Any, put: Callable[..., str]) -> None:
    uri = put("new.csv")
    counted.start()
    ops.update_package_revision("a/b", [uri])
    assert counted.operations("registry")[:2] == ["packageToUpdate", "packageConstruct"]
    # A read of the manifest's directories; the credentials for it are requested once.
    assert counted.operations()[2:] == ["/api/auth/get_credentials", "GetObject"]
    counted.start()
    ops.update_package_revision("a/b", remove=["new.csv"])
    assert counted.operations() == ["packageToUpdate", "packageConstruct", "GetObject"]
    counted.start()
    ops.create_package_revision("c/d", [uri])
    assert counted.operations() == ["packageState", "packageConstruct"]
    counted.start()
    assert len(ops.delete_package("a/b").deleted) == 3
    assert counted.operations() == ["listVersions", "packageDelete"]


@pytest.mark.usefixtures("long_ago")
def test_an_update_that_copies_checks_again(
    ops: QuiltOps, counted: Any, put: Callable[..., str]
) -> None:
    uri = put("new.csv")
    ops.create_package_revision("a/b", [uri])
    counted.start()
    ops.update_package_revision("a/b", [uri], copy="all")
    asked = [one for one in counted.operations("registry") if one.startswith("package")]
    assert asked == ["packageToUpdate", "packageState", "packageConstruct"]


def test_an_update_in_the_second_of_the_latest_revision_waits_and_checks_again(
    ops: QuiltOps, counted: Any, put: Callable[..., str], ahead: list[float]
) -> None:
    uri = put("new.csv")
    ahead[0] = math.ceil(time.time()) - time.time()  # the second has just begun
    ops.create_package_revision("a/b", [uri])
    counted.start()
    ops.update_package_revision("a/b", metadata={"k": 1})
    asked = [one for one in counted.operations("registry") if one.startswith("package")]
    assert asked == ["packageToUpdate", "packageState", "packageConstruct"]


def test_a_promotion(
    registry: LocalRegistry, connect: Any, bucket: str, put: Callable[..., str]
) -> None:
    target = add_bucket(registry)
    user = add_user(registry, writes=[bucket, target]).name
    ops = connect(user, registry=f"s3://{bucket}")
    ops.create_package_revision("a/b", [put("a.csv")])
    counted = RequestCount(registry, user)
    ops.promote_package("a/b", destination=f"s3://{target}", copy="none")
    asked = [one for one in counted.operations("registry") if one.startswith("package")]
    assert asked == ["packageToPromote", "packageState", "packageConstruct"]


def test_pages(connect: Any, user: str, bucket: str, put: Callable[..., str], counted: Any) -> None:
    ops = connect(user, registry=f"s3://{bucket}", page_size=4)
    uri = put("one.csv")
    names = [f"n/p{number:02}" for number in range(10)]
    for name in names:
        ops.create_package_revision(name, [uri])
    counted.start()
    assert ops.list_all_packages() == names
    assert len(counted.operations()) <= 4
    counted.start()
    assert len(ops.search_packages()) == 10
    assert len(counted.operations()) == 3
