# mypy: disable-error-code="empty-body"
"""Transfer operations: whole packages between folders and a registry, and single files.

If the backend does not implement them, the core does, with the backend's operations on packages,
content and objects (`quilt_core.composition`). A backend implements one only if it can do better.

The errors of individual files are collected in `context["failures"]`, by logical key. After the
first error that would affect every file (no permission, no network), no further file is started.
The bytes of a file are compared with the hash of its entry, whatever the hash type.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

from quilt_core.domain.choices import PushMode
from quilt_core.domain.entries import DEFAULT_WORKFLOW
from quilt_core.domain.names import LATEST, PackageName, Registry, RevisionRef
from quilt_core.hookspecs.markers import hookspec

if TYPE_CHECKING:
    from quilt_core.domain.entries import ProgressCallback, Workflow
    from quilt_core.domain.transfer import DownloadResult, PushResult, PushSource, VerifyResult


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
    """Publish local files as a revision; called for `ops.push_package()`.

    Arguments:
        package_name: the package, new or existing.
        source: a folder, or files by logical key; keys are checked, and no key is also a folder.
        registry: where to publish.
        mode: see `PushMode`.
        include: patterns as in `.gitignore`, one of which must match the logical key; () for all.
        exclude: patterns, none of which may match.
        metadata: the package's user metadata. None does not change it; with `REPLACE`, an empty
            mapping removes it; with `MERGE`, it is merged at the top level. It is nested as in
            `create_package_revision`.
        entry_metadata: user metadata of files by logical key. Other files keep their metadata from
            the latest revision; an empty mapping removes it. It is nested like that of the package.
        message: the commit message, not empty; None for none.
        workflow: as in `create_package_revision`.
        force: True to publish even if another revision was published in between.
        expected_top_hash: as in `create_package_revision`; checked before anything is uploaded.
        dry_run: True to only find out what would be done, without writing anything. What can be
            known without writing is checked as in the push itself.
        allow_unversioned: True to write to a store without versioning, although overwriting an
            object changes what older revisions mean.
        use_cache: False to hash every file that has to be compared, and to upload again what an
            interrupted push had already uploaded.
        progress: see `quilt_core.hookspecs`; None for none.

    Returns: a `PushResult`. With `REPLACE`, a revision is always published, also one that is the
    same as the latest: its top hash is then the same. With `MERGE`, nothing is published if nothing
    would change, whatever the message: `written` is False, and the top hash is that of the latest
    revision. After a dry run, `unchecked` names what could not be checked, as in
    `create_package_revision`: "versions" if objects would be uploaded. `MERGE` keeps the metadata
    of directories where `update_package_revision` does, and otherwise `lost_directory_metadata`
    names the directories that lose theirs. `REPLACE` keeps none: the new revision has the files of
    the source and nothing else, and `lost_directory_metadata` is None if there was a latest
    revision, because it is not read whether that had any.

    Raises: `ValidationError` for a source that cannot be pushed (a link that leads out of the
    folder, something that is not a file, a file that cannot be read or changes while it is read, or
    nothing to push), and for writing to a store without versioning unless `allow_unversioned`;
    otherwise as `put_object` and `create_package_revision`. `context["outcome"]` is the outcome for
    the revision.

    Ordering and completeness: the revision is published only after all objects have been uploaded.
    What can be known before the first upload is checked before it: files that cannot be read, all
    of which the error names, the expected revision, and the registry's workflow, as by a dry run of
    `create_package_revision` or `update_package_revision`.
    Objects are written to `<package>/<logical key>` in the registry. A file whose bytes the latest
    revision has in a versioned object, under any key, is not uploaded and costs no request. Uploads
    of an interrupted push are reused by the next one from this machine.

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
    """Download a revision's files to a folder; called for `ops.download_package()`.

    Arguments:
        package_name: the package.
        registry: its registry.
        destination: the folder, which is created if necessary; files are written to their logical
            keys in it.
        path: a file or directory of the package, without leading or trailing slashes; "" for all.
        top_hash: which revision.
        include: as in `push_package`.
        exclude: as in `push_package`.
        dry_run: True to only find out what would be done, without writing anything.
        delete: True to delete files that an earlier download of this package wrote to this folder
            and that the revision does not contain, unless they were modified since. Files that are
            not selected by `path`, `include` and `exclude` are kept.
        progress: see `quilt_core.hookspecs`; None for none.

    Returns: a `DownloadResult`. Whatever differs in a requested file's place is replaced, also a
    file that was edited since an earlier download or a symbolic link; `replaced` names those.

    Raises: `ValidationError`, before anything is written, for a key that is not a valid file name
    here or would be outside the folder, for keys that would be the same file on this file system,
    for a destination that is a file, for a folder in the place of a file, for something that is not
    a folder in the place of one, for a folder that may not be written to, and if there is not
    enough space; `ProtocolError` for bytes that do not match the entry's hash, with the key and
    both hashes; `NotFoundError` as `browse_content`; otherwise as `open_object`.

    Ordering and completeness: every object is read once, in the version given in the revision, and
    hashed while it is read. It is written to a temporary file in the same folder and renamed when
    its hash is correct, so that a file always has either the old or the new content. Files that are
    already correct are not read again. An interrupted download is completed by the next one, which
    reads partially downloaded files from the beginning, because the hash covers the whole file.

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
        registry: its registry.
        folder: the folder; nothing in it is changed.
        top_hash: which revision.
        path: a file or directory of the package and of the folder; "" for all.

    Returns: a `VerifyResult`.

    Raises: `ValidationError` if `folder` is not a folder; `NotFoundError` as `browse_content`.

    Ordering and completeness: every file is hashed, with the hash type of its entry; no object is
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
        registry: its registry.
        path: the file's logical key.
        top_hash: which revision.

    Returns: a file as from `open_object`, with the version given in the revision. Its size is that
    of the entry; its bytes are not compared with the entry's hash, because that would require
    reading all of them.

    Raises: `ValidationError` if `path` is a directory; `NotFoundError` as `browse_content`;
    `ProtocolError` for an object of another size than the entry's; otherwise as `open_object`.

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
        registry: its registry.
        path: the file's logical key.
        top_hash: which revision.
        limit: the maximum size of the file in bytes; None for any size.

    Returns: the bytes, after checking their number, and their hash if `browse_content` returns it.

    Raises: `ValidationError` for a file that is larger than `limit`, before it is read;
    `ProtocolError` for bytes that do not match the entry; otherwise as `open_content`.

    Since: 1. Source: the operations `browse_content` and `open_object`.

    Example: ``read_content(name, registry, "README.md", LATEST, 1000) == b"# Penguins"``.
    """
