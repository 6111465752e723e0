# Generated from the synchronous facade: `make docs-reference` writes this module.
"""Asynchronous form of `TransferOps`, a part of the facade."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from typing import Any

from quilt_core.aio.calls import AsyncGroup
from quilt_core.domain.entries import DEFAULT_WORKFLOW, ProgressCallback, Workflow
from quilt_core.domain.names import Registry
from quilt_core.domain.transfer import (
    DownloadResult,
    PushMode,
    PushModeName,
    PushResult,
    VerifyResult,
)
from quilt_core.domain.uris import S3Uri
from quilt_core.ops.addressing import PackageGiven
from quilt_core.ops.transfer import TransferOps


class AsyncTransferOps(AsyncGroup):
    """Push a folder, download and verify a package."""

    _ops: TransferOps

    async def push_package(
        self,
        package_name: PackageGiven,
        source: str | os.PathLike[str] | Mapping[str, str | os.PathLike[str] | bytes | S3Uri],
        registry: str | Registry | None = None,
        *,
        mode: PushMode | PushModeName = PushMode.REPLACE,
        include: Iterable[str] = (),
        exclude: Iterable[str] = (),
        metadata: Mapping[str, Any] | None = None,
        entry_metadata: Mapping[str, Mapping[str, Any]] | None = None,
        message: str | None = None,
        workflow: Workflow = DEFAULT_WORKFLOW,
        force: bool = False,
        expected_top_hash: str | None = None,
        dry_run: bool = False,
        allow_unversioned: bool = False,
        use_cache: bool = True,
        progress: ProgressCallback | None = None,
    ) -> PushResult:
        """Make a revision of a folder, or of files; upload what the registry does not hold.

        Parameters
        ----------
        package_name:
            `namespace/name`, or a `quilt+s3://` URI, which may name the registry as well.
        source:
            A folder, whose `.quiltignore` files are honoured; or a mapping of logical keys to
            paths, `bytes`, and `s3://…` URIs, to which the package then refers where they are.
        registry:
            Where to publish: `s3://bucket`, `file:///folder`, or a `Registry`; the configured one
            by default.
        mode:
            "replace": the revision holds what the source holds. "merge": files that only the
            latest revision has stay.
        include, exclude:
            Patterns as in `.gitignore`, over logical keys: one of `include` must match when there
            are any, and none of `exclude` may.
        metadata:
            The package's user metadata. None leaves it as it is, `{}` takes it away; with "merge"
            it is merged at the top level.
        entry_metadata:
            User metadata of files by logical key; files that are not named keep theirs.
        message:
            The commit message; None for none.
        workflow:
            Left out: the bucket's default; None: none; or an id.
        force:
            True writes even when another revision came in between.
        expected_top_hash:
            As in `create_package_revision`; checked before anything is uploaded.
        dry_run:
            True only finds out what would be done.
        allow_unversioned:
            True copies objects where no versions are kept, although that changes what older
            revisions mean.
        use_cache:
            False hashes every file again, and trusts nothing that earlier pushes from this
            machine noted.
        progress:
            Called with `Progress` during long work, from any thread; None for none.

        Returns
        -------
        PushResult
            Files that are new, changed, unchanged and removed, and the top hash.

        Raises
        ------
        ValidationError
            When the source cannot be taken as it is: a link that leaves the folder, a file that
            cannot be read or changes while it is read, nothing to push; `context["failures"]`
            says why, by file. When a name or metadata is malformed, or the workflow refuses the
            revision.
        NotFoundError
            When the registry, or an object that the source names, is not there.
        ConflictError
            When another revision came in between, or `expected_top_hash` is not the latest one.
        PermissionDeniedError
            When this identity may not write to the registry.
        AuthenticationError, TransportError, ProtocolError
            As every operation that asks the registry. `context["outcome"]` says what became of
            the revision.
        """
        return await self._calls.run(
            self._ops.push_package,
            package_name,
            source,
            registry,
            mode=mode,
            include=include,
            exclude=exclude,
            metadata=metadata,
            entry_metadata=entry_metadata,
            message=message,
            workflow=workflow,
            force=force,
            expected_top_hash=expected_top_hash,
            dry_run=dry_run,
            allow_unversioned=allow_unversioned,
            use_cache=use_cache,
            progress=progress,
        )

    async def download_package(
        self,
        package_name: PackageGiven,
        destination: str | os.PathLike[str],
        registry: str | Registry | None = None,
        *,
        path: str = "",
        top_hash: str | None = None,
        include: Iterable[str] = (),
        exclude: Iterable[str] = (),
        dry_run: bool = False,
        delete: bool = False,
        progress: ProgressCallback | None = None,
    ) -> DownloadResult:
        """Write a revision's files into a folder, each at its logical key, and verify them.

        Parameters
        ----------
        package_name:
            `namespace/name`, or a `quilt+s3://` URI, which may name registry, revision and path
            as well.
        destination:
            The folder; it is made when it is not there.
        registry:
            Where the package is: `s3://bucket`, `file:///folder`, or a `Registry`; the configured
            one by default.
        path:
            A file or directory of the package; "" for all.
        top_hash:
            The revision: None or "latest" for the latest, a whole top hash, at least six of its
            first digits, or the Unix seconds of its pointer.
        include, exclude:
            Patterns as in `.gitignore`, over logical keys: one of `include` must match when there
            are any, and none of `exclude` may.
        dry_run:
            True only finds out what would be done.
        delete:
            True deletes what an earlier download of this package wrote here and the revision does
            not have, unless somebody wrote to it since.
        progress:
            Called with `Progress` during long work, from any thread; None for none.

        Returns
        -------
        DownloadResult
            Which files were written, which were right already, and how many bytes came.

        Raises
        ------
        ValidationError
            Before anything is written: when a key can be no file here or lies outside of the
            folder, the destination is a file, there is not enough space, or a name or hash is
            malformed.
        ProtocolError
            When bytes are not those of the package. Files that were there stay as they were.
        NotFoundError
            When the path, the package, the revision, the registry or an object is not there.
        AuthenticationError, TransportError, ProtocolError
            As every operation that asks the registry.
        """
        return await self._calls.run(
            self._ops.download_package,
            package_name,
            destination,
            registry,
            path=path,
            top_hash=top_hash,
            include=include,
            exclude=exclude,
            dry_run=dry_run,
            delete=delete,
            progress=progress,
        )

    async def verify_package(
        self,
        package_name: PackageGiven,
        folder: str | os.PathLike[str],
        registry: str | Registry | None = None,
        *,
        top_hash: str | None = None,
        path: str = "",
    ) -> VerifyResult:
        """Compare a folder with a revision, hash by hash: what is missing, extra and different.

        Parameters
        ----------
        package_name:
            `namespace/name`, or a `quilt+s3://` URI, which may name registry, revision and path
            as well.
        folder:
            The folder, in which nothing is changed.
        registry:
            Where the package is: `s3://bucket`, `file:///folder`, or a `Registry`; the configured
            one by default.
        top_hash:
            The revision: None or "latest" for the latest, a whole top hash, at least six of its
            first digits, or the Unix seconds of its pointer.
        path:
            A file or directory of the package and of the folder; "" for all.

        Returns
        -------
        VerifyResult
            The files that are missing, extra and different. No object is read.

        Raises
        ------
        ValidationError
            When `folder` is not a folder, or a name or hash is malformed.
        NotFoundError
            When the path, the package, the revision or the registry is not there.
        AuthenticationError, PermissionDeniedError, TransportError, ProtocolError
            As every operation that asks the registry.
        """
        return await self._calls.run(
            self._ops.verify_package, package_name, folder, registry, top_hash=top_hash, path=path
        )
