"""The quilt3 backend passes the conformance suite on a folder, without an account or a server."""

from __future__ import annotations

import io
import json
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

import quilt_core
from quilt_core import AuthenticationError, QuiltOps
from quilt_core.domain.names import PackageName
from quilt_core.manifest import DirectoryRecord, ManifestEntry, ManifestHeader, write_manifest
from quilt_core.manifest.layout import WORKFLOWS_CONFIG, manifest_key, pointer_key
from quilt_core.testing import conformance
from quilt_core.testing.conformance.environment import Environment, TestUser

from .suite import (  # noqa: F401 - what a folder has
    TestBrowsing,
    TestContentReading,
    TestContentUrls,
    TestCreating,
    TestDeleting,
    TestDownloading,
    TestDryRuns,
    TestErrorDetails,
    TestFidelity,
    TestKeptEntries,
    TestLetters,
    TestLifecycle,
    TestLimits,
    TestNesting,
    TestObjects,
    TestObjectWriting,
    TestOddManifests,
    TestOutcomes,
    TestPackageReading,
    TestPointers,
    TestProgressReports,
    TestPushing,
    TestQuerying,
    TestQueryRuns,
    TestRefusals,
    TestRegistries,
    TestRepetitions,
    TestRights,
    TestSameContent,
    TestSearchDetails,
    TestSearching,
    TestSearchWords,
    TestTimes,
    TestUpdating,
)


class FolderEnvironment(Environment):
    """A registry folder beside a folder of files; there is only one identity."""

    identities = frozenset({TestUser.WRITER})
    has_copies = False
    stores_manifests = True
    keeps_versions = False

    def __init__(self, folder: Path) -> None:
        super().__init__()
        self._folder = folder
        (folder / "registry").mkdir()

    @property
    def registry(self) -> str:
        return quilt_core.Registry(path=self._folder / "registry").url

    def connect(self, user: TestUser = TestUser.WRITER) -> quilt_core.QuiltOps:
        return quilt_core.connect("quilt3", registry=self.registry, use_quilt3_login=False)

    def put_object(self, key: str, data: bytes) -> str:
        path = self._write("files", key, data)
        return quilt_core.FileUri(path).url

    def write_stored(self, key: str, data: bytes) -> None:
        self._write("registry", key, data)

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
        manifest = io.BytesIO()
        top_hash = write_manifest(header, directories, entries, manifest)
        self._write("registry", manifest_key(top_hash), manifest.getvalue())
        for pointer in (str(second), *(["latest"] if latest else [])):
            key = pointer_key(PackageName.parse(name), pointer)
            self._write("registry", key, top_hash.encode())
        return top_hash

    def set_workflows(self, config: Mapping[str, Any], registry: str | None = None) -> None:
        assert registry is None
        self._write("registry", WORKFLOWS_CONFIG, json.dumps(config).encode())

    def _write(self, place: str, key: str, data: bytes) -> Path:
        path = self._folder / place / key
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
        return path


@pytest.fixture
def environment(tmp_path: Path) -> Iterator[FolderEnvironment]:
    yield FolderEnvironment(tmp_path)


class TestDetails(conformance.Details):
    @conformance.overrides_behaviour("O-7", "a folder has no registry service")
    def test_the_registrys_url_alone(
        self,
        environment: FolderEnvironment,  # type: ignore[override]
        ops: QuiltOps,
    ) -> None:
        with pytest.raises(AuthenticationError, match="Nothing says where the registry is"):
            ops.get_registry_url()
