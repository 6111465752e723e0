"""The conformance suite's environment for the in-memory backend."""

from __future__ import annotations

from base64 import b64decode
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

from quilt_core.domain.names import PackageName
from quilt_core.domain.uris import S3Uri
from quilt_core.manifest import (
    DirectoryRecord,
    ManifestEntry,
    ManifestHeader,
    compute_top_hash,
)
from quilt_core.ops import QuiltOps
from quilt_core.testing.conformance.environment import Environment, TestUser
from quilt_core.testing.memory import MemoryCatalog, connect
from quilt_core.testing.memory.store import StoredPackage, StoredRevision

_BUCKET, _SECOND, _HIDDEN = "memory-bucket", "memory-bucket-second", "memory-hidden"
"""The second one's name begins with the first one's, and is nevertheless another bucket."""
_UNVERSIONED = "memory-unversioned"


class MemoryEnvironment(Environment):
    """A catalog with four buckets and the suite's identities."""

    def __init__(self) -> None:
        super().__init__()
        self.catalog = MemoryCatalog()
        self.catalog.add_bucket(_UNVERSIONED, versioning=False)
        for bucket in (_SECOND, _HIDDEN, _BUCKET):  # not in the order in which they are listed
            self.catalog.add_bucket(bucket)
        self.catalog.add_role("Writers", writes=(_BUCKET, _SECOND, _UNVERSIONED))
        self.catalog.add_role("Readers", reads=(_BUCKET,))
        self.catalog.add_user("writer", role="Writers", extra_roles=("Readers",))
        self.catalog.add_user("reader", role="Readers")

    @property
    def registry(self) -> str:
        return f"s3://{_BUCKET}"

    @property
    def second_registry(self) -> str | None:
        return f"s3://{_SECOND}"

    @property
    def hidden_registry(self) -> str | None:
        return f"s3://{_HIDDEN}"

    @property
    def unversioned_registry(self) -> str | None:
        return f"s3://{_UNVERSIONED}"

    def connect(self, user: TestUser = TestUser.WRITER) -> QuiltOps:
        name = None if user is TestUser.ANONYMOUS else user.value
        return connect(self.catalog, user=name, registry=self.registry)

    def put_object(self, key: str, data: bytes) -> str:
        return self.catalog.put_object(_BUCKET, key, data)

    def set_workflows(self, config: Mapping[str, Any], registry: str | None = None) -> None:
        self.catalog.set_workflows((registry or self.registry).removeprefix("s3://"), config)

    def put_hidden_object(self, key: str, data: bytes) -> str | None:
        return self.catalog.put_object(_HIDDEN, key, data)

    def now(self) -> datetime:
        return self.catalog.now()

    def metadata_of(self, uri: str) -> Mapping[str, str]:
        return self.catalog.find_object(S3Uri.parse(uri))[1].metadata

    def download(self, url: str) -> bytes:
        return b64decode(url.partition("base64,")[2])

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
        key = (_BUCKET, PackageName.parse(name))
        package = self.catalog.packages.setdefault(key, StoredPackage())
        package.revisions.append(
            StoredRevision(
                top_hash=top_hash,
                header=header,
                entries={entry.logical_key: entry for entry in entries},
                directories={record.logical_key: record.meta for record in directories},
                modified=datetime.fromtimestamp(second, UTC),
            )
        )
        if latest:
            package.latest = top_hash
        return top_hash


@contextmanager
def environments(backend: str) -> Iterator[Callable[[], Environment]]:
    """Make environments for `quiltops conformance`."""
    yield MemoryEnvironment
