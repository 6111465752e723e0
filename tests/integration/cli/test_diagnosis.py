"""Both backends name the same cause of a problem, with the exit code of its error class."""

from __future__ import annotations

import time
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest
from local_registry.server import LocalRegistry
from local_registry.testing import add_bucket

from quilt_core import errors

Cli = Callable[..., Any]
BOTH = pytest.mark.parametrize("environment", ["platform", "quilt3"], indirect=True)
NOWHERE = "http://127.0.0.1:9"


@pytest.fixture
def private(shared_local_registry: LocalRegistry) -> str:
    """A bucket that the user may not read."""
    return add_bucket(shared_local_registry)


@BOTH
def test_a_glob_in_a_bucket_without_access(cli: Cli, private: str) -> None:
    ended = cli("packages", "create", "x/y", f"s3://{private}/**")
    assert ended.code == errors.PermissionDeniedError.exit_code, ended.err
    assert private in ended.err


@BOTH
def test_a_glob_in_a_missing_bucket(cli: Cli) -> None:
    ended = cli("packages", "create", "x/y", "s3://no-such-bucket-anywhere/**")
    expected = (errors.NotFoundError.exit_code, errors.PermissionDeniedError.exit_code)
    # A user without access is not told that it does not exist.
    assert ended.code in expected, ended.err
    assert "no-such-bucket-anywhere" in ended.err


@BOTH
def test_a_glob_while_s3_is_down(cli: Cli, bucket: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL_S3", NOWHERE)
    monkeypatch.setenv("AWS_MAX_ATTEMPTS", "1")
    ended = cli("packages", "create", "x/y", f"s3://{bucket}/**")
    assert ended.code == errors.TransportError.exit_code, ended.err


@BOTH
def test_without_a_login(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("MCP_JWT_TOKEN", "QUILT_API_KEY", "QUILT_TOKEN", "QUILT_REFRESH_TOKEN"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("QUILT_USE_QUILT3_LOGIN", "false")
    for form in ((), ("--json",)):
        ended = cli("auth", "status", *form)
        assert ended.code == errors.AuthenticationError.exit_code
        assert "not logged in" in ended.err
        assert "QUILT_API_KEY" in ended.err or "MCP_JWT_TOKEN" in ended.err


@BOTH
@pytest.mark.parametrize(("ahead", "word"), [(1200, "ahead"), (-1200, "behind")])
def test_a_wrong_clock_is_named_when_the_token_is_refused(
    cli: Cli, monkeypatch: pytest.MonkeyPatch, ahead: int, word: str
) -> None:
    real = time.time
    clock = SimpleNamespace(time=lambda: real() + ahead)
    monkeypatch.setattr("quilt_registry.clock.time", clock)
    for name in ("QUILT_API_KEY", "QUILT_REFRESH_TOKEN"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("MCP_JWT_TOKEN", "a-token-that-nobody-issued")
    ended = cli("buckets", "list")
    assert ended.code == errors.AuthenticationError.exit_code, ended.err
    assert "This machine's clock is off by" in ended.err
    assert f"({word})" in ended.err
    assert "Set this machine's clock" in ended.err


@BOTH
def test_a_correct_clock_is_not_blamed(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("QUILT_API_KEY", raising=False)
    monkeypatch.setenv("MCP_JWT_TOKEN", "a-token-that-nobody-issued")
    ended = cli("buckets", "list")
    assert ended.code == errors.AuthenticationError.exit_code
    assert "clock" not in ended.err


@BOTH
def test_doctor_shows_the_aws_configuration(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "canary-aws-secret-0123456789")
    monkeypatch.setenv("AWS_ENDPOINT_URL_DYNAMODB", "https://somebody:canary-word@example.com")
    report = cli("doctor", "--json").row
    [check] = [one for one in report["checks"] if one["name"] == "AWS configuration"]
    assert check["ok"] is True
    assert "AWS_ENDPOINT_URL_S3=http://" in check["detail"]
    assert "AWS_SECRET_ACCESS_KEY" in check["detail"]
    assert "canary" not in str(report)


@BOTH
@pytest.mark.parametrize(
    ("variable", "text"),
    [("AWS_ENDPOINT_URL_S3", "localhost:9000"), ("AWS_MAX_ATTEMPTS", "0")],
)
def test_doctor_names_the_variable_that_is_wrong(
    cli: Cli, monkeypatch: pytest.MonkeyPatch, variable: str, text: str
) -> None:
    monkeypatch.setenv(variable, text)
    ended = cli("doctor", "--json")
    assert ended.code == 1
    [check] = [one for one in ended.row["checks"] if one["name"] == "AWS configuration"]
    assert check["ok"] is False
    assert variable in check["detail"]


@BOTH
def test_broken_settings_that_are_not_used_do_no_harm(
    cli: Cli, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_RETRY_MODE", "bogus")  # the number of attempts is set by us
    monkeypatch.setenv("AWS_PROFILE", "nowhere")  # the registry supplies the credentials
    assert cli("doctor").code == 0


@BOTH
def test_a_dead_proxy_is_named(cli: Cli, bucket: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTPS_PROXY", NOWHERE)
    monkeypatch.setenv("QUILT_REGISTRY_URL", "https://registry.example.com")
    monkeypatch.setenv("QUILT_TIMEOUT", "2")
    monkeypatch.setenv("MCP_JWT_TOKEN", "a-token")
    for name in ("QUILT_CATALOG_URL", "QUILT_GRAPHQL_ENDPOINT", "QUILT_API_KEY"):
        monkeypatch.delenv(name, raising=False)
    for form in ((), ("--json",)):
        ended = cli("buckets", "list", *form)
        assert ended.code == errors.TransportError.exit_code, ended.err
        assert "HTTPS_PROXY" in ended.err
        assert "TransportError" in ended.err if form else "Transport: " in ended.err


@BOTH
def test_a_bucket_in_another_region(cli: Cli, bucket: str, monkeypatch: pytest.MonkeyPatch) -> None:
    from botocore.client import BaseClient
    from botocore.exceptions import ClientError

    call = BaseClient._make_api_call

    def fail(self: Any, operation: str, *arguments: Any) -> Any:
        if operation != "ListObjectsV2":
            return call(self, operation, *arguments)
        answer = {"Code": "PermanentRedirect", "Message": "must be addressed elsewhere"}
        raise ClientError({"Error": answer, "ResponseMetadata": {"HTTPStatusCode": 301}}, operation)

    monkeypatch.setattr(BaseClient, "_make_api_call", fail)
    ended = cli("packages", "create", "x/y", f"s3://{bucket}/**")
    assert ended.code == errors.BackendError.exit_code, ended.err
    assert "another AWS region" in ended.err
