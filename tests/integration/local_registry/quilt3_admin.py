"""All of quilt3.admin, run as a process of its own by test_quilt3.py."""

from __future__ import annotations

import os
from collections.abc import Callable

import quilt3
from quilt3 import admin, api_keys
from quilt3.admin import exceptions
from quilt3.admin.types import Permission

SSO = "version: '1.0'\ndefault_role: DemoReader\nmappings: []\n"
TABLE = """
schema: [{name: id, type: STRING}]
source: {type: quilt-packages, package_name: "^a/b$", logical_key: ".*"}
parser: {format: csv}
"""


def refused(kind: type[Exception], act: Callable[[], object]) -> Exception:
    try:
        act()
    except kind as error:
        return error
    raise AssertionError(f"{kind.__name__} was not raised")


def users() -> None:
    names = [user.name for user in admin.users.list()]
    assert names == ["admin", "inactive", "reader", "writer"], names
    assert admin.users.get("nobody") is None
    made = admin.users.create("ada", "ada@example.com", "DemoReader", ["DemoWriter"])
    assert (made.role.name, [role.name for role in made.extra_roles]) == (
        "DemoReader",
        ["DemoWriter"],
    )
    assert made == admin.users.get("ada")
    refused(
        exceptions.Quilt3AdminError,
        lambda: admin.users.create("ada", "other@example.com", "DemoReader"),
    )
    refused(exceptions.Quilt3AdminError, lambda: admin.users.create("x", "x", "DemoReader"))
    refused(exceptions.Quilt3AdminError, lambda: admin.users.create("x", "x@y.org", "Missing"))
    assert admin.users.set_email("ada", "countess@example.com").email == "countess@example.com"
    refused(exceptions.Quilt3AdminError, lambda: admin.users.set_email("ada", "x"))
    assert admin.users.set_admin("ada", True).is_admin
    assert not admin.users.set_active("ada", False).is_active
    admin.users.reset_password("ada")
    assert admin.users.set_role("ada", "DemoWriter").extra_roles == []
    added = admin.users.set_role("ada", "DemoAdmin", ["DemoReader"], append=True)
    assert [role.name for role in (added.role, *added.extra_roles)] == [
        "DemoAdmin",
        "DemoWriter",
        "DemoReader",
    ]
    removed = admin.users.remove_roles("ada", ["DemoAdmin", "DemoWriter"], "DemoReader")
    assert (removed.role.name, removed.extra_roles) == ("DemoReader", [])
    assert admin.users.add_roles("ada", ["DemoWriter"]).extra_roles[0].name == "DemoWriter"
    refused(exceptions.Quilt3AdminError, lambda: admin.users.delete("admin"))
    admin.users.delete("ada")
    assert admin.users.get("ada") is None
    for act in (
        lambda: admin.users.delete("ada"),
        lambda: admin.users.set_email("ada", "a@b.org"),
        lambda: admin.users.set_admin("ada", True),
        lambda: admin.users.set_active("ada", True),
        lambda: admin.users.reset_password("ada"),
        lambda: admin.users.set_role("ada", "DemoReader"),
        lambda: admin.users.add_roles("ada", ["DemoReader"]),
        lambda: admin.users.remove_roles("ada", ["DemoReader"]),
    ):
        refused(exceptions.UserNotFoundError, act)


def policies() -> str:
    policy = admin.policies.create_managed(
        "Reading", permissions=[Permission.read("demo-data"), Permission.read_write("demo-shared")]
    )
    assert {p.bucket: p.level.value for p in policy.permissions} == {
        "demo-data": "READ",
        "demo-shared": "READ_WRITE",
    }
    assert admin.policies.get("Reading") == admin.policies.get(policy.id) == policy
    assert policy in admin.policies.list()
    refused(
        exceptions.PolicyTitleExistsError,
        lambda: admin.policies.create_managed("Reading", permissions=[]),
    )
    arn = "arn:aws:iam::000000000000:policy/x"
    other = admin.policies.create_unmanaged("Elsewhere", arn=arn)
    assert (other.managed, other.arn) == (False, arn)
    refused(exceptions.PolicyArnExistsError, lambda: admin.policies.create_unmanaged("X", arn=arn))
    assert admin.policies.patch_unmanaged(other.id, title="Far").title == "Far"
    changed = admin.policies.update_unmanaged("Far", title="Far", arn=arn + "y", roles=[])
    assert changed.arn.endswith("y")
    admin.policies.delete("Far")
    refused(exceptions.PolicyNotFoundError, lambda: admin.policies.delete("Far"))
    patched = admin.policies.patch_managed("Reading", permissions=[Permission.read("demo-data")])
    assert [p.bucket for p in patched.permissions] == ["demo-data"]
    return str(policy.id)


