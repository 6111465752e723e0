"""Administration with quilt3's own client answers as the platform backend does, errors included."""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from local_registry.server import LocalRegistry
from local_registry.testing import add_user

from quilt_core import QuiltOps
from quilt_core.domain import BucketPermission, BucketPermissionLevel
from quilt_core.errors import PermissionDeniedError, QuiltOpsError

Connect = Callable[..., QuiltOps]
_CHANGING = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|datetime\([^)]*\)|qk_[^']*")


def outcome(action: Callable[[], Any]) -> str:
    """What an operation returned or raised, without values that are never the same twice."""
    try:
        return _CHANGING.sub("…", repr(action()))
    except QuiltOpsError as error:
        return f"{type(error).__name__}: {_CHANGING.sub('…', error.message)}"


def users(ops: QuiltOps, name: str) -> Iterator[Callable[[], Any]]:
    admin = ops.admin
    yield lambda: admin.create_user(name, f"{name}@example.com", "DemoReader", ["DemoWriter"])
    yield lambda: admin.create_user(name, f"other-{name}@example.com", "DemoReader")
    yield lambda: admin.create_user(f"{name}2", "no address", "DemoReader")
    yield lambda: admin.create_user(f"{name}2", f"{name}2@example.com", "NoSuchRole")
    yield lambda: admin.get_user(name)
    yield lambda: admin.get_user("nobody")
    yield lambda: admin.set_user_email(name, f"new-{name}@example.com")
    yield lambda: admin.set_user_email("nobody", "nobody@example.com")
    yield lambda: admin.set_user_admin(name, True)
    yield lambda: admin.set_user_active(name, False)
    yield lambda: admin.reset_user_password(name)
    yield lambda: admin.set_user_role(name, "DemoWriter")
    yield lambda: admin.set_user_role(name, "DemoWriter", ["DemoReader"], append=True)
    yield lambda: admin.add_user_roles(name, ["DemoReader"])
    yield lambda: admin.remove_user_roles(name, ["DemoWriter"], "DemoReader")
    yield lambda: admin.remove_user_roles(name, ["NoSuchRole"])
    yield lambda: admin.delete_user(name)
    yield lambda: admin.delete_user(name)


def roles_and_policies(ops: QuiltOps, name: str) -> Iterator[Callable[[], Any]]:
    admin = ops.admin
    read = [BucketPermission(bucket="demo-data", level=BucketPermissionLevel.READ)]
    made: dict[str, str] = {}

    def create_policy() -> object:
        policy = admin.create_policy(name, permissions=read)
        made["policy"] = policy.id
        return policy

    def create_unmanaged() -> object:
        policy = admin.create_policy(f"{name}-u", arn=f"arn:aws:iam::123456789012:policy/{name}")
        made["unmanaged"] = policy.id
        return policy

    yield create_policy
    yield lambda: admin.create_policy(name, permissions=read)
    yield create_unmanaged
    yield lambda: admin.get_policy(made["policy"])
    yield lambda: admin.get_policy("nothing")
    yield lambda: admin.create_role(name, policies=[made["policy"]])
    yield lambda: admin.create_role(name, policies=[])
    yield lambda: admin.create_role(f"{name}u", arn="arn:aws:iam::123456789012:role/r")
    yield lambda: admin.get_role(name)
    yield lambda: admin.get_role("nothing")
    yield lambda: admin.update_role(name, name=f"{name}new")
    yield lambda: admin.update_role(f"{name}u", policies=[])
    yield lambda: admin.update_role(f"{name}new", arn="arn:aws:iam::123456789012:role/r")
    yield lambda: admin.update_policy(made["policy"], title=f"{name}-new")
    yield lambda: admin.update_policy(made["policy"], arn="arn:aws:iam::123456789012:policy/p")
    yield lambda: admin.update_policy(made["unmanaged"], permissions=read)
    yield lambda: admin.delete_policy(made["policy"])
    yield lambda: admin.delete_role(f"{name}new")
    yield lambda: admin.delete_role(f"{name}u")
    yield lambda: admin.delete_policy(made["policy"])
    yield lambda: admin.delete_policy(made["unmanaged"])
    yield lambda: admin.delete_policy(made["unmanaged"])
    yield lambda: admin.delete_role("DemoWriter")
    yield lambda: admin.set_default_role("DemoReader")
    yield admin.get_default_role
    yield admin.list_roles
    yield admin.list_users


def the_rest(ops: QuiltOps, name: str) -> Iterator[Callable[[], Any]]:
    made: dict[str, str] = {}

    def create_key() -> object:
        created = ops.create_api_key(name, 30)
        made["key"] = created.api_key.id
        assert created.secret.startswith("qk_")
        return created.api_key.name

    yield create_key
    yield lambda: ops.create_api_key(name, 366)
    yield lambda: [key.name for key in ops.list_api_keys(name=name)]
    yield lambda: ops.get_api_key(made["key"]).status
    yield lambda: [key.name for key in ops.admin.list_api_keys(name=name)]
    yield lambda: ops.admin.get_api_key(made["key"]).name
    yield lambda: ops.get_api_key("nothing")
    yield lambda: ops.revoke_api_key(made["key"]).action
    yield lambda: ops.revoke_api_key("nothing")
    yield lambda: ops.admin.revoke_api_key("nothing")
    yield lambda: ops.admin.get_bucket("demo-data")
    yield lambda: ops.admin.get_bucket("nothing")
    yield lambda: ops.admin.remove_bucket("nothing")
    yield ops.admin.get_sso_config
    yield lambda: ops.admin.set_sso_config("{[")
    yield ops.admin.remove_sso_config
    yield lambda: ops.create_tabulator_table("demo-data", name, TABLE)
    yield lambda: ops.create_tabulator_table("demo-data", name, TABLE)
    yield lambda: ops.update_tabulator_table("demo-data", name, TABLE + "\n")
    yield lambda: ops.rename_tabulator_table("demo-data", name, f"{name}2")
    yield lambda: ops.list_tabulator_tables("demo-data")
    yield lambda: ops.delete_tabulator_table("demo-data", f"{name}2")
    yield lambda: ops.get_tabulator_table("demo-data", name)
    yield lambda: ops.list_tabulator_tables("nothing")
    yield ops.get_open_query_status
    yield lambda: ops.set_open_query(False)


TABLE = """schema:
- name: species
  type: STRING
source:
  type: quilt-packages
  package_name: .*
  logical_key: .*
parser:
  format: csv
"""


@pytest.mark.parametrize("scenario", [users, roles_and_policies, the_rest])
def test_both_backends_answer_alike(
    connect: Connect,
    scenario: Callable[[QuiltOps, str], Iterator[Callable[[], Any]]],
) -> None:
    name = f"n{uuid.uuid4().hex[:10]}"
    answers = [
        [outcome(action) for action in scenario(connect("admin", backend), name)]
        for backend in ("quilt3", "platform")
    ]

    assert answers[0] == answers[1]


def test_a_user_who_is_not_an_administrator_is_refused(
    registry: LocalRegistry, connect: Connect
) -> None:
    ops = connect(add_user(registry, reads=["demo-data"]).name)

    for refused in (
        ops.admin.list_users,
        ops.admin.list_roles,
        ops.admin.list_policies,
        ops.admin.list_buckets,
        ops.admin.get_sso_config,
        ops.admin.list_api_keys,
        lambda: ops.admin.delete_user("reader"),
        ops.get_open_query_status,
    ):
        with pytest.raises(PermissionDeniedError, match="administrator"):
            refused()
