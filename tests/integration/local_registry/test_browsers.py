"""What a web catalog in a browser requests from the registry and from S3."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

import boto3
import pytest
import requests
from botocore.auth import S3SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.config import Config
from botocore.credentials import Credentials
from botocore.exceptions import ClientError
from local_registry import LocalRegistry, RegistryConfig
from local_registry.config import Limits
from local_registry.faults import FaultRule
from local_registry.http.cors import Cors

README = "penguins/README.md"


@pytest.fixture(scope="module")
def password(shared_local_registry: LocalRegistry) -> str:
    """The password of the user `writer`."""
    users, identities = shared_local_registry.context.state.users, shared_local_registry.context
    writer = users.get("writer")
    assert writer is not None
    identities.identities.passwords.set(writer.id, "a penguin's password")
    return "a penguin's password"


def _bearer(registry: LocalRegistry, user: str = "writer") -> dict[str, str]:
    return {"Authorization": f"Bearer {registry.token(user)}"}


def test_a_password_gives_tokens_and_a_token_gives_new_ones(
    shared_local_registry: LocalRegistry, http: requests.Session, password: str
) -> None:
    base = shared_local_registry.endpoints.registry_url
    origin = {"Origin": shared_local_registry.endpoints.catalog_url}
    answer = http.post(
        f"{base}/api/login", json={"username": "writer", "password": password}, headers=origin
    )
    pair = answer.json()
    assert answer.status_code == 200
    assert pair.keys() == {"token", "exp", "refresh_token"}
    assert isinstance(pair["exp"], int)
    header = {"Authorization": f"Bearer {pair['token']}"}
    assert http.get(f"{base}/api/me", headers=header).json()["current_user"] == "writer"
    again = http.post(f"{base}/api/refresh", headers=header).json()
    assert again.keys() == {"token", "exp", "refresh_token"}
    form = {"refresh_token": pair["refresh_token"]}
    assert http.post(f"{base}/api/token", data=form).status_code == 200
    assert http.post(f"{base}/api/refresh").status_code == 401


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://elsewhere.example"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Host": "rebound.example"},
        {"Origin": "null"},
    ],
)
def test_passwords_are_accepted_only_from_the_catalogs_own_pages(
    shared_local_registry: LocalRegistry,
    http: requests.Session,
    password: str,
    headers: dict[str, str],
) -> None:
    url = f"{shared_local_registry.endpoints.registry_url}/api/login"
    fields = {"username": "writer", "password": password}
    assert http.post(url, json=fields, headers=headers).status_code == 403


@pytest.mark.parametrize("body", ["", "[]", "{", '{"username": "writer"}', '{"username": 1}'])
def test_an_invalid_login_request_is_400(
    shared_local_registry: LocalRegistry, http: requests.Session, body: str
) -> None:
    url = f"{shared_local_registry.endpoints.registry_url}/api/login"
    answer = http.post(url, data=body)
    assert (answer.status_code, bool(answer.json()["message"])) == (400, True)


def test_wrong_passwords_are_counted(http: requests.Session) -> None:
    with LocalRegistry() as registry:
        url = f"{registry.endpoints.registry_url}/api/login"
        right = {"username": "writer", "password": registry.passwords()["writer"]}
        assert registry.passwords() == {}  # each has one now
        for user in ("writer", "nobody", "inactive") * 3:
            answer = http.post(url, json={"username": user, "password": "wrong"})
            assert (answer.status_code, answer.json()["message"]) == (401, "Login attempt failed")
        assert http.post(url, json=right).status_code == 200
        http.post(url, json={"username": "writer", "password": "wrong"})
        answer = http.post(url, json=right)
        assert answer.status_code == 429
        assert int(answer.headers["retry-after"]) > 0


def test_a_seed_sets_passwords(http: requests.Session, tmp_path: Path) -> None:
    seed = tmp_path / "seed.yaml"
    seed.write_text(
        "version: 1\nroles: [{name: R}]\nusers: [{name: ada, role: R, password: from the seed}]\n"
    )
    with LocalRegistry(RegistryConfig(seed=seed)) as registry:
        assert registry.passwords() == {}
        url = f"{registry.endpoints.registry_url}/api/login"
        answer = http.post(url, json={"username": "ada", "password": "from the seed"})
        assert answer.status_code == 200


def test_signing_up_and_resetting_passwords_are_not_available(
    shared_local_registry: LocalRegistry, http: requests.Session
) -> None:
    base = shared_local_registry.endpoints.registry_url
    for path in ("register", "reset_password"):
        answer = http.post(f"{base}/api/{path}", json={"email": "a@example.com"})
        assert (answer.status_code, bool(answer.json()["message"])) == (403, True)


@pytest.mark.parametrize(("name", "valid"), [("a/b", True), ("a", False), ("a/b/c", False)])
def test_package_names_are_checked(
    shared_local_registry: LocalRegistry, http: requests.Session, name: str, valid: bool
) -> None:
    url = f"{shared_local_registry.endpoints.registry_url}/api/package_name_valid"
    headers = _bearer(shared_local_registry)
    assert http.post(url, json={"name": name}, headers=headers).json() == {"valid": valid}
    assert http.post(url, json={"name": name}).status_code == 401


def test_only_administrators_may_reindex(
    shared_local_registry: LocalRegistry, http: requests.Session
) -> None:
    base = f"{shared_local_registry.endpoints.registry_url}/api/admin/reindex"
    admin = _bearer(shared_local_registry, "admin")
    assert http.post(f"{base}/demo-data", json={}, headers=admin).json() == {}
    assert http.post(f"{base}/nowhere", json={}, headers=admin).status_code == 404
    writer = _bearer(shared_local_registry)
    assert http.post(f"{base}/demo-data", json={}, headers=writer).status_code == 403


@pytest.mark.parametrize("scheme", ["Bearer ", "bearer ", "BEARER  ", ""])
def test_any_spelling_of_bearer_logs_out(
    shared_local_registry: LocalRegistry, http: requests.Session, scheme: str
) -> None:
    base = shared_local_registry.endpoints.registry_url
    headers = {"Authorization": scheme + shared_local_registry.token("writer")}
    assert http.post(f"{base}/api/logout", headers=headers).status_code == 200
    assert http.get(f"{base}/api/me", headers=headers).status_code == 401


def test_the_catalogs_pages_may_send_cookies(
    shared_local_registry: LocalRegistry, http: requests.Session
) -> None:
    endpoints = shared_local_registry.endpoints
    url = f"{endpoints.registry_url}/browse/set_browse_cookie"
    origin = {"Origin": endpoints.catalog_url}
    asked = {
        **origin,
        "Access-Control-Request-Method": "POST",
        "Access-Control-Request-Headers": "authorization",
    }
    preflight = http.options(url, headers=asked)
    assert preflight.status_code == 200
    assert preflight.headers["access-control-allow-headers"] == "authorization"
    answer = http.post(url, headers={**origin, **_bearer(shared_local_registry)})
    for each in (preflight, answer, http.post(url, headers=origin)):
        assert each.headers["access-control-allow-origin"] == endpoints.catalog_url
        assert each.headers["access-control-allow-credentials"] == "true"
    other = http.post(url, headers={"Origin": "https://elsewhere.example"})
    assert other.headers["access-control-allow-origin"] == "*"
    assert "access-control-allow-credentials" not in other.headers


def test_pages_can_read_every_error(http: requests.Session) -> None:
    config = RegistryConfig(seed="none", limits=Limits(body_bytes=1000))
    origin = {"Origin": "https://elsewhere.example"}
    with LocalRegistry(config) as registry:
        s3, base = registry.endpoints.s3_endpoint, registry.endpoints.registry_url
        answers = [
            http.get(f"{s3}/nowhere/key", headers=origin),
            http.get(f"{base}/nowhere", headers=origin),
            http.post(f"{base}/graphql", data=b"x" * 2000, headers=origin),
        ]
        registry.faults.replace([FaultRule.parse("status,status=503")])
        answers += [http.get(f"{url}/any", headers=origin) for url in (s3, base)]
    assert [each.status_code for each in answers] == [404, 404, 413, 503, 503]
    assert {each.headers["access-control-allow-origin"] for each in answers} == {"*"}


def test_s3_answers_preflights(
    shared_local_registry: LocalRegistry, http: requests.Session
) -> None:
    url = f"{shared_local_registry.endpoints.s3_endpoint}/demo-data/{README}"
    asked = {"Origin": "https://any.example", "Access-Control-Request-Method": "PUT"}
    answer = http.options(url, headers=asked)
    assert answer.status_code == 200
    assert answer.headers["access-control-allow-methods"] == "PUT"
    assert http.options(url).status_code == 403  # not a preflight request


def test_cors_headers_come_only_from_the_registry() -> None:
    cors = Cors(trusted="http://127.0.0.1:1")
    assert cors.headers([(b"host", b"x")]) == []
    assert cors.preflight("GET", [(b"origin", b"x")]) is None


def _signed(registry: LocalRegistry, url: str) -> dict[str, str]:
    keys = registry.credentials("writer")
    request = AWSRequest(method="GET", url=url)
    signer: Any = S3SigV4Auth(
        Credentials(keys.access_key, keys.secret_key, keys.session_token), "s3", "us-east-1"
    )
    signer.add_auth(request)
    return {**dict(request.headers.items()), "Host": urlsplit(url).netloc}


@pytest.mark.parametrize(
    ("host", "path"),
    [
        ("demo-data.s3.us-east-1.amazonaws.com", ""),
        ("demo-data.s3.amazonaws.com", ""),
        ("demo-data.s3-us-east-1.amazonaws.com", ""),
        ("demo-data.localhost:9000", ""),
        ("s3.us-east-1.amazonaws.com", "/demo-data"),
        ("localhost:9000", "/demo-data"),
    ],
)
def test_host_names_may_contain_the_bucket(
    shared_local_registry: LocalRegistry, http: requests.Session, host: str, path: str
) -> None:
    headers = _signed(shared_local_registry, f"http://{host}{path}/{README}")
    s3 = shared_local_registry.endpoints.s3_endpoint
    answer = http.get(f"{s3}{path}/{README}", headers=headers)
    assert answer.status_code == 200
    assert "enguin" in answer.text
    # the signature is for that host
    other = {**headers, "Host": "demo-shared.s3.us-east-1.amazonaws.com"}
    assert http.get(f"{s3}{path}/{README}", headers=other).status_code == 403


@pytest.mark.parametrize(
    "host", ["demo-data.s3.us-east-1.amazonaws.com", "s3.us-east-1.amazonaws.com", None]
)
def test_the_catalogs_proxy_forwards_to_s3(
    shared_local_registry: LocalRegistry, http: requests.Session, host: str | None
) -> None:
    endpoints = shared_local_registry.endpoints
    host = host or urlsplit(endpoints.s3_endpoint).netloc
    path = f"/{README}" if host.startswith("demo-data") else f"/demo-data/{README}"
    headers = _signed(shared_local_registry, f"http://{host}{path}")
    del headers["Host"]
    answer = http.get(f"{endpoints.registry_url}/{host}{path}", headers=headers)
    assert (answer.status_code, "enguin" in answer.text) == (200, True)
    elsewhere = http.get(f"{endpoints.registry_url}/evil.example{path}", headers=headers)
    assert elsewhere.status_code == 404


def test_boto3_with_virtual_hosts(shared_local_registry: LocalRegistry) -> None:
    keys = shared_local_registry.credentials("writer")
    port = shared_local_registry.endpoints.s3_endpoint.rpartition(":")[2]
    url = boto3.client(
        "s3",
        endpoint_url=f"http://localhost:{port}",
        region_name="us-east-1",
        aws_access_key_id=keys.access_key,
        aws_secret_access_key=keys.secret_key,
        aws_session_token=keys.session_token,
        config=Config(s3={"addressing_style": "virtual"}),
    ).generate_presigned_url("get_object", Params={"Bucket": "demo-data", "Key": README})
    parts = urlsplit(url)
    assert parts.hostname == "demo-data.localhost"
    with requests.Session() as session:
        session.trust_env = False
        there = f"http://127.0.0.1:{port}{parts.path}?{parts.query}"
        assert session.get(there, headers={"Host": parts.netloc}).status_code == 200


def test_everything_that_the_configuration_names_responds(
    shared_local_registry: LocalRegistry, http: requests.Session
) -> None:
    config = http.get(f"{shared_local_registry.endpoints.catalog_url}/config.json").json()
    assert config["passwordAuth"] == "SIGN_IN_ONLY"
    for name in ("serviceBucket", "analyticsBucket"):
        for user in ("reader", "admin"):
            client = shared_local_registry.s3_client(user)
            client.head_bucket(Bucket=config[name])
            names = [each["Name"] for each in client.list_buckets()["Buckets"]]
            assert config[name] not in names
    with pytest.raises(ClientError, match="AccessDenied"):
        shared_local_registry.s3_client("writer").put_object(
            Bucket=config["serviceBucket"], Key="catalog/settings.json", Body=b"{}"
        )
    shared_local_registry.s3_client("admin").put_object(
        Bucket=config["serviceBucket"], Key="catalog/other.json", Body=b"{}"
    )
    assert http.get(f"{config['apiGatewayEndpoint']}/preview").status_code == 400
    assert http.post(f"{config['s3Proxy']}/zip/dir/demo-data").status_code == 401


@pytest.fixture
def aws(shared_local_registry: LocalRegistry, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    for name, value in shared_local_registry.client_env("writer").items():
        monkeypatch.setenv(name, value)
    return None


@pytest.mark.parametrize(
    ("service", "ask"),
    [
        ("sts", lambda client: client.get_caller_identity()),
        ("glue", lambda client: client.get_databases()),
    ],
)
def test_other_services_of_aws_are_refused_here(aws: None, service: str, ask: Any) -> None:
    client = boto3.session.Session().client(service)
    with pytest.raises(ClientError) as error:
        ask(client)
    answer = error.value.response
    assert answer["Error"]["Code"] == "NotSupportedByLocalRegistry"
    assert "nothing was sent to AWS" in answer["Error"]["Message"]


def _zip(answer: requests.Response) -> dict[str, bytes]:
    assert answer.status_code == 200, answer.text
    with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def test_a_package_as_an_archive(
    shared_local_registry: LocalRegistry, http: requests.Session
) -> None:
    base = f"{shared_local_registry.endpoints.registry_url}/zip/package/demo-data/palmer/penguins"
    form = {"token": shared_local_registry.token("writer")}
    whole = _zip(http.post(f"{base}/latest", data=form))
    assert {"README.md", "LICENSE.md"} < whole.keys()
    assert b"enguin" in whole["README.md"]
    some = _zip(http.post(f"{base}/latest", data={**form, "file": ["README.md", "LICENSE.md"]}))
    assert some.keys() == {"README.md", "LICENSE.md"}
    folder = _zip(http.post(f"{base}/latest/data/", data=form))
    assert {f"data/{name}" for name in folder} < whole.keys()
    assert http.post(f"{base}/latest").status_code == 401
    assert http.post(f"{base}/nothing", data=form).status_code == 404
    nowhere = {**form, "file": "nowhere"}
    assert http.post(f"{base}/latest", data=nowhere).status_code == 404


def test_a_folder_of_a_bucket_as_an_archive(
    local_registry: LocalRegistry, http: requests.Session
) -> None:
    base = f"{local_registry.endpoints.registry_url}/zip/dir"
    form = {"token": local_registry.token("writer")}
    assert "README.md" in _zip(http.post(f"{base}/demo-data/penguins/", data=form))
    assert http.post(f"{base}/demo-private", data=form).status_code == 403
    client = local_registry.s3_client()
    for key in ("odd/../../out.txt", "odd/in.txt", "odd//twice"):
        client.put_object(Bucket="demo-data", Key=key, Body=b"1")
    packed = _zip(http.post(f"{base}/demo-data/{quote('odd/')}", data=form))
    assert packed == {"in.txt": b"1"}


@pytest.mark.parametrize("headers", [{"Host": "rebound.example"}, {"Sec-Fetch-Site": "none"}])
def test_control_is_only_for_clients_that_address_this_machine(
    shared_local_registry: LocalRegistry, http: requests.Session, headers: dict[str, str]
) -> None:
    url = f"{shared_local_registry.endpoints.registry_url}/control/requests"
    assert http.get(url).status_code == 200
    assert http.get(url, headers=headers).status_code == 403


def test_a_form_from_another_site_gets_no_code(
    shared_local_registry: LocalRegistry, http: requests.Session
) -> None:
    url = f"{shared_local_registry.endpoints.registry_url}/login"
    fields = {"user": "writer"}
    cross = http.post(url, data=fields, headers={"Sec-Fetch-Site": "cross-site"})
    assert cross.status_code == 403
    here = {"Origin": shared_local_registry.endpoints.registry_url, "Sec-Fetch-Site": "same-origin"}
    assert http.post(url, data=fields, headers=here).status_code == 200
