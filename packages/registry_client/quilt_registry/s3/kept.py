"""Look at the objects of entries that an update keeps (`quilt_core.revisions.keep_entries`)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import attrs

from quilt_core.domain.uris import S3Uri
from quilt_core.errors import NotFoundError, PermissionDeniedError
from quilt_core.parallel import bounded_map
from quilt_core.revisions import FoundObject
from quilt_registry.aws.credentials import NoAwsCredentialsError
from quilt_registry.s3.objects import head_object


@attrs.frozen(kw_only=True)
class ObjectLook:
    """Looks at objects with one identity's S3 client, several at once.

    Errors that may pass (`TransportError`, an expired login) are raised; that an object is gone,
    or may not be looked at, is an answer.
    """

    s3: Callable[[], Any]
    """Makes the client, when there is something to look at."""
    workers: int
    """How many requests may be under way at once."""

    def __call__(self, places: list[S3Uri]) -> dict[S3Uri, FoundObject | str]:
        """What each object is, or why nobody knows."""
        try:
            client = self.s3()
        except NoAwsCredentialsError:
            return dict.fromkeys(places, "this identity has no access to S3 to look at its object")
        found = bounded_map(lambda place: _look(client, place), places, self.workers)
        return dict(zip(places, found, strict=True))


def _look(s3: Any, place: S3Uri) -> FoundObject | str:
    try:
        facts = head_object(s3, place)
    except NotFoundError:
        return "its object is gone"
    except PermissionDeniedError:
        return "this identity may not look at its object"
    return FoundObject(version_id=facts.uri.version_id, size=facts.size, hashes=facts.hashes)
