# mypy: disable-error-code="empty-body"
"""Operations on what happens to a package later: promotion, rollback, and the rules for it.

Conflicts and outcomes of `promote_package` and `rollback_package` are those of all writes
(`quilt_core.hookspecs.revisions`).
"""

from __future__ import annotations

from collections.abc import Iterable

from quilt_core.domain.entries import (
    DEFAULT_WORKFLOW,
    CopyMode,
    ProgressCallback,
    Workflow,
)
from quilt_core.domain.names import PackageName, Registry, RevisionRef
from quilt_core.domain.packages import PackageRevisionResult, RollbackResult
from quilt_core.domain.workflows import WorkflowInfo
from quilt_core.hookspecs.markers import hookspec


@hookspec(firstresult=True)
def list_workflows(registry: Registry) -> Iterable[WorkflowInfo]:
    """List the workflows of a registry; for `ops.list_workflows()`.

    Arguments:
        registry: where they are configured, in `.quilt/workflows/config.yml`.

    Returns:
        Its workflows; none for a registry without a configuration.

    Raises:
        NotFoundError: the registry is not there or cannot be read.
        ProtocolError: the configuration cannot be understood.
        AuthenticationError, TransportError: as always.

    Ordering and completeness: all of them, in the order of the configuration.

    Identity: whoever can read the registry.

    Since: 1. Source: docs/protocol.md, H.5; quilt3 `get_workflow_config`.

    Example: ``[WorkflowInfo(id="gamma", name="Gamma", is_default=True, …)]``.
    """


@hookspec(firstresult=True)
def promote_package(
    package_name: PackageName,
    registry: Registry,
    destination: Registry,
    top_hash: RevisionRef,
    new_name: PackageName,
    copy: CopyMode = CopyMode.NONE,
    message: str | None = None,
    workflow: Workflow = DEFAULT_WORKFLOW,
    force: bool = False,
    expected_top_hash: str | None = None,
    progress: ProgressCallback | None = None,
    allow_unversioned: bool = False,
) -> PackageRevisionResult:
    """Publish a revision of a package in another registry; for `ops.promote_package()`.

    The new revision has all entries with their hashes, sizes and metadata, and the package's
    metadata, as they were.

    Arguments:
        package_name, registry, top_hash: the revision to promote.
        destination: the registry to publish in; not `registry`.
        new_name: the package's name there; a package of that name gets a new revision.
        copy: see `CopyMode`; NONE refers to the objects where they are.
        message: the commit message; None keeps that of the revision.
        workflow: `DEFAULT_WORKFLOW` keeps the revision's own workflow, and is the destination's
            default for a revision without one; None is none at all; or an id.
        force, expected_top_hash, progress, allow_unversioned: as in `create_package_revision`, of
            the package at the destination.

    Returns:
        What was published at the destination; all entries count as added.

    Raises:
        NotFoundError: the package, the revision or a registry is not there; an object to be
            copied is gone.
        ValidationError: the workflow is none of the destination's, which is found out before
            anything is copied; or the revision does not pass it; or objects would be copied
            where no versions are kept, and `allow_unversioned` is not given.
        PermissionDeniedError: the identity may not write to the destination.
        ConflictError: as in `create_package_revision`.
        AuthenticationError, TransportError: as always.

    Identity: whoever can read `registry` and write to `destination`.

    Since: 1. Source: GraphQL `packageConstruct`; quilt3 `Package.push`; docs/protocol.md, E.

    Example: ``PackageRevisionResult(registry="s3://production", copied=12, …)``.
    """


@hookspec(firstresult=True)
def rollback_package(
    package_name: PackageName,
    registry: Registry,
    top_hash: RevisionRef,
    expected_top_hash: str | None = None,
) -> RollbackResult:
    """Make an earlier revision the latest one; for `ops.rollback_package()`.

    Only the pointer `latest` moves: every revision stays in the history and can be read as before.

    Arguments:
        package_name, registry, top_hash: the revision that is to be the latest one.
        expected_top_hash: the latest revision that the caller saw; None for any.

    Returns:
        Which revision is the latest one now, and which was.

    Raises:
        NotFoundError: the package or the revision is not there.
        ConflictError: the latest revision is not the expected one, or another writer moved
            `latest` meanwhile; nothing was changed.
        PermissionDeniedError: the identity may only read.
        AuthenticationError, TransportError: as always.

    Identity: whoever can write to the registry.

    Since: 1. Source: quilt3 `Package.rollback`; docs/protocol.md, H.1.

    Example: ``RollbackResult(top_hash="4f…", previous_top_hash="a1…", …)``.
    """
