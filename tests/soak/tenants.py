"""Many tenants at once, in threads and in tasks: no tenant acts as another.

    python tests/soak/tenants.py --operations 20000 --identities 100

All share one multitenant connection, while some of the requests fail. Each tenant has a bucket that
nobody else may use, and everything that the registry logged about that bucket must be under its
owner's name; the answers that a tenant gets must be about that tenant.
"""

from __future__ import annotations

import argparse
import asyncio
import contextvars
import os
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import attrs
from campaign import hurry
from local_registry import FaultRule, LocalRegistry, RegistryConfig
from local_registry.testing import add_bucket, add_user

import quilt_core
from quilt_core import AuthenticationError, QuiltOps, QuiltOpsError, auth_context
from quilt_core.errors import BackendError

THREADS = 16
FAULTS = [
    FaultRule(kind="reset-before", rate=0.03, seed=1),
    FaultRule(kind="reset-after", rate=0.03, seed=2),
    FaultRule(kind="status", status=503, retry_after=0, rate=0.04, seed=3),
    FaultRule(kind="expired-token", rate=0.03, seed=4),
    FaultRule(kind="truncate", rate=0.02, seed=5),
    FaultRule(kind="latency", milliseconds=5, rate=0.2, seed=6),
]


@attrs.frozen(kw_only=True)
class Tenant:
    """A tenant with a bucket of their own."""

    name: str
    bucket: str
    token: str = attrs.field(repr=False)


@attrs.define
class Findings:
    """What the tenants' calls reported."""

    calls: Counter[str] = attrs.field(factory=Counter)
    wrong: list[str] = attrs.field(factory=list)
    _lock: threading.Lock = attrs.field(factory=threading.Lock)

    def note(self, how: str, problem: str = "") -> None:
        """Count a call, and keep what is wrong with it."""
        with self._lock:
            self.calls[how] += 1
            if problem:
                self.wrong.append(problem)


def operate(ops: QuiltOps, tenant: Tenant, number: int, findings: Findings) -> None:
    """One operation as a tenant, and a check that its answer belongs to the tenant."""
    calls: list[Callable[[], str]] = [
        lambda: ops.get_auth_status().user_name or "",
        lambda: ",".join(one.name for one in ops.list_buckets()),
        lambda: ",".join(ops.list_all_packages(f"s3://{tenant.bucket}")),
        lambda: str(_client_sees(ops, tenant)),
        lambda: _reaches(ops, tenant),
        lambda: ops.get_package_info("team/data", f"s3://{tenant.bucket}").message or "",
    ]
    wanted = [tenant.name, tenant.bucket, "team/data", tenant.bucket, tenant.bucket, tenant.name]
    index = number % len(calls)
    try:
        found = calls[index]()
    except (BackendError, AuthenticationError) as error:  # faults; expired tokens among them
        findings.note(type(error).__name__)
    except QuiltOpsError as error:
        findings.note("refused", f"{tenant.name} got {error!r}")
    else:
        problem = "" if found == wanted[index] else f"{tenant.name} got {found!r}"
        findings.note("right", problem)


def _client_sees(ops: QuiltOps, tenant: Tenant) -> str:
    """S3 through a client of the tenant's; the application must handle its faults itself."""
    from botocore.exceptions import BotoCoreError, ClientError, HTTPClientError

    s3 = ops.get_boto3_client("s3")
    try:
        s3.get_object(Bucket=tenant.bucket, Key="a")
    except (BotoCoreError, ClientError, HTTPClientError) as error:
        if "AccessDenied" in str(error):
            return str(error)
    return tenant.bucket


def _reaches(ops: QuiltOps, tenant: Tenant) -> str:
    url = ops.get_content_url("team/data", f"s3://{tenant.bucket}", path="a")
    return tenant.bucket if tenant.bucket in url else url


