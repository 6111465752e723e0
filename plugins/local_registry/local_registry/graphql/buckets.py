"""Buckets, as users see them and as administrators configure them, and tabulator tables."""

from __future__ import annotations

from typing import Any

from ariadne import MutationType, ObjectType, QueryType
from ariadne.utils import convert_camel_case_to_snake
from graphql import GraphQLError

from local_registry.graphql.call import Call, Info, as_members, call_of, member
from local_registry.identity.errors import MemberError
from local_registry.state.buckets import Bucket
from local_registry.storage.errors import failed

query, mutation = QueryType(), MutationType()
config_type, bucket_type = ObjectType("BucketConfig"), ObjectType("Bucket")
admin_mutations = ObjectType("AdminMutations")
_NEVER_STORED = {"name", "delay_scan"}


def _known(call: Call, *, all_for_admins: bool) -> list[Bucket]:
    """The visible buckets: those that the role may read, or all of them for an administrator."""
    if call.identity is None:
        return []
    whole = all_for_admins and call.identity.is_admin
    found = call.registry.state.buckets.list()
    return [bucket for bucket in found if whole or call.identity.can_read(bucket.name)]


@query.field("buckets")
def resolve_buckets(_: Any, info: Info) -> list[Bucket]:
    return _known(call_of(info), all_for_admins=False)


@query.field("bucket")
def resolve_bucket(_: Any, info: Info, name: str) -> Bucket | None:
    found = _known(call_of(info), all_for_admins=False)
    return next((bucket for bucket in found if bucket.name == name), None)


@query.field("bucketConfigs")
def resolve_configs(_: Any, info: Info) -> list[Bucket]:
    return _known(call_of(info), all_for_admins=True)


@query.field("bucketConfig")
def resolve_config(_: Any, info: Info, name: str) -> Bucket | None:
    found = _known(call_of(info), all_for_admins=True)
    return next((bucket for bucket in found if bucket.name == name), None)


@query.field("config")
def resolve_settings(_: Any, info: Info) -> dict[str, Any]:
    settings = {"extensions": [], "bytes_default": 0, "bytes_min": 0, "bytes_max": 1024 * 1024}
    return {"content_indexing_settings": settings}


@config_type.field("collaborators")
@bucket_type.field("collaborators")
def resolve_collaborators(bucket: Bucket, info: Info) -> list[dict[str, Any]]:
    state = call_of(info).registry.state
    levels = {role.name: level for role, level in state.roles.with_bucket(bucket.name)}
    return [
        {
            "collaborator": {"email": user.email, "username": user.name},
            "permission_level": levels[user.role],
        }
        for user in state.users.list()
        if user.role in levels
    ]


@config_type.field("tabulatorTables")
def resolve_tables(bucket: Bucket, info: Info) -> list[Any]:
    return call_of(info).registry.state.tabulator.list(bucket.name)


@config_type.field("associatedPolicies")
def resolve_policies(bucket: Bucket, info: Info) -> list[dict[str, Any]]:
    return [
        member("PolicyBucketPermission", policy=policy, bucket=bucket, level=level)
        for policy, level in call_of(info).registry.state.policies.with_bucket(bucket.name)
    ]


@config_type.field("associatedRoles")
def resolve_roles(bucket: Bucket, info: Info) -> list[dict[str, Any]]:
    return [
        member("RoleBucketPermission", role=role, bucket=bucket, level=level)
        for role, level in call_of(info).registry.state.roles.with_bucket(bucket.name)
    ]


def _fields(given: dict[str, Any]) -> dict[str, Any]:
    fields = {convert_camel_case_to_snake(name): value for name, value in given.items()}
    for name in ("tags", "file_extensions_to_index", "prefixes"):
        if fields.get(name) is not None:
            fields[name] = tuple(fields[name])
    for name in ("relevance_score", "browsable", "prefixes"):
        if fields.get(name, 0) is None:
            del fields[name]
    return {name: value for name, value in fields.items() if name not in _NEVER_STORED}


@mutation.field("bucketAdd")
@as_members
def resolve_add(_: Any, info: Info, input: dict[str, Any]) -> dict[str, Any]:
    call = call_of(info)
    if not call.registry.packages.bucket_exists(input["name"]):
        raise MemberError("BucketDoesNotExist")
    bucket = call.registry.state.buckets.add(Bucket(name=input["name"], **_fields(input)))
    return member("BucketAddSuccess", bucket_config=bucket)


@mutation.field("bucketUpdate")
@as_members
def resolve_update(_: Any, info: Info, name: str, input: dict[str, Any]) -> dict[str, Any]:
    bucket = call_of(info).registry.state.buckets.update(name, _fields(input))
    return member("BucketUpdateSuccess", bucket_config=bucket)


@mutation.field("bucketRemove")
@as_members
def resolve_remove(_: Any, info: Info, name: str) -> dict[str, Any]:
    call_of(info).registry.state.buckets.remove(name)
    return member("BucketRemoveSuccess")


def _table_bucket(call: Call, name: str) -> Bucket:
    bucket = call.registry.state.buckets.get(name)
    allowed = call.identity is not None and (
        call.identity.is_admin or call.identity.can_write(name)
    )
    if call.identity is None:
        raise GraphQLError("Not logged in")
    if bucket is None or not (allowed or call.identity.can_read(name)):
        raise failed("BucketNotFound", f"There is no bucket {name}.")
    if not allowed:
        raise failed("Forbidden", f"You may not change the tables of {name}.")
    return bucket


@mutation.field("bucketSetTabulatorTable")
@admin_mutations.field("bucketSetTabulatorTable")
@as_members
def resolve_set_table(
    _: Any,
    info: Info,
    bucketName: str,  # noqa: N803
    tableName: str,  # noqa: N803
    config: str | None = None,
) -> Bucket:
    bucket = _table_bucket(call_of(info), bucketName)
    call_of(info).registry.state.tabulator.set(bucketName, tableName, config)
    return bucket


@mutation.field("bucketRenameTabulatorTable")
@admin_mutations.field("bucketRenameTabulatorTable")
@as_members
def resolve_rename_table(
    _: Any,
    info: Info,
    bucketName: str,  # noqa: N803
    tableName: str,  # noqa: N803
    newTableName: str,  # noqa: N803
) -> Bucket:
    bucket = _table_bucket(call_of(info), bucketName)
    call_of(info).registry.state.tabulator.rename(bucketName, tableName, newTableName)
    return bucket


bindables = [query, mutation, config_type, bucket_type, admin_mutations]
