"""Whatever a registry answers becomes a valid domain object or one of the framework's errors."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from quilt_core import ProtocolError, QuiltOps, QuiltOpsError

pytestmark = pytest.mark.slow

HASH = "a" * 64
TIME = "2026-01-02T03:04:05.678Z"
REVISION = {
    "hash": HASH, "modified": TIME, "message": "m", "userMeta": {"a": 1}, "workflow": {"id": "w"},
    "totalEntries": 1, "totalBytes": 5.0,
}  # fmt: skip
FLAT_MAP = {
    "a/b.csv": {
        "physicalKey": "s3://bucket/a/b.csv?versionId=1",
        "size": 5.0,
        "hash": {"type": "sha2-256-chunked", "value": "x"},
        "meta": {"user_meta": {"k": "v"}},
    }
}
ENTRIES = {"hash": HASH, "userMeta": None, "totalEntries": 1, "contentsFlatMap": FLAT_MAP}
FILE = {
    "path": "a/b.csv", "size": 5.0, "metadata": None, "physicalKey": "s3://bucket/a/b.csv",
}  # fmt: skip
DIRECTORY = {"path": "a/", "size": 5.0, "metadata": {"x": 1}}
HIT = {
    "bucket": "bucket", "name": "a/b", "pointer": "latest", "hash": HASH, "size": 5.0,
    "modified": TIME, "totalEntriesCount": 1, "comment": "None", "meta": '{"a": 1}',
    "workflow": None,
}  # fmt: skip
USER = {
    "name": "ada", "email": "a@b.c", "isActive": True, "isAdmin": False, "isSsoOnly": False,
    "isService": False, "dateJoined": TIME, "lastLogin": TIME, "role": {"name": "R"},
    "extraRoles": [{"name": "S"}],
}  # fmt: skip
ROLE = {
    "__typename": "ManagedRole", "id": "1", "name": "R", "arn": "arn", "policies": [{"id": "2"}],
    "permissions": [{"bucket": {"name": "bucket"}, "level": "READ"}],
}  # fmt: skip
POLICY = {
    "id": "2", "title": "P", "arn": "arn", "managed": True, "roles": [{"id": "1"}],
    "permissions": [{"bucket": {"name": "bucket"}, "level": "READ_WRITE"}],
}  # fmt: skip
BUCKET = {
    "name": "bucket", "title": "B", "description": None, "iconUrl": None, "tags": None,
    "relevanceScore": 1, "browsable": True, "linkedData": None, "overviewUrl": None,
    "lastIndexed": None, "snsNotificationArn": None, "scannerParallelShardsDepth": None,
    "skipMetaDataIndexing": None, "fileExtensionsToIndex": None, "indexContentBytes": None,
    "prefixes": [],
}  # fmt: skip
KEY = {
    "id": "1", "name": "ci", "fingerprint": "qk…", "createdAt": TIME, "expiresAt": TIME,
    "lastUsedAt": None, "userEmail": "a@b.c", "status": "ACTIVE",
}  # fmt: skip
ME = {"name": "ada", "email": "a@b.c", "isAdmin": True, "role": {"name": "R"}, "roles": []}

CALLS: dict[str, tuple[Callable[[QuiltOps], Any], str, dict[str, Any]]] = {
    "auth": (lambda ops: ops.get_auth_status(), "me", {"me": ME}),
    "buckets": (lambda ops: ops.list_buckets(), "listBuckets", {"buckets": [BUCKET]}),
    "info": (
        lambda ops: ops.get_package_info("a/b"), "packageInfo", {"package": {"revision": REVISION}}
    ),
    "metadata": (
        lambda ops: ops.get_package_metadata("a/b"),
        "packageMetadata",
        {"package": {"revision": {"userMeta": {"a": 1}}}},
    ),
    "list": (
        lambda ops: ops.list_all_packages(),
        "listPackages",
        {"packages": {"total": 1, "page": [{"name": "a/b"}]}},
    ),
    "versions": (
        lambda ops: ops.list_package_versions("a/b"),
        "listVersions",
        {"package": {
            "revision": {"hash": HASH},
            "revisions": {"total": 1, "page": [{"hash": HASH, "modified": TIME, "message": None}]},
        }},
    ),
    "browse": (
        lambda ops: ops.browse_content("a/b"),
        "contentListing",
        {"package": {"revision": {"file": None, "dir": {"path": "", "children": [DIRECTORY]}}}},
    ),
    "browse file": (
        lambda ops: ops.browse_content("a/b", path="a/b.csv"),
        "contentListing",
        {"package": {"revision": {"file": FILE, "dir": None}}},
    ),
    "recursive": (
        lambda ops: list(ops.browse_content("a/b", recursive=True)),
        "packageEntries",
        {"package": {"revision": ENTRIES, "revisions": {"page": [{"modified": TIME}]}}},
    ),
    "diff": (
        lambda ops: ops.diff_packages("a/b", "a/c"),
        "diffPackages",
        {"first": {"revision": ENTRIES}, "second": {"revision": {**ENTRIES, "hash": "b" * 64}}},
    ),
    "search": (
        lambda ops: ops.search_packages(),
        "searchPackages",
        {
            "registry": {"__typename": "PackageList"},
            "searchPackages": {
                "__typename": "PackagesSearchResultSet",
                "firstPage": {
                    "__typename": "PackagesSearchResultSetPage", "cursor": None, "hits": [HIT],
                },
            },
        },
    ),
    "delete": (
        lambda ops: ops.delete_package("a/b", "s3://bucket", top_hash=HASH),
        "packageRevisionDelete",
        {"packageRevisionDelete": {"__typename": "PackageRevisionDeleteSuccess"}},
    ),
    "tables": (
        lambda ops: ops.list_tabulator_tables("bucket"),
        "tabulatorTables",
        {"bucketConfig": {"tabulatorTables": [{"name": "t", "config": "c"}]}},
    ),
    "open query": (
        lambda ops: ops.get_open_query_status(),
        "getOpenQueryStatus",
        {"admin": {"tabulatorOpenQuery": True}},
    ),
    "set open query": (
        lambda ops: ops.set_open_query(True),
        "setOpenQuery",
        {"admin": {"setTabulatorOpenQuery": {"tabulatorOpenQuery": True}}},
    ),
    "users": (
        lambda ops: ops.admin.list_users(), "adminListUsers", {"admin": {"user": {"list": [USER]}}}
    ),
    "user": (
        lambda ops: ops.admin.get_user("ada"), "adminGetUser", {"admin": {"user": {"get": USER}}}
    ),
    "set role": (
        lambda ops: ops.admin.set_user_role("ada", "R"),
        "adminSetUserRole",
        {"admin": {"user": {"mutate": {"result": {"__typename": "User", **USER}}}}},
    ),
    "delete user": (
        lambda ops: ops.admin.delete_user("ada"),
        "adminDeleteUser",
        {"admin": {"user": {"mutate": {"result": {"__typename": "Ok"}}}}},
    ),
    "roles": (lambda ops: ops.admin.list_roles(), "adminListRoles", {"roles": [ROLE]}),
    "default role": (
        lambda ops: ops.admin.get_default_role(), "adminGetDefaultRole", {"defaultRole": ROLE}
    ),
    "policies": (
        lambda ops: ops.admin.list_policies(), "adminListPolicies", {"policies": [POLICY]}
    ),
    "sso": (
        lambda ops: ops.admin.get_sso_config(),
        "adminGetSsoConfig",
        {"admin": {"ssoConfig": {"text": "t", "timestamp": TIME, "uploader": {"name": "ada"}}}},
    ),
    "bucket configs": (
        lambda ops: ops.admin.list_buckets(), "adminListBuckets", {"bucketConfigs": [BUCKET]}
    ),
    "remove bucket": (
        lambda ops: ops.admin.remove_bucket("bucket"),
        "adminRemoveBucket",
        {"result": {"__typename": "BucketRemoveSuccess"}},
    ),
    "keys": (lambda ops: ops.list_api_keys(), "listApiKeys", {"me": {"apiKeys": [KEY]}}),
    "create key": (
        lambda ops: ops.create_api_key("ci"),
        "createApiKey",
        {"apiKeyCreate": {"__typename": "APIKeyCreated", "apiKey": KEY, "secret": "qk_1"}},
    ),
    "all keys": (
        lambda ops: ops.admin.list_api_keys(),
        "adminListApiKeys",
        {"admin": {"apiKeys": {"list": [KEY]}}},
    ),
}  # fmt: skip


@pytest.fixture(params=sorted(CALLS))
def case(request: pytest.FixtureRequest) -> tuple[Callable[[QuiltOps], Any], str, dict[str, Any]]:
    return CALLS[request.param]


@pytest.fixture(autouse=True)
def helpers(registry: Any) -> None:
    registry.answer("me", {"me": ME})
    registry.answer("packageInfo", {"package": {"revision": REVISION}})


def mutations(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[tuple[Any, ...], Any]]:
    """Every mutation of an answer: each value missing, null, or of another type."""
    if path:
        others = {dict: "text", list: {}, str: 1, bool: "true", int: 1.5, float: "5"}
        yield from ((path, other) for other in (None, [None], "GONE", others.get(type(value), 1)))
    items = value.items() if isinstance(value, dict) else ()
    items = enumerate(value) if isinstance(value, list) else items
    for key, item in items:
        yield from mutations(item, (*path, key))


def changed(answer: dict[str, Any], path: tuple[Any, ...], value: Any) -> dict[str, Any]:
    copied = copy.deepcopy(answer)
    parent: Any = copied
    for key in path[:-1]:
        parent = parent[key]
    if value == "GONE" and isinstance(parent, dict):
        del parent[path[-1]]
    else:
        parent[path[-1]] = value
    return copied


def test_the_good_answer_is_good(
    case: tuple[Callable[[QuiltOps], Any], str, dict[str, Any]], ops: QuiltOps, registry: Any
) -> None:
    call, operation, answer = case
    registry.answer(operation, answer)
    assert call(ops) is not None


def test_no_answer_leads_to_a_crash(
    case: tuple[Callable[[QuiltOps], Any], str, dict[str, Any]], ops: QuiltOps, registry: Any
) -> None:
    call, operation, answer = case
    for path, value in mutations(answer):
        registry.answer(operation, changed(answer, path, value))
        try:
            call(ops)
        except QuiltOpsError as error:
            assert error.operation, path


def test_unknown_members_are_protocol_errors(
    case: tuple[Callable[[QuiltOps], Any], str, dict[str, Any]], ops: QuiltOps, registry: Any
) -> None:
    call, operation, answer = case
    for path, value in mutations(answer):
        judged = path[-1] == "__typename" and path[0] != "registry" and path[-2] != "file"
        if judged and value == 1:
            registry.answer(operation, changed(answer, path, "FromTheFuture"))
            with pytest.raises(QuiltOpsError):
                call(ops)


def test_a_child_of_an_unknown_kind_is_a_protocol_error(ops: QuiltOps, registry: Any) -> None:
    answer = {"package": {"revision": {"dir": {"children": [DIRECTORY, {}]}}}}
    registry.answer("contentListing", answer)
    with pytest.raises(ProtocolError, match="neither a file nor a directory"):
        ops.browse_content("a/b")


@pytest.mark.parametrize("node", [FILE, DIRECTORY])
@pytest.mark.parametrize("value", ["", 0, False, []])
def test_metadata_that_are_no_object_are_not_taken_for_none(
    ops: QuiltOps, registry: Any, node: dict[str, Any], value: object
) -> None:
    children = [{**node, "metadata": value}]
    registry.answer("contentListing", {"package": {"revision": {"dir": {"children": children}}}})
    with pytest.raises(ProtocolError, match="metadata"):
        ops.browse_content("a/b")


@pytest.mark.parametrize(
    "body", [b"", b"<html>hello</html>", b"[]", b"null", b'"x"', b"{}", b'{"data": null}',
             b'{"data": []}', b"\xff\xfe", b'{"data": {"me": 1', b"[" * 100_000],
)  # fmt: skip
def test_bodies_that_are_not_answers(
    case: tuple[Callable[[QuiltOps], Any], str, dict[str, Any]],
    ops: QuiltOps,
    registry: Any,
    raw: Any,
    body: bytes,
) -> None:
    call, operation, _ = case
    registry.answer(operation, raw(body=body))
    with pytest.raises(QuiltOpsError):
        call(ops)


def test_errors_next_to_data_are_errors(
    case: tuple[Callable[[QuiltOps], Any], str, dict[str, Any]], ops: QuiltOps, registry: Any
) -> None:
    call, operation, answer = case
    registry.answer(operation, {"data": answer, "errors": [{"message": "half of it failed"}]})
    with pytest.raises(QuiltOpsError, match="half of it failed"):
        call(ops)


def test_values_that_registries_return(ops: QuiltOps, registry: Any) -> None:
    """Floats as sizes, fractions of seconds, trailing slashes, text in place of no message."""
    registry.answer("searchPackages", CALLS["search"][2])
    (hit,) = ops.search_packages()
    assert (hit.total_bytes, hit.message, hit.metadata) == (5, None, {"a": 1})
    assert hit.modified.isoformat() == "2026-01-02T03:04:05+00:00"
    registry.answer("contentListing", CALLS["browse"][2])
    (directory,) = ops.browse_content("a/b")
    assert (directory.path, directory.metadata) == ("a", {"x": 1})
    assert json.dumps(directory.to_dict())
