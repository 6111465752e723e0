"""Packages over GraphQL: lists, revisions, contents, promotion, deletion, workflows."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from local_registry.conformance import RegistryEnvironment
from local_registry.server import LocalRegistry
from local_registry.testing import add_bucket, add_user
from msgspec import structs

import quilt_core
from quilt_core.testing.conformance.environment import TestUser

Ask = Callable[..., Any]
LIST = """query l($bucket: String!, $filter: String, $n: Int, $per: Int, $order: PackageListOrder) {
  packages(bucket: $bucket, filter: $filter) {
    total page(number: $n, perPage: $per, order: $order) { name }
  } }"""
REVISION = """query r($bucket: String!, $name: String!, $ref: String!) {
  package(bucket: $bucket, name: $name) {
    revisions { total page(number: 1, perPage: 5) { hash message } }
    revision(hashOrTag: $ref) { hash }
  } }"""
CONTENTS = """query c($bucket: String!, $name: String!, $path: String!, $max: Int) {
  package(bucket: $bucket, name: $name) { revision {
    totalEntries totalBytes contentsFlatMap(max: $max)
    file(path: $path) { path size }
    dir(path: $path) { path children {
      __typename ... on PackageFile { path size } ... on PackageDir { path size } } }
  } } }"""
CONSTRUCT = """mutation m($params: PackagePushParams!, $src: PackageConstructSource!) {
  packageConstruct(params: $params, src: $src) {
    __typename
    ... on PackagePushSuccess { revision { hash workflow { id } } }
    ... on InvalidInput { errors { path name message } }
    ... on OperationError { name message }
  } }"""
PROMOTE = """mutation m($params: PackagePushParams!, $src: PackagePromoteSource!, $dest: String) {
  packagePromote(params: $params, src: $src, destPrefix: $dest) {
    __typename
    ... on PackagePushSuccess { revision { hash contentsFlatMap } }
    ... on InvalidInput { errors { path name message } }
    ... on OperationError { name message }
  } }"""
DELETE = """mutation d($bucket: String!, $name: String!, $hash: String!) {
  packageRevisionDelete(bucket: $bucket, name: $name, hash: $hash) {
    __typename ... on OperationError { name message } } }"""


def test_lists(ask: Ask, environment: RegistryEnvironment, bucket: str) -> None:
    for name in ("b/two", "a/one", "a/three"):
        environment.given([], name=name)

    def names(**variables: Any) -> list[str]:
        found = ask(LIST, bucket=bucket, **variables)["packages"]
        return [package["name"] for package in found["page"]]

    assert names() == ["a/one", "a/three", "b/two"]
    assert names(order="MODIFIED") == ["a/three", "a/one", "b/two"]
    assert names(filter="a/*") == ["a/one", "a/three"]
    assert names(filter="*tw?") == ["b/two"]
    assert names(n=2, per=2) == ["b/two"]
    assert names(n=9, per=2) == []
    assert ask(LIST, bucket=bucket, per=1)["packages"]["total"] == 3


def test_revisions(ask: Ask, environment: RegistryEnvironment, bucket: str) -> None:
    first = environment.given([environment.entry("a")], message="one")
    second = environment.given([environment.entry("a")], message="two")

    def revision(ref: str) -> str | None:
        found = ask(REVISION, bucket=bucket, name=environment.name, ref=ref)["package"]
        assert found["revisions"]["total"] == 2
        assert [one["hash"] for one in found["revisions"]["page"]] == [second, first]
        return None if found["revision"] is None else str(found["revision"]["hash"])

    assert revision("latest") == second
    assert revision(first) == first
    assert revision("1600000000") == first
    assert revision("ab" * 32) is None
    assert revision("no-such-tag") is None


def test_missing_and_unreadable_things_are_null(ask: Ask, environment: RegistryEnvironment) -> None:
    hidden = str(environment.hidden_registry).removeprefix("s3://")
    for bucket in (hidden, "no-such-bucket-anywhere"):
        assert ask(LIST, bucket=bucket)["packages"] is None
        assert ask(REVISION, bucket=bucket, name="a/b", ref="latest")["package"] is None
    readable = environment.registry.removeprefix("s3://")
    assert ask(REVISION, bucket=readable, name="no/package", ref="latest")["package"] is None


def test_contents(ask: Ask, environment: RegistryEnvironment, bucket: str) -> None:
    environment.given(
        [
            environment.entry("d/e/x", b"1"),
            environment.entry("d/y", b"22"),
            environment.entry("z", b"333"),
        ]
    )

    def at(path: str, **variables: Any) -> Any:
        return ask(CONTENTS, bucket=bucket, name=environment.name, path=path, **variables)[
            "package"
        ]["revision"]

    root = at("")
    assert (root["totalEntries"], root["totalBytes"], root["file"]) == (3, 6, None)
    assert [(one["__typename"], one["path"], one["size"]) for one in root["dir"]["children"]] == [
        ("PackageDir", "d", 3), ("PackageFile", "z", 3),
    ]  # fmt: skip
    assert at("d/y")["file"] == {"path": "d/y", "size": 2}
    assert at("d/y")["dir"] is None
    assert [one["path"] for one in at("d")["dir"]["children"]] == ["d/e", "d/y"]
    assert at("nothing") == {**root, "dir": None, "file": None}


@pytest.mark.parametrize(
    ("count", "most", "whole"), [(3, 3, True), (4, 3, False), (1001, 1000, False)]
)
def test_too_many_entries_give_null_and_never_a_part(
    ask: Ask, environment: RegistryEnvironment, bucket: str, count: int, most: int, whole: bool
) -> None:
    entry = environment.entry("a")
    environment.given(
        [structs.replace(entry, logical_key=f"f{number:04}") for number in range(count)]
    )
    found = ask(CONTENTS, bucket=bucket, name=environment.name, path="", max=most)["package"][
        "revision"
    ]
    assert found["totalEntries"] == count
    assert (found["contentsFlatMap"] is not None) is whole
    assert not whole or len(found["contentsFlatMap"]) == count


def _construct(ask: Ask, in_bucket: str, entries: list[dict[str, Any]], **params: Any) -> Any:
    params = {"bucket": in_bucket, "name": "t/p", "message": "m", **params}
    return ask(CONSTRUCT, params=params, src={"entries": entries})["packageConstruct"]


@pytest.mark.parametrize(
    ("entry", "told"),
    [
        ({"logicalKey": "a", "physicalKey": "s3://{bucket}/not/there"}, "not/there"),
        ({"logicalKey": "a", "physicalKey": "https://example.com/a"}, "example.com"),
        ({"logicalKey": "../a", "physicalKey": "s3://{bucket}/in"}, "../a"),
        ({"logicalKey": "a/", "physicalKey": "s3://{bucket}/in"}, "a/"),
        ({"logicalKey": "", "physicalKey": "s3://{bucket}/in"}, ""),
    ],
)
def test_revisions_that_cannot_be_constructed(
    ask: Ask, environment: RegistryEnvironment, bucket: str, entry: dict[str, str], told: str
) -> None:
    environment.put_object("in", b"1")
    physical_key = entry["physicalKey"].format(bucket=bucket)
    answer = _construct(ask, bucket, [{**entry, "physicalKey": physical_key}])
    assert answer["__typename"] in ("InvalidInput", "OperationError")
    assert told in str(answer)
    assert ask(LIST, bucket=bucket)["packages"]["total"] == 0


def test_names_and_buckets_that_are_refused(
    ask: Ask, environment: RegistryEnvironment, bucket: str
) -> None:
    hidden = str(environment.hidden_registry).removeprefix("s3://")
    for params in ({"name": "nameless"}, {"name": "a/b\n"}, {"bucket": hidden}):
        assert _construct(ask, bucket, [], **params)["__typename"] != "PackagePushSuccess"
    read_only = ask(CONSTRUCT, TestUser.READER, src={"entries": []},
                    params={"bucket": bucket, "name": "t/p", "message": ""})  # fmt: skip
    assert read_only["packageConstruct"]["__typename"] == "OperationError"
    assert ask(LIST, bucket=bucket)["packages"]["total"] == 0


WORKFLOWS = {
    "version": {"base": "1", "catalog": "1"},
    "default_workflow": "checked",
    "workflows": {
        "checked": {"name": "Checked", "is_message_required": True,
                    "metadata_schema": "species", "handle_pattern": "^birds/.*$"},
        "free": {"name": "Free"},
    },
    "schemas": {"species": {"url": "s3://{bucket}/species.json"}},
}  # fmt: skip
SCHEMA = b'{"required": ["species"], "properties": {"species": {"type": "string"}}}'


@pytest.fixture
def guarded(shared_local_registry: LocalRegistry) -> tuple[str, Ask]:
    """A bucket with workflows, and a function with which a user pushes to it."""
    import requests

    registry, name = shared_local_registry, f"guarded-{id(object())}"
    workflows = {**WORKFLOWS, "schemas": {"species": {"url": f"s3://{name}/species.json"}}}
    bucket = add_bucket(registry, name, workflows=workflows)
    registry.s3_client().put_object(Bucket=bucket, Key="species.json", Body=SCHEMA)
    token = registry.token(add_user(registry, writes=[bucket]).name)

    def ask(query: str, **variables: Any) -> Any:
        answer = requests.post(
            registry.endpoints.graphql_endpoint,
            json={"query": query, "variables": variables},
            headers={"Authorization": f"Bearer {token}"},
            timeout=30,
        ).json()
        assert "errors" not in answer, answer
        return answer["data"]

    return bucket, ask


@pytest.mark.parametrize(
    ("params", "typename", "workflow"),
    [
        ({"userMeta": {"species": "Adelie"}}, "PackagePushSuccess", "checked"),
        ({"userMeta": {"species": 3}}, "OperationError", None),
        ({"userMeta": None}, "OperationError", None),
        ({"userMeta": {"species": "Adelie"}, "message": None}, "OperationError", None),
        ({"userMeta": {"species": "Adelie"}, "name": "fish/cod"}, "OperationError", None),
        ({"name": "fish/cod", "workflow": "free", "message": None}, "PackagePushSuccess", "free"),
        ({"name": "fish/cod", "workflow": "unknown"}, "OperationError", None),
    ],
)
def test_workflows(
    guarded: tuple[str, Ask], params: dict[str, Any], typename: str, workflow: str | None
) -> None:
    bucket, ask = guarded
    answer = _construct(ask, bucket, [], **{"name": "birds/penguins", **params})
    assert answer["__typename"] == typename, answer
    if workflow is not None:
        assert answer["revision"]["workflow"] == {"id": workflow}


def test_promotion(
    ask: Ask, environment: RegistryEnvironment, bucket: str, shared_local_registry: LocalRegistry
) -> None:
    source = environment.given(
        [environment.entry("d/x", b"1"), environment.entry("y", b"22")], user_meta={"n": 1}
    )
    target = str(environment.second_registry).removeprefix("s3://")
    params = {"bucket": target, "name": "t/copy", "message": "Promoted", "userMeta": {"n": 2}}
    src = {"bucket": bucket, "name": environment.name, "hash": source}

    def promote(**change: Any) -> Any:
        given = {"params": params, "src": src, "dest": "some/folder", **change}
        return ask(PROMOTE, **given)["packagePromote"]

    assert promote()["name"] == "InvalidSuccessor"
    shared_local_registry.s3_client().put_object(
        Bucket=bucket,
        Key=".quilt/workflows/config.yml",
        Body=f"""version: "1"
