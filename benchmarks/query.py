"""SQL over 1,000 packages with 1,000,000 entries in all, against the loop that people write.

python benchmarks/query.py [--packages N] [--entries N]

The packages are in a folder. Each measurement runs in a process of its own, so that its peak memory
can be told apart: the largest resident set that Linux reports (VmHWM), interpreter and libraries
included.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
from measure import Row, print_table

from quilt_core.domain.names import PackageName
from quilt_core.manifest import EntryHash, ManifestEntry, ManifestHeader, write_manifest
from quilt_core.manifest.layout import LATEST, manifest_key, pointer_key

_MEASURE = """
import json, os, sys, time
os.environ["QUILT_DISABLE_USAGE_METRICS"] = "1"
import quilt_core
ops = quilt_core.connect("quilt3", registry="file://" + sys.argv[1])
start, began = time.perf_counter(), time.process_time()
{work}
work = time.process_time() - began
seconds = time.perf_counter() - start
status = dict(line.split(":", 1) for line in open("/proc/self/status"))
peak = int(status["VmHWM"].split()[0]) * 1024
print(json.dumps({{"answer": answer, "seconds": seconds, "work": work, "peak": peak}}))
"""
_NOTE = """The first query reads every manifest and fills the cache; the next ones list the pointers
and read what is new. Memory is the peak of the process, its libraries included."""
_SQL = """
rows = ops.query('''
    SELECT t.pkg_name, sum(e.size) FROM "data_package_tag" t
    JOIN "data_package_entry" e ON e.top_hash = t.top_hash
    WHERE t.tag_name = 'latest' AND e.logical_key LIKE '%77.csv' GROUP BY 1
''')
answer = sum(size for _, size in rows)
"""
_SQL_AGAIN = f"""{_SQL}
start, began = time.perf_counter(), time.process_time()
{_SQL}"""
_BYTES = """
from pathlib import Path
answer = sum(len(path.read_bytes()) for path in Path(sys.argv[1]).rglob("*") if path.is_file())
"""
_LOOP = """
answer = 0
for name in ops.list_all_packages():
    for item in ops.browse_content(name, recursive=True):
        if item.path.endswith("77.csv"):
            answer += item.size
"""


def write_packages(registry: Path, packages: int, entries: int) -> None:
    """Publish packages with the given number of entries each, without any backend."""
    for number in range(packages):
        top_hash = f"{number:064x}"
        path = registry / manifest_key(top_hash)
        path.parent.mkdir(parents=True, exist_ok=True)
        files = (
            ManifestEntry(
                logical_key=f"run/{one:06}.csv",
                physical_key=f"s3://bucket/run/{number}/{one}.csv?versionId=v{one}",
                size=one,
                hash=EntryHash("sha2-256-chunked", f"{number * entries + one:064x}"),
                meta={"user_meta": {"n": one}},
            )
            for one in range(entries)
        )
        with path.open("wb") as sink:
            write_manifest(ManifestHeader(message="made"), [], files, sink)
        name = PackageName("team", f"package{number:05}")
        for pointer in (str(1_700_000_000 + number), LATEST):
            at = registry / pointer_key(name, pointer)
            at.parent.mkdir(parents=True, exist_ok=True)
            at.write_text(top_hash)
            os.utime(at, (1_700_000_000, 1_700_000_000))


def main(arguments: Sequence[str] | None = None) -> bool:
    """Measure, print the table, and return whether the goals are met."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--packages", type=int, default=1000)
    parser.add_argument("--entries", type=int, default=1000, help="of each package")
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as folder:
        registry = Path(folder) / "data"
        write_packages(registry, options.packages, options.entries)
        cache = Path(folder) / "cache"
        first, later, then = (_run(sql, registry, cache) for sql in (_SQL, _SQL, _SQL_AGAIN))
        loop, read = _run(_LOOP, registry, cache), _run(_BYTES, registry, cache)
    if not first["answer"] == then["answer"] == loop["answer"]:
        raise SystemExit(f"The answers differ: {first}, {then}, {loop}")
    plan = [
        ("first query, time", first, "seconds", 20.0),
        ("next query, time", then, "seconds", 1.0),
        ("first query, time of processors", first, "work", None),
        ("first query of a later process, time", later, "seconds", None),
        ("next query, time of processors", then, "work", None),
        ("first query, peak memory", first, "peak", 500.0),
        ("next query, peak memory", then, "peak", 500.0),
    ]
    rows = [_row(what, part, (ours, loop, read), goal) for what, ours, part, goal in plan]
    total = options.packages * options.entries
    return print_table(
        f"SQL over {options.packages:,} packages with {total:,} entries, "
        "peer: a loop over browse_content",
        rows,
        _NOTE,
    )


def _run(work: str, registry: Path, cache: Path) -> dict[str, float]:
    done = subprocess.run(
        [sys.executable, "-c", _MEASURE.format(work=work), str(registry)],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "QUILT_CORE_CACHE_DIR": str(cache)},
    )
    if done.returncode:
        raise SystemExit(done.stderr)
    answer: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return answer


def _row(what: str, part: str, measured: Sequence[dict[str, float]], goal: float | None) -> Row:
    """The row for one part of the measurement: ours, the loop, and reading the bytes."""
    unit, scale = ("MB", 1e-6) if part == "peak" else ("s", 1.0)
    ours, peer, limit = (one[part] * scale for one in measured)
    return Row(
        what=what,
        ours=f"{ours:,.4g} {unit}",
        peer=f"{peer:,.4g} {unit}",
        limit=f"reading the bytes once {limit:,.4g} {unit}",
        result=f"{peer / ours:.1f}×",
        goal="" if goal is None else f"< {goal:g} {unit}",
        met=None if goal is None else ours < goal,
    )


if __name__ == "__main__":
    sys.exit(0 if main() else 1)
