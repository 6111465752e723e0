"""Success of the operations on the catalog, its buckets, tables, the user's API keys and AWS."""

from __future__ import annotations

from typing import Any

import pytest

from quilt_core import ApiKeyStatus, NotFoundError, QuiltOps

TABLE = """\
schema:
  - name: species
    type: STRING
source:
  type: quilt-packages
  package_name: "^(?P<namespace>[^/]+)/(?P<name>[^/]+)$"
  logical_key: "data/.*\\\\.csv$"
parser:
  format: csv
  delimiter: ","
  header: true
"""


def test_get_auth_status(place: Any, ops: QuiltOps) -> None:
    status = ops.get_auth_status()
    assert status.is_authenticated
    assert not status.is_admin
    assert status.role in status.roles
    assert status.registry_url == place.registry_url


def test_get_auth_status__api_key(place: Any) -> None:
    ops = place.connect(None, api_key=place.api_key(place.writer))
    assert ops.get_auth_status().is_authenticated


def test_get_catalog_config(place: Any, ops: QuiltOps) -> None:
    config = ops.get_catalog_config()
    assert config.registry_url == place.registry_url
    assert config.region
    assert config.stack_prefix


def test_configure_catalog(place: Any) -> None:
    ops = place.open()
    assert ops.configure_catalog(place.catalog_url).catalog_url == place.catalog_url
    assert ops.get_registry_url() == place.registry_url


def test_get_registry_url(place: Any) -> None:
    assert place.open(catalog_url=place.catalog_url).get_registry_url() == place.registry_url


def test_health(place: Any) -> None:
    found = place.open(catalog_url=place.catalog_url).health()
    assert found.reachable
    assert found.registry_url == place.registry_url


def test_get_graphql_endpoint(place: Any) -> None:
    ops = place.open(catalog_url=place.catalog_url)
    assert ops.get_graphql_endpoint() == f"{place.registry_url}/graphql"


def test_get_graphql_auth_headers(place: Any) -> None:
    ops = place.connect(None, refresh_token=place.refresh_token(place.writer))
    headers = ops.get_graphql_auth_headers()
    assert set(headers) == {"Authorization"}
    assert headers["Authorization"].startswith("Bearer ")


def test_execute_graphql_query(ops: QuiltOps) -> None:
    first = ops.execute_graphql_query("query one { me { name } }")
    second = ops.execute_graphql_query("query two { me { email } }")
    assert set(first["data"]["me"]) == {"name"}
    assert set(second["data"]["me"]) == {"email"}


def test_list_buckets(place: Any, ops: QuiltOps) -> None:
    registries = [bucket.registry for bucket in ops.list_buckets()]
    assert place.registry in registries
    assert f"s3://{place.hidden_bucket}" not in registries


def test_get_boto3_client(place: Any, ops: QuiltOps) -> None:
    s3 = ops.get_boto3_client("s3")
    listed = s3.list_objects_v2(Bucket=place.bucket, Prefix="data/")
    assert [item["Key"] for item in listed["Contents"]] == ["data/a.csv", "data/b.csv"]
    body = s3.get_object(Bucket=place.bucket, Key="data/a.csv")["Body"].read()
    assert body == b"species,island\nAdelie,Torgersen\n"
    part = s3.get_object(Bucket=place.bucket, Key="data/a.csv", Range="bytes=0-6")["Body"].read()
    assert part == b"species"


@pytest.fixture
def table(place: Any, ops: QuiltOps) -> str:
    ops.create_tabulator_table(place.bucket, "penguins", TABLE)
    return "penguins"


def test_create_tabulator_table(place: Any, ops: QuiltOps) -> None:
    made = ops.create_tabulator_table(place.bucket, "penguins", TABLE)
    assert (made.bucket, made.name, made.config) == (place.bucket, "penguins", TABLE)
    ops.delete_tabulator_table(place.bucket, "penguins")


def test_list_tabulator_tables(place: Any, ops: QuiltOps, table: str) -> None:
    assert table in [one.name for one in ops.list_tabulator_tables(place.bucket)]
    ops.delete_tabulator_table(place.bucket, table)


def test_get_tabulator_table(place: Any, ops: QuiltOps, table: str) -> None:
    assert ops.get_tabulator_table(place.bucket, table).config == TABLE
    ops.delete_tabulator_table(place.bucket, table)


def test_update_tabulator_table(place: Any, ops: QuiltOps, table: str) -> None:
    changed = TABLE.replace("species", "island")
    assert ops.update_tabulator_table(place.bucket, table, changed).config == changed
    assert ops.get_tabulator_table(place.bucket, table).config == changed
    ops.delete_tabulator_table(place.bucket, table)


def test_rename_tabulator_table(place: Any, ops: QuiltOps, table: str) -> None:
    assert ops.rename_tabulator_table(place.bucket, table, "birds").name == "birds"
    ops.delete_tabulator_table(place.bucket, "birds")


def test_delete_tabulator_table(place: Any, ops: QuiltOps, table: str) -> None:
    assert ops.delete_tabulator_table(place.bucket, table).name == table
    with pytest.raises(NotFoundError):
        ops.get_tabulator_table(place.bucket, table)


def test_get_open_query_status(root: QuiltOps) -> None:
    assert root.get_open_query_status().enabled in (True, False)


@pytest.mark.changes_catalog
def test_set_open_query(root: QuiltOps) -> None:
    before = root.get_open_query_status().enabled
    assert root.set_open_query(not before).enabled is not before
    assert root.set_open_query(before).enabled is before


@pytest.fixture
def key_id(ops: QuiltOps) -> str:
    return ops.create_api_key("cassette key", 30).api_key.id


def test_create_api_key(ops: QuiltOps) -> None:
    created = ops.create_api_key("cassette key", 30)
    assert (created.api_key.name, created.api_key.status) == ("cassette key", ApiKeyStatus.ACTIVE)
    assert created.secret
    assert (created.api_key.expires_at - created.api_key.created_at).days in (29, 30)
    ops.revoke_api_key(created.api_key.id)


def test_list_api_keys(ops: QuiltOps, key_id: str) -> None:
    assert key_id in [one.id for one in ops.list_api_keys("cassette key")]
    ops.revoke_api_key(key_id)


def test_get_api_key(ops: QuiltOps, key_id: str) -> None:
    assert ops.get_api_key(key_id).name == "cassette key"
    ops.revoke_api_key(key_id)


def test_revoke_api_key(ops: QuiltOps, key_id: str) -> None:
    ops.revoke_api_key(key_id)
    with pytest.raises(NotFoundError):
        ops.get_api_key(key_id)


def test_get_catalog_link(place: Any, ops: QuiltOps) -> None:
    whole = ops.get_package_info(place.package).top_hash
    link = ops.get_catalog_link(place.package, path="data/a.csv", top_hash=whole[:12])
    page = f"{place.catalog_url}/b/{place.bucket}/packages/{place.package}/tree"
    assert link == f"{page}/{whole}/data/a.csv"


def test_switch_role(place: Any) -> None:
    ops = place.connect(place.admin)
    before = ops.get_auth_status()
    others = [role for role in before.roles if role != before.role]
    if not others or before.role is None:
        pytest.skip("the user has one role")
    assert ops.switch_role(others[0]).role == others[0]
    assert ops.switch_role(before.role) == before
