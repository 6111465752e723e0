"""Two connections in one process do not mix: credentials, registries, requests, quilt3's state."""

from __future__ import annotations

import errno
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from local_registry.config import RegistryConfig
from local_registry.server import LocalRegistry
from local_registry.testing import add_bucket, add_user

import quilt_core
from quilt_core import QuiltOps, auth_context
from quilt_core.errors import (
    AuthenticationError,
    NotFoundError,
    PermissionDeniedError,
    QuiltOpsError,
)
from quilt_core.shared_lookups import shared_lookups

Connect = Callable[..., QuiltOps]


def test_threads_with_different_users_stay_apart(registry: LocalRegistry, connect: Connect) -> None:
    buckets = [add_bucket(registry) for _ in range(4)]
    users = [add_user(registry, writes=[bucket]).name for bucket in buckets]
    connections = [
        connect(user, registry=f"s3://{bucket}")
        for user, bucket in zip(users, buckets, strict=True)
    ]
    client = registry.s3_client()
    for bucket in buckets:
        client.put_object(Bucket=bucket, Key="k", Body=bucket.encode())
    meet = threading.Barrier(len(buckets))
    registry.log.clear()

    def work(number: int) -> tuple[str, list[str], list[bool]]:
        ops, denied = connections[number], []
        meet.wait(timeout=30)
        for turn in range(3):
            ops.create_package_revision(
                f"mine/{number}", [f"s3://{buckets[number]}/k"], {"turn": turn}, force=True
            )
            for other in buckets:
                if other != buckets[number]:
                    with pytest.raises(NotFoundError):
                        ops.list_all_packages(f"s3://{other}")
                    denied.append(True)
        return ops.get_auth_status().user_name or "", ops.list_all_packages(), denied

    with ThreadPoolExecutor(len(buckets)) as pool:
        results = list(pool.map(work, range(len(buckets))))

    for number, (user, names, denied) in enumerate(results):
        assert user == users[number]
        assert names == [f"mine/{number}"]
        assert len(denied) == 9
    seen = {
        (one.target.split("/")[0], one.identity)
        for one in registry.log.requests()
        if one.operation == "PutObject"
    }
    assert seen == set(zip(buckets, users, strict=True))


def test_one_connection_serves_requests_of_many_users(registry: LocalRegistry) -> None:
    buckets = [add_bucket(registry) for _ in range(2)]
    users = [add_user(registry, writes=[bucket]).name for bucket in buckets]
    tokens = [registry.token(user) for user in users]
    client = registry.s3_client()

    with quilt_core.connect("quilt3", multitenant=True) as ops:
        with pytest.raises(AuthenticationError):
            ops.list_all_packages(f"s3://{buckets[0]}")

        def work(number: int) -> str:
            client.put_object(Bucket=buckets[number], Key="k", Body=b"x")
            with auth_context.request_identity(tokens[number]):
                made = ops.create_package_revision(
                    "a/b", [f"s3://{buckets[number]}/k"], registry=f"s3://{buckets[number]}"
                )
                with pytest.raises(NotFoundError):
                    ops.get_package_info("a/b", f"s3://{buckets[1 - number]}")
                assert ops.get_auth_status().user_name == users[number]
                return made.top_hash

        with ThreadPoolExecutor(2) as pool:
            assert len(set(pool.map(work, range(2)))) == 1  # the same content, twice


def test_what_a_composition_has_read_serves_no_other_identity(
    registry: LocalRegistry, connect: Connect, ops: QuiltOps, bucket: str, put: Callable[..., str]
) -> None:
    top_hash = ops.create_package_revision("a/b", [put("k", b"x")]).top_hash
    stranger = connect(add_user(registry, writes=[add_bucket(registry)]).name)
    with shared_lookups():  # as when an extension calls operations while a package is downloaded
        ops.browse_content("a/b")
        assert ops.get_package_info("a/b", top_hash=top_hash).total_entries == 1
        for look in (stranger.browse_content, stranger.get_package_info):
            with pytest.raises(NotFoundError):
                look("a/b", f"s3://{bucket}", top_hash=top_hash)


