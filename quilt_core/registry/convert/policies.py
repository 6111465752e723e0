"""Policies."""

from __future__ import annotations

from quilt_core.domain.admin import Policy
from quilt_core.http import wire
from quilt_core.registry.convert.permissions import permissions


def policy(node: wire.Node) -> Policy:
    """A policy (fragment `PolicyFields`)."""
    return Policy(
        id=wire.text(node, "id"),
        title=wire.text(node, "title"),
        arn=wire.text(node, "arn"),
        managed=wire.flag(node, "managed"),
        permissions=permissions(node),
        roles=tuple(sorted(wire.text(role, "id") for role in wire.children(node, "roles"))),
    )
