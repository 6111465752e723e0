# Generated from the synchronous facade: `make docs-reference` writes this module.
"""Asynchronous form of `TransferOps`, a part of the facade."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from typing import Any, BinaryIO, overload

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
from quilt_core.ops.transfer import READ_LIMIT, TransferOps


class AsyncTransferOps(AsyncGroup):
    """Push a folder, download and verify a package, read a file of it."""

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
            `namespace/name`, or a `quilt+s3://` URI, which names the registry, too.
        source:
            A folder, whose `.quiltignore` files are honoured; or a mapping of logical keys to
            paths, `bytes`, and `s3://…` URIs, which the package refers to where they are.
        registry:
            Where to publish; the configured one by default.
        mode:
            "replace": the revision holds what the source holds. "merge": files that only the latest
            revision has stay.
        include, exclude:
            Patterns as in `.gitignore`, over logical keys: one of `include` must match when there
            are any, and none of `exclude` may.
        metadata:
            The package's user metadata; None leaves it as it is, `{}` takes it away, and with
            "merge" it is merged at the top level.
        entry_metadata:
            User metadata of files by logical key; files that are not named keep theirs.
        message, workflow, force, expected_top_hash:
            As in `create_package_revision`.
        dry_run:
            Only find out what would be done.
        allow_unversioned:
            Write where no versions are kept, although that changes what older revisions mean.
        use_cache:
            False trusts nothing that earlier pushes from this machine have noted.
        progress:
            Called with `Progress` during long work, from any thread.

        Raises
        ------
        ValidationError
            For a source that cannot be taken as it is: `context["failures"]` says why, by file.
        ConflictError, PermissionDeniedError, TransportError, …
            See the hook `push_package`. `context["outcome"]` says what became of the revision.
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
            `namespace/name`, or a `quilt+s3://` URI, which names registry, revision and path, too.
        destination:
            The folder; it is made when it is not there.
        registry:
            Where the package lives; the configured one by default.
        path:
            A file or directory of the package; "" for all.
        top_hash:
            A revision; the latest by default.
        include, exclude:
            As in `push_package`.
        dry_run:
            Only find out what would be done.
        delete:
            Delete what an earlier download of this package wrote here and the revision does not
            have, unless somebody wrote to it since.
        progress:
            Called with `Progress` during long work, from any thread.

        Raises
        ------
        ValidationError
            Before anything is written: for keys that can be no files here, and for lack of space.
        ProtocolError
            For bytes that are not those of the package. Files that were there stay as they were.
        NotFoundError, PermissionDeniedError, TransportError, …
            See the hook `download_package`.
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
            `namespace/name`, or a `quilt+s3://` URI, which names registry, revision and path, too.
        folder:
            The folder, in which nothing is changed.
        registry:
            Where the package lives; the configured one by default.
        top_hash:
            A revision; the latest by default.
        path:
            A file or directory of the package and of the folder; "" for all.

        Raises
        ------
        ValidationError
            When `folder` is not a folder.
        """
        return await self._calls.run(
            self._ops.verify_package, package_name, folder, registry, top_hash=top_hash, path=path
        )

    async def open_content(
        self,
        package_name: PackageGiven,
        path: str = "",
        registry: str | Registry | None = None,
        *,
        top_hash: str | None = None,
    ) -> BinaryIO:
        """Open a file of a package as a seekable binary file, of the revision's own version.

        Parameters
        ----------
        package_name:
            `namespace/name`, or a `quilt+s3://` URI, which names registry, revision and path, too.
        path:
            The file's logical key; left out where a URI names it.
        registry:
            Where the package lives; the configured one by default.
        top_hash:
            A revision; the latest by default.

        Raises
        ------
        ValidationError
            When `path` is a directory.
        NotFoundError
            When there is no such file, revision or package.
        """
        return await self._calls.run(
            self._ops.open_content, package_name, path, registry, top_hash=top_hash
        )

    @overload
    async def read_content(
        self,
        package_name: PackageGiven,
        path: str = "",
        registry: str | Registry | None = None,
        *,
        top_hash: str | None = None,
        limit: int | None = READ_LIMIT,
        encoding: None = None,
    ) -> bytes: ...

    @overload
    async def read_content(
        self,
        package_name: PackageGiven,
        path: str = "",
        registry: str | Registry | None = None,
        *,
        top_hash: str | None = None,
        limit: int | None = READ_LIMIT,
        encoding: str,
    ) -> str: ...

    async def read_content(
        self,
        package_name: PackageGiven,
        path: str = "",
        registry: str | Registry | None = None,
        *,
        top_hash: str | None = None,
        limit: int | None = READ_LIMIT,
        encoding: str | None = None,
    ) -> bytes | str:
        """Read a whole file of a package: bytes, or text when an encoding is given.

        Parameters
        ----------
        package_name:
            `namespace/name`, or a `quilt+s3://` URI, which names registry, revision and path, too.
        path:
            The file's logical key; left out where a URI names it.
        registry:
            Where the package lives; the configured one by default.
        top_hash:
            A revision; the latest by default.
        limit:
            The largest number of bytes that the file may have, 64 MiB by default; None for any.
        encoding:
            Such as "utf-8"; None for bytes.

        Raises
        ------
        ValidationError
            When `path` is a directory, the file is larger than `limit`, or its bytes are not text
            in that encoding.
        ProtocolError
            When the bytes are not those of the package.
        NotFoundError
            When there is no such file, revision or package.
        """
        answer: bytes | str = await self._calls.overloaded(
            False,
            self._ops.read_content,
            package_name,
            path,
            registry,
            top_hash=top_hash,
            limit=limit,
            encoding=encoding,
        )
        return answer
