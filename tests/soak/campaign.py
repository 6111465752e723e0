"""The fault campaign: operations of every kind while a fifth of all requests fails.

    python tests/soak/campaign.py --backend platform --operations 10000 --workers 16 --seed 1

Workers share one connection. Afterwards storage is read independently and compared with what the
operations reported; the exit code is 1 when anything differs. `--hurry` shortens the pauses between
attempts, which keeps a short run short. `--timeout` is the time limit of a request, in seconds: on
a machine that is busy with other work, five seconds make reads fail that the faults do not affect.
A late answer comes after the limit and costs its read; no more reads than that may run out of time.
"""

from __future__ import annotations

import argparse
import os
import random
import sys
import tempfile
import time
import types
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from audit import audit
from ledger import Ledger, Outcome
from local_registry import FaultRule, LocalRegistry, RegistryConfig
from local_registry.testing import add_bucket, add_user
from workload import Worker

import quilt_core
from quilt_core import QuiltOps

OBJECTS = 5
MOST_READS_FAILED = 0.001


def rules(seed: int, *, timeout: float | None) -> list[FaultRule]:
    """Faults of each kind that affect a fifth of all requests; late answers come after `timeout`
    seconds."""
    mix: list[tuple[float, dict[str, object]]] = [
        (0.03, {"kind": "reset-before"}),
        (0.03, {"kind": "reset-after"}),
        (0.03, {"kind": "truncate"}),
        (0.03, {"kind": "html"}),
        (0.015, {"kind": "status", "status": 429, "retry_after": 0}),
        (0.015, {"kind": "status", "status": 429}),
        (0.02, {"kind": "status", "status": 502}),
        (0.02, {"kind": "status", "status": 503}),
        (0.005, {"kind": "status", "status": 503, "retry_after": 0}),
        (0.015, {"kind": "status", "status": 504}),
        (0.005, {"kind": "expired-token", "side": "registry"}),
        (0.03, {"kind": "expired-token", "side": "s3", "operation": "PutObject"}),
        (0.03, {"kind": "latency", "milliseconds": 30}),
    ]
    if timeout is not None:
        late = int(timeout * 1000) + 1000
        mix.append((0.002, {"kind": "latency", "milliseconds": late, "side": "registry"}))
    return [
        FaultRule.from_fields({**fields, "rate": rate, "seed": seed * 100 + number})
        for number, (rate, fields) in enumerate(mix)
    ]


def hurry() -> None:
    """Shorten every pause between attempts, ours and botocore's."""
    import botocore.endpoint
    import platform_backend.packages.pushing
    import quilt_registry.http.retry

    quick = types.SimpleNamespace(
        sleep=lambda seconds: time.sleep(min(seconds, 0.05)), time=time.time
    )
    for module in (botocore.endpoint, platform_backend.packages.pushing, quilt_registry.http.retry):
        module.time = quick  # type: ignore[attr-defined]


