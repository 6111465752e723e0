# mypy: disable-error-code="empty-body"
"""Content operations: what is inside a package."""

from __future__ import annotations

from collections.abc import Iterable

from quilt_core.domain.content import ContentInfo
from quilt_core.domain.names import LATEST, PackageName, Registry, RevisionRef
from quilt_core.hookspecs.markers import hookspec


@hookspec(firstresult=True)
def browse_content(
    package_name: PackageName,
    registry: Registry,
    path: str = "",
    top_hash: RevisionRef = LATEST,
    recursive: bool = False,
) -> Iterable[ContentInfo]:
    """List what lies at a path inside a package; called for `ops.browse_content()`.

    Arguments:
        package_name: the package.
        registry: where it lives.
        path: a logical key or directory without slashes at its ends; "" is the root.
        top_hash: which revision.
        recursive: False for one level; True for all files at and below `path`.

    Returns: an iterable, which may be lazy, of `ContentInfo`. A file's path gives that file
    alone. The root of an empty package gives nothing.

    Raises: `NotFoundError` when the path, the package, the revision or the registry is not
    there or cannot be read; otherwise as `get_package_info`. A lazy iterable raises while it is
    read, and never ends early without an error.

    Ordering and completeness: one level: directories first, then files, each in path-component
    order. Recursive: files only, in path-component order (`a/b` before `a.txt`). Complete for
    packages of any size; one level does not hold the whole package in memory.

    Since: 1. Source: GraphQL `revision.dir`, `revision.file`, `contentsFlatMap`; the manifest.

    Example: ``[ContentInfo(path="data", type=ContentType.DIRECTORY, size=120, …), …]``.
    """


@hookspec(firstresult=True)
def get_content_url(
    package_name: PackageName, registry: Registry, path: str, top_hash: RevisionRef = LATEST
) -> str:
    """Give a URL that downloads one file; called for `ops.get_content_url()`.

    Arguments:
        package_name: the package.
        registry: where it lives.
        path: the file's logical key.
        top_hash: which revision.

    Returns: a URL that answers a plain GET without further credentials, for a limited time,
    with the bytes of exactly the version that the revision names; `file://…` for a local
    object. It is a secret while it lasts.

    Raises: `ValidationError` when `path` is a directory; `NotFoundError` as `browse_content`;
    `NotSupportedError`, with `physical_key` in the context, for a file that lies where no URL of
    this backend leads (manifests hold any physical key); otherwise as `get_package_info`. An
    object in S3 is reached in its bucket's own region.

    Since: 1. Source: presigned from `PackageFile.physicalKey`; GraphQL `browsingSessionCreate`.

    Example: ``"https://bucket.s3.amazonaws.com/a.csv?versionId=…&X-Amz-Signature=…"``.
    """
