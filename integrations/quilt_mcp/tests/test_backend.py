"""The adapter keeps quilt-mcp's contract, on both backends."""

from __future__ import annotations

import inspect
from collections.abc import Iterator

import pytest
from local_registry import LocalRegistry
from local_registry.testing import add_bucket, add_user
from quilt_mcp.domain.role import Role
from quilt_mcp.ops import exceptions
from quilt_mcp.ops.admin_ops import AdminOps
from quilt_mcp.ops.quilt_ops import QuiltOps
from quiltops_mcp import QuiltopsBackend
from quiltops_mcp.admin import QuiltopsAdmin
from quiltops_mcp.connection import Connection

import quilt_core

BUCKET = "made-for-mcp"
REGISTRY = f"s3://{BUCKET}"
TABLE = """\
schema:
- {name: value, type: INT}
source: {type: quilt-packages, package_name: a/b, logical_key: "(?<x>.*)"}
parser: {format: csv}
"""


@pytest.fixture(params=["platform", "quilt3"])
def backend(
    request: pytest.FixtureRequest, local_registry: LocalRegistry, monkeypatch: pytest.MonkeyPatch
) -> Iterator[QuiltopsBackend]:
    add_bucket(local_registry, BUCKET)
    add_user(local_registry, "ann", writes=[BUCKET], admin=True)
    s3 = local_registry.s3_client("ann")
    for key in ("in/a.csv", "in/sub/b.csv", "other/c.csv"):
        s3.put_object(Bucket=BUCKET, Key=key, Body=key.encode())
    for name, value in local_registry.client_env("ann", bucket=BUCKET).items():
        monkeypatch.setenv(name, value)
    with quilt_core.connect(request.param) as ops:
        yield QuiltopsBackend(Connection(ops))


def uris(*keys: str) -> list[str]:
    return [f"{REGISTRY}/{key}" for key in keys]


@pytest.mark.parametrize(
    ("ours", "theirs"), [(QuiltopsBackend, QuiltOps), (QuiltopsAdmin, AdminOps)]
)
def test_parameters_are_those_of_quilt_mcp(ours: type, theirs: type) -> None:
    public = [
        name for name, _ in inspect.getmembers(theirs, inspect.isfunction)
        if not name.startswith("_") and name != "get_boto3_client"  # an alias
    ]  # fmt: skip
    assert len(public) > 10
    for name in public:
        mine, wanted = getattr(ours, name), getattr(theirs, name)
        assert mine is not wanted, f"{name} is quilt-mcp's own"
        parameters = inspect.signature(mine).parameters.values()
        expected = inspect.signature(wanted).parameters.values()
        assert [(one.name, one.default) for one in parameters] == [
            (one.name, one.default) for one in expected
        ]


def test_private_steps_of_quilt_mcp_are_not_implemented(backend: QuiltopsBackend) -> None:
    with pytest.raises(NotImplementedError, match="not _backend_push_package"):
        backend._backend_push_package({}, "a/b", REGISTRY, "", False)


