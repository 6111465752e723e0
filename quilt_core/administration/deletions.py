"""The part of a plan about deletions, if `prune` allows them; users are never deleted."""

from __future__ import annotations

from collections.abc import Iterator

from quilt_core.administration.changes import Change
from quilt_core.administration.planning import Planning
from quilt_core.administration.sso_changes import sso_roles
from quilt_core.administration.user_changes import roles_afterwards


def deletions(planning: Planning) -> Iterator[Change]:
    """The deletions of roles, policies and buckets, with things that use others first."""
    if planning.prune:
        yield from _roles(planning)
        yield from _policies(planning)
        for name in planning.unlisted("buckets"):
            yield Change(
                action="delete",
                kind="bucket",
                name=name,
                operation="remove_bucket",
                arguments={"name": name},
            )


def _roles(planning: Planning) -> Iterator[Change]:
    default = planning.file.given().get("default_role", planning.state.default_role)
    unlisted = planning.unlisted("roles")
    named = sso_roles(planning) if unlisted else ()
    for name in unlisted:
        why = _holders(planning, name)
        if name == default:
            why.append("it is the default role")
        if name in named:
            why.append("the configuration of single sign-on names it")
        if why:
            planning.refuse(
                ("roles",), f"the role {name!r} would be deleted, and {', and '.join(why)}."
            )
            continue
        yield Change(
            action="delete",
            kind="role",
            name=name,
            operation="delete_role",
            arguments={"id_or_name": planning.state.roles[name].id},
        )


def _holders(planning: Planning, role: str) -> list[str]:
    """The users who will have a role, in words."""
    users = []
    for user in planning.state.users.values():
        entry = planning.listed("users").get(user.name)
        active, extra = roles_afterwards(user, entry.given() if entry else {})
        if role in (active, *extra):
            users.append(user.name)
    if not users:
        return []
    more = f" and {len(users) - 5} more" if len(users) > 5 else ""
    return [f"users have it: {', '.join(users[:5])}{more}"]


def _policies(planning: Planning) -> Iterator[Change]:
    roles = planning.afterwards("roles")
    for title in planning.unlisted("policies"):
        holders = []
        for name in sorted(roles & planning.state.roles.keys()):
            entry = planning.listed("roles").get(name)
            given = entry.given() if entry else {}
            if title in given.get("policies", planning.state.titles(planning.state.roles[name])):
                holders.append(name)
        if holders:
            planning.refuse(
                ("policies",),
                f"the policy {title!r} would be deleted, and roles have it: {', '.join(holders)}.",
            )
            continue
        yield Change(
            action="delete",
            kind="policy",
            name=title,
            operation="delete_policy",
            arguments={"policy_id": planning.state.policies[title].id},
        )
