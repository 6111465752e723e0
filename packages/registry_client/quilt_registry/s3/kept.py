"""Look up the objects of entries that an update keeps (`quilt_core.revisions.keep_entries`)."""

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
class ObjectLookup:
    """Looks up objects with one identity's S3 client, several in parallel.

    Temporary errors (`TransportError`, an expired login) are raised; if an object is gone or may
    not be read, that is the result.
    """

    s3: Callable[[], Any]
    """Makes the client, if there is something to look up."""
    workers: int
    """The maximum number of parallel requests."""

    def __call__(self, places: list[S3Uri]) -> dict[S3Uri, FoundObject | str]:
        """The data of each object, or the reason why it is not known."""
        try:
            client = self.s3()
        except NoAwsCredentialsError:
            return dict.fromkeys(places, "this identity has no access to S3 to look at its object")
        found = bounded_map(lambda place: _found(client, place), places, self.workers)
        return dict(zip(places, found, strict=True))


def _found(s3: Any, place: S3Uri) -> FoundObject | str:
    try:
        facts = head_object(s3, place)
    except NotFoundError:
        return "its object is gone"
    except PermissionDeniedError:
        return "this identity may not look at its object"
    return FoundObject(version_id=facts.uri.version_id, size=facts.size, hashes=facts.hashes)
