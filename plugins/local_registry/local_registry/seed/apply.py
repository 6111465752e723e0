"""Puts a seed into a registry; existing things are not changed."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

import yaml
from botocore.exceptions import ClientError

from local_registry.context import RegistryContext
from local_registry.identity.errors import RegistryError
from local_registry.identity.model import Identity, Level, Permission
from local_registry.seed.document import (
    BucketSeed,
    ObjectsSeed,
    PackageSeed,
    PolicySeed,
    RoleSeed,
    Seed,
    SeedError,
    UserSeed,
)
from local_registry.state.buckets import Bucket
from quilt_core.domain.names import PackageName
from quilt_core.errors import ValidationError
from quilt_core.manifest.layout import pointer_key

_WORKFLOWS = ".quilt/workflows/config.yml"
_CONSTRUCT = """
mutation seed($params: PackagePushParams!, $src: PackageConstructSource!) {
  packageConstruct(params: $params, src: $src) {
    __typename
    ... on PackagePushSuccess { revision { hash } }
    ... on InvalidInput { errors { path message } }
    ... on OperationError { name message }
  }
}
"""


def apply_seed(context: RegistryContext, seed: Seed) -> None:
    """Make everything that the seed names; raises `SeedError` that says what failed."""
    try:
        _apply(context, seed)
    except (RegistryError, ValidationError, ClientError, OSError) as error:
        raise SeedError(f"the seed cannot be applied: {error}") from error


def _apply(context: RegistryContext, seed: Seed) -> None:
    for bucket in seed.buckets:
        make_bucket(context, bucket)
    for policy in seed.policies:
        _make_policy(context, policy)
    for role in seed.roles:
        _make_role(context, role)
    if seed.default_role is not None:
        role_now = context.state.roles.find(seed.default_role)
        context.state.roles.set_default(role_now.id if role_now else seed.default_role)
    for user in seed.users:
        _make_user(context, user)
    for objects in seed.objects:
        _put_objects(context, seed, objects)
    for package in seed.packages:
        _make_package(context, package)
    for table in seed.tables:
        context.state.tabulator.set(table.bucket, table.name, table.config)
    if seed.open_query:
        context.state.settings.open_query = True


def make_bucket(context: RegistryContext, bucket: BucketSeed) -> None:
    """Make a bucket in S3 if it does not exist, and register it."""
    ensure_bucket(context, bucket.name, versioning=bucket.versioning, region=bucket.region)
    if bucket.workflows is not None and not _ever_was(context, bucket.name, _WORKFLOWS):
        text = yaml.safe_dump(bucket.workflows, sort_keys=False)
        context.s3.put_object(Bucket=bucket.name, Key=_WORKFLOWS, Body=text.encode())
    if context.state.buckets.get(bucket.name) is None:
        context.state.buckets.add(
            Bucket(
                name=bucket.name,
                title=bucket.title or bucket.name,
                description=bucket.description,
                tags=tuple(bucket.tags) if bucket.tags is not None else None,
                relevance_score=bucket.relevance_score,
                browsable=bucket.browsable,
            )
        )


def ensure_bucket(
    context: RegistryContext, name: str, *, versioning: bool = True, region: str | None = None
) -> None:
    """Make a bucket in S3 when it is not there, in the registry's region or in `region`."""
    try:
        context.s3.head_bucket(Bucket=name)
    except ClientError as error:
        if error.response["ResponseMetadata"]["HTTPStatusCode"] != 404:
            raise
        region = region or context.config.region
        where = {"CreateBucketConfiguration": {"LocationConstraint": region}}
        context.s3.create_bucket(Bucket=name, **({} if region == "us-east-1" else where))
        if versioning:
            context.s3.put_bucket_versioning(
                Bucket=name, VersioningConfiguration={"Status": "Enabled"}
            )


