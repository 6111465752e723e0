"""Me, users, API keys, single sign-on, open query: thin maps onto the registry's state."""

from __future__ import annotations

from typing import Any

from ariadne import MutationType, ObjectType, QueryType

from local_registry.graphql.call import Call, Info, as_members, call_of, member
from local_registry.identity.model import ApiKey, SsoConfig, User

query, mutation = QueryType(), MutationType()
me_type, user_type = ObjectType("Me"), ObjectType("User")
user_queries, key_queries = ObjectType("UserAdminQueries"), ObjectType("APIKeyAdminQueries")
admin_queries, admin_mutations = ObjectType("AdminQueries"), ObjectType("AdminMutations")
user_mutations, one_user = ObjectType("UserAdminMutations"), ObjectType("MutateUserAdminMutations")
key_mutations, sso_type = ObjectType("APIKeyAdminMutations"), ObjectType("SsoConfig")
key_type = ObjectType("APIKey")


def _me(call: Call) -> dict[str, Any]:
    who = call.user
    roles = [{"name": role} for role in sorted(who.roles)]
    return member(
        "Me", name=who.user_name, email=who.email, is_admin=who.is_admin,
        role={"name": who.role}, roles=roles,
    )  # fmt: skip


@query.field("me")
def resolve_me(_: Any, info: Info) -> dict[str, Any] | None:
    return _me(call_of(info)) if call_of(info).identity else None


@mutation.field("switchRole")
@as_members
def resolve_switch_role(_: Any, info: Info, roleName: str) -> dict[str, Any]:  # noqa: N803
    call = call_of(info)
    user = call.registry.state.users.switch_role(call.user.user_name, roleName)
    return _me(Call(call.registry, call.registry.identities.identify(user)))


@me_type.field("apiKeys")
def resolve_my_keys(_: Any, info: Info, **wanted: Any) -> list[ApiKey]:
    call = call_of(info)
    return call.registry.state.api_keys.list(user_id=call.user.user_id, **_wanted(wanted))


def _wanted(arguments: dict[str, Any]) -> dict[str, Any]:
    status = arguments.pop("status", None)
    return {**arguments, "expired": None if status is None else status == "EXPIRED"}


@me_type.field("apiKey")
def resolve_my_key(_: Any, info: Info, id: str) -> ApiKey | None:
    call = call_of(info)
    key = call.registry.state.api_keys.get(id)
    return key if key and key.user_id == call.user.user_id else None


@key_type.field("status")
def resolve_key_status(key: ApiKey, info: Info) -> str:
    return str(call_of(info).registry.state.api_keys.status_of([key])[0])


@mutation.field("apiKeyCreate")
@as_members
def resolve_key_create(_: Any, info: Info, input: dict[str, Any]) -> dict[str, Any]:
    call = call_of(info)
    key, secret = call.registry.state.api_keys.create(
        call.user.user_id, input["name"], input["expiresInDays"]
    )
    return member("APIKeyCreated", api_key=key, secret=secret)


@mutation.field("apiKeyRevoke")
@as_members
def resolve_key_revoke(
    _: Any, info: Info, id: str | None = None, secret: str | None = None
) -> dict[str, Any]:
    call = call_of(info)
    call.registry.state.api_keys.revoke(key_id=id, secret=secret, user_id=call.user.user_id)
    return member("Ok")


@query.field("admin")
@mutation.field("admin")
def resolve_admin(_: Any, info: Info) -> dict[str, Any]:
    return {"user": {}, "api_keys": {}}


@user_queries.field("list")
def resolve_users(_: Any, info: Info) -> list[User]:
    return call_of(info).registry.state.users.list()


@user_queries.field("get")
def resolve_user(_: Any, info: Info, name: str) -> User | None:
    return call_of(info).registry.state.users.get(name)


@user_type.field("role")
def resolve_user_role(user: User, info: Info) -> Any:
    return call_of(info).registry.state.roles.find(user.role) if user.role else None


@user_type.field("extraRoles")
def resolve_extra_roles(user: User, info: Info) -> list[Any]:
    roles = call_of(info).registry.state.roles
    return [role for name in user.extra_roles if (role := roles.find(name))]


@user_type.field("isRoleAssignmentDisabled")
@user_type.field("isAdminAssignmentDisabled")
def resolve_disabled(_: Any, info: Info) -> bool:
    return False


