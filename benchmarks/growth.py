"""How time and memory grow with entries and packages: the exponent of each, beside docs/scaling.md.

python benchmarks/growth.py [--entries N] [--writes N] [--packages N] [--backend NAME]

Packages of 1,000 to N entries, and registries of 10 to N packages, are stored in the local
registry's S3 and in a folder, which the quilt3 backend reads without any registry (`--backend
folder`). Time is the CPU time of our process alone: the registry runs in another process, and other
work on the machine has as little influence as possible. Memory is the most that a call used beyond
what the process already had. Anything below 4 MB, which the buffers of a stream use, counts as 4
MB, and a time below 5 ms counts as 5 ms.

The exponent is the slope of the logarithms over the two largest decades, where the fixed cost of a
call no longer hides it.
"""

from __future__ import annotations

import argparse
import io
import json
import math
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent))
from local_registry import LocalRegistry, RegistryConfig
from local_registry.config import Limits
from manifests import many_entries
from measure import Row, print_table

from quilt_core.domain.names import PackageName
from quilt_core.manifest import ManifestHeader, write_manifest
from quilt_core.manifest.layout import manifest_key, pointer_key

_BUCKET = "demo-data"
_OBJECT = "penguins/README.md"
_BACKENDS = ("folder", "platform", "quilt3")
_MOST = {"constant": 0.1, "linear": 1.05}
"""The largest exponent of each class."""
_MEASURE = """
import json, sys, time
from collections import deque
from pathlib import Path
import quilt_core
backend, registry, calls, repeat = json.loads(sys.argv[1])
# The registry reads a manifest of a million entries before its first answer.
ops = quilt_core.connect(backend, registry=registry, use_quilt3_login=False, timeout=600)
def memory(name):
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) * 1024 for line in lines if line.startswith(name))
def measured(operation, arguments, options):
    Path("/proc/self/clear_refs").write_text("5")
    before, start = memory("VmRSS"), time.process_time()
    answer = getattr(ops, operation)(*arguments, **options)
    if hasattr(answer, "__next__"):
        deque(answer, maxlen=0)
    return time.process_time() - start, max(0, memory("VmHWM") - before)
for call in calls:
    turns = [measured(*call) for _ in range(repeat + 1)]
    print(json.dumps([min(turn[part] for turn in turns[1:]) for part in (0, 1)]), flush=True)
"""


@dataclass(frozen=True)
class Operation:
    """What is called on packages of growing size, and how its time and memory should grow."""

    what: str
    name: str
    arguments: tuple[Any, ...]
    time: str
    memory: str
    options: tuple[tuple[str, Any], ...] = ()
    writes: bool = False


def decades(first: int, last: int) -> list[int]:
    """The powers of ten from one number to the other."""
    return [10**power for power in range(round(math.log10(first)), round(math.log10(last)) + 1)]


def exponent(sizes: Sequence[int], values: Sequence[float], floor: float) -> float:
    """The slope of the logarithms over the last three sizes."""
    xs = [math.log10(size) for size in sizes[-3:]]
    ys = [math.log10(max(value, floor)) for value in values[-3:]]
    mean_x, mean_y = sum(xs) / len(xs), sum(ys) / len(ys)
    above = sum((x - mean_x) * (y - mean_y) for x, y in zip(xs, ys, strict=True))
    return above / sum((x - mean_x) ** 2 for x in xs)