def in_threads(ops: QuiltOps, tenants: list[Tenant], operations: int, findings: Findings) -> None:
    """The threads of one pool serve one tenant after the other."""

    def serve(number: int) -> None:
        tenant = tenants[number % len(tenants)]
        with auth_context.request_identity(tenant.token):
            operate(ops, tenant, number // len(tenants) + number, findings)
        if auth_context.current() is not None:
            findings.note("leaked", "an identity stayed behind in a thread")

    with ThreadPoolExecutor(THREADS) as pool:
        for done in [pool.submit(serve, number) for number in range(operations)]:
            done.result()


def in_tasks(ops: QuiltOps, tenants: list[Tenant], operations: int, findings: Findings) -> None:
    """One task per tenant; their blocks interleave in one thread, their calls in a pool."""

    async def tenant_task(tenant: Tenant, share: int) -> None:
        with auth_context.request_identity(tenant.token) as identity:
            for number in range(share):
                await asyncio.to_thread(operate, ops, tenant, number, findings)
                if auth_context.current() is not identity:
                    findings.note("leaked", f"a task of {tenant.name} has another identity")

    async def everybody() -> None:
        share = max(1, operations // len(tenants))
        await asyncio.gather(*(tenant_task(tenant, share) for tenant in tenants))

    asyncio.run(everybody(), debug=False)


def check_log(registry: LocalRegistry, tenants: list[Tenant]) -> list[str]:
    """Every request about a tenant's bucket is under the tenant's name."""
    owners = {tenant.bucket: tenant.name for tenant in tenants}
    problems = []
    seen: Counter[str] = Counter()
    for one in registry.log.requests():
        bucket = one.target.strip("/").partition("/")[0]
        if one.side != "s3" or bucket not in owners or one.identity == "root":
            continue
        seen[bucket] += 1
        if one.identity not in (owners[bucket], None) or (one.identity is None and not one.fault):
            problems.append(f"{one.operation} in {bucket} of {owners[bucket]} by {one.identity}")
    if len(seen) < len(tenants) // 4:  # one call in six goes there
        problems.append(f"the log shows only {len(seen)} of {len(tenants)} tenants in S3")
    names = {one.identity for one in registry.log.requests() if one.side == "registry"}
    missing = {tenant.name for tenant in tenants} - names
    return problems + [f"{name} is not in the log" for name in sorted(missing)]


@contextmanager
def populated(count: int) -> Iterator[tuple[LocalRegistry, list[Tenant]]]:
    """A registry with the given number of tenants, each with a package."""
    with LocalRegistry(RegistryConfig(seed="none")) as registry:
        os.environ["AWS_ENDPOINT_URL_S3"] = registry.endpoints.s3_endpoint
        tenants = []
        for number in range(count):
            bucket = add_bucket(registry, f"bucket-{number:03}")
            name = add_user(registry, f"tenant{number:03}", writes=[bucket]).name
            token = registry.token(name)
            registry.context.s3.put_object(Bucket=bucket, Key="a", Body=name.encode())
            tenants.append(Tenant(name=name, bucket=bucket, token=token))
        yield registry, tenants


def run(backend: str, operations: int, identities: int) -> int:
    """Serve all tenants, print the result, and return the exit code."""
    with populated(identities) as (registry, tenants):
        with quilt_core.connect(
            backend,
            multitenant=True,
            registry_url=registry.endpoints.registry_url,
            catalog_url=registry.endpoints.catalog_url,
            region="us-east-1",
            timeout=10,
        ) as ops:
            for tenant in tenants:
                with auth_context.request_identity(tenant.token):
                    ops.create_package_revision(
                        "team/data", {"a": f"s3://{tenant.bucket}/a"},
                        registry=f"s3://{tenant.bucket}", message=tenant.name,
                    )  # fmt: skip
            findings = Findings()
            registry.faults.replace(FAULTS)
            started = time.monotonic()
            context = contextvars.copy_context()
            context.run(in_threads, ops, tenants, operations // 2, findings)
            context.run(in_tasks, ops, tenants, operations // 2, findings)
            seconds = time.monotonic() - started
            registry.faults.replace(())
            try:
                ops.list_buckets()
            except AuthenticationError:
                pass
            else:
                findings.note("leaked", "a call without an identity was served")
        problems = findings.wrong + check_log(registry, tenants)
    calls = ", ".join(f"{count} {how}" for how, count in findings.calls.most_common())
    print(f"{backend}: {identities} tenants, {calls} in {seconds:.0f} s")
    if findings.calls["right"] < sum(findings.calls.values()) / 2:
        problems.append("less than half of the calls were answered")
    for problem in problems[:20]:
        print(f"  WRONG: {problem}")
    print(f"  {len(problems)} problems")
    return 1 if problems else 0


def main() -> None:
    """Run the test for each backend."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--backend", action="append", choices=["platform", "quilt3"])
    parser.add_argument("--operations", type=int, default=20_000)
    parser.add_argument("--identities", type=int, default=100)
    options = parser.parse_args()
    os.environ["XDG_DATA_HOME"] = tempfile.mkdtemp()  # without a login of this machine's user
    hurry()
    backends = options.backend or ["platform", "quilt3"]
    sys.exit(max(run(one, options.operations, options.identities) for one in backends))


if __name__ == "__main__":
    main()
