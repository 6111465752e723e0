"""Administration, tabulator and API keys: every setting is written and read back."""

from __future__ import annotations

from typing import Any

import pytest
from local_registry.testing import add_bucket

from quilt_core import (
    BucketPermission,
    BucketPermissionLevel,
    BucketSettings,
    ConflictError,
    NotFoundError,
    QuiltOps,
    ValidationError,
)

TABLE = """schema:
- name: island
  type: STRING
source:
  type: quilt-packages
  package_name: ^a/b$
  logical_key: data/.*[.]csv$
parser:
  format: csv
  header: true
"""


@pytest.fixture
def admin(connect: Any, bucket: str) -> QuiltOps:
    return connect("admin", registry=f"s3://{bucket}")


def test_users(admin: QuiltOps, user: str) -> None:
    administration = admin.admin
    name = f"new-{user}"
    created = administration.create_user(name, f"{name}@example.com", "DemoReader", ["DemoWriter"])
    assert (created.role, created.extra_roles) == ("DemoReader", ("DemoWriter",))
    assert administration.get_user(name) == created
    assert created in administration.list_users()
    with pytest.raises(ConflictError):
        administration.create_user(name, f"other-{name}@example.com", "DemoReader")
    with pytest.raises(ValidationError):
        administration.create_user(f"{name}-2", f"{name}-2@example.com", "NoSuchRole")
    assert (
        administration.set_user_email(name, f"x-{name}@example.com").email
        == f"x-{name}@example.com"
    )
    assert administration.set_user_admin(name, True).is_admin
    assert not administration.set_user_active(name, False).is_active
    assert administration.set_user_role(name, "DemoWriter").role == "DemoWriter"
    assert administration.add_user_roles(name, ["DemoReader"]).extra_roles == ("DemoReader",)
    assert administration.remove_user_roles(name, ["DemoReader"]).extra_roles == ()
    assert administration.reset_user_password(name).subject == name
    assert administration.delete_user(name).action == "admin_delete_user"
    for call in (
        lambda: administration.get_user(name),
        lambda: administration.delete_user(name),
        lambda: administration.set_user_admin(name, True),
        lambda: administration.set_user_email(name, "x@example.com"),
        lambda: administration.reset_user_password(name),
        lambda: administration.add_user_roles(name, ["DemoReader"]),
    ):
        with pytest.raises(NotFoundError, match=name):
            call()
    with pytest.raises(ValidationError):
        administration.delete_user("admin")


def test_roles_and_policies(admin: QuiltOps, user: str, bucket: str) -> None:
    administration = admin.admin
    read = BucketPermission(bucket=bucket, level=BucketPermissionLevel.READ)
    write = BucketPermission(bucket=bucket, level=BucketPermissionLevel.READ_WRITE)
    policy = administration.create_policy(f"P {user}", permissions=[read])
    assert (policy.managed, policy.permissions) == (True, (read,))
    role = administration.create_role(f"R-{user}", policies=[policy.id])
    assert role.permissions == (read,)
    assert administration.get_policy(policy.id).roles == (role.id,)
    assert administration.update_policy(policy.id, permissions=[write]).roles == (role.id,)
    assert administration.get_role(role.name).permissions == (write,)
    assert administration.get_role(role.id) == administration.get_role(role.name)
    with pytest.raises(ConflictError):
        administration.create_role(role.name, policies=[])
    with pytest.raises(ConflictError):
        administration.create_policy(f"P {user}", permissions=[])
    with pytest.raises(ValidationError):
        administration.update_role(role.name, arn="arn:aws:iam::000000000000:role/x")
    renamed = administration.update_role(role.name, name=f"S-{user}")
    assert (renamed.id, renamed.policies) == (role.id, (policy.id,))
    unmanaged = administration.create_role(
        f"U-{user}", arn=f"arn:aws:iam::000000000000:role/U-{user}"
    )
    assert (unmanaged.managed, unmanaged.policies) == (False, ())
    with pytest.raises(ValidationError):
        administration.update_role(unmanaged.id, policies=[policy.id])
    administration.delete_role(renamed.name)
    administration.delete_role(unmanaged.id)
    administration.delete_policy(policy.id)
    for call in (
        lambda: administration.get_role(role.id),
        lambda: administration.delete_role(role.id),
        lambda: administration.update_role(role.id, name="x"),
        lambda: administration.set_default_role(role.id),
        lambda: administration.get_policy(policy.id),
        lambda: administration.update_policy(policy.id, title="x"),
        lambda: administration.delete_policy(policy.id),
    ):
        with pytest.raises(NotFoundError):
            call()


