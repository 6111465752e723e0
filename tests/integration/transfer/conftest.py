"""A place to push to and download from, in processes that may be killed."""

from __future__ import annotations

import multiprocessing
import os
import signal
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
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

sys.path.insert(0, str(Path(__file__).parent))  # processes import it by its name

from transfer_process import transfer  # type: ignore[import-not-found]

_FORKING = multiprocessing.get_context("forkserver")
_FORKING.set_forkserver_preload(
    ["quilt3_backend.packages.quilt3_registry", "quilt_registry.transfer.boto"]
)


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
        process, answers = self._start(action, folder, kill)
        process.join(120)
        found = []
        with suppress(EOFError):
            while True:
                found.append(answers.recv())
        if kill is not None:
            assert process.exitcode == -signal.SIGKILL, found
            return None
        assert process.exitcode == 0, found
        counted: dict[str, int] = found[-1]
        return counted

    def run_for(self, seconds: float, action: str, folder: Path) -> bool:
        """Run a transfer and kill it the given number of seconds after it began; returns whether it
        had ended."""
        process, answers = self._start(action, folder, None)
        assert answers.recv() == "begun"
        time.sleep(seconds)
        process.kill()
        process.join(120)
        return process.exitcode == 0

    def _start(
        self, action: str, folder: Path, kill: tuple[str, int, str] | None
    ) -> tuple[BaseProcess, Connection]:
        """A process that carries a transfer out, and where its answers arrive."""
        order = {"connect": self.connect, "action": action, "name": self.name,
                 "folder": str(folder), "kill": kill}  # fmt: skip
        answers, sender = _FORKING.Pipe(duplex=False)
        process = _FORKING.Process(target=transfer, args=(order, dict(os.environ), sender))
        process.start()
        sender.close()
        return process, answers

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
