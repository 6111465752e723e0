"""Package operations of the facade: writing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from quilt_core.domain.entries import (
    DEFAULT_WORKFLOW,
    NO_REVISION,
    CopyMode,
    CopyModeName,
    ProgressCallback,
    Workflow,
)
from quilt_core.domain.names import Registry, RevisionRef
from quilt_core.domain.packages import DeletionResult, PackageRevisionResult
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
            `namespace/name`, or a `quilt+s3://` URI, which names the registry, too.
        s3_uris:
            URIs of objects (`?versionId=…` honoured), `EntrySource` objects, or a mapping of
            logical key to URI.
        metadata:
            The package's user metadata, JSON types.
        registry:
            Where to publish; the configured one by default.
        message:
            The commit message.
        auto_organize:
            True makes the whole decoded key of a URI the logical key, False its last part.
        copy:
            False or "none" refers to the objects; True or "all" copies them into the
            registry's bucket; "new" copies those outside of it.
        workflow:
            Left out: the bucket's default; None: none; or an id.
        force:
            True writes even when another revision came in between.
        progress:
            Called with `Progress` during long work.
        expected_top_hash:
            The whole top hash that you saw as the latest revision, or `NO_REVISION` when the
            package was not there. When it is another one now, the write raises `ConflictError`
            before it writes anything, with `force` too.
        dry_run:
            True writes nothing and looks at everything that can be known without writing: it
            raises what the write would raise. The result's `written` is False, and `unchecked`
            names what could not be looked at.
        allow_unversioned:
            Copy objects where no versions are kept, although that changes what older revisions
            mean.

        Raises
        ------
        ValidationError
            For bad names, URIs, keys or metadata, an empty list, what a workflow refuses, or copies
            where no versions are kept.
        ConflictError, NotFoundError, PermissionDeniedError, BackendError, …
            See the hook `create_package_revision`. Every error of a write says in
            `context["outcome"]` what became of it: "not_written", "written" or "unknown".
        """
        package = package_of(package_name, registry, self._settings.registry)
        entries = parse_sources(s3_uris, auto_organize=auto_organize)
        if not entries:
            raise ValidationError(
                "The list of objects is empty.",
                hint="Give at least one URI, like 's3://bucket/folder/file.csv'.",
            )
        return self._write(
            "create_package_revision",
            PackageRevisionResult,
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

        Parameters as in `create_package_revision`; `metadata` is merged at the top level, and
        `remove` names logical keys or directories to drop. All other entries stay as they are.

        Raises
        ------
        ValidationError
            Also when nothing is to be changed.
        NotFoundError
            When the package, an object or a key to remove is not there.
        ConflictError
            When another revision came in between, unless `force`. With the outcome "written"
            both were written, and the context has `base`, `overwritten` and `ours`.
        """
        package = package_of(package_name, registry, self._settings.registry)
        entries = parse_sources(s3_uris, auto_organize=auto_organize)
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
            PackageRevisionResult,
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
        """Delete a package, or with `top_hash` one of its revisions; objects stay.

        The former order `delete_package(bucket, name)`, by position or by these names, is still
        taken, with a `DeprecationWarning`.

        Parameters
        ----------
        package_name:
            `namespace/name`, or a `quilt+s3://` URI, which names the registry, too.
        registry:
            `s3://bucket` or `file:///folder`; the configured one by default.
        top_hash:
            The one revision to delete; None for all. A URI that names a
            revision is refused.
        progress:
            Called with `Progress` as revisions go.
        bucket, name:
            The registry and the package, as `delete_package` was called before; deprecated.

        Returns
        -------
        DeletionResult
            What is gone, and what is not, with reasons.
        """
        given = package_and_registry(package_name, registry, bucket=bucket, name=name)
        return self._write(
            "delete_package",
            DeletionResult,
            **package_of(*given, self._settings.registry),
            top_hash=None if top_hash is None else RevisionRef.parse(top_hash),
            progress=progress,
        )
