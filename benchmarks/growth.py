"""How time and memory grow with entries and packages: the exponent of each, beside docs/scaling.md.

python benchmarks/growth.py [--entries N] [--writes N] [--packages N] [--backend NAME]

Packages of 1,000 to N entries, and registries of 10 to N packages, lie in the local registry's S3.
Time is that of our process's processors alone: the registry runs in another one, and what else
the machine does counts as little as can be. Memory is what a call took at most beyond what the
process had. Below 4 MB, which the buffers of a stream take, it counts as 4 MB, and a time below
5 ms as 5 ms.

The exponent is the slope of the logarithms over the two largest decades, where what a call costs
whatever the size no longer hides it.
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
from collections.abc import Iterator, Sequence
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

BUCKET = "demo-data"
OBJECT = f"s3://{BUCKET}/penguins/README.md"
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


def of_entries(backend: str) -> tuple[Operation, ...]:
    """Operations on a package of many entries; `{}` stands for its name."""
    reads_all = "constant" if backend == "platform" else "linear"
    holds = "linear" if backend == "platform" else "constant"
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
            (package, [OBJECT]),
            "linear",
            "linear",
            writes=True,
        ),
    )


OF_PACKAGES = (
    Operation("list the packages", "list_all_packages", (), "linear", "linear"),
    Operation("describe a package", "get_package_info", ("many/p0",), "constant", "constant"),
    Operation("search, ten hits", "search_packages", ("", None), "constant", "constant",
              (("limit", 10),)),
    Operation("versions of a package", "list_package_versions", ("many/p0",), "constant",
              "constant"),
)  # fmt: skip


def decades(first: int, last: int) -> list[int]:
    """Powers of ten from the one to the other."""
    return [10**power for power in range(round(math.log10(first)), round(math.log10(last)) + 1)]


def exponent(sizes: Sequence[int], values: Sequence[float], floor: float) -> float:
    """The slope of the logarithms over the last three sizes."""
    xs = [math.log10(size) for size in sizes[-3:]]
    ys = [math.log10(max(value, floor)) for value in values[-3:]]
    mean_x, mean_y = sum(xs) / len(xs), sum(ys) / len(ys)
    above = sum((x - mean_x) * (y - mean_y) for x, y in zip(xs, ys, strict=True))
    return above / sum((x - mean_x) ** 2 for x in xs)


def measure(
    registry: LocalRegistry, backend: str, bucket: str, calls: list[Any], repeat: int
) -> list[list[float]]:
    """Seconds of processors and bytes of memory of each call, in a process of its own."""
    with tempfile.TemporaryDirectory() as home:
        done = subprocess.run(
            [sys.executable, "-c", _MEASURE,
             json.dumps([backend, f"s3://{bucket}", calls, repeat])],
            env={"PATH": os.environ["PATH"], "HOME": home,
                 **registry.client_env("writer", bucket=bucket)},
            capture_output=True, text=True, check=False,
        )  # fmt: skip
    if done.returncode:
        raise SystemExit(done.stderr[-2000:])
    return [json.loads(line) for line in done.stdout.splitlines()]


def rows_of(
    backend: str, operation: Operation, sizes: Sequence[int], found: Sequence[Sequence[float]]
) -> Iterator[Row]:
    """A row for the time and one for the memory; none where there is but one size."""
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


def entries_rows(
    registry: LocalRegistry, backend: str, sizes: Sequence[int], writes: int, repeat: int
) -> Iterator[Row]:
    """What the number of entries does to each operation."""
    for operation in of_entries(backend):
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
        found = measure(registry, backend, BUCKET, calls, 1 if operation.writes else repeat)
        yield from rows_of(backend, operation, here, found)


def publish(registry: LocalRegistry, name: str, count: int, changes: int) -> None:
    """Write a package straight into S3; every 1000th entry depends on `changes`."""
    s3, manifest = registry.s3_client(), io.BytesIO()
    version = s3.head_object(Bucket=BUCKET, Key="penguins/README.md")["VersionId"]
    entries = many_entries(count, changes, f"{OBJECT}?versionId={version}")
    top_hash = write_manifest(ManifestHeader(user_meta={"n": count}), [], entries, manifest)
    s3.put_object(Bucket=BUCKET, Key=manifest_key(top_hash), Body=manifest.getvalue())
    for pointer in ("1600000000", "latest"):
        key = pointer_key(PackageName.parse(name), pointer)
        s3.put_object(Bucket=BUCKET, Key=key, Body=top_hash.encode())


def publish_names(registry: LocalRegistry, first: int, last: int) -> None:
    """Publish packages `many/p<n>`, all with the entries of one."""
    s3 = registry.s3_client()
    key = pointer_key(PackageName.parse("many/e1000"), "latest")
    top_hash = s3.get_object(Bucket=BUCKET, Key=key)["Body"].read()

    def publish_one(number: int) -> None:
        name = PackageName("many", f"p{number}")
        for pointer in ("1600000000", "latest"):
            s3.put_object(Bucket=BUCKET, Key=pointer_key(name, pointer), Body=top_hash)

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(publish_one, range(first, last)))


def packages_rows(
    registry: LocalRegistry, backends: Sequence[str], sizes: Sequence[int], repeat: int
) -> Iterator[Row]:
    """What the number of packages does to each operation."""
    found: dict[str, list[list[list[float]]]] = {backend: [] for backend in backends}
    calls = [[one.name, list(one.arguments), dict(one.options)] for one in OF_PACKAGES]
    for before, size in zip([0, *sizes], sizes, strict=False):
        publish_names(registry, before, size)
        for backend in backends:
            found[backend].append(measure(registry, backend, BUCKET, calls, repeat))
    for backend in backends:
        for operation, values in zip(OF_PACKAGES, zip(*found[backend], strict=True), strict=True):
            yield from rows_of(backend, operation, sizes, values)


def main(arguments: Sequence[str] | None = None) -> bool:
    """Measure, print the tables, and say whether the goals are met."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--backend", action="append", choices=["platform", "quilt3"])
    parser.add_argument("--entries", type=int, default=1_000_000, help="a power of ten")
    parser.add_argument("--writes", type=int, default=100_000, help="entries of an update at most")
    parser.add_argument("--packages", type=int, default=10_000, help="a power of ten")
    parser.add_argument("--repeat", type=int, default=2, help="calls, of which the best counts")
    options = parser.parse_args(arguments)
    backends = options.backend or ["platform", "quilt3"]
    entries, packages = decades(1_000, options.entries), decades(10, options.packages)
    # An update sends all entries: as many bytes as the manifest has, in one request.
    config = RegistryConfig(seed="demo", limits=Limits(body_bytes=2**30))
    with LocalRegistry(config) as registry:
        for size in entries:
            for changes, name in enumerate((f"many/e{size}", f"many/e{size}-other")):
                publish(registry, name, size, changes)
        by_entries = [
            row
            for backend in backends
            for row in entries_rows(registry, backend, entries, options.writes, options.repeat)
        ]
        by_packages = list(packages_rows(registry, backends, packages, options.repeat))
    return print_table(f"Growth with entries: {_listed(entries)}", by_entries) & print_table(
        f"Growth with packages: {_listed(packages)}", by_packages
    )


def _listed(sizes: Sequence[int]) -> str:
    return ", ".join(f"{size:,}" for size in sizes)


if __name__ == "__main__":
    sys.exit(0 if main() else 1)
