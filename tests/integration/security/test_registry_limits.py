"""The local registry accepts no more from one client than its limits allow."""

from __future__ import annotations

import base64
import json
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import requests
from local_registry.config import Limits, RegistryConfig
from local_registry.server import LocalRegistry

LIMITS = Limits(query_depth=6, query_fields=50, query_characters=5_000,
                api_keys_per_user=2, browsing_sessions_per_user=2)  # fmt: skip
CREATE_KEY = """
mutation ($input: APIKeyCreateInput!) { apiKeyCreate(input: $input) { __typename } }
"""
BROWSE = """
mutation ($scope: String!) {
  made: browsingSessionCreate(scope: $scope) { ... on BrowsingSession { id } }
}
"""


@pytest.fixture(scope="module")
def limited() -> Iterator[LocalRegistry]:
    with LocalRegistry(RegistryConfig(seed="demo", limits=LIMITS)) as registry:
        yield registry


@pytest.fixture
def post(limited: LocalRegistry) -> Callable[..., requests.Response]:
    def send(query: str, raw: bytes | None = None, **variables: Any) -> requests.Response:
        body = raw or json.dumps({"query": query, "variables": variables}).encode()
        headers = {"Authorization": limited.token("writer"), "Content-Type": "application/json"}
        url = limited.endpoints.graphql_endpoint
        return requests.post(url, data=body, headers=headers, timeout=30)

    return send


def nested(depth: int) -> str:
    return "{ me " + "{ x " * depth + "} " * depth + "}"


def spread(levels: int) -> str:
    """Fragments that each spread the next one twice: 2**levels fields."""
    fragments = [
        f"fragment f{one} on Me {{ ...f{one + 1} ...f{one + 1} }}" for one in range(levels)
    ]
    last = f"fragment f{levels} on Me {{ name }}"
    return " ".join(["{ me { ...f0 } }", *fragments, last])


@pytest.mark.parametrize(
    "query",
    [
        nested(10),
        nested(1_000),
        "{" * 4_000,
        "{ me { " + " ".join(f"a{one}: name" for one in range(100)) + " } }",
        "{ me { name } } # " + "x" * 6_000,
        spread(6),
        spread(60),
        "{ me { ...a } } fragment a on Me { ...b } fragment b on Me { ...a }",
        "{ me { ...a } } fragment a on Me { ...a }",
    ],
    ids=["deep", "deeper", "open", "wide", "long", "spread", "doubling", "circle", "itself"],
)
def test_documents_that_ask_for_too_much(
    post: Callable[..., requests.Response], query: str
) -> None:
    started = time.monotonic()
    answer = post(query)
    assert time.monotonic() - started < 5
    assert answer.status_code == 400
    assert answer.json()["message"]
    assert "Traceback" not in answer.text


@pytest.mark.parametrize("raw", [b"[" * 100_000, b'{"query": ' * 10_000, b'{"a":' + b"9" * 100_000])
def test_bodies_that_ask_for_too_much(post: Callable[..., requests.Response], raw: bytes) -> None:
    assert post("", raw=raw).status_code == 400


def test_requests_within_the_limits_are_answered(post: Callable[..., requests.Response]) -> None:
    assert post("{ me { name } }").json()["data"] == {"me": {"name": "writer"}}


def test_a_deeply_nested_code_is_refused(limited: LocalRegistry) -> None:
    code = base64.b64encode(b"[" * 100_000).decode()
    url = f"{limited.endpoints.registry_url}/api/token"
    assert requests.post(url, data={"refresh_token": code}, timeout=30).status_code in (400, 401)


def test_a_deeply_nested_search_is_400(limited: LocalRegistry) -> None:
    body = '{"query": ' + '{"bool": {"must": ' * 1_500 + "{}" + "}}" * 1_500 + "}"
    answer = requests.get(
        f"{limited.endpoints.registry_url}/api/search",
        params={"index": "demo-data", "action": "freeform", "body": body},
        headers={"Authorization": limited.token("writer")},
        timeout=30,
    )
    assert answer.status_code == 400, answer.text[:200]


def test_the_number_of_keys_is_limited(post: Callable[..., requests.Response]) -> None:
    def made(name: str) -> str:
        fields = {"name": name, "expiresInDays": 1}
        return str(post(CREATE_KEY, input=fields).json()["data"]["apiKeyCreate"]["__typename"])

    assert [made(f"k{one}") for one in range(3)] == [
        "APIKeyCreated", "APIKeyCreated", "InvalidInput",
    ]  # fmt: skip


def test_the_oldest_browsing_session_is_dropped_for_a_new_one(
    limited: LocalRegistry, post: Callable[..., requests.Response]
) -> None:
    package = "quilt+s3://demo-data#package=palmer/penguins:latest"
    sessions = [post(BROWSE, scope=package).json()["data"]["made"]["id"] for _ in range(3)]
    statuses = [
        requests.get(
            f"{limited.endpoints.registry_url}/browse/{session}/no-such-file",
            headers={"Authorization": limited.token("writer")},
            timeout=30,
        ).json()["message"]
        for session in sessions
    ]
    assert statuses[0] != statuses[1] == statuses[2]
