"""What a process learns about a registry, seen from the registry: how often it refuses requests."""

from __future__ import annotations

from typing import Any

from local_registry import LocalRegistry
from local_registry.config import RegistryConfig
from quilt_registry.graphql.learned import LEARNED

import quilt_core


def _connect(registry: LocalRegistry) -> quilt_core.QuiltOps:
    return quilt_core.connect(
        "platform",
        registry="s3://demo-data",
        registry_url=registry.endpoints.registry_url,
        token=registry.token("admin"),
    )


def _statuses(registry: LocalRegistry) -> list[Any]:
    found = [one.status for one in registry.log.requests() if one.target.endswith("/graphql")]
    registry.log.clear()
    return found


def test_an_older_registry_refuses_a_document_once_for_all_connections() -> None:
    with LocalRegistry(RegistryConfig(seed="demo", schema="2026-08")) as registry:
        for expected in ([400, 200], [200]):
            with _connect(registry) as ops:
                assert ops.admin.list_roles()
            assert _statuses(registry) == expected
        LEARNED.forget()
        with _connect(registry) as ops:
            assert ops.admin.list_roles()
        assert _statuses(registry) == [400, 200]


def test_a_path_is_tried_once_for_all_connections() -> None:
    with LocalRegistry(RegistryConfig(seed="demo", graphql_path="/api/graphql")) as registry:
        for _ in range(2):
            with _connect(registry) as ops:
                assert ops.list_buckets()
        # The refused path has no GraphQL, so only the log of the paths shows it.
        tried = [one.target for one in registry.log.requests() if one.target.endswith("/graphql")]
        assert tried == ["/graphql", "/api/graphql", "/api/graphql"]


def test_newer_variants_are_tried_after_a_registry_was_updated() -> None:
    with LocalRegistry(RegistryConfig(seed="demo")) as registry:
        # The older variants order the first page in a way that the newest schema does not support.
        endpoint = f"{registry.endpoints.registry_url}/graphql"
        LEARNED.learn_variant(endpoint, "search_packages", 1)
        with _connect(registry) as ops:
            assert [info.name for info in ops.search_packages("")] == ["palmer/penguins"]
        assert LEARNED.variant(endpoint, "search_packages") == 0
