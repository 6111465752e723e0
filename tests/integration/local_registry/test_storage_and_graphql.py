"""GraphQL shows what S3 holds: nested directories, and manifests that were written again."""

from __future__ import annotations

import json
from typing import Any

import pytest
import requests
from local_registry import LocalRegistry

CONSTRUCT = """
mutation ($params: PackagePushParams!, $src: PackageConstructSource!) {
  packageConstruct(params: $params, src: $src) {
    __typename
    ... on PackagePushSuccess { revision { hash } }
    ... on OperationError { name context }
  }
}
"""
DIR = """
query ($path: String!) {
  package(bucket: "demo-data", name: "a/b") {
    revision { dir(path: $path) { size children {
      ... on PackageDir { path size } ... on PackageFile { path size } } } }
  }
}
"""
FLAT = '{ package(bucket: "demo-data", name: "a/b") { revision { contentsFlatMap } } }'


def _ask(registry: LocalRegistry, query: str, **variables: Any) -> Any:
    answer = requests.post(
        registry.endpoints.graphql_endpoint,
        json={"query": query, "variables": variables},
        headers={"Authorization": registry.token("writer")},
        timeout=30,
    )
    assert answer.status_code == 200, answer.text
    return answer.json()["data"]


def _construct(registry: LocalRegistry, entries: dict[str, str]) -> Any:
    params = {"bucket": "demo-data", "name": "a/b", "message": "m"}
    src = [{"logicalKey": key, "physicalKey": url} for key, url in entries.items()]
    return _ask(registry, CONSTRUCT, params=params, src={"entries": src})["packageConstruct"]


def test_nested_directories_are_shown(local_registry: LocalRegistry) -> None:
    local_registry.s3_client().put_object(Bucket="demo-data", Key="k", Body=b"xy")
    keys = ("in/a.txt", "in/deep/x/y/z.json", "in/deep/x/b.txt", "top")
    _construct(local_registry, dict.fromkeys(keys, "s3://demo-data/k"))

    def listed(path: str) -> list[tuple[str, int]]:
        answer = _ask(local_registry, DIR, path=path)["package"]["revision"]["dir"]
        return [(child["path"], child["size"]) for child in answer["children"]]

    assert listed("") == [("in", 6), ("top", 2)]
    assert listed("in") == [("in/deep", 4), ("in/a.txt", 2)]
    assert listed("in/deep") == [("in/deep/x", 4)]
    assert listed("in/deep/x") == [("in/deep/x/y", 2), ("in/deep/x/b.txt", 2)]


def test_a_pointer_that_moves_during_a_look_up_is_found(
    local_registry: LocalRegistry, monkeypatch: pytest.MonkeyPatch
) -> None:
    local_registry.s3_client().put_object(Bucket="demo-data", Key="k", Body=b"xy")
    _construct(local_registry, {"a": "s3://demo-data/k"})
    store = local_registry.context.packages
    look = store.pointers
    listings = iter([look("demo-data", "a/b")])  # what was there before the next revision
    made = _construct(local_registry, {"b": "s3://demo-data/k"})["revision"]["hash"]
    monkeypatch.setattr(store, "pointers", lambda *names: next(listings, None) or look(*names))
    found = store.find("demo-data", "a/b", "latest")
    assert found is not None
    assert found.top_hash == made


def test_a_manifest_that_is_written_again_is_read_again(local_registry: LocalRegistry) -> None:
    client = local_registry.s3_client("writer")
    for key in ("one", "two"):
        client.put_object(Bucket="demo-data", Key=key, Body=b"same")
    hashes = set()
    for key in ("one", "two"):
        made = _construct(local_registry, {"f": f"s3://demo-data/{key}"})
        hashes.add(made["revision"]["hash"])
        flat = _ask(local_registry, FLAT)["package"]["revision"]["contentsFlatMap"]
        assert flat["f"]["physicalKey"].startswith(f"s3://demo-data/{key}?")
    assert len(hashes) == 1
    manifest = f".quilt/packages/{hashes.pop()}"
    lines = client.get_object(Bucket="demo-data", Key=manifest)["Body"].read().splitlines()
    entry = {**json.loads(lines[1]), "physical_keys": ["s3://demo-data/elsewhere"]}
    body = lines[0] + b"\n" + json.dumps(entry).encode() + b"\n"
    client.put_object(Bucket="demo-data", Key=manifest, Body=body)
    flat = _ask(local_registry, FLAT)["package"]["revision"]["contentsFlatMap"]
    assert flat["f"]["physicalKey"] == "s3://demo-data/elsewhere"


def test_objects_without_access_are_refused_with_the_error_of_s3(
    local_registry: LocalRegistry,
) -> None:
    made = _construct(local_registry, {"f": "s3://demo-private/secrets/plan.md"})
    assert made["name"] == "FailedToFetchObjectMetadata"
    assert made["context"]["error"].startswith("An error occurred (403) when calling")
    assert _ask(local_registry, FLAT)["package"] is None
