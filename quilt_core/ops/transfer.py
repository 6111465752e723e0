"""Transfer operations of the facade: whole packages in and out."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from quilt_core import domain
from quilt_core.domain.choices import PushMode, PushModeName
from quilt_core.domain.entries import DEFAULT_WORKFLOW, ProgressCallback, Workflow
from quilt_core.domain.names import Registry
from quilt_core.domain.uris import S3Uri
from quilt_core.ops.addressing import PackageGiven, content_of, package_of
from quilt_core.ops.parsing import (
    parse_enum,
    parse_expected_top_hash,
    parse_flag,
    parse_message,
    parse_workflow,
)
from quilt_core.ops.transfer_sources import (
    parse_changed_metadata,
    parse_entry_metadata,
    parse_path,
    parse_patterns,
    parse_source,
)
from quilt_core.ops.writing import WritingGroup, tells_outcome

if TYPE_CHECKING:
    from quilt_core.domain.transfer import DownloadResult, PushResult, VerifyResult


class TransferOps(WritingGroup):
    """Push a folder, download and verify a package."""

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
        r"""Publish a folder, or files, as a revision, and upload what the registry does not hold
        yet.

        Parameters
        ----------
        package_name:
            `namespace/name`, or a `quilt+s3://` URI, which may name the registry as well.
        source:
            A folder, whose `.quiltignore` files are honoured; or a mapping of logical keys to
            paths, `bytes`, and `s3://…` URIs of objects, to which the package refers without
            copying them.
        registry:
            The registry in which to publish: `s3://bucket`, `file:///folder`, or a `Registry`; the
            configured one by default.
        mode:
            "replace" makes the revision hold exactly the files of the source; "merge" also keeps
            files that only the latest revision has.
        include, exclude:
            Patterns as in `.gitignore`, which are matched against logical keys: if `include` is
            given, one of its patterns must match; no pattern of `exclude` may match.
        metadata:
            The package's user metadata, with at most 64 levels. None leaves it as it is, `{}`
            removes it; with "merge" it is merged at the top level.
        entry_metadata:
            User metadata of files, by logical key, each with at most 64 levels; files that are not
            named keep theirs.
        message:
            The commit message; None for none. It is not used if nothing is written because a merge
            changes nothing.
        workflow:
            A workflow's id, or None for explicitly no workflow. If it is left out, the bucket's
            default is used.
        force:
            True writes even if another revision was published in the meantime.
        expected_top_hash:
            As in `create_package_revision`; checked before anything is uploaded.
        dry_run:
            True only reports what would be done, and raises what the push would raise, as far as
            that can be known without writing. `unchecked` names what could not be checked.
        allow_unversioned:
            True copies objects even into a store without versions, although that can change what
            older revisions refer to.
        use_cache:
            False hashes every file again and ignores the records of earlier pushes from this
            machine.
        progress:
            Called with `Progress` during long work, from any thread; None for none.

        Returns
        -------
        PushResult
            The files that are new, changed, unchanged and removed, and the top hash.

        Raises
        ------
        ValidationError
            When the source cannot be pushed: a link leaves the folder, a file cannot be read or
            changes while it is read, or there is nothing to push; `context["failures"]` has the
            reason for each file. When a name or metadata is malformed, a logical key has a NUL
            character, or the workflow refuses the revision.
        NotFoundError
            When the registry, or an object that the source names, does not exist.
        ConflictError
            When another revision was published in the meantime, or `expected_top_hash` is not the
            latest one.
        PermissionDeniedError
            When this identity may not write to the registry.
        AuthenticationError, TransportError, ProtocolError
            As for every operation that sends requests to the registry. `context["outcome"]` tells
            whether the revision was written.

        Examples
        --------
        >>> from pathlib import Path
        >>> Path("birds").mkdir()
        >>> written = Path("birds", "notes.md").write_text("# Notes\n")
        >>> pushed = ops.push_package("team/birds", "birds", message="From my folder")
        >>> print(pushed.new, pushed.written)
        ('notes.md',) True
        >>> more = {"data/count.csv": b"species,count\nAdelie,152\n"}
        >>> pushed = ops.push_package("team/birds", more, mode="merge")
        >>> print(pushed.new, pushed.unchanged)
        ('data/count.csv',) ()
        """
        return self._write(
            "push_package",
            domain.PushResult,
            **package_of(package_name, registry, self._settings.registry),
            source=parse_source(source),
            mode=parse_enum(PushMode, mode, "mode"),
            include=parse_patterns(include, "include"),
            exclude=parse_patterns(exclude, "exclude"),
            metadata=parse_changed_metadata(metadata),
            entry_metadata=parse_entry_metadata(entry_metadata),
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

        A file that differs is replaced, also if it was edited since an earlier download; `dry_run`
        tells which ones would be (`DownloadResult.replaced`).

        Parameters
        ----------
        package_name:
            `namespace/name`, or a `quilt+s3://` URI, which may name registry, revision and path
            as well.
        destination:
            The folder; it is created if it does not exist.
        registry:
            The registry of the package: `s3://bucket`, `file:///folder`, or a `Registry`; the
            configured one by default.
        path:
            A file or directory of the package; "" for all.
        top_hash:
            The revision: None or "latest" for the latest, a whole top hash, at least six of its
            first digits, or the Unix seconds of its pointer.
        include, exclude:
            Patterns as in `.gitignore`, which are matched against logical keys: if `include` is
            given, one of its patterns must match; no pattern of `exclude` may match.
        dry_run:
            True only reports what would be done.
        delete:
            True deletes files that an earlier download of this package wrote here and that the
            revision does not have, unless they have been changed since.
        progress:
            Called with `Progress` during long work, from any thread; None for none.

        Returns
        -------
        DownloadResult
            The files that were written, those that were already right, and the number of bytes
            transferred.

        Raises
        ------
        ValidationError
            When a key cannot be the name of a file here or leads out of the folder, the destination
            is a file, a folder is in the place of a file or the reverse, a folder may not be
            written to, there is not enough space, or a name or hash is malformed. It is raised
            before anything is written, and by a dry run, too.
        ProtocolError
            When bytes do not match the package. Existing files stay as they were.
        NotFoundError
            When the path, the package, the revision, the registry or an object does not exist.
        AuthenticationError, TransportError, ProtocolError
            As for every operation that sends requests to the registry.

        Examples
        --------
        >>> result = ops.download_package("team/birds", "copy")
        >>> print(sorted(path.name for path in Path("copy").iterdir()))
        ['data', 'notes.md']
        """
        return self._dispatch.call(
            "download_package",
            domain.DownloadResult,
            **content_of(package_name, registry, path, top_hash, self._settings.registry),
            destination=parse_path(destination, "destination"),
            include=parse_patterns(include, "include"),
            exclude=parse_patterns(exclude, "exclude"),
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
            `namespace/name`, or a `quilt+s3://` URI, which may name registry, revision and path
            as well.
        folder:
            The folder, which is not changed.
        registry:
            The registry of the package: `s3://bucket`, `file:///folder`, or a `Registry`; the
            configured one by default.
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
            When the path, the package, the revision or the registry does not exist.
        AuthenticationError, PermissionDeniedError, TransportError, ProtocolError
            As for every operation that sends requests to the registry.

        Examples
        --------
        >>> print(ops.verify_package("team/birds", "copy").is_clean)
        True
        """
        return self._dispatch.call(
            "verify_package",
            domain.VerifyResult,
            **content_of(package_name, registry, path, top_hash, self._settings.registry),
            folder=parse_path(folder, "folder"),
        )
