"""Packages of many entries: each operation's time, memory and answer, against the peer's backends.

python benchmarks/packages.py --peer-python PATH [--entries N ...] [--limit SECONDS]

The packages are in the local registry's S3, written without any backend. Each call of the peer has
a time limit, and what the peer did not finish with fewer entries it is not asked with more. The
best of five calls counts, or of as many as take five seconds: caches fill, and a machine may have
swapped out what was not used for seconds. The limit is the time that the registry takes to answer
our requests and, where a whole manifest is needed, a plain read of it in the same run.
"""

from __future__ import annotations

import argparse
import gc
import io
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

sys.path.insert(0, str(Path(__file__).parent))
from local_registry import LocalRegistry, RegistryConfig
from local_registry.config import Limits
from manifests import many_entries
from measure import Row, print_table
from round_trips import BUCKET, REGISTRY, SCHEMA, Worker, warm_up

from quilt_core.domain.names import PackageName
from quilt_core.manifest import ManifestHeader, write_manifest
from quilt_core.manifest.layout import manifest_key, pointer_key

_NOTE = """The memory is the most that a call used beyond what the process already had. The
registry reads, checks and writes all entries of an update on the platform backend, most of it in
graphql-core; so the goal of an update is the processor time of our process alone: half of what it
was when all entries were held in memory. The peer's listings of one level on the platform backend
say the paths alone; ours say also how large each directory is and what metadata it has."""
_CALLS = 5
"""How often a read is called."""
_LONG = 5.0
"""Seconds after which no call is repeated."""
_PATIENCE = 900.0
"""Seconds that a call of ours may take."""
_GOALS = {"platform": 1.0, "quilt3": 10.0}
"""How many times as fast as the peer a read is: the peer's platform backend asks the registry the
same question, and the registry's answer is what takes long."""
_HELD = {
    ("platform", 100_000): 2.85,
    ("platform", 1_000_000): 28.0,
    ("quilt3", 100_000): 3.09,
    ("quilt3", 1_000_000): 31.0,
}
"""The processor seconds of an update on 2026-11-23, when all entries were held in memory."""
_UPDATE_MB = {"platform": 150, "quilt3": 300}
"""Megabytes that an update of 1,000,000 entries may need."""
_MANIFESTS = {
    "platform": {"diff": 2},
    "quilt3": {"browse the root": 1, "browse a directory": 1, "diff": 2, "update": 1},
}
"""How many whole manifests an operation needs; for most, the platform's registry reads them."""


def total(answers: Sequence[Mapping[str, Any]]) -> float:
    """The seconds that all calls took."""
    return sum(answer["seconds"] for answer in answers)


class Packages:
    """Packages in the local registry, and one client of each kind for each backend."""

    def __init__(self, registry: LocalRegistry, workers: Mapping[str, Sequence[Worker]]) -> None:
        self._registry, self._workers = registry, workers
        self._too_much: set[tuple[str, str]] = set()

    def rows(self, count: int) -> Iterator[Row]:
        """One row per operation and backend, on packages of this many entries."""
        keys = [self._store(count, changes) for changes in (0, 1)]
        plain = read_plainly(self._registry, keys[0])
        for backend, clients in self._workers.items():
            for number, client in enumerate(clients):
                name = package_of(client, count)
                self._point(name, keys[0])
                self._point(f"{name}-other", keys[1])
                if not number:  # the registry reads a manifest before its first answer
                    client.call(("browse_content", [name, REGISTRY]))
                    # It then searched a million entries for garbage while it answered.
                    gc.collect()
                    gc.freeze()
            for what in operations("", 1):
                here, there = self._measure(backend, what, count)
                yield row(f"{backend}: {what}", backend, what, count, here, there, plain)

    def _measure(self, backend: str, what: str, count: int) -> tuple[Answer, Answer]:
        """What our client and the peer's answer."""
        ours, peer = self._workers[backend]
        found = []
        for client in (ours, peer):
            call, size = operations(package_of(client, count), count)[what]
            if client is peer and (backend, what) in self._too_much:
                found.append(Answer(error="no answer with fewer entries"))
                continue
            answers = [client.call(call)]
            while what != "update" and len(answers) < _CALLS and total(answers) < _LONG:
                answers.append(client.call(call))
            best = min(answers, key=lambda answer: answer["seconds"])
            if best.get("late"):
                self._too_much.add((backend, what))
            found.append(Answer.of(best, size))
        return found[0], found[1]

    def _store(self, count: int, changes: int) -> str:
        """Write a manifest straight into S3; returns its key."""
        manifest = io.BytesIO()
        header = ManifestHeader(message="Many", user_meta={"n": count})
        top_hash = write_manifest(header, [], many_entries(count, changes), manifest)
        self._put(manifest_key(top_hash), manifest.getvalue())
        return manifest_key(top_hash)

    def _point(self, name: str, key: str) -> None:
        """Make a manifest the only revision of a package."""
        for pointer in ("1600000000", "latest"):
            top_hash = key.rpartition("/")[2].encode()
            self._put(pointer_key(PackageName.parse(name), pointer), top_hash)

    def _put(self, key: str, body: bytes) -> None:
        self._registry.context.s3.put_object(Bucket=BUCKET, Key=key, Body=body)


def package_of(client: Worker, count: int) -> str:
    """The package of a client, which only it updates."""
    return f"{client.package}_{count}"


