"""The registry's and the catalog's endpoints: the statuses and bodies of a real registry."""

from __future__ import annotations

import logging
import socket
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from urllib.parse import urlsplit

import pytest
import requests
from botocore.exceptions import ClientError
from local_registry import LocalRegistry, RegistryConfig
from local_registry.config import Limits
from local_registry.faults import FaultRule
from moto import mock_aws

ME = {"query": "{ me { name } }"}


def test_config_json_has_what_clients_need(
    shared_local_registry: LocalRegistry, http: requests.Session
) -> None:
    endpoints = shared_local_registry.endpoints
    config = http.get(f"{endpoints.catalog_url}/config.json").json()
    assert config["registryUrl"] == endpoints.registry_url != endpoints.catalog_url
    for name in ("region", "apiGatewayEndpoint", "analyticsBucket", "s3Proxy", "serviceBucket"):
        assert config[name]
    assert "-analyticsbucket" in config["analyticsBucket"]


def test_the_catalog_answers_every_other_path_with_a_page(
    shared_local_registry: LocalRegistry, http: requests.Session
) -> None:
    answer = http.get(f"{shared_local_registry.endpoints.catalog_url}/b/x/packages/y/z")
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("text/html")


def test_health(shared_local_registry: LocalRegistry, http: requests.Session) -> None:
    answer = http.get(f"{shared_local_registry.endpoints.registry_url}/health")
    assert (answer.status_code, answer.json()) == (200, {"status": "ok"})


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [("GET", "/nope", 404), ("GET", "/graphql", 405), ("GET", "/api/token", 405),
     ("GET", "/api/auth/get_credentials", 401), ("GET", "/api/code", 401), ("GET", "/api/me", 401),
     ("POST", "/api/logout", 401), ("GET", "/api/search", 401), ("GET", "/control/nope", 404),
     ("POST", "/browse/set_browse_cookie", 401), ("GET", "/browse/x/y", 401)],
)  # fmt: skip
def test_every_refusal_has_a_message(
    shared_local_registry: LocalRegistry,
    http: requests.Session,
    method: str,
    path: str,
    status: int,
) -> None:
    answer = http.request(method, shared_local_registry.endpoints.registry_url + path)
    assert answer.status_code == status
    assert isinstance(answer.json()["message"], str)


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [
        ("/graphql", r'{"query": "{ me { name } }", "operationName": "\ud800"}', 200),
        ("/graphql", r'{"query": "query($b: String!) { bucketConfig(name: $b) { name } }", '
         r'"variables": {"b": "\ud800"}}', 200),
        ("/api/login", r'{"username": "\ud800", "password": "\ud800"}', 401),
    ],
    ids=["operation", "variable", "user"],
)  # fmt: skip
def test_half_a_surrogate_pair_is_no_error_of_the_registry(
    shared_local_registry: LocalRegistry,
    http: requests.Session,
    caplog: pytest.LogCaptureFixture,
    path: str,
    body: str,
    status: int,
) -> None:
    # its messages have the half pair, which pytest-xdist cannot pass on
    caplog.set_level(logging.CRITICAL, "local_registry.graphql.documents")
    url = shared_local_registry.endpoints.registry_url + path
    answer = http.post(url, data=body, headers={"Content-Type": "application/json"})
    assert answer.status_code == status
    assert not caplog.records


def test_graphql_accepts_both_forms_of_the_header(
    shared_local_registry: LocalRegistry, http: requests.Session
) -> None:
    url = shared_local_registry.endpoints.graphql_endpoint
    token, key = shared_local_registry.token("writer"), shared_local_registry.api_key("writer")
    for header in (token, f"Bearer {token}", key, f"Bearer {key}"):
        answer = http.post(url, json=ME, headers={"Authorization": header})
        assert answer.json()["data"] == {"me": {"name": "writer"}}
    assert http.post(url, json=ME).json()["data"] == {"me": None}


@pytest.mark.parametrize("header", ["Bearer x", "x.y.z", "qk_unknown", "Basic dTpw"])
def test_wrong_tokens_are_401(
    shared_local_registry: LocalRegistry, http: requests.Session, header: str
) -> None:
    for url in (
        shared_local_registry.endpoints.graphql_endpoint,
        f"{shared_local_registry.endpoints.registry_url}/api/logout",
    ):
        answer = http.post(url, json=ME, headers={"Authorization": header})
        assert answer.status_code == 401
        assert answer.json()["message"]


