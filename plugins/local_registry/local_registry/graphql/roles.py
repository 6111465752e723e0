"""Roles and policies: thin maps onto the registry's state."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ariadne import MutationType, ObjectType, QueryType

from local_registry.graphql.call import Info, as_members, call_of, member
from local_registry.identity.errors import MemberError, MissingError
from local_registry.identity.model import (
    Level,
    Permission,
    Policy,
    Role,
    RoleDetails,
    RoleSignup,
)

query, mutation = QueryType(), MutationType()
role_type, policy_type = ObjectType("ManagedRole"), ObjectType("Policy")
unmanaged_type = ObjectType("UnmanagedRole")


@query.field("roles")
def resolve_roles(_: Any, info: Info) -> list[Role]:
    return call_of(info).registry.state.roles.list()


@query.field("role")
def resolve_role(_: Any, info: Info, id: str) -> Role | None:
    return call_of(info).registry.state.roles.get(id)


@query.field("defaultRole")
def resolve_default_role(_: Any, info: Info) -> Role | None:
    return call_of(info).registry.state.roles.get_default()


@query.field("policies")
def resolve_policies(_: Any, info: Info) -> list[Policy]:
    return call_of(info).registry.state.policies.list()


@query.field("policy")
def resolve_policy(_: Any, info: Info, id: str) -> Policy | None:
    return call_of(info).registry.state.policies.get(id)


@role_type.field("policies")
def resolve_role_policies(role: Role, info: Info) -> list[Policy]:
    state = call_of(info).registry.state
    found = (state.policies.get(one) for one in state.roles.policy_ids(role.id))
    return [policy for policy in found if policy]


@role_type.field("permissions")
def resolve_role_permissions(role: Role, info: Info) -> list[dict[str, Any]]:
    state = call_of(info).registry.state
    return [
        member("RoleBucketPermission", role=role, level=one.level,
               bucket=state.buckets.get(one.bucket))
        for one in state.roles.permissions(role.id)
    ]  # fmt: skip


@role_type.field("defaultBucket")
@unmanaged_type.field("defaultBucket")
def resolve_default_bucket(role: Role, info: Info) -> str | None:
    return call_of(info).registry.state.roles.default_bucket(role.id)


@role_type.field("signup")
@unmanaged_type.field("signup")
def resolve_signup(role: Role, info: Info) -> RoleSignup | None:
    return call_of(info).registry.state.roles.signup(role.id)


@policy_type.field("permissions")
def resolve_policy_permissions(policy: Policy, info: Info) -> list[dict[str, Any]]:
    state = call_of(info).registry.state
    return [
        member("PolicyBucketPermission", policy=policy, level=one.level,
               bucket=state.buckets.get(one.bucket))
        for one in state.policies.permissions(policy.id)
    ]  # fmt: skip


@policy_type.field("roles")
def resolve_policy_roles(policy: Policy, info: Info) -> list[Role]:
    state = call_of(info).registry.state
    found = (state.roles.get(one) for one in state.policies.role_ids(policy.id))
    return [role for role in found if role]


@mutation.field("roleCreateManaged")
@as_members
def resolve_create_managed(_: Any, info: Info, input: Any) -> dict[str, Any]:
    roles = call_of(info).registry.state.roles
    role = roles.create_managed(input["name"], input["policies"], _details(input))
    return member("RoleCreateSuccess", role=role)


@mutation.field("roleCreateUnmanaged")
@as_members
def resolve_create_unmanaged(_: Any, info: Info, input: Any) -> dict[str, Any]:
    roles = call_of(info).registry.state.roles
    role = roles.create_unmanaged(input["name"], input["arn"], _details(input))
    return member("RoleCreateSuccess", role=role)


@mutation.field("roleUpdateManaged")
@as_members
def resolve_update_managed(_: Any, info: Info, id: str, input: Any) -> dict[str, Any]:
    roles = call_of(info).registry.state.roles
    role = roles.update_managed(id, input["name"], input["policies"], _details(input))
    return member("RoleUpdateSuccess", role=role)


@mutation.field("roleUpdateUnmanaged")
@as_members
def resolve_update_unmanaged(_: Any, info: Info, id: str, input: Any) -> dict[str, Any]:
    roles = call_of(info).registry.state.roles
    role = roles.update_unmanaged(id, input["name"], input["arn"], _details(input))
    return member("RoleUpdateSuccess", role=role)


@mutation.field("roleDelete")
@as_members
def resolve_role_delete(_: Any, info: Info, id: str) -> dict[str, Any]:
    try:
        call_of(info).registry.state.roles.delete(id)
    except MissingError:
        raise MemberError("RoleDoesNotExist") from None
    return member("RoleDeleteSuccess")


@mutation.field("roleSetDefault")
@as_members
def resolve_set_default(_: Any, info: Info, id: str) -> dict[str, Any]:
    return member("RoleSetDefaultSuccess", role=call_of(info).registry.state.roles.set_default(id))


def _details(given: Mapping[str, Any]) -> RoleDetails:
    """The role's bucket and signup in the input; null clears, and a missing value keeps."""
    details = RoleDetails()
    if "defaultBucket" in given:
        details["default_bucket"] = given["defaultBucket"]
    if "signup" in given:
        signup = given["signup"]
        details["signup"] = signup and RoleSignup(
            page=signup["page"],
            access_code=signup["accessCode"],
            title=signup.get("title"),
            description=signup.get("description"),
        )
    return details


def _permissions(given: Any) -> list[Permission]:
    return [Permission(bucket=one["bucket"], level=Level(one["level"])) for one in given]


@mutation.field("policyCreateManaged")
@as_members
def resolve_policy_create(_: Any, info: Info, input: Any) -> Policy:
    policies = call_of(info).registry.state.policies
    permissions = _permissions(input["permissions"])
    return policies.create_managed(input["title"], permissions, input["roles"])


@mutation.field("policyCreateUnmanaged")
@as_members
def resolve_policy_create_unmanaged(_: Any, info: Info, input: Any) -> Policy:
    policies = call_of(info).registry.state.policies
    return policies.create_unmanaged(input["title"], input["arn"], input["roles"])


@mutation.field("policyUpdateManaged")
@as_members
def resolve_policy_update(_: Any, info: Info, id: str, input: Any) -> Policy:
    policies = call_of(info).registry.state.policies
    permissions = _permissions(input["permissions"])
    return policies.update_managed(id, input["title"], permissions, input["roles"])


@mutation.field("policyUpdateUnmanaged")
@as_members
def resolve_policy_update_unmanaged(_: Any, info: Info, id: str, input: Any) -> Policy:
    policies = call_of(info).registry.state.policies
    return policies.update_unmanaged(id, input["title"], input["arn"], input["roles"])


@mutation.field("policyDelete")
@as_members
def resolve_policy_delete(_: Any, info: Info, id: str) -> dict[str, Any]:
    call_of(info).registry.state.policies.delete(id)
    return member("Ok")


bindables = [query, mutation, role_type, unmanaged_type, policy_type]
