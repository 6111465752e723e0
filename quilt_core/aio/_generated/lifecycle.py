# Generated from the synchronous facade: `make docs-reference` writes this module.
"""Asynchronous form of `LifecycleOps`, a part of the facade."""

from __future__ import annotations

from quilt_core.aio.calls import AsyncGroup
from quilt_core.domain.entries import (
    DEFAULT_WORKFLOW,
    CopyMode,
    CopyModeName,
    ProgressCallback,
    Workflow,
)
from quilt_core.domain.listing import Listing
from quilt_core.domain.names import Registry
from quilt_core.domain.packages import PackageRevisionResult, RollbackResult
from quilt_core.domain.workflows import WorkflowInfo
from quilt_core.ops.addressing import PackageGiven
from quilt_core.ops.lifecycle import LifecycleOps


class AsyncLifecycleOps(AsyncGroup):
    """What happens to a package after it was published."""

    _ops: LifecycleOps

    async def list_workflows(self, registry: str | Registry | None = None) -> Listing[WorkflowInfo]:
        """The workflows of a registry, in their configured order; none where it has none."""
        return await self._calls.run(self._ops.list_workflows, registry)

    async def promote_package(
        self,
        package_name: PackageGiven,
        registry: str | Registry | None = None,
        *,
        destination: str | Registry,
        top_hash: str | None = None,
        new_name: str | None = None,
        copy: CopyMode | CopyModeName | bool = "new",
        message: str | None = None,
        workflow: Workflow = DEFAULT_WORKFLOW,
        force: bool = False,
        expected_top_hash: str | None = None,
        progress: ProgressCallback | None = None,
        allow_unversioned: bool = False,
    ) -> PackageRevisionResult:
        """Publish a revision of a package in another registry, metadata and all.

        Parameters
        ----------
        package_name, registry, top_hash:
            The revision, the latest by default.
        destination:
            The registry to publish in.
        new_name:
            The package's name there; the same by default.
        copy:
            "new" copies the objects that lie outside the destination's bucket; "all" copies every
            object; "none" refers to them where they are.
        message:
            A commit message in place of the revision's own.
        workflow:
            Left out: the revision's own, or the destination's default for a revision without one;
            None: none; or an id.
        force, expected_top_hash, progress, allow_unversioned:
            As in `create_package_revision`, of the package at the destination.

        Raises
        ------
        ValidationError
            When both registries are one, for what the destination's workflows refuse, and for
            copies where no versions are kept.
        NotFoundError, PermissionDeniedError, ConflictError, …
            See the hook `promote_package`. `context["outcome"]` says what became of the write.
        """
        return await self._calls.run(
            self._ops.promote_package,
            package_name,
            registry,
            destination=destination,
            top_hash=top_hash,
            new_name=new_name,
            copy=copy,
            message=message,
            workflow=workflow,
            force=force,
            expected_top_hash=expected_top_hash,
            progress=progress,
            allow_unversioned=allow_unversioned,
        )

    async def rollback_package(
        self,
        package_name: PackageGiven,
        registry: str | Registry | None = None,
        top_hash: str | None = None,
        *,
        expected_top_hash: str | None = None,
    ) -> RollbackResult:
        """Make an earlier revision the latest one; every revision stays in the history.

        Parameters
        ----------
        package_name, registry:
            The package; a URI names the revision, too.
        top_hash:
            The revision that is to be the latest: a top hash, its first digits, or the seconds of
            its pointer.
        expected_top_hash:
            The whole top hash that you saw as the latest revision. When it is another one now,
            `ConflictError` is raised and nothing is changed.

        Raises
        ------
        ValidationError
            When no revision is named.
        NotFoundError, PermissionDeniedError, ConflictError, …
            See the hook `rollback_package`. `context["outcome"]` says what became of the write.
        """
        return await self._calls.run(
            self._ops.rollback_package,
            package_name,
            registry,
            top_hash,
            expected_top_hash=expected_top_hash,
        )
