"""How time and memory grow with entries and packages: the exponent of each, for docs/scaling.md.

python benchmarks/growth.py [--entries N] [--updates N] [--packages N] [--backend NAME] [--write]

Packages of 1,000 to N entries, and registries of 10 to N packages, are written straight into the
local registry's S3. Time is the CPU time of our process alone: the registry runs in another
process, and other work on the machine has as little influence as possible. Memory is the most that
a call used beyond what the process already had. Anything below 4 MB, which the buffers of a stream
use, counts as 4 MB, and a time below 5 ms counts as 5 ms.

The exponent is the slope of the logarithms over the two largest decades, where the fixed cost of a
call no longer hides it. `--write` writes the tables of docs/scaling.md as well.
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
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent))
from local_registry import LocalRegistry, RegistryConfig
from local_registry.config import Limits
from manifests import many_entries
from measure import Row, print_table
from results import write_between

from quilt_core.domain.names import PackageName
from quilt_core.manifest import ManifestHeader, write_manifest
from quilt_core.manifest.layout import manifest_key, pointer_key

_BUCKET = "demo-data"
_OBJECT = "penguins/README.md"
_BACKENDS = ("platform", "quilt3")
_UPDATES = {"platform": 100_000}
"""The most entries of a package that is updated, where the registry takes minutes for more: its
graphql-core checks each field of each entry that it is sent."""
_NOTE = """Updates on the platform backend are measured up to 100,000 entries: the local registry
takes minutes to check and write 1,000,000 (`packages.py` measures one such update)."""
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
# What is written is written once, after a small one for the late imports.
if not repeat:
    measured(*calls[0])
for call in calls:
    turns = [measured(*call) for _ in range(repeat + 1)]
    counted = turns[1:] or turns
    print(json.dumps([min(turn[part] for turn in counted) for part in (0, 1)]), flush=True)
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
class Growth:
    """How the time or the memory of an operation grew."""

    backend: str
    operation: str
    kind: str
    claim: str
    shown: str
    exponent: float

    @property
    def met(self) -> bool:
        """Whether it grows no faster than it is said to."""
        return self.exponent <= _MOST[self.claim]

    @property
    def row(self) -> Row:
        """The row of the benchmark's own table."""
        return Row(
            what=f"{self.backend}: {self.operation}, {self.kind}",
            ours=self.shown,
            limit=f"{self.claim}: exponent {1 if self.claim == 'linear' else 0}",
            result=f"{self.exponent:.2f}",
            goal=f"≤ {_MOST[self.claim]}",
            met=self.met,
        )


@dataclass(frozen=True)
class Place:
    """The local registry, as a backend reaches it."""

    backend: str
    environment: Mapping[str, str]

    def measure(self, calls: list[Any], repeat: int) -> list[list[float]]:
        """The CPU seconds and bytes of memory of each call, in a process of its own."""
        with tempfile.TemporaryDirectory() as home:
            done = subprocess.run(
                [sys.executable, "-c", _MEASURE,
                 json.dumps([self.backend, f"s3://{_BUCKET}", calls, repeat])],
                env={"PATH": os.environ["PATH"], "HOME": home, **self.environment},
                capture_output=True, text=True, check=False,
            )  # fmt: skip
        if done.returncode:
            raise SystemExit(done.stderr[-2000:])
        return [json.loads(line) for line in done.stdout.splitlines()]


class Store:
    """Writes packages straight into the local registry's S3."""

    def __init__(self, registry: LocalRegistry) -> None:
        self._s3 = registry.context.s3
        version = self._s3.head_object(Bucket=_BUCKET, Key=_OBJECT)["VersionId"]
        # The physical key of all entries names a version, so that no backend looks it up.
        self._physical_key = f"s3://{_BUCKET}/{_OBJECT}?versionId={version}"

    def publish(self, name: str, count: int, changes: int) -> str:
        """Publish a package; every 1000th entry depends on `changes`. Returns its top hash."""
        manifest = io.BytesIO()
        entries = many_entries(count, changes, self._physical_key)
        top_hash = write_manifest(ManifestHeader(user_meta={"n": count}), [], entries, manifest)
        self._put(manifest_key(top_hash), manifest.getvalue())
        self.point(PackageName.parse(name), top_hash)
        return top_hash

    def point(self, name: PackageName, top_hash: str) -> None:
        """Make a revision the latest of a package."""
        for pointer in ("1600000000", "latest"):
            self._put(pointer_key(name, pointer), top_hash.encode())

    def _put(self, key: str, content: bytes) -> None:
        self._s3.put_object(Bucket=_BUCKET, Key=key, Body=content)


def of_entries(backend: str) -> tuple[Operation, ...]:
    """Operations on a package of many entries; `{}` stands for its name."""
    reads_all = "constant" if backend == "platform" else "linear"
    package, other, deep = "{}", "{}-other", (("recursive", True),)
    source = f"s3://{_BUCKET}/{_OBJECT}"
    file = "d00000/file-00000000.parquet"
    return (
        Operation("description", "get_package_info", (package,), reads_all, "constant"),
        Operation("metadata", "get_package_metadata", (package,), "constant", "constant"),
        Operation(
            "a directory", "browse_content", (package, None, "d00000"), reads_all, "constant"
        ),
        Operation("content URL", "get_content_url", (package, None, file), reads_all, "constant"),
        Operation("all entries", "browse_content", (package,), "linear", "constant", deep),
        Operation("diff", "diff_packages", (package, other), "linear", "constant"),
        Operation(
            "update",
            "update_package_revision",
            (package, [source]),
            "linear",
            "constant",
            writes=True,
        ),
    )