def run(
    backend: str,
    operations: int,
    workers: int,
    seed: int,
    *,
    quick: bool,
    timeout: float = 5,
    spoil: bool = False,
) -> int:
    """Carry out a campaign and print its summary; returns the exit code."""
    with LocalRegistry(RegistryConfig(seed="none")) as registry:
        bucket = add_bucket(registry)
        user = add_user(registry, writes=[bucket], admin=True).name
        os.environ["AWS_ENDPOINT_URL_S3"] = registry.endpoints.s3_endpoint
        with quilt_core.connect(
            backend,
            registry=f"s3://{bucket}",
            catalog_url=registry.endpoints.catalog_url,
            registry_url=registry.endpoints.registry_url,
            token_provider=lambda: registry.token(user),
            region="us-east-1",
            timeout=timeout,
            use_quilt3_login=False,
        ) as ops:
            ops.admin.create_role("role", policies=[])
            ledger = Ledger()
            crew = [_worker(registry, ops, bucket, number, ledger, seed)
                    for number in range(workers)]  # fmt: skip
            registry.faults.replace(rules(seed, timeout=None if quick else timeout))
            started = time.monotonic()
            with ThreadPoolExecutor(workers) as pool:
                for done in [pool.submit(one.run, operations // workers) for one in crew]:
                    done.result()
            seconds = time.monotonic() - started
            struck = sum(count for *_, count in registry.faults.counts())
            late = sum(count for rule, _, count in registry.faults.counts()
                       if rule.milliseconds > timeout * 1000)  # fmt: skip
            registry.faults.replace(())
        if spoil:
            spoil_storage(registry.context.s3, bucket, ledger)
        problems = audit(registry.context.s3, bucket, ledger)
        problems += _check_users(registry, ledger)
        share = struck / max(1, registry.log.total())
    return _report(backend, ledger, problems, seconds, share, late=late)


def spoil_storage(s3: Any, bucket: str, ledger: Ledger) -> None:
    """Break what the audit must notice; this tests the audit."""
    written = [w for w in ledger.writes if w.outcome is Outcome.WRITTEN and w.deleted is None]
    twice, changed, unplanned = written[:3]
    pointers = f".quilt/named_packages/{twice.package}"
    s3.put_object(Bucket=bucket, Key=f"{pointers}/1", Body=str(twice.top_hash).encode())
    s3.put_object(Bucket=bucket, Key=f"{pointers}/latest", Body=str(changed.top_hash).encode())
    ledger.writes.remove(unplanned)
    changed.entries = dict.fromkeys(changed.entries, b"something else")


def _worker(
    registry: LocalRegistry, ops: QuiltOps, bucket: str, number: int, ledger: Ledger, seed: int
) -> Worker:
    objects = {}
    for index in range(OBJECTS):
        content = f"content {index} of worker {number}\n".encode() * (index + 1)
        key = f"objects/{number}/ö {index}"
        registry.context.s3.put_object(Bucket=bucket, Key=key, Body=content)
        objects[quilt_core.S3Uri(bucket, key).url] = content
    return Worker(
        number=number,
        ops=ops,
        bucket=bucket,
        objects=objects,
        ledger=ledger,
        rng=random.Random(seed * 1000 + number),
    )


def _check_users(registry: LocalRegistry, ledger: Ledger) -> list[str]:
    users = registry.context.state.users
    problems = []
    for name, outcome in ledger.users.items():
        there = users.get(name) is not None
        if outcome is Outcome.WRITTEN and not there:
            problems.append(f"the user {name} was created and is not there")
        if outcome is Outcome.FAILED and there:
            problems.append(f"the user {name} was certainly not created and is there")
    return problems


def _report(
    backend: str, ledger: Ledger, problems: list[str], seconds: float, share: float, *, late: int
) -> int:
    outcomes = {one: sum(w.outcome is one for w in ledger.writes) for one in Outcome}
    calls = sum(ledger.calls.values())
    failed = ledger.reads_failed / max(1, ledger.reads)
    print(f"{backend}: {calls} calls of {len(ledger.calls)} operations in {seconds:.0f} s, "
          f"{share:.0%} of the requests went wrong")  # fmt: skip
    print("  revisions: " + ", ".join(f"{n} {one.value}" for one, n in outcomes.items()))
    print(f"  reads: {ledger.reads}, of them raised {ledger.reads_failed} ({failed:.3%})")
    print(f"  reads that ran out of time: {ledger.reads_late}; answers that came too late: {late}")
    for (operation, error), count in ledger.errors.most_common(12):
        print(f"  {count:5} x {operation}: {error}")
    for error, count in ledger.read_errors.most_common(5):
        print(f"  {count:5} x reads: {error}")
    too_many = ledger.reads_failed > max(2, MOST_READS_FAILED * ledger.reads)
    if too_many:
        problems = [*problems, f"{failed:.3%} of the reads failed"]
    # The timeout bounds a request with all its attempts: an answer that comes later costs one read.
    if ledger.reads_late > late:
        problems = [
            *problems,
            f"{ledger.reads_late} reads ran out of time, {late} answers were late",
        ]
    for problem in problems[:20]:
        print(f"  WRONG: {problem}")
    print(f"  {len(problems)} problems")
    return 1 if problems else 0


def main() -> None:
    """Run one campaign per backend."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--backend", action="append", choices=["platform", "quilt3"])
    parser.add_argument("--operations", type=int, default=10_000)
    parser.add_argument("--workers", type=int, default=16)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--hurry", action="store_true")
    parser.add_argument("--timeout", type=float, default=5.0, help="seconds per request")
    parser.add_argument("--spoil", action="store_true", help="spoil storage: must fail")
    options = parser.parse_args()
    os.environ["XDG_DATA_HOME"] = tempfile.mkdtemp()  # without a login of this machine's user
    if options.hurry:
        hurry()
    backends = options.backend or ["platform", "quilt3"]
    codes = [
        run(
            one,
            options.operations,
            options.workers,
            options.seed,
            quick=options.hurry,
            timeout=options.timeout,
            spoil=options.spoil,
        )
        for one in backends
    ]
    sys.exit(max(codes))


if __name__ == "__main__":
    main()
