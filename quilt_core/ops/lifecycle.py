"""Lifecycle operations of the facade: workflows, promotion, rollback."""

from __future__ import annotations

from typing import TYPE_CHECKING

from quilt_core import domain
from quilt_core.domain.entries import (
    DEFAULT_WORKFLOW,
    CopyMode,
    CopyModeName,
    ProgressCallback,
    Workflow,
)
from quilt_core.domain.listing import Listing
from quilt_core.domain.names import PackageName, Registry
from quilt_core.errors import ValidationError
from quilt_core.ops.addressing import PackageGiven, revision_of
from quilt_core.ops.parsing import (
    parse_copy,
    parse_expected_top_hash,
    parse_flag,
    parse_message,
    parse_registry,
    parse_workflow,
)
from quilt_core.ops.writing import WritingGroup, tells_outcome

if TYPE_CHECKING:
    from quilt_core.domain.packages import PackageRevisionResult, RollbackResult
    from quilt_core.domain.workflows import WorkflowInfo


class LifecycleOps(WritingGroup):
    """What can be done with a package after it was published."""

    def list_workflows(self, registry: str | Registry | None = None) -> Listing[WorkflowInfo]:
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

        Examples
        --------
        >>> print(ops.list_workflows())
        []
        """
        return self._dispatch.collect(
            "list_workflows",
            domain.WorkflowInfo,
            registry=parse_registry(registry, self._settings.registry),
        )

    @tells_outcome
    def promote_package(
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

        Examples
        --------
        >>> promoted = ops.promote_package(
        ...     "palmer/penguins", destination="s3://demo-shared", new_name="released/penguins"
        ... )
        >>> print(promoted.registry, promoted.total_entries)
        s3://demo-shared 7
        """
        source = revision_of(package_name, registry, top_hash, self._settings.registry)
        target = parse_registry(destination, None)
        if target == source["registry"]:
            raise ValidationError(
                f"The package is already in {target}; a promotion needs another registry.",
                hint="rollback_package makes an earlier revision the latest one.",
            )
        name = source["package_name"] if new_name is None else PackageName.parse(new_name)
        return self._write(
            "promote_package",
            domain.PackageRevisionResult,
            **source,
            destination=target,
            new_name=name,
            copy=parse_copy(copy),
            message=parse_message(message),
            workflow=parse_workflow(workflow),
            force=parse_flag(force, "force"),
            expected_top_hash=parse_expected_top_hash(expected_top_hash),
            progress=progress,
            allow_unversioned=parse_flag(allow_unversioned, "allow_unversioned"),
            dry_run=parse_flag(dry_run, "dry_run"),
        )

    @tells_outcome
    def rollback_package(
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

        Examples
        --------
        >>> data = "s3://demo-data/penguins"
        >>> first = ops.create_package_revision("team/birds", [f"{data}/README.md"])
        >>> second = ops.update_package_revision("team/birds", [f"{data}/LICENSE.md"])
        >>> rolled = ops.rollback_package("team/birds", top_hash=first.top_hash)
        >>> print(rolled.top_hash == first.top_hash, len(ops.list_package_versions("team/birds")))
        True 2
        """
        found = revision_of(package_name, registry, top_hash, self._settings.registry)
        if found["top_hash"].is_latest:
            raise ValidationError(
                "A rollback needs an earlier revision; without one, or with 'latest', the revision "
                "is the one that the package has now.",
                hint="Pass the top hash of an earlier one, as shown by list_package_versions.",
            )
        return self._write(
            "rollback_package",
            domain.RollbackResult,
            **found,
            expected_top_hash=parse_expected_top_hash(expected_top_hash),
        )
