"""Transfer operations of the facade: whole packages in and out, and single files of them."""

from __future__ import annotations

import io
import os
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, BinaryIO, cast, overload

from quilt_core.domain.entries import DEFAULT_WORKFLOW, ProgressCallback, Workflow
from quilt_core.domain.names import Registry
from quilt_core.domain.transfer import (
    DownloadResult,
    PushFile,
    PushMode,
    PushModeName,
    PushResult,
    PushSource,
    VerifyResult,
)
from quilt_core.domain.uris import S3Uri, check_logical_key
from quilt_core.errors import ValidationError
from quilt_core.ops.addressing import PackageGiven, content_of, file_of, package_of
from quilt_core.ops.parsing import (
    check_tree,
    parse_enum,
    parse_expected_top_hash,
    parse_flag,
    parse_limit,
    parse_message,
    parse_metadata,
    parse_workflow,
)
from quilt_core.ops.writing import WritingGroup, tells_outcome

READ_LIMIT = 64 * 2**20
"""Bytes that `read_content` reads unless it is told another limit."""


class TransferOps(WritingGroup):
    """Push a folder, download and verify a package, read a file of it."""

    @tells_outcome
    def push_package(
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
        return self._write(
            "push_package",
            PushResult,
            **package_of(package_name, registry, self._settings.registry),
            source=_parse_source(source),
            mode=parse_enum(PushMode, mode, "mode"),
            include=_parse_patterns(include, "include"),
            exclude=_parse_patterns(exclude, "exclude"),
            metadata=_parse_metadata(metadata),
            entry_metadata={
                check_logical_key(key): _parse_metadata(one) or {}
                for key, one in (entry_metadata or {}).items()
            }
            or None,
            message=parse_message(message),
            workflow=parse_workflow(workflow),
            force=parse_flag(force, "force"),
            expected_top_hash=parse_expected_top_hash(expected_top_hash),
            dry_run=parse_flag(dry_run, "dry_run"),
            allow_unversioned=parse_flag(allow_unversioned, "allow_unversioned"),
            use_cache=parse_flag(use_cache, "use_cache"),
            progress=progress,
        )

    def download_package(
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
        return self._dispatch.call(
            "download_package",
            DownloadResult,
            **content_of(package_name, registry, path, top_hash, self._settings.registry),
            destination=_parse_path(destination, "destination"),
            include=_parse_patterns(include, "include"),
            exclude=_parse_patterns(exclude, "exclude"),
            dry_run=parse_flag(dry_run, "dry_run"),
            delete=parse_flag(delete, "delete"),
            progress=progress,
        )

    def verify_package(
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
        return self._dispatch.call(
            "verify_package",
            VerifyResult,
            **content_of(package_name, registry, path, top_hash, self._settings.registry),
            folder=_parse_path(folder, "folder"),
        )

    def open_content(
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
        opened = self._dispatch.call(
            "open_content",
            io.IOBase,
            **file_of(package_name, registry, path, top_hash, self._settings.registry),
        )
        return cast("BinaryIO", opened)

    @overload
    def read_content(
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
    def read_content(
        self,
        package_name: PackageGiven,
        path: str = "",
        registry: str | Registry | None = None,
        *,
        top_hash: str | None = None,
        limit: int | None = READ_LIMIT,
        encoding: str,
    ) -> str: ...

    def read_content(
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
        data = self._dispatch.call(
            "read_content",
            bytes,
            **file_of(package_name, registry, path, top_hash, self._settings.registry),
            limit=parse_limit(limit),
        )
        if encoding is None:
            return data
        try:
            return data.decode(encoding)
        except (UnicodeDecodeError, LookupError) as error:
            raise ValidationError(
                f"{path!r} cannot be read as text: {error}.",
                hint="Pass its encoding, or None to get bytes.",
            ) from error


def _parse_path(path: str | os.PathLike[str], name: str) -> Path:
    if isinstance(path, (str, os.PathLike)) and (text := os.fspath(path)):
        return Path(text)
    raise ValidationError(f"{name}={path!r} is not a path.", hint="Give a folder, like 'data'.")


def _parse_patterns(patterns: Iterable[str], name: str) -> tuple[str, ...]:
    if isinstance(patterns, str):
        raise ValidationError(
            f"`{name}` is one piece of text.", hint=f"Give a list: [{patterns!r}]."
        )
    found = tuple(patterns)
    for pattern in found:
        if not (isinstance(pattern, str) and pattern.strip()):
            raise ValidationError(
                f"{pattern!r} in `{name}` is not a pattern.", hint="'*.csv' is one."
            )
    return found


def _parse_metadata(metadata: Mapping[str, Any] | None) -> Mapping[str, Any] | None:
    """As `parse_metadata`, but that an empty mapping stays one: here it takes metadata away."""
    return None if metadata is None else parse_metadata(metadata) or {}


def _parse_source(source: Any) -> PushSource:
    if not isinstance(source, Mapping):
        return _parse_path(source, "source")
    if not source:
        raise ValidationError("The source is an empty mapping.", hint="Give at least one file.")
    files = {check_logical_key(key): _parse_file(key, value) for key, value in source.items()}
    check_tree(files, {key: repr(key) for key in files})
    return files


def _parse_file(key: str, value: Any) -> PushFile:
    if isinstance(value, (bytes, S3Uri)):
        return value
    if isinstance(value, (bytearray, memoryview)):
        return bytes(value)
    if isinstance(value, str) and value.startswith("s3://"):
        return S3Uri.parse(value)
    if isinstance(value, (str, os.PathLike)):
        return _parse_path(value, f"source[{key!r}]")
    raise ValidationError(
        f"The source of {key!r} is a {type(value).__name__}.",
        hint="Give a path, bytes, or an s3:// URI.",
    )