def test_buckets(admin: QuiltOps, registry: Any, user: str) -> None:
    administration = admin.admin
    name = f"raw-{user.replace('_', '-')}"[:60]
    with pytest.raises(NotFoundError):
        administration.add_bucket(name, BucketSettings(title="x"))
    registry.s3_client().create_bucket(Bucket=name)
    added = administration.add_bucket(
        name, BucketSettings(title="Raw", tags=("a", "b"), prefixes=("p/",))
    )
    assert (added.title, added.tags, added.prefixes) == ("Raw", ("a", "b"), ("p/",))
    assert administration.get_bucket(name) == added
    with pytest.raises(ConflictError):
        administration.add_bucket(name, BucketSettings(title="Again"))
    assert administration.update_bucket(name, BucketSettings(title="New")).title == "New"
    assert name in [one.name for one in administration.list_buckets()]
    administration.remove_bucket(name)
    for call in (
        lambda: administration.get_bucket(name),
        lambda: administration.update_bucket(name, BucketSettings(title="x")),
        lambda: administration.remove_bucket(name),
    ):
        with pytest.raises(NotFoundError):
            call()


def test_tabulator(admin: QuiltOps, registry: Any) -> None:
    bucket = add_bucket(registry)
    created = admin.create_tabulator_table(bucket, "islands", TABLE)
    assert admin.list_tabulator_tables(bucket) == [created]
    with pytest.raises(ConflictError):
        admin.create_tabulator_table(bucket, "islands", TABLE)
    changed = TABLE.replace("island", "isle")
    assert admin.update_tabulator_table(bucket, "islands", changed).config == changed
    assert admin.rename_tabulator_table(bucket, "islands", "isles").name == "isles"
    with pytest.raises(NotFoundError):
        admin.get_tabulator_table(bucket, "islands")
    with pytest.raises(ValidationError):
        admin.create_tabulator_table(bucket, "broken", "no: table")
    assert admin.delete_tabulator_table(bucket, "isles").config == changed
    assert admin.list_tabulator_tables(bucket) == []
    for call in (
        lambda: admin.update_tabulator_table(bucket, "gone", TABLE),
        lambda: admin.rename_tabulator_table(bucket, "gone", "x"),
        lambda: admin.delete_tabulator_table(bucket, "gone"),
        lambda: admin.list_tabulator_tables("no-such-bucket"),
    ):
        with pytest.raises(NotFoundError):
            call()


def test_open_query(admin: QuiltOps) -> None:
    before = admin.get_open_query_status().enabled
    assert admin.set_open_query(not before).enabled is not before
    assert admin.set_open_query(before).enabled is before


def test_sso(admin: QuiltOps) -> None:
    administration = admin.admin
    assert not administration.get_sso_config().is_set
    text = "version: '1.0'\nmappings: []\ndefault_role: DemoReader\n"
    assert administration.set_sso_config(text).text == text
    assert administration.get_sso_config().uploader == "admin"
    with pytest.raises(ValidationError):
        administration.set_sso_config("{ not yaml")
    assert not administration.remove_sso_config().is_set
    assert not administration.remove_sso_config().is_set


def test_api_keys(ops: QuiltOps, admin: QuiltOps, connect: Any, user: str) -> None:
    created = ops.create_api_key("ci", 30)
    key = created.api_key
    assert created.secret not in repr(created)
    assert ops.list_api_keys() == [key]
    assert ops.get_api_key(key.id) == key
    assert ops.list_api_keys(name="other") == []
    assert key in admin.admin.list_api_keys(email=key.user_email)
    assert admin.admin.get_api_key(key.id).fingerprint == key.fingerprint
    with_key = connect(user, token=None, api_key=created.secret)
    assert with_key.get_auth_status().user_name == user
    ops.revoke_api_key(key.id)
    for call in (
        lambda: ops.get_api_key(key.id),
        lambda: ops.revoke_api_key(key.id),
        lambda: admin.admin.revoke_api_key(key.id),
        lambda: admin.admin.get_api_key(key.id),
    ):
        with pytest.raises(NotFoundError):
            call()