workflows: {{any: {{name: Any}}}}
is_workflow_required: false
successors: {{"s3://{target}": {{title: Next, copy_data: true}}}}
""".encode(),
    )
    contents = promote()["revision"]["contentsFlatMap"]
    assert {key: one["physicalKey"].partition("?")[0] for key, one in contents.items()} == {
        "d/x": f"s3://{target}/some/folder/t/copy/d/x",
        "y": f"s3://{target}/some/folder/t/copy/y",
    }
    with environment.connect() as ops:
        assert ops.get_package_metadata("t/copy", f"s3://{target}") == {"n": 2}
        assert (
            environment.download(ops.get_content_url("t/copy", f"s3://{target}", path="y")) == b"22"
        )
    assert promote(src={**src, "hash": "ab" * 32})["__typename"] == "OperationError"


def test_deletion(ask: Ask, environment: RegistryEnvironment, bucket: str) -> None:
    first = environment.given([environment.entry("a")], message="one")
    second = environment.given([environment.entry("a")], message="two")

    def delete(top_hash: str, user: TestUser = TestUser.WRITER) -> Any:
        answer = ask(DELETE, user, bucket=bucket, name=environment.name, hash=top_hash)
        return answer["packageRevisionDelete"]["__typename"]

    assert delete(second, TestUser.READER) == "OperationError"
    assert delete("ab" * 32) == "OperationError"
    assert delete(second) == "PackageRevisionDeleteSuccess"
    assert delete(second) == "OperationError"
    with environment.connect() as ops:
        assert ops.get_package_info(environment.name).top_hash == first
    assert delete(first) == "PackageRevisionDeleteSuccess"
    with environment.connect() as ops, pytest.raises(quilt_core.NotFoundError):
        ops.get_package_info(environment.name)
