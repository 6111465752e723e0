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
    """What can be done with a package after it was published."""

    _ops: LifecycleOps

    async def list_workflows(self, registry: str | Registry | None = None) -> Listing[WorkflowInfo]:
        """List the workflows of a registry, in their configured order.

        Parameters
        ----------
        registry:
            The registry of the package: `s3://bucket`, `file:///folder`, or a `Registry`; the
            configured one by default.

        Returns
        -------
        Listing[WorkflowInfo]
            The workflows; empty if the registry has no configuration.

        Raises
        ------
        NotFoundError
            When the registry does not exist, or this identity cannot see it.
        ProtocolError
            When the configuration cannot be understood.
        AuthenticationError, PermissionDeniedError, TransportError, ProtocolError
            As for every operation that sends requests to the registry.
        """
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
        dry_run: bool = False,
    ) -> PackageRevisionResult:
        """Publish a revision of a package in another registry.

        The new revision has all entries with their hashes, sizes and metadata, and the package's
        metadata.

        Parameters
        ----------
        package_name:
            `namespace/name`, or a `quilt+s3://` URI, which may name registry and revision as well.
        registry:
            The registry of the package: `s3://bucket`, `file:///folder`, or a `Registry`; the
            configured one by default.
        destination:
            The registry in which to publish; it must differ from `registry`.
        top_hash:
            The revision: None or "latest" for the latest, a whole top hash, at least six of its
            first digits, or the Unix seconds of its pointer.
        new_name:
            The package's name at the destination; the same by default.
        copy:
            "new" copies the objects outside the destination's bucket; True or "all" copies every
            object; False or "none" refers to them where they are.
        message:
            A commit message that replaces the revision's own.
        workflow:
            A workflow's id, or None for explicitly no workflow. If it is left out, the revision's
            own workflow is used, or the destination's default for a revision without one.
        force, expected_top_hash, progress, allow_unversioned, dry_run:
            As in `create_package_revision`, for the package at the destination.

        Returns
        -------
        PackageRevisionResult
            The published revision; all entries count as added. After a dry run, `written` is False,
            and `unchecked` names what could not be checked.

        Raises
        ------
        ValidationError
            When both registries are the same, the destination does not have the workflow or the
            workflow refuses the revision, copies would go to a store without versions, a file is
            in a local folder and the destination is a bucket, or a name or hash is malformed.
        NotFoundError
            When the package, the revision, a registry or an object to be copied does not exist.
        ConflictError
            When another revision was published at the destination in the meantime.
        PermissionDeniedError
            When this identity may not write to the destination.
        NotSupportedError
            When objects cannot be copied as requested; nothing is written.
        AuthenticationError, TransportError, ProtocolError
            As for every operation that sends requests to the registry. `context["outcome"]` tells
            whether the write happened.
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
            dry_run=dry_run,
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
        package_name:
            `namespace/name`, or a `quilt+s3://` URI, which may name registry and revision as well.
        registry:
            The registry of the package: `s3://bucket`, `file:///folder`, or a `Registry`; the
            configured one by default.
        top_hash:
            The revision that becomes the latest: a whole top hash, at least six of its first
            digits, or the Unix seconds of its pointer. A `quilt+s3://` URI may name it instead.
        expected_top_hash:
            The whole top hash that you expect as the latest revision. If the latest revision is
            another one, `ConflictError` is raised and nothing is changed. None expects nothing.

        Returns
        -------
        RollbackResult
            The revision that is the latest now, and the one that was the latest before.

        Raises
        ------
        ValidationError
            When no revision is given, or a name or hash is malformed.
        NotFoundError
            When the package or the revision does not exist.
        ConflictError
            When the latest revision is not the expected one, or another writer changed it in the
            meantime.
        PermissionDeniedError
            When this identity may not write to the registry. A revision that is the latest one
            already needs no write.
        AuthenticationError, TransportError, ProtocolError
            As for every operation that sends requests to the registry. `context["outcome"]` tells
            whether the write happened.
        """
        return await self._calls.run(
            self._ops.rollback_package,
            package_name,
            registry,
            top_hash,
            expected_top_hash=expected_top_hash,
        )
