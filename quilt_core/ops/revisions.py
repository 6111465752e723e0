"""Package operations of the facade: writing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from quilt_core.domain.entries import (
    DEFAULT_WORKFLOW,
    CopyMode,
    CopyModeName,
    ProgressCallback,
    Workflow,
)
from quilt_core.domain.names import PackageName, Registry, RevisionRef, parse_bucket
from quilt_core.domain.packages import DeletionResult, PackageRevisionResult
from quilt_core.errors import ValidationError
from quilt_core.ops.group import OperationGroup
from quilt_core.ops.parsing import (
    Sources,
    parse_copy,
    parse_message,
    parse_metadata,
    parse_registry,
    parse_removals,
    parse_sources,
    parse_workflow,
)


class RevisionOps(OperationGroup):
    """Create, update and delete revisions."""

    def create_package_revision(
        self,
        package_name: str,
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
    ) -> PackageRevisionResult:
        """Publish a revision that holds exactly the given objects.

        Parameters
        ----------
        package_name:
            `namespace/name`.
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

        Raises
        ------
        ValidationError
            For bad names, URIs, keys or metadata, an empty list, or what a workflow refuses.
        ConflictError, NotFoundError, PermissionDeniedError, BackendError, …
            See the hook `create_package_revision`.
        """
        name = PackageName.parse(package_name)
        entries = parse_sources(s3_uris, auto_organize=auto_organize)
        if not entries:
            raise ValidationError(
                "The list of objects is empty.",
                hint="Give at least one URI, like 's3://bucket/folder/file.csv'.",
            )
        return self._dispatch.call(
            "create_package_revision",
            PackageRevisionResult,
            package_name=name,
            entries=entries,
            metadata=parse_metadata(metadata),
            registry=parse_registry(registry, self._settings.registry),
            message=parse_message(message),
            copy=parse_copy(copy),
            workflow=parse_workflow(workflow),
            force=force,
            progress=progress,
        )

    def update_package_revision(
        self,
        package_name: str,
        s3_uris: Sources = (),
        registry: str | Registry | None = None,
        metadata: Mapping[str, Any] | None = None,
        message: str | None = "Package updated via QuiltOps",
        auto_organize: bool = False,
        copy: CopyMode | CopyModeName | bool = "none",
        *,
        remove: Iterable[str] = (),
        workflow: Workflow = DEFAULT_WORKFLOW,
        force: bool = False,
        progress: ProgressCallback | None = None,
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
            When another revision came in between, unless `force`.
        """
        name = PackageName.parse(package_name)
        entries = parse_sources(s3_uris, auto_organize=auto_organize)
        removals = parse_removals(remove)
        changes = parse_metadata(metadata)
        if not (entries or removals or changes):
            raise ValidationError(
                "There is nothing to update.",
                hint="Give objects to add, keys to remove, or metadata to merge.",
            )
        return self._dispatch.call(
            "update_package_revision",
            PackageRevisionResult,
            package_name=name,
            entries=entries,
            registry=parse_registry(registry, self._settings.registry),
            metadata=changes,
            message=parse_message(message),
            remove=removals,
            copy=parse_copy(copy),
            workflow=parse_workflow(workflow),
            force=force,
            progress=progress,
        )

    def delete_package(
        self,
        bucket: str | Registry | None,
        name: str,
        *,
        top_hash: str | None = None,
        progress: ProgressCallback | None = None,
    ) -> DeletionResult:
        """Delete a package, or with `top_hash` one of its revisions; objects stay.

        Parameters
        ----------
        bucket:
            The registry: a bucket's name, `s3://bucket`, `file:///folder`, or None for the
            configured one.
        name:
            `namespace/name`.
        top_hash:
            The one revision to delete; None for all.
        progress:
            Called with `Progress` as revisions go.

        Returns
        -------
        DeletionResult
            What is gone, and what is not, with reasons.
        """
        if isinstance(bucket, str) and "://" not in bucket:
            bucket = Registry(bucket=parse_bucket(bucket))
        return self._dispatch.call(
            "delete_package",
            DeletionResult,
            package_name=PackageName.parse(name),
            registry=parse_registry(bucket, self._settings.registry),
            top_hash=None if top_hash is None else RevisionRef.parse(top_hash),
            progress=progress,
        )
