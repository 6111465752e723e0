"""Policies."""

from __future__ import annotations

from quilt_core.domain.admin import Policy
from quilt_registry import fields
from quilt_registry.convert.permissions import permissions


def policy(node: fields.Node) -> Policy:
    """A policy (fragment `PolicyFields`)."""
    return Policy(
        id=fields.get_str(node, "id"),
        title=fields.get_str(node, "title"),
        arn=fields.get_str(node, "arn"),
        managed=fields.get_bool(node, "managed"),
        permissions=permissions(node),
        roles=tuple(
            sorted(fields.get_str(role, "id") for role in fields.get_objects(node, "roles"))
        ),
    )
