"""The environment in which the conformance suite runs: a temporary folder."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from unittest import mock

import quilt_core
from directory_backend import store
from directory_backend.store import Folder
from quilt_core.manifest import (
    DirectoryRecord,
    ManifestEntry,
    ManifestHeader,
    compute_top_hash,
)
from quilt_core.testing.conformance.environment import Environment, TestUser


class SkippingClock:
    """Stands in for the module `time`: what sleeps moves the clock on instead."""

    def __init__(self) -> None:
        self._lead = 0.0

    def time(self) -> float:
        return time.time() + self._lead

    def sleep(self, seconds: float) -> None:
        self._lead += seconds


class DirectoryEnvironment(Environment):
    """A registry folder beside a folder of files; there is only one identity."""

    identities = frozenset({TestUser.WRITER})
    keeps_directory_metadata = False
    has_copies = False

    def __init__(self) -> None:
        super().__init__()
        self._folder = tempfile.TemporaryDirectory()
        self._path = Path(self._folder.name)

    @property
    def registry(self) -> str:
        return quilt_core.Registry(path=self._path / "registry").url

    def now(self) -> datetime:
        return datetime.fromtimestamp(store.time.time(), UTC)

    def connect(self, user: TestUser = TestUser.WRITER) -> quilt_core.QuiltOps:
        return quilt_core.connect("directory", registry=self.registry)

    def put_object(self, key: str, data: bytes) -> str:
        path = self._path / "files" / key
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
        return quilt_core.FileUri(path).url

    def publish(
        self,
        name: str,
        header: ManifestHeader,
        entries: list[ManifestEntry],
        *,
        directories: Iterable[DirectoryRecord] = (),
        second: int,
        latest: bool = True,
    ) -> str:
        top_hash = compute_top_hash(header, entries)
        folder = Folder(quilt_core.Registry.parse(self.registry))
        package = quilt_core.PackageName.parse(name)
        folder.write(package, top_hash, header, entries, second=second, latest=latest)
        return top_hash

    def close(self) -> None:
        self._folder.cleanup()


@contextmanager
def environments(backend: str) -> Iterator[Callable[[], Environment]]:
    """Make environments for `quiltops conformance`; a second that a write waits for is skipped."""
    with mock.patch.object(store, "time", SkippingClock()):
        yield DirectoryEnvironment
