# mypy: disable-error-code="empty-body"
"""Package operations that write: create, update and delete revisions.

What all writes share: nothing is written when an input is bad. `quilt_core.revisions` has their
rules, and `RevisionRequest` for the parameters.

Conflicts: a write compares `latest` with the revision that it started from, just before it writes,
and raises `ConflictError` with both hashes unless `force`. Where the store can replace a pointer on
a condition (S3's If-Match, a locked folder), nothing is overwritten. Where it cannot, the write
looks at the history again afterwards: a writer who wrote over somebody else's revision without
`force` gets `ConflictError` with the outcome "written" and, in the context, `base`, `overwritten`
and `ours`. A revision never takes the timestamp pointer of another that it can see: when the newest
pointer bears the current second, the write waits for the next one.

For each update without `force` that is missing from `latest`, its own writer or the one that wrote
over it gets `ConflictError` with both hashes. Where the store has no condition, this has limits:
two writers who meet at a registry in the same second share a pointer (docs/protocol.md, H.1), and
only one of them can be seen; a revision must become `latest` within
`quilt_core.revisions.LONGEST_UNDER_WAY` seconds of its timestamp, which a write waits for; and only
the newest revisions are looked at. A writer whose answer came late may be told of a revision that
is built on its own.

Outcomes: every error says in `context["outcome"]` what became of the write: "not_written",
"written" or "unknown" (`quilt_core.revisions.Outcome`). An answer that cannot be understood is
looked up like one that was lost. The facade gives "unknown" to an error that says nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from quilt_core.domain.entries import (
    DEFAULT_WORKFLOW,
    CopyMode,
    NewEntry,
    ProgressCallback,
    Workflow,
)
from quilt_core.domain.names import PackageName, Registry, RevisionRef
from quilt_core.domain.packages import DeletionResult, PackageRevisionResult
from quilt_core.hookspecs.markers import hookspec


@hookspec(firstresult=True)
def create_package_revision(
    package_name: PackageName,
    entries: tuple[NewEntry, ...],
    metadata: Mapping[str, Any] | None,
    registry: Registry,
    message: str | None = None,
    copy: CopyMode = CopyMode.NONE,
    workflow: Workflow = DEFAULT_WORKFLOW,
    force: bool = False,
    progress: ProgressCallback | None = None,
    expected_top_hash: str | None = None,
    dry_run: bool = False,
    allow_unversioned: bool = False,
) -> PackageRevisionResult:
    """Publish a revision that holds exactly `entries`; for `ops.create_package_revision()`.

    Arguments:
        package_name: the package, new or existing; an existing one gets a new revision with
            none of its former content.
        entries: at least one; logical keys are checked and differ, no key is also a directory.
        metadata: the package's user metadata, JSON types; None writes no `user_meta` at all.
        registry: where to publish.
        message: the commit message, not empty; None for none.
        copy: see `CopyMode`.
        workflow: `DEFAULT_WORKFLOW`, None for explicitly none, or an id.
        force: True to write even when another revision came in between.
        progress: called with `Progress` during long work, from any thread; None for none.
        expected_top_hash: the whole top hash that the caller saw as `latest`, or `NO_REVISION`
            when the package was not there; when it is another one as the write begins (or the
            package is gone, or there unexpectedly), `ConflictError` before anything is written,
            whatever `force` says. None for no expectation.
        dry_run: True to write nothing, neither objects nor a revision, and to look at everything
            that can be known without: it raises what the same write would raise, by the same
            code, but for what only shows when something is written.
        allow_unversioned: True to copy objects where no versions are kept, although that changes
            what older revisions mean that refer to an object which is copied again
            (`quilt_core.revisions.VersionCheck`).

    Returns: a `PackageRevisionResult`; every logical key is in `added`. Of a dry run, one whose
    `written` is False, whose `top_hash` is empty, whose `copied` is what would be copied, and whose
    `unchecked` names what could not be looked at.

    Raises: `NotFoundError` for an object that is not there (it names the URI) or a registry
    that is not there; `ValidationError` for what the workflow refuses, with its reasons, for an
    unknown workflow, and for copies where no versions are kept unless `allow_unversioned`;
    `ConflictError`; `PermissionDeniedError` for an object that cannot be read
    or a registry that cannot be written; `NotSupportedError` before anything is written when
    objects cannot be copied as asked; `AuthenticationError`, `TransportError`, `ProtocolError`.
    `BackendError` that says so when the outcome of the last step could not be learnt.

    Ordering and completeness: an entry's version is the one that its URI names, else the
    object's current one; the same content, metadata, message and workflow give the same top
    hash whichever backend writes it: hashes are `sha2-256-chunked` unless the object's store
    already knows another that the registry accepts. With `copy`, all objects are there before
    the revision is.

    Since: 1. Source: GraphQL `packageConstruct`; quilt3 `Package.push`; docs/protocol.md, E, J.2.

    Example: ``create_package_revision(name, (NewEntry("a.csv", S3Uri("b", "a.csv")),), None,
    registry, "First", CopyMode.NONE, DEFAULT_WORKFLOW, False, None, None, False, False)``.
    """


@hookspec(firstresult=True)
def update_package_revision(
    package_name: PackageName,
    entries: tuple[NewEntry, ...],
    registry: Registry,
    metadata: Mapping[str, Any] | None = None,
    message: str | None = None,
    remove: tuple[str, ...] = (),
    copy: CopyMode = CopyMode.NONE,
    workflow: Workflow = DEFAULT_WORKFLOW,
    force: bool = False,
    progress: ProgressCallback | None = None,
    expected_top_hash: str | None = None,
    dry_run: bool = False,
    allow_unversioned: bool = False,
) -> PackageRevisionResult:
    """Publish a revision made from the latest one; for `ops.update_package_revision()`.

    Arguments:
        package_name: an existing package.
        entries: what to add or replace, by logical key; a key that was a directory replaces
            everything below it, and a key below what was a file replaces that file.
        registry: where it lives.
        metadata: merged into the user metadata at the top level; None leaves it as it is. Where
            there was none (or null) and none is given, there is none afterwards.
        message: the commit message, not empty; None for none.
        remove: logical keys to drop; a directory drops everything below it.
        copy: see `CopyMode`; it applies to the new entries and, with `ALL` and `NEW`, to the
            existing ones as well.
        workflow: as in `create_package_revision`.
        force: True to write even when another revision came in between.
        progress: as in `create_package_revision`.
        expected_top_hash: as in `create_package_revision`, without `NO_REVISION`. A package that
            is not there is a `NotFoundError` all the same.
        dry_run, allow_unversioned: as in `create_package_revision`.

    Returns: a `PackageRevisionResult`. `completed` names kept entries that got a version or a hash,
    `lost_directory_metadata` the directories whose metadata could not be kept.

    Raises: as `create_package_revision`; `NotFoundError` when the package is not there, or a
    key in `remove` is neither an entry nor a directory of it; `ValidationError` before anything is
    sent for kept entries that could come to mean other bytes, naming all of them in the context
    (`quilt_core.revisions.cannot_keep`).

    Ordering and completeness: every existing entry keeps its physical key, hash, size and whole
    metadata, whatever the number of entries, unless it is replaced, removed or copied (a copy
    changes the physical key only). A kept entry never comes to mean other bytes. An entry without a
    hash gets it from the version that it names, and from nothing else; one that names no version
    either is kept as it is, or refused. Where a registry completes entries by itself
    (docs/protocol.md, E.2), the objects of those that name no version are looked at once before
    the push: an object of the entry's size in a bucket without versions is sent as it is; one with
    a version, and the entry's size and checksum, is sent with that version; anything else is
    refused. Complete entries are neither downloaded nor looked at. Physical keys are data and stay
    as they are, whatever they look like. Metadata of directories is kept, or what is lost is in the
    result. A replaced entry's metadata is that of the new entry.

    Since: 1. Source: GraphQL `contentsFlatMap` and `packageConstruct`; quilt3 `Package.push`.

    Example: ``update_package_revision(name, (), registry, {"checked": True}, "Check",
    ("old.csv",), CopyMode.NONE, DEFAULT_WORKFLOW, False, None, None, False, False)``.
    """


@hookspec(firstresult=True)
def delete_package(
    package_name: PackageName,
    registry: Registry,
    top_hash: RevisionRef | None = None,
    progress: ProgressCallback | None = None,
) -> DeletionResult:
    """Delete a package or one of its revisions; called for `ops.delete_package()`.

    Arguments:
        package_name: an existing package.
        registry: where it lives.
        top_hash: the one revision to delete; None for all of them.
        progress: as in `create_package_revision`.

    Returns: a `DeletionResult`: what is gone, and what is not, with reasons.

    Raises: `NotFoundError` when the package or the revision is not there;
    `PermissionDeniedError` when this identity may not delete any of it; `AuthenticationError`,
    `TransportError`, `ProtocolError` when nothing was deleted. Once something is gone, the rest
    is reported in the result.

    Ordering and completeness: newest first. Objects are never deleted. When the revision that
    `latest` points at goes and others remain, `latest` points at the newest of those.

    Since: 1. Source: GraphQL `packageRevisionDelete`; quilt3 `delete_package`; docs/protocol.md, F.

    Example: ``DeletionResult(deleted=("4f…", "a1…"), failed=(), …)``.
    """