def test_expired_tokens_are_401_and_inactive_users_403(
    shared_local_registry: LocalRegistry, http: requests.Session
) -> None:
    url = shared_local_registry.endpoints.graphql_endpoint
    expired = shared_local_registry.token("writer", seconds=-1)
    answer = http.post(url, json=ME, headers={"Authorization": expired})
    assert answer.status_code == 401
    assert "Outdated access token: please log in again" in answer.json()["message"]
    inactive = shared_local_registry.token("inactive")
    assert http.post(url, json=ME, headers={"Authorization": inactive}).status_code == 403


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"null", b'"x"', b"\xff", b'{"query": 1}'])
def test_bodies_that_are_not_graphql_requests_are_400(
    shared_local_registry: LocalRegistry, http: requests.Session, body: bytes
) -> None:
    answer = http.post(shared_local_registry.endpoints.graphql_endpoint, data=body)
    assert answer.status_code == 400
    assert answer.json()["message"]
    assert "Traceback" not in answer.text


def test_a_refresh_token_and_a_code_are_exchanged_for_access_tokens(
    shared_local_registry: LocalRegistry, http: requests.Session
) -> None:
    base = shared_local_registry.endpoints.registry_url
    header = {"Authorization": shared_local_registry.token("writer")}
    code = http.get(f"{base}/api/code", headers=header).json()["code"]
    for given in (shared_local_registry.token("writer", kind="refresh"), code):
        answer = http.post(f"{base}/api/token", data={"refresh_token": given})
        assert answer.status_code == 200
        pair = answer.json()
        assert pair.keys() == {"refresh_token", "access_token", "expires_at"}
        me = http.get(f"{base}/api/me", headers={"Authorization": pair["access_token"]}).json()
        assert (me["current_user"], me["is_staff"]) == ("writer", False)
    assert http.post(f"{base}/api/token", data={"refresh_token": code}).status_code == 401
    assert http.post(f"{base}/api/token", data={}).status_code == 400


def test_logging_out_ends_the_token(
    shared_local_registry: LocalRegistry, http: requests.Session
) -> None:
    base = shared_local_registry.endpoints.registry_url
    header = {"Authorization": f"Bearer {shared_local_registry.token('writer')}"}
    assert http.post(f"{base}/api/logout", headers=header).status_code == 200
    assert http.get(f"{base}/api/me", headers=header).status_code == 401


def test_credentials_say_when_they_expire(
    shared_local_registry: LocalRegistry, http: requests.Session
) -> None:
    base = shared_local_registry.endpoints.registry_url
    header = {"Authorization": shared_local_registry.api_key("writer")}
    answer = http.get(f"{base}/api/auth/get_credentials", headers=header).json()
    assert answer.keys() == {"AccessKeyId", "SecretAccessKey", "SessionToken", "Expiration"}
    assert datetime.fromisoformat(answer["Expiration"]).tzinfo is not None


def test_the_login_page_gives_a_code_only_to_itself(
    shared_local_registry: LocalRegistry, http: requests.Session
) -> None:
    base = shared_local_registry.endpoints.registry_url
    assert "writer" in http.get(f"{base}/login").text
    page = http.post(f"{base}/login", data={"user": "writer"}).text
    code = page.partition("<code>")[2].partition("</code>")[0]
    pair = http.post(f"{base}/api/token", data={"refresh_token": code}).json()
    assert pair["access_token"]
    elsewhere = {"Origin": "https://elsewhere.example"}
    assert http.post(f"{base}/login", data={"user": "writer"}, headers=elsewhere).status_code == 403
    rebound = {"Host": "elsewhere.example"}
    assert http.get(f"{base}/login", headers=rebound).status_code == 403


def test_other_origins_may_read_the_api(
    shared_local_registry: LocalRegistry, http: requests.Session
) -> None:
    url = shared_local_registry.endpoints.graphql_endpoint
    answer = http.post(url, json=ME, headers={"Origin": "https://catalog.example"})
    assert answer.headers["access-control-allow-origin"] == "*"


def test_graphql_can_have_another_address(http: requests.Session) -> None:
    with LocalRegistry(RegistryConfig(seed="none", graphql_path="/api/graphql")) as registry:
        base = registry.endpoints.registry_url
        assert registry.endpoints.graphql_endpoint == f"{base}/api/graphql"
        assert http.post(f"{base}/api/graphql", json=ME).status_code == 200
        assert http.post(f"{base}/graphql", json=ME).status_code == 404


