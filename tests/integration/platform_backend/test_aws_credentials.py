"""AWS credentials that are no longer valid, and a broken AWS configuration of the process."""

from __future__ import annotations

import logging
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from local_registry.server import LocalRegistry
from local_registry.testing import add_bucket, add_user

import quilt_core
from quilt_core import ValidationError

BACKENDS = ("platform", "quilt3")


def issued(registry: LocalRegistry, user: str) -> int:
    """How often the registry was asked for AWS credentials."""
    return len(
        [
            one
            for one in registry.log.requests()
            if one.identity == user and "get_credentials" in one.target
        ]
    )


@pytest.mark.parametrize("backend", BACKENDS)
def test_a_switched_role_takes_effect_at_once(registry: LocalRegistry, backend: str) -> None:
    before, after = add_bucket(registry), add_bucket(registry)
    user = add_user(registry, writes=[before])
    other = add_user(registry, writes=[after])
    for bucket in (before, after):
        registry.s3_client().put_object(Bucket=bucket, Key="o", Body=b"x")
    with quilt_core.connect(
        backend,
        registry_url=registry.endpoints.registry_url,
        region="us-east-1",
        token=registry.token(user.name),
    ) as ops:
        s3 = ops.get_boto3_client("s3")
        s3.get_object(Bucket=before, Key="o")
        registry.context.state.users.set_role(user.name, other.role, [])
        assert s3.get_object(Bucket=after, Key="o")["Body"].read() == b"x"
        assert issued(registry, user.name) == 2


def test_requests_are_logged_without_secrets(
    registry: LocalRegistry,
    connect: Any,
    user: str,
    bucket: str,
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.DEBUG, "quilt_core.requests")
    s3 = connect(user).get_boto3_client("s3")
    s3.put_object(Bucket=bucket, Key="o", Body=b"x")
    with pytest.raises(s3.exceptions.ClientError):
        s3.head_object(Bucket=bucket, Key="no-such")
    said = [one.getMessage() for one in caplog.records]
    where = registry.endpoints.s3_endpoint.rstrip("/")
    assert any(one.startswith(f"PUT {where} PutObject: 200, request id ") for one in said)
    assert any(one.startswith(f"HEAD {where} HeadObject: 404, request id ") for one in said)
    keys = s3._request_signer._credentials.get_frozen_credentials()
    assert all(secret not in caplog.text for secret in (keys.secret_key, keys.token))


def test_a_permission_error_asks_for_new_credentials_once(
    registry: LocalRegistry, connect: Any, user: str
) -> None:
    hidden = add_bucket(registry)
    s3 = connect(user).get_boto3_client("s3")
    for _ in range(3):
        with pytest.raises(s3.exceptions.ClientError):
            s3.head_object(Bucket=hidden, Key="o")
    assert issued(registry, user) == 2


BROKEN: dict[str, dict[str, str]] = {
    "AWS_PROFILE": {"AWS_PROFILE": "nowhere"},
    "AWS_CONFIG_FILE": {"AWS_CONFIG_FILE": "broken"},
    "AWS_RETRY_MODE": {"AWS_RETRY_MODE": "bogus"},
}


@pytest.fixture
def broken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    (tmp_path / "broken").write_text("[default\nregion==\n[[")

    def make(how: str) -> None:
        for name, value in BROKEN[how].items():
            given = str(tmp_path / value) if value == "broken" else value
            monkeypatch.setenv(name, given)

    return make


@pytest.mark.parametrize("how", BROKEN)
def test_broken_configuration_that_is_not_used_does_no_harm(
    connect: Any, user: str, bucket: str, broken: Callable[[str], None], how: str
) -> None:
    broken(how)
    assert connect(user).get_boto3_client("s3").list_buckets()["Buckets"]
    assert connect(user).list_all_packages(f"s3://{bucket}") == []


@pytest.mark.parametrize("how", ["AWS_PROFILE", "AWS_CONFIG_FILE"])
def test_broken_configuration_that_is_used_is_named(
    connect: Any, user: str, broken: Callable[[str], None], how: str
) -> None:
    broken(how)
    with pytest.raises(ValidationError, match=f"{how}="):
        connect(user, aws_identity="ambient").get_boto3_client("s3")


@pytest.mark.parametrize("identity", ["registry", "ambient"])
@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("AWS_ENDPOINT_URL_S3", "localhost:9000"),
        ("AWS_ENDPOINT_URL", "localhost"),
        ("AWS_MAX_ATTEMPTS", "0"),
        ("AWS_MAX_ATTEMPTS", "many"),
        ("AWS_STS_REGIONAL_ENDPOINTS", "bogus"),
        ("AWS_DEFAULTS_MODE", "bogus"),
        ("AWS_REQUEST_CHECKSUM_CALCULATION", "bogus"),
        ("AWS_RESPONSE_CHECKSUM_VALIDATION", "bogus"),
        ("AWS_ACCOUNT_ID_ENDPOINT_MODE", "bogus"),
    ],
)
def test_broken_configuration_that_every_client_uses_is_named(
    connect: Any,
    user: str,
    monkeypatch: pytest.MonkeyPatch,
    variable: str,
    value: str,
    identity: str,
) -> None:
    monkeypatch.setenv(variable, value)
    with pytest.raises(ValidationError, match=variable):
        connect(user, aws_identity=identity).get_boto3_client("s3")


def test_credentials_are_masked_by_value(connect: Any, user: str) -> None:
    from quilt_core.redaction import redact

    s3 = connect(user).get_boto3_client("s3")
    keys = s3._request_signer._credentials.get_frozen_credentials()
    assert redact(f"{keys.secret_key} {keys.token}") == "*** ***"