def read_plainly(registry: LocalRegistry, key: str) -> tuple[int, float]:
    """Read an object with boto3 alone; returns bytes and seconds."""
    s3 = registry.s3_client()
    s3.head_object(Bucket=BUCKET, Key=key)  # imports, and opens a connection
    start = time.perf_counter()
    size = len(s3.get_object(Bucket=BUCKET, Key=key)["Body"].read())
    return size, time.perf_counter() - start


def operations(name: str, count: int) -> dict[str, tuple[tuple[str, list[Any]], int | None]]:
    """What is called, and how large the right answer is where that is known."""
    note = f"{REGISTRY}/penguins/README.md"
    directories = -(-count // 1000)
    return {
        "metadata": (("get_package_metadata", [name, REGISTRY]), 1),
        "browse the root": (("browse_content", [name, REGISTRY]), directories),
        "browse a directory": (("browse_content", [name, REGISTRY, "d00001"]), 1000),
        "diff": (("diff_packages", [name, f"{name}-other", REGISTRY]), None),
        "update": (
            ("update_package_revision", [name, [note], REGISTRY, {}, "One more"]),
            None,
        ),
    }


@dataclass(frozen=True)
class Answer:
    """What a client answered, and at which cost."""

    seconds: float = 0.0
    cpu: float = 0.0
    growth: float = 0.0
    requests: int = 0
    registry: float = 0.0
    error: str = ""

    @classmethod
    def of(cls, told: Mapping[str, Any], size: int | None) -> Self:
        """The answer of a worker; `size` is how large the right one is, where that is known."""
        error = " ".join(str(told.get("error", "")).replace("|", "/").split())[:60]
        if not error and size not in (None, told["size"]):
            error = "another answer"
        names = ("seconds", "cpu", "growth", "requests", "registry")
        return cls(**{name: told[name] for name in names}, error=error)

    def __str__(self) -> str:
        if not self.seconds:
            return self.error
        cost = f"{self.seconds:.3g} s, {self.growth / 1e6:.0f} MB"
        if self.registry >= 1:
            cost += f", of which the registry {self.registry:.2f} s"
        return f"{self.error} ({cost})" if self.error else cost


def row(
    name: str,
    backend: str,
    what: str,
    count: int,
    here: Answer,
    there: Answer,
    plain: tuple[int, float],
) -> Row:
    """The row of one operation; `plain` is what `read_plainly` measured."""
    failed = here.error or there.error
    ratio = 0.0 if failed else there.seconds / here.seconds
    ours, result, goal = str(here), "" if failed else f"{ratio:.1f}×", ""
    met: bool | None = None
    if what != "update":
        goal = f"≥ {_GOALS[backend]:g}×"
        met = None if there.error else ratio >= _GOALS[backend]
    elif most := _HELD.get((backend, count), 0) / 2:
        ours += f", CPU {here.cpu:.1f} s"
        goal, met = f"CPU ≤ {most:.2g} s", here.cpu <= most
        if count == 1_000_000:
            goal += f", ≤ {_UPDATE_MB[backend]} MB"
            met = met and here.growth <= _UPDATE_MB[backend] * 1e6
    if here.error:
        ours, goal, met = f"fails: {here}", goal or "an answer", False
    return Row(
        what=name,
        ours=ours,
        peer=f"fails: {there}" if there.error else str(there),
        limit=_limit(here, _MANIFESTS[backend].get(what, 0), plain),
        result=result,
        goal=goal,
        met=met,
    )


def _limit(answer: Answer, manifests: int, plain: tuple[int, float]) -> str:
    limit = f"{answer.requests} request{'' if answer.requests == 1 else 's'}"
    if not manifests:
        return f"{limit}, the registry {answer.registry:.2f} s"
    size, seconds = plain
    return f"{limit}, reading {manifests * size / 1e6:,.0f} MB {manifests * seconds:.2f} s"


def main(arguments: Sequence[str] | None = None) -> bool:
    """Measure, print a table for each size, and return whether the goals are met."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--peer-python", required=True, help="an interpreter with quilt-mcp 0.22")
    parser.add_argument("--backend", action="append", choices=["platform", "quilt3"])
    parser.add_argument("--entries", type=int, nargs="+", default=[100_000, 1_000_000])
    parser.add_argument("--limit", type=float, default=90, help="seconds for a call of the peer")
    options = parser.parse_args(arguments)
    # An update sends all entries: as many bytes as the manifest has, in one request.
    config = RegistryConfig(seed="demo", schema=SCHEMA, limits=Limits(body_bytes=2**30))
    good = True
    with LocalRegistry(config) as registry, ExitStack() as stack:
        kinds = ((sys.executable, "quilt_core", _PATIENCE),
                 (options.peer_python, "quilt_mcp", options.limit))  # fmt: skip
        workers = {
            backend: [
                stack.enter_context(closing(Worker(python, where, backend, registry, limit)))
                for python, where, limit in kinds
            ]
            for backend in options.backend or ["platform", "quilt3"]
        }
        for ours, peer in workers.values():
            warm_up(ours)
            warm_up(peer, "palmer/penguins", ("metadata", "browse", "diff"))
        packages = Packages(registry, workers)
        for count in sorted(options.entries):
            title = f"Packages of {count:,} entries, peer: quilt-mcp"
            good = print_table(title, packages.rows(count), _NOTE) and good
    return good


if __name__ == "__main__":
    sys.exit(0 if main() else 1)
