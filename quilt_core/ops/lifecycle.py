"""Lifecycle operations of the facade: workflows, promotion, rollback."""

from __future__ import annotations

from quilt_core.domain.entries import (
    DEFAULT_WORKFLOW,
    CopyMode,
    CopyModeName,
    ProgressCallback,
    Workflow,
)
from quilt_core.domain.listing import Listing
from quilt_core.domain.names import PackageName, Registry
from quilt_core.domain.packages import PackageRevisionResult, RollbackResult
from quilt_core.domain.workflows import WorkflowInfo
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


class LifecycleOps(WritingGroup):
    """What happens to a package after it was published."""

    def list_workflows(self, registry: str | Registry | None = None) -> Listing[WorkflowInfo]:
        """The workflows of a registry, in their configured order; none where it has none."""
        return self._dispatch.collect(
            "list_workflows",
            WorkflowInfo,
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
            PackageRevisionResult,
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
        found = revision_of(package_name, registry, top_hash, self._settings.registry)
        if found["top_hash"].is_latest:
            raise ValidationError(
                "The revision to roll back to is missing.",
                hint="Pass its top hash, as shown by list_package_versions.",
            )
        return self._write(
            "rollback_package",
            RollbackResult,
            **found,
            expected_top_hash=parse_expected_top_hash(expected_top_hash),
        )
