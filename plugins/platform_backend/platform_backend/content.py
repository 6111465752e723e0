"""Content operations: the contents of packages."""

from __future__ import annotations

from collections.abc import Iterable
from operator import attrgetter

from quilt_registry import fields
from quilt_registry.aws.credentials import NoAwsCredentialsError
from quilt_registry.buckets import bucket_of
from quilt_registry.contents import files_below, listed_contents, user_meta_of
from quilt_registry.s3 import presign_object

from platform_backend.browsing import BrowsingSessions
from platform_backend.packages.access import PackageAccess
from quilt_core import hookimpl
from quilt_core.domain.content import ContentInfo, ContentType
from quilt_core.domain.names import PackageName, Registry, RevisionRef
from quilt_core.domain.stored_keys import reachable_object
from quilt_core.error_messages import not_a_file, path_not_found
from quilt_core.errors import ProtocolError
from quilt_core.manifest import directory_metadata

_FILE, _DIRECTORY = ContentType.FILE, ContentType.DIRECTORY
"""Read once: a listing has thousands of items, and an enumeration finds its members slowly."""
_PATH = attrgetter("path")


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
            return files_below(contents.entries, path, package_name, registry)
        reader = self._access.contents()
        revision = reader.lookup.revision(
            "content_listing", package_name, registry, top_hash, path=path, below=path != ""
        )
        try:
            return _one_level(revision, path, package_name, registry)
        except fields.InexactSizeError as rounded:
            found = reader.list_exactly(package_name, registry, top_hash, path, rounded)
            if found is None:
                raise path_not_found(path, package_name, registry) from None
            return listed_contents(found)

    @hookimpl
    def get_content_url(
        self, package_name: PackageName, registry: Registry, path: str, top_hash: RevisionRef
    ) -> str:
        """Presigned with the registry's credentials, or obtained through a browsing session."""
        bucket = bucket_of(registry, "get_content_url")
        identity = self._access.connection.identity()
        lookup = self._access.lookup(identity)
        revision = lookup.revision("content_file", package_name, registry, top_hash, path=path)
        file = fields.get_optional_object(revision, "file")
        if file is None:
            directory = fields.get_optional_object(revision, "dir")
            if directory is not None and _is_there(directory):
                raise not_a_file(path, package_name, registry)
            raise path_not_found(path, package_name, registry)
        place = reachable_object(fields.get_str(file, "physicalKey"), "get_content_url", path)
        try:
            s3 = self._access.aws.s3(identity)
        except NoAwsCredentialsError:
            sessions = BrowsingSessions(lookup.client, self._access.settings.browsing_ttl)
            return sessions.url(bucket, package_name, fields.get_str(revision, "hash"), path)
        return presign_object(s3, place.bucket, place.key, place.version_id)


def _one_level(
    revision: fields.Node, path: str, package_name: PackageName, registry: Registry
) -> list[ContentInfo]:
    file = fields.get_optional_object(revision, "file") if path else None
    if file is not None:
        return [_file(file)]
    directory = fields.get_optional_object(revision, "dir")
    children = [] if directory is None else fields.get_objects(directory, "children")
    if path and (directory is None or not _is_there(directory)):
        raise path_not_found(path, package_name, registry)
    files = [_file(node) for node in children if "physicalKey" in node]
    directories = [_directory(node) for node in children if "physicalKey" not in node]
    # The paths have their directory in common, so no slash decides.
    return [*sorted(directories, key=_PATH), *sorted(files, key=_PATH)]


def _is_there(directory: fields.Node) -> bool:
    """A directory exists because of what is below it or because of its metadata."""
    children = fields.get_objects(directory, "children")
    return bool(children or fields.get_optional_record(directory, "metadata"))


def _file(node: fields.Node) -> ContentInfo:
    return ContentInfo(
        path=fields.get_str(node, "path"),
        type=_FILE,
        size=fields.get_bytes(node),
        metadata=user_meta_of(fields.get_optional_record(node, "metadata")),
        physical_key=fields.get_str(node, "physicalKey"),
    )


def _directory(node: fields.Node) -> ContentInfo:
    if "size" not in node:
        raise ProtocolError(
            "The registry lists something in a package that is neither a file nor a directory.",
            hint="The registry may be newer than this backend.",
        )
    metadata = fields.get_optional_record(node, "metadata")
    return ContentInfo(
        path=fields.get_str(node, "path").strip("/"),
        type=_DIRECTORY,
        size=fields.get_bytes(node),
        metadata=directory_metadata(metadata) if metadata else {},
        physical_key=None,
    )
