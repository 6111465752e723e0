"""Whether the registry's bucket keeps versions: without them, a push changes older revisions."""

from __future__ import annotations

from quilt_core.composition.calls import Calls
from quilt_core.composition.push_plan import Holdings, PushRequest, is_versioned, uri_of
from quilt_core.domain.objects import S3Prefix, StoredObject
from quilt_core.domain.uris import S3Uri, parse_object_uri
from quilt_core.errors import NotFoundError, PermissionDeniedError, ValidationError


class VersionCheck:
    """Looks at a bucket before and after the first object is written to it.

    Parameters
    ----------
    calls:
        The connection's operations.
    request:
        The push. A folder, which keeps no versions, is checked file by file instead.
    holdings:
        What the latest revision has: an entry in this bucket with a version says enough.
    """

    def __init__(self, calls: Calls, request: PushRequest, holdings: Holdings) -> None:
        self._calls = calls
        self._bucket = request.registry.bucket
        self._needed = self._bucket is not None and not request.allow_unversioned
        self._holdings = holdings

    def before(self) -> None:
        """Look at some object of the bucket; `ValidationError` when it has no version.

        What was written before versions were switched on has the version "null", which says
        nothing, and so does a bucket that is empty or that this identity may not list.
        """
        if not self._needed or self._is_known():
            return
        try:
            listing = self._calls.list_objects(S3Prefix(str(self._bucket)), limit=1)
            first = next(listing, None)
            info = None if first is None else self._calls.object_info(parse_object_uri(first.uri))
        except (NotFoundError, PermissionDeniedError):
            return
        if info is not None and info.version is None:
            raise self._refused()

    def after(self, stored: StoredObject) -> None:
        """Look at the first object that was written; `ValidationError` when it has no version."""
        if self._needed and not is_versioned(parse_object_uri(stored.uri)):
            raise self._refused()

    def _is_known(self) -> bool:
        uris = map(uri_of, self._holdings.entries.values())
        return any(
            isinstance(uri, S3Uri) and uri.bucket == self._bucket and is_versioned(uri)
            for uri in uris
        )

    def _refused(self) -> ValidationError:
        return ValidationError(
            f"s3://{self._bucket} keeps no versions: an object that is written again there changes "
            "what earlier revisions mean.",
            hint="Switch versions on for the bucket, or push with allow_unversioned=True "
            "(--allow-unversioned).",
            context={"bucket": self._bucket},
        )
