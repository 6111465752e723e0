"""Fields that clients of a deployed registry request are answered in each schema that has them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import requests
from local_registry import LocalRegistry
from local_registry.config import SCHEMA_VERSIONS, RegistryConfig

REPORTS = """
{
  status { __typename ... on Status { reportsBucket } }
  subscription { active timestamp }
  potentialCollaborators { email }
  bucketAccessCounts(bucket: "demo-data", window: 30) { combined { total } }
  objectAccessCounts(bucket: "demo-data", key: "k", window: 30) { total counts { value } }
  package(bucket: "demo-data", name: "a/b") {
    accessCounts { total }
    revisions { page { hash accessCounts(window: 7) { total } } }
  }
}
"""
PACKAGER = '{ admin { packager { eventRules { name } eventRule(name: "x") { enabled } } } }'
TOGGLE = """
mutation { admin { packager { toggleEventRule(name: "x", enabled: true) {
  __typename ... on InvalidInput { errors { path name } } } } } }
"""
CONSTRUCT = """
mutation ($name: String!) {
  packageConstruct(params: {bucket: "demo-data", name: $name, message: "m"}, src: {entries: [
    {logicalKey: "k", physicalKey: "s3://demo-data/k"}]}) { __typename }
}
"""
DELETE = """
mutation ($bucket: String!, $name: String!) {
  packageDelete(bucket: $bucket, name: $name) {
    __typename ... on OperationError { name message } }
}
"""
RESTORE = """
mutation ($bucket: String!, $key: String!, $days: Int!) {
  restoreObject(bucket: $bucket, key: $key, tier: BULK, days: $days) {
    __typename
    ... on RestoreObjectSuccess { alreadyRestored }
    ... on InvalidInput { errors { path name } }
    ... on OperationError { name context }
  }
}
"""
ROLE = "id defaultBucket signup { page accessCode title description }"


def _ask(registry: LocalRegistry, query: str, user: str = "admin", **variables: Any) -> Any:
    answer = requests.post(
        registry.endpoints.graphql_endpoint,
        json={"query": query, "variables": variables},
        headers={"Authorization": registry.token(user)},
        timeout=30,
    )
    assert answer.status_code == 200, answer.text
    assert "errors" not in answer.json(), answer.text
    return answer.json()["data"]


def _put(registry: LocalRegistry, key: str = "k", **more: Any) -> None:
    registry.s3_client().put_object(Bucket="demo-data", Key=key, Body=b"x", **more)


@pytest.fixture(params=SCHEMA_VERSIONS)
def state(request: pytest.FixtureRequest) -> Iterator[LocalRegistry]:
    with LocalRegistry(RegistryConfig(seed="demo", schema=request.param)) as registry:
        yield registry


def test_reports_are_null_empty_or_unavailable_in_every_state(state: LocalRegistry) -> None:
    _put(state)
    _ask(state, CONSTRUCT, "writer", name="a/b")
    answer = _ask(state, REPORTS)
    assert answer["status"] == {"__typename": "Unavailable"}
    assert answer["subscription"]["active"] is True
    assert answer["potentialCollaborators"] == []
    assert answer["bucketAccessCounts"] is None
    assert answer["objectAccessCounts"] is None
    assert answer["package"]["accessCounts"] is None
    (revision,) = answer["package"]["revisions"]["page"]
    assert len(revision["hash"]) == 64
    assert revision["accessCounts"] is None


@pytest.mark.parametrize("label", ["2026-01", "2026-08"])
def test_collaborators_of_the_bucket_are_listed_in_old_and_new_schemas(label: Any) -> None:
    field = "bucketConfigs" if label == "2026-01" else "buckets"
    query = f"{{ {field} {{ name collaborators {{ collaborator {{ username }} }} }} }}"
    with LocalRegistry(RegistryConfig(seed="demo", schema=label)) as registry:
        found = {one["name"]: one["collaborators"] for one in _ask(registry, query)[field]}
    names = {one["collaborator"]["username"] for one in found["demo-data"]}
    assert {"reader", "writer"} <= names


def test_the_packager_has_no_rules(local_registry: LocalRegistry) -> None:
    packager = _ask(local_registry, PACKAGER)["admin"]["packager"]
    assert packager == {"eventRules": [], "eventRule": None}
    result = _ask(local_registry, TOGGLE)["admin"]["packager"]["toggleEventRule"]
    assert result["__typename"] == "InvalidInput"
    assert result["errors"] == [{"path": "name", "name": "NotFound"}]


def test_a_package_is_deleted_with_all_its_revisions_and_no_other(
    local_registry: LocalRegistry,
) -> None:
    for body in (b"1", b"2"):
        local_registry.s3_client().put_object(Bucket="demo-data", Key="k", Body=body)
        _ask(local_registry, CONSTRUCT, "writer", name="a/b")
    _ask(local_registry, CONSTRUCT, "writer", name="a/bc")

    def delete(user: str, bucket: str = "demo-data") -> Any:
        given = {"bucket": bucket, "name": "a/b"}
        return _ask(local_registry, DELETE, user, **given)["packageDelete"]

    assert delete("reader")["name"] == "Forbidden"
    assert delete("writer", "no-such-bucket")["name"] == "BucketNotFound"
    assert delete("writer") == {"__typename": "Ok"}
    listed = _ask(local_registry, '{ packages(bucket: "demo-data") { page { name } } }')
    names = [one["name"] for one in listed["packages"]["page"]]
    assert ("a/b" in names, "a/bc" in names) == (False, True)
    assert delete("writer")["name"] == "PackageNotFound"
    # The objects stay.
    local_registry.s3_client().head_object(Bucket="demo-data", Key="k")


def test_an_archived_object_is_restored_and_others_are_refused(
    local_registry: LocalRegistry,
) -> None:
    _put(local_registry, "cold", StorageClass="GLACIER")
    _put(local_registry, "warm")

    def restore(key: str, bucket: str = "demo-data", days: int = 2) -> Any:
        given = {"bucket": bucket, "key": key, "days": days}
        return _ask(local_registry, RESTORE, "reader", **given)["restoreObject"]

    assert restore("cold") == {"__typename": "RestoreObjectSuccess", "alreadyRestored": False}
    assert restore("cold") == {"__typename": "RestoreObjectSuccess", "alreadyRestored": True}
    refused = restore("warm")
    assert (refused["name"], refused["context"]["status_code"]) == ("AWSError", 403)
    assert restore("none")["context"]["status_code"] == 404
    assert restore("cold", bucket="demo-private")["name"] == "BucketNotFound"
    assert restore("cold", days=0)["errors"] == [{"path": "days", "name": "InvalidDays"}]


@pytest.mark.parametrize(
    ("kind", "own"), [("Managed", "policies: []"), ("Unmanaged", 'arn: "arn:aws:iam::1:role/x"')]
)
def test_a_role_keeps_what_an_update_leaves_out_and_loses_what_it_sets_to_null(
    local_registry: LocalRegistry, kind: str, own: str
) -> None:
    def send(verb: str, name: str, more: str, arguments: str = "") -> Any:
        query = f"""mutation {{
          role{verb}{kind}({arguments}input: {{name: "{name}", {own}, {more}}}) {{
            __typename ... on Role{verb}Success {{ role {{ ... on {kind}Role {{ {ROLE} }} }} }} }}
        }}"""
        return _ask(local_registry, query)[f"role{verb}{kind}"]

    signup = 'signup: {page: "join", accessCode: "open-sesame", title: "Join"}'
    made = send("Create", "One", f'defaultBucket: "demo-data", {signup}')["role"]
    shown = {"page": "join", "accessCode": "open-sesame", "title": "Join", "description": None}
    assert (made["defaultBucket"], made["signup"]) == ("demo-data", shown)

    one = f'id: "{made["id"]}", '
    assert send("Update", "Two", "", one)["role"] == made
    cleared = send("Update", "Two", "defaultBucket: null", one)["role"]
    assert (cleared["defaultBucket"], cleared["signup"]) == (None, shown)
    assert send("Create", "Three", signup) == {"__typename": "RoleSignupPageConflict"}
    # The conflict undid the whole creation.
    assert send("Create", "Three", "")["role"]["signup"] is None
    assert send("Update", "Two", "signup: null", one)["role"]["signup"] is None
    assert send("Create", "Four", signup)["role"]["signup"] == shown