@dataclass(frozen=True)
class Place:
    """A registry of packages, and how our process reaches it."""

    label: str
    backend: str
    registry: str
    """The URI of the package registry."""
    source: str
    """The URI of an object that an update can add."""
    version: str
    """The physical key of all entries; it names a version, so that no backend looks it up."""
    put: Callable[[str, bytes], object]
    """Writes an object with the given key."""
    environment: Mapping[str, str]

    def publish(self, name: str, count: int, changes: int) -> str:
        """Publish a package; every 1000th entry depends on `changes`. Returns its top hash."""
        manifest = io.BytesIO()
        entries = many_entries(count, changes, self.version)
        top_hash = write_manifest(ManifestHeader(user_meta={"n": count}), [], entries, manifest)
        self.put(manifest_key(top_hash), manifest.getvalue())
        self.point(PackageName.parse(name), top_hash)
        return top_hash

    def point(self, name: PackageName, top_hash: str) -> None:
        """Make a revision the latest of a package."""
        for pointer in ("1600000000", "latest"):
            self.put(pointer_key(name, pointer), top_hash.encode())

    def measure(self, calls: list[Any], repeat: int) -> list[list[float]]:
        """The CPU seconds and bytes of memory of each call, in a process of its own."""
        with tempfile.TemporaryDirectory() as home:
            done = subprocess.run(
                [sys.executable, "-c", _MEASURE,
                 json.dumps([self.backend, self.registry, calls, repeat])],
                env={"PATH": os.environ["PATH"], "HOME": home, **self.environment},
                capture_output=True, text=True, check=False,
            )  # fmt: skip
        if done.returncode:
            raise SystemExit(done.stderr[-2000:])
        return [json.loads(line) for line in done.stdout.splitlines()]


def folder_place(folder: Path) -> Place:
    """A registry in a folder."""

    def put(key: str, content: bytes) -> None:
        path = folder / "registry" / key
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)

    source = folder / "one.csv"
    source.write_text("a,b\n")
    return Place(
        label="folder",
        backend="quilt3",
        registry=(folder / "registry").as_uri(),
        source=source.as_uri(),
        version="s3://some-bucket/one.csv?versionId=v1",
        put=put,
        environment={"QUILT_CORE_CACHE_DIR": str(folder / "cache")},
    )


def bucket_place(registry: LocalRegistry, backend: str) -> Place:
    """The local registry's bucket, as a backend reaches it."""
    s3 = registry.s3_client()
    version = s3.head_object(Bucket=_BUCKET, Key=_OBJECT)["VersionId"]
    return Place(
        label=backend,
        backend=backend,
        registry=f"s3://{_BUCKET}",
        source=f"s3://{_BUCKET}/{_OBJECT}",
        version=f"s3://{_BUCKET}/{_OBJECT}?versionId={version}",
        put=lambda key, content: s3.put_object(Bucket=_BUCKET, Key=key, Body=content),
        environment=registry.client_env("writer", bucket=_BUCKET),
    )


def of_entries(place: Place) -> tuple[Operation, ...]:
    """Operations on a package of many entries; `{}` stands for its name."""
    reads_all = "constant" if place.backend == "platform" else "linear"
    holds = "linear" if place.backend == "platform" else "constant"
    package, other, deep = "{}", "{}-other", (("recursive", True),)
    return (
        Operation("metadata", "get_package_metadata", (package,), "constant", "constant"),
        Operation(
            "a directory", "browse_content", (package, None, "d00000"), reads_all, "constant"
        ),
        Operation("all entries", "browse_content", (package,), "linear", holds, deep),
        Operation("diff", "diff_packages", (package, other), "linear", holds),
        Operation(
            "update",
            "update_package_revision",
            (package, [place.source]),
            "linear",
            "linear",
            writes=True,
        ),
    )


def of_packages(place: Place) -> tuple[Operation, ...]:
    """Operations on a registry of many packages; a folder has no index to search in."""
    one, hits = ("many/p0",), ("", None)
    found = "linear" if place.label == "folder" else "constant"
    return (
        Operation("list the packages", "list_all_packages", (), "linear", "linear"),
        Operation("describe a package", "get_package_info", one, "constant", "constant"),
        Operation("search, ten hits", "search_packages", hits, found, found, (("limit", 10),)),
        Operation("versions of a package", "list_package_versions", one, "constant", "constant"),
    )


def rows_of(
    backend: str, operation: Operation, sizes: Sequence[int], found: Sequence[Sequence[float]]
) -> Iterator[Row]:
    """One row for the time and one for the memory; none where there is only one size."""
    if len(sizes) < 2:
        return
    parts = (
        ("time", operation.time, [one[0] for one in found], 5e-3, "{:.3g} s", 1.0),
        ("memory", operation.memory, [one[1] for one in found], 4e6, "{:.0f} MB", 1e-6),
    )
    for kind, claim, values, floor, shown, scale in parts:
        slope = exponent(sizes, values, floor)
        yield Row(
            what=f"{backend}: {operation.what}, {kind}",
            ours=", ".join(shown.format(value * scale) for value in values),
            peer="",
            limit=f"{claim}: exponent {1 if claim == 'linear' else 0}",
            result=f"{slope:.2f}",
            goal=f"≤ {_MOST[claim]}",
            met=slope <= _MOST[claim],
        )


