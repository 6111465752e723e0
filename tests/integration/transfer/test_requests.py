"""The requests that transfers make, with either engine: figures that no busy machine changes."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from local_registry.server import LocalRegistry
from local_registry.testing import (
    add_bucket,
    add_user,
    shared_local_registry,  # noqa: F401 - a fixture
)

import quilt_core
from quilt_core import QuiltOps

NAME = "team/data"
COUNT = 30
CHUNK = 8 << 20


@pytest.fixture
def registry(
    shared_local_registry: LocalRegistry,  # noqa: F811 - the fixture
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> LocalRegistry:
    monkeypatch.setenv("AWS_ENDPOINT_URL_S3", shared_local_registry.endpoints.s3_endpoint)
    monkeypatch.setenv("QUILT_CORE_CACHE_DIR", str(tmp_path / "records"))
    return shared_local_registry


@pytest.fixture
def bucket(registry: LocalRegistry) -> str:
    return add_bucket(registry)


CONNECTIONS = [(one, engine) for one in ("platform", "quilt3") for engine in ("boto3", "auto")]


@pytest.fixture(params=CONNECTIONS, ids="-".join)
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
        yield ops


class Requests:
    """The requests for the objects of one package."""

    def __init__(self, registry: LocalRegistry, bucket: str) -> None:
        self._log = registry.log
        self._prefix = f"{bucket}/{NAME}/"
        self._start = 0

    def since(self) -> list[str]:
        """Their methods since the last time."""
        found = [one.method for one in self._log.requests() if self._prefix in one.target]
        self._start, fresh = len(found), found[self._start :]
        return fresh


def fill(folder: Path) -> Path:
    for number in range(COUNT):
        path = folder / f"d{number % 3}" / f"{number:03}.bin"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(os.urandom(4096))
    return folder


def test_small_files_cost_one_request_each_and_none_if_they_are_already_stored(
    ops: QuiltOps, registry: LocalRegistry, bucket: str, tmp_path: Path
) -> None:
    folder = fill(tmp_path / "source")
    requests = Requests(registry, bucket)
    requests.since()
    ops.push_package(NAME, folder)
    assert requests.since() == ["PUT"] * COUNT
    (folder / "d0" / "000.bin").rename(folder / "moved.bin")
    assert ops.push_package(NAME, folder, message="again").uploads == 0
    assert requests.since() == []
    ops.download_package(NAME, tmp_path / "target")
    assert requests.since() == ["GET"] * COUNT
    ops.download_package(NAME, tmp_path / "target")
    ops.verify_package(NAME, tmp_path / "target")
    assert requests.since() == []
    assert ops.read_content(NAME, "moved.bin") == (folder / "moved.bin").read_bytes()
    assert requests.since() == ["GET"]


def test_a_large_file_costs_one_request_per_part_to_upload_and_one_to_download(
    ops: QuiltOps, registry: LocalRegistry, bucket: str, tmp_path: Path
) -> None:
    path = tmp_path / "source" / "large.bin"
    path.parent.mkdir()
    path.write_bytes(b"x" * (2 * CHUNK + 5))
    requests = Requests(registry, bucket)
    requests.since()
    ops.push_package(NAME, path.parent)
    assert sorted(requests.since()) == ["POST"] * 2 + ["PUT"] * 3
    ops.download_package(NAME, tmp_path / "target")
    assert requests.since() == ["GET"]


def test_a_push_reads_the_configuration_of_workflows_once(
    ops: QuiltOps, registry: LocalRegistry, bucket: str, tmp_path: Path
) -> None:
    def asked() -> int:
        return sum("workflows/config.yml" in one.target for one in registry.log.requests())

    folder = fill(tmp_path / "source")
    before = asked()
    ops.push_package(NAME, folder)
    assert asked() - before == 1
    ops.push_package(NAME, folder, message="nothing is uploaded")
    # The quilt3 backend validates the revision itself; a registry does so on its own.
    assert asked() - before == (2 if ops.backend_name == "quilt3" else 1)
