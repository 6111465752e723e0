"""Packages with more entries than the registry gives in one answer."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from local_registry.config import Limits, RegistryConfig
from local_registry.server import LocalRegistry
from local_registry.testing import add_bucket, add_user

import quilt_core
from quilt_core import QuiltOps

COUNT = 40


@pytest.fixture(scope="module")
def small_answers() -> Iterator[LocalRegistry]:
    """A registry that gives ten entries at most in a flat map, as if that were 10,000."""
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
