# mypy: disable-error-code="empty-body"
"""Content operations: the files in a package."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from quilt_core.domain.names import LATEST, PackageName, Registry, RevisionRef
from quilt_core.hookspecs.markers import hookspec

if TYPE_CHECKING:
    from quilt_core.domain.content import ContentInfo


@hookspec(firstresult=True)
def browse_content(
    package_name: PackageName,
    registry: Registry,
    path: str = "",
    top_hash: RevisionRef = LATEST,
    recursive: bool = False,
) -> Iterable[ContentInfo]:
    """List the contents of a path in a package; called for `ops.browse_content()`.

    Arguments:
        package_name: the package.
        registry: its registry.
        path: a logical key or directory without leading or trailing slashes; "" is the root.
        top_hash: which revision.
        recursive: False for one level; True for all files at and below `path`.

    In `path`, every character stands for itself, in its own case; only whole components match.

    Returns: an iterable, which may be lazy, of `ContentInfo`. For the path of a file, it contains
    only that file. For the root of an empty package, it is empty.

    Raises: `NotFoundError` if the path, the package, the revision or the registry does not exist
    or cannot be read; otherwise as `get_package_info`. A lazy iterable raises while it is read, and
    never ends early without an error.

    Ordering and completeness: one level: directories first, then files, each in path-component
    order. Recursive: files only, in path-component order (`a/b` before `a.txt`). Complete for
    packages of any size; listing one level does not load the whole package into memory.

    Since: 1. Source: GraphQL `revision.dir`, `revision.file`, `contentsFlatMap`; the manifest.

    Example: ``[ContentInfo(path="data", type=ContentType.DIRECTORY, size=120, …), …]``.
    """


@hookspec(firstresult=True)
def get_content_url(
    package_name: PackageName, registry: Registry, path: str, top_hash: RevisionRef = LATEST
) -> str:
    """Return a URL that downloads one file; called for `ops.get_content_url()`.

    Arguments:
        package_name: the package.
        registry: its registry.
        path: the file's logical key.
        top_hash: which revision.

    Returns: a URL that returns the bytes of exactly the version in the revision, with a plain GET
    request, without further credentials and for a limited time; `file://…` for a local object.
    Treat it as a secret while it is valid. Without versions, it is of the object that this revision
    names, which may be another one than that of the latest revision.

    Raises: `ValidationError` if `path` is a directory; `NotFoundError` as `browse_content`;
    `NotSupportedError`, with `physical_key` in the context, for a physical key that this backend
    cannot create a URL for (manifests may contain any physical key); otherwise as
    `get_package_info`. A URL for S3 is signed for the region of the bucket. For an object that this
    identity may not read, `PermissionDeniedError` is raised, or the URL is refused when it is used.

    Since: 1. Source: presigned from `PackageFile.physicalKey`; GraphQL `browsingSessionCreate`.

    Example: ``"https://bucket.s3.amazonaws.com/a.csv?versionId=…&X-Amz-Signature=…"``.
    """
