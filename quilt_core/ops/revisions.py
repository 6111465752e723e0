"""Package operations of the facade: writing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from quilt_core import domain
from quilt_core.domain.entries import (
    DEFAULT_WORKFLOW,
    NO_REVISION,
    CopyMode,
    CopyModeName,
    ProgressCallback,
    Workflow,
)
from quilt_core.domain.names import Registry, RevisionRef
from quilt_core.errors import ValidationError
from quilt_core.ops.addressing import PackageGiven, package_of
from quilt_core.ops.former_order import package_and_registry
from quilt_core.ops.parsing import (
    Sources,
    parse_copy,
    parse_expected_top_hash,
    parse_flag,
    parse_message,
    parse_metadata,
    parse_removals,
    parse_sources,
    parse_workflow,
)
from quilt_core.ops.writing import WritingGroup, tells_outcome

if TYPE_CHECKING:
    from quilt_core.domain.packages import DeletionResult, PackageRevisionResult


class RevisionOps(WritingGroup):
    """Create, update and delete revisions."""

    @tells_outcome
    def create_package_revision(
        self,
        package_name: PackageGiven,
        s3_uris: Sources,
        metadata: Mapping[str, Any] | None = None,
        registry: str | Registry | None = None,
        message: str | None = "Package created via QuiltOps",
        auto_organize: bool = True,
        copy: CopyMode | CopyModeName | bool = False,
        *,
        workflow: Workflow = DEFAULT_WORKFLOW,
        force: bool = False,
        progress: ProgressCallback | None = None,
        expected_top_hash: str | None = None,
        dry_run: bool = False,
        allow_unversioned: bool = False,
    ) -> PackageRevisionResult:
        """Publish a revision that holds exactly the given objects.

        Parameters
        ----------
        package_name:
            `namespace/name`, or a `quilt+s3://` URI, which may name the registry as well.
        s3_uris:
            URIs of objects (`?versionId=…` is honoured), `EntrySource` objects, or a mapping of
            logical keys to URIs; at least one.
        metadata:
            The package's user metadata, of JSON types and with at most 64 levels; None for none.
        registry:
            The registry in which to publish: `s3://bucket`, `file:///folder`, or a `Registry`; the
            configured one by default.
        message:
            The commit message; None for none.
        auto_organize:
            True uses the whole decoded key of a URI as the logical key, False only its last part.
        copy:
            False or "none" refers to the objects where they are; True or "all" copies them into the
            registry's bucket; "new" copies only those outside it.
        workflow:
            A workflow's id, or None for explicitly no workflow. If it is left out, the bucket's
            default is used.
        force:
            True writes even if another revision was published in the meantime.
        progress:
            Called with `Progress` during long work, from any thread; None for none.
        expected_top_hash:
            The whole top hash that you expect as the latest revision, or `NO_REVISION` if you
            expect that the package does not exist. If this does not hold, `ConflictError` is raised
            before anything is written, even with `force`. None expects nothing.
        dry_run:
            True writes nothing and checks everything that can be checked without writing: it
            raises what the write would raise. The result's `written` is False, and `unchecked`
            names what could not be checked: "objects", "workflow", "versions".
        allow_unversioned:
            True copies objects even into a store without versions, although that can change what
            older revisions refer to.

        Returns
        -------
        PackageRevisionResult
            The new and the previous top hash; every logical key is in `added`.

        Raises
        ------
        ValidationError
            When a name, URI, key or metadata is malformed, no object is given, the workflow refuses
            the revision or is unknown, or copies would go to a store without versions.
        NotFoundError
            When an object or the registry does not exist; the message names it.
        ConflictError
            When another revision was published in the meantime, or `expected_top_hash` is not the
            latest one.
        PermissionDeniedError
            When this identity may not read an object or write to the registry.
        NotSupportedError
            When objects cannot be copied as requested; nothing is written.
        AuthenticationError, TransportError, ProtocolError
            As for every operation that sends requests to the registry. Every error of a write has
            in `context["outcome"]` whether the write happened: "not_written", "written" or
            "unknown".

        Examples
        --------
        >>> data = "s3://demo-data/penguins"
        >>> result = ops.create_package_revision(
        ...     "team/birds",
        ...     {"all.csv": f"{data}/data/penguins.csv", "README.md": f"{data}/README.md"},
        ...     metadata={"project": "penguins"},
        ...     message="First version",
        ... )
        >>> print(result.added, result.previous_top_hash)
        ('README.md', 'all.csv') None
        """
        package = package_of(package_name, registry, self._settings.registry)
        entries = parse_sources(s3_uris, auto_organize=parse_flag(auto_organize, "auto_organize"))
        if not entries:
            raise ValidationError(
                "The list of objects is empty.",
                hint="Give at least one URI, like 's3://bucket/folder/file.csv'.",
            )
        return self._write(
            "create_package_revision",
            domain.PackageRevisionResult,
            **package,
            entries=entries,
            metadata=parse_metadata(metadata),
            message=parse_message(message),
            copy=parse_copy(copy),
            workflow=parse_workflow(workflow),
            force=parse_flag(force, "force"),
            progress=progress,
            expected_top_hash=parse_expected_top_hash(expected_top_hash),
            dry_run=parse_flag(dry_run, "dry_run"),
            allow_unversioned=parse_flag(allow_unversioned, "allow_unversioned"),
        )

    @tells_outcome
    def update_package_revision(
        self,
        package_name: PackageGiven,
        s3_uris: Sources = (),
        registry: str | Registry | None = None,
        metadata: Mapping[str, Any] | None = None,
        message: str | None = "Package updated via QuiltOps",
        auto_organize: bool = True,
        copy: CopyMode | CopyModeName | bool = "none",
        *,
        remove: Iterable[str] = (),
        workflow: Workflow = DEFAULT_WORKFLOW,
        force: bool = False,
        progress: ProgressCallback | None = None,
        expected_top_hash: str | None = None,
        dry_run: bool = False,
        allow_unversioned: bool = False,
    ) -> PackageRevisionResult:
        """Publish a revision made from the latest one: add, replace and remove entries.

        Entries that are not named stay as they are.

        Parameters
        ----------
        package_name:
            `namespace/name`, or a `quilt+s3://` URI, which may name the registry as well.
        s3_uris:
            The entries to add or replace, in the forms of `create_package_revision`; none by
            default.
        registry:
            The registry in which to publish: `s3://bucket`, `file:///folder`, or a `Registry`; the
            configured one by default.
        metadata:
            Metadata with at most 64 levels that is merged into the user metadata at the top level;
            None leaves it as it is.
        message:
            The commit message; None for none.
        auto_organize:
            True uses the whole decoded key of a URI as the logical key, False only its last part.
        copy:
            As in `create_package_revision`. With "all" and "new", the objects of kept entries are
            copied too.
        remove:
            Logical keys to remove; a directory removes everything below it.
        workflow:
            A workflow's id, or None for explicitly no workflow. If it is left out, the bucket's
            default is used.
        force:
            True writes even if another revision was published in the meantime.
        progress:
            Called with `Progress` during long work, from any thread; None for none.
        expected_top_hash:
            The whole top hash that you expect as the latest revision. If the latest revision is
            another one, `ConflictError` is raised before anything is written, even with `force`.
            None expects nothing.
        dry_run:
            True writes nothing and checks everything that can be checked without writing.
        allow_unversioned:
            True copies objects even into a store without versions, although that can change what
            older revisions refer to.

        Returns
        -------
        PackageRevisionResult
            What was added, replaced and removed. `completed` names entries that got a version or
            a hash, `lost_directory_metadata` the directories whose metadata could not be kept.

        Raises
        ------
        ValidationError
            When there is nothing to change, a name, URI, key or metadata is malformed, the workflow
            refuses the revision, or a kept entry could come to refer to other bytes.
        NotFoundError
            When the package, an object or a key to remove does not exist.
        ConflictError
            When another revision was published in the meantime, unless `force` is given. If the
            outcome is "written", both revisions were written, and the context has `base`,
            `overwritten` and `ours`.
        PermissionDeniedError
            When this identity may not read an object or write to the registry.
        NotSupportedError
            When objects cannot be copied as requested; nothing is written.
        AuthenticationError, TransportError, ProtocolError
            As for every operation that sends requests to the registry. `context["outcome"]` tells
            whether the write happened.

        Examples
        --------
        >>> result = ops.update_package_revision(
        ...     "team/birds",
        ...     {"dream.csv": f"{data}/data/by-island/dream.csv"},
        ...     metadata={"checked": True},
        ...     remove=["README.md"],
        ... )
        >>> print(result.added, result.removed, result.total_entries)
        ('dream.csv',) ('README.md',) 2
        """
        package = package_of(package_name, registry, self._settings.registry)
        entries = parse_sources(s3_uris, auto_organize=parse_flag(auto_organize, "auto_organize"))
        removals = parse_removals(remove)
        changes = parse_metadata(metadata)
        expected = parse_expected_top_hash(expected_top_hash)
        if expected == NO_REVISION:
            raise ValidationError(
                "An update needs an existing package, but expected_top_hash says that there is "
                "none.",
                hint="Use create_package_revision.",
            )
        if not (entries or removals or changes):
            raise ValidationError(
                "There is nothing to update.",
                hint="Give objects to add, keys to remove, or metadata to merge.",
            )
        return self._write(
            "update_package_revision",
            domain.PackageRevisionResult,
            **package,
            entries=entries,
            metadata=changes,
            message=parse_message(message),
            remove=removals,
            copy=parse_copy(copy),
            workflow=parse_workflow(workflow),
            force=parse_flag(force, "force"),
            progress=progress,
            expected_top_hash=expected,
            dry_run=parse_flag(dry_run, "dry_run"),
            allow_unversioned=parse_flag(allow_unversioned, "allow_unversioned"),
        )

    @tells_outcome
    def delete_package(
        self,
        package_name: PackageGiven | Registry | None = None,
        registry: PackageGiven | Registry | None = None,
        *,
        top_hash: str | None = None,
        progress: ProgressCallback | None = None,
        bucket: str | Registry | None = None,
        name: PackageGiven | None = None,
    ) -> DeletionResult:
        """Delete a package, or with `top_hash` one of its revisions; objects are never deleted.

        The former order `delete_package(bucket, name)`, by position or by these names, is still
        accepted, with a `DeprecationWarning`.

        Parameters
        ----------
        package_name:
            `namespace/name`, or a `quilt+s3://` URI that names no revision and no path.
        registry:
            `s3://bucket`, `file:///folder`, or a `Registry`; the configured one by default.
        top_hash:
            The revision to delete, in every form that `top_hash` accepts; None for all of them.
        progress:
            Called with `Progress` during long work, from any thread; None for none.
        bucket, name:
            The former names of the parameters for the registry and the package; deprecated.

        Returns
        -------
        DeletionResult
            The revisions that were deleted, and those that could not be, with reasons.

        Raises
        ------
        NotFoundError
            When the package or the revision does not exist.
        ValidationError
            When no package is given, or a name or hash is malformed.
        PermissionDeniedError
            When this identity may not delete any of it.
        AuthenticationError, TransportError, ProtocolError
            As for every operation that sends requests to the registry, when nothing was deleted;
            later failures are in the result. `context["outcome"]` tells whether the write happened.

        Examples
        --------
        >>> first = ops.list_package_versions("team/birds")[-1]
        >>> print(len(ops.delete_package("team/birds", top_hash=first.top_hash).deleted))
        1
        >>> print(ops.delete_package("team/birds").is_complete)
        True
        """
        given = package_and_registry(package_name, registry, bucket=bucket, name=name)
        return self._write(
            "delete_package",
            domain.DeletionResult,
            **package_of(*given, self._settings.registry),
            top_hash=None if top_hash is None else RevisionRef.parse(top_hash),
            progress=progress,
        )
