"""Whether a bucket keeps versions, judged by its objects."""

from __future__ import annotations

from typing import Any

from quilt_core.domain.objects import S3Prefix
from quilt_core.domain.uris import S3Uri
from quilt_core.errors import NotFoundError, PermissionDeniedError
from quilt_core.revisions import shows_versions
from quilt_registry.s3.listing import list_objects
from quilt_registry.s3.objects import head_object


def has_versions(s3: Any, bucket: str) -> bool | None:
    """Whether a bucket keeps versions, as one of its objects shows it (two requests).

    Identities that a registry issues may not read the bucket's own configuration. None if the
    object shows nothing (`quilt_core.revisions.shows_versions`), if there is no object, or if this
    identity may not list or read.
    """
    try:
        first = next(list_objects(s3, S3Prefix(bucket), recursive=True, limit=1), None)
        if first is None:
            return None
        facts = head_object(s3, S3Uri.parse(first.uri), of_parts=False)
    except (NotFoundError, PermissionDeniedError):
        return None
    return shows_versions(facts.uri.version_id)
