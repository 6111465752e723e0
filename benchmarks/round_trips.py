"""Every operation at 50 ms latency: requests and time, against the peer's backends.

python benchmarks/round_trips.py [--peer-python PATH] [--latency MS]

All backends talk to one local registry, which serves the state of the schema for which the peer's
search was written (2026-01). Each backend has carried out everything once before. The limit is the
number of requests with which an operation can do what it promises (`fewest.py`).
"""

from __future__ import annotations

import argparse
import json
import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Container, Iterator, Sequence
from contextlib import ExitStack, closing
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent))
from fewest import FEWEST
from local_registry import LocalRegistry, RegistryConfig
from local_registry.faults import FaultRule
from measure import Row, print_table

BUCKET = "demo-data"
REGISTRY = f"s3://{BUCKET}"
FILES = ("README.md", "LICENSE.md", "data/penguins.csv", "data/by-island/biscoe.csv")
URIS = [f"{REGISTRY}/penguins/{name}" for name in FILES]
SCHEMA = "2026-01"
PEER_GOALS = {"quilt3": 3.0}
"""How many times as fast as the peer. There is none for the platform backend: the peer's makes one
request for most operations, as ours does, and one fewer where it checks nothing before it writes,
and no client can be faster than its requests."""
_NOTE = """The limit of an operation is the fewest requests that the protocol allows, and why: tests
assert that ours makes no more (`benchmarks/fewest.py`). Where the peer makes fewer, the row says
what it does without. Each backend has carried out everything once before."""
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
        self._errors = (Path(self._home.name) / "errors").open("w+", encoding="utf-8")
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
            stderr=self._errors, text=True,
        )  # fmt: skip

    def call(self, *calls: tuple[str, list[Any]]) -> dict[str, Any]:
        """The results of the calls: seconds, requests, and the size of the answer or the error.

        `registry` is how many of the seconds the registry took, between the last byte of a request
        and the first byte of its answer.

        A process that has not answered after `limit` seconds is stopped, and a new one started. One
        that ends by itself ends the benchmark.
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
            if self._process.wait() != -signal.SIGKILL:
                self._errors.seek(0)
                raise SystemExit(f"{self.name} ended: {self._errors.read()[-2000:]}")
            self._start()
            error = f"no answer within {self._limit:g} s"
            line = json.dumps(
                {"seconds": self._limit, "error": error, "growth": 0, "cpu": 0, "late": True}
            )
        answer: dict[str, Any] = json.loads(line)
        busy = sum(one.milliseconds for one in self._registry.log.requests()) / 1000
        return {**answer, "requests": self._registry.log.total(), "registry": busy}

    def close(self) -> None:
        assert self._process.stdin
        self._process.stdin.close()
        self._process.wait(timeout=30)
        self._errors.close()
        self._home.cleanup()


def warm_up(worker: Worker, package: str = "", only: Container[str] = ()) -> None:
    """Let a backend log in, do its late imports, and learn the registry's schema.

    Carries out all operations on a package of its own, or only some on one that is there.
    """
    for what, call in operations(package or f"{worker.package}_warm"):
        if not only or what in only:
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
    yield "delete", ("delete_package", [package, REGISTRY])


def main(arguments: Sequence[str] | None = None) -> bool:
    """Measure, print the table, and return whether the goals are met."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--peer-python", help="an interpreter with quilt-mcp 0.22; without: ours")
    parser.add_argument("--latency", type=float, default=50, help="milliseconds")
    options = parser.parse_args(arguments)
    latency = FaultRule(kind="latency", milliseconds=options.latency)
    programs = {"quilt_core": sys.executable}
    if options.peer_python:
        programs["quilt_mcp"] = options.peer_python
    with LocalRegistry(RegistryConfig(seed="demo", control=True, schema=SCHEMA)) as registry:
        rows: list[Row] = []
        with ExitStack() as stack:
            workers = {
                backend: [
                    stack.enter_context(closing(Worker(python, where, backend, registry)))
                    for where, python in programs.items()
                ]
                for backend in ("platform", "quilt3")
            }
            for backend, clients in workers.items():
                for one in clients:
                    warm_up(one)
                registry.faults.replace([latency])
                rows += compare(backend, options.latency / 1000, *clients)
                registry.faults.replace([])
    return print_table(f"{options.latency:g} ms latency, peer: quilt-mcp", rows, _NOTE)


def compare(
    backend: str, latency: float, ours: Worker, peer: Worker | None = None
) -> Iterator[Row]:
    """One row per operation, and one for all of them together."""
    here_in_all = there_in_all = alike = 0.0
    requests = requests_alike = 0
    for what, mine in operations(ours.package):
        if what == "update":
            # Pointers are named after the second: an update in the second of the creation waits
            # here, and overwrites the pointer at the peer.
            time.sleep(1.1)
        here = ours.call(mine)
        there = peer.call(dict(operations(peer.package))[what]) if peer else {"error": ""}
        if "error" in here:
            raise SystemExit(f"{what}: {here['error']}")
        fewest, failed = FEWEST[backend, what], "error" in there
        here_in_all, requests = here_in_all + here["seconds"], requests + here["requests"]
        if not failed:
            alike, there_in_all = alike + here["seconds"], there_in_all + there["seconds"]
            requests_alike += here["requests"]
        fewer = not failed and there["requests"] < here["requests"]
        yield Row(
            what=f"{backend}: {what}",
            ours=shown(here),
            peer=("fails" if peer else "") if failed else shown(there),
            result="" if failed else f"{there['seconds'] / here['seconds']:.1f}×",
            goal="the fewest",
            met=here["requests"] <= fewest.requests and (not fewer or bool(fewest.peer_loses)),
            limit=f"{fewest.requests}: {fewest.why}"
            + (f". The peer {fewest.peer_loses}" if fewer else ""),
        )
    lower = requests * latency
    yield Row(
        what=f"{backend}: all",
        ours=f"{requests} requests, {here_in_all:.2f} s",
        limit=f"{lower:.2f} s of latency, one request after the other",
        result=f"{here_in_all / lower:.1f}× the latency",
    )
    if peer:
        goal = PEER_GOALS.get(backend)
        yield Row(
            what=f"{backend}: all that both can do",
            ours=f"{alike:.2f} s",
            peer=f"{there_in_all:.2f} s",
            limit=f"{requests_alike * latency:.2f} s of latency",
            result=f"{there_in_all / alike:.1f}×",
            goal="" if goal is None else f"≥ {goal:g}×",
            met=None if goal is None else there_in_all >= goal * alike,
        )


def shown(answer: dict[str, Any]) -> str:
    """Requests and seconds."""
    requests = answer["requests"]
    return f"{requests} request{'' if requests == 1 else 's'}, {answer['seconds']:.2f} s"


if __name__ == "__main__":
    sys.exit(0 if main() else 1)
