"""Role × bucket × operation: GraphQL, S3 credentials, search and browsing sessions."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import quote

import attrs
import pytest
import requests
import yaml
from botocore.exceptions import ClientError
from local_registry import LocalRegistry
from local_registry.testing import add_bucket, add_user

CONSTRUCT = """
mutation ($params: PackagePushParams!, $src: PackageConstructSource!) {
  packageConstruct(params: $params, src: $src) {
    __typename
    ... on PackagePushSuccess { revision { hash } }
    ... on InvalidInput { errors { path message name } }
    ... on OperationError { name message }
  }
}
"""
PROMOTE = """
mutation ($params: PackagePushParams!, $src: PackagePromoteSource!) {
  packagePromote(params: $params, src: $src) { __typename }
}
"""
DELETE = """
mutation ($bucket: String!, $name: String!, $hash: String!) {
  packageRevisionDelete(bucket: $bucket, name: $name, hash: $hash) { __typename }
}
"""
SEARCH = """
query ($buckets: [String!]) {
  searchPackages(buckets: $buckets, latestOnly: true) {
    __typename
    ... on PackagesSearchResultSet {
      total
      firstPage { ... on PackagesSearchResultSetPage { hits { bucket name } } }
    }
  }
}
"""
SESSION = """
mutation ($scope: String!) {
  browsingSessionCreate(scope: $scope) {
    __typename
    ... on BrowsingSession { id }
    ... on OperationError { name }
  }
}
"""
TABLE = """
mutation ($bucket: String!, $config: String) {
  bucketSetTabulatorTable(bucketName: $bucket, tableName: "t", config: $config) { __typename }
}
"""
PACKAGE = 'query ($bucket: String!) { package(bucket: $bucket, name: "team/base") { name } }'
CONFIG = """
schema: [{name: id, type: STRING}]
source: {type: quilt-packages, package_name: "^a/b$", logical_key: ".*"}
parser: {format: csv}
"""
WORKFLOWS = {"version": "1", "is_workflow_required": False, "workflows": {"w": {"name": "W"}}}


@attrs.frozen(kw_only=True)
class Case:
    """A client with a role, and a bucket with one package."""

    registry: LocalRegistry
    bucket: str
    user: str
    top_hash: str
    home: str  # a bucket that the client may write to in every case

    def ask(self, query: str, **variables: object) -> Any:
        header = {"Authorization": self.registry.token(self.user)}
        answer = requests.post(
            self.registry.endpoints.graphql_endpoint,
            json={"query": query, "variables": variables},
            headers=header,
            timeout=30,
        )
        assert answer.status_code == 200, answer.text
        document = answer.json()
        return document["data"] if not document.get("errors") else None

    def get(self, path: str, **params: str) -> requests.Response:
        return requests.get(
            self.registry.endpoints.registry_url + path,
            params=params,
            headers={"Authorization": self.registry.token(self.user)},
            timeout=30,
        )

    def s3(self, operation: str, **arguments: object) -> bool:
        try:
            getattr(self.registry.s3_client(self.user), operation)(**arguments)
        except ClientError as error:
            assert error.response["ResponseMetadata"]["HTTPStatusCode"] == 403
            return False
        return True


def _params(bucket: str, name: str) -> dict[str, str]:
    return {"bucket": bucket, "name": name, "message": "m"}


def _entries(bucket: str) -> dict[str, object]:
    return {"entries": [{"logicalKey": "k", "physicalKey": f"s3://{bucket}/k"}]}


def _succeeded(answer: Any, field: str, *members: str) -> bool:
    return answer is not None and (answer[field] or {}).get("__typename") in members


def _sees(case: Case, query: str, field: str) -> bool:
    answer = case.ask(query, bucket=case.bucket)
    return answer is not None and answer[field] is not None


def _listed(case: Case, field: str) -> bool:
    answer = case.ask(f"{{ {field} {{ name }} }}")
    return case.bucket in [each["name"] for each in answer[field]]


def _found(case: Case, buckets: list[str] | None) -> bool:
    result = case.ask(SEARCH, buckets=buckets)["searchPackages"]
    if result["__typename"] != "PackagesSearchResultSet":
        return False
    return case.bucket in {hit["bucket"] for hit in result["firstPage"]["hits"]}


def _session(case: Case) -> str | None:
    scope = f"quilt+s3://{case.bucket}#package=team/base@{case.top_hash}"
    result = case.ask(SESSION, scope=scope)["browsingSessionCreate"]
    if result["__typename"] == "OperationError":
        assert result["name"] == "BucketNotFound"
    return result.get("id")


def _browsed(case: Case) -> bool:
    session = _session(case)
    if session is None:
        return False
    answer = case.get(f"/browse/{session}/k")
    assert answer.content == b"content"
    return True


def _search_rest(case: Case) -> bool:
    hits = case.get("/api/search", index="_all", action="search", query="base", size="1000")
    assert hits.status_code == 200, hits.text
    indexes = {hit["_index"] for hit in hits.json()["hits"]["hits"]}
    return bool({case.bucket, f"{case.bucket}_packages"} & indexes)


def _deletes(case: Case) -> bool:
    answer = case.ask(DELETE, bucket=case.bucket, name="team/base", hash=case.top_hash)
    return _succeeded(answer, "packageRevisionDelete", "PackageRevisionDeleteSuccess")


def _constructs(case: Case) -> bool:
    answer = case.ask(CONSTRUCT, params=_params(case.bucket, "team/new"), src=_entries(case.bucket))
    return _succeeded(answer, "packageConstruct", "PackagePushSuccess")


def _promotes_to(case: Case) -> bool:
    src = {"bucket": case.bucket, "name": "team/base", "hash": case.top_hash}
    answer = case.ask(PROMOTE, params=_params(case.bucket, "team/copy"), src=src)
    return _succeeded(answer, "packagePromote", "PackagePushSuccess")


def _takes_from(case: Case) -> bool:
    """A package of objects in the bucket, pushed to the client's own bucket: the registry must read
    sizes and hashes."""
    answer = case.ask(CONSTRUCT, params=_params(case.home, "mine/x"), src=_entries(case.bucket))
    return _succeeded(answer, "packageConstruct", "PackagePushSuccess")


def _sets_table(case: Case) -> bool:
    answer = case.ask(TABLE, bucket=case.bucket, config=CONFIG)
    return _succeeded(answer, "bucketSetTabulatorTable", "BucketConfig")


READS: dict[str, Callable[[Case], bool]] = {
    "package": lambda c: _sees(
        c,
        'query ($bucket: String!) { package(bucket: $bucket, name: "team/base") { name } }',
        "package",
    ),
    "packages": lambda c: _sees(
        c, "query ($bucket: String!) { packages(bucket: $bucket) { total } }", "packages"
    ),
    "bucket": lambda c: _sees(
        c, "query ($bucket: String!) { bucket(name: $bucket) { name } }", "bucket"
    ),
    "buckets": lambda c: _listed(c, "buckets"),
    "searchPackages in all": lambda c: _found(c, None),
    "searchPackages in it": lambda c: _found(c, [c.bucket]),
    "api/search": _search_rest,
    "browse": _browsed,
    "construct from it": _takes_from,
    "s3 get": lambda c: c.s3("get_object", Bucket=c.bucket, Key="k"),
    "s3 head": lambda c: c.s3("head_object", Bucket=c.bucket, Key="k"),
    "s3 list": lambda c: c.s3("list_objects_v2", Bucket=c.bucket),
    "s3 versions": lambda c: c.s3("list_object_versions", Bucket=c.bucket),
    "s3 copy from": lambda c: c.s3(
        "copy_object", Bucket=c.home, Key="k2", CopySource={"Bucket": c.bucket, "Key": "k"}
    ),
}
WRITES: dict[str, Callable[[Case], bool]] = {
    "construct": _constructs,
    "promote": _promotes_to,
    "s3 put": lambda c: c.s3("put_object", Bucket=c.bucket, Key="new", Body=b""),
    "s3 delete": lambda c: c.s3("delete_object", Bucket=c.bucket, Key="new"),
    "s3 multipart": lambda c: c.s3("create_multipart_upload", Bucket=c.bucket, Key="new"),
    "delete revision": _deletes,
}
CONFIGURATION: dict[str, Callable[[Case], bool]] = {
    "bucketConfig": lambda c: _sees(
        c, "query ($bucket: String!) { bucketConfig(name: $bucket) { name } }", "bucketConfig"
    ),
    "bucketConfigs": lambda c: _listed(c, "bucketConfigs"),
}
ADMINISTRATION: dict[str, Callable[[Case], bool]] = {
    "users": lambda c: c.ask("{ admin { user { list { name } } } }") is not None,
    "roles": lambda c: bool((c.ask("{ roles { __typename } }") or {}).get("roles")),
    "policies": lambda c: bool((c.ask("{ policies { id } }") or {}).get("policies")),
    "open query": lambda c: c.ask("mutation { admin { setTabulatorOpenQuery(enabled: false) "
                                  "{ tabulatorOpenQuery } } }") is not None,
}  # fmt: skip


@pytest.fixture(params=["nothing", "READ", "READ_WRITE"])
def level(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(params=[False, True], ids=["user", "admin"])
def admin(request: pytest.FixtureRequest) -> bool:
    return bool(request.param)


@pytest.fixture
def case(shared_local_registry: LocalRegistry, level: str, admin: bool) -> Case:
    registry = shared_local_registry
    bucket, home = add_bucket(registry), add_bucket(registry)
    successor = {f"s3://{bucket}": {"title": "itself", "copy_data": False}}
    workflows: dict[str, object] = {**WORKFLOWS, "successors": successor}
    _put_workflows(registry, bucket, workflows)
    registry.s3_client().put_object(Bucket=bucket, Key="k", Body=b"content")
    owner = add_user(registry, writes=[bucket])
    top_hash = Case(
        registry=registry, bucket=bucket, user=owner.name, top_hash="", home=bucket
    ).ask(CONSTRUCT, params=_params(bucket, "team/base"), src=_entries(bucket))["packageConstruct"][
        "revision"
    ]["hash"]
    user = add_user(
        registry,
        reads=[bucket] if level == "READ" else [],
        writes=[home, bucket] if level == "READ_WRITE" else [home],
        admin=admin,
    )
    return Case(registry=registry, bucket=bucket, user=user.name, top_hash=top_hash, home=home)


def _put_workflows(registry: LocalRegistry, bucket: str, document: dict[str, object]) -> None:
    registry.s3_client().put_object(
        Bucket=bucket, Key=".quilt/workflows/config.yml", Body=yaml.safe_dump(document).encode()
    )


def test_what_a_role_may_do(case: Case, level: str, admin: bool) -> None:
    outcome = {name: act(case) for name, act in {**READS, **WRITES}.items()}
    expected = {
        **dict.fromkeys(READS, level != "nothing"),
        **dict.fromkeys(WRITES, level == "READ_WRITE"),
    }
    assert outcome == expected
    seen = {name: act(case) for name, act in CONFIGURATION.items()}
    assert seen == dict.fromkeys(CONFIGURATION, admin or level != "nothing")
    may_configure = admin or level == "READ_WRITE"
    assert _sets_table(case) == may_configure
    administers = {name: act(case) for name, act in ADMINISTRATION.items()}
    assert administers == dict.fromkeys(ADMINISTRATION, admin)


def test_anonymous_users_may_do_nothing(shared_local_registry: LocalRegistry) -> None:
    url = shared_local_registry.endpoints.graphql_endpoint
    for query in (
        '{ package(bucket: "demo-data", name: "palmer/penguins") { name } }',
        '{ packages(bucket: "demo-data") { total } }',
        '{ bucket(name: "demo-data") { name } }',
        '{ bucketConfig(name: "demo-data") { name } }',
        "{ me { name } }",
    ):
        answer = requests.post(url, json={"query": query}, timeout=30)
        assert answer.status_code == 200
        assert set((answer.json()["data"] or {"x": None}).values()) == {None}
    listing = requests.post(url, json={"query": "{ buckets { name } }"}, timeout=30).json()
    assert not (listing.get("data") or {}).get("buckets")
    variables = {"params": _params("demo-data", "a/b"), "src": _entries("demo-data")}
    body = {"query": CONSTRUCT, "variables": variables}
    written = requests.post(url, json=body, timeout=30).json()
    assert "PackagePushSuccess" not in str(written)


def test_a_session_is_only_for_its_owner_and_ends_with_the_right_to_read(
    shared_local_registry: LocalRegistry,
) -> None:
    registry = shared_local_registry
    bucket = add_bucket(registry)
    registry.s3_client().put_object(Bucket=bucket, Key="k", Body=b"content")
    ada, bob = add_user(registry, writes=[bucket]), add_user(registry, writes=[bucket])
    mine = Case(registry=registry, bucket=bucket, user=ada.name, top_hash="", home=bucket)
    made = mine.ask(CONSTRUCT, params=_params(bucket, "team/base"), src=_entries(bucket))
    mine = attrs.evolve(mine, top_hash=made["packageConstruct"]["revision"]["hash"])
    session = _session(mine)
    assert session is not None
    assert mine.get(f"/browse/{session}/k").content == b"content"
    assert mine.get(f"/browse/{session}/missing").status_code == 404
    for path in ("../k", "%2e%2e/k", "a/../k", "", "/k", "./k", "..%2fk"):
        url = f"{registry.endpoints.registry_url}/browse/{session}/{path}"
        request = requests.Request("GET", url, headers={"Authorization": registry.token(ada.name)})
        with requests.Session() as http:
            prepared = http.prepare_request(request)
            prepared.url = url
            assert http.send(prepared, allow_redirects=False).status_code in (400, 404), path
    theirs = attrs.evolve(mine, user=bob.name)
    assert theirs.get(f"/browse/{session}/k").status_code == 403
    url = f"{registry.endpoints.registry_url}/browse/{session}/{quote('k')}"
    assert requests.get(url, timeout=30).status_code == 401
    state = registry.context.state
    policy = state.policies.find(f"Policy of {ada.name}")
    assert policy is not None
    state.policies.update_managed(policy.id, policy.title, [], state.policies.role_ids(policy.id))
    assert mine.get(f"/browse/{session}/k").status_code == 403


def test_a_cookie_opens_sessions_too(shared_local_registry: LocalRegistry) -> None:
    registry = shared_local_registry
    bucket = add_bucket(registry)
    registry.s3_client().put_object(Bucket=bucket, Key="k", Body=b"content")
    ada = add_user(registry, writes=[bucket])
    mine = Case(registry=registry, bucket=bucket, user=ada.name, top_hash="", home=bucket)
    made = mine.ask(CONSTRUCT, params=_params(bucket, "team/base"), src=_entries(bucket))
    mine = attrs.evolve(mine, top_hash=made["packageConstruct"]["revision"]["hash"])
    session = _session(mine)
    base = registry.endpoints.registry_url
    with requests.Session() as browser:
        header = {"Authorization": f"Bearer {registry.token(ada.name)}"}
        assert browser.post(f"{base}/browse/set_browse_cookie", headers=header).status_code == 204
        answer = browser.get(f"{base}/browse/{session}/k", allow_redirects=False)
        assert answer.status_code == 302
        assert "X-Amz-Signature" in answer.headers["location"]
        assert browser.get(f"{base}/browse/{session}/k").content == b"content"
