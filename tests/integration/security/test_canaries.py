"""No secret comes out: not in logs at DEBUG, reprs, errors and their chains, warnings, or the
command line, whichever operation fails, and however it fails."""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator
from contextlib import nullcontext, suppress
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from local_registry.faults import FAULT_KINDS, FaultRule

from quilt_core import ConflictError, QuiltOpsError
from quilt_core.auth_context import request_identity
from quilt_core.cli.main import run
from quilt_core.domain.admin import BucketSettings
from quilt_core.domain.api_keys import ApiKeyCreated
from quilt_core.hookspecs import operations
from quilt_core.testing.conformance.calls import example_call

BACKENDS = ("platform", "quilt3")
FAULTS = (None, *(kind for kind in FAULT_KINDS if kind != "latency"))
SOURCES = ("argument", "api-key", "environment", "login", "profile", "request")
RATE = 0.5
"""How often a request fails: operations must get beyond their first request, too."""
LINES = [
    "auth status", "buckets list", "catalog config", "catalog graphql-endpoint", "doctor",
    "catalog graphql {me{name}}", "packages list", "packages info team/data", "config show",
    "packages browse team/data", "packages create team/new a=s3://bucket/a", "plugins",
    "packages search *", "packages info no/such", "admin users list", "admin users get nobody",
    "api-keys list", "tabulator list bucket", "admin sso get", "config profiles",
]  # fmt: skip
PREFIXES = ([], ["--json"], ["--verbose"])


TABLE = """schema:
- name: a
  type: STRING
source: {type: quilt-packages, package_name: ^team/data$, logical_key: .*}
parser: {format: csv}
"""
DESTRUCTIVE = ("delete", "remove", "revoke", "sso")


def furnish(planted: Any) -> None:
    """Create what the example calls name, if it does not exist."""
    planted.registry.context.s3.put_object(Bucket="bucket", Key="a", Body=b"content")
    with planted.connect("platform", "argument") as ops:
        steps: list[Callable[[], object]] = [
            lambda: ops.admin.add_bucket("spare", BucketSettings(title="t")),
            lambda: ops.create_package_revision("team/data", {"a": "s3://bucket/a"}),
            lambda: ops.admin.create_role("role", policies=[]),
            lambda: ops.admin.create_user("ada", "ada@example.com", "role"),
            lambda: ops.create_tabulator_table("bucket", "table", TABLE),
            lambda: ops.create_tabulator_table("bucket", "a", TABLE),
        ]
        for step in steps:
            with suppress(ConflictError):
                step()


@pytest.fixture(scope="module", autouse=True)
def _frozen_again() -> Iterator[None]:
    """Leave out of garbage collections again what `take_reprs` takes back into them."""
    yield
    gc.collect()
    gc.freeze()


@pytest.mark.parametrize("kind", FAULTS)
@pytest.mark.parametrize("backend", BACKENDS)
def test_no_operation_shows_a_secret(
    planted: Any, backend: str, kind: Any, capfd: pytest.CaptureFixture[str]
) -> None:
    # Every source of credentials with a backend that answers, one of them with backends that fail.
    all_sources = kind is None and backend == "platform"
    sources = SOURCES if all_sources else (SOURCES[FAULTS.index(kind) % len(SOURCES)],)
    for source in sources:
        furnish(planted)
        ops = planted.connect(backend, source)
        outcomes = {
            operation: _operate(planted, ops, operation, source, kind)
            for operation in sorted(operations(), key=_destroys)
        }
        assert list(outcomes.values()).count("right") > (30 if kind is None else 5), outcomes
        planted.outlet.take("repr", f"{ops!r} {ops.settings!r}")
    planted.outlet.take_reprs()
    _search(planted, capfd)


def _destroys(operation: str) -> bool:
    return any(word in operation for word in DESTRUCTIVE)


def _operate(planted: Any, ops: Any, operation: str, source: str, kind: Any) -> str:
    """Carry an operation out with faults, and keep everything that came out."""
    method, arguments = example_call(ops, operation, "s3://bucket")
    if operation == "configure_catalog":
        arguments = {"catalog_url": planted.registry.endpoints.catalog_url}
    if operation == "admin_remove_bucket":
        arguments = {"name": "spare"}
    token = planted.canaries.secrets["JWT in argument"]
    planted.registry.faults.replace(
        [] if kind is None else [FaultRule(kind=kind, rate=RATE, seed=len(operation))]
    )
    try:
        with request_identity(token) if source == "request" else nullcontext():
            answer = method(**arguments)
            answer = list(answer) if isinstance(answer, Iterator) else answer
            if operation == "get_boto3_client":
                planted.outlet.take("repr", repr(answer.list_buckets()["ResponseMetadata"]))
    except QuiltOpsError as error:
        planted.outlet.take_error(error)
        return type(error).__name__
    except _botocore_errors() as error:  # the application's own use of its client
        planted.outlet.take_error(error)
        return "right"
    finally:
        planted.registry.faults.replace(())
    planted.outlet.take(f"repr of {operation}", _shown(planted, operation, answer))
    return "right"


def _shown(planted: Any, operation: str, answer: Any) -> str:
    """The repr of an answer; answers that are secrets by nature are planted instead."""
    if isinstance(answer, ApiKeyCreated):
        planted.canaries.plant("new API key", answer.secret)
    if operation == "get_content_url":
        for name, values in parse_qs(urlsplit(answer).query).items():
            if name in ("X-Amz-Signature", "X-Amz-Security-Token"):
                planted.canaries.plant(f"{name} of a URL", values[0])
        return ""
    # The application asked for the header.
    return "" if operation == "get_graphql_auth_headers" else repr(answer)


def _botocore_errors() -> tuple[type[BaseException], ...]:
    from botocore.exceptions import BotoCoreError, ClientError, HTTPClientError

    return BotoCoreError, ClientError, HTTPClientError


@pytest.mark.parametrize("backend", BACKENDS)
def test_the_command_line_shows_no_secret(
    planted: Any, backend: str, capfd: pytest.CaptureFixture[str]
) -> None:
    furnish(planted)
    kinds = list(FAULTS)
    for number, line in enumerate(LINES):
        for prefix in PREFIXES:
            kind = kinds[number % len(kinds)] if prefix else None
            rules = [] if kind is None else [FaultRule(kind=kind, rate=RATE, seed=number)]
            planted.registry.faults.replace(rules)
            try:
                run(["--backend", backend, *prefix, *line.split(" ")])
            except QuiltOpsError as error:  # --verbose
                planted.outlet.take_error(error)
    planted.registry.faults.replace(())
    _search(planted, capfd)


def _search(planted: Any, capfd: pytest.CaptureFixture[str]) -> None:
    printed = capfd.readouterr()
    planted.outlet.take("standard output", printed.out)
    planted.outlet.take("standard error", printed.err)
    planted.know_issued_keys()
    assert "quilt_core: " in printed.err, "QUILT_CORE_TRACE printed nothing"
    assert {"urllib3.connectionpool", "botocore.endpoint"} <= planted.outlet.loggers
    assert planted.outlet.search() == {}
