"""`aws_identity="role"`: the role that a JWT names is assumed with an STS (moto's, over HTTP)."""

from __future__ import annotations

import re
import socket
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from io import BytesIO
from typing import Any
from urllib.parse import parse_qs

import jwt
import pytest
from moto.moto_server.werkzeug_app import create_backend_app
from werkzeug.serving import make_server

from quilt_core import (
    AuthenticationError,
    ProtocolError,
    TransportError,
    ValidationError,
    auth_context,
)

from ...servers import serving

SECRET = "a-secret-that-is-long-enough-for-hs256"
ROLE = "arn:aws:iam::123456789012:role/analyst"


class Sts:
    """moto's STS, with the requests that it got, and the lifetime of the credentials that it
    issues."""

    def __init__(self) -> None:
        self._moto = create_backend_app("sts")
        self.asked: list[dict[str, list[str]]] = []
        self.lifetime: timedelta | None = None

    def __call__(self, environ: Any, start: Any) -> Any:
        body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
        self.asked.append(parse_qs(body.decode()))
        begun: list[tuple[str, list[tuple[str, str]]]] = []
        environ = {**environ, "wsgi.input": BytesIO(body)}
        answer = b"".join(
            self._moto(environ, lambda status, headers, *_: begun.append((status, headers)))
        )
        if self.lifetime is not None:
            ends = (datetime.now(UTC) + self.lifetime).strftime("%Y-%m-%dT%H:%M:%SZ").encode()
            answer = re.sub(rb"(<Expiration>)[^<]+", rb"\g<1>" + ends, answer)
        [(status, headers)] = begun
        kept = [(name, value) for name, value in headers if name.lower() != "content-length"]
        start(status, [*kept, ("Content-Length", str(len(answer)))])
        return [answer]

    def assumed(self) -> list[dict[str, str]]:
        """The requests for a role, one value per field."""
        return [
            {name: values[0] for name, values in one.items()}
            for one in self.asked
            if one.get("Action") == ["AssumeRole"]
        ]


@pytest.fixture
def sts(monkeypatch: pytest.MonkeyPatch) -> Iterator[Sts]:
    application = Sts()
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIAPROCESS")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "process")
    with serving(make_server("127.0.0.1", 0, application, threaded=True)) as url:
        monkeypatch.setenv("AWS_ENDPOINT_URL_STS", url)
        yield application


LATER = 4_102_444_800
"""The year 2100."""


def signed(**claims: Any) -> str:
    return jwt.encode({"catalog_token": "t", "exp": LATER, **claims}, SECRET, algorithm="HS256")


@pytest.fixture
def client_of(connect: Any, user: str) -> Callable[..., Any]:
    """Makes a client of STS itself, with the rights of the JWT's role."""

    def make(token: str, **settings: Any) -> Any:
        options = {"jwt_secret": SECRET, "aws_identity": "role", **settings}
        return connect(user, token=token, **options).get_boto3_client("sts")

    return make


def test_the_connection_acts_as_the_role(sts: Sts, client_of: Callable[..., Any]) -> None:
    claims = {"sub": "ada@example.com", "role_arn": ROLE}
    tags = {"team": "blue", "cost": "7"}
    token = signed(**claims, session_tags=tags, transitive_tag_keys=["team"])
    arn = client_of(token).get_caller_identity()["Arn"]
    assert arn.startswith("arn:aws:sts::123456789012:assumed-role/analyst/quilt-ada@example.com-")
    (asked,) = sts.assumed()
    assert asked["RoleArn"] == ROLE
    assert asked["SourceIdentity"] == "ada@example.com"
    assert asked["DurationSeconds"] == "3600"
    assert [asked[f"Tags.member.{n}.{part}"] for n in (1, 2) for part in ("Key", "Value")] == [
        "cost", "7", "team", "blue",
    ]  # fmt: skip
    assert asked["TransitiveTagKeys.member.1"] == "team"


@pytest.mark.parametrize("name", ["role_arn", "roleArn", "aws_role_arn", "awsRoleArn"])
def test_every_name_of_the_claim(sts: Sts, client_of: Callable[..., Any], name: str) -> None:
    client_of(signed(**{name: ROLE}))
    assert sts.assumed()[0]["RoleArn"] == ROLE


@pytest.mark.parametrize(
    ("subject", "source"),
    [("auth0|zoë ü", "auth0-zo---"), ("x" * 100, "x" * 64), ("7", None), (None, None)],
)
def test_a_subject_that_sts_does_not_accept(
    sts: Sts, client_of: Callable[..., Any], subject: str | None, source: str | None
) -> None:
    client_of(signed(role_arn=ROLE, **({} if subject is None else {"sub": subject})))
    (asked,) = sts.assumed()
    assert asked.get("SourceIdentity") == source
    assert re.fullmatch(r"[A-Za-z0-9=,.@_-]{2,64}", asked["RoleSessionName"])
    assert re.search(r"-\d{10,}$", asked["RoleSessionName"])


