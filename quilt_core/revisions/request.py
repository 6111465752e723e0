"""The request of a write: the parameters of the two write hooks in one object."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from typing import Any, Self

import attrs

from quilt_core.domain.entries import (
    DEFAULT_WORKFLOW,
    NO_REVISION,
    CopyMode,
    NewEntry,
    ProgressCallback,
    Workflow,
)
from quilt_core.domain.names import PackageName, Registry
from quilt_core.domain.packages import PackageRevisionResult
from quilt_core.manifest import ManifestEntry
from quilt_core.revisions.conflicts import expected_latest, moved_on
from quilt_core.revisions.plan import RevisionPlan, plan_create, plan_update
from quilt_core.revisions.versions import VersionCheck


@attrs.frozen(kw_only=True)
class RevisionRequest:
    """The arguments of `create_package_revision` or `update_package_revision`.

    A hook implementation makes one from its arguments and passes it on. `operation` is the hook's
    name; the other fields are defined by the hooks' contract.
    """

    operation: str
    package_name: PackageName
    registry: Registry
    entries: Collection[NewEntry]
    metadata: Mapping[str, Any] | None
    message: str | None
    remove: tuple[str, ...]
    copy: CopyMode
    workflow: Workflow
    force: bool
    progress: ProgressCallback | None
    expected_top_hash: str | None
    dry_run: bool = False
    allow_unversioned: bool = False

    @classmethod
    def for_create(
        cls,
        package_name: PackageName,
        entries: Collection[NewEntry],
        metadata: Mapping[str, Any] | None,
        registry: Registry,
        message: str | None,
        copy: CopyMode,
        workflow: Workflow,
        force: bool,
        progress: ProgressCallback | None,
        expected_top_hash: str | None = None,
        dry_run: bool = False,
        allow_unversioned: bool = False,
    ) -> Self:
        """The request of the hook `create_package_revision`, whose parameters these are."""
        return cls(
            operation="create_package_revision",
            package_name=package_name,
            registry=registry,
            entries=entries,
            metadata=metadata,
            message=message,
            remove=(),
            copy=copy,
            workflow=workflow,
            force=force,
            progress=progress,
            expected_top_hash=expected_top_hash,
            dry_run=dry_run,
            allow_unversioned=allow_unversioned,
        )

    @classmethod
    def for_update(
        cls,
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
        expected_top_hash: str | None = None,
        dry_run: bool = False,
        allow_unversioned: bool = False,
    ) -> Self:
        """The request of the hook `update_package_revision`, whose parameters these are."""
        return cls(
            operation="update_package_revision",
            package_name=package_name,
            registry=registry,
            entries=entries,
            metadata=metadata,
            message=message,
            remove=remove,
            copy=copy,
            workflow=workflow,
            force=force,
            progress=progress,
            expected_top_hash=expected_top_hash,
            dry_run=dry_run,
            allow_unversioned=allow_unversioned,
        )

    @classmethod
    def for_promotion(
        cls,
        package_name: PackageName,
        registry: Registry,
        message: str | None,
        copy: CopyMode,
        workflow: Workflow,
        force: bool,
        progress: ProgressCallback | None,
        expected_top_hash: str | None,
        allow_unversioned: bool = False,
        dry_run: bool = False,
        *,
        source_message: str | None,
        source_workflow: str | None,
    ) -> Self:
        """The request of the hook `promote_package`, of the package at its destination.

        The first parameters are the hook's. `source_message` and `source_workflow` (an id) are
        those of the revision that is promoted; they are kept unless the hook is given others.
        """
        if workflow is DEFAULT_WORKFLOW:
            workflow = source_workflow or workflow
        return cls(
            operation="promote_package",
            dry_run=dry_run,
            package_name=package_name,
            registry=registry,
            entries=(),
            metadata=None,
            message=message or source_message,
            remove=(),
            copy=copy,
            workflow=workflow,
            force=force,
            progress=progress,
            expected_top_hash=expected_top_hash,
            allow_unversioned=allow_unversioned,
        )

    @property
    def expects_latest(self) -> bool:
        """Whether the caller has seen a latest revision, so that there probably is one."""
        return self.expected_top_hash not in (None, NO_REVISION)

    def version_check(
        self, has_versions: Callable[[str], bool | None], known: Iterable[str]
    ) -> VersionCheck:
        """The check of the bucket that this write copies objects into.

        Parameters
        ----------
        has_versions:
            Whether some object of a bucket has a version; None when none can be seen.
        known:
            Physical keys of the new revision's entries, as they were before they were copied.
        """
        return VersionCheck(
            bucket=self.registry.bucket or "",
            allowed=self.allow_unversioned,
            has_versions=has_versions,
            known=known,
        )

    def check_expected(self, latest: str | None) -> None:
        """Compare the revision that the caller expects with the one from which the write starts.

        Parameters
        ----------
        latest:
            The top hash of `latest`; None when there is no such package.

        Raises
        ------
        ConflictError
            When the caller expects another revision, or none, whatever `force` is.
        """
        if self.expected_top_hash is None:
            return
        if expected_latest(self.expected_top_hash) != latest:
            raise moved_on(self.package_name, self.registry, self.expected_top_hash, latest)

    def unwritten(
        self,
        plan: RevisionPlan,
        previous_top_hash: str | None,
        *,
        copies: int = 0,
        completed: tuple[str, ...] = (),
        lost_directory_metadata: tuple[str, ...] | None = (),
        unchecked: tuple[str, ...] = (),
    ) -> PackageRevisionResult:
        """The result of a dry run that found no problem; `copies` is the number of copies there
        would be.
        """
        return PackageRevisionResult(
            package_name=str(self.package_name),
            registry=self.registry.url,
            top_hash="",
            previous_top_hash=previous_top_hash,
            total_entries=plan.total_entries,
            added=plan.added,
            replaced=plan.replaced,
            removed=plan.removed,
            copied=copies,
            catalog_url=None,
            completed=completed,
            lost_directory_metadata=lost_directory_metadata,
            written=False,
            unchecked=unchecked,
        )

    def plan_create(self) -> RevisionPlan:
        """The plan of a create for this request."""
        return plan_create(self.entries, self.metadata)

    def plan_update(
        self, existing: Iterable[ManifestEntry], user_meta: Mapping[str, Any] | None
    ) -> RevisionPlan:
        """The plan of an update for this request and the existing revision.

        Raises `NotFoundError` for keys in `remove` that do not exist.
        """
        return plan_update(
            existing,
            user_meta,
            entries=self.entries,
            metadata=self.metadata,
            remove=self.remove,
            package_name=self.package_name,
            registry=self.registry,
        )