def roles(policy_id: str) -> None:
    assert admin.roles.get_default().name == "DemoReader"
    role = admin.roles.create_managed("Helpers", [policy_id])
    assert [p.bucket for p in role.permissions] == ["demo-data"]
    assert [p.title for p in role.policies] == ["Reading"]
    assert admin.roles.get("Helpers") == admin.roles.get(role.id) == role
    assert [each.id for each in admin.policies.get(policy_id).roles] == [role.id]
    refused(exceptions.OperationError, lambda: admin.policies.delete(policy_id))
    outside = admin.roles.create_unmanaged("Outside", "arn:aws:iam::000000000000:role/o")
    for kind, act in [
        (exceptions.RoleNameExistsError, lambda: admin.roles.create_managed("Helpers")),
        (exceptions.RoleNameInvalidError, lambda: admin.roles.create_managed("no spaces")),
        (exceptions.RoleNameReservedError, lambda: admin.roles.create_managed("admin")),
        (
            exceptions.RoleTypeMismatchError,
            lambda: admin.roles.update_managed("Outside", name="O", policies=[]),
        ),
        (
            exceptions.RoleTypeMismatchError,
            lambda: admin.roles.update_unmanaged("Helpers", name="H", arn="arn"),
        ),
        (exceptions.RoleAssignedError, lambda: admin.roles.delete("DemoReader")),
        (exceptions.RoleNotFoundError, lambda: admin.roles.delete("Missing")),
    ]:
        refused(kind, act)
    assert admin.roles.patch_managed("Helpers", name="Aides").name == "Aides"
    assert admin.roles.patch_unmanaged(outside.id, arn="arn:x").arn == "arn:x"
    assert admin.roles.update_unmanaged("Outside", name="Outer", arn="arn:y").name == "Outer"
    assert admin.roles.update_managed("Aides", name="Aides", policies=[]).permissions == []
    assert admin.roles.set_default("Aides").name == "Aides"
    admin.roles.set_default("DemoReader")
    admin.roles.delete("Aides")
    admin.roles.delete("Outer")
    admin.policies.delete("Reading")
    assert "Aides" not in [each.name for each in admin.roles.list()]


def buckets() -> None:
    assert [b.name for b in admin.buckets.list()] == ["demo-data", "demo-shared", "demo-private"]
    assert admin.buckets.get("missing") is None
    assert admin.buckets.get("demo-data").title == "Demo data"
    changed = admin.buckets.update(
        "demo-data",
        "Data",
        description="all",
        tags=["a"],
        browsable=True,
        file_extensions_to_index=[".md"],
        index_content_bytes=100,
    )
    assert (changed.title, changed.tags, changed.index_content_bytes) == ("Data", ["a"], 100)
    refused(exceptions.BucketNotFoundError, lambda: admin.buckets.update("missing", "x"))
    for act in (
        lambda: admin.buckets.add("demo-data", "again"),
        lambda: admin.buckets.add("not-in-s3", "x"),
        lambda: admin.buckets.update("demo-data", "x", file_extensions_to_index=["md"]),
        lambda: admin.buckets.update("demo-data", "x", index_content_bytes=-1),
        lambda: admin.buckets.update("demo-data", "x", sns_notification_arn="x"),
    ):
        refused(exceptions.Quilt3AdminError, act)
    admin.buckets.remove("demo-shared")
    assert admin.buckets.get("demo-shared") is None
    refused(exceptions.BucketNotFoundError, lambda: admin.buckets.remove("demo-shared"))
    assert admin.buckets.add("demo-shared", "Back", relevance_score=5).relevance_score == 5


def sso() -> None:
    assert admin.sso_config.get() is None
    made = admin.sso_config.set(SSO)
    assert (made.text, made.uploader.name) == (SSO, "admin")
    assert admin.sso_config.get() == made
    refused(exceptions.Quilt3AdminError, lambda: admin.sso_config.set("nonsense"))
    refused(exceptions.RoleSsoConfigConflictError, lambda: admin.roles.set_default("DemoWriter"))
    assert admin.sso_config.set(None) is None
    assert admin.sso_config.get() is None


def tabulator() -> None:
    tables = admin.tabulator
    assert tables.list_tables("demo-data") == []
    tables.set_table("demo-data", "one", TABLE)
    tables.rename_table("demo-data", "one", "two")
    assert [(t.name, t.config) for t in tables.list_tables("demo-data")] == [("two", TABLE)]
    refused(exceptions.Quilt3AdminError, lambda: tables.set_table("demo-data", "x", "nonsense"))
    refused(exceptions.Quilt3AdminError, lambda: tables.rename_table("demo-data", "one", "x"))
    tables.set_table("demo-data", "two", None)
    assert tables.list_tables("demo-data") == []
    refused(exceptions.BucketNotFoundError, lambda: tables.list_tables("missing"))
    assert tables.get_open_query() is False
    tables.set_open_query(True)
    assert tables.get_open_query() is True
    tables.set_open_query(False)


def keys() -> None:
    key, secret = api_keys.create("mine", 7)
    assert secret.startswith("qk_")
    assert key in api_keys.list(name="mine", status="ACTIVE")
    assert api_keys.list(status="EXPIRED") == []
    assert api_keys.get(key.id) == key
    assert api_keys.get("missing") is None
    refused(api_keys.APIKeyError, lambda: api_keys.create("mine", 0))
    found = admin.api_keys.list(email="admin@example.com", key_name="mine")
    assert [each.id for each in found] == [key.id]
    assert admin.api_keys.get(key.id).user_email == "admin@example.com"
    assert admin.api_keys.get("missing") is None
    admin.api_keys.revoke(key.id)
    refused(exceptions.Quilt3AdminError, lambda: admin.api_keys.revoke(key.id))
    refused(api_keys.APIKeyError, lambda: api_keys.revoke(secret=secret))
    other, other_secret = api_keys.create("second", 7)
    api_keys.revoke(secret=other_secret)
    assert api_keys.get(other.id) is None


def main() -> None:
    quilt3.config(os.environ["CATALOG"])
    quilt3.login_with_api_key(os.environ["SECRET"])
    users()
    roles(policies())
    buckets()
    sso()
    tabulator()
    keys()
    print("OK")


if __name__ == "__main__":
    main()
