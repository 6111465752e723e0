"""Packages of many entries: each operation's time, memory and answer, against the peer's backends.

python benchmarks/packages.py --peer-python PATH [--entries N] [--limit SECONDS]

The package is in the local registry's S3, written without any backend; each call has a time limit.
Memory is the most that the call used beyond what the process already had. The better of two calls
counts: caches fill, and a machine may have swapped out what was not used for seconds. The limit is
the time that the registry takes to answer our requests and, where a whole manifest is needed, a
plain read of it in the same run.
"""

from __future__ import annotations

import argparse
import io
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent))
from local_registry import LocalRegistry, RegistryConfig
from local_registry.config import Limits
from manifests import many_entries
from measure import Row, print_table
from round_trips import BUCKET, REGISTRY, Worker, warm_up

from quilt_core.domain.names import PackageName
from quilt_core.manifest import ManifestHeader, write_manifest
from quilt_core.manifest.layout import manifest_key, pointer_key

NAME = "bench/many"
OTHER = "bench/other"
_GOAL = 10
_MANIFESTS = {
    "platform": {"diff": 2},
    "quilt3": {"browse the root": 1, "browse a directory": 1, "diff": 2, "update": 1},
}
"""How many whole manifests an operation needs; for most, the platform's registry reads them."""


def publish(registry: LocalRegistry, name: str, count: int, changes: int) -> str:
    """Write a package straight into S3; returns the manifest's key."""
    manifest = io.BytesIO()
    header = ManifestHeader(message="Many", user_meta={"n": count})
    top_hash = write_manifest(header, [], many_entries(count, changes), manifest)
    s3 = registry.s3_client()
    s3.put_object(Bucket=BUCKET, Key=manifest_key(top_hash), Body=manifest.getvalue())
    for pointer in ("1600000000", "latest"):
        key = pointer_key(PackageName.parse(name), pointer)
        s3.put_object(Bucket=BUCKET, Key=key, Body=top_hash.encode())
    return manifest_key(top_hash)


def read_plainly(registry: LocalRegistry, key: str) -> tuple[int, float]:
    """Read an object with boto3 alone; returns bytes and seconds."""
    s3 = registry.s3_client()
    s3.head_object(Bucket=BUCKET, Key=key)  # imports, and opens a connection
    start = time.perf_counter()
    size = len(s3.get_object(Bucket=BUCKET, Key=key)["Body"].read())
    return size, time.perf_counter() - start


def operations(count: int) -> Iterator[tuple[str, tuple[str, list[Any]], int | None]]:
    """What is called, and how large the right answer is where that is known."""
    note = f"{REGISTRY}/penguins/README.md"
    directories = -(-count // 1000)
    yield "metadata", ("get_package_metadata", [NAME, REGISTRY]), 1
    yield "browse the root", ("browse_content", [NAME, REGISTRY]), directories
    yield "browse a directory", ("browse_content", [NAME, REGISTRY, "d00001"]), 1000
    yield "diff", ("diff_packages", [NAME, OTHER, REGISTRY]), None
    yield "update", ("update_package_revision", [NAME, [note], REGISTRY, {}, "One more"]), None


def main(arguments: Sequence[str] | None = None) -> bool:
    """Measure, print the table, and return whether the goals are met."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--peer-python", required=True, help="an interpreter with quilt-mcp 0.22")
    parser.add_argument("--backend", action="append", choices=["platform", "quilt3"])
    parser.add_argument("--entries", type=int, default=100_000)
    parser.add_argument("--limit", type=float, default=60, help="seconds that a call may take")
    options = parser.parse_args(arguments)
    rows: list[Row] = []
    for backend in options.backend or ["platform", "quilt3"]:
        rows += measure(backend, options)
    return print_table(f"Packages of {options.entries:,} entries, peer: quilt-mcp", rows)


def measure(backend: str, options: argparse.Namespace) -> list[Row]:
    """The rows of one backend, on a registry of its own."""
    # An update sends all entries: as many bytes as the manifest has, in one request.
    limits = Limits(body_bytes=2**30)
    config = RegistryConfig(seed="demo", schema="2026-01", limits=limits)
    with LocalRegistry(config) as registry, ExitStack() as stack:
        for changes, name in enumerate((NAME, OTHER)):
            key = publish(registry, name, options.entries, changes)
        ours = Worker(sys.executable, "quilt_core", backend, registry, options.limit)
        peer = Worker(options.peer_python, "quilt_mcp", backend, registry, options.limit)
        for one in (ours, peer):
            stack.callback(one.close)
            warm_up(one)
        return list(compare(backend, ours, peer, options.entries, read_plainly(registry, key)))


def compare(
    backend: str, ours: Worker, peer: Worker, count: int, plain: tuple[int, float]
) -> Iterator[Row]:
    """One row per operation; `plain` is what `read_plainly` measured."""
    for what, call, size in operations(count):
        times = 1 if what == "update" else 2
        here, there = (
            min((one.call(call) for _ in range(times)), key=lambda answer: answer["seconds"])
            for one in (ours, peer)
        )
        good, right = _is_right(here, size), _is_right(there, size)
        ratio = there["seconds"] / here["seconds"]
        yield Row(
            what=f"{backend}: {what}",
            ours=_shown(here, good),
            peer=_shown(there, right),
            result=f"{ratio:.1f}×" if good and right else "",
            goal=f"≥ {_GOAL}×",
            met=good and (not right or ratio >= _GOAL),
            limit=_limit(here, _MANIFESTS[backend].get(what, 0), plain),
        )


def _limit(answer: dict[str, Any], manifests: int, plain: tuple[int, float]) -> str:
    requests = answer["requests"]
    limit = f"{requests} request{'' if requests == 1 else 's'}"
    if not manifests:
        return f"{limit}, the registry {answer['registry']:.2f} s"
    size, seconds = plain
    return f"{limit}, reading {manifests * size / 1e6:,.0f} MB {manifests * seconds:.2f} s"


def _is_right(answer: dict[str, Any], size: int | None) -> bool:
    return "error" not in answer and size in (None, answer["size"])


def _shown(answer: dict[str, Any], right: bool) -> str:
    cost = f"{answer['seconds']:.2f} s, {answer['growth'] / 1e6:.0f} MB"
    if answer["registry"] >= 1:
        cost += f", of which the registry {answer['registry']:.2f} s"
    if right:
        return cost
    return f"{_wrong(answer)} ({cost})"


def _wrong(answer: dict[str, Any]) -> str:
    return f"fails: {answer['error'][:60]}" if "error" in answer else "another answer"


if __name__ == "__main__":
    sys.exit(0 if main() else 1)