def _make_policy(context: RegistryContext, policy: PolicySeed) -> None:
    if context.state.policies.find(policy.title) is not None:
        return
    if policy.arn is not None:
        context.state.policies.create_unmanaged(policy.title, policy.arn)
        return
    permissions = [Permission(bucket=b, level=level) for b, level in policy.permissions.items()]
    context.state.policies.create_managed(policy.title, permissions)


def _make_role(context: RegistryContext, role: RoleSeed) -> None:
    if context.state.roles.find(role.name) is not None:
        return
    if role.arn is not None:
        context.state.roles.create_unmanaged(role.name, role.arn)
        return
    policies = [context.state.policies.find(title) for title in role.policies]
    if None in policies:
        raise SeedError(f"role {role.name!r} names a policy that is not there: {role.policies}")
    context.state.roles.create_managed(role.name, [each.id for each in policies if each])


def _make_user(context: RegistryContext, user: UserSeed) -> None:
    if context.state.users.get(user.name) is None:
        context.state.users.create(
            name=user.name,
            email=user.email or f"{user.name}@example.com",
            role=user.role,
            extra_roles=user.extra_roles,
            is_admin=user.admin,
            is_active=user.active,
        )
    made = context.state.users.get(user.name)
    if made is not None and user.password is not None:
        context.identities.passwords.set(made.id, user.password)


def _put_objects(context: RegistryContext, seed: Seed, objects: ObjectsSeed) -> None:
    if objects.key is not None and objects.text is not None:
        _put(context, objects.bucket, objects.key, objects.text.encode())
    if objects.folder is None:
        return
    folder = seed.folder / objects.folder
    if not folder.is_dir():
        raise SeedError(f"there is no folder {folder}")
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            key = objects.prefix + path.relative_to(folder).as_posix()
            _put(context, objects.bucket, key, path.read_bytes())


def _put(context: RegistryContext, bucket: str, key: str, body: bytes) -> None:
    if not _ever_was(context, bucket, key):
        context.s3.put_object(Bucket=bucket, Key=key, Body=body, ChecksumAlgorithm="SHA256")


def _ever_was(context: RegistryContext, bucket: str, key: str) -> bool:
    """Whether there is an object, or a delete marker of one that was deleted on purpose."""
    found = context.s3.list_object_versions(Bucket=bucket, Prefix=key, MaxKeys=1)
    listed = [*found.get("Versions", []), *found.get("DeleteMarkers", [])]
    return any(each["Key"] == key for each in listed)


def _entries(context: RegistryContext, package: PackageSeed) -> Iterator[dict[str, Any]]:
    for logical_key, uri in package.entries.items():
        yield {"logicalKey": logical_key, "physicalKey": uri}
    if package.from_prefix is None:
        return
    bucket, _, prefix = package.from_prefix.removeprefix("s3://").partition("/")
    pages = context.s3.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=prefix)
    for page in pages:
        for each in page.get("Contents", []):
            key = each["Key"]
            uri = f"s3://{bucket}/{quote(key)}"
            yield {"logicalKey": key.removeprefix(prefix), "physicalKey": uri}


def _make_package(context: RegistryContext, package: PackageSeed) -> None:
    from local_registry.graphql.execute import execute

    if _ever_was(context, package.bucket, pointer_key(PackageName.parse(package.name), "latest")):
        return
    buckets = [bucket.name for bucket in context.state.buckets.list()]
    identity = Identity(
        user_id="seed",
        user_name="seed",
        email="seed@example.com",
        is_admin=True,
        role="seed",
        roles=("seed",),
        permissions=dict.fromkeys(buckets, Level.READ_WRITE),
    )
    params = {
        "bucket": package.bucket,
        "name": package.name,
        "message": package.message,
        "userMeta": package.metadata,
        "workflow": package.workflow,
    }
    variables = {"params": params, "src": {"entries": list(_entries(context, package))}}
    _, answer = execute(context, identity, {"query": _CONSTRUCT, "variables": variables})
    result = (answer.get("data") or {}).get("packageConstruct") or answer
    if result.get("__typename") != "PackagePushSuccess":
        raise SeedError(f"package {package.name!r} cannot be made: {result}")