def test_two_registries_get_their_own_tokens(
    registry: LocalRegistry, connect: Connect, user: str, bucket: str
) -> None:
    with LocalRegistry(RegistryConfig(seed="demo")) as second:
        first = connect(user, registry=f"s3://{bucket}")
        other = quilt_core.connect(
            "quilt3", catalog_url=second.endpoints.catalog_url, token=second.token("writer")
        )
        with other:
            assert first.get_auth_status().user_name == user
            assert other.get_auth_status().user_name == "writer"
            assert first.get_registry_url() == registry.endpoints.registry_url
            assert other.get_registry_url() == second.endpoints.registry_url
            assert {one.name for one in other.list_buckets()} == {"demo-data", "demo-shared"}
            assert bucket in {one.name for one in first.list_buckets()}


def test_configure_catalog_moves_this_connection_and_quilt3(
    registry: LocalRegistry, user: str, connect: Connect
) -> None:
    import quilt3
    from quilt3 import util

    with LocalRegistry(RegistryConfig(seed="demo")) as second:
        ops = connect(user)
        other = connect(user)
        assert ops.get_auth_status().user_name == user

        config = ops.configure_catalog(second.endpoints.catalog_url)

        assert config.registry_url == ops.get_registry_url() == second.endpoints.registry_url
        # The token was for the first registry, and is sent to no other.
        assert ops.get_graphql_auth_headers() == {}
        assert ops.get_auth_status().is_authenticated is False
        assert other.get_registry_url() == registry.endpoints.registry_url
        written = util.load_config()
        assert written["registryUrl"] == second.endpoints.registry_url
        # What quilt3 writes itself from the same catalog, except for what nothing in it reads.
        quilt3.api._config(second.endpoints.catalog_url)
        unread = {"binaryApiGatewayEndpoint": None}
        assert util.load_config() | unread == written


def test_a_configuration_that_cannot_be_written_is_an_error_and_moves_nothing(
    registry: LocalRegistry, user: str, connect: Connect, monkeypatch: pytest.MonkeyPatch
) -> None:
    from quilt3 import util

    def denied(*_: object, **__: object) -> None:
        raise PermissionError(errno.EACCES, "Permission denied")

    monkeypatch.setattr(util, "write_yaml", denied)
    monkeypatch.setattr("requests.get", denied)  # which knows no deadline
    with LocalRegistry(RegistryConfig(seed="demo")) as second:
        ops = connect(user)
        with pytest.raises(PermissionDeniedError, match=r"config\.yml"):
            ops.configure_catalog(second.endpoints.catalog_url)
        assert ops.get_registry_url() == registry.endpoints.registry_url


def test_nothing_is_printed(
    registry: LocalRegistry,
    connect: Connect,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
) -> None:
    """Neither by quilt3 nor by its progress bars, whether or not the operation succeeds."""
    monkeypatch.delenv("QUILT_MINIMIZE_STDOUT", raising=False)
    monkeypatch.delenv("QUILT_DISABLE_USAGE_METRICS", raising=False)
    bucket = add_bucket(registry)
    ops = connect(add_user(registry, writes=[bucket]).name, registry=f"s3://{bucket}")
    client = registry.s3_client()
    for number in range(3):
        client.put_object(Bucket=bucket, Key=f"in/{number}", Body=b"x" * number)
    capfd.readouterr()

    uris = [f"s3://{bucket}/in/{number}" for number in range(3)]
    ops.create_package_revision("a/b", uris[:2], {"n": 1})
    ops.update_package_revision("a/b", uris[2:], copy="all")
    assert len(list(ops.browse_content("a/b", recursive=True))) == 3
    assert ops.search_packages("a")
    ops.diff_packages("a/b", "a/b")
    for refused in (
        lambda: ops.create_package_revision("a/b", uris, workflow="none-such"),
        lambda: ops.create_package_revision("a/b", [f"s3://{bucket}/gone"]),
        ops.admin.list_users,
    ):
        with pytest.raises(QuiltOpsError):
            refused()
    ops.delete_package("a/b", f"s3://{bucket}")

    assert tuple(capfd.readouterr()) == ("", "")