def of_packages() -> tuple[Operation, ...]:
    """Operations on a registry of many packages."""
    one, hits, source = ("many/p0",), ("", None), f"s3://{_BUCKET}/{_OBJECT}"
    flat = "constant", "constant"
    return (
        Operation("list the packages", "list_all_packages", (), "linear", "linear"),
        Operation("search, ten hits", "search_packages", hits, *flat, (("limit", 10),)),
        Operation("describe a package", "get_package_info", one, *flat),
        Operation("versions of a package", "list_package_versions", one, *flat),
        Operation("create a package", "create_package_revision", ("new/one", [source]), *flat),
    )


def growth_of(
    backend: str, operation: Operation, sizes: Sequence[int], found: Sequence[Sequence[float]]
) -> Iterator[Growth]:
    """How the time and the memory grew; nothing where there is only one size."""
    if len(sizes) < 2:
        return
    parts = (
        ("time", operation.time, [one[0] for one in found], 5e-3, "{:.3g} s", 1.0),
        ("memory", operation.memory, [one[1] for one in found], 4e6, "{:.0f} MB", 1e-6),
    )
    for kind, claim, values, floor, form, scale in parts:
        shown = ", ".join(form.format(value * scale) for value in values)
        yield Growth(backend, operation.what, kind, claim, shown, exponent(sizes, values, floor))


def by_entries(place: Place, sizes: Sequence[int], updates: int, repeat: int) -> Iterator[Growth]:
    """How the number of entries affects each operation."""
    most = min(updates, _UPDATES.get(place.backend, updates))
    for operation in of_entries(place.backend):
        here = [size for size in sizes if not operation.writes or size <= most]
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
        found = place.measure(calls, 0 if operation.writes else repeat)
        yield from growth_of(place.backend, operation, here, found)


def by_packages(
    store: Store, places: Sequence[Place], sizes: Sequence[int], top_hash: str, repeat: int
) -> Iterator[Growth]:
    """How the number of packages affects each operation; all have the same entries."""
    found: dict[str, list[list[list[float]]]] = {place.backend: [] for place in places}
    calls = [[one.name, list(one.arguments), dict(one.options)] for one in of_packages()]
    for before, size in zip([0, *sizes], sizes, strict=False):
        for number in range(before, size):
            store.point(PackageName("many", f"p{number}"), top_hash)
        for place in places:
            found[place.backend].append(place.measure(calls, repeat))
    for backend, values in found.items():
        for operation, ones in zip(of_packages(), zip(*values, strict=True), strict=True):
            yield from growth_of(backend, operation, sizes, ones)


def table(heading: str, found: Sequence[Growth]) -> str:
    """A table of docs/scaling.md: one line per operation and backend."""
    lines = [
        f"{heading}\n",
        "| operation | time | grows | exponent | memory | grows | exponent |",
        "|---|---:|---|---:|---:|---|---:|",
    ]
    for seconds, memory in zip(found[::2], found[1::2], strict=True):
        cells = [f"{seconds.operation}, `{seconds.backend}`"]
        for one in (seconds, memory):
            cells += [one.shown, one.claim, f"{one.exponent:.2f}" + ("" if one.met else " (above)")]
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines)


def main(arguments: Sequence[str] | None = None) -> bool:
    """Measure, print the tables, and return whether the goals are met."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--backend", action="append", choices=_BACKENDS)
    parser.add_argument("--entries", type=int, default=1_000_000, help="a power of ten")
    parser.add_argument("--updates", type=int, default=1_000_000, help="most entries to update")
    parser.add_argument("--packages", type=int, default=10_000, help="a power of ten")
    parser.add_argument("--repeat", type=int, default=2, help="calls, of which the best counts")
    parser.add_argument("--write", action="store_true", help="write docs/scaling.md as well")
    options = parser.parse_args(arguments)
    sizes, counts = decades(1_000, options.entries), decades(10, options.packages)
    # An update sends all entries: as many bytes as the manifest has, in one request.
    config = RegistryConfig(seed="demo", limits=Limits(body_bytes=2**30))
    with LocalRegistry(config) as registry:
        store = Store(registry)
        environment = registry.client_env("writer", bucket=_BUCKET)
        places = [Place(one, environment) for one in options.backend or _BACKENDS]
        small = store.publish("many/small", 1_000, 0)
        # First: what comes later are other packages, of which a listing would tell as well.
        packages = list(by_packages(store, places, counts, small, options.repeat))
        for size in sizes:
            for changes, suffix in enumerate(("", "-other")):
                store.publish(f"many/e{size}{suffix}", size, changes)
        entries = [
            one
            for place in places
            for one in by_entries(place, sizes, options.updates, options.repeat)
        ]
    how = (
        (f"With entries, 1,000 to {options.entries:,}", entries, _NOTE),
        (f"With packages, 10 to {options.packages:,}", packages, ""),
    )
    good = [print_table(title, [one.row for one in found], note) for title, found, note in how]
    if options.write:
        texts = [
            table(f"{title}:", found) + (f"\n\n{note}" if note else "")
            for title, found, note in how
        ]
        write_between("growth.py", "\n\n".join(texts))
    return all(good)


if __name__ == "__main__":
    sys.exit(0 if main() else 1)
