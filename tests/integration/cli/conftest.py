"""`quiltops` in this process, against a local registry."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import attrs
import pytest
from local_registry.server import LocalRegistry
from local_registry.testing import add_bucket, add_user, shared_local_registry

from quilt_core.cli.main import run

__all__ = ["shared_local_registry"]

_TRACE = re.compile(r"^quilt_core: (\w+)\(", re.MULTILINE)


@attrs.frozen
class Ended:
    """A command that ended."""

    code: int
    out: str
    err: str

    @property
    def operations(self) -> list[str]:
        """The operations that it called, in order."""
        return _TRACE.findall(self.err)

    @property
    def rows(self) -> list[Any]:
        """What it printed with --json, a line each."""
        return [json.loads(line) for line in self.out.splitlines()]

    @property
    def row(self) -> Any:
        """The one object that it printed with --json."""
        [row] = self.rows
        return row


class Typed(io.TextIOWrapper):
    """Standard input that is a terminal."""

    def isatty(self) -> bool:
        return True


@pytest.fixture
def bucket(shared_local_registry: LocalRegistry) -> str:
    return add_bucket(shared_local_registry)


@pytest.fixture
def user(shared_local_registry: LocalRegistry, bucket: str) -> str:
    """An administrator who writes the bucket and another one, and has a second role."""
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
    """Runs a command; `stdin` is what it reads, from a pipe or as typed at a `terminal`."""

    def call(*arguments: str, stdin: str = "", terminal: bool = False) -> Ended:
        typed = Typed if terminal else io.TextIOWrapper
        monkeypatch.setattr("sys.stdin", typed(io.BytesIO(stdin.encode())))
        capsys.readouterr()
        code = run(list(arguments))
        printed = capsys.readouterr()
        return Ended(code, printed.out, printed.err)

    return call


@pytest.fixture
def good(cli: Callable[..., Ended]) -> Callable[..., Ended]:
    """Runs a command that must succeed."""

    def call(*arguments: str, stdin: str = "", terminal: bool = False) -> Ended:
        ended = cli(*arguments, stdin=stdin, terminal=terminal)
        assert ended.code == 0, ended
        return ended

    return call


@pytest.fixture
def put(shared_local_registry: LocalRegistry, bucket: str) -> Callable[..., str]:
    """Puts an object; its URI."""

    def make(key: str, body: str = "content") -> str:
        shared_local_registry.s3_client().put_object(Bucket=bucket, Key=key, Body=body.encode())
        return f"s3://{bucket}/{key}"

    return make