@user_mutations.field("create")
@as_members
def resolve_user_create(_: Any, info: Info, input: dict[str, Any]) -> User:
    return call_of(info).registry.state.users.create(
        name=input["name"],
        email=input["email"],
        role=input["role"],
        extra_roles=input.get("extraRoles") or (),
    )


@user_mutations.field("mutate")
def resolve_user_mutate(_: Any, info: Info, name: str) -> User | None:
    return call_of(info).registry.state.users.get(name)


@one_user.field("delete")
@as_members
def resolve_user_delete(user: User, info: Info) -> dict[str, Any]:
    call = call_of(info)
    call.registry.state.users.delete(user.name, by=call.user.user_name)
    return member("Ok")


@one_user.field("resetPassword")
@as_members
def resolve_reset(user: User, info: Info) -> dict[str, Any]:
    call_of(info).registry.state.users.reset_password(user.name)
    return member("Ok")


@one_user.field("setEmail")
@as_members
def resolve_set_email(user: User, info: Info, email: str) -> User:
    return call_of(info).registry.state.users.set_email(user.name, email)


@one_user.field("setAdmin")
@as_members
def resolve_set_admin(user: User, info: Info, admin: bool) -> User:
    return call_of(info).registry.state.users.set_admin(user.name, admin)


@one_user.field("setActive")
@as_members
def resolve_set_active(user: User, info: Info, active: bool) -> User:
    return call_of(info).registry.state.users.set_active(user.name, active)


@one_user.field("setRole")
@as_members
def resolve_set_role(
    user: User,
    info: Info,
    role: str,
    append: bool = False,
    extraRoles: list[str] | None = None,  # noqa: N803
) -> User:
    return call_of(info).registry.state.users.set_role(user.name, role, extraRoles, append=append)


@one_user.field("addRoles")
@as_members
def resolve_add_roles(user: User, info: Info, roles: list[str]) -> User:
    return call_of(info).registry.state.users.add_roles(user.name, roles)


@one_user.field("removeRoles")
@as_members
def resolve_remove_roles(
    user: User, info: Info, roles: list[str], fallback: str | None = None
) -> User:
    return call_of(info).registry.state.users.remove_roles(user.name, roles, fallback)


@admin_queries.field("ssoConfig")
def resolve_sso(_: Any, info: Info) -> SsoConfig | None:
    return call_of(info).registry.state.sso.get()


@sso_type.field("uploader")
def resolve_uploader(config: SsoConfig, info: Info) -> User | None:
    return call_of(info).registry.state.users.get_by_id(config.uploader_id)


@admin_mutations.field("setSsoConfig")
@as_members
def resolve_set_sso(_: Any, info: Info, config: str | None = None) -> SsoConfig | None:
    call = call_of(info)
    if config is None:
        call.registry.state.sso.remove()
        return None
    return call.registry.state.sso.set(config, call.user.user_id)


@admin_queries.field("isDefaultRoleSettingDisabled")
def resolve_default_disabled(_: Any, info: Info) -> bool:
    return call_of(info).registry.state.sso.default_role() is not None


@admin_queries.field("tabulatorOpenQuery")
def resolve_open_query(_: Any, info: Info) -> bool:
    return bool(call_of(info).registry.state.settings.open_query)


@admin_mutations.field("setTabulatorOpenQuery")
def resolve_set_open_query(_: Any, info: Info, enabled: bool) -> dict[str, Any]:
    call_of(info).registry.state.settings.open_query = enabled
    return {"tabulator_open_query": enabled}


@key_queries.field("list")
def resolve_all_keys(_: Any, info: Info, **wanted: Any) -> list[ApiKey]:
    return call_of(info).registry.state.api_keys.list(**_wanted(wanted))


@key_queries.field("get")
def resolve_any_key(_: Any, info: Info, id: str) -> ApiKey | None:
    return call_of(info).registry.state.api_keys.get(id)


@key_mutations.field("revoke")
@as_members
def resolve_any_revoke(_: Any, info: Info, id: str) -> dict[str, Any]:
    call_of(info).registry.state.api_keys.revoke(key_id=id)
    return member("Ok")


bindables = [
    query, mutation, me_type, user_type, user_queries, key_queries, admin_queries,
    admin_mutations, user_mutations, one_user, key_mutations, sso_type, key_type,
]  # fmt: skip
