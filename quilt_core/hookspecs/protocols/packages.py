# Generated from the hookspecs: `make docs-reference` writes this module.
"""Protocols of the operation group `packages`."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Any, Protocol

from quilt_core.domain.entries import CopyMode, NewEntry, ProgressCallback, Workflow
from quilt_core.domain.names import PackageName, Registry, RevisionRef
from quilt_core.domain.packages import (
    DeletionResult,
    PackageDiff,
    PackageInfo,
    PackageRevisionResult,
    PackageVersion,
    RollbackResult,
)
from quilt_core.domain.search import MetadataPredicate, SearchFilter, SearchOrder
from quilt_core.domain.workflows import WorkflowInfo


class SupportsSearchPackages(Protocol):
    """Implements `search_packages`."""

    def search_packages(
        self,
        query: str,
        registry: tuple[Registry, ...] | None,
        filters: SearchFilter,
        user_meta: tuple[MetadataPredicate, ...],
        latest_only: bool,
        order: SearchOrder,
        limit: int | None,
    ) -> Iterable[PackageInfo]:
        """See the specification."""
        ...


class SupportsListAllPackages(Protocol):
    """Implements `list_all_packages`."""

    def list_all_packages(self, registry: Registry, pattern: str | None) -> Iterable[str]:
        """See the specification."""
        ...


class SupportsGetPackageInfo(Protocol):
    """Implements `get_package_info`."""

    def get_package_info(
        self, package_name: PackageName, registry: Registry, top_hash: RevisionRef
    ) -> PackageInfo:
        """See the specification."""
        ...


class SupportsListPackageVersions(Protocol):
    """Implements `list_package_versions`."""

    def list_package_versions(
        self, package_name: PackageName, registry: Registry
    ) -> Iterable[PackageVersion]:
        """See the specification."""
        ...


class SupportsGetPackageMetadata(Protocol):
    """Implements `get_package_metadata`."""

    def get_package_metadata(
        self, package_name: PackageName, registry: Registry, top_hash: RevisionRef
    ) -> dict[str, Any]:
        """See the specification."""
        ...


class SupportsDiffPackages(Protocol):
    """Implements `diff_packages`."""

    def diff_packages(
        self,
        package1_name: PackageName,
        package2_name: PackageName,
        registry: Registry,
        package1_hash: RevisionRef,
        package2_hash: RevisionRef,
    ) -> PackageDiff:
        """See the specification."""
        ...


class SupportsCreatePackageRevision(Protocol):
    """Implements `create_package_revision`."""

    def create_package_revision(
        self,
        package_name: PackageName,
        entries: Collection[NewEntry],
        metadata: Mapping[str, Any] | None,
        registry: Registry,
        message: str | None,
        copy: CopyMode,
        workflow: Workflow,
        force: bool,
        progress: ProgressCallback | None,
        expected_top_hash: str | None,
        dry_run: bool,
        allow_unversioned: bool,
    ) -> PackageRevisionResult:
        """See the specification."""
        ...


class SupportsUpdatePackageRevision(Protocol):
    """Implements `update_package_revision`."""

    def update_package_revision(
        self,
        package_name: PackageName,
        entries: Collection[NewEntry],
        registry: Registry,
        metadata: Mapping[str, Any] | None,
        message: str | None,
        remove: tuple[str, ...],
        copy: CopyMode,
        workflow: Workflow,
        force: bool,
        progress: ProgressCallback | None,
        expected_top_hash: str | None,
        dry_run: bool,
        allow_unversioned: bool,
    ) -> PackageRevisionResult:
        """See the specification."""
        ...


class SupportsDeletePackage(Protocol):
    """Implements `delete_package`."""

    def delete_package(
        self,
        package_name: PackageName,
        registry: Registry,
        top_hash: RevisionRef | None,
        progress: ProgressCallback | None,
    ) -> DeletionResult:
        """See the specification."""
        ...


class SupportsListWorkflows(Protocol):
    """Implements `list_workflows`."""

    def list_workflows(self, registry: Registry) -> Iterable[WorkflowInfo]:
        """See the specification."""
        ...


class SupportsPromotePackage(Protocol):
    """Implements `promote_package`."""

    def promote_package(
        self,
        package_name: PackageName,
        registry: Registry,
        destination: Registry,
        top_hash: RevisionRef,
        new_name: PackageName,
        copy: CopyMode,
        message: str | None,
        workflow: Workflow,
        force: bool,
        expected_top_hash: str | None,
        progress: ProgressCallback | None,
        allow_unversioned: bool,
        dry_run: bool,
    ) -> PackageRevisionResult:
        """See the specification."""
        ...


class SupportsRollbackPackage(Protocol):
    """Implements `rollback_package`."""

    def rollback_package(
        self,
        package_name: PackageName,
        registry: Registry,
        top_hash: RevisionRef,
        expected_top_hash: str | None,
    ) -> RollbackResult:
        """See the specification."""
        ...


class PackagesOperations(
    SupportsSearchPackages,
    SupportsListAllPackages,
    SupportsGetPackageInfo,
    SupportsListPackageVersions,
    SupportsGetPackageMetadata,
    SupportsDiffPackages,
    SupportsCreatePackageRevision,
    SupportsUpdatePackageRevision,
    SupportsDeletePackage,
    SupportsListWorkflows,
    SupportsPromotePackage,
    SupportsRollbackPackage,
    Protocol,
):
    """All operations of the group `packages`."""
