"""The objects that a copy mode copies, and their destinations."""

from __future__ import annotations

from collections.abc import Iterable

import attrs

from quilt_core.domain.entries import CopyMode
from quilt_core.domain.names import PackageName
from quilt_core.domain.stored_keys import reachable_object
from quilt_core.domain.uris import S3Uri


@attrs.frozen(kw_only=True)
class CopyTask:
    """One object to copy: where it is, and the key that it gets in the registry's bucket."""

    logical_key: str
    source: S3Uri
    key: str


def plan_copies(
    objects: Iterable[tuple[str, str]],
    mode: CopyMode,
    bucket: str,
    package_name: PackageName,
    operation: str,
) -> tuple[CopyTask, ...]:
    """The copies that a write has to make before it publishes.

    Parameters
    ----------
    objects:
        Logical key and physical key (`s3://…`) of every entry of the new revision.
    mode:
        `ALL` copies every object to `<package>/<logical key>`, `NEW` those outside the bucket. An
        object that is already in its place, in any version, is not copied.
    bucket:
        The registry's bucket.
    package_name:
        The package, which is the first part of each new key.
    operation:
        The operation that writes, which the error names.

    Raises
    ------
    NotSupportedError
        For a physical key that is not an object in S3, and could not be copied from.
    """
    if mode is CopyMode.NONE:
        return ()
    tasks = []
    for logical_key, physical_key in objects:
        source = reachable_object(physical_key, operation, logical_key)
        key = f"{package_name}/{logical_key}"
        inside = source.bucket == bucket
        if not (inside and (mode is CopyMode.NEW or source.key == key)):
            tasks.append(CopyTask(logical_key=logical_key, source=source, key=key))
    return tuple(tasks)
