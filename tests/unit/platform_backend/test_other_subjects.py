"""An answer about another thing than the request is an error, and nothing is written because of
it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from quilt_core import ProtocolError, QuiltOps
from quilt_core.domain.admin import BucketSettings

TIME = "2026-01-02T03:04:05.678Z"
POLICY = {
    "__typename": "Policy", "id": "other", "title": "Everything", "arn": "arn", "managed": True,
    "roles": [{"id": "r9"}],
    "permissions": [{"bucket": {"name": "secret-bucket"}, "level": "READ_WRITE"}],
}  # fmt: skip
USER = {
    "__typename": "User", "name": "eve", "email": "e@x", "isActive": True, "isAdmin": True,
    "isSsoOnly": False, "isService": False, "dateJoined": TIME, "lastLogin": TIME, "role": None,
    "extraRoles": [],
}  # fmt: skip
BUCKET = {
    "name": "other", "title": "B", "description": None, "iconUrl": None, "tags": None,
    "relevanceScore": 1, "browsable": True, "linkedData": None, "overviewUrl": None,
    "lastIndexed": None, "snsNotificationArn": None, "scannerParallelShardsDepth": None,
    "skipMetaDataIndexing": None, "fileExtensionsToIndex": None, "indexContentBytes": None,
    "prefixes": [],
}  # fmt: skip
OTHER_ROLE = {
    "__typename": "ManagedRole", "id": "other", "name": "Other", "arn": "arn", "policies": [],
    "permissions": [],
}  # fmt: skip
ROLE = {**OTHER_ROLE, "id": "r1", "name": "R"}
KEY = {
    "id": "other", "name": "theirs", "fingerprint": "qk…", "createdAt": TIME, "expiresAt": TIME,
    "lastUsedAt": None, "userEmail": "a@b.c", "status": "ACTIVE",
}  # fmt: skip
MUTATED = {"admin": {"user": {"mutate": {"result": USER}}}}
ME = {"name": "ada", "email": "a@b.c", "isAdmin": False, "role": {"name": "Old"}, "roles": []}

Call = Callable[[QuiltOps], Any]
CALLS: dict[str, tuple[Call, str, dict[str, Any]]] = {
    "get policy": (lambda ops: ops.admin.get_policy("p"), "adminGetPolicy", {"policy": POLICY}),
    "get user": (
        lambda ops: ops.admin.get_user("ada"), "adminGetUser", {"admin": {"user": {"get": USER}}}
    ),
    "create user": (
        lambda ops: ops.admin.create_user("ada", "a@x.org", "R"),
        "adminCreateUser",
        {"admin": {"user": {"result": USER}}},
    ),
    "set email": (
        lambda ops: ops.admin.set_user_email("ada", "a@x.org"), "adminSetUserEmail", MUTATED
    ),
    "set role": (lambda ops: ops.admin.set_user_role("ada", "R"), "adminSetUserRole", MUTATED),
    "add roles": (lambda ops: ops.admin.add_user_roles("ada", ["R"]), "adminAddUserRoles", MUTATED),
    "remove roles": (
        lambda ops: ops.admin.remove_user_roles("ada", ["R"]), "adminRemoveUserRoles", MUTATED
    ),
    "still an administrator": (
        lambda ops: ops.admin.set_user_admin("eve", False), "adminSetUserAdmin", MUTATED
    ),
    "still active": (
        lambda ops: ops.admin.set_user_active("eve", False), "adminSetUserActive", MUTATED
    ),
    "get bucket": (
        lambda ops: ops.admin.get_bucket("mine"), "adminGetBucket", {"bucketConfig": BUCKET}
    ),
    "add bucket": (
        lambda ops: ops.admin.add_bucket("mine", BucketSettings(title="M")),
        "adminAddBucket",
        {"result": {"__typename": "BucketAddSuccess", "bucketConfig": BUCKET}},
    ),
    "update bucket": (
        lambda ops: ops.admin.update_bucket("mine", BucketSettings(title="M")),
        "adminUpdateBucket",
        {"result": {"__typename": "BucketUpdateSuccess", "bucketConfig": BUCKET}},
    ),
    "create role": (
        lambda ops: ops.admin.create_role("R", policies=["p"]),
        "adminCreateManagedRole",
        {"result": {"__typename": "RoleCreateSuccess", "role": OTHER_ROLE}},
    ),
    "update role": (
        lambda ops: ops.admin.update_role("R", name="S"),
        "adminUpdateManagedRole",
        {"result": {"__typename": "RoleUpdateSuccess", "role": OTHER_ROLE}},
    ),
    "default role": (
        lambda ops: ops.admin.set_default_role("R"),
        "adminSetDefaultRole",
        {"result": {"__typename": "RoleSetDefaultSuccess", "role": OTHER_ROLE}},
    ),
    "get key": (lambda ops: ops.get_api_key("mine"), "getApiKey", {"me": {"apiKey": KEY}}),
    "create key": (
        lambda ops: ops.create_api_key("mine"),
        "createApiKey",
        {"apiKeyCreate": {"__typename": "APIKeyCreated", "apiKey": KEY, "secret": "qk_1"}},
    ),
    "open query": (
        lambda ops: ops.set_open_query(False),
        "setOpenQuery",
        {"admin": {"setTabulatorOpenQuery": {"tabulatorOpenQuery": True}}},
    ),
    "switch role": (
        lambda ops: ops.switch_role("New"), "switchRole", {"switchRole": {"__typename": "Me"}}
    ),
}  # fmt: skip


@pytest.fixture(autouse=True)
def state(registry: Any) -> None:
    registry.answer("me", {"me": ME})
    registry.answer("adminListRoles", {"roles": [ROLE]})


@pytest.mark.parametrize("case", CALLS)
def test_answers_about_something_else(ops: QuiltOps, registry: Any, case: str) -> None:
    call, operation, answer = CALLS[case]
    registry.answer(operation, answer)
    with pytest.raises(ProtocolError, match=r"the request has|the active role is 'Old'"):
        call(ops)


def test_a_policy_does_not_get_the_rights_of_another_one(ops: QuiltOps, registry: Any) -> None:
    registry.answer("adminGetPolicy", {"policy": POLICY})
    # The change has no answer here: asking for it would be another error.
    with pytest.raises(ProtocolError, match="'other' in 'id' where the request has 'p'"):
        ops.admin.update_policy("p", title="x")
    registry.answer("adminGetPolicy", {"policy": {**POLICY, "id": "p"}})
    registry.answer("adminUpdateManagedPolicy", {"result": POLICY})
    with pytest.raises(ProtocolError, match="'other' in 'id' where the request has 'p'"):
        ops.admin.update_policy("p", title="x")


HIT = {
    "bucket": "bucket", "key": "k", "version": "null", "size": 1, "modified": TIME, "score": 1.0,
    "deleted": False,
}  # fmt: skip


@pytest.mark.parametrize(
    "odd",
    [{"score": 10**400}, {"key": "a\ud800"}, {"key": ""}, {"version": "\ud800"}, {"bucket": ""},
     {"bucket": "a/b"}, {"bucket": "../x"}],
)  # fmt: skip
def test_hits_that_are_no_objects(ops: QuiltOps, registry: Any, odd: dict[str, Any]) -> None:
    page = {"__typename": "ObjectsSearchResultSetPage", "cursor": None, "hits": [{**HIT, **odd}]}
    found = {"__typename": "ObjectsSearchResultSet", "firstPage": page}
    registry.answer("searchObjects", {"registry": {}, "searchObjects": found})
    with pytest.raises(ProtocolError, match=rf"'({next(iter(odd))}|key)'"):
        list(ops.search_objects("x"))


def test_totals_beyond_every_float(ops: QuiltOps, registry: Any) -> None:
    registry.answer("listPackages", {"packages": {"total": 10**400, "page": [{"name": "a/b"}]}})
    with pytest.raises(ProtocolError, match="pages"):
        list(ops.list_all_packages())