def test_create_update_browse_diff_delete(backend: QuiltopsBackend) -> None:
    made = backend.create_package_revision(
        "a/b", uris("in/a.csv", "in/sub/b.csv"), {"description": "D", "tags": ["t"]}, REGISTRY
    )
    assert (made.file_count, made.success, made.registry) == (2, True, REGISTRY)
    found = backend.browse_content("a/b", REGISTRY)
    assert [(one.path, one.type, one.size) for one in found] == [
        ("in/a.csv", "file", 8), ("in/sub/b.csv", "file", 12)
    ]  # fmt: skip
    assert found[0].download_url is not None
    assert found[0].download_url.startswith(f"{REGISTRY}/in/a.csv")
    assert [one.path for one in backend.browse_content("a/b", REGISTRY, "in/sub")] == [
        "in/sub/b.csv"
    ]
    updated = backend.update_package_revision("a/b", uris("other/c.csv"), REGISTRY, {"n": 1})
    assert updated.file_count == 1
    assert [one.path for one in backend.browse_content("a/b", REGISTRY)] == [
        "c.csv", "in/a.csv", "in/sub/b.csv"
    ]  # fmt: skip
    info = backend.get_package_info("a/b", REGISTRY)
    assert (info.description, info.tags, info.bucket) == ("D", ["t"], BUCKET)
    assert info.top_hash == updated.top_hash
    assert backend.get_package_metadata("a/b", REGISTRY)["n"] == 1
    assert [one.name for one in backend.search_packages("", REGISTRY)] == ["a/b"]
    diff = backend.diff_packages("a/b", "a/b", REGISTRY, made.top_hash, updated.top_hash)
    assert diff == {"added": ["c.csv"], "deleted": [], "modified": []}
    assert backend.delete_package(REGISTRY, "a/b") is True
    with pytest.raises(exceptions.NotFoundError):
        backend.get_package_info("a/b", REGISTRY)
    with pytest.raises(exceptions.NotFoundError):
        backend.delete_package(REGISTRY, "a/b")


def test_a_message_replaces_a_missing_description(backend: QuiltopsBackend) -> None:
    backend.create_package_revision("a/b", uris("in/a.csv"), None, REGISTRY, message="First")
    info = backend.get_package_info("a/b", REGISTRY)
    assert (info.description, info.tags) == ("First", [])


def test_nothing_is_left_out_of_an_update(backend: QuiltopsBackend) -> None:
    """quilt-mcp's own backends skip texts that are not URIs, and report success."""
    before = backend.create_package_revision("a/b", uris("in/a.csv"), None, REGISTRY).top_hash
    for wrong in (["in/sub/b.csv"], [*uris("other/c.csv"), "s3://"], []):
        with pytest.raises(exceptions.ValidationError):
            backend.update_package_revision("a/b", wrong, REGISTRY)
    assert backend.get_package_info("a/b", REGISTRY).top_hash == before


def test_a_folder_is_refused_before_anything_is_written(
    backend: QuiltopsBackend, tmp_path: pytest.TempPathFactory
) -> None:
    with pytest.raises(exceptions.ValidationError, match="not a registry for quilt-mcp"):
        backend.create_package_revision("a/b", uris("in/a.csv"), None, f"file://{tmp_path}")


def test_an_incomplete_deletion_names_what_is_left(
    backend: QuiltopsBackend, monkeypatch: pytest.MonkeyPatch
) -> None:
    left = quilt_core.DeletionResult(
        package_name="a/b", registry=REGISTRY, deleted=("1" * 64,),
        failed=(quilt_core.RevisionFailure(top_hash="2" * 64, reason="denied"),),
    )  # fmt: skip
    monkeypatch.setattr(backend._connection.ops, "delete_package", lambda *_: left)
    with pytest.raises(exceptions.BackendError, match="1 are not: 22222222: denied"):
        backend.delete_package(REGISTRY, "a/b")


def test_creating_a_table_overwrites_it(backend: QuiltopsBackend) -> None:
    backend.create_tabulator_table(BUCKET, "t", TABLE)
    other = TABLE.replace("value", "other")
    backend.create_tabulator_table(BUCKET, "t", other)
    assert backend.list_tabulator_tables(BUCKET) == [{"name": "t", "config": other}]
    assert backend.update_tabulator_table(BUCKET, "new", TABLE)["name"] == "new"
    assert backend.get_tabulator_table(BUCKET, "new")["config"] == TABLE
    backend.create_tabulator_table(BUCKET, "new", None)
    assert [one["name"] for one in backend.list_tabulator_tables(BUCKET)] == ["t"]
    with pytest.raises(exceptions.ValidationError):
        backend.create_tabulator_table(BUCKET, "t", "nothing: of ours")


