# Generated from the hookspecs: `make docs-reference` writes this module.
"""Protocols of the operation group `transfer`."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, BinaryIO, Protocol

from quilt_core.domain.choices import PushMode
from quilt_core.domain.entries import ProgressCallback, Workflow
from quilt_core.domain.names import PackageName, Registry, RevisionRef
from quilt_core.domain.transfer import DownloadResult, PushResult, PushSource, VerifyResult


class SupportsPushPackage(Protocol):
    """Implements `push_package`."""

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
        """See the specification."""
        ...


class SupportsDownloadPackage(Protocol):
    """Implements `download_package`."""

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
        """See the specification."""
        ...


class SupportsVerifyPackage(Protocol):
    """Implements `verify_package`."""

    def verify_package(
        self,
        package_name: PackageName,
        registry: Registry,
        folder: Path,
        top_hash: RevisionRef,
        path: str,
    ) -> VerifyResult:
        """See the specification."""
        ...


class SupportsOpenContent(Protocol):
    """Implements `open_content`."""

    def open_content(
        self, package_name: PackageName, registry: Registry, path: str, top_hash: RevisionRef
    ) -> BinaryIO:
        """See the specification."""
        ...


class SupportsReadContent(Protocol):
    """Implements `read_content`."""

    def read_content(
        self,
        package_name: PackageName,
        registry: Registry,
        path: str,
        top_hash: RevisionRef,
        limit: int | None,
    ) -> bytes:
        """See the specification."""
        ...


class TransferOperations(
    SupportsPushPackage,
    SupportsDownloadPackage,
    SupportsVerifyPackage,
    SupportsOpenContent,
    SupportsReadContent,
    Protocol,
):
    """All operations of the group `transfer`."""
