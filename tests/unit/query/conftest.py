"""A source of packages in memory, which counts what is read from it."""

from __future__ import annotations

import io
from collections.abc import Iterable
from pathlib import Path
from typing import BinaryIO

import attrs
import pytest

from quilt_core.errors import NotFoundError
from quilt_core.manifest import EntryHash, ManifestEntry
from quilt_core.query.cache import TableCache
from quilt_core.query.engine import LocalEngine
from quilt_core.query.source import Pointer, RevisionContent


@attrs.define
class FakeSource:
    """One bucket, `lab`; `packages` maps the top hash of each revision to its logical keys."""

    packages: dict[str, list[str]] = attrs.field(factory=dict)
    objects: dict[str, bytes] = attrs.field(factory=dict)
    tables: dict[str, str] = attrs.field(factory=dict)
    kept_under: str | None = "lab"
    read: list[str] = attrs.field(factory=list)

    def buckets(self) -> Iterable[str]:
        return ["lab"]

    def scope(self, bucket: str) -> str | None:
        return self.kept_under

    def pointers(self, bucket: str) -> Iterable[Pointer]:
        if bucket != "lab":
            raise NotFoundError(f"There is no {bucket}.")
        for number, top_hash in enumerate(self.packages):
            yield Pointer(f"team/p{number}", "latest", top_hash)
            yield Pointer(f"team/p{number}", str(1_700_000_000 + number), top_hash)

    def read_revision(self, bucket: str, pointer: Pointer) -> RevisionContent:
        self.read.append(pointer.top_hash)
        entries = (
            ManifestEntry(
                logical_key=key,
                physical_key=f"s3://lab/{key}?versionId=1",
                size=len(key),
                hash=EntryHash("SHA256", key),
                meta={},
            )
            for key in self.packages[pointer.top_hash]
        )
        return RevisionContent("made", '{"n": 1}', entries)

    def tabulator_tables(self, bucket: str) -> Iterable[tuple[str, str]]:
        return self.tables.items()

    def open_object(self, physical_key: str) -> BinaryIO:
        if physical_key not in self.objects:
            raise NotFoundError(f"{physical_key} is not there.")
        return io.BytesIO(self.objects[physical_key])


@pytest.fixture
def source() -> FakeSource:
    return FakeSource({"a" * 64: ["x.csv", "y.csv"], "b" * 64: ["z.csv"]})


@pytest.fixture
def cache(tmp_path: Path) -> TableCache:
    return TableCache(tmp_path / "cache")


@pytest.fixture
def engine(source: FakeSource, cache: TableCache) -> LocalEngine:
    return LocalEngine(source, cache=cache)
