"""`GET /api/search`: query strings and Elasticsearch bodies, over what the user may read."""

from __future__ import annotations

import json
from typing import Any

import pytest
import requests
from local_registry import LocalRegistry

EXISTS = {"exists": {"field": "ptr_name"}}


def _ask(registry: LocalRegistry, user: str = "writer", **params: Any) -> requests.Response:
    return requests.get(
        f"{registry.endpoints.registry_url}/api/search",
        params=params,
        headers={"Authorization": f"Bearer {registry.token(user)}"},
        timeout=30,
    )


def _names(registry: LocalRegistry, body: Any, user: str = "writer") -> list[str]:
    answer = _ask(registry, user, index="_all", action="freeform", body=json.dumps(body), size=100)
    assert answer.status_code == 200, answer.text
    sources = [hit["_source"] for hit in answer.json()["hits"]["hits"]]
    return sorted({source["ptr_name"] for source in sources if "ptr_name" in source})


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"match_all": {}}, True),
        ({"match_none": {}}, False),
        (EXISTS, True),
        ({"exists": {"field": "top_hash"}}, False),
        ({"term": {"ptr_name": "palmer/penguins"}}, True),
        ({"term": {"ptr_name": {"value": "palmer"}}}, False),
        ({"terms": {"ptr_tag": ["latest", "x"]}}, True),
        ({"term": {"join_field": "ptr"}}, True),
        ({"prefix": {"ptr_name": "palmer/"}}, True),
        ({"wildcard": {"ptr_name.keyword": {"value": "*/peng*"}}}, True),
        ({"range": {"ptr_last_modified": {"gte": "2020-01-01T00:00:00+00:00"}}}, True),
        ({"range": {"ptr_last_modified": {"lt": "2020-01-01T00:00:00+00:00"}}}, False),
        ({"query_string": {"query": "penguins"}}, True),
        ({"query_string": {"query": "walrus"}}, False),
        ({"bool": {"must": [{"query_string": {"query": "peng*"}}, EXISTS]}}, True),
        ({"bool": {"must": {"match_all": {}}, "must_not": [EXISTS]}}, False),
        ({"bool": {"should": [{"match_none": {}}, EXISTS]}}, True),
        ({"bool": {"filter": [EXISTS], "should": [{"match_none": {}}]}}, True),
    ],
)
def test_bodies(shared_local_registry: LocalRegistry, query: Any, found: bool) -> None:
    assert ("palmer/penguins" in _names(shared_local_registry, {"query": query})) == found


def test_nobody_finds_what_they_may_not_read(shared_local_registry: LocalRegistry) -> None:
    body = {"query": {"term": {"ptr_name": "secret/plan"}}}
    assert _names(shared_local_registry, body) == []
    assert _names(shared_local_registry, body, "admin") == ["secret/plan"]
    answer = _ask(shared_local_registry, index="demo-private", action="search", query="plan")
    assert answer.json()["hits"]["hits"] == []


@pytest.mark.parametrize(
    "params",
    [
        {"action": "search", "query": '"open'},
        {"action": "search", "query": "a AND"},
        {"action": "search", "query": "a", "size": "-1"},
        {"action": "search", "query": "a", "size": "x"},
        {"action": "nonsense"},
        {"action": "freeform"},
        {"action": "freeform", "body": "{"},
        {"action": "freeform", "body": "[]"},
        {"action": "freeform", "body": '{"query": {"script": {}}}'},
        {"action": "freeform", "body": '{"query": {"term": "x"}}'},
        {"action": "freeform", "body": '{"query": {"range": {"ptr_name": {"gte": 1}}}}'},
    ],
)
def test_bad_requests_are_400_with_a_message(
    shared_local_registry: LocalRegistry, params: dict[str, str]
) -> None:
    answer = _ask(shared_local_registry, index="_all", **params)
    assert answer.status_code == 400
    assert answer.json()["message"]


@pytest.mark.parametrize(
    "text", ["'; DROP TABLE pointers --", 'a" OR name:x', "NEAR(a b)", "{name} : x", "a^2", "\x00"]
)
def test_sql_and_fts5_are_only_text(shared_local_registry: LocalRegistry, text: str) -> None:
    answer = _ask(shared_local_registry, index="_all", action="search", query=text)
    assert answer.status_code in (200, 400)
    assert "fts5" not in answer.text.lower() and "sqlite" not in answer.text.lower()
    assert _names(shared_local_registry, {"query": EXISTS})


def _sources(registry: LocalRegistry, index: str, query: Any) -> list[dict[str, Any]]:
    body = json.dumps({"query": query, "size": 1000})
    answer = _ask(registry, index=index, action="freeform", body=body)
    assert answer.status_code == 200, answer.text
    return [hit["_source"] for hit in answer.json()["hits"]["hits"]]


def test_a_manifest_and_its_entries(shared_local_registry: LocalRegistry) -> None:
    index = "demo-data_packages"
    pointers = _sources(shared_local_registry, index, {"term": {"ptr_name": "palmer/penguins"}})
    assert {one["ptr_tag"] == "latest" for one in pointers} == {True, False}
    [parent] = {one["join_field"]["parent"] for one in pointers}
    [manifest] = _sources(shared_local_registry, index, {"ids": {"values": [parent]}})
    assert f"mnfst:{manifest['mnfst_hash']}" == parent
    assert json.loads(manifest["mnfst_metadata"])
    entries = _sources(shared_local_registry, index, {"term": {"join_field": "entry"}})
    assert len(entries) == manifest["mnfst_stats"]["total_files"]
    assert sum(one["entry_size"] for one in entries) == manifest["mnfst_stats"]["total_bytes"]
    [biscoe] = _sources(shared_local_registry, index, {"wildcard": {"entry_lk": "*biscoe.csv"}})
    assert biscoe["entry_pk_parsed"]["s3"]["bucket"] == "demo-data"


def test_objects_have_an_index_of_their_own(shared_local_registry: LocalRegistry) -> None:
    found = _sources(shared_local_registry, "demo-data", {"term": {"ext": ".csv"}})
    assert found
    assert all(one["key"].endswith(".csv") for one in found)
    assert _sources(shared_local_registry, "demo-private", {"match_all": {}}) == []
    by_text = _sources(shared_local_registry, "demo-data", {"query_string": {"query": "biscoe"}})
    assert any(one["key"].endswith("biscoe.csv") for one in by_text)