def test_bodies_over_the_limit_are_413(http: requests.Session) -> None:
    limits = Limits(body_bytes=1000)
    with LocalRegistry(RegistryConfig(seed="none", limits=limits)) as registry:
        answer = http.post(registry.endpoints.graphql_endpoint, data=b"x" * 2000)
        assert answer.status_code == 413
        assert answer.json()["message"]


def test_control_is_off_unless_enabled(http: requests.Session) -> None:
    with LocalRegistry(RegistryConfig(seed="none")) as registry:
        base = registry.endpoints.registry_url
        for path in ("requests", "faults"):
            assert http.get(f"{base}/control/{path}").status_code == 404
        assert http.post(f"{base}/control/tokens", json={"user": "x"}).status_code == 404


def test_malformed_requests_do_no_harm(
    shared_local_registry: LocalRegistry, http: requests.Session
) -> None:
    endpoints = shared_local_registry.endpoints
    for url in (endpoints.registry_url, endpoints.s3_endpoint, endpoints.catalog_url):
        parts = urlsplit(url)
        for garbage in (b"\x00\xff\r\n\r\n", b"GET /" + b"x" * 100_000 + b" HTTP/1.1\r\n\r\n"):
            with socket.create_connection((parts.hostname or "", parts.port or 0), 5) as raw:
                raw.sendall(garbage)
                assert raw.recv(100).startswith(b"HTTP/1.1 400")
    assert http.get(f"{endpoints.registry_url}/health").status_code == 200


def test_a_bug_is_a_500_without_details(
    http: requests.Session, caplog: pytest.LogCaptureFixture
) -> None:
    with LocalRegistry(RegistryConfig(seed="demo")) as registry:
        client, header = registry.s3_client("writer"), {"Authorization": registry.token("writer")}
        registry.context.state.close()
        answer = http.post(registry.endpoints.graphql_endpoint, json=ME, headers=header)
        assert answer.status_code == 500
        assert answer.json()["message"] == "Internal Server Error"
        with pytest.raises(ClientError) as error:
            client.list_buckets()
        assert error.value.response["Error"]["Code"] == "InternalError"
        assert "sqlite" not in answer.text + str(error.value)
    assert "sqlite3.ProgrammingError" in caplog.text


def test_two_registries_in_one_process_share_nothing(http: requests.Session) -> None:
    config = RegistryConfig(seed="demo")
    with LocalRegistry(config) as one, LocalRegistry(config) as two:
        one.s3_client().put_object(Bucket="demo-data", Key="only/one", Body=b"1")
        keys = [o["Key"] for o in two.s3_client().list_objects_v2(Bucket="demo-data")["Contents"]]
        assert "only/one" not in keys
        answer = http.post(
            two.endpoints.graphql_endpoint, json=ME, headers={"Authorization": one.token("admin")}
        )
        assert answer.status_code == 401


def test_closing_a_registry_leaves_the_objects_of_another(http: requests.Session) -> None:
    with LocalRegistry(RegistryConfig(seed="demo")) as one:
        client = one.s3_client("writer")
        for _ in range(2):
            with LocalRegistry(RegistryConfig(seed="demo")):
                client.put_object(Bucket="demo-data", Key="k", Body=b"here")
        with mock_aws():
            pass
        assert client.get_object(Bucket="demo-data", Key="k")["Body"].read() == b"here"
        query = '{ package(bucket: "demo-data", name: "palmer/penguins") { name } }'
        header = {"Authorization": one.token("writer")}
        answer = http.post(one.endpoints.graphql_endpoint, json={"query": query}, headers=header)
        assert answer.json()["data"]["package"] == {"name": "palmer/penguins"}


def test_a_registry_that_is_not_running_reports_it() -> None:
    registry = LocalRegistry()
    with pytest.raises(RuntimeError, match="not running"):
        registry.endpoints  # noqa: B018
    registry.stop()
    with registry, pytest.raises(RuntimeError, match="runs already"):
        registry.start()


def test_a_registry_stops_at_once_and_finishes_what_it_began(http: requests.Session) -> None:
    took = []
    with ThreadPoolExecutor(1) as pool:
        for _ in range(5):
            registry = LocalRegistry(RegistryConfig(seed="none")).start()
            url = f"{registry.endpoints.registry_url}/health"
            assert http.get(url).ok  # this connection stays open
            registry.faults.replace([FaultRule(kind="latency", milliseconds=30)])
            answer = pool.submit(requests.get, url, timeout=10)
            while not registry.faults.counts()[0][1]:
                time.sleep(0.001)
            began = time.monotonic()
            registry.stop()
            took.append(time.monotonic() - began)
            assert answer.result().json() == {"status": "ok"}
    assert min(took) < 0.1
