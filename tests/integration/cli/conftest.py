"""`quiltops` in this process, against a local registry."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest
from local_registry.server import LocalRegistry
from local_registry.testing import add_bucket, add_user, shared_local_registry

from ...command_line import Ended, good, run_command  # type: ignore[import-not-found]

__all__ = ["good", "shared_local_registry"]


@pytest.fixture
def bucket(shared_local_registry: LocalRegistry) -> str:
    return add_bucket(shared_local_registry)


@pytest.fixture
def user(shared_local_registry: LocalRegistry, bucket: str) -> str:
    """An administrator who writes to the bucket and another one, and has a second role."""
    second = add_bucket(shared_local_registry, f"{bucket}-second")
    return add_user(
        shared_local_registry, writes=[bucket, second], extra_roles=["DemoReader"], admin=True
    ).name


@pytest.fixture(params=["platform"])
def environment(
    request: pytest.FixtureRequest,
    shared_local_registry: LocalRegistry,
    bucket: str,
    user: str,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    for name, text in shared_local_registry.client_env(user, bucket=bucket).items():
        monkeypatch.setenv(name, text)
    monkeypatch.setenv("QUILT_BACKEND", request.param)
    monkeypatch.setenv("QUILT_CORE_TRACE", "1")
    monkeypatch.setenv("QUILT_CORE_CONFIG", str(tmp_path / "config.toml"))
    monkeypatch.setenv("NO_COLOR", "1")
    monkeypatch.setenv("COLUMNS", "200")


@pytest.fixture
def cli(
    environment: None, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> Callable[..., Ended]:
    """Runs a command on the registry, like `run_command`."""
    return partial(run_command, capsys, monkeypatch)


@pytest.fixture
def put(shared_local_registry: LocalRegistry, bucket: str) -> Callable[..., str]:
    """Puts an object into the bucket; returns its URI."""

    def make(key: str, body: str = "content") -> str:
        shared_local_registry.s3_client().put_object(Bucket=bucket, Key=key, Body=body.encode())
        return f"s3://{bucket}/{key}"

    return make
