"""A place to push to and download from, in processes that may be killed."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import attrs
import pytest
from local_registry.conformance import RegistryEnvironment
from local_registry.server import LocalRegistry
from local_registry.testing import shared_local_registry  # noqa: F401 - a fixture

import quilt_core
from quilt_core import QuiltOps
from quilt_core.testing.conformance.environment import TestUser

SCRIPT = Path(__file__).parent / "transfer_process.py"


@attrs.frozen
class Place:
    """A registry, and how a separate process connects to it."""

    connect: dict[str, Any]
    name: str
    s3: Any = None
    """A client with unrestricted rights, if the place is a bucket."""

    def ops(self) -> QuiltOps:
        """A connection of the test's own."""
        return quilt_core.connect(**self.connect)

    def run(
        self, action: str, folder: Path, kill: tuple[str, int, str] | None = None
    ) -> dict[str, int] | None:
        """Run a transfer in a process of its own; None if it was killed."""
        done = subprocess.run(
            [sys.executable, str(SCRIPT)],
            input=self._order(action, folder, kill),
            capture_output=True, text=True, timeout=120, check=False,
        )  # fmt: skip
        if kill is not None:
            assert done.returncode == -signal.SIGKILL, done.stderr
            return None
        assert done.returncode == 0, done.stderr
        counted: dict[str, int] = json.loads(done.stdout)
        return counted

    def run_for(self, seconds: float, action: str, folder: Path) -> bool:
        """Run a transfer and kill it the given number of seconds after it began; returns whether it
        had ended."""
        with subprocess.Popen(
            [sys.executable, str(SCRIPT)],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        ) as process:  # fmt: skip
            assert process.stdin
            assert process.stderr
            process.stdin.write(self._order(action, folder, None))
            process.stdin.close()
            while "begun" not in (line := process.stderr.readline()):
                assert line, "the process ended before it began"
            time.sleep(seconds)
            process.kill()
            return process.wait() == 0

    def unfinished(self) -> list[Any]:
        """The multipart uploads that were never completed or aborted."""
        if self.s3 is None:
            return []
        bucket = self.connect["registry"].removeprefix("s3://")
        found: list[Any] = self.s3.list_multipart_uploads(Bucket=bucket).get("Uploads", [])
        return found

    def unfinished_parts(self) -> list[Any]:
        """The parts of unfinished uploads, which S3 charges for."""
        if self.s3 is None:
            return []
        bucket = self.connect["registry"].removeprefix("s3://")
        return [
            part
            for one in self.unfinished()
            for part in self.s3.list_parts(
                Bucket=bucket, Key=one["Key"], UploadId=one["UploadId"]
            ).get("Parts", [])
        ]

    def _order(self, action: str, folder: Path, kill: tuple[str, int, str] | None) -> str:
        return json.dumps(
            {"connect": self.connect, "action": action, "name": self.name,
             "folder": str(folder), "kill": kill}
        )  # fmt: skip


@pytest.fixture
def place(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Place]:
    monkeypatch.setenv("QUILT_CORE_CACHE_DIR", str(tmp_path / "records"))
    if request.param == "folder":
        (tmp_path / "registry").mkdir()
        registry = quilt_core.Registry(path=tmp_path / "registry").url
        arguments = {"backend": "quilt3", "registry": registry, "use_quilt3_login": False}
        yield Place(arguments, "team/data")
        return
    server: LocalRegistry = request.getfixturevalue("shared_local_registry")
    environment = RegistryEnvironment(server, request.param)
    arguments = {
        "backend": request.param,
        "registry": environment.registry,
        "catalog_url": server.endpoints.catalog_url,
        "registry_url": server.endpoints.registry_url,
        "token": server.token(environment._users[TestUser.WRITER]),
        "use_quilt3_login": False,
    }
    yield Place(arguments, environment.name, server.s3_client())
