"""What a stored entry refers to, and whether its registry lets it be opened."""

from __future__ import annotations

from quilt_core.domain.names import Registry
from quilt_core.domain.uris import FileUri, ObjectUri, parse_object_uri
from quilt_core.error_messages import object_not_served
from quilt_core.errors import ValidationError
from quilt_core.manifest import ManifestEntry


def stored_object(operation: str, entry: ManifestEntry, registry: Registry) -> ObjectUri:
    """The object that an entry of a package in `registry` refers to, for it to be opened.

    Raises `NotSupportedError` for what is neither an object in S3 nor, in a folder's package, a
    file: a manifest in S3 may come from anybody, and does not open files of this machine.
    """
    try:
        uri = parse_object_uri(entry.physical_key)
    except ValidationError as error:
        raise object_not_served(operation, entry.logical_key, entry.physical_key) from error
    if isinstance(uri, FileUri) and not registry.is_local:
        raise object_not_served(operation, entry.logical_key, entry.physical_key)
    return uri
