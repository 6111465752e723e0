# mypy: disable-error-code="empty-body"
"""Transfer operations: whole packages between folders and a registry, and single files of them.

The core itself answers them, after the backend, by means of the operations on packages, content and
objects that the backend has (`quilt_core.composition`). A backend implements one of them only to
do better.

What they share: the errors of single files are collected and told together, in
`context["failures"]` by logical key; after the first error that would meet every file (no
permission, no network) nothing new is begun. A file's bytes are compared with the hash that its
entry has, whatever its type.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, BinaryIO

from quilt_core.domain.entries import DEFAULT_WORKFLOW, ProgressCallback, Workflow
from quilt_core.domain.names import LATEST, PackageName, Registry, RevisionRef
from quilt_core.domain.transfer import (
    DownloadResult,
    PushMode,
    PushResult,
    PushSource,
    VerifyResult,
)
from quilt_core.hookspecs.markers import hookspec


@hookspec(firstresult=True)
def push_package(
    package_name: PackageName,
    source: PushSource,
    registry: Registry,
    mode: PushMode = PushMode.REPLACE,
    include: tuple[str, ...] = (),
    exclude: tuple[str, ...] = (),
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
    """Make a revision of local files and upload what it needs; called for `ops.push_package()`.

    Arguments:
        package_name: the package, new or existing.
        source: a folder, or files by logical key; keys are checked, and no key is also a folder.
        registry: where to publish.
        mode: see `PushMode`.
        include: patterns as in `.gitignore`, one of which must match a logical key; () takes all.
        exclude: patterns, none of which may match.
        metadata: the package's user metadata. None leaves it as it is; an empty mapping takes it
            away with `REPLACE`. With `MERGE` it is merged at the top level.
        entry_metadata: user metadata of files by logical key. A file that is not named keeps what
            it has in the latest revision; an empty mapping takes it away.
        message: the commit message, not empty; None for none.
        workflow: as in `create_package_revision`.
        force: True to publish even when another revision came in between.
        expected_top_hash: as in `create_package_revision`; looked at before anything is uploaded.
        dry_run: True to find out what would be done, and to write nothing.
        allow_unversioned: True to write where no versions are kept, although that changes what
            older revisions mean that refer to an object which is written again.
        use_cache: False to hash every file that has to be compared, and to upload anew what a push
            that ended early had uploaded.
        progress: called with `Progress` during long work, from any thread; None for none.

    Returns: a `PushResult`.

    Raises: `ValidationError` for a source that cannot be taken as it is: a link that leaves the
    folder, something that is not a file, a file that cannot be read or changes while it is read,
    nothing at all to push, and objects where no versions are kept unless `allow_unversioned`;
    otherwise as `put_object` and `create_package_revision`. `context["outcome"]` says what became
    of the revision.

    Ordering and completeness: every object is there before the revision is published, and nothing
    is published when one is not. Objects go to `<package>/<logical key>` in the registry. A file
    whose bytes the latest revision holds in a versioned object, under whatever key, is not
    uploaded and costs no request. What a push that was killed had uploaded is used by the next one
    from this machine.

    Since: 1. Source: the operations of objects, content and packages; docs/protocol.md, J.2, P.6.

    Example: ``push_package(name, Path("data"), registry, PushMode.REPLACE, (), ("*.tmp",), …)``.
    """


@hookspec(firstresult=True)
def download_package(
    package_name: PackageName,
    registry: Registry,
    destination: Path,
    path: str = "",
    top_hash: RevisionRef = LATEST,
    include: tuple[str, ...] = (),
    exclude: tuple[str, ...] = (),
    dry_run: bool = False,
    delete: bool = False,
    progress: ProgressCallback | None = None,
) -> DownloadResult:
    """Write a revision's files into a folder; called for `ops.download_package()`.

    Arguments:
        package_name: the package.
        registry: where it lives.
        destination: the folder, made when it is not there; a file goes to its logical key in it.
        path: a file or directory of the package, without slashes at its ends; "" for all.
        top_hash: which revision.
        include: as in `push_package`.
        exclude: as in `push_package`.
        dry_run: True to find out what would be done, and to write nothing.
        delete: True to delete what an earlier download of this package wrote into this folder and
            the revision does not have, unless somebody wrote to it since. Files that `path`,
            `include` and `exclude` do not mean stay.
        progress: called with `Progress` during long work, from any thread; None for none.

    Returns: a `DownloadResult`.

    Raises: `ValidationError` before anything is written for a key that can be no file here or
    would lie outside of the folder, for keys that are one file on this file system, for a
    destination that is a file, and when there is not enough space; `ProtocolError` for bytes that
    are not those of the entry's hash, with key, expected and found hash; `NotFoundError` as
    `browse_content`; otherwise as `open_object`.

    Ordering and completeness: every object is read once, in the version that the revision names,
    and hashed while it is read. It is written beside its place and moved there when it is right:
    a file is the old or the new one, whatever fails. What is there and right is not read again: a
    download that was killed is finished by the next one, which reads the files that were under way
    from their beginnings, for the hash is that of the whole.

    Since: 1. Source: the operations of content and objects.

    Example: ``download_package(name, registry, Path("data"), "", LATEST, (), (), False, …)``.
    """


@hookspec(firstresult=True)
def verify_package(
    package_name: PackageName,
    registry: Registry,
    folder: Path,
    top_hash: RevisionRef = LATEST,
    path: str = "",
) -> VerifyResult:
    """Compare a folder with a revision; called for `ops.verify_package()`.

    Arguments:
        package_name: the package.
        registry: where it lives.
        folder: the folder; nothing in it is changed.
        top_hash: which revision.
        path: a file or directory of the package and of the folder; "" for all.

    Returns: a `VerifyResult`.

    Raises: `ValidationError` when `folder` is not a folder; `NotFoundError` as `browse_content`.

    Ordering and completeness: every file is hashed, in the type of its entry's hash; no object is
    read.

    Since: 1. Source: the operation `browse_content`.

    Example: ``verify_package(name, registry, Path("data"), LATEST, "")``.
    """


@hookspec(firstresult=True)
def open_content(
    package_name: PackageName, registry: Registry, path: str, top_hash: RevisionRef = LATEST
) -> BinaryIO:
    """Open a file of a package for reading; called for `ops.open_content()`.

    Arguments:
        package_name: the package.
        registry: where it lives.
        path: the file's logical key.
        top_hash: which revision.

    Returns: a file as of `open_object`, of the version that the revision names. Its bytes are not
    compared with the entry's hash, which only reading all of them could do.

    Raises: `ValidationError` when `path` is a directory; `NotFoundError` as `browse_content`;
    otherwise as `open_object`.

    Since: 1. Source: the operations `browse_content` and `open_object`.

    Example: ``open_content(name, registry, "a.parquet", LATEST).read(4) == b"PAR1"``.
    """


@hookspec(firstresult=True)
def read_content(
    package_name: PackageName,
    registry: Registry,
    path: str,
    top_hash: RevisionRef,
    limit: int | None,
) -> bytes:
    """Read a whole file of a package; called for `ops.read_content()`.

    Arguments:
        package_name: the package.
        registry: where it lives.
        path: the file's logical key.
        top_hash: which revision.
        limit: the largest number of bytes that a file may have; None for any.

    Returns: the bytes, whose number is that of the entry, and whose hash is, where
    `browse_content` tells it.

    Raises: `ValidationError` for a file that is larger than `limit`, before it is read;
    `ProtocolError` for bytes that are not those of the entry; otherwise as `open_content`.

    Since: 1. Source: the operations `browse_content` and `open_object`.

    Example: ``read_content(name, registry, "README.md", LATEST, 1000) == b"# Penguins"``.
    """
