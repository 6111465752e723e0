"""Without a login, both backends raise the same error, and read what anyone may read."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from local_registry.app.aws import athena_endpoint
from local_registry.server import LocalRegistry
from local_registry.testing import add_bucket

import quilt_core
from quilt_core import AuthenticationError, QueryState, QuiltOps, QuiltOpsError
from quilt_core.hookspecs import operations
from quilt_core.testing.conformance.calls import example_call

BACKENDS = ("platform", "quilt3")
ANSWERED = {
    "get_auth_status", "get_catalog_config", "get_registry_url", "get_graphql_endpoint",
    "get_graphql_auth_headers", "execute_graphql_query", "health",
    "get_catalog_link",
}  # fmt: skip
"""Operations that need no login, or report that there is none."""


@pytest.fixture
def nobody(
    shared_local_registry: LocalRegistry, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Callable[[str], QuiltOps]]:
    endpoints = shared_local_registry.endpoints
    monkeypatch.setenv("AWS_ENDPOINT_URL_S3", endpoints.s3_endpoint)
    monkeypatch.setenv("AWS_ENDPOINT_URL_ATHENA", athena_endpoint(endpoints.registry_url))
    opened = []

    def make(backend: str, **settings: Any) -> QuiltOps:
        opened.append(
            quilt_core.connect(
                backend,
                registry_url=shared_local_registry.endpoints.registry_url,
                catalog_url=shared_local_registry.endpoints.catalog_url,
                region="us-east-1",
                use_quilt3_login=False,
                **settings,
            )
        )
        return opened[-1]

    yield make
    for ops in opened:
        ops.close()


@pytest.mark.parametrize("backend", BACKENDS)
def test_every_operation_reports_the_missing_login(
    nobody: Callable[..., QuiltOps], shared_local_registry: LocalRegistry, backend: str
) -> None:
    bucket = add_bucket(shared_local_registry)
    ops = nobody(backend, registry=f"s3://{bucket}")
    wrong = {}
    for operation in operations():
        if operation in {*ANSWERED, "configure_catalog", "start_query"}:
            continue
        method, arguments = example_call(ops, operation, f"s3://{bucket}")
        try:
            answer = method(**arguments)
            wrong[operation] = list(answer) if isinstance(answer, Iterator) else answer
        except AuthenticationError as error:
            if "not logged in" not in error.message or not error.hint:
                wrong[operation] = error
        except QuiltOpsError as error:
            wrong[operation] = error
    assert not wrong
    method, arguments = example_call(ops, "start_query", f"s3://{bucket}")
    status = method(**arguments)  # it has begun, and reports the outcome afterwards
    while status.state in (QueryState.QUEUED, QueryState.RUNNING):
        status = ops.get_query(status.query_id)
    assert "not logged in" in status.error
