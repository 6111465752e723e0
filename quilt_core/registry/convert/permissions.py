"""Permissions on buckets, as roles and policies have them."""

from __future__ import annotations

from collections.abc import Iterable

from quilt_core.domain.admin import BucketPermission, BucketPermissionLevel
from quilt_core.http import wire

_LEVELS = {level.value: level for level in BucketPermissionLevel}


def permissions(parent: wire.Node) -> tuple[BucketPermission, ...]:
    """The field `permissions`, sorted by bucket."""
    return tuple(sorted(_permission(node) for node in wire.children(parent, "permissions")))


def permission_inputs(given: Iterable[BucketPermission]) -> list[dict[str, str]]:
    """Permissions as GraphQL takes them (`PermissionInput`)."""
    return [{"bucket": one.bucket, "level": one.level.value} for one in given]


def _permission(node: wire.Node) -> BucketPermission:
    level = wire.text(node, "level")
    if level not in _LEVELS:
        wire.wrong("level", level, "READ or READ_WRITE")
    return BucketPermission(
        bucket=wire.text(wire.child(node, "bucket"), "name"), level=_LEVELS[level]
    )
