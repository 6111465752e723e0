"""A local registry, a clean environment, and the results of calling all tools once."""

from __future__ import annotations

import importlib.util
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from local_registry import LocalRegistry
from local_registry.testing import add_bucket, add_user, local_registry
from quilt_mcp.config import get_mode_config, reset_mode_config
from quilt_mcp.context.runtime_context import clear_runtime_auth

__all__ = ["local_registry"]

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture(autouse=True)
def _clean(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[None]:
    """No settings, logins or AWS identity of the user who runs the tests."""
    for name in list(os.environ):
        if name.startswith(("QUILT_", "MCP_", "AWS_", "FASTMCP_")):
            monkeypatch.delenv(name)
    for name in ("HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_CACHE_HOME"):
        monkeypatch.setenv(name, str(tmp_path))
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "keyring.backends.fail.Keyring")
    yield
    reset_mode_config()
    clear_runtime_auth()


@pytest.fixture
def enter(local_registry: LocalRegistry, monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """A function that makes this process a client of the registry, as a user, in a deployment."""

    def as_user(user: str, deployment: str = "local") -> None:
        for name, value in client_env(local_registry, user).items():
            monkeypatch.setenv(name, value)
        get_mode_config(deployment_mode=deployment)

    return as_user


def client_env(registry: LocalRegistry, user: str) -> dict[str, str]:
    """The environment variables of a client process without an AWS identity of its own."""
    env = registry.client_env(user)
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"):
        env.pop(name)
    return env


@pytest.fixture
def people(local_registry: LocalRegistry) -> dict[str, str]:
    """Two users by name, each with a bucket that the other cannot see."""
    buckets = {name: add_bucket(local_registry, f"{name}-bucket") for name in ("ann", "bob")}
    for name, bucket in buckets.items():
        add_user(local_registry, name, writes=[bucket])
        local_registry.s3_client(name).put_object(Bucket=bucket, Key="own.txt", Body=name.encode())
    return buckets


@pytest.fixture(scope="session")
def generator() -> ModuleType:
    """The script that calls the tools in all configurations and writes the page."""
    path = ROOT / "docs" / "generate_quilt_mcp.py"
    spec = importlib.util.spec_from_file_location("generate_quilt_mcp", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="session")
def results(generator: ModuleType) -> Callable[[str], list[dict[str, Any]]]:
    """A function that returns the results of all calls in one configuration; each runs once."""
    known: dict[str, list[dict[str, Any]]] = {}

    def of(configuration: str) -> list[dict[str, Any]]:
        if configuration not in known:
            known[configuration] = generator.run(configuration)
        return known[configuration]

    return of
