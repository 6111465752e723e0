# mypy: disable-error-code="empty-body"
"""Package operations that write: create, update and delete revisions.

If an input is invalid, a write changes nothing. `quilt_core.revisions` implements the rules of all
writes, with `RevisionRequest` for the parameters.

Conflicts: just before it writes, a write compares `latest` with the revision that it started from,
and raises `ConflictError` with both hashes unless `force` is given. If the store can replace a
pointer conditionally (S3's If-Match, or a locked folder), nothing is overwritten. Otherwise, the
write checks the history again afterwards: a writer that overwrote somebody else's revision without
`force` gets `ConflictError` with the outcome "written" and with `base`, `overwritten` and `ours` in
the context. A revision never overwrites the timestamp pointer of another revision that it can see:
if the newest pointer has the current second, the write waits for the next one.

For each update without `force` that is missing from `latest`, its own writer or the writer that
overwrote it gets `ConflictError` with both hashes. In a store without conditional writes, this
guarantee has limits: two writers that reach a registry in the same second share a pointer
(docs/protocol.md, H.1), and only one of them can be seen; a revision must become `latest` within
`quilt_core.revisions.LONGEST_UNDER_WAY` seconds of its timestamp, for which a write waits; and only
the newest revisions are checked. A writer that gets its answer late may be told about a revision
that is built on its own.

Outcomes: every error has the outcome of the write in `context["outcome"]`: "not_written", "written"
or "unknown" (`quilt_core.revisions.Outcome`). If an answer is lost or cannot be interpreted, the
outcome is looked up. The facade sets "unknown" if an error has no outcome, or "not_written" if an
extension raised it before anything further in was called.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING, Any

from quilt_core.domain.entries import DEFAULT_WORKFLOW, CopyMode
from quilt_core.domain.names import PackageName, Registry, RevisionRef
from quilt_core.hookspecs.markers import hookspec

if TYPE_CHECKING:
    from quilt_core.domain.entries import NewEntry, ProgressCallback, Workflow
    from quilt_core.domain.packages import DeletionResult, PackageRevisionResult


@hookspec(firstresult=True)
def create_package_revision(
    package_name: PackageName,
    entries: Collection[NewEntry],
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
    """Publish a revision with exactly `entries`; for `ops.create_package_revision()`.

    Arguments:
        package_name: the package, new or existing; an existing package gets a new revision without
            its previous content.
        entries: at least one; logical keys are valid and distinct, have no NUL character, and no
            key is also a directory. A collection that can be iterated over repeatedly, in one
            thread at a time; that of a large push is in path-component order and is read from a
            file each time.
        metadata: the package's user metadata, with JSON types; None writes no `user_meta`. It has
            at most 64 levels, as that of an entry (`quilt_core.nesting.DEEPEST_METADATA`): deeper
            metadata is refused before the hook is called.
        registry: where to publish.
        message: the commit message, not empty; None for none.
        copy: see `CopyMode`.
        workflow: `DEFAULT_WORKFLOW`, None for explicitly none, or an id.
        force: True to write even if another revision was published in between.
        progress: see `quilt_core.hookspecs`; None for none.
        expected_top_hash: the full top hash that the caller saw as `latest`, or `NO_REVISION` if
            the package did not exist. If `latest` is a different revision when the write begins (or
            the package no longer exists, or exists unexpectedly), `ConflictError` is raised before
            anything is written, even with `force`. None for no expectation.
        dry_run: True to write neither objects nor a revision, but to check everything that can be
            checked without writing. It runs the same code and raises the same errors as the write
            itself, except for errors that only occur when something is written. A push asks in this
            way before it uploads: an entry with a size and without a hash (`NewEntry.is_planned`)
            is then an object that does not exist yet, and neither it nor an entry that is known is
            looked up.
        allow_unversioned: True to copy objects to a store without versioning, although overwriting
            a copy changes what older revisions mean (`quilt_core.revisions.VersionCheck`).

    A new revision has the time at which it was published (`PackageInfo.modified`). Publishing what
    the latest revision already holds is a write like any other: the top hash is the same, and it is
    listed once. So is publishing the content of an older revision again, which becomes the latest
    one with a new time.

    Returns: a `PackageRevisionResult` with every logical key in `added`, and in `previous_top_hash`
    the revision that `latest` named before, or None for a new package. For a dry run, `written`
    is False, `top_hash` is empty, `copied` is the number of objects that would be copied, and
    `unchecked` names what could not be checked: "objects" and "workflow" if the identity cannot
    read them, and "versions" if objects would be copied, `allow_unversioned` is not given, and
    nothing shows whether the store keeps versions (`quilt_core.revisions.VersionCheck.unchecked`).

    Raises: `NotFoundError` for an object (it gives the URI) or a registry that does not exist;
    `ValidationError` if the workflow refuses the revision, with its reasons, for an unknown
    workflow, for workflows or a schema that cannot be read or applied, and for copies to a store
    without versioning unless `allow_unversioned`;
    `ConflictError`; `PermissionDeniedError` for an object that is packaged or copied and cannot be
    read, or a registry that cannot be written to; `NotSupportedError`, before anything is written,
    if objects cannot be copied as requested; `AuthenticationError`, `TransportError`,
    `ProtocolError`; `BackendError` with the outcome "unknown" if the outcome of the last step could
    not be determined.

    Ordering and completeness: an entry's version is the one in its URI, or otherwise the object's
    current version. The same content, metadata, message and workflow give the same top hash with
    every backend: hashes are `sha2-256-chunked` unless the object's store already has another hash
    that the registry accepts. With `copy`, all objects are copied before the revision is published.

    Since: 1. Source: GraphQL `packageConstruct`; quilt3 `Package.push`; docs/protocol.md, E, J.2.

    Example: ``create_package_revision(name, (NewEntry("a.csv", S3Uri("b", "a.csv")),), None,
    registry, "First", CopyMode.NONE, DEFAULT_WORKFLOW, False, None, None, False, False)``.
    """


@hookspec(firstresult=True)
def update_package_revision(
    package_name: PackageName,
    entries: Collection[NewEntry],
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
    """Publish a revision based on the latest one; for `ops.update_package_revision()`.

    Arguments:
        package_name: an existing package.
        entries: the entries to add or replace, by logical key; empty for none. A key that was a
            directory replaces everything below it, and a key below a former file replaces that
            file. A collection as in `create_package_revision`.
        registry: its registry.
        metadata: merged into the user metadata at the top level: a key that is given replaces the
            whole value, and null is stored as a value. None does not change it. If there was none
            (or null) and none is given, there is none afterwards. What is kept may be nested more
            deeply than what is given.
        message: the commit message, not empty; None for none.
        remove: logical keys to remove; a directory removes everything below it. () for none. A key
            that is also in `entries` is replaced. `entries`, `metadata` and `remove` are not all
            empty.
        copy: see `CopyMode`; it applies to the new entries and, with `ALL` and `NEW`, to the
            existing ones as well.
        workflow: as in `create_package_revision`.
        force: True to write even if another revision was published in between.
        progress: as in `create_package_revision`.
        expected_top_hash: as in `create_package_revision`, also with `force`, without
            `NO_REVISION`. A missing package is still a `NotFoundError`.
        dry_run, allow_unversioned: as in `create_package_revision`.

    Returns: a `PackageRevisionResult`. `completed` lists the kept entries that got a version or a
    hash, and `lost_directory_metadata` the directories whose metadata could not be kept.

    Raises: as `create_package_revision`; `NotFoundError` if the package does not exist, or if a key
    in `remove` is neither an entry nor a directory of it; `ValidationError`, before anything is
    sent, for kept entries that could refer to different bytes, with all of them in the context
    (`quilt_core.revisions.cannot_keep`).

    Ordering and completeness: every existing entry keeps its physical key, hash, size and complete
    metadata, whatever the number of entries, unless it is replaced, removed or copied (a copy
    changes only the physical key). A kept entry never refers to different bytes than before. An
    entry with a version but without a hash gets the hash of exactly that version; an entry with
    neither is kept unchanged, or refused. If a registry completes entries itself (docs/protocol.md,
    E.2), the objects of entries without a version are checked once before the push: in a bucket
    without versioning, an entry whose object has the same size is sent unchanged; if the object has
    a version, and the same size and checksum as the entry, the entry is sent with that version;
    anything else is refused. Complete entries are neither downloaded nor checked. Physical keys are
    never changed, whatever they look like. Metadata of directories is kept, or the result lists
    what is lost. A replaced entry has the metadata of the new entry.

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
        package_name: an existing package, with or without a latest revision.
        registry: its registry.
        top_hash: the one revision to delete, with all of its pointers; None for all revisions. The
            package no longer exists after its last revision was deleted.
        progress: as in `create_package_revision`; a deletion may report nothing.

    Returns: a `DeletionResult`: what was deleted, and what was not, with the reasons.

    Raises: `NotFoundError` if the package or the revision does not exist; `PermissionDeniedError`
    if this identity may not delete any of it; `AuthenticationError`, `TransportError`,
    `ProtocolError` if nothing was deleted. Once something has been deleted, further failures are
    reported in the result.

    Ordering and completeness: newest first, ties by top hash, ascending. Objects are never deleted,
    and the packages that share the revision's content stay. If the revision that `latest` points at
    is deleted and others remain, `latest` then points at the newest of those; otherwise it stays
    where it is, or missing.

    Since: 1. Source: GraphQL `packageRevisionDelete`; quilt3 `delete_package`; docs/protocol.md, F.

    Example: ``DeletionResult(deleted=("4f…", "a1…"), failed=(), …)``.
    """