def entries_rows(place: Place, sizes: Sequence[int], writes: int, repeat: int) -> Iterator[Row]:
    """How the number of entries affects each operation."""
    for operation in of_entries(place):
        here = [size for size in sizes if not operation.writes or size <= writes]
        calls = [
            [
                operation.name,
                [
                    one.replace("{}", f"many/e{size}") if isinstance(one, str) else one
                    for one in operation.arguments
                ],
                dict(operation.options),
            ]
            for size in here
        ]
        found = place.measure(calls, 1 if operation.writes else repeat)
        yield from rows_of(place.label, operation, here, found)


def packages_rows(
    places: Sequence[Place], sizes: Sequence[int], top_hash: str, repeat: int
) -> Iterator[Row]:
    """How the number of packages affects each operation; all have the same entries."""
    found: dict[str, list[list[list[float]]]] = {place.label: [] for place in places}
    operations = {place.label: of_packages(place) for place in places}
    for before, size in zip([0, *sizes], sizes, strict=False):
        with ThreadPoolExecutor(8) as pool:
            names = (PackageName("many", f"p{number}") for number in range(before, size))
            list(pool.map(lambda name: places[0].point(name, top_hash), names))
        for place in places:
            calls = [
                [one.name, list(one.arguments), dict(one.options)]
                for one in operations[place.label]
            ]
            found[place.label].append(place.measure(calls, repeat))
    for label, values in found.items():
        for operation, ones in zip(operations[label], zip(*values, strict=True), strict=True):
            yield from rows_of(label, operation, sizes, ones)


def grow(places: Sequence[Place], options: argparse.Namespace) -> tuple[list[Row], list[Row]]:
    """The rows of the places that are one registry: by entries and by packages."""
    entries, packages = decades(1_000, options.entries), decades(10, options.packages)
    for size in entries:
        places[0].publish(f"many/e{size}-other", size, 1)
        top_hash = places[0].publish(f"many/e{size}", size, 0)
    by_entries = [
        row
        for place in places
        for row in entries_rows(place, entries, options.writes, options.repeat)
    ]
    return by_entries, list(packages_rows(places, packages, top_hash, options.repeat))


def main(arguments: Sequence[str] | None = None) -> bool:
    """Measure, print the tables, and return whether the goals are met."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--backend", action="append", choices=_BACKENDS)
    parser.add_argument("--entries", type=int, default=1_000_000, help="a power of ten")
    parser.add_argument("--writes", type=int, default=100_000, help="entries of an update at most")
    parser.add_argument("--packages", type=int, default=10_000, help="a power of ten")
    parser.add_argument("--repeat", type=int, default=2, help="calls, of which the best counts")
    options = parser.parse_args(arguments)
    chosen = options.backend or _BACKENDS
    by_entries: list[Row] = []
    by_packages: list[Row] = []
    if "folder" in chosen:
        with tempfile.TemporaryDirectory() as folder:
            found = grow([folder_place(Path(folder))], options)
        by_entries, by_packages = by_entries + found[0], by_packages + found[1]
    if backends := [one for one in chosen if one != "folder"]:
        # An update sends all entries: as many bytes as the manifest has, in one request.
        config = RegistryConfig(seed="demo", limits=Limits(body_bytes=2**30))
        with LocalRegistry(config) as registry:
            found = grow([bucket_place(registry, one) for one in backends], options)
        by_entries, by_packages = by_entries + found[0], by_packages + found[1]
    good = print_table(f"Growth with entries, 1,000 to {options.entries:,}", by_entries)
    return print_table(f"Growth with packages, 10 to {options.packages:,}", by_packages) and good


if __name__ == "__main__":
    sys.exit(0 if main() else 1)