def test_without_a_region_setting(
    sts: Sts, client_of: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("AWS_DEFAULT_REGION", raising=False)
    monkeypatch.setenv("AWS_CONFIG_FILE", "/dev/null")
    client_of(signed(role_arn=ROLE), region="eu-central-1")
    assert len(sts.assumed()) == 1


def test_expiring_credentials_are_renewed(sts: Sts, client_of: Callable[..., Any]) -> None:
    sts.lifetime = timedelta(minutes=5)  # less time left than botocore wants
    client = client_of(signed(role_arn=ROLE, sub="ada"))
    sts.lifetime = None
    for _ in range(3):
        client.get_caller_identity()
    assert len(sts.assumed()) == 2


def test_each_request_has_its_own_role(sts: Sts, connect: Any, user: str) -> None:
    ops = connect(user, token=None, multitenant=True, jwt_secret=SECRET, aws_identity="role")
    seen = []
    for subject in ("ada", "bob"):
        token = signed(role_arn=f"{ROLE}-{subject}", sub=subject)
        with auth_context.request_identity(token):
            seen.append(ops.get_boto3_client("sts").get_caller_identity()["Arn"].split("/")[1])
    assert seen == ["analyst-ada", "analyst-bob"]


def test_an_untrusted_user_gets_no_role(sts: Sts, connect: Any, user: str) -> None:
    ops = connect(user, token=None, multitenant=True, jwt_secret=SECRET, aws_identity="role")
    forged = jwt.encode({"catalog_token": "t", "role_arn": ROLE, "exp": LATER}, SECRET[::-1])
    with auth_context.request_identity(forged), pytest.raises(AuthenticationError):
        ops.get_boto3_client("s3")
    assert not sts.asked


def test_an_sts_that_cannot_be_reached(
    sts: Sts, client_of: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL_STS", "http://127.0.0.1:1")
    monkeypatch.setenv("AWS_MAX_ATTEMPTS", "1")
    with pytest.raises(TransportError, match="assume the role"):
        client_of(signed(role_arn=ROLE))


@pytest.mark.parametrize(
    ("variable", "value"), [("AWS_ENDPOINT_URL_STS", "nonsense"), ("AWS_MAX_ATTEMPTS", "abc")]
)
def test_a_variable_that_no_client_of_sts_can_use(
    sts: Sts,
    client_of: Callable[..., Any],
    monkeypatch: pytest.MonkeyPatch,
    variable: str,
    value: str,
) -> None:
    monkeypatch.setenv(variable, value)
    with pytest.raises(ValidationError, match=variable):
        client_of(signed(role_arn=ROLE))


def test_a_retry_mode_that_does_not_exist_does_no_harm(
    sts: Sts, client_of: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_RETRY_MODE", "bogus")
    client_of(signed(role_arn=ROLE))
    assert len(sts.assumed()) == 1


def test_an_sts_that_does_not_answer_is_left_when_the_time_is_over(
    sts: Sts, connect: Any, user: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    token, start = signed(role_arn=ROLE), time.monotonic()
    with (
        socket.create_server(("127.0.0.1", 0)) as silent,
        connect(user, token=token, jwt_secret=SECRET, aws_identity="role") as ops,
    ):
        monkeypatch.setenv("AWS_ENDPOINT_URL_STS", f"http://127.0.0.1:{silent.getsockname()[1]}")
        with pytest.raises(TransportError, match=r"assume the role|no time left"):
            ops.with_options(deadline=0.5).get_boto3_client("s3")
    assert time.monotonic() - start < 20


@pytest.mark.parametrize(
    "body", [b"<html/>", b"<AssumeRoleResponse><AssumeRoleResult/></AssumeRoleResponse>"]
)
def test_an_answer_without_credentials(
    client_of: Callable[..., Any], monkeypatch: pytest.MonkeyPatch, body: bytes
) -> None:
    def page(_: Any, start: Any) -> Any:
        start("200 OK", [("Content-Type", "text/xml"), ("Content-Length", str(len(body)))])
        return [body]

    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIAPROCESS")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "process")
    with serving(make_server("127.0.0.1", 0, page, threaded=True)) as url:
        monkeypatch.setenv("AWS_ENDPOINT_URL_STS", url)
        with pytest.raises(ProtocolError, match="lack AccessKeyId"):
            client_of(signed(role_arn=ROLE))
