"""`GET /api/search`: query strings and Elasticsearch bodies, limited to what the user may read."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
import requests
from local_registry import LocalRegistry
from local_registry.config import RegistryConfig

EXISTS = {"exists": {"field": "ptr_name"}}


@pytest.fixture(scope="module")
def shared_local_registry() -> Iterator[LocalRegistry]:
    """A registry only for this module: tests of other modules write to the buckets of the shared
    one."""
    with LocalRegistry(RegistryConfig(seed="demo", control=True)) as registry:
        yield registry


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


def test_users_find_only_what_they_may_read(shared_local_registry: LocalRegistry) -> None:
    body = {"query": {"term": {"ptr_name": "secret/plan"}}}
    assert _names(shared_local_registry, body) == []
    assert _names(shared_local_registry, body, "admin") == ["secret/plan"]
    for index in ("demo-private", "demo-data,demo-private", "no-such-bucket", "demo-*", ""):
        answer = _ask(shared_local_registry, index=index, action="search", query="plan")
        assert (answer.status_code, "message" in answer.json()) == (403, True)


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
        {"action": "search", "query": "size:big"},
        {"action": "search", "query": "a", "sort": "size"},
        {"action": "search", "query": "a", "filter_path": "-hits"},
    ],
)
def test_bad_requests_are_400_with_a_message(
    shared_local_registry: LocalRegistry, params: dict[str, str]
) -> None:
    answer = _ask(shared_local_registry, index="_all", **params)
    assert answer.status_code == 400
    assert answer.json()["message"]


@pytest.mark.parametrize(
    "body",
    [
        {"query": {"range": {"entry_size": {"gte": "big"}}}},
        {"query": {"range": {"last_modified": {"gte": "soon"}}}},
        {"query": {"range": {"size": {"gte": 1, "format": "x"}}}},
        {"query": {"term": {"no_such_field": {"value": "a", "case": True}}}},
        {"query": {"term": {"ext": ["a"]}}},
        {"query": {"match": {"ptr_name": {"query": "a", "fuzziness": "AUTO"}}}},
        {"query": {"regexp": {"ext": ".*"}}},
        {"query": {"simple_query_string": {"query": "a | b"}}},
        {"query": {"multi_match": {"query": "a", "fields": ["ptr_*"]}}},
        {"query": {"query_string": {"query": "a", "default_operator": "AND"}}},
        {"query": {"bool": {"must": [], "minimum_should_match": "75%"}}},
        {"query": {"has_child": {"type": "ptr", "query": {"match_all": {}}}}},
        {"query": {"match_all": {}, "term": {}}},
        {"query": []},
        {"highlight": {"fields": {}}},
        {"suggest": {}},
        {"size": "x"},
        {"size": 10_001},
        {"from": -1},
        {"sort": "content"},
        {"sort": "no_such_field"},
        {"sort": [{"size": "up"}]},
        {"sort": {"size": {"order": "asc", "mode": "avg"}}},
        {"_source": 3},
        {"collapse": {"field": "key", "inner_hits": {}}},
        {"aggs": {"a": {"date_histogram": {"field": "updated"}}}},
        {"aggs": {"a": {"terms": {"field": "content"}}}},
        {"aggs": {"a": {"sum": {"field": "ext"}}}},
        {"aggs": {"a": {"terms": {"field": "ext", "size": 0}}}},
        {"aggs": [1]},
        {"aggs": {"\ud800": {"sum": {"field": "size"}}}},
        {"query": {"\ud800": {}}},
        {"query": {"match_all": {"boost": float("inf")}}},
        {"query": {"match_all": {"boost": float("nan")}}},
        {"query": {"query_string": {"query": "a^1e999"}}},
        {"query": {"term": {"size": "9" * 5_000 + "x"}}},
    ],
)
def test_what_is_not_supported_is_refused(
    shared_local_registry: LocalRegistry, body: dict[str, Any]
) -> None:
    answer = _ask(shared_local_registry, index="_all", action="freeform", body=json.dumps(body))
    assert answer.status_code == 400, answer.text[:300]
    assert answer.json()["message"].startswith(("Bad search request: ", "Query syntax error: "))


@pytest.mark.parametrize(
    "text", ["'; DROP TABLE pointers --", 'a" OR name:x', "NEAR(a b)", "{name} : x", "a^2", "\x00"]
)
def test_sql_is_treated_as_text(shared_local_registry: LocalRegistry, text: str) -> None:
    answer = _ask(shared_local_registry, index="_all", action="search", query=text)
    assert answer.status_code in (200, 400)
    assert "sqlite" not in answer.text.lower()
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
    by_text = _sources(shared_local_registry, "demo-data", {"query_string": {"query": "biscoe"}})
    assert any(one["key"].endswith("biscoe.csv") for one in by_text)


@pytest.mark.parametrize(
    ("query", "keys"),
    [
        ({"query_string": {"query": "ext:csv AND biscoe"}}, 3),
        ({"query_string": {"query": "ext:.md"}}, 2),
        ({"query_string": {"query": "LICENSE", "fields": ["key"]}}, 1),
        ({"query_string": {"query": "size:>100000"}}, 0),
        ({"query_string": {"query": "last_modified:[now-1d TO now]"}}, "all"),
        ({"query_string": {"query": "biscoa~1 AND ext:csv"}}, 3),
        ({"query_string": {"query": "bis?oe AND ext:csv"}}, 3),
        ({"term": {"ext": "csv"}}, 0),
        ({"match": {"ext": "csv"}}, 5),
        ({"match": {"key": "penguins biscoe"}}, "all"),
        ({"match": {"key": {"query": "penguins biscoe", "operator": "and"}}}, 1),
        ({"match": {"delete_marker": False}}, "all"),
        ({"match": {"size": 0}}, 0),
        ({"match_phrase": {"key": "biscoe csv"}}, 1),
        ({"match_phrase": {"key": "csv biscoe"}}, 0),
        ({"multi_match": {"query": "biscoe", "fields": ["key", "content"]}}, "some"),
        ({"multi_match": {"query": "biscoe", "fields": ["event"]}}, 0),
        ({"range": {"size": {"gt": 0, "lte": 1_000_000}}}, "all"),
        ({"range": {"updated": {"gte": "now-1d"}}}, "all"),
        ({"exists": {"field": "version_id"}}, "all"),
        (
            {
                "bool": {
                    "filter": {"term": {"ext": ".csv"}},
                    "must_not": {"match": {"key": "dream"}},
                }
            },
            4,
        ),
    ],
)
def test_queries_of_objects(
    shared_local_registry: LocalRegistry, query: Any, keys: int | str
) -> None:
    everything = _sources(shared_local_registry, "demo-data", {"match_all": {}})
    found = _sources(shared_local_registry, "demo-data", query)
    if keys == "all":
        assert len(found) == len(everything) > 3
    elif keys == "some":
        assert 0 < len(found) < len(everything)
    else:
        assert len(found) == keys


def test_the_fields_of_an_object(shared_local_registry: LocalRegistry) -> None:
    [found] = _sources(shared_local_registry, "demo-data", {"wildcard": {"key": "*biscoe.csv"}})
    assert found.keys() == {
        "key", "version_id", "etag", "last_modified", "updated", "size", "delete_marker", "event",
        "ext", "content", "s3_tags", "user_meta", "was_packaged",
    }  # fmt: skip
    head = shared_local_registry.s3_client("writer").head_object(
        Bucket="demo-data", Key=found["key"]
    )
    assert (found["version_id"], f'"{found["etag"]}"') == (head["VersionId"], head["ETag"])
    assert (found["size"], found["ext"]) == (head["ContentLength"], ".csv")


def test_a_text_finds_exactly_the_documents_that_contain_it(
    shared_local_registry: LocalRegistry,
) -> None:
    def kinds(text: str) -> set[str]:
        found = _sources(
            shared_local_registry, "demo-data_packages", {"query_string": {"query": text}}
        )
        return {one["join_field"]["name"] for one in found}

    assert kinds("ptr_tag:latest") == {"ptr"}
    assert kinds("mnfst_stats.total_files:>0") == {"mnfst"}
    assert kinds("entry_lk:*csv") == {"entry"}
    assert kinds("biscoe") == {"entry"}


def test_metadata_is_nested(shared_local_registry: LocalRegistry) -> None:
    index, path = "demo-data_packages", "mnfst_metadata_fields"
    manifests = _sources(shared_local_registry, index, {"exists": {"field": "mnfst_hash"}})
    field = next(one for each in manifests for one in each[path] if one["type"] == "keyword")
    fits = [{"term": {f"{path}.json_pointer": field["json_pointer"]}},
            {"term": {f"{path}.keyword": field["keyword"]}}]  # fmt: skip
    nested = {"nested": {"path": path, "query": {"bool": {"filter": fits}}}}
    assert _sources(shared_local_registry, index, nested)
    other = {"nested": {"path": path, "query": {"term": {f"{path}.keyword": "no such text"}}}}
    assert _sources(shared_local_registry, index, other) == []
    assert _sources(shared_local_registry, index, fits[0]) == []


def _answer(registry: LocalRegistry, body: Any, **params: Any) -> Any:
    answer = _ask(registry, index="demo-data", action="freeform", body=json.dumps(body), **params)
    assert answer.status_code == 200, answer.text
    return answer.json()


def test_order_pages_and_sources(shared_local_registry: LocalRegistry) -> None:
    body = {"sort": [{"size": {"order": "desc"}}, "key"], "_source": ["key", "size"]}
    whole = _answer(shared_local_registry, body)["hits"]
    sizes = [hit["_source"]["size"] for hit in whole["hits"]]
    assert sizes == sorted(sizes, reverse=True)
    assert [hit["sort"] for hit in whole["hits"]] == [
        [hit["_source"]["size"], hit["_source"]["key"]] for hit in whole["hits"]
    ]
    page = _answer(shared_local_registry, {**body, "from": 1, "size": 2})["hits"]
    assert (page["total"], page["hits"]) == (whole["total"], whole["hits"][1:3])
    assert _answer(shared_local_registry, body, size=1, **{"from": 1})["hits"]["hits"] == [
        whole["hits"][1]
    ]
    [first] = _answer(shared_local_registry, {"size": 1, "_source": False})["hits"]["hits"]
    assert "_source" not in first
    [first] = _answer(shared_local_registry, {"size": 1, "_source": {"excludes": ["*e*"]}})["hits"][
        "hits"
    ]
    assert set(first["_source"]) == {"s3_tags"}
    short = _answer(shared_local_registry, body, filter_path="hits.hits._source.key,hits.total")
    assert short["hits"]["hits"][0] == {"_source": {"key": whole["hits"][0]["_source"]["key"]}}
    assert short.keys() == {"hits"}
    collapsed = _answer(shared_local_registry, {"collapse": {"field": "ext"}})["hits"]["hits"]
    extensions = [hit["_source"]["ext"] for hit in collapsed]
    assert sorted(extensions) == sorted(set(extensions))


def test_aggregations(shared_local_registry: LocalRegistry) -> None:
    sources = _sources(shared_local_registry, "demo-data", {"match_all": {}})
    csv = [one["size"] for one in sources if one["ext"] == ".csv"]
    found = _answer(
        shared_local_registry,
        {
            "size": 0,
            "aggs": {
                "exts": {
                    "terms": {"field": "ext", "order": {"_key": "asc"}},
                    "aggs": {
                        "bytes": {"stats": {"field": "size"}},
                        "best": {"top_hits": {"size": 1, "sort": "key", "_source": "key"}},
                    },
                },
                "csv": {
                    "filter": {"term": {"ext": ".csv"}},
                    "aggs": {"bytes": {"sum": {"field": "size"}}},
                },
                "kinds": {"cardinality": {"field": "ext"}},
                "newest": {"max": {"field": "last_modified"}},
            },
        },
    )
    assert found["hits"]["hits"] == []
    found = found["aggregations"]
    assert found["csv"] == {"doc_count": len(csv), "bytes": {"value": sum(csv)}}
    bucket = next(one for one in found["exts"]["buckets"] if one["key"] == ".csv")
    assert bucket["bytes"]["max"] == max(csv)
    [best] = bucket["best"]["hits"]["hits"]
    assert best["_source"] == {"key": min(one["key"] for one in sources if one["ext"] == ".csv")}
    assert found["kinds"]["value"] == len(found["exts"]["buckets"])
    assert found["newest"]["value"] > 1_600_000_000_000


def test_actions_that_the_catalog_calls(shared_local_registry: LocalRegistry) -> None:
    sources = _sources(shared_local_registry, "demo-data", {"match_all": {}})

    def act(action: str) -> Any:
        answer = _ask(shared_local_registry, index="demo-data", action=action)
        assert answer.status_code == 200, answer.text
        return answer.json()

    stats = act("stats")
    assert stats["hits"]["total"] == len(sources)
    sums = stats["aggregations"]
    assert sums["totalBytes"]["value"] == sum(one["size"] for one in sources)
    by_ext = {one["key"]: one for one in sums["exts"]["buckets"]}
    csv = [one["size"] for one in sources if one["ext"] == ".csv"]
    assert (by_ext[".csv"]["doc_count"], by_ext[".csv"]["size"]["value"]) == (len(csv), sum(csv))
    samples = act("sample")["aggregations"]["objects"]["buckets"]
    shown = [one["latest"]["hits"]["hits"][0]["_source"] for one in samples]
    assert {one["key"] for one in shown} == {
        one["key"] for one in sources if one["ext"] in (".csv", ".md")
    }
    assert all(one["version_id"] for one in shown)
    assert act("images")["aggregations"]["objects"]["buckets"] == []
