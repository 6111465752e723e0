"""Every operation at 50 ms latency: requests and time, against the peer's backends.

python benchmarks/round_trips.py --peer-python PATH [--latency MS]

All four backends talk to one local registry, which serves the state of the schema for which the
peer's search was written (2026-01). Each has carried everything out once before.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent))
from local_registry import LocalRegistry, RegistryConfig
from local_registry.faults import FaultRule
from measure import Row, print_table

BUCKET = "demo-data"
REGISTRY = f"s3://{BUCKET}"
FILES = ("README.md", "LICENSE.md", "data/penguins.csv", "data/by-island/biscoe.csv")
URIS = [f"{REGISTRY}/penguins/{name}" for name in FILES]
WORKER = Path(__file__).parent / "worker.py"


class Worker:
    """A backend in a process of its own."""

    def __init__(
        self, python: str, where: str, backend: str, registry: LocalRegistry, limit: float = 60
    ) -> None:
        self._limit = limit
        self.name, self.package = f"{where} {backend}", f"bench/{where}_{backend}"
        self._registry = registry
        self._python, self._where, self._backend = python, where, backend
        self._home = tempfile.TemporaryDirectory()
        self._environment = {
            "PATH": os.environ["PATH"],
            "HOME": self._home.name,
            "BENCH_TOKEN": registry.token("writer"),
            "QUILT_MINIMIZE_STDOUT": "true",
            **registry.client_env("writer", bucket=BUCKET),
        }
        self._start()

    def _start(self) -> None:
        self._process = subprocess.Popen(
            [self._python, str(WORKER), self._where, self._backend],
            env=self._environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL, text=True,
        )  # fmt: skip

    def call(self, *calls: tuple[str, list[Any]]) -> dict[str, Any]:
        """What came of the calls: seconds, requests, and the size of the answer or the error.

        `registry` is how many of the seconds the registry took, between a request's last byte and
        the first one of its answer.

        A process that has not answered after `limit` seconds is stopped, and a new one started.
        """
        assert self._process.stdin and self._process.stdout
        self._registry.log.clear()
        self._process.stdin.write(json.dumps(calls) + "\n")
        self._process.stdin.flush()
        patience = threading.Timer(self._limit, self._process.kill)
        patience.start()
        line = self._process.stdout.readline()
        patience.cancel()
        if not line:
            self._start()
            error = f"no answer within {self._limit:g} s"
            line = json.dumps({"seconds": self._limit, "error": error, "growth": 0})
        answer: dict[str, Any] = json.loads(line)
        busy = sum(one.milliseconds for one in self._registry.log.requests()) / 1000
        return {**answer, "requests": self._registry.log.total(), "registry": busy}

    def close(self) -> None:
        assert self._process.stdin
        self._process.stdin.close()
        self._process.wait(timeout=30)
        self._home.cleanup()


def warm_up(worker: Worker) -> None:
    """Let a backend log in, import what it imports late, and learn the registry's schema."""
    for _, call in operations(f"{worker.package}_warm"):
        worker.call(call)


def operations(package: str) -> Iterator[tuple[str, tuple[str, list[Any]]]]:
    """The operations that the peer has too, in the order of the demonstration's main job."""
    note = f"{REGISTRY}/penguins/data/by-island/dream.csv"
    metadata = {"species": ["Adelie"]}
    yield "create", ("create_package_revision", [package, URIS, metadata, REGISTRY, "First"])
    yield "update", ("update_package_revision", [package, [note], REGISTRY, {"n": 1}, "Second"])
    yield "search", ("search_packages", ["adelie", REGISTRY])
    yield "info", ("get_package_info", [package, REGISTRY])
    yield "metadata", ("get_package_metadata", [package, REGISTRY])
    yield "browse", ("browse_content", [package, REGISTRY])
    yield "diff", ("diff_packages", [package, "palmer/penguins", REGISTRY])
    yield "content URL", ("get_content_url", [package, REGISTRY, "penguins/README.md"])
    yield "buckets", ("list_buckets", [])
    yield "auth status", ("get_auth_status", [])
    yield "delete", ("delete_package", [BUCKET, package])


def main(arguments: Sequence[str] | None = None) -> bool:
    """Measure, print the table, and say whether the goals are met."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--peer-python", required=True, help="an interpreter with quilt-mcp 0.22")
    parser.add_argument("--latency", type=float, default=50, help="milliseconds")
    options = parser.parse_args(arguments)
    latency = FaultRule(kind="latency", milliseconds=options.latency)
    with LocalRegistry(RegistryConfig(seed="demo", control=True, schema="2026-01")) as registry:
        rows = []
        for backend in ("platform", "quilt3"):
            with ExitStack() as stack:
                pair = [
                    Worker(python, where, backend, registry)
                    for python, where in (
                        (sys.executable, "quilt_core"), (options.peer_python, "quilt_mcp"),
                    )
                ]  # fmt: skip
                for one in pair:
                    stack.callback(one.close)
                    warm_up(one)
                registry.faults.replace([latency])
                rows += list(compare(backend, *pair))
                registry.faults.replace([])
    return print_table(f"{options.latency:g} ms latency, peer: quilt-mcp", rows)


def compare(backend: str, ours: Worker, peer: Worker) -> Iterator[Row]:
    """A row per operation, and one for all that both could do."""
    totals = [0.0, 0.0]
    for (what, mine), (_, theirs) in zip(
        operations(ours.package), operations(peer.package), strict=True
    ):
        if what == "update":
            # Pointers are named by the second: an update in the second of the create waits here,
            # and overwrites the pointer there.
            time.sleep(1.1)
        here, there = ours.call(mine), peer.call(theirs)
        if "error" in here:
            raise SystemExit(f"{what}: {here['error']}")
        failed = "error" in there
        if not failed:
            totals = [totals[0] + here["seconds"], totals[1] + there["seconds"]]
        yield Row(
            what=f"{backend}: {what}",
            ours=f"{here['requests']} requests, {here['seconds']:.2f} s",
            peer="fails" if failed else f"{there['requests']} requests, {there['seconds']:.2f} s",
            result="" if failed else f"{there['seconds'] / here['seconds']:.1f}×",
            goal="no more requests",
            met=failed or here["requests"] <= there["requests"],
        )
    yield Row(
        what=f"{backend}: all that both could do",
        ours=f"{totals[0]:.2f} s",
        peer=f"{totals[1]:.2f} s",
        result=f"{totals[1] / totals[0]:.1f}×",
        goal="≥ 3×",
        met=totals[1] >= 3 * totals[0],
    )


if __name__ == "__main__":
    sys.exit(0 if main() else 1)
