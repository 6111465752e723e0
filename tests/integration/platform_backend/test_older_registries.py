"""Every schema that registries in use have: the same answers, whatever the schema lacks."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from local_registry.config import SCHEMA_VERSIONS, RegistryConfig
from local_registry.server import LocalRegistry
from local_registry.testing import add_bucket, add_user

import quilt_core
from quilt_core import BucketSettings, NotSupportedError, QuiltOps

TABLE = """schema:
- name: island
  type: STRING
source:
  type: quilt-packages
  package_name: ^a/b$
  logical_key: data/.*[.]csv$
parser:
  format: csv
  header: true
"""


@pytest.fixture(scope="module", params=SCHEMA_VERSIONS)
def old_registry(request: pytest.FixtureRequest) -> Iterator[LocalRegistry]:
    with LocalRegistry(RegistryConfig(seed="demo", control=True, schema=request.param)) as one:
        yield one


@pytest.fixture
def bucket(old_registry: LocalRegistry) -> str:
    return add_bucket(old_registry)


@pytest.fixture
def connect(old_registry: LocalRegistry, monkeypatch: pytest.MonkeyPatch, bucket: str) -> Any:
    monkeypatch.setenv("AWS_ENDPOINT_URL_S3", old_registry.endpoints.s3_endpoint)

    def make(user: str) -> QuiltOps:
        return quilt_core.connect(
            "platform",
            registry=f"s3://{bucket}",
            registry_url=old_registry.endpoints.registry_url,
            token=old_registry.token(user),
        )

    return make


def test_packages(old_registry: LocalRegistry, connect: Any, bucket: str) -> None:
    ops = connect(add_user(old_registry, writes=[bucket]).name)
    old_registry.s3_client().put_object(Bucket=bucket, Key="o", Body=b"x")
    for name in ("b/b", "a/a", "c/c"):
        ops.create_package_revision(name, [f"s3://{bucket}/o"], {"n": name})
    first = ops.get_package_info("a/a")
    second = ops.update_package_revision("a/a", metadata={"extra": True})
    assert [item.path for item in ops.browse_content("a/a")] == ["o"]
    assert ops.diff_packages("a/a", "a/a", package1_hash=first.top_hash).is_empty
    assert [one.name for one in ops.search_packages(order="name")] == ["a/a", "b/b", "c/c"]
    latest = {one.name: one.top_hash for one in ops.search_packages()}
    assert latest["a/a"] == second.top_hash
    found = ops.search_packages(latest_only=False)
    assert sum(one.name == "a/a" for one in found) == 2
    (only,) = (one for one in ops.search_packages() if one.name == "a/a")
    assert only.metadata == {"n": "a/a", "extra": True}
    assert bucket in [one.name for one in ops.list_buckets()]
    assert ops.delete_package("a/a").is_complete


def test_tabulator(old_registry: LocalRegistry, connect: Any, bucket: str) -> None:
    ops = connect("admin")
    created = ops.create_tabulator_table(bucket, "islands", TABLE)
    assert ops.rename_tabulator_table(bucket, "islands", "isles").config == created.config
    assert ops.delete_tabulator_table(bucket, "isles").name == "isles"


def test_newer_features_are_refused_by_name(
    old_registry: LocalRegistry, connect: Any, bucket: str
) -> None:
    ops = connect("admin")
    state = old_registry.config.schema
    if state < "2026-01":
        with pytest.raises(NotSupportedError, match="2026-01"):
            ops.list_api_keys()
        with pytest.raises(NotSupportedError, match="prefixes"):
            ops.admin.update_bucket(bucket, BucketSettings(title="x", prefixes=("p/",)))
    else:
        assert ops.list_api_keys() is not None
    assert ops.admin.update_bucket(bucket, BucketSettings(title="New")).title == "New"
    if state < "2025-02":
        with pytest.raises(NotSupportedError, match="2025-02"):
            ops.get_open_query_status()
    else:
        assert ops.get_open_query_status().enabled is False
