"""Manifests of a million entries: compare, hash, read and list, against quilt3.

python benchmarks/manifests.py --peer-python PATH [--entries N] [--repeat N]

Each measurement runs in a process of its own, so that its peak memory can be told apart: the
largest resident set that Linux reports (VmHWM), interpreter and libraries included. The limit of a
time is a plain loop that does only what every solution must do, measured in the same turns; the
limit of memory is an interpreter with the libraries. A peer that takes long takes one turn.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent))
from measure import Row, Sample, print_table

from quilt_core.manifest import EntryHash, ManifestEntry, ManifestHeader, write_manifest

_MEASURE = """
import json, os, sys, time
os.environ["QUILT_DISABLE_USAGE_METRICS"] = "1"
os.environ["QUILT_MINIMIZE_STDOUT"] = "true"
first, second = sys.argv[1:]
{setup}
start = time.perf_counter()
{work}
seconds = time.perf_counter() - start
status = dict(line.split(":", 1) for line in open("/proc/self/status"))
peak = int(status["VmHWM"].split()[0]) * 1024
print(json.dumps({{"answer": answer, "seconds": seconds, "peak": peak}}))
"""
_OURS = {
    "diff": (
        "from quilt_core.manifest import diff_manifests",
        "answer = len(diff_manifests(lambda: open(first, 'rb'), lambda: open(second, 'rb')))",
    ),
    "diff, unsorted": (
        "from quilt_core.manifest import diff_manifests",
        "answer = len(diff_manifests(lambda: open(first, 'rb'), lambda: open(second, 'rb')))",
    ),
    "top hash": (
        "from quilt_core.manifest import compute_top_hash, read_manifest\n"
        "reader = read_manifest(open(first, 'rb'))\n"
        "header, entries = reader.header, list(reader.entries())",
        "answer = compute_top_hash(header, entries)",
    ),
    "read and compute top hash": (
        "from quilt_core.manifest import compute_top_hash, use_entries",
        "answer = use_entries(lambda: open(first, 'rb'), compute_top_hash)",
    ),
    "read": (
        "from quilt_core.manifest import read_manifest",
        "answer = sum(1 for _ in read_manifest(open(first, 'rb')).entries())",
    ),
    "one directory": (
        "from quilt_core.manifest import list_directory, read_manifest",
        "answer = len(list_directory(read_manifest(open(first, 'rb')), 'd00001').files)",
    ),
}
_LOAD = "from quilt3 import Package"
_PEER_DIFF = (
    _LOAD,
    "one, two = (Package.load(open(path, encoding='utf-8')) for path in (first, second))\n"
    "answer = sum(len(part) for part in one.diff(two))",
)
_PEERS = {
    "diff": _PEER_DIFF,
    "diff, unsorted": _PEER_DIFF,
    "top hash": (
        f"{_LOAD}\npackage = Package.load(open(first, encoding='utf-8'))",
        "answer = package.top_hash",
    ),
    "read and compute top hash": (
        _LOAD,
        "answer = Package.load(open(first, encoding='utf-8')).top_hash",
    ),
    "read": (
        _LOAD,
        "answer = sum(1 for _ in Package.load(open(first, encoding='utf-8')).walk())",
    ),
    "one directory": (
        _LOAD,
        "answer = len(list(Package.load(open(first, encoding='utf-8'))['d00001']))",
    ),
}
_BOTH = "one, two = open(first, 'rb'), open(second, 'rb')\n"
_LIMITS = {
    "diff": (
        "comparing the files' bytes",
        "",
        f"{_BOTH}answer = sum(a != b for a, b in iter(lambda: (one.read(65536), two.read(65536)), "
        "(b'', b'')))",
    ),
    "diff, unsorted": (
        "the files' lines as two sets",
        "",
        f"{_BOTH}answer = len({{*one}} ^ {{*two}})",
    ),
    "top hash": (
        "SHA-256 of the file's bytes in memory",
        "import hashlib\ndata = open(first, 'rb').read()",
        "answer = hashlib.sha256(data).hexdigest()",
    ),
    "read and compute top hash": (
        "decoding each line with msgspec, SHA-256 of the lines",
        "import hashlib\nfrom msgspec.json import decode\ndigest = hashlib.sha256()",
        "for line in open(first, 'rb'):\n    decode(line)\n    digest.update(line)\n"
        "answer = digest.hexdigest()",
    ),
    "read": (
        "decoding each line with msgspec",
        "from msgspec.json import decode",
        "answer = sum(1 for line in open(first, 'rb') if decode(line))",
    ),
    "one directory": (
        "looking for the directory's name in each line",
        "",
        "answer = sum(b'd00001/' in line for line in open(first, 'rb'))",
    ),
}
"""What each operation is based on, as a plain loop: a description, the setup, and the loop."""
_LIBRARIES = ("import hashlib, json, msgspec", "answer = 0")
"""The memory that any solution needs."""
_NOTE = """Memory is the peak of a process that does nothing else, its libraries included. For
"top hash" the entries were read before the clock started, and are in memory on both sides; where a
manifest is read as well, memory must not grow with the entries: the row compares it with that for
a tenth of them. Of the time of a top hash, about a quarter is SHA-256 itself. A diff vouches for
what differs, so it passes over regions that are equal byte for byte; one entry in 1,000 differs.
A single value was measured once: a turn of the peer that took more than 5 s was not repeated."""
_LONG = 5.0
"""Seconds after which the peer takes no further turn."""
_TIMES_THE_PEER = {
    "diff": 60.0,
    "diff, unsorted": 6.0,
    "top hash": 8.0,
    "read and compute top hash": 8.0,
}
"""How many times as fast as the peer."""
_TIMES_THE_LIMIT = {"diff": 3.0}
"""How many times as long as the plain loop at most."""
_MEGABYTES = {"diff": 40.0}
"""The peak memory at most."""
_FLAT = ("read and compute top hash", 1.0)
"""What needs no more memory for more entries, but for as many megabytes, which vary by chance."""


def main(arguments: Sequence[str] | None = None) -> bool:
    """Measure, print the table, and return whether the goals are met."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--peer-python", required=True, help="an interpreter with quilt3 8.x")
    parser.add_argument("--entries", type=int, default=1_000_000)
    parser.add_argument("--repeat", type=int, default=3)
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as folder:
        files = write_files(Path(folder), options.entries)
        tenth = Path(folder) / "tenth.jsonl"
        write(tenth, options.entries // 10, 0)
        rows: list[Row] = []
        for what in _OURS:
            rows += compare(what, files[what == "diff, unsorted"], tenth, options)
    return print_table(f"Manifests of {options.entries:,} entries, peer: quilt3", rows, _NOTE)


def write_files(folder: Path, count: int) -> tuple[tuple[Path, Path], tuple[Path, Path]]:
    """Two manifests that differ in every 1000th entry, sorted and unsorted."""
    in_order = folder / "first.jsonl", folder / "second.jsonl"
    for changes, path in enumerate(in_order):
        write(path, count, changes)
    unsorted = folder / "first-unsorted.jsonl", folder / "second-unsorted.jsonl"
    for source, target in zip(in_order, unsorted, strict=True):
        header, *lines = source.read_bytes().splitlines(keepends=True)
        middle = len(lines) // 2
        target.write_bytes(header + b"".join(lines[middle:] + lines[:middle]))
    return in_order, unsorted


def write(path: Path, count: int, changes: int) -> None:
    """Write a manifest."""
    with path.open("wb") as sink:
        write_manifest(ManifestHeader(message="made"), [], many_entries(count, changes), sink)


def many_entries(
    count: int, changes: int, physical_key: str | None = None
) -> Iterator[ManifestEntry]:
    """Entries in order; every 1000th depends on `changes`."""
    for number in range(count):
        digest = f"{number + (changes if number % 1000 == 0 else 0):064x}"
        yield ManifestEntry(
            logical_key=f"d{number // 1000:05}/file-{number:08}.parquet",
            physical_key=physical_key
            or f"s3://some-bucket/some/folder/file-{number:08}.parquet?versionId=v{number}",
            size=1_000_000 + number,
            hash=EntryHash("sha2-256-chunked", digest),
            meta={},
        )


def compare(
    what: str, files: tuple[Path, Path], tenth: Path, options: argparse.Namespace
) -> Iterator[Row]:
    """One row for the time and one for the memory; `tenth` has a tenth of the entries."""
    ours, theirs, plain = [], [], []
    words, *loop = _LIMITS[what]
    for _ in range(options.repeat):
        ours.append(_run(sys.executable, _OURS[what], files))
        if not theirs or theirs[0]["seconds"] < _LONG:
            theirs.append(_run(options.peer_python, _PEERS[what], files))
        plain.append(_run(sys.executable, (loop[0], loop[1]), files))
    if ours[0]["answer"] != theirs[0]["answer"]:
        raise SystemExit(f"{what}: {ours[0]['answer']} here, {theirs[0]['answer']} there")
    mine, peer, limit = (_sample(values, "seconds") for values in (ours, theirs, plain))
    goals = []
    if times := _TIMES_THE_PEER.get(what):
        goals.append((f"≥ {times:g}×", peer.median >= times * mine.median))
    if times := _TIMES_THE_LIMIT.get(what):
        goals.append((f"≤ {times:g} times the limit", mine.median <= times * limit.median))
    yield Row(
        what=f"{what}, time",
        ours=mine.show("s"),
        peer=peer.show("s"),
        limit=f"{words} {limit.show('s')}",
        result=f"{peer.median / mine.median:.1f}×, "
        f"{mine.median / limit.median:.1f} times the limit",
        **_both(goals),
    )
    libraries = _run(sys.executable, _LIBRARIES, files)["peak"]
    mine, peer = _sample(ours, "peak"), _sample(theirs, "peak")
    result, goals = f"{peer.median / mine.median:.1f}×", []
    if what in _MEGABYTES:
        most = _MEGABYTES[what]
        goals.append((f"≤ {most:g} MB", mine.median <= most * 1e6))
    if what == _FLAT[0]:
        few = _run(sys.executable, _OURS[what], (tenth, tenth))["peak"]
        more = (mine.median - few) / 1e6
        result += f", {more:+.1f} MB from a tenth to all"
        goals.append(("does not grow", more <= _FLAT[1]))
    yield Row(
        what=f"{what}, peak memory",
        ours=mine.show("MB", 1e-6),
        peer=peer.show("MB", 1e-6),
        limit=f"the libraries {libraries / 1e6:.0f} MB",
        result=result,
        **_both(goals),
    )


def _sample(values: Sequence[dict[str, float]], key: str) -> Sample:
    return Sample(tuple(one[key] for one in values))


def _both(goals: Sequence[tuple[str, bool]]) -> dict[str, Any]:
    """The cells of a row that has several goals, or none."""
    if not goals:
        return {}
    return {"goal": ", ".join(goal for goal, _ in goals), "met": all(met for _, met in goals)}


def _run(python: str, code: tuple[str, str], files: tuple[Path, Path]) -> dict[str, float]:
    text = _MEASURE.format(setup=code[0], work=code[1])
    done = subprocess.run(
        [python, "-c", text, *map(str, files)], capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise SystemExit(done.stderr)
    answer: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return answer


if __name__ == "__main__":
    sys.exit(0 if main() else 1)
