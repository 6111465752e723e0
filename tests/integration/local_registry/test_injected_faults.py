"""Injected faults as the client sees them, in the registry and in S3."""

from __future__ import annotations

from typing import Any

import boto3
import pytest
import requests
from botocore.config import Config
from botocore.exceptions import ClientError, HTTPClientError
from local_registry import FaultRule, LocalRegistry

ME = {"query": "query who { me { name } }", "operationName": "who"}


def _post(registry: LocalRegistry, document: Any = ME) -> requests.Response:
    header = {"Authorization": registry.token("writer")}
    url = registry.endpoints.graphql_endpoint
    with requests.Session() as session:
        return session.post(url, json=document, headers=header, timeout=10)


def _client(registry: LocalRegistry) -> Any:
    keys = registry.root_keys
    return boto3.client(
        "s3",
        endpoint_url=registry.endpoints.s3_endpoint,
        aws_access_key_id=keys.access_key,
        aws_secret_access_key=keys.secret_key,
        region_name="us-east-1",
        config=Config(retries={"total_max_attempts": 1}),
    )


def test_a_status_with_retry_after(local_registry: LocalRegistry) -> None:
    local_registry.faults.replace([FaultRule(kind="status", status=429, retry_after=2, count=1)])
    answer = _post(local_registry)
    assert (answer.status_code, answer.headers["retry-after"]) == (429, "2")
    assert answer.json()["message"]
    assert _post(local_registry).status_code == 200
    assert [each.fault for each in local_registry.log.requests()] == ["status", None]


@pytest.mark.parametrize("kind", ["reset-before", "reset-after", "truncate"])
def test_connections_are_cut(local_registry: LocalRegistry, kind: Any) -> None:
    local_registry.faults.replace([FaultRule(kind=kind, operation="who")])
    with pytest.raises((requests.ConnectionError, requests.exceptions.ChunkedEncodingError)):
        _post(local_registry)
    assert _post(local_registry, {"query": "{ me { name } }"}).status_code == 200


def test_html_instead_of_json(local_registry: LocalRegistry) -> None:
    local_registry.faults.replace([FaultRule(kind="html")])
    answer = _post(local_registry)
    assert answer.status_code == 200
    with pytest.raises(ValueError):
        answer.json()


def test_errors_along_with_data(local_registry: LocalRegistry) -> None:
    local_registry.faults.replace([FaultRule(kind="graphql-errors")])
    answer = _post(local_registry).json()
    assert answer["data"] == {"me": {"name": "writer"}}
    assert answer["errors"][0]["message"]


def test_an_expired_token(local_registry: LocalRegistry) -> None:
    local_registry.faults.replace([FaultRule(kind="expired-token", count=1)])
    answer = _post(local_registry)
    assert answer.status_code == 401
    assert "please log in again" in answer.json()["message"]


def test_latency_is_added(local_registry: LocalRegistry) -> None:
    local_registry.faults.replace([FaultRule(kind="latency", milliseconds=80)])
    assert _post(local_registry).elapsed.total_seconds() >= 0.08


def test_s3_before_and_after(local_registry: LocalRegistry) -> None:
    client = _client(local_registry)

    def put(key: str) -> None:
        with pytest.raises(HTTPClientError):
            client.put_object(Bucket="demo-data", Key=key, Body=b"x")

    for kind in ("reset-before", "reset-after"):
        local_registry.faults.replace([FaultRule(kind=kind, side="s3", operation="PutObject")])
        put(kind)
    local_registry.faults.replace([])
    listed = client.list_objects_v2(Bucket="demo-data", Prefix="reset-")["Contents"]
    assert [each["Key"] for each in listed] == ["reset-after"]


def test_s3_statuses_and_bodies(local_registry: LocalRegistry) -> None:
    client = _client(local_registry)
    client.put_object(Bucket="demo-data", Key="k", Body=b"0123456789")
    for rule, code in [
        (FaultRule(kind="status", status=503), "SlowDown"),
        (FaultRule(kind="status", status=500), "InternalError"),
        (FaultRule(kind="expired-token"), "ExpiredToken"),
    ]:
        local_registry.faults.replace([rule])
        with pytest.raises(ClientError) as error:
            client.get_object(Bucket="demo-data", Key="k")
        assert error.value.response["Error"]["Code"] == code
    local_registry.faults.replace([FaultRule(kind="truncate", path="/demo-data/*")])
    with pytest.raises(Exception, match=r"(?i)incomplete|broken|ended") as cut:
        client.get_object(Bucket="demo-data", Key="k")["Body"].read()
    assert "5" in str(cut.value)


def test_control_switches_faults_on_and_counts_requests(local_registry: LocalRegistry) -> None:
    control = f"{local_registry.endpoints.registry_url}/control"
    with requests.Session() as http:
        rules = [{"kind": "status", "status": 502, "operation": "who", "count": 1}]
        assert http.put(f"{control}/faults", json=rules).status_code == 200
        assert _post(local_registry).status_code == 502
        assert _post(local_registry).status_code == 200
        state = http.get(f"{control}/faults").json()["faults"]
        assert (state[0]["seen"], state[0]["struck"]) == (2, 1)
        assert http.put(f"{control}/faults", json=[{"kind": "x"}]).status_code == 400
        assert http.put(f"{control}/faults", data="{").status_code == 400
        assert http.delete(f"{control}/faults").json() == {"faults": []}
        counted = http.get(f"{control}/requests", params={"full": "true"}).json()
        assert counted["registry"] == counted["total"] == len(counted["requests"]) == 2
        who = {"side": "registry", "operation": "who", "identity": "writer", "count": 1}
        assert who in counted["counts"]
        assert http.delete(f"{control}/requests").status_code == 204
        assert http.get(f"{control}/requests").json()["total"] == 0


def test_control_issues_and_expires_tokens(local_registry: LocalRegistry) -> None:
    base = local_registry.endpoints.registry_url
    with requests.Session() as http:
        given = http.post(f"{base}/control/tokens", json={"user": "reader"}).json()["token"]
        me = lambda: http.get(f"{base}/api/me", headers={"Authorization": given})  # noqa: E731
        assert me().json()["current_user"] == "reader"
        assert http.post(f"{base}/control/expire-tokens").json()["expired"] >= 1
        assert me().status_code == 401
        assert http.post(f"{base}/control/tokens", json={"user": "nobody"}).status_code == 401
        assert http.post(f"{base}/control/tokens", json=[]).status_code == 400
        page = {"Origin": "https://elsewhere.example"}
        refused = http.post(f"{base}/control/tokens", json={"user": "reader"}, headers=page)
        assert refused.status_code == 403
