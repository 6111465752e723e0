"""Permissions on buckets in roles and policies."""

from __future__ import annotations

from collections.abc import Iterable

from quilt_core.domain.admin import BucketPermission, BucketPermissionLevel
from quilt_registry import fields

_LEVELS = {level.value: level for level in BucketPermissionLevel}


def permissions(parent: fields.Node) -> tuple[BucketPermission, ...]:
    """The field `permissions`, sorted by bucket."""
    return tuple(sorted(_permission(node) for node in fields.get_objects(parent, "permissions")))


def permission_inputs(given: Iterable[BucketPermission]) -> list[dict[str, str]]:
    """Permissions as GraphQL input (`PermissionInput`)."""
    return [{"bucket": one.bucket, "level": one.level.value} for one in given]


def _permission(node: fields.Node) -> BucketPermission:
    level = fields.get_str(node, "level")
    if level not in _LEVELS:
        fields.unexpected("level", level, "READ or READ_WRITE")
    return BucketPermission(
        bucket=fields.get_str(fields.get_object(node, "bucket"), "name"), level=_LEVELS[level]
    )
