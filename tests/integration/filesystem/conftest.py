"""A package in a local registry, read through either backend, with its requests counted."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Any

import pandas
import pytest
from local_registry.server import LocalRegistry
from local_registry.testing import add_bucket, add_user, shared_local_registry

import quilt_core
from quilt_core import QuiltOps
from quilt_core.filesystem import QuiltFileSystem

__all__ = ["shared_local_registry"]

TABLE = pandas.DataFrame({"island": ["Biscoe", "Dream", "Biscoe"], "grams": [3750, 3800, 3250]})
ODD = "odd/\u00fc &#%25+*[1] ?.csv"


def parquet(table: pandas.DataFrame) -> bytes:
    """A table as a Parquet file."""
    sink = io.BytesIO()
    table.to_parquet(sink)
    return sink.getvalue()


FILES: dict[str, bytes] = {
    "a.csv": TABLE.to_csv(index=False).encode(),
    "parts/1.csv": TABLE[:2].to_csv(index=False).encode(),
    "parts/2.csv": TABLE[2:].to_csv(index=False).encode(),
    "tables/island=Biscoe/t.parquet": parquet(TABLE[["grams"]][::2]),
    "tables/island=Dream/t.parquet": parquet(TABLE[["grams"]][1:2]),
    ODD: TABLE.to_csv(index=False).encode(),
    "wrong [1].csv": b"x\n1\n",
    "wrong 1.csv": b"y\n2\n",
    "empty.csv": b"",
}


class Requests:
    """The requests since the last check, without those for an identity's AWS credentials."""

    def __init__(self, registry: LocalRegistry) -> None:
        self._registry = registry
        self.start()

    def start(self) -> None:
        """Start counting here."""
        self._seen = len(list(self._registry.log.requests()))

    def operations(self) -> list[str]:
        """The operations since then, in order."""
        found = list(self._registry.log.requests())[self._seen :]
        names = [one.operation or one.method for one in found]
        return [name for name in names if "get_credentials" not in name]


@pytest.fixture
def registry(
    shared_local_registry: LocalRegistry, monkeypatch: pytest.MonkeyPatch
) -> LocalRegistry:
    monkeypatch.setenv("AWS_ENDPOINT_URL_S3", shared_local_registry.endpoints.s3_endpoint)
    return shared_local_registry


@pytest.fixture
def bucket(registry: LocalRegistry) -> str:
    return add_bucket(registry)


@pytest.fixture(params=["platform", "quilt3"])
def options(registry: LocalRegistry, bucket: str, request: Any) -> dict[str, Any]:
    """What pandas takes as `storage_options`."""
    user = add_user(registry, writes=[bucket])
    return {
        "backend": request.param,
        "registry_url": registry.endpoints.registry_url,
        "region": "us-east-1",
        "token": registry.token(user.name),
        "use_quilt3_login": False,
    }


@pytest.fixture
def ops(options: dict[str, Any], bucket: str) -> Iterator[QuiltOps]:
    with quilt_core.connect(registry=f"s3://{bucket}", **options) as ops:
        ops.push_package("team/data", FILES)
        yield ops


@pytest.fixture
def uri(ops: QuiltOps, bucket: str) -> str:
    """The package's URI, with the revision's top hash."""
    top_hash = ops.get_package_info("team/data").top_hash
    return f"quilt+s3://{bucket}#package=team/data@{top_hash}"


@pytest.fixture
def fs(ops: QuiltOps) -> Iterator[QuiltFileSystem]:
    yield QuiltFileSystem(ops=ops)
    QuiltFileSystem.clear_instance_cache()


@pytest.fixture
def requests(registry: LocalRegistry) -> Requests:
    return Requests(registry)
