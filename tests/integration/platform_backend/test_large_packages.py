"""Packages with more entries than the registry returns in one answer."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from local_registry.config import Limits, RegistryConfig
from local_registry.faults import FaultRule
from local_registry.server import LocalRegistry
from local_registry.testing import add_bucket, add_user
from platform_backend.packages import comparison, entries

import quilt_core
from quilt_core import AuthenticationError, QuiltOps

COUNT = 40


@pytest.fixture(scope="module")
def small_answers() -> Iterator[LocalRegistry]:
    """A registry that returns at most ten entries in a flat map, as if ten were 10,000."""
    config = RegistryConfig(seed="none", control=True, limits=Limits(flat_map_entries=10))
    with LocalRegistry(config) as registry:
        yield registry


@pytest.fixture
def ops(small_answers: LocalRegistry, monkeypatch: pytest.MonkeyPatch) -> Iterator[QuiltOps]:
    monkeypatch.setenv("AWS_ENDPOINT_URL_S3", small_answers.endpoints.s3_endpoint)
    bucket = add_bucket(small_answers)
    user = add_user(small_answers, writes=[bucket]).name
    small_answers.s3_client().put_object(Bucket=bucket, Key="o", Body=b"x")
    settings: dict[str, Any] = {
        "registry": f"s3://{bucket}",
        "registry_url": small_answers.endpoints.registry_url,
        "token": small_answers.token(user),
    }
    with quilt_core.connect("platform", **settings) as connected:
        uris = {f"d{number % 3}/{number:03}.csv": f"s3://{bucket}/o" for number in range(COUNT)}
        connected.create_package_revision("a/b", uris)
        yield connected


def test_nothing_is_lost_on_the_way(ops: QuiltOps) -> None:
    bucket = str(ops.settings.registry)
    before = list(ops.browse_content("a/b", recursive=True))
    assert len(before) == COUNT
    assert [item.path for item in before] == sorted(item.path for item in before)
    first = ops.get_package_info("a/b").top_hash
    ops.update_package_revision(
        "a/b", {"d0/000.csv": f"{bucket}/o"}, metadata={"x": 1}, remove=["d1"]
    )
    after = list(ops.browse_content("a/b", recursive=True))
    gone = {item.path for item in before if item.path.startswith("d1/")}
    assert {item.path for item in after} == {item.path for item in before} - gone
    difference = ops.diff_packages("a/b", "a/b", package1_hash=first)
    assert set(difference.deleted) == gone
    assert (difference.added, difference.modified) == ((), ())


def test_below_a_path(ops: QuiltOps) -> None:
    assert len(list(ops.browse_content("a/b", path="d2", recursive=True))) == COUNT // 3
    with pytest.raises(quilt_core.NotFoundError):
        list(ops.browse_content("a/b", path="d9", recursive=True))


@pytest.fixture
def large(
    ops: QuiltOps, small_answers: LocalRegistry, monkeypatch: pytest.MonkeyPatch
) -> Iterator[QuiltOps]:
    """A package with more entries than are requested at once if the manifest can be read."""
    for module in (entries, comparison):
        monkeypatch.setattr(module, "FIRST_MAX", 5)
        monkeypatch.setattr(module, "LARGEST_MAX", 8)
    bucket = str(ops.settings.registry)
    ops.create_package_revision("few/c", {f"{n}.csv": f"{bucket}/o" for n in range(7)})
    ops.create_package_revision("few/d", {f"{n}.csv": f"{bucket}/o" for n in range(9)})
    small_answers.log.clear()
    yield ops
    small_answers.faults.replace(())


def operations(registry: LocalRegistry) -> list[str]:
    return [request.operation for request in registry.log.requests()]


def test_a_few_more_entries_are_requested(large: QuiltOps, small_answers: LocalRegistry) -> None:
    assert len(list(large.browse_content("few/c", recursive=True))) == 7
    assert operations(small_answers) == ["packageEntries", "packageEntries"]


def test_many_entries_are_read_from_the_manifest(
    large: QuiltOps, small_answers: LocalRegistry
) -> None:
    credentials = "/api/auth/get_credentials"
    assert len(list(large.browse_content("few/d", recursive=True))) == 9
    assert operations(small_answers) == ["packageEntries", credentials, "GetObject"]
    small_answers.log.clear()
    assert large.diff_packages("few/c", "few/d").added == ("7.csv", "8.csv")
    assert operations(small_answers) == ["diffPackages", "GetObject", "GetObject"]


def test_all_entries_are_requested_if_the_manifest_may_not_be_read(
    large: QuiltOps, small_answers: LocalRegistry
) -> None:
    refused = FaultRule(kind="status", status=403, operation="/api/auth/get_credentials")
    small_answers.faults.replace([refused])
    assert len(list(large.browse_content("few/d", recursive=True))) == 9
    assert large.diff_packages("few/c", "few/d").added == ("7.csv", "8.csv")
    assert operations(small_answers).count("packageEntries") == 2
    assert operations(small_answers).count("diffPackages") == 2
    with pytest.raises(AuthenticationError, match="credentials"):
        list(large.browse_content("a/b", recursive=True))
