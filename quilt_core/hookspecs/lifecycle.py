# mypy: disable-error-code="empty-body"
"""Operations for the life cycle of a package: promotion, rollback and workflows.

The rules for conflicts and outcomes of all writes (`quilt_core.hookspecs.revisions`) also apply to
`promote_package` and `rollback_package`.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from quilt_core.domain.entries import DEFAULT_WORKFLOW, CopyMode
from quilt_core.domain.names import PackageName, Registry, RevisionRef
from quilt_core.hookspecs.markers import hookspec

if TYPE_CHECKING:
    from quilt_core.domain.entries import ProgressCallback, Workflow
    from quilt_core.domain.packages import PackageRevisionResult, RollbackResult
    from quilt_core.domain.workflows import WorkflowInfo


@hookspec(firstresult=True)
def list_workflows(registry: Registry) -> Iterable[WorkflowInfo]:
    """List the workflows of a registry; for `ops.list_workflows()`.

    Arguments:
        registry: where they are configured, in `.quilt/workflows/config.yml`.

    Returns:
        The workflows; an empty iterable for a registry without a configuration.

    Raises:
        NotFoundError: the registry does not exist or cannot be read.
        ProtocolError: the configuration cannot be interpreted.
        AuthenticationError, TransportError: as for all operations.

    Ordering and completeness: all of them, in the order of the configuration.

    Identity: any user who can read the registry.

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
    dry_run: bool = False,
) -> PackageRevisionResult:
    """Publish a revision of a package in another registry; for `ops.promote_package()`.

    The new revision has the same entries, with their hashes, sizes and metadata, and the same
    package metadata. The revision that is promoted does not change. A promotion that is repeated is
    published again, with the same top hash.

    Arguments:
        package_name, registry, top_hash: the revision to promote.
        destination: the registry to publish in; not `registry`.
        new_name: the package's name in the destination; if the package exists, it gets a new
            revision.
        copy: see `CopyMode`; NONE refers to the objects where they are.
        message: the commit message; None keeps that of the revision.
        workflow: `DEFAULT_WORKFLOW` keeps the revision's workflow, or uses the destination's
            default if the revision has none; None for no workflow; or an id.
        force, expected_top_hash, progress, allow_unversioned, dry_run: as in
            `create_package_revision`, for the package in the destination.

    Returns:
        The revision published in the destination; all entries count as added. After a dry run,
        `written` is False, `top_hash` is empty, and `unchecked` names what could not be
        checked, as in `create_package_revision`.

    Raises:
        NotFoundError: the package, the revision, a registry or an object to be copied does not
            exist.
        ValidationError: the destination does not have the workflow, which is checked before
            anything is copied; or the revision does not pass it; or objects would be copied to a
            store without versioning, and `allow_unversioned` is not given; or an entry is a local
            file and the destination is a bucket.
        PermissionDeniedError: the identity may not write to the destination, or not read an object
            that would be copied.
        ConflictError: as in `create_package_revision`.
        NotSupportedError: objects cannot be copied as requested; nothing is written.
        AuthenticationError, TransportError, ProtocolError: as for all operations.

    Identity: any user who can read `registry` and write to `destination`.

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

    Only the pointer `latest` is moved: every revision stays in the history, with its time, and can
    still be read. For the revision that is the latest one already, nothing is written and no error
    is raised, even if the identity can only read the registry: a store tells only a writer whether
    it may write.

    Arguments:
        package_name, registry, top_hash: the revision that becomes the latest one.
        expected_top_hash: the latest revision that the caller saw; None for any.

    Returns:
        The latest revision after the rollback, and the one before.

    Raises:
        NotFoundError: the package or the revision does not exist.
        ConflictError: the latest revision is not the expected one, which is looked at before
            anything is written, also if nothing would be, or another writer moved `latest` in the
            meantime; nothing was changed.
        PermissionDeniedError: the pointer would have to be moved, and the identity can read the
            registry but cannot write to it.
        AuthenticationError, TransportError: as for all operations.

    Identity: any user who can write to the registry; see above for the latest revision.

    Since: 1. Source: quilt3 `Package.rollback`; docs/protocol.md, H.1.

    Example: ``RollbackResult(top_hash="4f…", previous_top_hash="a1…", …)``.
    """
