"""Whose rights apply, in S3 as well."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import pytest
from local_registry.testing import add_bucket, add_user

import quilt_core
from quilt_core import (
    AuthenticationError,
    NotFoundError,
    PermissionDeniedError,
    QuiltOps,
    auth_context,
)


@pytest.fixture
def tenants(registry: Any) -> dict[str, str]:
    """Users, each with a bucket that no other user has access to."""
    buckets = [add_bucket(registry) for _ in range(6)]
    return {add_user(registry, writes=[bucket]).name: bucket for bucket in buckets}


def test_many_tenants_on_one_connection(
    connect: Any, registry: Any, tenants: dict[str, str]
) -> None:
    ops = connect("admin", multitenant=True, token=None)
    tokens = {user: registry.token(user) for user in tenants}
    wrong: list[Any] = []

    def work(user: str) -> None:
        for _ in range(3):
            with auth_context.request_identity(tokens[user]):
                seen = [bucket.name for bucket in ops.list_buckets()]
                listed = ops.get_boto3_client("s3").list_buckets()["Buckets"]
            own = [bucket["Name"] for bucket in listed]
            if seen != [tenants[user]] or own != [tenants[user]]:
                wrong.append((user, seen, own))

    threads = [threading.Thread(target=work, args=(user,)) for user in tenants]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not wrong


def test_lazy_results_keep_the_identity_of_their_call(
    connect: Any, registry: Any, tenants: dict[str, str]
) -> None:
    (user, bucket), (other, _) = list(tenants.items())[:2]
    s3 = registry.s3_client()
    s3.put_object(Bucket=bucket, Key="o", Body=b"x")
    ops = connect("admin", multitenant=True, token=None, page_size=1)
    with auth_context.request_identity(registry.token(user)):
        for name in ("a/a", "a/b", "a/c"):
            ops.create_package_revision(name, [f"s3://{bucket}/o"], registry=f"s3://{bucket}")
        results = ops.iter_search_packages(registry=f"s3://{bucket}")
    with auth_context.request_identity(registry.token(other)):
        assert len(list(results)) == 3


def test_process_credentials_are_never_used(
    connect: Any, user: str, registry: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIAPROCESS")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "process")
    s3 = connect(user).get_boto3_client("s3")
    assert s3._request_signer._credentials.access_key != "AKIAPROCESS"
    anonymous = connect(user, token=None, use_quilt3_login=False)
    with pytest.raises(AuthenticationError, match="aws_identity"):
        anonymous.get_boto3_client("s3")
    ambient = connect(user, aws_identity="ambient").get_boto3_client("s3")
    assert ambient._request_signer._credentials.access_key == "AKIAPROCESS"


def test_a_jwts_role_is_not_used_unless_the_jwt_is_trusted(connect: Any, user: str) -> None:
    import jwt

    secret = "a-secret-that-is-long-enough-for-hs256"
    token = jwt.encode({"catalog_token": "t", "role_arn": "arn:aws:iam::1:role/r"}, secret)
    ops = connect(user, aws_identity="role", multitenant=True, token=None)
    with auth_context.request_identity(token), pytest.raises(AuthenticationError, match="verified"):
        ops.get_boto3_client("s3")
    with pytest.raises(AuthenticationError, match="contains no role"):
        connect(user, aws_identity="role").get_boto3_client("s3")


def test_readers_cannot_write(
    registry: Any, connect: Any, ops: QuiltOps, bucket: str, put: Callable[..., str]
) -> None:
    ops.create_package_revision("a/b", [put("x")])
    reader = connect(add_user(registry, reads=[bucket]).name, registry=f"s3://{bucket}")
    assert reader.get_package_info("a/b").total_entries == 1
    for write in (
        lambda: reader.create_package_revision("a/c", [f"s3://{bucket}/x"]),
        lambda: reader.update_package_revision("a/b", metadata={"x": 1}),
        lambda: reader.delete_package("a/b", f"s3://{bucket}"),
    ):
        with pytest.raises(PermissionDeniedError):
            write()
    assert ops.list_package_versions("a/b")


def test_users_without_access_see_nothing(
    registry: Any, connect: Any, ops: QuiltOps, bucket: str, put: Callable[..., str]
) -> None:
    ops.create_package_revision("a/b", [put("x")])
    stranger = connect(add_user(registry).name, registry=f"s3://{bucket}")
    for read in (
        lambda: stranger.get_package_info("a/b"),
        lambda: stranger.browse_content("a/b"),
        stranger.list_all_packages,
        stranger.search_packages,
        lambda: stranger.create_package_revision("a/b", [f"s3://{bucket}/x"]),
        lambda: stranger.delete_package("a/b", f"s3://{bucket}"),
    ):
        with pytest.raises(NotFoundError):
            read()


def test_only_administrators_may_administrate(ops: QuiltOps) -> None:
    admin = ops.admin
    for call in (
        admin.list_users,
        lambda: admin.get_user("admin"),
        lambda: admin.delete_user("reader"),
        admin.list_roles,
        admin.list_policies,
        admin.get_sso_config,
        admin.list_buckets,
        lambda: admin.remove_bucket("demo-data"),
        admin.list_api_keys,
        ops.get_open_query_status,
        lambda: ops.set_open_query(True),
    ):
        with pytest.raises(PermissionDeniedError):
            call()


def test_sign_in_with_an_api_key(connect: Any, registry: Any, user: str) -> None:
    ops = connect(user, token=None, api_key=registry.api_key(user))
    assert ops.get_auth_status().user_name == user


def test_refresh_token(connect: Any, registry: Any, user: str) -> None:
    ops = connect(user, token=None, refresh_token=registry.token(user, kind="refresh"))
    status = ops.get_auth_status()
    assert status.user_name == user
    assert status.expires_at is not None


def test_everything_from_the_environment(
    registry: Any, user: str, bucket: str, put: Callable[..., str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A service configured only by environment variables, with a JWT that has the addresses."""
    import jwt

    secret = "a-secret-that-is-long-enough-for-hs256"
    claims = {
        "catalog_token": registry.token(user),
        "catalog_url": registry.endpoints.catalog_url,
        "registry_url": registry.endpoints.registry_url,
        "exp": 4_102_444_800,
    }
    monkeypatch.setenv("QUILT_BACKEND", "platform")
    monkeypatch.setenv("MCP_JWT_TOKEN", jwt.encode(claims, secret))
    monkeypatch.setenv("QUILT_JWT_SECRET", secret)
    monkeypatch.setenv("QUILT_DEFAULT_REGISTRY", f"s3://{bucket}")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-central-1")
    with quilt_core.connect() as ops:
        made = ops.create_package_revision("a/b", [put("x", b"bytes")])
        assert ops.get_auth_status().user_name == user
        assert ops.get_package_info("a/b").top_hash == made.top_hash
        assert str(made.catalog_url).startswith(registry.endpoints.catalog_url)
        assert ops.get_boto3_client("s3").meta.region_name == "eu-central-1"
    monkeypatch.setenv("QUILT_JWT_SECRET", secret[::-1])
    with quilt_core.connect() as ops, pytest.raises(AuthenticationError):
        ops.get_auth_status()
    monkeypatch.setenv("QUILT_JWT_SECRET", secret)
    monkeypatch.setenv("QUILT_MULTITENANT_MODE", "true")
    with quilt_core.connect() as ops, pytest.raises(AuthenticationError, match="multitenant"):
        ops.get_auth_status()
