"""Content operations: what is inside a package."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from quilt_registry import fields
from quilt_registry.aws.credentials import NoAwsCredentialsError
from quilt_registry.buckets import bucket_of
from quilt_registry.s3 import presign_object

from platform_backend.browsing import BrowsingSessions
from platform_backend.packages.access import PackageAccess
from platform_backend.packages.convert import user_meta_of
from quilt_core import hookimpl
from quilt_core.domain.content import ContentInfo, ContentType
from quilt_core.domain.names import PackageName, Registry, RevisionRef
from quilt_core.domain.uris import S3Uri
from quilt_core.errors import NotFoundError, ProtocolError, ValidationError
from quilt_core.manifest import ManifestEntry, sort_key


class ContentOperations:
    """Implements the hooks of `quilt_core.hookspecs.content`."""

    def __init__(self, access: PackageAccess) -> None:
        self._access = access

    @hookimpl
    def browse_content(
        self,
        package_name: PackageName,
        registry: Registry,
        path: str,
        top_hash: RevisionRef,
        recursive: bool,
    ) -> Iterable[ContentInfo]:
        """GraphQL `dir` and `file` in one request; `contentsFlatMap` when recursive."""
        bucket_of(registry, "browse_content")
        if recursive:
            contents = self._access.contents().read(package_name, registry, top_hash)
            return _below(contents.entries, path, package_name, registry)
        revision = self._access.lookup().revision(
            "content_listing", package_name, registry, top_hash, path=path
        )
        return _one_level(revision, path, package_name, registry)

    @hookimpl
    def get_content_url(
        self, package_name: PackageName, registry: Registry, path: str, top_hash: RevisionRef
    ) -> str:
        """Presigned with the registry's credentials, or redirected to by a browsing session."""
        bucket = bucket_of(registry, "get_content_url")
        connection = self._access.connection
        identity = connection.identity()
        client = connection.client_of(identity)
        revision = self._access.lookup(client).revision(
            "content_file", package_name, registry, top_hash, path=path
        )
        file = fields.get_optional_object(revision, "file")
        if file is None:
            directory = fields.get_optional_object(revision, "dir")
            if directory is not None and fields.get_objects(directory, "children"):
                raise ValidationError(
                    f"{path!r} is a directory of {package_name}, and only files have a URL.",
                    hint="Name one of the files that browse_content shows below it.",
                    context={"path": path},
                )
            raise _missing(path, package_name, registry)
        place = _object(fields.get_str(file, "physicalKey"))
        try:
            s3 = self._access.aws.s3(identity)
        except NoAwsCredentialsError:
            sessions = BrowsingSessions(client, self._access.settings.browsing_ttl)
            return sessions.url(bucket, package_name, fields.get_str(revision, "hash"), path)
        return presign_object(s3, place.bucket, place.key, place.version_id)


def _one_level(
    revision: fields.Node, path: str, package_name: PackageName, registry: Registry
) -> list[ContentInfo]:
    file = fields.get_optional_object(revision, "file")
    if file is not None:
        return [_file(file)]
    directory = fields.get_optional_object(revision, "dir")
    children = [] if directory is None else fields.get_objects(directory, "children")
    if not children and path:
        raise _missing(path, package_name, registry)  # no directory is empty
    found = [_child(node) for node in children]
    return sorted(found, key=lambda item: (not item.is_directory, sort_key(item.path)))


def _child(node: fields.Node) -> ContentInfo:
    kind = fields.get_str(node, "__typename")
    if kind == "PackageFile":
        return _file(node)
    if kind == "PackageDir":
        return _directory(node)
    raise ProtocolError(
        f"The registry lists a {kind!r} in a package, which this backend does not know.",
        context={"member": kind},
    )


def _file(node: fields.Node) -> ContentInfo:
    return ContentInfo(
        path=fields.get_str(node, "path"),
        type=ContentType.FILE,
        size=fields.get_size(node),
        metadata=user_meta_of(fields.get_optional_record(node, "metadata")),
        physical_key=fields.get_str(node, "physicalKey"),
    )


def _directory(node: fields.Node) -> ContentInfo:
    # A directory's record holds the user's metadata itself; a registry may nest it
    # (docs/protocol.md, D.3).
    metadata = fields.get_optional_record(node, "metadata") or {}
    nested = set(metadata) == {"user_meta"}
    return ContentInfo(
        path=fields.get_str(node, "path").strip("/"),
        type=ContentType.DIRECTORY,
        size=fields.get_size(node),
        metadata=user_meta_of(metadata) if nested else metadata,
        physical_key=None,
    )


def _below(
    entries: Iterable[ManifestEntry], path: str, package_name: PackageName, registry: Registry
) -> Iterator[ContentInfo]:
    """All files at and below a path; an error when there are none, but for an empty package."""
    found = False
    for entry in entries:
        key = entry.logical_key
        if not path or key == path or key.startswith(f"{path}/"):
            found = True
            yield ContentInfo(
                path=key,
                type=ContentType.FILE,
                size=entry.size,
                metadata=entry.user_meta,
                physical_key=entry.physical_key,
                hash=entry.hash,
            )
    if path and not found:
        raise _missing(path, package_name, registry)


def _object(physical_key: str) -> S3Uri:
    try:
        return S3Uri.parse(physical_key)
    except ValidationError as error:
        raise ProtocolError(
            f"The package refers to {physical_key!r}, which is no object in S3.",
            context={"physical_key": physical_key},
        ) from error


def _missing(path: str, package_name: PackageName, registry: Registry) -> NotFoundError:
    return NotFoundError(
        f"{package_name} in {registry} holds no {path!r}.",
        hint="browse_content shows what it holds.",
        context={"package": str(package_name), "registry": registry.url, "path": path},
    )
