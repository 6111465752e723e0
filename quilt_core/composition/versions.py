"""How a push finds out whether the registry's bucket keeps versions."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import partial

import attrs

from quilt_core.composition.calls import Calls
from quilt_core.composition.holdings import Holdings
from quilt_core.composition.push_plan import PushRequest
from quilt_core.domain.objects import S3Prefix
from quilt_core.domain.uris import parse_object_uri
from quilt_core.errors import NotFoundError, PermissionDeniedError
from quilt_core.revisions import VersionCheck, shows_versions


def version_check(calls: Calls, request: PushRequest, holdings: Holdings) -> VersionCheck:
    """The check of a push; a folder, which keeps no versions, is checked file by file instead."""
    bucket = request.registry.bucket
    return VersionCheck(
        bucket=bucket or "",
        allowed=bucket is None or request.allow_unversioned,
        has_versions=partial(_has_versions, calls),
        known=_PhysicalKeys(holdings),
    )


@attrs.frozen
class _PhysicalKeys(Iterable[str]):
    """The physical keys of the latest revision, read again by each iteration."""

    holdings: Holdings

    def __iter__(self) -> Iterator[str]:
        return self.holdings.physical_keys()


def _has_versions(calls: Calls, bucket: str) -> bool | None:
    try:
        first = next(calls.list_objects(S3Prefix(bucket), limit=1), None)
        info = None if first is None else calls.object_info(parse_object_uri(first.uri))
    except (NotFoundError, PermissionDeniedError):
        return None
    return None if info is None else shows_versions(info.version)
