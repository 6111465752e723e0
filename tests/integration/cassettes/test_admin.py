"""Success of the administration operations."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from quilt_core import (
    BucketPermission,
    BucketPermissionLevel,
    BucketSettings,
    NotFoundError,
    Policy,
    QuiltOps,
    Role,
)

changes_catalog = pytest.mark.changes_catalog


@pytest.fixture
def role(root: QuiltOps) -> Iterator[Role]:
    role = root.admin.create_role("CassetteRole", policies=[])
    yield role
    root.admin.delete_role(role.id)


@pytest.fixture
def other(root: QuiltOps) -> Iterator[Role]:
    role = root.admin.create_role("CassetteOther", policies=[])
    yield role
    root.admin.delete_role(role.id)


@pytest.fixture
def user(root: QuiltOps, role: Role) -> Iterator[str]:
    root.admin.create_user("cassette_ada", "cassette_ada@example.com", role.name)
    yield "cassette_ada"
    root.admin.delete_user("cassette_ada")


@pytest.fixture
def policy(root: QuiltOps, place: Any) -> Iterator[Policy]:
    reads = BucketPermission(bucket=place.bucket, level=BucketPermissionLevel.READ)
    policy = root.admin.create_policy("Cassette policy", permissions=[reads])
    yield policy
    root.admin.delete_policy(policy.id)


def test_admin_list_users(root: QuiltOps, user: str) -> None:
    names = [one.name for one in root.admin.list_users()]
    assert user in names
    assert names == sorted(names)


def test_admin_get_user(root: QuiltOps, user: str) -> None:
    assert root.admin.get_user(user).email == "cassette_ada@example.com"


def test_admin_create_user(root: QuiltOps, role: Role) -> None:
    made = root.admin.create_user("cassette_bob", "cassette_bob@example.com", role.name)
    assert (made.name, made.role, made.is_active) == ("cassette_bob", role.name, True)
    root.admin.delete_user("cassette_bob")


def test_admin_delete_user(root: QuiltOps, role: Role) -> None:
    root.admin.create_user("cassette_bob", "cassette_bob@example.com", role.name)
    assert root.admin.delete_user("cassette_bob").subject == "cassette_bob"
    with pytest.raises(NotFoundError):
        root.admin.get_user("cassette_bob")


def test_admin_set_user_email(root: QuiltOps, user: str) -> None:
    email = "cassette_ada@example.org"
    assert root.admin.set_user_email(user, email).email == email


def test_admin_set_user_admin(root: QuiltOps, user: str) -> None:
    assert root.admin.set_user_admin(user, True).is_admin
    assert not root.admin.set_user_admin(user, False).is_admin


def test_admin_set_user_active(root: QuiltOps, user: str) -> None:
    assert not root.admin.set_user_active(user, False).is_active
    assert root.admin.set_user_active(user, True).is_active


def test_admin_reset_user_password(root: QuiltOps, user: str) -> None:
    assert root.admin.reset_user_password(user).subject == user


def test_admin_set_user_role(root: QuiltOps, other: Role, user: str, role: Role) -> None:
    changed = root.admin.set_user_role(user, other.name, [role.name])
    assert (changed.role, changed.extra_roles) == (other.name, (role.name,))
    assert root.admin.set_user_role(user, role.name, []).extra_roles == ()


def test_admin_add_user_roles(root: QuiltOps, other: Role, user: str) -> None:
    assert root.admin.add_user_roles(user, [other.name]).extra_roles == (other.name,)
    root.admin.remove_user_roles(user, [other.name])


def test_admin_remove_user_roles(root: QuiltOps, other: Role, user: str, role: Role) -> None:
    root.admin.add_user_roles(user, [other.name])
    changed = root.admin.remove_user_roles(user, [role.name], other.name)
    assert (changed.role, changed.extra_roles) == (other.name, ())
    root.admin.set_user_role(user, role.name, [])


def test_admin_list_roles(root: QuiltOps, role: Role) -> None:
    listed = root.admin.list_roles()
    assert role in listed
    assert [one.name for one in listed] == sorted(one.name for one in listed)


def test_admin_get_role(root: QuiltOps, role: Role) -> None:
    assert root.admin.get_role(role.name) == root.admin.get_role(role.id) == role


def test_admin_create_role(root: QuiltOps) -> None:
    arn = "arn:aws:iam::123456789012:role/cassette"
    made = root.admin.create_role("CassetteForeign", arn=arn)
    assert (made.name, made.managed, made.arn) == ("CassetteForeign", False, arn)
    root.admin.delete_role(made.id)


def test_admin_update_role(root: QuiltOps, role: Role) -> None:
    renamed = root.admin.update_role(role.id, name="CassetteRenamed")
    assert (renamed.id, renamed.name) == (role.id, "CassetteRenamed")


def test_admin_delete_role(root: QuiltOps) -> None:
    made = root.admin.create_role("CassetteShort", policies=[])
    root.admin.delete_role(made.name)
    with pytest.raises(NotFoundError):
        root.admin.get_role(made.id)


def _default_again(root: QuiltOps) -> None:
    """Make another role the default, so that ours can be deleted."""
    others = [one for one in root.admin.list_roles() if not one.name.startswith("Cassette")]
    root.admin.set_default_role(others[0].id)


@changes_catalog
def test_admin_get_default_role(root: QuiltOps, role: Role) -> None:
    root.admin.set_default_role(role.id)
    assert root.admin.get_default_role().name == role.name
    _default_again(root)


@changes_catalog
def test_admin_set_default_role(root: QuiltOps, role: Role) -> None:
    assert root.admin.set_default_role(role.name).id == role.id
    _default_again(root)


def test_admin_list_policies(root: QuiltOps, policy: Policy) -> None:
    assert policy in root.admin.list_policies()


def test_admin_get_policy(root: QuiltOps, policy: Policy) -> None:
    assert root.admin.get_policy(policy.id) == policy


def test_admin_create_policy(root: QuiltOps, place: Any) -> None:
    writes = BucketPermission(bucket=place.bucket, level=BucketPermissionLevel.READ_WRITE)
    made = root.admin.create_policy("Cassette writes", permissions=[writes])
    assert (made.managed, made.permissions) == (True, (writes,))
    root.admin.delete_policy(made.id)


def test_admin_create_policy__unmanaged(root: QuiltOps) -> None:
    arn = "arn:aws:iam::123456789012:policy/cassette"
    made = root.admin.create_policy("Cassette foreign", arn=arn)
    assert (made.managed, made.arn) == (False, arn)
    root.admin.delete_policy(made.id)


def test_admin_update_policy(root: QuiltOps, place: Any, policy: Policy) -> None:
    writes = BucketPermission(bucket=place.bucket, level=BucketPermissionLevel.READ_WRITE)
    changed = root.admin.update_policy(policy.id, permissions=[writes])
    assert (changed.title, changed.permissions) == (policy.title, (writes,))


def test_admin_delete_policy(root: QuiltOps) -> None:
    made = root.admin.create_policy("Cassette short", permissions=[])
    assert root.admin.delete_policy(made.id).subject == made.id
    with pytest.raises(NotFoundError):
        root.admin.get_policy(made.id)


def _sso(role: Role) -> str:
    return f"version: '1.0'\ndefault_role: {role.name}\nmappings: []\n"


@changes_catalog
def test_admin_get_sso_config(root: QuiltOps, role: Role) -> None:
    root.admin.set_sso_config(_sso(role))
    assert root.admin.get_sso_config().text == _sso(role)
    root.admin.remove_sso_config()


@changes_catalog
def test_admin_set_sso_config(root: QuiltOps, role: Role) -> None:
    config = root.admin.set_sso_config(_sso(role))
    assert (config.text, config.uploader is not None) == (_sso(role), True)
    root.admin.remove_sso_config()


@changes_catalog
def test_admin_remove_sso_config(root: QuiltOps, role: Role) -> None:
    root.admin.set_sso_config(_sso(role))
    assert not root.admin.remove_sso_config().is_set
    assert not root.admin.get_sso_config().is_set


def test_admin_list_buckets(root: QuiltOps, place: Any) -> None:
    assert place.bucket in [one.name for one in root.admin.list_buckets()]


def test_admin_get_bucket(root: QuiltOps, place: Any) -> None:
    assert root.admin.get_bucket(place.bucket).name == place.bucket


@changes_catalog
def test_admin_add_bucket(root: QuiltOps, place: Any) -> None:
    made = root.admin.add_bucket(place.spare_bucket, BucketSettings(title="Spare", tags=("t",)))
    assert (made.name, made.title, made.tags) == (place.spare_bucket, "Spare", ("t",))
    root.admin.remove_bucket(place.spare_bucket)


@changes_catalog
def test_admin_update_bucket(root: QuiltOps, place: Any) -> None:
    changed = root.admin.update_bucket(place.bucket, BucketSettings(title="New", relevance_score=7))
    assert (changed.title, changed.relevance_score) == ("New", 7)
    assert root.admin.get_bucket(place.bucket) == changed


@changes_catalog
def test_admin_reindex_bucket(root: QuiltOps, place: Any) -> None:
    assert root.admin.reindex_bucket(place.bucket).subject == place.bucket


@changes_catalog
def test_admin_remove_bucket(root: QuiltOps, place: Any) -> None:
    root.admin.add_bucket(place.spare_bucket, BucketSettings(title="Spare"))
    assert root.admin.remove_bucket(place.spare_bucket).subject == place.spare_bucket
    with pytest.raises(NotFoundError):
        root.admin.get_bucket(place.spare_bucket)


@pytest.fixture
def key_id(ops: QuiltOps) -> str:
    return ops.create_api_key("cassette key", 30).api_key.id


def test_admin_list_api_keys(root: QuiltOps, key_id: str) -> None:
    assert key_id in [one.id for one in root.admin.list_api_keys(name="cassette key")]
    root.admin.revoke_api_key(key_id)


def test_admin_get_api_key(root: QuiltOps, key_id: str) -> None:
    assert root.admin.get_api_key(key_id).name == "cassette key"
    root.admin.revoke_api_key(key_id)


def test_admin_revoke_api_key(root: QuiltOps, ops: QuiltOps, key_id: str) -> None:
    assert root.admin.revoke_api_key(key_id).subject == key_id
    with pytest.raises(NotFoundError):
        ops.get_api_key(key_id)
