"""Operations that the core composes from other operations of the same backend.

They are registered after the backend's own implementers, for operations that the backend lacks and
for which it has everything needed. A backend with objects, content and packages therefore has them
all. Their calls go through the connection's dispatcher, so that extensions see each step as well as
the whole.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

import attrs

from quilt_core.hookspecs import hookimpl
from quilt_core.plugins.validation import spec_names

if TYPE_CHECKING:
    from quilt_core.composition.calls import Calls
    from quilt_core.domain.choices import PushMode
    from quilt_core.domain.entries import ProgressCallback, Workflow
    from quilt_core.domain.names import PackageName, Registry, RevisionRef
    from quilt_core.domain.transfer import DownloadResult, PushResult, PushSource, VerifyResult

QUERY_NEEDS = (
    "list_all_packages",
    "list_package_versions",
    "get_package_info",
    "browse_content",
)
"""The operations that the core's engine needs; objects and tabulator tables are also used."""
_QUERIES = ("query", "start_query", "get_query", "cancel_query", "list_query_tables")
SHARED = frozenset(_QUERIES)
"""Operations for which a backend can leave a part to the core, by returning None."""
NEEDS: Mapping[str, tuple[str, ...]] = {
    "push_package": (
        "get_package_info",
        "browse_content",
        "list_objects",
        "get_object_info",
        "put_object",
        "create_package_revision",
        "update_package_revision",
    ),
    "download_package": ("get_package_info", "browse_content", "open_object"),
    "verify_package": ("get_package_info", "browse_content"),
    "open_content": ("browse_content", "open_object"),
    "read_content": ("browse_content", "open_object"),
    **dict.fromkeys(_QUERIES, QUERY_NEEDS),
}
"""The composed operations, and the operations of the backend that each needs."""


@attrs.frozen
class Composable:
    """The operations that the core can answer by means of a backend's."""

    all: Mapping[str, frozenset[str]]
    """Each with its parameters."""
    transfers: frozenset[str]
    queries: frozenset[str]


@lru_cache(maxsize=64)
def composable(implemented: frozenset[str], unsupported: frozenset[str]) -> Composable:
    """What the core can compose for a backend that implements these operations, and declares others
    unsupported; found once per process.
    """
    possible = {
        operation: spec_names(operation)
        for operation, needs in NEEDS.items()
        if (operation in SHARED or operation not in implemented)
        and operation not in unsupported
        and implemented.issuperset(needs)
    }
    names = frozenset(possible)
    return Composable(possible, transfers=names - SHARED, queries=names & SHARED)


class TransferComposition:
    """The operations of the group `transfer`; their implementations are imported when they are
    called.

    Parameters
    ----------
    calls:
        The connection's own operations.
    """

    def __init__(self, calls: Calls) -> None:
        self._calls = calls

    @hookimpl(trylast=True)
    def push_package(
        self,
        package_name: PackageName,
        source: PushSource,
        registry: Registry,
        mode: PushMode,
        include: tuple[str, ...],
        exclude: tuple[str, ...],
        metadata: Mapping[str, Any] | None,
        entry_metadata: Mapping[str, Mapping[str, Any]] | None,
        message: str | None,
        workflow: Workflow,
        force: bool,
        expected_top_hash: str | None,
        dry_run: bool,
        allow_unversioned: bool,
        use_cache: bool,
        progress: ProgressCallback | None,
    ) -> PushResult:
        from quilt_core.composition.push import PushRequest, push

        request = PushRequest(
            package_name=package_name,
            source=source,
            registry=registry,
            mode=mode,
            include=include,
            exclude=exclude,
            metadata=metadata,
            entry_metadata=entry_metadata or {},
            message=message,
            workflow=workflow,
            force=force,
            expected_top_hash=expected_top_hash,
            dry_run=dry_run,
            allow_unversioned=allow_unversioned,
            use_cache=use_cache,
            progress=progress,
        )
        return push(self._calls, request)

    @hookimpl(trylast=True)
    def download_package(
        self,
        package_name: PackageName,
        registry: Registry,
        destination: Path,
        path: str,
        top_hash: RevisionRef,
        include: tuple[str, ...],
        exclude: tuple[str, ...],
        dry_run: bool,
        delete: bool,
        progress: ProgressCallback | None,
    ) -> DownloadResult:
        from quilt_core.composition.download import DownloadRequest, download

        request = DownloadRequest(
            package_name=package_name,
            registry=registry,
            destination=destination,
            path=path,
            top_hash=top_hash,
            include=include,
            exclude=exclude,
            dry_run=dry_run,
            delete=delete,
            progress=progress,
        )
        return download(self._calls, request)

    @hookimpl(trylast=True)
    def verify_package(
        self,
        package_name: PackageName,
        registry: Registry,
        folder: Path,
        top_hash: RevisionRef,
        path: str,
    ) -> VerifyResult:
        from quilt_core.composition.verify import verify

        return verify(self._calls, package_name, registry, folder, top_hash, path)

    @hookimpl(trylast=True)
    def open_content(
        self, package_name: PackageName, registry: Registry, path: str, top_hash: RevisionRef
    ) -> BinaryIO:
        from quilt_core.composition.content import open_file

        return open_file(self._calls, package_name, registry, path, top_hash)

    @hookimpl(trylast=True)
    def read_content(
        self,
        package_name: PackageName,
        registry: Registry,
        path: str,
        top_hash: RevisionRef,
        limit: int | None,
    ) -> bytes:
        from quilt_core.composition.content import read_file

        return read_file(self._calls, package_name, registry, path, top_hash, limit)
