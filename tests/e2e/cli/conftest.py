"""The installed `quiltops`, in processes of its own, against a local registry."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from local_registry.server import LocalRegistry
from local_registry.testing import add_bucket, add_user, shared_local_registry

__all__ = ["shared_local_registry"]

Ended = subprocess.CompletedProcess[str]


@pytest.fixture
def program() -> Path:
    return Path(sys.executable).with_name("quiltops")


@pytest.fixture
def bucket(shared_local_registry: LocalRegistry) -> str:
    return add_bucket(shared_local_registry)


@pytest.fixture
def environment(
    shared_local_registry: LocalRegistry, bucket: str, tmp_path: Path
) -> dict[str, str]:
    """What a shell would pass to `quiltops`."""
    user = add_user(shared_local_registry, writes=[bucket]).name
    return {
        **os.environ,
        **shared_local_registry.client_env(user, bucket=bucket),
        "QUILT_BACKEND": "platform",
        "QUILT_CORE_CONFIG": str(tmp_path / "config.toml"),
        "COLUMNS": "200",
    }


@pytest.fixture
def quiltops(program: Path, environment: dict[str, str]) -> Callable[..., Ended]:
    """Run `quiltops`; `stdin` comes from a pipe."""

    def run(*arguments: str, stdin: str = "", **extra: str) -> Ended:
        return subprocess.run(
            [program, *arguments],
            input=stdin,
            env={**environment, **extra},
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )

    return run


@pytest.fixture
def rows(quiltops: Callable[..., Ended]) -> Callable[..., list[object]]:
    """Run `quiltops … --json`, which must succeed; returns the lines that it prints."""

    def run(*arguments: str, stdin: str = "") -> list[object]:
        ended = quiltops(*arguments, "--json", stdin=stdin)
        assert ended.returncode == 0, ended.stderr
        return [json.loads(line) for line in ended.stdout.splitlines()]

    return run