def test_roles_and_uploader_are_objects(backend: QuiltopsBackend) -> None:
    user = backend.admin.get_user("ann")
    assert isinstance(user.role, Role)
    assert (user.role.name, user.role.type) == ("Role-ann", "ManagedRole")
    assert user.role.arn
    assert user.role in backend.admin.list_roles()
    assert "ann" in {one.name for one in backend.admin.list_users()}
    assert backend.admin.get_sso_config() is None
    made = backend.admin.set_sso_config(
        {"version": "1.0", "default_role": "Role-ann", "mappings": []}
    )
    assert made is not None
    assert made.uploader is not None
    assert (made.uploader.name, made.uploader.email) == ("ann", user.email)
    assert backend.admin.get_sso_config() == made
    assert backend.admin.set_sso_config(None) is None


def test_a_write_is_reported_although_its_uploader_cannot_be_looked_up(
    backend: QuiltopsBackend, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(self: quilt_core.AdminOps, name: str) -> quilt_core.User:
        raise quilt_core.TransportError(f"{name} cannot be looked up.")

    monkeypatch.setattr(quilt_core.AdminOps, "get_user", fail)
    config = {"version": "1.0", "default_role": "Role-ann", "mappings": []}
    made = backend.admin.set_sso_config(config)
    assert made is not None
    assert made.uploader is None
    with pytest.raises(exceptions.BackendError):
        backend.admin.get_sso_config()


def test_a_taken_name_is_not_reported_as_a_bug(backend: QuiltopsBackend) -> None:
    with pytest.raises(exceptions.BackendError) as caught:
        backend.admin.create_user("ann", "other@example.com", "Role-ann")
    assert caught.value.context["error"] == "ConflictError"
    with pytest.raises(exceptions.NotFoundError):
        backend.admin.get_user("nobody")


def test_the_status_has_the_catalogs_name(
    backend: QuiltopsBackend, local_registry: LocalRegistry
) -> None:
    status = backend.get_auth_status()
    assert status.is_authenticated
    assert status.catalog_name == "127.0.0.1"
    assert status.logged_in_url == local_registry.endpoints.catalog_url
    assert status.registry_url == local_registry.endpoints.registry_url
    assert status.region == "us-east-1"
    assert status.tabulator_data_catalog
    config = backend.get_catalog_config(local_registry.endpoints.catalog_url)
    assert config.tabulator_data_catalog == status.tabulator_data_catalog


def test_configuring_the_same_catalog_again_does_not_switch_it(
    backend: QuiltopsBackend, local_registry: LocalRegistry
) -> None:
    backend.configure_catalog(local_registry.endpoints.catalog_url + "/")
    with pytest.raises(exceptions.BackendError):
        backend.configure_catalog("http://127.0.0.1:9/")
    assert backend.get_auth_status().is_authenticated


def test_links_and_aws(backend: QuiltopsBackend) -> None:
    backend.create_package_revision("a/b", uris("in/a.csv"), None, REGISTRY)
    assert backend.get_content_url("a/b", REGISTRY, "in/a.csv").startswith("http")
    s3 = backend.get_boto3_client("s3")
    assert s3.get_object(Bucket=BUCKET, Key="in/a.csv")["Body"].read() == b"in/a.csv"
    assert [one.name for one in backend.list_buckets()] == [BUCKET]


def test_graphql(backend: QuiltopsBackend, local_registry: LocalRegistry) -> None:
    answer = backend.execute_graphql_query("{ me { name } }")
    assert answer == {"data": {"me": {"name": "ann"}}}
    assert backend.get_graphql_endpoint() == local_registry.endpoints.graphql_endpoint
    assert list(backend.get_graphql_auth_headers()) == ["Authorization"]
    assert backend.get_registry_url() == local_registry.endpoints.registry_url
    assert backend.set_open_query(True)["open_query_enabled"] is True
    assert backend.get_open_query_status() == {"success": True, "open_query_enabled": True}
